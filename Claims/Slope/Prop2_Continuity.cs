using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.LinearRegions;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Proposition 2: with a continuously differentiable activation the Jacobian is continuous, and with it the slope. The activations are
/// rational functions whose derivative has Lipschitz constant 2, so a modulus of continuity of J follows from the weights, and both sides
/// are exact.
/// </summary>
public sealed class Prop2_Continuity
{
    /// <summary>J by the chain rule.</summary>
    internal static readonly UnderTest<Func<SmoothNetwork, Rational[], Rational[,]>> Jacobian = new(
        (network, point) => network.Jacobian(point, network.Activation.Derivative),
        ("chain-rule-with-relu-steps", (network, point) => network.Jacobian(point, z => z > 0 ? 1 : 0)),
        ("chain-rule-at-the-activations", (network, point) =>
            network.Jacobian(point, z => network.Activation.Derivative(network.Activation.Value(z)))),
        ("chain-rule-without-activations", (network, point) => network.Jacobian(point, _ => 1)));

    private static readonly Activation[] All = [Activation.Square, Activation.SquaredRelu, Activation.Softsign];
    private static readonly double[] Orders = [1, double.PositiveInfinity];

    /// <summary>On the way from x to y, J and the slope move by at most H times the way, down to steps of 2⁻²⁰.</summary>
    [Claim("slope.prop-2")]
    public void RandomSmoothNetworks_JacobianAndSlope_MoveInProportionToTheStep() =>
        Instances.Satisfy(
            "‖J(x) − J(y)‖_∞ and |slope(x) − slope(y)| against H‖x − y‖_∞",
            SmoothSegment.Arbitrary(2, All),
            segment => Deviation.Exact(IsContinuous(segment, Jacobian.Run)),
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>For p = 2: ‖A‖₂ is at most the root of the number of rows times ‖A‖_∞.</summary>
    [Claim("slope.prop-2")]
    public void RandomSmoothNetworks_ForP2_SlopeMovesInProportionToTheStep() =>
        Instances.Satisfy(
            "excess of |‖J(x)‖₂ − ‖J(y)‖₂| over √n_c H‖x − y‖_∞",
            SmoothSegment.Arbitrary(2, All),
            segment =>
            {
                var here = Jacobian.Run(segment.Network, segment.From);
                var modulus = segment.Network.Modulus(segment.Reach) * Norm(segment.Direction, double.PositiveInfinity);
                Deviation After(Rational h)
                {
                    var there = Jacobian.Run(segment.Network, segment.At(h));
                    var moved = Math.Abs(SpectralNorm.Of(there) - SpectralNorm.Of(here));
                    var excess = moved - (Math.Sqrt(here.GetLength(0)) * (h * modulus).ToDouble());
                    return new Deviation(Math.Max(0, excess), SpectralNorm.Rounding(here) + SpectralNorm.Rounding(there));
                }

                return Steps.Select(After).Aggregate(Deviation.Worse);
            },
            SpectralNorm.Tolerance);

    /// <summary>The second half with the library's norms: they move by no more than the matrix does.</summary>
    [Claim("slope.prop-2")]
    public void RandomSmoothNetworks_LibrarysNorm_MovesByNoMoreThanTheJacobian() =>
        Instances.Satisfy(
            "excess of |‖J(x)‖_p − ‖J(y)‖_p| over ‖J(x) − J(y)‖_p, p = 1, 2, ∞",
            SmoothSegment.Arbitrary(2, All),
            segment =>
            {
                var (here, there) = (Jacobian.Run(segment.Network, segment.From), Jacobian.Run(segment.Network, segment.To));
                var moved = Minus(there, here);
                double Excess(double p) =>
                    Math.Abs(NetworkGeometry.MeasuredNorm(there, p) - NetworkGeometry.MeasuredNorm(here, p))
                    - (p == 2 ? SpectralNorm.Of(moved) : Norm(moved, p).ToDouble());
                var allowed = new[] { here, there, moved }.Sum(SpectralNorm.Rounding);
                return new Deviation(Math.Max(0, Vectors.ClosedForms.Max(Excess)), allowed);
            },
            SpectralNorm.Tolerance);

    /// <summary>J is the derivative: f(x + hv) − f(x) − hJv is at most ½H h²‖v‖².</summary>
    [Claim("slope.prop-2")]
    public void RandomSmoothNetworks_Jacobian_IsTheDerivative() =>
        Instances.Satisfy(
            "‖f(x + hv) − f(x) − hJv‖_∞ against ½Hh²‖v‖²_∞",
            SmoothSegment.Arbitrary(2, All),
            segment =>
            {
                var (here, length) = (segment.Network.Evaluate(segment.From), Norm(segment.Direction, double.PositiveInfinity));
                var twiceAllowed = segment.Network.Modulus(segment.Reach) * length * length;
                var along = Multiply(Jacobian.Run(segment.Network, segment.From), segment.Direction);
                Rational Error(Rational h)
                {
                    var change = Minus(segment.Network.Evaluate(segment.At(h)), here);
                    return Norm(Minus(change, [.. along.Select(value => h * value)]), double.PositiveInfinity);
                }

                return Deviation.Exact(Steps.All(h => Error(h) * 2 <= twiceAllowed * h * h));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>f(x) = (x²)² by two squares: J = 4x³, 32 at 2.</summary>
    [Claim("slope.prop-2")]
    public void FourthPower_ByHand_HasTheCubicJacobian()
    {
        Rational[,] one = { { 1 } };
        var network = new SmoothNetwork(Activation.Square, [one, one, one], [[0], [0], [0]]);
        Jacobian.Run(network, [2])[0, 0].Should().Be((Rational)32);
        Jacobian.Run(network, [new(1, 2)])[0, 0].Should().Be(new Rational(1, 2));
    }

    /// <summary>ReLU is not continuously differentiable: the Jacobian of ReLU(x) jumps from 0 to 1, and so does the slope.</summary>
    [Claim("slope.prop-2", Role.Control)]
    public void Relu_ContinuousDifferentiabilityDropped_IsCaught()
    {
        var relu = Activation.Square with
        {
            Name = "ReLU",
            Value = z => z > 0 ? z : 0,
            Derivative = z => z > 0 ? 1 : 0,
            Bound = r => (r, 1),
        };
        Instances.Violate(
            "‖J(x) − J(y)‖_∞ and |slope(x) − slope(y)| against H‖x − y‖_∞ with ReLU and its step",
            SmoothSegment.Arbitrary(2, relu),
            segment => Deviation.Exact(IsContinuous(segment, (network, point) => network.Jacobian(point, network.Activation.Derivative))),
            dtype: "exact (rationals)");
    }

    /// <summary>
    /// "Continuously" is needed: g(z) = z² sin(1/z) is differentiable with g'(0) = 0, and at z = 1/(kπ) its slope |2z sin(1/z) − cos(1/z)|
    /// is 1. There 1/z = kπ is off by at most 8 units in the last place, 1e-10 at most.
    /// </summary>
    [ClaimRows("slope.prop-2", Role.Control)]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void OscillatingSquare_DifferentiableOnly_HasASlopeThatJumps(int k)
    {
        static double Derivative(double z) => z == 0 ? 0 : (2 * z * Math.Sin(1 / z)) - Math.Cos(1 / z);
        Math.Abs(Derivative(1 / (k * Math.PI))).Should().BeApproximately(1, 1e-9);
        Derivative(0).Should().Be(0);
    }

    /// <summary>The converse of the second half fails: |x| has the slope 1 everywhere, and a Jacobian that jumps from −1 to 1.</summary>
    [Claim("slope.prop-2", Role.Control)]
    public void Magnitude_SlopeContinuous_JacobianNot()
    {
        var network = Fixtures.Networks.SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 1 } }).Exact();
        new Rational[] { -1, 0, 1 }.Select(x => SlopeAt(network, [x], 1)).Should().Equal(1, 1, 1);
        LinearRegions.Jacobian(network, Pattern(network, [-1]))[0, 0].Should().Be((Rational)(-1));
    }

    private static IEnumerable<Rational> Steps => [1, new(1, 4), new(1, 1 << 10), new(1, 1 << 20)];

    private static bool IsContinuous(SmoothSegment segment, Func<SmoothNetwork, Rational[], Rational[,]> jacobianOf)
    {
        var here = jacobianOf(segment.Network, segment.From);
        var allowed = segment.Network.Modulus(segment.Reach) * Norm(segment.Direction, double.PositiveInfinity);
        return Steps.All(h =>
        {
            var there = jacobianOf(segment.Network, segment.At(h));
            var moved = Norm(Plus(there, Times(here, -1)), double.PositiveInfinity);

            // A column has as many entries as there are outputs, so the 1-norm of a matrix is at most that often its ∞-norm.
            return moved <= h * allowed && Orders.All(p => Rational.Abs(Norm(there, p) - Norm(here, p)) <= h * allowed * here.GetLength(0));
        });
    }
}
