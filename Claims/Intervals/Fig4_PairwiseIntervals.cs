using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Figs. 4 and 5: generalization intervals between samples of a class and along mid-lines of triangles, at three resolutions.
/// </summary>
public sealed class Fig4_PairwiseIntervals
{
    private const string Figure4 = "intervals.fig-4";
    private const string Figure5 = "intervals.fig-5";
    private const double PairLevel = 1 - (0.05 / 7);
    private const double MidLineLevel = 1 - (0.05 / 3);
    private const double PairRange = 3;
    private const double MidLineRange = 5;
    private static readonly int[] Sides = [28, 14, 7];

    [Claim(Figure4, Category = Category.Empirical)]
    public void PairIntervals_WithRealAndRandomLabels_AtThreeResolutions() =>
        Experiment.JudgeQuick(Figure4, IntervalClassifiers.Images, JudgePairs);

    [Claim(Figure4, Category = Category.Nightly)]
    public void PairIntervalsOfMoreNetworks_WithRealAndRandomLabels_AtThreeResolutions() =>
        Experiment.JudgeNightly(Figure4, IntervalClassifiers.Images, JudgePairs);

    [Claim(Figure5, Category = Category.Empirical)]
    public void MidLineIntervals_WithRealAndRandomLabels_AtThreeResolutions() =>
        Experiment.JudgeQuick(Figure5, IntervalClassifiers.Images, JudgeMidLines);

    [Claim(Figure5, Category = Category.Nightly)]
    public void MidLineIntervalsOfMoreNetworks_WithRealAndRandomLabels_AtThreeResolutions() =>
        Experiment.JudgeNightly(Figure5, IntervalClassifiers.Images, JudgeMidLines);

    /// <summary>Mean intervals of 2.5 with real labels, and these with random ones at 28 × 28, 14 × 14 and 7 × 7.</summary>
    [ClaimRows(Figure4, Role.Control)]
    [InlineData(2.5, 2.1, 1.6, 5, true, Verdict.Reproduced)]
    [InlineData(2.5, 2.1, 1.6, 2, true, Verdict.Partly)] // two networks a kind are too few
    [InlineData(1.5, 1.5, 1.5, 5, true, Verdict.NotReproduced)] // they differ at 28 × 28
    [InlineData(2.5, 2.5, 2.5, 5, true, Verdict.Partly)] // no difference at any size
    [InlineData(2.5, 2.1, 1.6, 5, false, Verdict.Inconclusive)]
    public void SyntheticPairs_AreJudgedByTheRule(double at28, double at14, double at7, int count, bool trained, Verdict verdict) =>
        DecidePairs([.. Synthetic(2.5, [at28, at14, at7], count).Select(run => run with { IsTrained = trained })]).Verdict
            .Should().Be(verdict);

    /// <summary>The same means from distributions that have nothing in common are not alike.</summary>
    [Claim(Figure4, Role.Control)]
    public void EqualMeans_OfUnlikeDistributions_AreNotAlike()
    {
        static IEnumerable<IntervalRun> Networks(bool random, params double[] intervals) =>
            Enumerable.Repeat(new IntervalRun(28, 3, random, true, intervals), 4);
        AlikeIntervals.Judge("synthetic", [.. Networks(false, 0.5, 2.5), .. Networks(true, 1.5, 1.5)], PairLevel).Outcome
            .Should().Be(Outcome.Failed);
        AlikeIntervals.Judge("synthetic", [.. Networks(false, 0.5, 2.5), .. Networks(true, 0.5, 2.5)], PairLevel).Outcome
            .Should().Be(Outcome.Met);
        KolmogorovSmirnov.Distance([1, 2, 2, 3], [2, 2, 3, 4])
            .Should().Be(0.25, "the distribution functions are 1/4, 3/4, 1, 1 and 0, 1/2, 3/4, 1");
    }

