using MathNet.Numerics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Randomness;

namespace Reproduce.Claims.Slope;

/// <summary>Figure 1: the mean slope grows while a network is trained. The rule is the one that claims.md states.</summary>
public sealed class Fig1_SlopeGrows
{
    private const string Claim = "slope.fig-1";
    private const int Epochs = 10;
    private const int FewestEpochs = 8;
    private const double Alpha = 0.01;
    private static readonly string[] QuickData = ["mnist", "fashion-mnist"];

    [Claim(Claim, Category = Category.Empirical)]
    public void MeanSlope_DuringTraining_Grows() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MeanSlope_DuringLongerTraining_Grows() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        // On all points, and of several trainings of a data set the longest.
        var whole = TrainedRun.Of(profile, results, QuickData).Where(run => run.Cell.IsWhole);
        var longest = whole.GroupBy(run => run.Data).SelectMany(TrainedRun.Longest).ToList();
        Drawings.Figure1(longest);

        // Fully connected, with a slope after every epoch.
        var runs = longest.Where(run => !run.IsConvolutional)
            .Where(run => run.Network.MeanSlope.Count == run.Network.TrainingLoss.Count + 1).ToList();
        var (growing, falling) = Growth(runs);
        var data = TrainedRun.AllData.Where(name => runs.Any(run => run.Data == name));
        var (epochs, papersTraining) = (runs.Min(run => run.Cell.Epochs), runs.All(run => run.HasPapersTraining));
        var covers = TrainedRun.AllData.All(name => TrainedRun.Covers(runs, name, false));
        var (verdict, reason) = Decide(runs.Count, growing, falling, epochs, papersTraining, covers);
        return (
            verdict,
            $"{reason}; covered: fully connected {string.Join(", ", runs.Select(run => run.Name).Distinct())} on "
                + $"{string.Join(", ", data)}, {epochs} of the paper's {TrainedRun.PaperEpochs} epochs");
    }

    /// <summary>
    /// How many runs grow and how many fall, each with Holm's correction over all of them. Records the τ of runs that come from a cell.
    /// </summary>
    internal static (int Growing, int Falling) Growth(IReadOnlyList<TrainedRun> all)
    {
        var runs = all.Select(run => new Run([.. run.Network.MeanSlope])).ToList();
        var adjusted = Holm.Adjust([.. runs.Select(run => run.PValueOfRising)]);
        var adjustedFalling = Holm.Adjust([.. runs.Select(run => run.Reversed.PValueOfRising)]);
        for (var i = 0; i < runs.Count && all[i].Source is not null; i++)
        {
            var run = runs[i];
            Evidence.Record(all[i].Figure(
                "Kendall's τ of the mean slope against the epoch",
                run.Tau,
                $"grows: p ≤ {Alpha} after Holm (here {adjusted[i]:G3}), rises in more than half of the {run.Slopes.Length - 1} epochs "
                    + $"(here {run.Rises}), ends above its start") with
            {
                Series = run.Slopes,
                Samples = all[i].Cell.SlopePoints,
            });
        }

        return (
            runs.Where((run, i) => run.Grows(adjusted[i])).Count(),
            runs.Where((run, i) => run.Reversed.Grows(adjustedFalling[i])).Count());
    }

    /// <summary>The rule must not see growth in slopes that are shuffled in time, in constant ones, or in reversed ones.</summary>
    [Claim(Claim, Role.Control)]
    public void ShuffledReversedAndConstantSlopes_DoNotGrow()
    {
        var generator = Seed.Of(("claim", Claim), ("control", "shuffled")).Generator();
        const int Count = 10_000;
        var significant = Enumerable.Range(0, Count)
            .Count(_ => Grows([.. Enumerable.Range(0, Epochs + 1).Select(_ => generator.NextDouble())]));
        Evidence.Record(new Measurement(
            "share of series in random order that pass as growing",
            (double)significant / Count,
            $"below α/12 = {Alpha / 12:G3} plus 4 standard errors")
        {
            Samples = Count,
        });
        ((double)significant / Count).Should().BeLessThan((Alpha / 12) + (4 * Math.Sqrt(Alpha / 12 / Count)));

        Grows([.. Enumerable.Range(0, Epochs + 1).Select(epoch => -(double)epoch)]).Should().BeFalse();
        Grows(new double[Epochs + 1]).Should().BeFalse();

        // Significant by τ, but it ends below its start: the rule asks for all three signs.
        new Run([10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).Grows(correctedPValue: 0.005).Should().BeFalse();
        Grows([.. Enumerable.Range(0, Epochs + 1).Select(epoch => (double)epoch)])
            .Should().BeTrue("a check that never passes proves nothing either");
    }

    /// <summary>
    /// The false-alarm rate for slopes that depend on each other: how likely 12 independent random walks without drift all pass
    /// as growing. The shares that pass at each step of Holm's correction are measured on the same walks; the rest is exact.
    /// </summary>
    [Claim(Claim)]
    public void RandomWalksWithoutDrift_AllPassAsGrowing_AtAKnownRate()
    {
        const int Count = 20_000;
        const int Runs = 12;
        var generator = Seed.Of(("claim", Claim), ("control", "random walk")).Generator();
        var walks = Enumerable.Range(0, Count).Select(_ =>
        {
            var position = 0.0;
            return new Run([.. Enumerable.Range(0, Epochs + 1).Select(_ => position += generator.NextDouble() - 0.5)]);
        }).ToList();

        // Holm says that all grow when the i-th smallest p-value is at most α/(13 − i), for every i.
        double[] shares = [.. Enumerable.Range(1, Runs)
            .Select(i => (double)walks.Count(walk => walk.Grows((Runs + 1 - i) * walk.PValueOfRising)) / Count)];
        var all = AllBelow(shares);
        var error = Math.Sqrt(shares[0] * (1 - shares[0]) / Count);
        Evidence.Record(new Measurement(
            "share of driftless random walks that pass as growing, at each step of Holm's correction",
            shares[0],
            "claims.md states 0.12 for the most severe step; within 4 standard errors and rounding")
        {
            Samples = Count,
            Series = shares,
            Uncertainty = error,
        });
        Evidence.Record(new Measurement(
            "chance that 12 independent driftless walks all pass as growing",
            all,
            "claims.md states about once in 10⁹; within a factor of 10"));
        shares[0].Should().BeInRange(0.115 - (4 * error), 0.125 + (4 * error));
        all.Should().BeInRange(1e-10, 1e-8);
    }

    /// <summary>
    /// AllBelow by hand: one threshold, equal thresholds, and two values, the smaller at most ¼ and the larger at most ½: ½·½ − ¼·¼.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(new[] { 0.3 }, 0.3)]
    [InlineData(new[] { 0.5, 0.5, 0.5 }, 0.125)]
    [InlineData(new[] { 0.25, 0.5 }, 0.1875)]
    public void ChanceThatAllPass_OnCasesByHand_IsRight(double[] shares, double chance) =>
        AllBelow(shares).Should().BeApproximately(chance, 1e-15);

    [ClaimRows(Claim, Role.Control)]
    [InlineData(12, 12, 0, Epochs, false, false, Verdict.Partly)]
    [InlineData(12, 11, 0, Epochs, false, false, Verdict.Inconclusive)]
    [InlineData(12, 11, 1, Epochs, false, false, Verdict.NotReproduced)]
    [InlineData(12, 12, 0, FewestEpochs - 1, false, false, Verdict.Inconclusive)]
    [InlineData(240, 240, 0, TrainedRun.PaperEpochs, true, true, Verdict.Reproduced)]
    [InlineData(12, 12, 0, TrainedRun.PaperEpochs, true, false, Verdict.Partly)]
    [InlineData(240, 120, 0, TrainedRun.PaperEpochs, true, true, Verdict.Partly)]
    [InlineData(240, 119, 0, TrainedRun.PaperEpochs, true, true, Verdict.NotReproduced)]
    public void Decide_FollowsTheRule(
        int runs, int growing, int falling, int epochs, bool papersTraining, bool covers, Verdict verdict) =>
        Decide(runs, growing, falling, epochs, papersTraining, covers).Verdict.Should().Be(verdict);

    // At the most severe step of Holm's correction, as for the first of 12 runs.
    private static bool Grows(double[] slopes)
    {
        var run = new Run(slopes);
        return run.Grows(12 * run.PValueOfRising);
    }

    // The probability that for every i the i-th smallest of n independent values is below its threshold, where shares[i − 1] is the
    // probability that one value is below the i-th threshold. chances[k]: k values are below the present threshold, and none failed before.
    private static double AllBelow(double[] shares)
    {
        var count = shares.Length;
        var chances = new double[count + 1];
        chances[0] = 1;
        var before = 0.0;
        for (var i = 1; i <= count; i++)
        {
            var move = (shares[i - 1] - before) / (1 - before);
            var next = new double[count + 1];
            for (var from = 0; from <= count; from++)
            {
                for (var to = Math.Max(from, i); to <= count; to++)
                {
                    next[to] += chances[from] * Combinatorics.Combinations(count - from, to - from)
                        * Math.Pow(move, to - from) * Math.Pow(1 - move, count - to);
                }
            }

            (chances, before) = (next, shares[i - 1]);
        }

        return chances[count];
    }

    private static (Verdict Verdict, string Reason) Decide(
        int runs, int growing, int falling, int fewestEpochs, bool papersTraining, bool covers)
    {
        var verdict = fewestEpochs < FewestEpochs ? Verdict.Inconclusive
            : falling > 0 || (papersTraining && 2 * growing < runs) ? Verdict.NotReproduced
            : growing == runs && papersTraining && covers ? Verdict.Reproduced
            : growing == runs || papersTraining ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"{growing} of {runs} runs grow, {falling} fall");
    }

    private sealed record Run(double[] Slopes)
    {
        internal double Tau { get; } = Kendall.TauB([.. Enumerable.Range(0, Slopes.Length).Select(epoch => (double)epoch)], Slopes);

        internal int Rises { get; } = Slopes.Zip(Slopes.Skip(1)).Count(pair => pair.Second > pair.First);

        /// <summary>The exact one-sided p-value of τ. Constant slopes have no τ, and no growth.</summary>
        internal double PValueOfRising => double.IsNaN(Tau) ? 1 : Kendall.UpperTail(Tau, Slopes.Length);

        /// <summary>A run falls when its mirror image grows.</summary>
        internal Run Reversed => new([.. Slopes.Select(slope => -slope)]);

        /// <summary>The rule of claims.md for one run.</summary>
        internal bool Grows(double correctedPValue) =>
            correctedPValue <= Alpha && Rises > (Slopes.Length - 1) / 2.0 && Slopes[^1] > Slopes[0];
    }
}
