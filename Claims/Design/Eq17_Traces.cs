using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// The matrix relations of appendix A that the proof of Corollary 3.0.1 rests on, all in fractions. tr(AB) &lt; tr A tr B fails for
/// symmetric matrices, and for all 1 × 1 matrices; with ≤ it holds for positive semidefinite ones. λ_max ≤ tr needs semidefiniteness too.
/// </summary>
public sealed class Eq17_Traces
{
    private static readonly UnderTest<Func<Rational[,], Rational>> Trace = new(
        Fractions.Trace,
        ("trace-of-the-first-row", matrix => Rational.Sum(Arrays.Row(matrix, 0))),
        ("trace-of-the-other-diagonal", matrix =>
            Rational.Sum(Enumerable.Range(0, matrix.GetLength(0)).Select(index => matrix[index, matrix.GetLength(0) - 1 - index]))),
        ("trace-without-the-last-entry", matrix => Fractions.Trace(matrix) - matrix[matrix.GetLength(0) - 1, matrix.GetLength(0) - 1]));

    private static readonly UnderTest<Func<Rational[,], (Rational Lower, Rational Upper)>> Sandwich = new(
        matrix => (Trace.Run(matrix) / matrix.GetLength(0), Trace.Run(matrix)),
        ("sandwich-without-the-dimension", matrix => (Trace.Run(matrix), Trace.Run(matrix))),
        ("sandwich-with-the-mean-above", matrix => (Trace.Run(matrix) / matrix.GetLength(0), Trace.Run(matrix) / matrix.GetLength(0))));

    [Claim("design.trace-cyclic")]
    public void RandomTriples_Cycled_HaveTheSameTrace() =>
        ExactInstances.Satisfy(
            "tr(ABC) = tr(BCA)",
            Triples(square: false),
            triple => Cycled(triple, [1, 2, 0]));

    /// <summary>A = (1 2), B = (3; 4), C = (5): ABC = (55), and BCA = (15 30; 20 40) has the trace 55.</summary>
    [Claim("design.trace-cyclic")]
    public void RowColumnAndNumber_ByHand_Give55()
    {
        var (a, b, c) = (Fractions.Of(new[,] { { 1, 2 } }), Fractions.Of(new[,] { { 3 }, { 4 } }), Fractions.Of(new[,] { { 5 } }));
        Trace.Run(Fractions.Product(a, b, c)).Should().Be((Rational)55);
        Trace.Run(Fractions.Product(b, c, a)).Should().Be((Rational)55);
    }

    /// <summary>E_12 E_21 E_11 = E_11 has the trace 1; E_12 E_11 E_21 = 0. Only cyclic orders agree.</summary>
    [Claim("design.trace-cyclic", Role.Control)]
    public void TwoFactorsSwapped_AreCaught() =>
        ExactInstances.Violate("tr(ABC) = tr(ACB)", Triples(square: true), triple => Cycled(triple, [0, 2, 1]));

    /// <summary>1 × 1: tr(AB) = tr A tr B for all A and B, so &lt; is never true; A = B = 1 gives 1 &lt; 1.</summary>
    [Claim("design.trace-product", Role.Counterexample)]
    public void OneByOne_AreEqual()
    {
        var one = Fractions.Identity(1);
        var (left, right) = (Trace.Run(Fractions.Product(one, one)), Trace.Run(one) * Trace.Run(one));
        left.Should().Be((Rational)1);
        (left < right).Should().BeFalse();
    }

    /// <summary>A = B = diag(1, −1): tr(AB) = 2 and tr A tr B = 0, so ≤ fails as well.</summary>
    [Claim("design.trace-product", Role.Counterexample)]
    public void Indefinite_ExceedsTheProduct()
    {
        var flip = Fractions.Diagonal([1, -1]);
        var (left, right) = (Trace.Run(Fractions.Product(flip, flip)), Trace.Run(flip) * Trace.Run(flip));
        left.Should().Be((Rational)2);
        right.Should().Be((Rational)0);
        Evidence.Record(new Measurement("tr(AB) for A = B = diag(1, −1)", 2, "tr A tr B = 0; equation 17 says less")
        {
            Paper = "tr(AB) < tr(A) tr(B)",
            Dtype = "exact (integers)",
        });
    }

    [Claim("design.trace-product")]
    public void RandomSemidefinitePairs_TraceOfTheProduct_IsAtMostTheProductOfTraces() =>
        ExactInstances.Satisfy(
            "tr(AB) ≤ tr A tr B, A and B positive semidefinite",
            Pairs(Gen.Choose(0, 3), shift: 0),
            pair => ProductBound(pair, strictly: false));

