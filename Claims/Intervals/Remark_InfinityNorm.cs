using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// The norms of appendix A. The ∞-norm of a matrix is a supremum over vectors, attained at a vector of signs, and equals the largest row
/// sum of magnitudes; small fractions make both sides exact. The p-norm of a vector is a norm for p ≥ 1 and tends to the ∞-norm.
/// </summary>
public sealed class Remark_InfinityNorm
{
    private static readonly UnderTest<Func<double[,], double>> MatrixNormInfinity = new(
        matrix => Of(matrix, values => MatrixNorm.Of(values, double.PositiveInfinity)),
        ("norm-of-columns-instead-of-rows", matrix => Of(matrix, values => MatrixNorm.Of(values, 1))),
        ("norm-of-rows-without-magnitudes", matrix => Of(matrix, values => values.sum(-1).abs().amax(-1))),
        ("norm-of-the-largest-entry", matrix => Of(matrix, values => values.abs().amax(-2, -1))),
        ("norm-averaged-over-rows", matrix => Of(matrix, values => values.abs().sum(-1).mean())));

    private static readonly UnderTest<Func<double[], double, double>> VectorNorm = new(
        (vector, p) => Scaled(vector, p, Vectors.Norm),
        ("vector-norm-without-the-root", (vector, p) => Scaled(vector, p, SumOfPowers)),
        ("vector-norm-averaged", (vector, p) =>
            Scaled(vector, p, (one, order) => Math.Pow(SumOfPowers(one, order) / one.Length, 1 / order))),
        ("vector-norm-rooted-twice", (vector, p) =>
            Scaled(vector, p, (one, order) => Math.Pow(SumOfPowers(one, order), 1 / (2 * order)))));

    // ‖x‖_p as the norm of the matrix with the one column x.
    private static readonly UnderTest<Func<double[], double, double>> ColumnNorm = new(
        (vector, p) => Of(vector, values => MatrixNorm.Of(values.unsqueeze(1), p)),
        ("column-norm-of-the-row", (vector, p) => Of(vector, values => MatrixNorm.Of(values.unsqueeze(0), p))),
        ("column-norm-always-of-p-one", (vector, _) => Of(vector, values => MatrixNorm.Of(values.unsqueeze(1), 1))));

    private static readonly double[] Orders = [1, 1.25, 2, 3, 10, 100];

    /// <summary>Vectors of 1 to 6 entries between −3 and 3, ties and zeros among them, all times one power of two.</summary>
    private static readonly Arbitrary<(double[] One, double[] Other)> VectorPairs = Arb.From(
        from count in Gen.Choose(1, 6)
        from scale in Gen.Elements(1.0, 0.0009765625, 1024)
        from one in Gen.ArrayOf(Gen.Choose(-12, 12).Select(value => value * scale / 4), count)
        from other in Gen.ArrayOf(Gen.Choose(-12, 12).Select(value => value * scale / 4), count)
        select (one, other));

