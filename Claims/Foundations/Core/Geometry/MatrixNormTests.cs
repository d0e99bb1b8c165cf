using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Random;
using Reproduce.Geometry;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Geometry;

/// <summary>
/// Operator norms against hand values, against MathNet (p = 1, 2, ∞), and, for a general p, against the largest ‖Av‖_p/‖v‖_p over
/// a dense scan of the directions v = (cos t, sin t), which are all that a matrix with two columns has.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class MatrixNormTests
{
    // A sum of at most 10 magnitudes, or the eigenvalue of a Gram matrix of at most 10 × 10 built from sums of at most 40
    // products: below 1000 roundings in float64.
    private const double Allowed = 1e-13;

    private const double Infinity = double.PositiveInfinity;

    private static readonly double[] Scales = [1e200, 1e-200, 1e-310];
    private static readonly double[] NotFinite = [double.NaN, Infinity, double.NegativeInfinity];
    private static readonly double[] Closed = [1, 2, Infinity];
    private static readonly double[] General = [1.1, 1.5, 3, 7, 50];

    public static TheoryData<double> ClosedForms => [.. Closed];

    public static TheoryData<double> GeneralPowers => [.. General];

    public static MatrixTheoryData<double, double> ScalesAndClosedForms => new(Scales, Closed);

    public static MatrixTheoryData<double, double> ScalesAndGeneralPowers => new(Scales, General);

    public static MatrixTheoryData<double, double> NotFiniteAndClosedForms => new(NotFinite, Closed);

    public static MatrixTheoryData<double, double> NotFiniteAndPowers => new(NotFinite, [1, 1.5, 2, 3, Infinity]);

    /// <summary>
    /// ((1, −2), (3, 4)): columns sum to 4 and 6, rows to 3 and 7, and AᵀA = ((10, 10), (10, 20)) has the largest eigenvalue
    /// 15 + √125.
    /// </summary>
    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 5.11667273601693)]
    [InlineData(Infinity, 7)]
    public void Of_TwoByTwoByHand_IsTheWorkedValue(double p, double expected) =>
        Norm(new double[,] { { 1, -2 }, { 3, 4 } }, p).Should().BeApproximately(expected, 1e-14, "the hand value has 15 digits");

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 6)]
    [InlineData(6, 1)]
    [InlineData(3, 3)]
    [InlineData(10, 40)]
    [InlineData(40, 10)]
    public void Of_RandomMatrix_IsThatOfMathNet(int rows, int columns)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var entries = Random(rows, columns, seed);
            var reference = Matrix<double>.Build.DenseOfArray(entries);
            Norm(entries, 1).Should().BeApproximately(reference.L1Norm(), Allowed * reference.L1Norm());
            Norm(entries, 2).Should().BeApproximately(reference.L2Norm(), Allowed * reference.L2Norm());
            Norm(entries, Infinity).Should().BeApproximately(reference.InfinityNorm(), Allowed * reference.InfinityNorm());
        }
    }

    [Theory]
    [MemberData(nameof(ClosedForms))]
    public void Of_ZeroMatrix_IsZero(double p) => Norm(new double[3, 2], p).Should().Be(0);

    [Theory]
    [MemberData(nameof(ClosedForms))]
    public void Of_OneNumber_IsItsMagnitude(double p) => Norm(new[,] { { -2.5 } }, p).Should().Be(2.5);

    /// <summary>The squares of these entries are not doubles; the norms are.</summary>
    [Theory]
    [MemberData(nameof(ScalesAndClosedForms))]
    public void Of_EntriesFarFromOne_ScalesWithThem(double scale, double p) =>
        Norm(new double[,] { { 3 * scale, 0 }, { 0, 4 * scale }, { 0, 0 } }, p).Should().BeApproximately(4 * scale, 1e-14 * 4 * scale);

    [Theory]
    [MemberData(nameof(ScalesAndGeneralPowers))]
    public void Enclose_EntriesFarFromOne_ScalesWithThem(double scale, double p)
    {
        var (lower, upper) = Enclosure(new double[,] { { 3 * scale, 0 }, { 0, 4 * scale }, { 0, 0 } }, p);
        lower.Should().BeApproximately(4 * scale, 1e-13 * 4 * scale);
        upper.Should().BeApproximately(4 * scale, 1e-13 * 4 * scale);
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    public void Of_Float32FarFromOne_ScalesWithIt(float scale)
    {
        using var scope = NewDisposeScope();
        var matrix = tensor([3 * scale, 0, 0, 4 * scale], [2, 2]);
        foreach (var p in ClosedForms)
        {
            var norm = MatrixNorm.Of(matrix, p);
            norm.dtype.Should().Be(float32);
            (norm.item<float>() / scale).Should().BeApproximately(4, 4e-6f, "float32 has 7 digits");
        }
    }

    [Fact]
    public void Of_SingularAndRankOne_IsTheProductOfTheVectorsNorms()
    {
        // uvᵀ with u = (1, −2, 2), v = (3, 4): ‖u‖₁‖v‖_∞, ‖u‖₂‖v‖₂, ‖u‖_∞‖v‖₁.
        double[,] product = { { 3, 4 }, { -6, -8 }, { 6, 8 } };
        Norm(product, 1).Should().Be(20);
        Norm(product, 2).Should().BeApproximately(15, 15 * Allowed);
        Norm(product, Infinity).Should().Be(14);
    }

    [Theory]
    [MemberData(nameof(ClosedForms))]
    public void Of_Batch_IsThatOfEachMatrix(double p)
    {
        using var scope = NewDisposeScope();
        double[][,] matrices =
        [
            Random(3, 4, 1), new double[3, 4], Random(3, 4, 2), Random(3, 4, 3),
            Scaled(Random(3, 4, 4), 1e150), Scaled(Random(3, 4, 5), 1e-150),
        ];
        var batch = stack(matrices.Select(one => tensor(one))).reshape(2, 3, 3, 4);
        var norms = MatrixNorm.Of(batch, p);
        norms.shape.Should().Equal(2, 3);
        var found = norms.cpu().data<double>().ToArray();
        for (var i = 0; i < matrices.Length; i++)
        {
            found[i].Should().BeApproximately(Norm(matrices[i], p), Allowed * Norm(matrices[i], p));
        }
    }

    [Theory]
    [MemberData(nameof(GeneralPowers))]
    public void Enclose_TwoColumns_ContainsTheScan(double p)
    {
        var reached = 0;
        var count = 0;
        for (var seed = 0; seed < 8; seed++)
        {
            foreach (var rows in new[] { 1, 2, 3, 10 })
            {
                var entries = Random(rows, 2, seed);
                var scan = Scan(entries, p);
                var (lower, upper) = Enclosure(entries, p);

                // Up to rounding the scan is a lower bound; how near it comes to the norm depends on its resolution.
                upper.Should().BeGreaterThanOrEqualTo(scan * (1 - Allowed), $"{rows} rows, seed {seed}");
                lower.Should().BeLessThanOrEqualTo(scan * (1 + 1e-6), $"{rows} rows, seed {seed}");
                lower.Should().BeLessThanOrEqualTo(upper);
                lower.Should().BePositive();
                reached += lower >= scan * (1 - 1e-6) ? 1 : 0;
                count++;
            }
        }

        reached.Should().BeGreaterThan(count * 3 / 4, "the power method can end in a local maximum, but seldom does");
    }

    /// <summary>A diagonal matrix has its largest entry as every p-norm, uvᵀ has ‖u‖_p‖v‖_q: both are reached from below.</summary>
    [Theory]
    [MemberData(nameof(GeneralPowers))]
    public void Enclose_DiagonalAndRankOne_ReachesTheNorm(double p)
    {
        var (lower, upper) = Enclosure(new double[,] { { -3, 0, 0 }, { 0, 5, 0 }, { 0, 0, 1 } }, p);
        lower.Should().BeApproximately(5, 5 * Allowed);
        upper.Should().BeApproximately(5, 5 * Allowed);

        var q = p / (p - 1);
        var norm = VectorNorm([1, -2, 2], p) * VectorNorm([3, 4], q);
        (lower, upper) = Enclosure(new double[,] { { 3, 4 }, { -6, -8 }, { 6, 8 } }, p);
        lower.Should().BeApproximately(norm, norm * 1e-12, "powers up to 50 multiply the relative rounding by 50");
        upper.Should().BeGreaterThanOrEqualTo(norm * (1 - 1e-12));
    }

    [Theory]
    [MemberData(nameof(GeneralPowers))]
    public void Enclose_Transposed_ReachesTheNormOfTheConjugatePower(double p)
    {
        var entries = Random(4, 3, 9);
        var (lower, upper) = Enclosure(entries, p);
        var (dualLower, dualUpper) = Enclosure(Matrix<double>.Build.DenseOfArray(entries).Transpose().ToArray(), p / (p - 1));
        dualUpper.Should().BeApproximately(upper, 1e-12 * upper, "‖A‖_p = ‖Aᵀ‖_q, and the interpolation is symmetric");
        dualLower.Should().BeInRange(0, upper * (1 + Allowed));
        lower.Should().BeInRange(0, dualUpper * (1 + Allowed));
    }

    [Theory]
    [MemberData(nameof(ClosedForms))]
    public void Enclose_ClosedForm_IsTheNormOnBothSides(double p)
    {
        var entries = Random(3, 5, 6);
        Enclosure(entries, p).Should().Be((Norm(entries, p), Norm(entries, p)));
    }

    [Theory]
    [MemberData(nameof(GeneralPowers))]
    public void Enclose_BatchWithAZeroMatrix_IsThatOfEachMatrix(double p)
    {
        using var scope = NewDisposeScope();
        double[][,] matrices = [new double[3, 2], Random(3, 2, 1), Scaled(Random(3, 2, 2), 1e-200)];
        var (lower, upper) = MatrixNorm.Enclose(stack(matrices.Select(one => tensor(one))).unsqueeze(0), p);
        lower.shape.Should().Equal(1, 3);
        upper.shape.Should().Equal(1, 3);
        var (below, above) = (lower.cpu().data<double>().ToArray(), upper.cpu().data<double>().ToArray());
        (below[0], above[0]).Should().Be((0, 0));
        for (var i = 1; i < 3; i++)
        {
            var (ownLower, ownUpper) = Enclosure(matrices[i], p);
            below[i].Should().BeApproximately(ownLower, ownLower * 1e-12);
            above[i].Should().BeApproximately(ownUpper, ownUpper * 1e-12);
        }
    }

    /// <summary>
    /// Near 1 and ∞ the norm is near the one with a closed form: ‖A‖_p ≥ n^(−1/p)‖A‖_∞ by the vector of ones and
    /// ‖A‖_p ≥ m^(1/p − 1)‖A‖₁ by an axis, on a positive 10 × 40 matrix. Powers of 1000 leave the range of every type.
    /// </summary>
    [Theory]
    [InlineData(1.001)]
    [InlineData(1000)]
    public void Enclose_PowerNearAnEnd_ReachesTheNormThere(double p)
    {
        var entries = Matrix<double>.Build.DenseOfArray(Random(10, 40, 8)).PointwiseAbs().ToArray();
        var (lower, upper) = Enclosure(entries, p);
        var least = p < 2 ? Math.Pow(10, (1 / p) - 1) * Norm(entries, 1) : Math.Pow(40, -1 / p) * Norm(entries, Infinity);
        lower.Should().BeInRange(least * (1 - 1e-10), upper, "powers of 1000 multiply the relative rounding by 1000");
    }

    /// <summary>float32 has its own range: 10⁻³⁸ to 10³⁸, which powers of 50 leave sooner than those of float64.</summary>
    [Theory]
    [MemberData(nameof(GeneralPowers))]
    public void Enclose_InFloat32_IsThatOfFloat64ToRounding(double p)
    {
        using var scope = NewDisposeScope();
        foreach (var entries in new[] { new double[3, 2], Random(3, 2, 1), Random(10, 40, 2), Scaled(Random(3, 2, 3), 1e-30) })
        {
            var (lower, upper) = MatrixNorm.Enclose(tensor(entries, float32), p);
            var (exactLower, exactUpper) = Enclosure(entries, p);
            (lower.dtype, upper.dtype).Should().Be((float32, float32));

            // Powers of up to 50 multiply the relative rounding (6e-8) by 50.
            ((double)lower.item<float>()).Should().BeApproximately(exactLower, 1e-4 * exactLower);
            ((double)upper.item<float>()).Should().BeApproximately(exactUpper, 1e-4 * exactUpper);
        }
    }

    [Theory]
    [InlineData(0.999)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Enclose_NotANorm_IsRefused(double p) =>
        FluentActions.Invoking(() => Enclosure(new double[,] { { 1, 2 }, { 3, 4 } }, p))
            .Should().Throw<ArgumentException>().WithMessage($"*{p}*");

    [Theory]
    [InlineData(1.5)]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    public void Of_NoClosedForm_IsRefused(double p) =>
        FluentActions.Invoking(() => Norm(new double[,] { { 1, 2 }, { 3, 4 } }, p))
            .Should().Throw<ArgumentException>().WithMessage($"*{p}*");

    [Theory]
    [MemberData(nameof(NotFiniteAndClosedForms))]
    public void Of_EntriesThatAreNotFinite_IsRefused(double entry, double p) =>
        FluentActions.Invoking(() => Norm(new[,] { { 1, entry } }, p)).Should().Throw<ArgumentException>();

    [Theory]
    [MemberData(nameof(NotFiniteAndPowers))]
    public void Enclose_EntriesThatAreNotFinite_IsRefused(double entry, double p) =>
        FluentActions.Invoking(() => Enclosure(new[,] { { 1, entry } }, p)).Should().Throw<ArgumentException>();

    private static double Norm(double[,] entries, double p)
    {
        using var scope = NewDisposeScope();
        return MatrixNorm.Of(tensor(entries), p).item<double>();
    }

    private static (double Lower, double Upper) Enclosure(double[,] entries, double p)
    {
        using var scope = NewDisposeScope();
        var (lower, upper) = MatrixNorm.Enclose(tensor(entries), p);
        return (lower.item<double>(), upper.item<double>());
    }

    // 2000 directions over half a turn, then ternary search between the neighbours of the best of them.
    private static double Scan(double[,] entries, double p)
    {
        const int directions = 2000;
        double Ratio(double angle)
        {
            var (cos, sin) = (Math.Cos(angle), Math.Sin(angle));
            var image = Enumerable.Range(0, entries.GetLength(0)).Select(row => (entries[row, 0] * cos) + (entries[row, 1] * sin));
            return VectorNorm([.. image], p) / VectorNorm([cos, sin], p);
        }

        var best = Enumerable.Range(0, directions).MaxBy(i => Ratio(i * Math.PI / directions));
        var (low, high) = ((best - 1) * Math.PI / directions, (best + 1) * Math.PI / directions);
        while (high - low > 1e-10)
        {
            var (left, right) = (low + ((high - low) / 3), high - ((high - low) / 3));
            (low, high) = Ratio(left) < Ratio(right) ? (left, high) : (low, right);
        }

        return Math.Max(Ratio(low), Ratio(best * Math.PI / directions));
    }

    private static double VectorNorm(double[] vector, double p)
    {
        var largest = vector.Max(Math.Abs);
        return largest == 0 ? 0 : largest * Math.Pow(vector.Sum(one => Math.Pow(Math.Abs(one / largest), p)), 1 / p);
    }

    private static double[,] Random(int rows, int columns, int seed)
    {
        var generator = new Xoshiro256StarStar(1000 + seed);
        var entries = new double[rows, columns];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i / columns, i % columns] = (2 * generator.NextDouble()) - 1;
        }

        return entries;
    }

    private static double[,] Scaled(double[,] entries, double scale) =>
        Matrix<double>.Build.DenseOfArray(entries).Map(one => one * scale).ToArray();
}
