using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Equation 4.7: the path length of a batch x_1, …, x_k split into k/2 pairs, printed as (2/k) Σ_(i=1)^k over the segments [x_i, x_(i+k)].
/// The lengths come from a table, so that only indices and factor matter, and averages run over all batches.
/// </summary>
public sealed class Eq47_BatchEstimator
{
    // The estimate from the batch's points and the table of lengths.
    private static readonly UnderTest<Func<int[], Rational[,], Rational>> Estimate = new(
        (batch, lengths) => Sum(batch.Length / 2, i => lengths[batch[i], batch[i + (batch.Length / 2)]]) * 2 / batch.Length,
        ("batch-estimate-twice-too-large", (batch, lengths) =>
            Sum(batch.Length / 2, i => lengths[batch[i], batch[i + (batch.Length / 2)]]) * 4 / batch.Length),
        ("batch-estimate-with-cyclic-indices", (batch, lengths) =>
            Sum(batch.Length, i => lengths[batch[i], batch[(i + batch.Length) % batch.Length]]) * 2 / batch.Length),
        ("batch-estimate-of-overlapping-neighbours", (batch, lengths) =>
            Sum(batch.Length - 1, i => lengths[batch[i], batch[i + 1]]) * 2 / batch.Length));

    private static readonly int[] Sizes = [2, 4];

    /// <summary>Lengths between 2 to 5 points: symmetric, zero on the diagonal, 0 … 9.</summary>
    private static readonly Arbitrary<Rational[,]> Tables = Arb.From(
        from count in Gen.Choose(2, 5)
        from entries in Gen.ArrayOf(Gen.Choose(0, 9), count * count)
        select Arrays.Build(count, count, (row, column) =>
            (Rational)(row == column ? 0 : entries[(Math.Min(row, column) * count) + Math.Max(row, column)])));

    /// <summary>
    /// A batch of k = 2 points at distance 1, for a function with slope 1. As printed, i = 1 needs x_3 and i = 2 needs x_4, which are not
    /// in the batch. With 2k points available it gives (2/2)(1 + 1) = 2, twice the length 1 of every pair; with cyclic indices it gives 0.
    /// </summary>
    [Claim("smoothness.batch-estimator", Role.Counterexample)]
    public void TwoPoints_InEveryReading_MissTheLengthOne()
    {
        const int Size = 2;
        var asked = Enumerable.Range(1, Size).Select(i => i + Size);
        asked.Should().Equal(3, 4).And.OnlyContain(index => index > Size, "no second end lies in the batch");

        // Any two different points are 1 apart.
        static Rational Length(int a, int b) => a == b ? 0 : 1;
        var withTwiceThePoints = Rational.Sum(Enumerable.Range(1, Size).Select(i => Length(i, i + Size))) * 2 / Size;
        var cyclic = Rational.Sum(Enumerable.Range(0, Size).Select(i => Length(i, (i + Size) % Size))) * 2 / Size;
        withTwiceThePoints.Should().Be((Rational)2);
        cyclic.Should().Be((Rational)0);
        Evidence.Record(new Measurement(
            "equation 4.7 with 2k points available, where every pair has length 1",
            withTwiceThePoints.ToDouble(),
            "1 for an estimate of the mean length; with cyclic indices it is 0")
            { Series = [2, 0], Dtype = "exact (integers)" });
    }

    /// <summary>
    /// Over all batches drawn with replacement the mean is the empirical path length of equation 3.5: the estimate is unbiased.
    /// </summary>
    [Claim("smoothness.batch-estimator", Role.Repair)]
    public void AllBatches_WithReplacement_AverageToThePathLength() =>
        ExactInstances.Satisfy("mean over all batches of 2 and 4 − (1/n²) ΣΣ lengths", Tables, table =>
            Sizes.All(size => MeanEstimate(table, size, distinct: false) == MeanLength(table)), count: 40);

    /// <summary>
    /// Over batches of distinct points, as in an epoch, it is n/(n − 1) times that, as equation 3.5 pairs points with themselves.
    /// </summary>
    [Claim("smoothness.batch-estimator", Role.Repair)]
    public void AllBatches_OfDifferentPoints_AverageToSlightlyMore() =>
        ExactInstances.Satisfy("mean over all batches of 2 and 4 different points − (1/n(n − 1)) ΣΣ lengths", Tables, table =>
        {
            var count = table.GetLength(0);
            return Sizes.Where(size => size <= count)
                .All(size => MeanEstimate(table, size, distinct: true) == MeanLength(table) * count / (count - 1));
        }, count: 40);

    /// <summary>f(x) = x at 0, 1, 3, 7, in this order: pairs (0, 3) and (1, 7), mean (3 + 6)/2.</summary>
    [Claim("smoothness.batch-estimator", Role.Repair)]
    public void FourPoints_ByHand_GiveFourAndAHalf()
    {
        Rational[] points = [0, 1, 3, 7];
        Estimate.Run([0, 1, 2, 3], Arrays.Build(4, 4, (i, j) => Rational.Abs(points[i] - points[j]))).Should().Be(new Rational(9, 2));
    }

    /// <summary>For distinct points the check fails without the factor n/(n − 1).</summary>
    [Claim("smoothness.batch-estimator", Role.Control)]
    public void DifferentPoints_WithoutTheFactor_AreCaught() =>
        ExactInstances.Violate("mean over all batches of 2 different points = (1/n²) ΣΣ lengths", Tables, table =>
            MeanEstimate(table, 2, distinct: true) == MeanLength(table), count: 40);

    private static Rational Sum(int count, Func<int, Rational> term) => Rational.Sum(Enumerable.Range(0, count).Select(term));

    private static Rational MeanEstimate(Rational[,] table, int size, bool distinct)
    {
        var batches = Batches(table.GetLength(0), size).Where(batch => !distinct || batch.Distinct().Count() == size).ToList();
        return Rational.Sum(batches.Select(batch => Estimate.Run(batch, table))) / batches.Count;
    }

    private static Rational MeanLength(Rational[,] table) => Rational.Sum(table.Cast<Rational>()) / table.Length;

    private static IEnumerable<int[]> Batches(int count, int size) =>
        size == 0 ? [[]] : Batches(count, size - 1).SelectMany(batch => Enumerable.Range(0, count).Select(next => (int[])[.. batch, next]));
}
