using MathNet.Numerics.LinearAlgebra;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Randomness;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Proposition 1: where f is differentiable, its slope is the largest ‖J v‖_p over unit directions v, the operator p-norm of J.
/// The supremum on the left is taken over the exact one-sided derivatives of a scalar reference network: a convex function on
/// the unit ball is largest at an extreme point, so for p = 1 the signed axes are enough, for p = ∞ the sign vectors, and for
/// p = 2 the direction comes from MathNet's singular value decomposition. The right side is the library's.
/// </summary>
public sealed class Prop1_OperatorNorm
{
    private const string Tolerance = Rounding.JacobianTolerance;
    private static readonly double[] OtherOrders = [1.01, 1.3, 3, 100];

    /// <summary>The library's bounds of the operator norm, for p without a closed form.</summary>
    private static readonly UnderTest<Func<Tensor, double, (Tensor Lower, Tensor Upper)>> Enclosure = new(
        (matrices, p) => MatrixNorm.Enclose(matrices, p, iterations: 20),
        ("enclosure-of-the-transposed", (matrices, p) => MatrixNorm.Enclose(matrices.mT, p, iterations: 20)),
        ("enclosure-from-below-by-columns", (matrices, p) => MatrixNorm.Enclose(matrices, p, iterations: 0)),
        ("enclosure-from-above-by-the-spectral-norm", (matrices, p) =>
            (MatrixNorm.Enclose(matrices, p, iterations: 20).Lower, MatrixNorm.Of(matrices, 2))));

    private static readonly UnderTest<Func<Tensor, Tensor>> ColumnSum = new(
        matrices => MatrixNorm.Of(matrices, 1),
        ("column-sum-over-rows", matrices => matrices.abs().sum(-1).amax(-1)),
        ("column-sum-with-signs", matrices => matrices.sum(-2).abs().amax(-1)),
        ("column-sum-averaged", matrices => matrices.abs().mean([-2]).amax(-1)));

    private static readonly UnderTest<Func<Tensor, Tensor>> RowSum = new(
        matrices => MatrixNorm.Of(matrices, double.PositiveInfinity),
        ("row-sum-over-columns", matrices => matrices.abs().sum(-2).amax(-1)),
        ("row-sum-with-signs", matrices => matrices.sum(-1).abs().amax(-1)),
        ("row-sum-of-the-first-row", matrices => matrices.abs().sum(-1).select(-1, 0)));

    private static readonly UnderTest<Func<Tensor, Tensor>> SingularValue = new(
        matrices => MatrixNorm.Of(matrices, 2),
        ("singular-values-summed", matrices => linalg.svdvals(matrices).sum(-1)),
        ("singular-values-by-frobenius", matrices => matrices.square().sum([-2, -1]).sqrt()),
        ("singular-value-last", matrices => linalg.svdvals(matrices).select(-1, -1)));

    private static readonly double[,] ThreeAndFour = { { 3, 4 }, { 0, 0 } };
    private static readonly double[] Steps = [1e-2, 1e-3, 1e-4];

    [Claim("slope.prop-1")]
    public void RandomNetworks_SupremumOfDirectionalDerivatives_IsTheNormOfTheJacobian() =>
        Instances.Satisfy(
            "|sup ‖f'(x; v)‖_p − ‖J‖_p|, p = 1, 2, ∞",
            NetworkAtPoint.Arbitrary,
            instance => AgainstDirections(instance, ClosedForms, NetworkGeometry.Norms.Run),
            Tolerance);

    [Claim("slope.prop-1")]
    public void RandomNetworks_NoDirection_ExceedsTheEnclosureForOtherP() =>
        Instances.Satisfy(
            "excess of ‖J v‖_p over the upper bound, p = 1.01, 1.3, 3, 100",
            NetworkAtPoint.Arbitrary,
            ExcessOverEnclosure,
            Tolerance,
            count: 40);

