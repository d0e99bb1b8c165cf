using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>Figs. 4 and 5: generalization intervals between samples of a class and along mid-lines of triangles, at three resolutions.</summary>
public sealed class Fig4_PairwiseIntervals
{
    private const string Figure4 = "intervals.fig-4";
    private const string Figure5 = "intervals.fig-5";
    private const double PairLevel = 1 - (0.05 / 7);
    private const double MidLineLevel = 1 - (0.05 / 3);
    private const double PairRange = 3;
    private const double MidLineRange = 5;
    private const int Needed = 3;
    private static readonly int[] Sides = [28, 14, 7];
    private static readonly bool[] Kinds = [false, true];

    [Claim(Figure4, Category = Category.Empirical)]
    public void PairIntervals_WithRealAndRandomLabels_AtThreeResolutions() => Experiment.JudgeQuick(Figure4, IntervalClassifiers.Images, JudgePairs);

    [Claim(Figure4, Category = Category.Nightly)]
    public void PairIntervalsOfMoreNetworks_WithRealAndRandomLabels_AtThreeResolutions() => Experiment.JudgeNightly(Figure4, IntervalClassifiers.Images, JudgePairs);

    [Claim(Figure5, Category = Category.Empirical)]
    public void MidLineIntervals_WithRealAndRandomLabels_AtThreeResolutions() => Experiment.JudgeQuick(Figure5, IntervalClassifiers.Images, JudgeMidLines);

    [Claim(Figure5, Category = Category.Nightly)]
    public void MidLineIntervalsOfMoreNetworks_WithRealAndRandomLabels_AtThreeResolutions() => Experiment.JudgeNightly(Figure5, IntervalClassifiers.Images, JudgeMidLines);

    [Claim(Figure4, Role.Control)]
    public void MadeUpPairs_AreJudgedByTheRule()
    {
        DecidePairs(MadeUp((2.5, 2.5), (2.5, 2.1), (2.5, 1.6))).Verdict.Should().Be(Verdict.Reproduced);
        DecidePairs([.. MadeUp((2.5, 2.5), (2.5, 2.1), (2.5, 1.6)).Where(run => run.Repetition < 2)]).Verdict.Should().Be(Verdict.Partly, "two networks a kind are too few");
        DecidePairs(MadeUp((2.5, 1.5), (2.5, 1.5), (2.5, 1.5))).Verdict.Should().Be(Verdict.NotReproduced, "they differ at 28 × 28");
        DecidePairs(MadeUp((2.5, 2.5), (2.5, 2.5), (2.5, 2.5))).Verdict.Should().Be(Verdict.Partly, "no difference anywhere is alike at 28 × 28 and unchanged with real labels, and no more");
        DecidePairs([.. MadeUp((2.5, 2.5), (2.5, 2.1), (2.5, 1.6)).Select(run => run with { IsTrained = false })]).Verdict.Should().Be(Verdict.Inconclusive);
    }

    /// <summary>The same means from distributions that have nothing in common are not alike.</summary>
    [Claim(Figure4, Role.Control)]
    public void EqualMeans_OfUnlikeDistributions_AreNotAlike()
    {
        static List<double[]> Networks(params double[] intervals) => [.. Enumerable.Repeat(intervals, 4)];
        var (spread, single) = (Networks(0.5, 2.5), Networks(1.5, 1.5));
        AlikeIntervals.Judge("made up", spread, single, PairLevel, isMain: false).Outcome.Should().Be(Outcome.Failed);
        AlikeIntervals.Judge("made up", spread, spread, PairLevel, isMain: false).Outcome.Should().Be(Outcome.Met);
        KolmogorovSmirnov.Distance([1, 2, 2, 3], [2, 2, 3, 4]).Should().Be(0.25, "the distribution functions are 1/4, 3/4, 1, 1 and 0, 1/2, 3/4, 1");
    }

    [Claim(Figure5, Role.Control)]
    public void MadeUpMidLines_AreJudgedByTheRule()
    {
        DecideMidLines(MadeUp((4, 2), (4, 2), (4, 2))).Verdict.Should().Be(Verdict.Reproduced);
        DecideMidLines(MadeUp((4, 2), (4, 3.8), (4, 3.8))).Verdict.Should().Be(Verdict.Partly);
        DecideMidLines(MadeUp((4, 3.8), (4, 2), (4, 2))).Verdict.Should().Be(Verdict.NotReproduced, "not much smaller at 28 × 28");
        DecideMidLines([.. MadeUp((4, 2), (4, 2), (4, 2)).Where(run => run.Repetition == 0)]).Verdict.Should().Be(Verdict.Inconclusive, "one network of a kind has no interval");
    }

    private sealed record Run(int Side, bool IsRandom, int Repetition, bool IsTrained, double[] Intervals);