    /// <summary>
    /// So many networks of each size and kind, drawn with mean intervals of 2.5 with real labels and these with random ones at 28 × 28,
    /// 14 × 14 and 7 × 7, get the verdict so many times in 100.
    /// </summary>
    [ClaimRows(Figure4, Role.Control)]
    [InlineData(20, 2.45, 1.95, 1.3, Verdict.Reproduced, 90, 100)]
    [InlineData(10, 2.45, 1.95, 1.3, Verdict.Reproduced, 50, 99)]
    [InlineData(3, 2.45, 1.95, 1.3, Verdict.Partly, 90, 100)]
    [InlineData(10, 2.45, 2.45, 2.45, Verdict.Reproduced, 0, 0)] // labels make no difference at any size
    [InlineData(10, 1.95, 1.95, 1.3, Verdict.NotReproduced, 90, 100)] // they make one at 28 × 28
    public void DrawnPairs_GetTheVerdictAsOftenAsStated(
        int count, double at28, double at14, double at7, Verdict verdict, int least, int most)
    {
        var generator = new Random(4);
        DrawnNetworks.Times(
                verdict,
                $"{count} networks a kind with means of 2.5 and {at28}, {at14}, {at7}",
                () => DecidePairs(Drawn(generator, 2.5, [at28, at14, at7], count, PairRange)).Verdict)
            .Should().BeInRange(least, most);
    }

    /// <summary>Mean intervals of 4 with real labels, and these with random ones.</summary>
    [ClaimRows(Figure5, Role.Control)]
    [InlineData(2, 2, 2, 5, Verdict.Reproduced)]
    [InlineData(2, 3.8, 3.8, 5, Verdict.Partly)]
    [InlineData(3.8, 2, 2, 5, Verdict.NotReproduced)] // not much smaller at 28 × 28
    [InlineData(2, 2, 2, 1, Verdict.Inconclusive)] // one network of a kind has no interval
    public void SyntheticMidLines_AreJudgedByTheRule(double at28, double at14, double at7, int count, Verdict verdict) =>
        DecideMidLines(Synthetic(4, [at28, at14, at7], count)).Verdict.Should().Be(verdict);

    /// <summary>The same along mid-lines, with means of 4.35 with real labels.</summary>
    [ClaimRows(Figure5, Role.Control)]
    [InlineData(10, 3.5, 2.4, 1.6, Verdict.Reproduced, 95, 100)]
    [InlineData(3, 3.5, 2.4, 1.6, Verdict.Reproduced, 10, 95)]
    [InlineData(3, 4.35, 4.35, 4.35, Verdict.Reproduced, 0, 0)]
    [InlineData(10, 4.35, 4.35, 4.35, Verdict.NotReproduced, 95, 100)]
    public void DrawnMidLines_GetTheVerdictAsOftenAsStated(
        int count, double at28, double at14, double at7, Verdict verdict, int least, int most)
    {
        var generator = new Random(5);
        DrawnNetworks.Times(
                verdict,
                $"{count} networks a kind with means of 4.35 and {at28}, {at14}, {at7}",
                () => DecideMidLines(Drawn(generator, 4.35, [at28, at14, at7], count, MidLineRange)).Verdict)
            .Should().BeInRange(least, most);
    }

    private static List<IntervalRun> Drawn(Random generator, double real, double[] random, int count, double range) =>
    [
        .. from size in Enumerable.Range(0, Sides.Length)
           from isRandom in IntervalRun.Kinds
           from repetition in Enumerable.Range(0, count)
           select DrawnNetworks.Draw(generator, Sides[size], 3, isRandom, isRandom ? random[size] : real, range),
    ];

    private static List<IntervalRun> Synthetic(double real, double[] random, int count) =>
    [
        .. from size in Enumerable.Range(0, Sides.Length)
           from isRandom in IntervalRun.Kinds
           from repetition in Enumerable.Range(0, count)
           let mean = isRandom ? random[size] : real
           select new IntervalRun(Sides[size], 3, isRandom, true, [mean - 0.2 + (0.001 * repetition), mean + 0.2]),
    ];

