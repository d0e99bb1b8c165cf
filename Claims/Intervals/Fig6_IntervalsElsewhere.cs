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
    private static readonly int[] OtherDepths = [1, 2, 4];
    private static readonly int[] Depths = [1, 2, 3, 4];

    [Claim(Figure6, Category = Category.Empirical)]
    public void PairIntervals_AtOtherDepths_AreAlike() => Experiment.JudgeQuick(Figure6, IntervalClassifiers.Images, JudgeDepths);

    [Claim(Figure6, Category = Category.Nightly)]
    public void PairIntervalsOfMoreNetworks_AtOtherDepths_AreAlike() =>
        Experiment.JudgeNightly(Figure6, IntervalClassifiers.Images, JudgeDepths);

    [Claim(Figure7, Category = Category.Empirical)]
    public void PairIntervals_OnCifar10_AreAlike() => Experiment.JudgeQuick(Figure7, IntervalClassifiers.Colours, JudgeColours);

    [Claim(Figure7, Category = Category.Nightly)]
    public void PairIntervalsOfMoreNetworks_OnCifar10_AreAlike() =>
        Experiment.JudgeNightly(Figure7, IntervalClassifiers.Colours, JudgeColours);

    [Claim(Figure8, Category = Category.Empirical)]
    public void PairIntervals_OnTwoMoons_FallWithRandomLabels() => Experiment.JudgeQuick(Figure8, IntervalClassifiers.Moons, JudgeMoons);

    [Claim(Figure8, Category = Category.Nightly)]
    public void PairIntervalsOfMoreNetworks_OnTwoMoons_FallWithRandomLabels() =>
        Experiment.JudgeNightly(Figure8, IntervalClassifiers.Moons, JudgeMoons);

    /// <summary>A tenth of the intervals in the bump, two tenths with four hidden layers.</summary>
    [ClaimRows(Figure6, Role.Control)]
    [InlineData(4, Verdict.Reproduced)]
    [InlineData(2, Verdict.Partly)] // two networks a kind are too few
    public void SyntheticBumps_AreJudgedByTheRule(int count, Verdict verdict) =>
        DecideDepths(Synthetic(
            (layers, _) => [.. Enumerable.Range(0, 10).Select(i => i < (layers == 4 ? 2 : 1) ? 1.3 : 2.2)], count)).Verdict
            .Should().Be(verdict);

    [Claim(Figure6, Role.Control)]
    public void SyntheticDepths_AreJudgedByTheRule()
    {
        var equal = Synthetic((_, _) => [2.0, 2.2]);
        DecideDepths(equal).Verdict.Should().Be(Verdict.Partly, "there is no bump that could grow");
        DecideDepths(Synthetic((layers, random) => [random && layers == 2 ? 1.0 : 2])).Verdict
            .Should().Be(Verdict.NotReproduced, "unlike with two hidden layers");
        DecideDepths(Untrained(equal)).Verdict.Should().Be(Verdict.Inconclusive);
    }

    /// <summary>Intervals that are spread over a range of 1, the random ones shifted.</summary>
    [ClaimRows(Figure7, Role.Control)]
    [InlineData(0.1, 4, true, Verdict.Reproduced)]
    [InlineData(0.25, 4, true, Verdict.NotReproduced)] // the means are close and the distributions are a quarter apart
    [InlineData(0.1, 2, true, Verdict.Partly)] // two networks a kind are too few
    [InlineData(-1, 4, true, Verdict.NotReproduced)]
    [InlineData(0.1, 4, false, Verdict.Inconclusive)]
    public void SyntheticColours_AreJudgedByTheRule(double shift, int count, bool trained, Verdict verdict)
    {
        var runs = Synthetic(
            (_, random) => [.. Enumerable.Range(0, 100).Select(i => 2 + (0.01 * i) + (random ? shift : 0))], count, layers: 3);
        DecideColours(trained ? runs : Untrained(runs)).Verdict.Should().Be(verdict);
    }

    /// <summary>A mean of 2.5 with real labels, and this one with random labels; a kind that is not trained has one such network.</summary>
    [ClaimRows(Figure8, Role.Control)]
    [InlineData(0.8, true, true, Verdict.Reproduced)]
    [InlineData(0.8, true, false, Verdict.Partly)] // random labels are not fitted
    [InlineData(2.4, true, true, Verdict.NotReproduced)]
    [InlineData(0.8, false, true, Verdict.Inconclusive)]
    public void SyntheticMoons_AreJudgedByTheRule(double mean, bool realAreTrained, bool randomAreTrained, Verdict verdict)
    {
        var runs = Synthetic((_, random) => [random ? mean : 2.5], layers: 3);
        DecideMoons([.. runs.Select((run, i) => run with { IsTrained = i % 4 > 0 || (run.IsRandom ? randomAreTrained : realAreTrained) })])
            .Verdict.Should().Be(verdict);
    }

    /// <summary>
    /// So many networks of each depth and kind get the verdict so many times in 100: means of 2.5, with one hidden layer shifted with
    /// random labels, and a bump that grows from 0.03 to 0.12 of the intervals or does not.
    /// </summary>
    [ClaimRows(Figure6, Role.Control)]
    [InlineData(10, true, 0, Verdict.Reproduced, 75, 100)]
    [InlineData(3, true, 0, Verdict.Reproduced, 0, 10)]
    [InlineData(10, false, 0, Verdict.Reproduced, 0, 2)]
    [InlineData(10, true, -0.6, Verdict.NotReproduced, 95, 100)]
    public void DrawnDepths_GetTheVerdictAsOftenAsStated(int count, bool grows, double shift, Verdict verdict, int least, int most)
    {
        var generator = new Random(6);
        List<IntervalRun> Drawn() =>
        [
            .. from depth in Depths
               from random in IntervalRun.Kinds
               from i in Enumerable.Range(0, count)
               let mean = 2.5 + (random && depth == 1 ? shift : 0)
               select DrawnNetworks.Draw(generator, 28, depth, random, mean, Range, grows ? 0.03 * depth : 0.05),
        ];
        DrawnNetworks.Times(
                verdict,
                $"{count} networks a kind, {(grows ? "a growing bump" : "no growing bump")}, one layer shifted by {shift}",
                () => DecideDepths(Drawn()).Verdict)
            .Should().BeInRange(least, most);
    }

    /// <summary>The same on CIFAR-10 and on two moons: a mean of 2.5 with real labels, and this one with random labels.</summary>
    [ClaimRows(Figure7, Role.Control)]
    [InlineData(10, 2.45, Verdict.Reproduced, 80, 100)]
    [InlineData(3, 2.45, Verdict.Reproduced, 5, 50)]
    [InlineData(10, 1.95, Verdict.NotReproduced, 95, 100)]
    public void DrawnColours_GetTheVerdictAsOftenAsStated(int count, double random, Verdict verdict, int least, int most) =>
        TimesOfOne(count, random, verdict, DecideColours).Should().BeInRange(least, most);

    /// <inheritdoc cref="DrawnColours_GetTheVerdictAsOftenAsStated"/>
    [ClaimRows(Figure8, Role.Control)]
    [InlineData(10, 1.2, Verdict.Reproduced, 99, 100)]
    [InlineData(3, 2.5, Verdict.Reproduced, 0, 0)]
    [InlineData(10, 2.5, Verdict.NotReproduced, 95, 100)]
    public void DrawnMoons_GetTheVerdictAsOftenAsStated(int count, double random, Verdict verdict, int least, int most) =>
        TimesOfOne(count, random, verdict, DecideMoons).Should().BeInRange(least, most);

    private static int TimesOfOne(
        int count, double random, Verdict verdict, Func<IReadOnlyList<IntervalRun>, (Verdict Verdict, string Reason)> decide)
    {
        var generator = new Random(7);
        List<IntervalRun> Drawn() =>
        [
            .. from isRandom in IntervalRun.Kinds
               from i in Enumerable.Range(0, count)
               select DrawnNetworks.Draw(generator, 28, 3, isRandom, isRandom ? random : 2.5, Range),
        ];
        return DrawnNetworks.Times(verdict, $"{count} networks a kind with means of 2.5 and {random}", () => decide(Drawn()).Verdict);
    }

    // Networks of all depths, or of one.
    private static List<IntervalRun> Synthetic(Func<int, bool, double[]> intervals, int count = 4, int? layers = null) =>
    [
        .. from depth in layers is { } only ? [only] : Depths
           from random in IntervalRun.Kinds
           from i in Enumerable.Range(0, count)
           select new IntervalRun(28, depth, random, true, [.. intervals(depth, random).Select(one => one + (0.001 * i))]),
    ];

    private static List<IntervalRun> Untrained(List<IntervalRun> runs) => [.. runs.Select(run => run with { IsTrained = false })];

    private static (Verdict Verdict, string Reason) JudgeDepths(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.Side == 28).ToList();
        Drawings.Figure6(networks);
        return DecideDepths(Recorded(
            networks,
            one => $"with {ClassifierResult.Depth(one.Layers)}",
            one => $"means with real and random labels, and with {one.Layers} and 3 layers, within {AlikeIntervals.Margin}"));
    }

    private static (Verdict Verdict, string Reason) DecideDepths(IReadOnlyList<IntervalRun> runs)
    {
        List<IntervalRun> Of(params int[] layers) => [.. runs.Where(run => layers.Contains(run.Layers))];
        double[] Bump(int layers, bool random) => [.. Of(layers).Where(run => run.IsRandom == random).Select(ShareInBump)];
        return Statement.Judge(
            [
                .. OtherDepths.Select(layers => AlikeIntervals.Judge(ClassifierResult.Depth(layers), Of(layers), DepthLevel)),
                .. OtherDepths.Select(layers =>
                    AlikeIntervals.AreClose($"{ClassifierResult.Depth(layers)} less 3", Of(layers), Of(3), DepthLevel)),
                .. IntervalRun.Kinds.Select(random => Statement.Within(
                    $"share in [{BumpFrom}, {BumpTo}], 4 hidden layers less 1, {ClassifierResult.Labels(random)}",
                    ConfidenceInterval.OfDifference(Bump(4, random), Bump(1, random), DepthLevel),
                    double.Epsilon,
                    double.PositiveInfinity).If(Of(1, 4).All(run => run.IsTrained))),
            ],
            IntervalRun.AreEnough(runs));
    }

    private static double ShareInBump(IntervalRun run) =>
        run.Intervals.Count(length => length is >= BumpFrom and <= BumpTo) / (double)run.Intervals.Length;

    private static (Verdict Verdict, string Reason) JudgeColours(Profile profile, IReadOnlyList<CellResult> results)
    {
        static bool IsJudged(ClassifierResult network) => network.Network.PerClass == PerClassInThePaper;
        var networks = ClassifierResult.Of(results);
        Drawings.Figure7(networks);
        Recorded(networks.Where(one => !IsJudged(one)), one => $"on CIFAR-10, {one.Network.PerClass} images a class", _ => "no rule");
        return DecideColours(Recorded(
            networks.Where(IsJudged),
            one => $"on CIFAR-10, {one.Network.PerClass} images a class",
            _ => $"means with real and random labels within {AlikeIntervals.Margin}"));
    }

    private static (Verdict Verdict, string Reason) DecideColours(IReadOnlyList<IntervalRun> runs) =>
        Statement.Judge([AlikeIntervals.Judge("CIFAR-10", runs, SingleLevel)], IntervalRun.AreEnough(runs));

    private static (Verdict Verdict, string Reason) JudgeMoons(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results);
        Drawings.Figure8(networks);
        return DecideMoons(Recorded(
            networks, _ => "on two moons", _ => $"larger by {AlikeIntervals.Margin} or more with real than with random labels"));
    }

    private static (Verdict Verdict, string Reason) DecideMoons(IReadOnlyList<IntervalRun> runs)
    {
        var (real, random) = (runs.Where(run => !run.IsRandom).ToList(), runs.Where(run => run.IsRandom).ToList());
        var fitted = random.All(run => run.IsTrained);
        var less = AlikeIntervals.Difference(real, random, SingleLevel);
        var larger = Statement.Within("two moons: real − random", less, AlikeIntervals.Margin, double.PositiveInfinity, isMain: true);
        var (verdict, reason) = Statement.Judge(
            [larger.If(real.All(run => run.IsTrained))], fitted && IntervalRun.AreEnough(runs));
        return (verdict, fitted ? reason : $"{reason}; not every network fits its random labels");
    }

    // What the rule looks at, each network's distribution recorded.
    private static List<IntervalRun> Recorded(
        IEnumerable<ClassifierResult> networks, Func<ClassifierResult, string> where, Func<ClassifierResult, string> rule)
    {
        var all = networks.ToList();
        foreach (var network in all)
        {
            Evidence.Record(network.Distribution(
                $"pairwise interval {where(network)}", network.Network.Pairs.Intervals, Range, rule(network)));
        }

        return IntervalRun.Of(all, one => one.Network.Pairs.Intervals);
    }
}
