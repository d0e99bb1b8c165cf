using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>Figs. 6 to 8: pairwise intervals of networks with other depths, on CIFAR-10 and on two moons.</summary>
public sealed class Fig6_IntervalsElsewhere
{
    private const string Figure6 = "intervals.fig-6";
    private const string Figure7 = "intervals.fig-7";
    private const string Figure8 = "intervals.fig-8";
    private const double DepthLevel = 1 - (0.05 / 8);
    private const double SingleLevel = 1 - 0.05;
    private const double Range = 3;
    private const double BumpFrom = 1.1;
    private const double BumpTo = 1.5;
    private const int PerClassInThePaper = 100;
    private const int Needed = 3;
    private static readonly int[] OtherDepths = [1, 2, 4];
    private static readonly int[] Depths = [1, 2, 3, 4];
    private static readonly bool[] Kinds = [false, true];

    [Claim(Figure6, Category = Category.Empirical)]
    public void PairIntervals_AtOtherDepths_AreAlike() => Experiment.JudgeQuick(Figure6, IntervalClassifiers.Images, JudgeDepths);

    [Claim(Figure6, Category = Category.Nightly)]
    public void PairIntervalsOfMoreNetworks_AtOtherDepths_AreAlike() => Experiment.JudgeNightly(Figure6, IntervalClassifiers.Images, JudgeDepths);

    [Claim(Figure7, Category = Category.Empirical)]
    public void PairIntervals_OnCifar10_AreAlike() => Experiment.JudgeQuick(Figure7, IntervalClassifiers.Colours, JudgeColours);

    [Claim(Figure7, Category = Category.Nightly)]
    public void PairIntervalsOfMoreNetworks_OnCifar10_AreAlike() => Experiment.JudgeNightly(Figure7, IntervalClassifiers.Colours, JudgeColours);

    [Claim(Figure8, Category = Category.Empirical)]
    public void PairIntervals_OnTwoMoons_FallWithRandomLabels() => Experiment.JudgeQuick(Figure8, IntervalClassifiers.Moons, JudgeMoons);

    [Claim(Figure8, Category = Category.Nightly)]
    public void PairIntervalsOfMoreNetworks_OnTwoMoons_FallWithRandomLabels() => Experiment.JudgeNightly(Figure8, IntervalClassifiers.Moons, JudgeMoons);

    [Claim(Figure6, Role.Control)]
    public void MadeUpDepths_AreJudgedByTheRule()
    {
        static List<Run> Runs(Func<int, bool, double[]> intervals, int count = 4) =>
            [.. from layers in Depths from random in Kinds from i in Enumerable.Range(0, count) select new Run(layers, random, true, [.. intervals(layers, random).Select(one => one + (0.001 * i))])];
        static double[] Bump(int layers, bool random) => [.. Enumerable.Range(0, 10).Select(i => i < layers ? 1.3 : 2.2)];
        DecideDepths(Runs((layers, random) => Bump(layers == 4 ? 2 : 1, random))).Verdict.Should().Be(Verdict.Reproduced);
        DecideDepths(Runs((layers, random) => Bump(layers == 4 ? 2 : 1, random), count: 2)).Verdict.Should().Be(Verdict.Partly, "two networks a kind are too few");
        DecideDepths(Runs((_, _) => [2.0, 2.2])).Verdict.Should().Be(Verdict.Partly, "there is no bump that could grow");
        DecideDepths(Runs((layers, random) => [random && layers == 2 ? 1.0 : 2])).Verdict.Should().Be(Verdict.NotReproduced, "unlike with two hidden layers");
        DecideDepths([.. Runs((_, _) => [2.0, 2.2]).Select(run => run with { IsTrained = false })]).Verdict.Should().Be(Verdict.Inconclusive);
    }

    [Claim(Figure7, Role.Control)]
    public void MadeUpColours_AreJudgedByTheRule()
    {
        static List<Run> Runs(double real, double random, int count = 4) =>
            [.. from kind in Kinds from i in Enumerable.Range(0, count) select new Run(3, kind, true, [(kind ? random : real) + (0.001 * i)])];
        static List<Run> Spread(double shift) => [.. Runs(2, 2).Select(run => run with { Intervals = [.. Enumerable.Range(0, 100).Select(i => run.Intervals[0] + (0.01 * i) + (run.IsRandom ? shift : 0))] })];
        DecideColours(Spread(0.1)).Verdict.Should().Be(Verdict.Reproduced);
        DecideColours(Spread(0.25)).Verdict.Should().Be(Verdict.NotReproduced, "the means are close and the distributions are a quarter apart");
        DecideColours([.. Spread(0.1).Where((_, i) => i % 4 < 2)]).Verdict.Should().Be(Verdict.Partly, "two networks a kind are too few");
        DecideColours(Runs(2, 1)).Verdict.Should().Be(Verdict.NotReproduced);
        DecideColours([.. Spread(0.1).Select(run => run with { IsTrained = false })]).Verdict.Should().Be(Verdict.Inconclusive);
    }

