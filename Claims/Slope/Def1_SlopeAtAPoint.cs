using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.LinearRegions;
using static Reproduce.Claims.Shared.NetworkGeometry;
using static Reproduce.Claims.Shared.Vectors;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Definition 1: the slope is the supremum of one-sided speeds over directions of unit p-norm. For a ReLU network the difference
/// quotient is constant up to the first kink on the ray, so the limit is exact. Other continuous functions show where the slope is
/// undefined or infinite.
/// </summary>
public sealed class Def1_SlopeAtAPoint
{
    /// <summary>The p-slope by the definition, p = 1 or ∞, in one or two dimensions.</summary>
    internal static readonly UnderTest<Func<ReluNetwork<Rational>, Rational[], double, Rational>> Slope = new(
        SlopeAt,
        ("slope-over-corners-only", (network, point, p) =>
            Corners(point.Length, p).Max(corner => Norm(network.DirectionalDerivative(point, corner), p))),
        ("slope-with-kinks-off", (network, point, p) => Norm(Jacobian(network, Pattern(network, point)), p)),
        ("slope-over-the-other-sphere", (network, point, p) =>
            Rays(network, point, p == 1 ? double.PositiveInfinity : 1).Max(ray => Norm(network.DirectionalDerivative(point, ray), p))));

    private static readonly UnderTest<Func<ReluNetwork<Rational>, Rational[], Rational[], Rational[]>> Derivative = new(
        (network, point, direction) => network.DirectionalDerivative(point, direction),
        ("derivative-with-kinks-off", (network, point, direction) => Multiply(Jacobian(network, Pattern(network, point)), direction)),
        ("derivative-two-sided", (network, point, direction) =>
        [
            .. network.DirectionalDerivative(point, direction)
                .Zip(network.DirectionalDerivative(point, Negative(direction)), (ahead, behind) => (ahead - behind) / 2),
        ]));

    private static readonly double[] Orders = [1, double.PositiveInfinity];

