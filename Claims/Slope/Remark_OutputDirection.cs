using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.LinearRegions;
using static Reproduce.Claims.Shared.Vectors;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Slope;

/// <summary>
/// After Proposition 3: the slope of a network with one output, and the slope as a maximum over directions in the output space. Both
/// are published with the p-norm of the gradient; the right norm is the dual one, q with 1/p + 1/q = 1, the same for p = 2 only.
/// </summary>
public sealed class Remark_OutputDirection
{
    /// <summary>The slope of a map with one output, from its gradient.</summary>
    private static readonly UnderTest<Func<double[], double, double>> OfGradient = new(
        (gradient, p) => Norm(gradient, Conjugate(p)),
        ("gradient-in-the-p-norm", (gradient, p) => Norm(gradient, p)),
        ("gradient-in-the-2-norm", (gradient, _) => Norm(gradient, 2)),
        ("gradient-largest-entry", (gradient, _) => gradient.Max(Math.Abs)));

    /// <summary>
    /// The slope from the gradients of the outputs' projections, for p = 1 or ∞: the corners of the ball in the output space suffice.
    /// </summary>
    private static readonly UnderTest<Func<Rational[,], double, Rational>> OverProjections = new(
        (jacobian, p) => Largest(jacobian, directions: Conjugate(p), gradients: Conjugate(p)),
        ("projections-of-unit-p-norm", (jacobian, p) => Largest(jacobian, directions: p, gradients: Conjugate(p))),
        ("projections-with-gradients-in-the-p-norm", (jacobian, p) => Largest(jacobian, directions: p, gradients: p)),
        ("projections-on-single-outputs", (jacobian, p) => Largest(jacobian, directions: 1, gradients: Conjugate(p))));

    /// <summary>∇(f·v) from the Jacobian.</summary>
    private static readonly UnderTest<Func<double[,], double[], double[]>> Projected = new(
        (jacobian, v) => Multiply(Transpose(jacobian), v),
        ("projected-gradient-without-the-last-output", (jacobian, v) =>
            Multiply(Transpose(jacobian), [.. v.Select((value, output) => output == v.Length - 1 ? 0 : value)])),
        ("projected-gradient-along-magnitudes", (jacobian, v) => Multiply(Transpose(jacobian), [.. v.Select(Math.Abs)])));

    private static readonly double[] AllOrders = [1, 1.1, 1.25, 2, 3, 10, double.PositiveInfinity];
    private static readonly double[] Exactly = [1, double.PositiveInfinity];