    [Claim("intervals.norm-inf")]
    public void RandomMatrices_LargestRowSum_IsTheSupremumOverSignVectors() =>
        Instances.Satisfy(
            "‖W‖_∞ against max ‖Ws‖_∞ over sign vectors s",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (matrix, exact) = (instance.Network.Weights[0], instance.Network.Exact().Weights[0]);
                var supremum = SignVectors(matrix.GetLength(1)).Max(signs => Fractions.Norm(Arrays.Multiply(exact, Arrays.Exact(signs))));
                return Deviation.Exact(Rational.Of(MatrixNormInfinity.Run(matrix)) == supremum);
            },
            Fractions.Exactly,
            dtype: "exact (small fractions in float64 against rationals)");

    [Claim("intervals.norm-inf")]
    public void RandomVectors_AreStretchedByAtMostTheNorm() =>
        Instances.Satisfy(
            "‖Wx‖_∞ ≤ ‖W‖_∞‖x‖_∞",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var exact = instance.Network.Exact().Weights[0];
                var norm = Rational.Of(MatrixNormInfinity.Run(instance.Network.Weights[0]));
                var vectors = new[] { instance.Point, instance.Direction, instance.End }.Select(Arrays.Exact);
                return Deviation.Exact(vectors.All(x => Fractions.Norm(Arrays.Multiply(exact, x)) <= norm * Fractions.Norm(x)));
            },
            Fractions.Exactly,
            dtype: Arithmetic);

    /// <summary>
    /// [1 −2; 3 1]: row sums 3 and 4, attained at (1, 1); the columns would give 4 and 3, and the rows without magnitudes −1 and 4.
    /// </summary>
    [Claim("intervals.norm-inf")]
    public void Matrices_ByHand_HaveTheirLargestRowSum()
    {
        MatrixNormInfinity.Run(new double[,] { { 1, -2 }, { 3, 1 } }).Should().Be(4);
        MatrixNormInfinity.Run(new double[,] { { 1, -5, 2 } }).Should().Be(8);
        MatrixNormInfinity.Run(new double[,] { { 1 }, { -5 }, { 2 } }).Should().Be(5);
        MatrixNormInfinity.Run(new double[,] { { 0, 0 } }).Should().Be(0);
    }

    [Claim("intervals.norm-inf", Role.Control)]
    public void SupremumOverAxes_IsNotTheInfinityNorm() =>
        Instances.Violate(
            "max ‖We_j‖_∞ over the axes",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var exact = instance.Network.Exact().Weights[0];
                var supremum = SignedAxes(instance.Network.Inputs).Max(axis => Fractions.Norm(Arrays.Multiply(exact, Arrays.Exact(axis))));
                return Deviation.Exact(RowNorm(exact) == supremum);
            },
            dtype: Arithmetic);

    /// <summary>Absolutely homogeneous, positive off the origin, and the triangle inequality.</summary>
    [Claim("intervals.p-norm")]
    public void RandomVectors_ForPAtLeastOne_SatisfyTheAxioms() =>
        Instances.Satisfy(
            "excess of ‖x + y‖_p over ‖x‖_p + ‖y‖_p, and of |‖−2x‖_p − 2‖x‖_p|, p = 1 … 100",
            VectorPairs,
            pair => Orders.Select(p => Axioms(pair.One, pair.Other, p)).Aggregate(Deviation.Worse),
            "8γ_k(‖x‖₁ + ‖y‖₁), k = dimensions + 10: a power, a sum and a root");

    /// <summary>‖x‖_∞ ≤ ‖x‖_p ≤ n^(1/p) ‖x‖_∞, and n^(1/p) → 1.</summary>
    [Claim("intervals.p-norm")]
    public void RandomVectors_WithGrowingP_TendToTheLargestMagnitude() =>
        Instances.Satisfy(
            "distance of ‖x‖_p from [‖x‖_∞, n^(1/p)‖x‖_∞], p = 1 … 100",
            VectorPairs,
            pair => Orders.Select(p =>
            {
                var (norm, largest) = (VectorNorm.Run(pair.One, p), pair.One.Max(Math.Abs));
                var excess = Math.Max(largest - norm, norm - (Math.Pow(pair.One.Length, 1 / p) * largest));
                return new Deviation(Math.Max(0, excess), 8 * Rounding.Gamma(pair.One.Length + 10) * pair.One.Sum(Math.Abs));
            }).Aggregate(Deviation.Worse),
            "8γ_k‖x‖₁, k = n + 10: a power, a sum and a root");

    /// <summary>A column's operator norm is the vector's: what the library has for p = 1, 2, ∞.</summary>
    [Claim("intervals.p-norm")]
    public void RandomVectors_LibrarysNormOfTheColumn_IsTheVectors() =>
        Instances.Satisfy(
            "|‖(x)‖_p of the one column − ‖x‖_p|, p = 1, 2, ∞",
            VectorPairs,
            pair => ClosedForms
                .Select(p => Math.Abs(ColumnNorm.Run(pair.One, p) - Vectors.Norm(pair.One, p)))
                .Select(error => new Deviation(error, 8 * Rounding.Gamma(pair.One.Length + 10) * pair.One.Sum(Math.Abs)))
                .Aggregate(Deviation.Worse),
            "8γ_k‖x‖₁, k = n + 10: a power, a sum and a root",
            count: 150);

    /// <summary>(3, 4): 7, 5 and 4 for p = 1, 2, ∞; at p = 100 it is 4 to twelve digits, since (3/4)^100 &lt; 10⁻¹².</summary>
    [ClaimRows("intervals.p-norm")]
    [InlineData(1, 7, 1e-14)]
    [InlineData(2, 5, 1e-14)]
    [InlineData(100, 4, 1e-12)]
    public void ThreeFour_ByHand_IsSevenFiveFour(double p, double norm, double tolerance) =>
        VectorNorm.Run([3, -4], p).Should().BeApproximately(norm, tolerance);

    /// <summary>p = 1/2: ‖(1, 0) + (0, 1)‖ = 4 and the parts have 1 each.</summary>
    [Claim("intervals.p-norm", Role.Control)]
    public void PBelowOne_HypothesisDropped_BreaksTheTriangleInequality()
    {
        Vectors.Norm([1, 1], 0.5).Should().Be(4);
        Axioms([1, 0], [0, 1], 0.5).Within.Should().BeFalse();
    }

    private static Deviation Axioms(double[] one, double[] other, double p)
    {
        var allowed = 8 * Rounding.Gamma(one.Length + 10) * (one.Sum(Math.Abs) + other.Sum(Math.Abs));
        var triangle = VectorNorm.Run(Arrays.Add(one, other), p) - VectorNorm.Run(one, p) - VectorNorm.Run(other, p);
        var homogeneous = Math.Abs(VectorNorm.Run([.. one.Select(value => -2 * value)], p) - (2 * VectorNorm.Run(one, p)));
        var positive = VectorNorm.Run(one, p) > 0 == one.Any(value => value != 0);
        return positive ? new Deviation(Math.Max(Math.Max(0, triangle), homogeneous), allowed) : Deviation.Exact(false);
    }

    private static double SumOfPowers(double[] vector, double p) => vector.Sum(value => Math.Pow(Math.Abs(value), p));

    // Over its largest magnitude a vector has no entry above 1, so that no power leaves the range of a double.
    private static double Scaled(double[] vector, double p, Func<double[], double, double> norm)
    {
        var largest = vector.Max(Math.Abs);
        return largest == 0 ? 0 : largest * norm([.. vector.Select(value => value / largest)], p);
    }

    private static double Of(Array entries, Func<Tensor, Tensor> norm)
    {
        using var scope = NewDisposeScope();
        return Number(norm(from_array(entries)));
    }
}