    [Claim(Figure8, Role.Control)]
    public void MadeUpMoons_AreJudgedByTheRule()
    {
        static List<Run> Runs(double real, double random, bool fits = true) =>
            [.. from kind in Kinds from i in Enumerable.Range(0, 4) select new Run(3, kind, !kind || fits, [(kind ? random : real) + (0.001 * i)])];
        DecideMoons(Runs(2.5, 0.8)).Verdict.Should().Be(Verdict.Reproduced);
        DecideMoons(Runs(2.5, 0.8, fits: false)).Verdict.Should().Be(Verdict.Partly, "random labels are not fitted");
        DecideMoons(Runs(2.5, 2.4)).Verdict.Should().Be(Verdict.NotReproduced);
        DecideMoons([.. Runs(2.5, 0.8).Where(run => run.IsRandom), new Run(3, false, false, [2]), new Run(3, false, true, [2])]).Verdict.Should().Be(Verdict.Inconclusive, "a network with real labels is not trained");
    }

    private sealed record Run(int Layers, bool IsRandom, bool IsTrained, double[] Intervals);

    private static (Verdict Verdict, string Reason) JudgeDepths(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.Side == 28).ToList();
        Drawings.Figure6(networks);
        foreach (var network in networks)
        {
            Evidence.Record(network.Distribution($"pairwise interval with {ClassifierResult.Depth(network.Layers)}", network.PairIntervals, Range, $"means with real and random labels, and with {network.Layers} and 3 layers, within {AlikeIntervals.Margin}"));
        }

        return DecideDepths(RunsOf(networks));
    }

    private static (Verdict Verdict, string Reason) DecideDepths(IReadOnlyList<Run> runs)
    {
        List<double[]> Of(int layers, bool? random = null) => [.. runs.Where(run => run.Layers == layers && (random is null || run.IsRandom == random)).Select(run => run.Intervals)];
        bool Trained(params int[] layers) => runs.Where(run => layers.Contains(run.Layers)).All(run => run.IsTrained);
        double[] Bump(int layers, bool random) => [.. Of(layers, random).Select(one => one.Count(length => length is >= BumpFrom and <= BumpTo) / (double)one.Length)];
        return Statement.Judge(
            [
                .. OtherDepths.Select(layers => AlikeIntervals.Judge(ClassifierResult.Depth(layers), Of(layers, false), Of(layers, true), DepthLevel, isMain: true).If(Trained(layers))),
                .. OtherDepths.Select(layers => Statement.Within($"{ClassifierResult.Depth(layers)} less 3", AlikeIntervals.Difference(Of(layers), Of(3), DepthLevel), -AlikeIntervals.Margin, AlikeIntervals.Margin).If(Trained(layers, 3))),
                .. Kinds.Select(random => Statement.Within(
                    $"share in [{BumpFrom}, {BumpTo}], 4 hidden layers less 1, {(random ? "random" : "real")} labels",
                    ConfidenceInterval.OfDifference(Bump(4, random), Bump(1, random), DepthLevel),
                    double.Epsilon,
                    double.PositiveInfinity).If(Trained(1, 4))),
            ],
            runs.GroupBy(run => (run.Layers, run.IsRandom)).All(group => group.Count() >= Needed));
    }

    private static (Verdict Verdict, string Reason) JudgeColours(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results);
        Drawings.Figure7(networks);
        foreach (var network in networks)
        {
            Evidence.Record(network.Distribution($"pairwise interval on CIFAR-10, {network.PerClass} images a class", network.PairIntervals, Range, network.PerClass == PerClassInThePaper ? $"means with real and random labels within {AlikeIntervals.Margin}" : "no rule"));
        }

        return DecideColours(RunsOf(networks.Where(one => one.PerClass == PerClassInThePaper)));
    }

    private static (Verdict Verdict, string Reason) DecideColours(IReadOnlyList<Run> runs) => Statement.Judge(
        [AlikeIntervals.Judge("CIFAR-10", Of(runs, false), Of(runs, true), SingleLevel, isMain: true).If(runs.All(run => run.IsTrained))],
        runs.GroupBy(run => run.IsRandom).All(group => group.Count() >= Needed));

    private static (Verdict Verdict, string Reason) JudgeMoons(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results);
        Drawings.Figure8(networks);
        foreach (var network in networks)
        {
            Evidence.Record(network.Distribution("pairwise interval on two moons", network.PairIntervals, Range, $"larger by {AlikeIntervals.Margin} or more with real than with random labels"));
        }

        return DecideMoons(RunsOf(networks));
    }

    private static (Verdict Verdict, string Reason) DecideMoons(IReadOnlyList<Run> runs)
    {
        var fitted = runs.Where(run => run.IsRandom).All(run => run.IsTrained);
        var (verdict, reason) = Statement.Judge(
            [Statement.Within("two moons: real − random", AlikeIntervals.Difference(Of(runs, false), Of(runs, true), SingleLevel), AlikeIntervals.Margin, double.PositiveInfinity, isMain: true).If(runs.Where(run => !run.IsRandom).All(run => run.IsTrained))],
            fitted && runs.GroupBy(run => run.IsRandom).All(group => group.Count() >= Needed));
        return (verdict, fitted ? reason : $"{reason}; not every network fits its random labels");
    }

    private static List<Run> RunsOf(IEnumerable<ClassifierResult> networks) => [.. networks.Select(one => new Run(one.Layers, one.IsRandom, one.IsTrained, one.PairIntervals))];

    private static List<double[]> Of(IReadOnlyList<Run> runs, bool random) => [.. runs.Where(run => run.IsRandom == random).Select(run => run.Intervals)];
}