    [Claim("design.trace-product")]
    public void RandomDefinitePairs_OfOrderTwoOrMore_AreStrict() =>
        ExactInstances.Satisfy(
            "tr(AB) < tr A tr B, A and B positive definite, order at least 2",
            Pairs(Gen.Choose(0, 3), shift: 1),
            pair => pair[0].GetLength(0) < 2 ? null : ProductBound(pair, strictly: true));

    /// <summary>
    /// (2 1; 1 2) and diag(1, 3): AB = (2 3; 1 6), 8 ≤ 4 · 4. With A = B = (1 2; 2 4), of rank one, A² = 5A and both sides are 25: equality
    /// at order 2.
    /// </summary>
    [Claim("design.trace-product")]
    public void TwoPairs_ByHand_Give8And16_And25Twice()
    {
        var (a, b) = (Fractions.Of(new[,] { { 2, 1 }, { 1, 2 } }), Fractions.Diagonal([1, 3]));
        var rankOne = Fractions.Of(new[,] { { 1, 2 }, { 2, 4 } });
        new[] { Trace.Run(Fractions.Product(a, b)), Trace.Run(a) * Trace.Run(b) }.Should().Equal(8, 16);
        new[] { Trace.Run(Fractions.Product(rankOne, rankOne)), Trace.Run(rankOne) * Trace.Run(rankOne) }.Should().Equal(25, 25);
    }

    [Claim("design.trace-product", Role.Control)]
    public void RandomSymmetricPairs_SemidefiniteDropped_AreCaught() =>
        ExactInstances.Violate(
            "tr(AB) ≤ tr A tr B, A and B symmetric",
            Symmetric(2),
            pair => ProductBound(pair, strictly: false));

    [Claim("design.trace-product", Role.Control)]
    public void RandomSingularPairs_DefiniteDropped_AreNotStrict() =>
        ExactInstances.Violate(
            "tr(AB) < tr A tr B, A and B positive semidefinite",
            Pairs(Gen.Choose(0, 3), shift: 0),
            pair => ProductBound(pair, strictly: true));

    [Claim("design.trace-sandwich")]
    public void RandomSymmetricMatrices_LargestEigenvalue_IsAtLeastTheMean() =>
        ExactInstances.Satisfy(
            "tr A/dim ≤ λ_max, A symmetric",
            Symmetric(1),
            one => Fractions.LargestEigenvalueIsAtLeast(one[0], Sandwich.Run(one[0]).Lower));

    [Claim("design.trace-sandwich")]
    public void RandomSemidefiniteMatrices_LargestEigenvalue_IsAtMostTheTrace() =>
        ExactInstances.Satisfy(
            "λ_max ≤ tr A, A positive semidefinite",
            Pairs(Gen.Choose(0, 3), shift: 0),
            pair => UpperBound(pair[0]));

