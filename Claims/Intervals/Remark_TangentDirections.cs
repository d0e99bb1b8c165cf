using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Sections 3.2, 3.3 and 4.3 on directions: to another label as a normal one, the sum of two samples of a label as a normal one, and
/// mid-lines with random labels as random ones.
/// </summary>
public sealed class Remark_TangentDirections
{
    private const string OtherLabels = "intervals.other-labels";
    private const string Sum = "intervals.normal-direction";
    private const string MidLines = "intervals.mid-lines.random";
    private const double Level = 1 - (0.05 / 2);

    [Claim(OtherLabels, Category = Category.Empirical)]
    public void IntervalsToOtherLabels_AreSmaller() => Experiment.JudgeQuick(OtherLabels, IntervalClassifiers.Images, JudgeOtherLabels);

    [Claim(OtherLabels, Category = Category.Nightly)]
    public void IntervalsToOtherLabelsOfMoreNetworks_AreSmaller() =>
        Experiment.JudgeNightly(OtherLabels, IntervalClassifiers.Images, JudgeOtherLabels);

    [Claim(Sum, Category = Category.Empirical)]
    public void SumOfTwoSamples_IsANormalDirection() => Experiment.JudgeQuick(Sum, IntervalClassifiers.Images, JudgeSum);

    [Claim(Sum, Category = Category.Nightly)]
    public void SumOfTwoSamples_OfMoreNetworks_IsANormalDirection() =>
        Experiment.JudgeNightly(Sum, IntervalClassifiers.Images, JudgeSum);

    [Claim(MidLines, Category = Category.Empirical)]
    public void MidLinesWithRandomLabels_AreLikeRandomDirections() =>
        Experiment.JudgeQuick(MidLines, IntervalClassifiers.Images, JudgeMidLines);

    [Claim(MidLines, Category = Category.Nightly)]
    public void MidLinesWithRandomLabelsOfMoreNetworks_AreLikeRandomDirections() =>
        Experiment.JudgeNightly(MidLines, IntervalClassifiers.Images, JudgeMidLines);

    /// <summary>Intervals of 2.5 to the own label, and these to another one with real and with random labels.</summary>
    [ClaimRows(OtherLabels, Role.Control)]
    [InlineData(1.2, 1.2, 5, Verdict.Reproduced)]
    [InlineData(1.2, 1.2, 2, Verdict.Partly)] // two networks a kind are too few
    [InlineData(1.2, 2.4, 5, Verdict.Partly)]
    [InlineData(2.4, 1.2, 5, Verdict.NotReproduced)] // with real labels it is not smaller
    [InlineData(1.2, 1.2, 1, Verdict.Inconclusive)]
    public void SyntheticOtherLabels_AreJudgedByTheRule(double real, double random, int count, Verdict verdict) =>
        DecideOtherLabels(Spread(2.5 - real, count), Spread(2.5 - random, count)).Verdict.Should().Be(verdict);

    /// <summary>By how much the interval along the sum is shorter, and the logarithm of the ratio of the ranges.</summary>
    [ClaimRows(Sum, Role.Control)]
    [InlineData(1, 1, 5, Verdict.Reproduced)]
    [InlineData(1, 1, 2, Verdict.Partly)]
    [InlineData(0, 1, 5, Verdict.Partly)] // the interval is no shorter
    [InlineData(0, -1, 5, Verdict.NotReproduced)]
    [InlineData(1, 1, 1, Verdict.Inconclusive)]
    public void SyntheticSums_AreJudgedByTheRule(double shorter, double ratio, int count, Verdict verdict) =>
        DecideSum(Spread(shorter, count), Spread(ratio, count)).Verdict.Should().Be(verdict);

    /// <summary>By how much mid-lines exceed random directions, and the share of their range that of pairs with real labels.</summary>
    [ClaimRows(MidLines, Role.Control)]
    [InlineData(0, 0, 5, Verdict.Reproduced)]
    [InlineData(0, 0, 2, Verdict.Partly)]
    [InlineData(0, 0.3, 5, Verdict.Partly)]
    [InlineData(1, 0, 5, Verdict.NotReproduced)] // mid-lines are more stable than random directions
    [InlineData(0, 0, 1, Verdict.Inconclusive)]
    public void SyntheticMidLines_AreJudgedByTheRule(double excess, double change, int count, Verdict verdict) =>
        DecideMidLines(Spread(excess, count), Spread(change, count)).Verdict.Should().Be(verdict);

    private static double[] Spread(double mean, int count) =>
        [.. Enumerable.Range(0, count).Select(i => mean + (0.01 * (i - (count / 2))))];