    /// <summary>
    /// f(x, y) = x + y moves at most 1 in a direction with |v₁| + |v₂| = 1, and 2 along (1, 1), which has ∞-norm 1. Its gradient (1, 1) has
    /// 1-norm 2 and ∞-norm 1: the published formula has the two the wrong way round.
    /// </summary>
    [Claim("slope.scalar-output", Role.Counterexample)]
    public void SumOfTwoInputs_ForP1AndPInfinity_HasTheOtherNorm()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1, 1 } }).Exact();
        Rational[] gradient = [1, 1];
        Exactly.Select(p => SlopeAt(network, [0, 0], p)).Should().Equal(1, 2);
        Exactly.Select(p => Norm(gradient, p)).Should().Equal(2, 1);
        Evidence.Record(new Measurement("slope of x + y for p = 1 and ∞", 1, "2 and 1 as published")
        {
            Series = [1, 2],
            Paper = "2 and 1",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// Where only the partial derivatives exist it fails even for p = 2: |x + y| − |x − y| at 0 has gradient 0 and 2-slope √2.
    /// </summary>
    [Claim("slope.scalar-output", Role.Counterexample)]
    public void GradientWithoutDifferentiability_IsZeroWhereTheSlopeIsNot()
    {
        FlatOnTheAxes.DerivativesAlongAxes([0, 0]).Cast<double>().Should().Equal(0, 0);
        FlatOnTheAxes.DirectionalDerivative([0, 0], [1, 1]).Should().Equal(2.0);
    }

    /// <summary>
    /// v with v_i = ± |g_i|^(q−1), scaled to unit p-norm, moves f at speed ‖g‖_q, and no corner or axis is faster.
    /// </summary>
    [Claim("slope.scalar-output", Role.Repair)]
    public void RandomNetworks_WithOneOutput_HaveTheDualNormOfTheGradient() =>
        Instances.Satisfy(
            "|sup f'(x; v) − ‖∇f‖_q|, p = 1, 1.1, 1.25, 2, 3, 10, ∞",
            LatticeNetworks.WithOneOutput,
            instance =>
            {
                if (!IsOffTheKinks(instance.Network.Exact(), Exact(instance.Point)))
                {
                    return null;
                }

                var gradient = Row(instance.Network.DerivativesAlongAxes(instance.Point), 0);
                var worst = new Deviation(0, 1);
                foreach (var p in AllOrders)
                {
                    var directions = SignedAxes(gradient.Length).Concat(SignVectors(gradient.Length)).Append(Aligned(gradient, p));
                    double Speed(double[] v) => Math.Abs(instance.Network.DirectionalDerivative(instance.Point, v)[0]) / Norm(v, p);
                    var expected = OfGradient.Run(gradient, p);
                    var measured = ClosedForms.Contains(p) ? NetworkGeometry.MeasuredSlope(instance.Network, instance.Point, p) : expected;
                    var error = Math.Max(Math.Abs(directions.Max(Speed) - expected), Math.Abs(measured - expected));
                    worst = Deviation.Worse(worst, new Deviation(error, 32 * Rounding.Gamma(gradient.Length + 8) * gradient.Sum(Math.Abs)));
                }

                return worst;
            },
            "32γ_k ‖∇f‖₁, k the inputs and 8: each norm is a sum of powers under a root, each power good to a few units in the last place");

    /// <summary>3x + 4y: the slopes are 4, 5 and 7 for p = 1, 2, ∞, the norms of (3, 4) for q = ∞, 2, 1.</summary>
    [Claim("slope.scalar-output", Role.Repair)]
    public void ThreeAndFour_ByHand_HaveSlopesFourFiveSeven()
    {
        double[] gradient = [3, 4];
        OfGradient.Run(gradient, 1).Should().Be(4);
        OfGradient.Run(gradient, 2).Should().BeApproximately(5, 5 * 8 * Rounding.Unit);
        OfGradient.Run(gradient, double.PositiveInfinity).Should().Be(7);
    }

    /// <summary>With a second output the dual norm of the first gradient is not the slope: (x, x) has 1-slope 2.</summary>
    [Claim("slope.scalar-output", Role.Control)]
    public void SecondOutput_HypothesisDropped_IsCaught() =>
        SlopeAt(SmallNetwork.WithoutBiases(new double[,] { { 1 }, { 1 } }).Exact(), [0], 1).Should().NotBe((Rational)1);

    /// <summary>
    /// J = (2 2; 1 0) has ‖J‖₁ = 3 and ‖J‖_∞ = 4. The published second maximum, max ‖Jᵀv‖_p over ‖v‖_p = 1, is ‖Jᵀ‖_p: 4 and 3. The third,
    /// the largest p-slope of f·v over ‖v‖_p = 1, is 2 (v an axis) and 5 (v = (1, 1): f·v = 3x + 2y). No two of the three agree.
    /// </summary>
    [Claim("slope.output-direction", Role.Counterexample)]
    public void TwoByTwo_ForP1AndPInfinity_HasThreeDifferentMaxima()
    {
        Rational[,] jacobian = { { 2, 2 }, { 1, 0 } };
        var network = SmallNetwork.WithoutBiases(new double[,] { { 2, 2 }, { 1, 0 } }).Exact();
        Exactly.Select(p => SlopeAt(network, [0, 0], p)).Should().Equal(3, 4);
        Exactly.Select(p => Largest(jacobian, directions: p, gradients: p)).Should().Equal(4, 3);
        Exactly.Select(p => Largest(jacobian, directions: p, gradients: Conjugate(p))).Should().Equal(2, 5);
        Evidence.Record(new Measurement("the three published maxima for J = (2 2; 1 0), p = 1 then p = ∞", 3, "equal as published")
        {
            Series = [3, 4, 2, 4, 3, 5],
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// v stands for a direction of the outputs, yet B* is published as a sphere of the input space. With one input and two outputs,
    /// f(x) = (x, x), read with v in the output space: slope 2 for p = 1, and 1 as published.
    /// </summary>
    [Claim("slope.output-direction", Role.Counterexample)]
    public void RepeatedInput_ForP1_HasHalfItsSlopeAsPrinted()
    {
        SlopeAt(SmallNetwork.WithoutBiases(new double[,] { { 1 }, { 1 } }).Exact(), [0], 1).Should().Be((Rational)2);
        Largest(new Rational[,] { { 1 }, { 1 } }, directions: 1, gradients: 1).Should().Be((Rational)1);
    }

    [Claim("slope.output-direction", Role.Repair)]
    public void RandomNetworks_MaximumOverDualDirections_IsTheSlope() =>
        Instances.Satisfy(
            "max over ‖v‖_q = 1 of ‖∇(f·v)‖_q against sup ‖f'(x; u)‖_p over ‖u‖_p = 1, p = 1, ∞",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                if (!IsOffTheKinks(instance.Network.Exact(), Exact(instance.Point)))
                {
                    return null;
                }

                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                return Deviation.Exact(Exactly.All(p =>
                {
                    var directions = (p == 1 ? SignedAxes(point.Length) : SignVectors(point.Length)).Select(Exact);
                    var fastest = directions.Max(direction => Norm(network.DirectionalDerivative(point, direction), p));
                    return fastest == OverProjections.Run(network.DerivativesAlongAxes(point), p)
                        && fastest == Rational.Of(NetworkGeometry.MeasuredSlope(instance.Network, instance.Point, p));
                }));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>
    /// J = (2 2; 1 0) again: 3 for p = 1 at v = (1, 1), where ∇(f·v) = (3, 2), and 4 for p = ∞ at v = (1, 0), where ∇(f·v) = (2, 2).
    /// </summary>
    [Claim("slope.output-direction", Role.Repair)]
    public void TwoByTwo_ByHand_OverDualDirections_HasItsSlopes() =>
        Exactly.Select(p => OverProjections.Run(new Rational[,] { { 2, 2 }, { 1, 0 } }, p)).Should().Equal(3, 4);

    /// <summary>
    /// For p = 2 the display is right, q being 2. With v the first left singular vector of J the gradient of f·v is σ₁ long, and along it
    /// the network moves at speed σ₁; for no other unit v is the gradient longer: axes, diagonals, and a few in no special direction.
    /// </summary>
    [Claim("slope.output-direction", Role.Repair)]
    public void RandomNetworks_ForP2_TheFirstSingularDirection_HasTheLongestGradient() =>
        Instances.Satisfy(
            "|‖∇(f·v)‖₂ − σ₁| and |‖f'(x; u)‖₂ − σ₁| for v the first left singular vector, u along ∇(f·v); "
                + "excess of ‖∇(f·w)‖₂ over σ₁ for other unit w",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                if (!IsOffTheKinks(instance.Network.Exact(), Exact(instance.Point)))
                {
                    return null;
                }

                var jacobian = instance.Network.DerivativesAlongAxes(instance.Point);
                var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfArray(jacobian);
                var decomposition = matrix.Svd();
                var largest = decomposition.S[0];
                var gradient = Projected.Run(jacobian, decomposition.U.Column(0).ToArray());
                var length = Norm(gradient, 2);
                double Speed(double[] along) =>
                    Norm(instance.Network.DirectionalDerivative(instance.Point, [.. along.Select(value => value / length)]), 2);
                var speed = length == 0 ? largest : Speed(gradient);
                var excess = UnitVectors(jacobian.GetLength(0)).Max(w => Norm(Projected.Run(jacobian, w), 2)) - largest;
                var error = Math.Max(Math.Max(Math.Abs(length - largest), Math.Abs(speed - largest)), Math.Max(0, excess));
                var ofSvd = 8 * Rounding.Gamma(matrix.RowCount + matrix.ColumnCount) * matrix.FrobeniusNorm();
                return new Deviation(error, ofSvd + Rounding.OfJacobian(instance.Network));
            },
            "8γ_k times the Frobenius norm, for a backward stable singular value decomposition, and " + Rounding.JacobianTolerance);

    /// <summary>
    /// J = (3 0; 4 5): JJᵀ = (9 12; 12 41) has the eigenvalues 45 and 5, and (1, 3)/√10 for 45. So ∇(f·v) = (15, 15)/√10, of length √45.
    /// </summary>
    [Claim("slope.output-direction", Role.Repair)]
    public void ThreeNoughtFourFive_ByHand_HasItsSlopeAlongOneThree()
    {
        double[,] jacobian = { { 3, 0 }, { 4, 5 } };
        Projected.Run(jacobian, [1, 3]).Should().Equal(15, 15);
        (Math.Pow(Norm(Projected.Run(jacobian, [1, 3]), 2), 2) / 10).Should().BeApproximately(45, 45 * 16 * Rounding.Unit);
    }

    /// <summary>
    /// f(x) = (3x, 4x) has slope 5 for p = 2. B* holds numbers, 1 and −1, and f·v takes two; v on one output alone gives at most 4.
    /// </summary>
    [Claim("slope.output-direction.sphere", Role.Counterexample)]
    public void ThreeAndFourOfOneInput_HaveNoProjectionOnASphereOfInputs()
    {
        double[,] jacobian = { { 3 }, { 4 } };
        var project = () => Multiply(Transpose(jacobian), [1.0]);
        project.Should().Throw<ArgumentException>("v has one entry, f two");
        new double[][] { [1, 0], [0, 1] }.Max(v => Norm(Multiply(Transpose(jacobian), v), 2)).Should().Be(4);
        Evidence.Record(new Measurement("2-slope of (3x, 4x)", 5, "no f·v with v in B* as printed; 4 on single outputs")
        {
            Dtype = "exact (integers)",
        });
    }

    /// <summary>(3, 4)/5 is the direction of (3x, 4x): the gradient of its projection is 25/5.</summary>
    [Claim("slope.output-direction.sphere")]
    public void ThreeAndFourOfOneInput_ByHand_AreSteepestAlongThreeFour() =>
        Projected.Run(new double[,] { { 3 }, { 4 } }, [3, 4]).Should().Equal(25);

    /// <summary>
    /// No v of the outputs has a longer gradient than σ₁‖v‖₂, decided by an eigenvalue of JᵀJ; and for every direction u of the inputs
    /// v = Ju has one that is, for its length, at least as long as the speed along u.
    /// </summary>
    [Claim("slope.output-direction.sphere")]
    public void RandomNetworks_ForP2_DirectionsOfTheOutputs_ReachEverySpeedAndNoMore() =>
        ExactInstances.Satisfy(
            "‖∇(f·v)‖₂²/‖v‖₂² against the largest eigenvalue of JᵀJ, and for v = Ju against ‖f'(x; u)‖₂²/‖u‖₂²",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                if (!IsOffTheKinks(instance.Network.Exact(), Exact(instance.Point)))
                {
                    return null;
                }

                var jacobian = instance.Network.DerivativesAlongAxes(instance.Point);
                Rational Square(double[] vector) => SpectralNorm.Square(Exact(vector));
                Rational Length(double[] v) => Square(Projected.Run(jacobian, v)) / Square(v);
                bool IsReached(double[] u)
                {
                    var speed = instance.Network.DirectionalDerivative(instance.Point, u);
                    return Square(speed) == 0 || Length(speed) >= Square(speed) / Square(u);
                }

                bool IsNoMore(double[] v) => SpectralNorm.SquareIsAtLeast(Map(jacobian, Rational.Of), Length(v));
                return Directions(jacobian.GetLength(1)).All(IsReached) && Directions(jacobian.GetLength(0)).All(IsNoMore);

                static IEnumerable<double[]> Directions(int dimension) => SignedAxes(dimension).Concat(SignVectors(dimension));
            });

    /// <summary>The first left singular vector reaches the library's 2-slope, and no other unit vector of the outputs exceeds it.</summary>
    [Claim("slope.output-direction.sphere")]
    public void RandomNetworks_ForP2_LibrarysSlope_IsTheLongestProjectedGradient() =>
        Instances.Satisfy(
            "|‖∇(f·v)‖₂ − slope| for v the first left singular vector, and excess of ‖∇(f·w)‖₂ over the slope for other unit w",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                if (!IsOffTheKinks(instance.Network.Exact(), Exact(instance.Point)))
                {
                    return null;
                }

                var jacobian = instance.Network.DerivativesAlongAxes(instance.Point);
                var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfArray(jacobian);
                var slope = NetworkGeometry.MeasuredSlope(instance.Network, instance.Point, 2);
                double Length(double[] v) => Norm(Projected.Run(jacobian, v), 2);
                var shortfall = Math.Abs(slope - Length(matrix.Svd().U.Column(0).ToArray()));
                var excess = UnitVectors(jacobian.GetLength(0)).Max(Length) - slope;
                return new Deviation(Math.Max(shortfall, excess), 2 * SpectralNorm.Rounding(Map(jacobian, Rational.Of)));
            },
            "16γ_k times the Frobenius norm, k the entries, rows and columns: a singular value decomposition and a norm");

    /// <summary>Directions on single outputs do not reach every speed.</summary>
    [Claim("slope.output-direction.sphere", Role.Control)]
    public void DirectionsOnSingleOutputs_ForP2_AreCaught() =>
        ExactInstances.Violate("‖∇f_i‖₂² of the steepest output against ‖J‖₂²", LatticeNetworks.Arbitrary, instance =>
        {
            var jacobian = Map(instance.Network.DerivativesAlongAxes(instance.Point), Rational.Of);
            var steepest = Enumerable.Range(0, jacobian.GetLength(0)).Max(row => SpectralNorm.Square(Row(jacobian, row)));
            return SquaredNormIsAtMost(steepest, jacobian);
        });

    [Claim("slope.output-direction", Role.Control)]
    public void DirectionsOfUnitPNorm_AreCaught() =>
        Instances.Violate("‖Jᵀv‖_q over ‖v‖_p = 1", LatticeNetworks.Arbitrary, instance =>
        {
            var jacobian = Map(instance.Network.DerivativesAlongAxes(instance.Point), Rational.Of);
            return Deviation.Exact(Exactly.All(p => Largest(jacobian, directions: p, gradients: Conjugate(p)) == Norm(jacobian, p)));
        });

    // Unit vectors for p = 2: axes, diagonals, and a spiral.
    private static IEnumerable<double[]> UnitVectors(int dimension)
    {
        double[] OnTheSpiral(int step) => [.. Enumerable.Range(0, dimension).Select(index => Math.Cos(step * (1 + (index * 1.7))))];
        return SignedAxes(dimension).Concat(SignVectors(dimension)).Concat(Enumerable.Range(1, 16).Select(OnTheSpiral))
            .Select(vector => vector.Select(value => value / Norm(vector, 2)).ToArray());
    }

    private static double Conjugate(double p) => p == 1 ? double.PositiveInfinity : double.IsPositiveInfinity(p) ? 1 : p / (p - 1);

    // max ‖Jᵀv‖ over the corners v of a unit ball in the output space, both norms 1 or ∞.
    private static Rational Largest(Rational[,] jacobian, double directions, double gradients)
    {
        var outputs = jacobian.GetLength(0);
        var corners = directions == 1 ? SignedAxes(outputs) : SignVectors(outputs);
        return corners.Max(corner => Norm(Multiply(Transpose(jacobian), Exact(corner)), gradients));
    }

    // The direction that meets Hölder's inequality with equality.
    private static double[] Aligned(double[] gradient, double p)
    {
        var largest = gradient.Max(Math.Abs);
        return largest == 0 ? Axis(gradient.Length, 0) : p == 1
            ? [.. gradient.Select(value => Math.Abs(value) == largest ? Math.Sign(value) : 0.0)]
            : [.. gradient.Select(value => Math.Sign(value) * Math.Pow(Math.Abs(value) / largest, Conjugate(p) - 1))];
    }
}