    private static List<Run> MadeUp(params (double Real, double Random)[] means) =>
    [
        .. from size in Enumerable.Range(0, means.Length)
           from random in Kinds
           from repetition in Enumerable.Range(0, 5)
           let mean = random ? means[size].Random : means[size].Real
           select new Run(Sides[size], random, repetition, true, [mean - 0.2 + (0.001 * repetition), mean + 0.2]),
    ];

    private static (Verdict Verdict, string Reason) JudgePairs(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ThreeLayers(results);
        Drawings.Figure4(networks);
        foreach (var network in networks)
        {
            Evidence.Record(network.Distribution($"pairwise interval at {network.Side} × {network.Side}", network.PairIntervals, PairRange, $"means with real and random labels within {AlikeIntervals.Margin} at 28 × 28, apart below"));
            Evidence.Record(network.Figure($"pairwise interval at {network.Side} × {network.Side} on a grid of 100 steps a ray; the series has the exact mean on the same lines", network.Result.GetProperty("pairs").GetProperty("onGrid").GetDouble(), "no rule") with
            {
                Series = [network.Result.GetProperty("pairs").GetProperty("exactOnSame").GetDouble()],
            });
        }

        return DecidePairs([.. networks.Select((one, i) => new Run(one.Side, one.IsRandom, i, one.IsTrained, one.PairIntervals))]);
    }

    private static (Verdict Verdict, string Reason) JudgeMidLines(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ThreeLayers(results);
        Drawings.Figure5(networks);
        foreach (var network in networks)
        {
            Evidence.Record(network.Distribution($"mid-line interval at {network.Side} × {network.Side}", network.MidLineIntervals, MidLineRange, "larger by 0.5 or more with real than with random labels"));
        }

        return DecideMidLines([.. networks.Select((one, i) => new Run(one.Side, one.IsRandom, i, one.IsTrained, one.MidLineIntervals))]);
    }

    private static (Verdict Verdict, string Reason) DecidePairs(IReadOnlyList<Run> runs)
    {
        var statements = new List<Statement> { AlikeIntervals.Judge("at 28 × 28", Of(runs, 28, false), Of(runs, 28, true), PairLevel, isMain: true).If(Trained(runs, 28)) };
        foreach (var side in Sides[1..])
        {
            var (real, random) = (Of(runs, side, false), Of(runs, side, true));
            statements.Add(Statement.Within($"at {side} × {side}: real − random", AlikeIntervals.Difference(real, random, PairLevel), double.Epsilon, double.PositiveInfinity).If(Trained(runs, side)));
            statements.Add(Statement.Within($"and that less the one at 28 × 28", DifferenceOfDifferences(real, random, Of(runs, 28, false), Of(runs, 28, true)), double.Epsilon, double.PositiveInfinity).If(Trained(runs, side, 28)));
            statements.Add(Statement.Within($"real at {side} × {side} less real at 28 × 28", AlikeIntervals.Difference(real, Of(runs, 28, false), PairLevel), -AlikeIntervals.Margin, AlikeIntervals.Margin).If(Trained(runs, side, 28)));
        }

        return Statement.Judge(statements, IsFull(runs));
    }

    // Real less random here, less the same there.
    private static ConfidenceInterval DifferenceOfDifferences(IReadOnlyList<double[]> real, IReadOnlyList<double[]> random, IReadOnlyList<double[]> otherReal, IReadOnlyList<double[]> otherRandom) =>
        Estimate.OfContrast([.. new[] { (real, 1.0), (random, -1), (otherReal, -1), (otherRandom, 1) }.Select(part => ((IReadOnlyList<double>)[.. part.Item1.Select(one => one.Average())], part.Item2))]).Interval(PairLevel);

    private static (Verdict Verdict, string Reason) DecideMidLines(IReadOnlyList<Run> runs) => Statement.Judge(
        [
            .. Sides.Select(side => Statement.Within(
                $"at {side} × {side}: real − random",
                AlikeIntervals.Difference(Of(runs, side, false), Of(runs, side, true), MidLineLevel),
                MidLineRange / 10,
                double.PositiveInfinity,
                isMain: side == 28).If(Trained(runs, side))),
        ],
        IsFull(runs));

    private static List<ClassifierResult> ThreeLayers(IReadOnlyList<CellResult> results) => [.. ClassifierResult.Of(results).Where(one => one.Layers == 3)];

    private static List<double[]> Of(IReadOnlyList<Run> runs, int side, bool random) => [.. runs.Where(run => run.Side == side && run.IsRandom == random).Select(run => run.Intervals)];

    private static bool Trained(IReadOnlyList<Run> runs, params int[] sides) => runs.Where(run => sides.Contains(run.Side)).All(run => run.IsTrained);

    private static bool IsFull(IReadOnlyList<Run> runs) => runs.GroupBy(run => (run.Side, run.IsRandom)).All(group => group.Count() >= Needed);
}