    /// <summary>
    /// One hidden unit that is on: J = uwᵀ, and by Hölder sup ‖Jv‖_p = ‖u‖_p‖w‖_q for every p, with 1/p + 1/q = 1, attained by v_i =
    /// sign(w_i)|w_i|^(q−1). Vectors are the first row of W_1 and the first column of W_n of random networks.
    /// </summary>
    [Claim("slope.prop-1")]
    public void RankOneNetworks_ForOtherP_HaveTheProductOfTwoNorms() =>
        Instances.Satisfy(
            "‖u‖_p‖w‖_q against the library's lower bound, its upper bound and the speed along v, p = 1.01, 1.3, 3, 100",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                var (w, u) = (Arrays.Row(instance.Network.Weights[0], 0), Arrays.Row(Arrays.Transpose(instance.Network.Weights[^1]), 0));
                var allowed = 32 * Rounding.Gamma(w.Length + u.Length + 8) * w.Sum(Math.Abs) * u.Sum(Math.Abs);
                return OtherOrders.Select(p => new Deviation(RankOneError(w, u, p), allowed)).Aggregate(Deviation.Worse);
            },
            "32γ_k times the sum of |u_i w_j|, k their number and 8: norms are sums of powers under a root",
            count: 100);

    /// <summary>
    /// f(x, y) = (tanh(x + 2y), tanh(3x − y)) at (0.1, −0.2): the difference quotient tends to ‖J v‖_p with an error that is
    /// proportional to t, for the best direction of each p.
    /// </summary>
    [Claim("slope.prop-1")]
    public void SmoothNetwork_DifferenceQuotient_TendsToTheNorm()
    {
        double[] Map(double x, double y) => [Math.Tanh(x + (2 * y)), Math.Tanh((3 * x) - y)];
        var (x, y) = (0.1, -0.2);
        double Slope1(double argument) => 1 - Math.Pow(Math.Tanh(argument), 2);
        var (a, b) = (Slope1(x + (2 * y)), Slope1((3 * x) - y));
        var jacobian = new[,] { { a, 2 * a }, { 3 * b, -b } };
        foreach (var p in ClosedForms)
        {
            var norm = Number(MatrixNorm.Of(tensor(jacobian), p));
            var direction = BestDirection(jacobian, p);
            var errors = Steps.Select(t =>
            {
                var (here, there) = (Map(x, y), Map(x + (t * direction[0]), y + (t * direction[1])));
                return Math.Abs((Norm([there[0] - here[0], there[1] - here[1]], p) / t) - norm);
            }).ToArray();
            Evidence.Record(new Measurement(
                $"error of the difference quotient at t = 0.0001, p = {p}",
                errors[2],
                "falls in proportion to t: by a factor between 8 and 12 each time t falls by 10")
            {
                Series = errors,
                Dtype = "float64",
            });
            (errors[0] / errors[1]).Should().BeInRange(8, 12);
            (errors[1] / errors[2]).Should().BeInRange(8, 12);
        }
    }

    /// <summary>f(x, y) = (3x + 4y, 0) by hand: ‖J‖_1 = 4, ‖J‖_2 = 5, ‖J‖_∞ = 7.</summary>
    [Claim("slope.prop-1")]
    public void LinearNetwork_ByHand_HasThreeDifferentSlopes()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 3, 4 }, { 0, 0 } });
        var slopes = ClosedForms.Select(p => Number(Geometry.Slope.At(network.ToEnsemble(), Batch([1, 1]), p))).ToArray();
        slopes[0].Should().Be(4);
        slopes[1].Should().BeApproximately(5, 5 * 4 * Rounding.Unit);
        slopes[2].Should().Be(7);
        Evidence.Record(new Measurement("slopes of (3x + 4y, 0) for p = 1, 2, ∞", slopes[1], "4, 5 and 7 by hand")
        {
            Series = slopes,
            Dtype = "float64",
        });
    }

    /// <summary>
    /// Read as the matrix of partial derivatives, "the Jacobian exists" is not enough: |x + y| − |x − y| has J = (0, 0) at the
    /// origin, and its slope there is 1, √2 and 2 for p = 1, 2, ∞.
    /// </summary>
    [Claim("slope.prop-1", Role.Counterexample)]
    public void PartialDerivativesAlone_AtTheOriginOfFlatOnTheAxes_DoNotGiveTheSlope()
    {
        double[] origin = [0, 0];
        foreach (var direction in new double[][] { [1, 0], [-1, 0], [0, 1], [0, -1] })
        {
            FlatOnTheAxes.DirectionalDerivative(origin, direction).Should().Equal(0.0);
        }

        // |x + y| − |x − y| is 2·min(x, y) for x, y ≥ 0, largest on each unit ball along the diagonal.
        double[] diagonal = [1, 1];
        var along = FlatOnTheAxes.DirectionalDerivative(origin, diagonal)[0];
        double[] slopes = [.. ClosedForms.Select(p => along / Norm(diagonal, p))];
        slopes.Should().Equal(1, 2 / Math.Sqrt(2), 2);
        for (var degrees = 0; degrees < 360; degrees++)
        {
            double[] direction = [Math.Cos(degrees * Math.PI / 180), Math.Sin(degrees * Math.PI / 180)];
            var speed = Math.Abs(FlatOnTheAxes.DirectionalDerivative(origin, direction)[0]);
            for (var i = 0; i < slopes.Length; i++)
            {
                var fastest = slopes[i] * (1 + (8 * Rounding.Unit));
                (speed / Norm(direction, ClosedForms[i])).Should().BeLessThanOrEqualTo(fastest, "no direction is faster than the diagonal");
            }
        }

        Evidence.Record(new Measurement(
            "∞-slope of |x + y| − |x − y| at 0, where all partial derivatives are 0; the series has p = 1, 2, ∞",
            slopes[2],
            "‖J‖ = 0 if J is the matrix of partial derivatives")
        {
            Series = slopes,
            Dtype = "exact (integers), √2 in float64",
        });
    }

    [Claim("slope.prop-1", Role.Control)]
    public void PointOnAKink_HypothesisDropped_IsCaught()
    {
        // |x + y| − |x − y| at the origin: J = 0 whether ReLU'(0) is 0 or 1, and the slope is not.
        var deviation = Compare(new NetworkAtPoint(FlatOnTheAxes, [0, 0]), [double.PositiveInfinity], MatrixNorm.Of);
        deviation.Within.Should().BeFalse("the map is not differentiable there");
        Evidence.Record(new Measurement(
            "deviation for |x + y| − |x − y| at the origin, p = ∞", deviation.Error, "control: must exceed rounding")
        {
            Dtype = "float64",
        });
    }

    [Claim("slope.prop-1.p1")]
    public void LatticeNetworks_LargestColumnSum_IsTheSlopeForP1() =>
        Instances.Satisfy(
            "max over axes ‖f'(x; ±e_j)‖₁ against the largest column sum",
            LatticeNetworks.Arbitrary,
            instance => AgainstCorners(instance, 1, ColumnSum.Run),
            "none: small integers are exact in float64",
            dtype: "exact (rationals)");

    [Claim("slope.prop-1.pinf")]
    public void LatticeNetworks_LargestRowSum_IsTheSlopeForPInfinity() =>
        Instances.Satisfy(
            "max over sign vectors ‖f'(x; s)‖_∞ against the largest row sum",
            LatticeNetworks.Arbitrary,
            instance => AgainstCorners(instance, double.PositiveInfinity, RowSum.Run),
            "none: small integers are exact in float64",
            dtype: "exact (rationals)");

    [Claim("slope.prop-1.p2")]
    public void RandomNetworks_LargestSingularValue_IsTheSlopeForP2() =>
        Instances.Satisfy(
            "|sup ‖f'(x; v)‖₂ − largest singular value|",
            NetworkAtPoint.Arbitrary,
            instance => AgainstDirections(instance, [2], (jacobian, _) => SingularValue.Run(jacobian)),
            Tolerance);

    /// <summary>
    /// Without singular values: s is the norm up to a share of ε if (1 + ε)²s²·I − JᵀJ is positive semidefinite and (1 − ε)²s²·I − JᵀJ is
    /// not, which elimination in fractions decides.
    /// </summary>
    [Claim("slope.prop-1.p2")]
    public void LatticeNetworks_LargestSingularValue_IsEnclosedExactly() =>
        Instances.Satisfy(
            "the library's 2-norm against semidefiniteness in exact fractions",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var exact = Arrays.Map(instance.Network.DerivativesAlongAxes(instance.Point), Rational.Of);
                var norm = Rational.Of(Number(SingularValue.Run(tensor(instance.Network.DerivativesAlongAxes(instance.Point)))));
                var share = Rational.Of(8 * Rounding.Gamma(exact.Length + exact.GetLength(0) + exact.GetLength(1)));
                bool IsAtMost(Rational bound) => Fractions.SquaredNormIsAtMost(bound * bound, exact);
                return Deviation.Exact(norm == 0
                    ? exact.Cast<Rational>().All(entry => entry == 0)
                    : IsAtMost((1 + share) * norm) && !IsAtMost((1 - share) * norm));
            },
            "a share of 8γ_k, k the entries, rows and columns: JᵀJ takes as many operations, and its largest eigenvalue is backward stable",
            count: 200);

    /// <summary>J = (3 4; 0 0): column sums 3 and 4, row sums 7 and 0, singular values 5 and 0.</summary>
    [Claim("slope.prop-1.p1")]
    public void ThreeAndFour_ByHand_HaveTheColumnSumFour() => Number(ColumnSum.Run(tensor(ThreeAndFour))).Should().Be(4);

    /// <inheritdoc cref="ThreeAndFour_ByHand_HaveTheColumnSumFour"/>
    [Claim("slope.prop-1.pinf")]
    public void ThreeAndFour_ByHand_HaveTheRowSumSeven() => Number(RowSum.Run(tensor(ThreeAndFour))).Should().Be(7);

    /// <inheritdoc cref="ThreeAndFour_ByHand_HaveTheColumnSumFour"/>
    [Claim("slope.prop-1.p2")]
    public void ThreeAndFour_ByHand_HaveTheSingularValueFive() =>
        Number(SingularValue.Run(tensor(ThreeAndFour))).Should().BeApproximately(5, 5 * 8 * Rounding.Unit);

    [Claim("slope.prop-1.p1", Role.Control)]
    public void KinksForP1_HypothesisDropped_AreCaught() =>
        Instances.Violate(
            "max over axes ‖f'(x; ±e_j)‖₁ against the largest column sum, on kinks",
            LatticeNetworks.Arbitrary,
            instance => AgainstCorners(instance, 1, ColumnSum.Run, onKinks: true),
            dtype: "exact (rationals)");

    [Claim("slope.prop-1.pinf", Role.Control)]
    public void KinksForPInfinity_HypothesisDropped_AreCaught() =>
        Instances.Violate(
            "max over sign vectors ‖f'(x; s)‖_∞ against the largest row sum, on kinks",
            LatticeNetworks.Arbitrary,
            instance => AgainstCorners(instance, double.PositiveInfinity, RowSum.Run, onKinks: true),
            dtype: "exact (rationals)");

    /// <summary>
    /// |x + y| − |x − y| at the origin moves at √2 along the diagonal for p = 2, and its matrix of partial derivatives is 0.
    /// </summary>
    [Claim("slope.prop-1.p2", Role.Control)]
    public void KinkForP2_HypothesisDropped_IsCaught()
    {
        var along = FlatOnTheAxes.DirectionalDerivative([0, 0], [1, 1])[0] / Math.Sqrt(2);
        Math.Abs(along - Number(SingularValue.Run(tensor(FlatOnTheAxes.DerivativesAlongAxes([0, 0]))))).Should().BeGreaterThan(1);
    }

    // The supremum over the corners of the unit ball is exact: where f is differentiable, ‖f'(x; ·)‖ is convex.
    private static Deviation? AgainstCorners(NetworkAtPoint instance, double p, Func<Tensor, Tensor> norm, bool onKinks = false)
    {
        var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
        if (LinearRegions.IsOffTheKinks(network, point) == onKinks)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var corners = p == 1 ? SignedAxes(point.Length) : SignVectors(point.Length);
        var supremum = corners.Max(corner => Fractions.Norm(network.DirectionalDerivative(point, Arrays.Exact(corner)), p));
        var jacobian = Jacobian.ByLayers(instance.Network.ToEnsemble(), Batch(instance.Point));
        return Deviation.Exact(supremum == Rational.Of(Number(norm(jacobian))));
    }

    private static Deviation? AgainstDirections(NetworkAtPoint instance, double[] orders, Func<Tensor, double, Tensor> norm) =>
        OffTheKinks(instance) ? Compare(instance, orders, norm) : null;

    private static Deviation Compare(NetworkAtPoint instance, double[] orders, Func<Tensor, double, Tensor> norm)
    {
        using var scope = NewDisposeScope();
        var jacobian = Jacobian.ByLayers(instance.Network.ToEnsemble(), Batch(instance.Point));
        var allowed = Rounding.OfJacobian(instance.Network);
        var worst = new Deviation(0, allowed);
        foreach (var p in orders)
        {
            var supremum = Directions(instance, p)
                .Max(direction => Norm(instance.Network.DirectionalDerivative(instance.Point, direction), p) / Norm(direction, p));
            worst = Deviation.Worse(worst, new Deviation(Math.Abs(supremum - Number(norm(jacobian, p))), allowed));
        }

        return worst;
    }

    private static Deviation? ExcessOverEnclosure(NetworkAtPoint instance)
    {
        if (!OffTheKinks(instance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var jacobian = Jacobian.ByLayers(instance.Network.ToEnsemble(), Batch(instance.Point));
        var generator = Seed.Of(("directions", instance.Network.Inputs)).Generator();
        double[] Direction() => [.. Enumerable.Range(0, instance.Network.Inputs).Select(_ => generator.NextDouble() - 0.5)];
        var directions = Enumerable.Range(0, 20).Select(_ => Direction()).ToList();
        var allowed = Rounding.OfJacobian(instance.Network);
        var worst = new Deviation(0, allowed);
        foreach (var p in OtherOrders)
        {
            var (lower, upper) = Enclosure.Run(jacobian, p);
            var largest = directions
                .Max(direction => Norm(instance.Network.DirectionalDerivative(instance.Point, direction), p) / Norm(direction, p));
            worst = Deviation.Worse(worst, new Deviation(Math.Max(0, Math.Max(largest, Number(lower)) - Number(upper)), allowed));
        }

        return worst;
    }

    // The largest of the three differences, of the upper bound only where it is too small.
    private static double RankOneError(double[] w, double[] u, double p)
    {
        using var scope = NewDisposeScope();
        var exact = Norm(u, p) * Norm(w, p / (p - 1));
        var (lower, upper) = Enclosure.Run(tensor(Arrays.Build(u.Length, w.Length, (row, column) => u[row] * w[column])), p);
        var largest = w.Max(Math.Abs);
        double[] v = [.. w.Select(value => largest == 0 ? 1 : Math.Sign(value) * Math.Pow(Math.Abs(value) / largest, 1 / (p - 1)))];
        double[][,] weights = [Arrays.Build(1, w.Length, (_, column) => w[column]), Arrays.Build(u.Length, 1, (row, _) => u[row])];
        var unit = new SmallNetwork(weights, [[1], new double[u.Length]]);
        var speed = Norm(unit.DirectionalDerivative(new double[w.Length], v), p) / Norm(v, p);
        return Math.Max(Math.Max(Math.Abs(speed - exact), Math.Abs(Number(lower) - exact)), exact - Number(upper));
    }

    // The directions among which the supremum is attained.
    private static IEnumerable<double[]> Directions(NetworkAtPoint instance, double p)
    {
        var inputs = instance.Network.Inputs;
        return p switch
        {
            1 => SignedAxes(inputs),
            2 => [BestDirection(instance.Network.DerivativesAlongAxes(instance.Point), 2)],
            _ => SignVectors(inputs),
        };
    }

    private static double[] BestDirection(double[,] jacobian, double p)
    {
        var matrix = Matrix<double>.Build.DenseOfArray(jacobian);
        return p switch
        {
            1 => Axis(matrix.ColumnCount, matrix.ColumnNorms(1).MaximumIndex()),
            2 => matrix.Svd().VT.Row(0).ToArray(),
            _ => [.. matrix.Row(matrix.RowNorms(1).MaximumIndex()).Select(value => value < 0 ? -1.0 : 1.0)],
        };
    }
}