    /// <summary>The library's largest eigenvalue of ζ between the mean of its diagonal and its trace.</summary>
    [Claim("design.trace-sandwich")]
    public void RandomNetworks_LibrarysLargestEigenvalue_LiesBetweenMeanAndTrace() =>
        Instances.Satisfy(
            "the library's λ_max(ζ) outside [tr ζ/n_0, tr ζ], square loss",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var (ensemble, points, inputs) = (instance.Network.ToEnsemble(), Batch(instance.Point), instance.Network.Inputs);
                var entries = Numbers(PulledBackMetric.At(ensemble, points, OutputMetric.SquareLoss).flatten());
                var (lower, upper) = Sandwich.Run(
                    Arrays.Build(inputs, inputs, (row, column) => Rational.Of(entries[(row * inputs) + column])));
                var largest = Number(NetworkGeometry.LargestEigenvalues.Run(ensemble, points, OutputMetric.SquareLoss));
                var outside = Math.Max(lower.ToDouble() - largest, largest - upper.ToDouble());
                return new Deviation(Math.Max(0, outside), Rounding.OfMetric(instance));
            },
            "that of design.prop-3.1");

    /// <summary>
    /// (2 1; 1 2) has the eigenvalues 1 and 3: 4/2 ≤ 3 ≤ 4. The identity attains the left, a matrix of rank one the right.
    /// </summary>
    [Claim("design.trace-sandwich")]
    public void ThreeMatrices_ByHand_LieBetween()
    {
        var matrix = Fractions.Of(new[,] { { 2, 1 }, { 1, 2 } });
        Sandwich.Run(matrix).Should().Be(((Rational)2, (Rational)4));
        Fractions.LargestEigenvalueIsAtLeast(matrix, 3).Should().BeTrue();
        Fractions.LargestEigenvalueIsAtMost(matrix, 3).Should().BeTrue();
        Fractions.LargestEigenvalueIsAtMost(matrix, new Rational(29, 10)).Should().BeFalse();
        Sandwich.Run(Fractions.Identity(3)).Should().Be(((Rational)1, (Rational)3));
        Sandwich.Run(Fractions.Of(new[,] { { 1, 2 }, { 2, 4 } })).Upper
            .Should().Be((Rational)5, "and (1, 2) is an eigenvector with the eigenvalue 5");
    }

    /// <summary>diag(1, −1) has the largest eigenvalue 1 and the trace 0.</summary>
    [Claim("design.trace-sandwich", Role.Counterexample)]
    public void Indefinite_ExceedsItsTrace()
    {
        var flip = Fractions.Diagonal([1, -1]);
        Sandwich.Run(flip).Upper.Should().Be((Rational)0);
        Fractions.LargestEigenvalueIsAtLeast(flip, 1).Should().BeTrue();
        Evidence.Record(new Measurement("largest eigenvalue of diag(1, −1)", 1, "its trace is 0; equation 18 says at most the trace")
        {
            Paper = "σ_max(A) ≤ tr(A)",
            Dtype = "exact (integers)",
        });
    }

    [Claim("design.trace-sandwich", Role.Control)]
    public void RandomSymmetricMatrices_SemidefiniteDropped_AreCaught() =>
        ExactInstances.Violate("λ_max ≤ tr A, A symmetric", Symmetric(1), one => UpperBound(one[0]));

    private static bool ProductBound(MatrixList pair, bool strictly)
    {
        var (left, right) = (Trace.Run(Fractions.Product(pair[0], pair[1])), Trace.Run(pair[0]) * Trace.Run(pair[1]));
        return strictly ? left < right : left <= right;
    }

    private static bool UpperBound(Rational[,] matrix) => Fractions.LargestEigenvalueIsAtMost(matrix, Sandwich.Run(matrix).Upper);

    private static bool Cycled(MatrixList triple, int[] order) =>
        Trace.Run(Fractions.Product(triple.Matrices)) == Trace.Run(Fractions.Product(order.Select(index => triple[index])));

    private static Arbitrary<MatrixList> Triples(bool square) => Arb.From(
        from sizes in Gen.ArrayOf(Gen.Choose(1, 5), 3)
        let shape = square ? [sizes[0], sizes[0], sizes[0]] : sizes
        from matrices in Gen.CollectToArray(Enumerable.Range(0, 3), i => Entries(shape[i], shape[(i + 1) % 3]))
        select new MatrixList(matrices));

    // Two matrices BᵀB + shift·I of one order, of every rank.
    private static Arbitrary<MatrixList> Pairs(Gen<int> ranks, int shift) => Arb.From(
        from size in Gen.Choose(1, 5)
        from rank in Gen.ArrayOf(ranks, 2)
        from roots in Gen.CollectToArray(rank, rows => Entries(rows, size))
        select new MatrixList([.. roots.Select(root => Fractions.Below(shift, Arrays.Map(Arrays.Build(size, size, (row, column) =>
            Rational.Sum(Arrays.Column(root, row).Zip(Arrays.Column(root, column), (one, other) => one * other))), entry => -entry)))]));

    private static Arbitrary<MatrixList> Symmetric(int count) => Arb.From(
        from size in Gen.Choose(1, 5)
        from matrices in Gen.CollectToArray(Enumerable.Range(0, count), _ => Entries(size, size))
        select new MatrixList([.. matrices.Select(matrix =>
            Arrays.Build(size, size, (row, column) => matrix[Math.Min(row, column), Math.Max(row, column)]))]));

    private static Gen<Rational[,]> Entries(int rows, int columns) =>
        Gen.ArrayOf(Gen.Choose(-3, 3), rows * columns).Select(entries =>
            Arrays.Build(rows, columns, (row, column) => (Rational)(long)entries[(row * columns) + column]));

    private sealed record MatrixList(IReadOnlyList<Rational[,]> Matrices)
    {
        internal Rational[,] this[int index] => Matrices[index];

        public override string ToString() => string.Join(", ", Matrices.Select(Fractions.Show));
    }
}