    private static (Verdict Verdict, string Reason) JudgePairs(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ThreeLayers(results);
        Drawings.Figure4(networks);
        foreach (var network in networks)
        {
            var (size, pairs) = ($"{network.Side} × {network.Side}", network.Network.Pairs);
            Evidence.Record(network.Distribution(
                $"pairwise interval at {size}",
                pairs.Intervals,
                PairRange,
                $"means with real and random labels within {AlikeIntervals.Margin} at 28 × 28, apart below"));
            Evidence.Record(network.Figure(
                $"pairwise interval at {size} on a grid of 100 steps a ray; the series has the exact mean on the same lines",
                pairs.OnGrid,
                "no rule") with
            {
                Series = [pairs.ExactOnSame],
            });
        }

        return DecidePairs(IntervalRun.Of(networks, one => one.Network.Pairs.Intervals));
    }

    private static (Verdict Verdict, string Reason) JudgeMidLines(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ThreeLayers(results);
        Drawings.Figure5(networks);
        foreach (var network in networks)
        {
            Evidence.Record(network.Distribution(
                $"mid-line interval at {network.Side} × {network.Side}",
                network.Network.MidLines.Intervals,
                MidLineRange,
                "larger by 0.5 or more with real than with random labels"));
        }

        return DecideMidLines(IntervalRun.Of(networks, one => one.Network.MidLines.Intervals));
    }

    private static (Verdict Verdict, string Reason) DecidePairs(IReadOnlyList<IntervalRun> runs)
    {
        var statements = new List<Statement> { AlikeIntervals.Judge("at 28 × 28", At(runs, 28), PairLevel) };
        foreach (var side in Sides[1..])
        {
            var areTrained = At(runs, side, 28).All(run => run.IsTrained);
            statements.Add(Statement.Within(
                $"at {side} × {side}: real − random", Difference(runs, side, PairLevel), double.Epsilon, double.PositiveInfinity)
                .If(At(runs, side).All(run => run.IsTrained)));
            statements.Add(Statement.Within(
                "and that less the one at 28 × 28", DifferenceOfDifferences(runs, side), double.Epsilon, double.PositiveInfinity)
                .If(areTrained));
            statements.Add(AlikeIntervals.AreClose(
                $"real at {side} × {side} less real at 28 × 28", Real(runs, side), Real(runs, 28), PairLevel)
                .If(areTrained));
        }

        return Statement.Judge(statements, IntervalRun.AreEnough(runs));
    }

    private static (Verdict Verdict, string Reason) DecideMidLines(IReadOnlyList<IntervalRun> runs) => Statement.Judge(
        [
            .. Sides.Select(side => Statement.Within(
                $"at {side} × {side}: real − random",
                Difference(runs, side, MidLineLevel),
                MidLineRange / 10,
                double.PositiveInfinity,
                isMain: side == 28).If(At(runs, side).All(run => run.IsTrained))),
        ],
        IntervalRun.AreEnough(runs));

    private static ConfidenceInterval Difference(IReadOnlyList<IntervalRun> runs, int side, double level) =>
        AlikeIntervals.Difference(Real(runs, side), Random(runs, side), level);

    // Real less random here, less the same at 28 × 28.
    private static ConfidenceInterval DifferenceOfDifferences(IReadOnlyList<IntervalRun> runs, int side) => Estimate.OfContrast(
        (AlikeIntervals.Means(Real(runs, side)), 1),
        (AlikeIntervals.Means(Random(runs, side)), -1),
        (AlikeIntervals.Means(Real(runs, 28)), -1),
        (AlikeIntervals.Means(Random(runs, 28)), 1)).Interval(PairLevel);

    private static List<ClassifierResult> ThreeLayers(IReadOnlyList<CellResult> results) =>
        [.. ClassifierResult.Of(results).Where(one => one.Layers == 3)];

    private static List<IntervalRun> At(IReadOnlyList<IntervalRun> runs, params int[] sides) =>
        [.. runs.Where(run => sides.Contains(run.Side))];

    private static List<IntervalRun> Real(IReadOnlyList<IntervalRun> runs, int side) => [.. At(runs, side).Where(run => !run.IsRandom)];

    private static List<IntervalRun> Random(IReadOnlyList<IntervalRun> runs, int side) => [.. At(runs, side).Where(run => run.IsRandom)];
}