    /// <summary>f(x) = |x|.</summary>
    private static readonly ReluNetwork<Rational> Magnitude =
        SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 1 } }).Exact();

    /// <summary>
    /// Along axes and diagonals, the quotient at t, t/2 and t/4 is the derivative itself, where t is the first kink on the ray.
    /// </summary>
    [Claim("slope.def-1")]
    public void RandomNetworks_DifferenceQuotient_IsConstantUpToTheFirstKink() =>
        Instances.Satisfy(
            "(f(x + tv) − f(x))/t against f'(x; v)",
            LatticeNetworks.Arbitrary,
            instance => Deviation.Exact(Quotients(instance, part => part)),
            "none: exact",
            count: 150,
            dtype: "exact (rationals)");

    [Claim("slope.def-1")]
    public void RandomNetworksInThePlane_NoDirection_IsFasterThanTheSlope() =>
        Instances.Satisfy(
            "largest speed over 48 directions against the slope, p = 1, ∞",
            LatticeNetworks.InThePlane,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                return Deviation.Exact(Orders.All(p =>
                {
                    var slope = Slope.Run(network, point, p);
                    return Around(point.Length).All(v => Norm(network.DirectionalDerivative(point, v), p) <= slope * Norm(v, p));
                }));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>What the library takes for the slope off the kinks, the norm of its Jacobian, is the supremum.</summary>
    [Claim("slope.def-1")]
    public void RandomNetworksInThePlane_OffTheKinks_LibrarysSlopeIsTheSupremum() =>
        ExactInstances.Satisfy(
            "the library's slope against Definition 1, p = 1, ∞",
            LatticeNetworks.InThePlane,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                return IsOffTheKinks(network, point)
                    ? Orders.All(p => Rational.Of(MeasuredSlope(instance.Network, instance.Point, p)) == Slope.Run(network, point, p))
                    : null;
            });

    /// <summary>|x| moves at speed 1 from 0 in both directions; there is no Jacobian there. At 2 it has the slope 1 of a line.</summary>
    [Claim("slope.def-1")]
    public void MagnitudeAtZero_ByHand_HasSlopeOne()
    {
        Slope.Run(Magnitude, [0], 1).Should().Be((Rational)1);
        Slope.Run(Magnitude, [2], 1).Should().Be((Rational)1);
        Derivative.Run(Magnitude, [0], [-3]).Should().Equal(3);
    }

    /// <summary>
    /// |x + y| − |x − y| is 2·min(x, y) on the first quadrant, largest on the diagonal: 1 at (½, ½) for p = 1, 2 at (1, 1) for p = ∞.
    /// On the axes, the corners of the 1-ball, it is 0.
    /// </summary>
    [Claim("slope.def-1")]
    public void FlatOnTheAxes_ByHand_IsFastestOnTheDiagonal()
    {
        var network = FlatOnTheAxes.Exact();
        Slope.Run(network, [0, 0], 1).Should().Be((Rational)1);
        Slope.Run(network, [0, 0], double.PositiveInfinity).Should().Be((Rational)2);
        Evidence.Record(new Measurement("1-slope of |x + y| − |x − y| at 0", 1, "1 on the diagonal, 0 on both axes")
        {
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>
    /// g zigzags: g = t at t = 1, ¼, 1/16, … and 0 at ½, ⅛, …, straight between. |g| ≤ t, so g is continuous at 0, and g(t)/t takes the
    /// values 1 and 0 arbitrarily close to 0: no slope. The map t ↦ (t, g(t)) has speed max(t, g)/t = 1 for p = ∞, and for p = 1 the
    /// quotient alternates between 2 and 1: whether the slope exists can depend on p.
    /// </summary>
    [Claim("slope.def-1")]
    public void Zigzag_HasNoSlope_AndItsGraphHasOneForPInfinityOnly()
    {
        for (var k = 0; k < 30; k++)
        {
            var t = new Rational(1, System.Numerics.BigInteger.One << k);
            (Zigzag(t) / t).Should().Be((Rational)(k % 2 == 0 ? 1 : 0));
            Rational[] graph = [t, Zigzag(t)];
            (Norm(graph, double.PositiveInfinity) / t).Should().Be((Rational)1);
            (Norm(graph, 1) / t).Should().Be((Rational)(k % 2 == 0 ? 2 : 1));
        }

        // Between the corners g stays between 0 and t as well.
        Zigzag(new Rational(3, 4)).Should().Be(new Rational(1, 2));
    }

    /// <summary>
    /// f(x, y) = x²y/(x³ + y²) for x &gt; 0, and 0 elsewhere, is continuous with f(0) = 0, since |y|x² ≤ ½√x(x³ + y²). Along (1, 1/m) the
    /// quotient is m/(m²t + 1) → m, along other directions the limits exist as well; the supremum over directions is infinite.
    /// </summary>
    [ClaimRows("slope.def-1")]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void SteepNearOneAxis_HasFiniteSpeedsAndInfiniteSlope(int m)
    {
        static Rational Map(Rational x, Rational y) => x > 0 ? x * x * y / ((x * x * x) + (y * y)) : 0;
        var t = new Rational(1, (long)m * m * m * m);
        (Map(t, t / m) / t).Should().Be((Rational)m / (((Rational)m * m * t) + 1));
        Rational.Abs((Map(t, t / m) / t) - m).Should().BeLessThan(new Rational(1, m), "m − m/(1 + 1/m²) is below 1/m");
    }

    [Claim("slope.def-1", Role.Control)]
    public void FixedStepInPlaceOfTheLimit_IsCaught() =>
        Instances.Violate(
            "the quotient beyond the first kink",
            LatticeNetworks.Arbitrary,
            instance => Deviation.Exact(Quotients(instance, part => 8 * part)),
            dtype: "exact (rationals)");

    /// <summary>The difference over both sides, (f(t) − f(−t))/2t, is 0 for |x| at 0.</summary>
    [Claim("slope.def-1", Role.Control)]
    public void TwoSidedQuotient_OfTheMagnitude_MissesTheSlope()
    {
        var t = new Rational(1, 8);
        ((Magnitude.Evaluate([t]).Output[0] - Magnitude.Evaluate([-t]).Output[0]) / (2 * t)).Should().Be((Rational)0);
    }

    /// <summary>
    /// Off the kinks, where the gradient of a network with one output is not zero, f rises one way and falls the other: no extreme.
    /// </summary>
    [Claim("slope.local-extremes")]
    public void RandomNetworks_PositiveSlopeOffTheKinks_IsNoExtremePoint() =>
        Instances.Satisfy(
            "f rises one way and falls the other where the gradient is not zero",
            LatticeNetworks.WithOneOutput,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                if (!IsOffTheKinks(network, point))
                {
                    return null;
                }

                var gradient = Row(Prop4_LargestOfTheRegions.PatternJacobian.Run(network, Pattern(network, point)), 0);
                var step = (FirstKink(network, point, gradient) ?? 1, FirstKink(network, point, Negative(gradient)) ?? 1);
                Rational Value(Rational t) => network.Evaluate(Along(point, gradient, t)).Output[0];
                var extreme = !(Value(step.Item1 / 2) > Value(0) && Value(-step.Item2 / 2) < Value(0));
                var isLevel = MeasuredSlope(instance.Network, instance.Point, 2) == 0;
                return Deviation.Exact(extreme == gradient.All(entry => entry == 0) && extreme == isLevel);
            },
            "none: exact",
            count: 600,
            dtype: "exact (rationals)");

    /// <summary>
    /// ReLU(x) − ReLU(x − 1) climbs from 0 to 1 with slope 1 and stays there: at 2, one of its highest points, the slope is 0.
    /// </summary>
    [Claim("slope.local-extremes")]
    public void Ramp_ByHand_IsLevelAtItsTop()
    {
        var ramp = new SmallNetwork([new double[,] { { 1 }, { 1 } }, new double[,] { { 1, -1 } }], [[0, -1], [0]]).Exact();
        Rational[] points = [-1, new(1, 2), 2];
        points.Select(x => Prop4_LargestOfTheRegions.PatternJacobian.Run(ramp, Pattern(ramp, [x]))[0, 0]).Should().Equal(0, 1, 0);
        points.Select(x => ramp.Evaluate([x]).Output[0]).Should().Equal(0, new Rational(1, 2), 1);
    }

    /// <summary>x² has the slope 0 at its least value, |x| the slope 1, and so has the network ReLU(x) + ReLU(−x).</summary>
    [Claim("slope.local-extremes", Role.Control)]
    public void MagnitudeAtItsMinimum_DifferentiableDropped_HasSlopeOne()
    {
        var slope = Slope.Run(Magnitude, [0], 1);
        slope.Should().Be((Rational)1);
        foreach (var x in new Rational[] { -1, new(-1, 100), new(1, 100), 1 })
        {
            Magnitude.Evaluate([x]).Output[0].Should().BeGreaterThan(Magnitude.Evaluate([0]).Output[0]);
        }

        Evidence.Record(new Measurement("slope of |x| at its minimum", slope.ToDouble(), "control: 0 where f is differentiable")
        {
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>
    /// Partial derivatives are not enough either: 2·min(|x|, |y|), written ||x + y| − |x − y||, is 0 on both axes and least at 0,
    /// where it moves at speed 2 along (1, 1).
    /// </summary>
    [Claim("slope.local-extremes", Role.Control)]
    public void MinimumWithPartialDerivatives_DifferentiableDropped_HasASlope()
    {
        var network = SmallNetwork.WithoutBiases(
            new double[,] { { 1, 1 }, { -1, -1 }, { 1, -1 }, { -1, 1 } },
            new double[,] { { 1, 1, -1, -1 }, { -1, -1, 1, 1 } },
            new double[,] { { 1, 1 } }).Exact();
        network.DerivativesAlongAxes([0, 0]).Cast<Rational>().Should().Equal(0, 0);
        Around(2).Should().OnlyContain(direction => network.Evaluate(direction).Output[0] >= 0);
        SlopeAt(network, [0, 0], double.PositiveInfinity).Should().Be((Rational)2);
    }

    /// <summary>
    /// A slope of 0 does not make an extreme: ReLU(x) − ReLU(−x − 1) is flat on (−1, 0), and takes smaller and larger values elsewhere.
    /// </summary>
    [Claim("slope.local-extremes", Role.Control)]
    public void Plateau_Converse_IsCaught()
    {
        var network = new SmallNetwork([new double[,] { { 1 }, { -1 } }, new double[,] { { 1, -1 } }], [[0, -1], [0]]).Exact();
        SlopeAt(network, [new(-1, 2)], 1).Should().Be((Rational)0);
        network.Evaluate([1]).Output[0].Should().Be((Rational)1);
        network.Evaluate([-2]).Output[0].Should().Be((Rational)(-1));
    }

    // scale maps t, the first kink on a ray, and its parts to where the quotient is taken.
    private static bool Quotients(NetworkAtPoint instance, Func<Rational, Rational> scale)
    {
        var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
        var here = network.Evaluate(point).Output;
        var inputs = instance.Network.Inputs;
        return SignedAxes(inputs).Concat(SignVectors(inputs)).Select(Exact).All(direction =>
        {
            var first = FirstKink(network, point, direction) ?? 1;
            var derivative = Derivative.Run(network, point, direction);
            return new[] { first, first / 2, first / 4 }.Select(scale).All(t =>
                network.Evaluate(Along(point, direction, t)).Output
                    .Zip(here, (there, start) => (there - start) / t)
                    .SequenceEqual(derivative));
        });
    }

    // 48 directions around the circle, or two on the line.
    private static IEnumerable<Rational[]> Around(int inputs) => inputs == 1
        ? Corners(1, 1)
        : Enumerable.Range(0, 48).Select(step =>
        {
            var (side, place) = (step / 12, new Rational((2 * (step % 12)) - 12, 12));
            return side switch { 0 => (Rational[])[1, place], 1 => [-place, 1], 2 => [-1, -place], _ => [place, -1] };
        });

    // Straight between the corners (2⁻ᵏ, 2⁻ᵏ) for even k and (2⁻ᵏ, 0) for odd k.
    private static Rational Zigzag(Rational t)
    {
        var (upper, k) = ((Rational)1, 0);
        while (t <= upper / 2)
        {
            (upper, k) = (upper / 2, k + 1);
        }

        static Rational Corner(Rational t, int k) => k % 2 == 0 ? t : 0;
        var (high, low) = (Corner(upper, k), Corner(upper / 2, k + 1));
        return low + ((high - low) * (t - (upper / 2)) / (upper / 2));
    }

    private static Rational[] Negative(Rational[] vector) => [.. vector.Select(value => -value)];
}