    private static (Verdict Verdict, string Reason) JudgeOtherLabels(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.HasDetails).ToList();
        Drawings.EveryDirection(networks);
        foreach (var (one, found) in networks.Select(one => (one, one.Network.Directions!)))
        {
            Evidence.Record(one.Figure(
                "interval towards a sample of another label, mean; the series has that towards one of the own label",
                found.ToOther,
                $"shorter by {AlikeIntervals.Margin} or more") with
            {
                Series = [found.ToOwn],
            });
        }

        double[] Shorter(bool random) =>
            [.. from one in networks where one.IsRandom == random let found = one.Network.Directions! select found.ToOwn - found.ToOther];
        return Open(networks, DecideOtherLabels(Shorter(false), Shorter(true)));
    }

    private static (Verdict Verdict, string Reason) DecideOtherLabels(double[] real, double[] random) => Statement.Judge(
        [
            Exceeds("interval to the own label less to another, real labels", real, AlikeIntervals.Margin, isMain: true),
            Exceeds("random labels", random, AlikeIntervals.Margin),
        ],
        Math.Min(real.Length, random.Length) >= ClassifierResult.Needed);

    private static (Verdict Verdict, string Reason) JudgeSum(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.HasDetails && !one.IsRandom).ToList();
        var directions = networks.Select(one => one.Network.Directions!).ToList();
        foreach (var (one, found) in networks.Zip(directions))
        {
            Evidence.Record(one.Figure(
                "interval along x₁ + x₂, scaled to the length of x₂ − x₁, mean; "
                    + "the series has that along x₂ − x₁ and both ranges of the output",
                found.AlongSum,
                $"shorter by {AlikeIntervals.Margin} or more, with a larger range") with
            {
                Series = [found.ToOwn, found.RangeAlongSum, found.RangeToOwn],
            });
        }

        return Open(
            networks,
            DecideSum(
                [.. directions.Select(found => found.ToOwn - found.AlongSum)],
                [.. directions.Select(found => Math.Log(found.RangeAlongSum / found.RangeToOwn))]));
    }

    private static (Verdict Verdict, string Reason) DecideSum(double[] shorter, double[] ratios) => Statement.Judge(
        [
            Exceeds("interval along x₂ − x₁ less along x₁ + x₂", shorter, AlikeIntervals.Margin),
            Exceeds("log ratio of the ranges of the output", ratios, double.Epsilon),
        ],
        shorter.Length >= ClassifierResult.Needed);

    private static (Verdict Verdict, string Reason) JudgeMidLines(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.HasDetails).ToList();
        foreach (var one in networks)
        {
            var (lines, pairs) = (one.Network.MidLines, one.Network.Pairs.Intervals);
            Evidence.Record(one.Figure(
                "interval along mid-lines, mean; the series has that in random directions from the same points, and that of pairs",
                lines.Intervals.Average(),
                "random labels: within 0.5 of random directions; real labels: the share of the range within 0.1 of that of pairs") with
            {
                Series = [lines.InRandomDirections.Average(), pairs.Average()],
            });
        }

        double[] Of(bool random, Func<ClassifierNetwork, double> value) =>
            [.. networks.Where(one => one.IsRandom == random).Select(one => value(one.Network))];
        var excess = Of(true, one => one.MidLines.Intervals.Average() - one.MidLines.InRandomDirections.Average());
        var change = Of(false, one => (one.MidLines.Intervals.Average() / 5) - (one.Pairs.Intervals.Average() / 3));
        return Open(networks, DecideMidLines(excess, change));
    }

    private static (Verdict Verdict, string Reason) DecideMidLines(double[] excess, double[] change) => Statement.Judge(
        [
            Statement.Within("mid-lines less random directions, random labels", Mean(excess), -0.5, 0.5, isMain: true),
            Statement.Within("share of the range on mid-lines less on pairs, real labels", Mean(change), -0.1, 0.1),
        ],
        Math.Min(excess.Length, change.Length) >= ClassifierResult.Needed);

    // Where a network is not trained nothing is decided.
    private static (Verdict Verdict, string Reason) Open(
        IReadOnlyList<ClassifierResult> networks, (Verdict Verdict, string Reason) decided) =>
        networks.All(one => one.IsTrained) ? decided : (Verdict.Inconclusive, $"{decided.Reason}; not every network is trained");

    private static Statement Exceeds(string what, double[] values, double bound, bool isMain = false) =>
        Statement.Within(what, Mean(values), bound, double.PositiveInfinity, isMain);

    private static ConfidenceInterval Mean(double[] values) => ConfidenceInterval.Of(values, Level);
}
