using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;

namespace Reproduce.Claims.Design;

/// <summary>Figure 2: whether plain SGD overfits a noisy quadratic function at three depths.</summary>
public sealed class Fig2_PlainDescentOverfits
{
    private const string Claim = "design.fig-2";
    private const int LongEnough = 10000;
    private const int Needed = 3;
    private static readonly string[] Networks = ["OneLayer", "EightLayers", "ShortSkips"];
    private static readonly double[] Deviations = [10, Math.Sqrt(10)];

    [Claim(Claim, Category = Category.Empirical)]
    public void PlainDescent_AtThreeDepths_Overfits() => Experiment.JudgeQuick(Claim, NoisyFits.PlainDescent, (_, results) => Judge(results));

    [Claim(Claim, Category = Category.Nightly)]
    public void PlainDescent_AtThreeDepthsForLonger_Overfits() => Experiment.JudgeNightly(Claim, NoisyFits.PlainDescent, (_, results) => Judge(results));

    [Claim(Claim, Role.Control)]
    public void MadeUpFits_AreJudgedByTheRule()
    {
        static List<NoisyFitResult> Of(Func<string, double, bool> overfits, int epochs = 20000, int seeds = 3, bool diverged = false, bool oneNoise = false) =>
        [
            .. from network in Networks
               from deviation in Deviations
               where !oneNoise || deviation == Deviations[0]
               from seed in Enumerable.Range(0, seeds)
               let does = overfits(network, deviation)
               select new NoisyFitResult(network, false, deviation, false, 10, epochs, diverged, [0, 0.05, does ? 0.4 : 0.1], [50, 1, 2], [50, 1, does ? 2 : 1], [0, 1, 1], [0, 1, 1]),
        ];
        Decide(Of((_, _) => true)).Verdict.Should().Be(Verdict.Reproduced);
        Decide(Of((_, _) => true, epochs: 100)).Verdict.Should().Be(Verdict.Reproduced, "early is in the end too");
        Decide(Of((_, _) => true, seeds: 2)).Verdict.Should().Be(Verdict.Partly, "two seeds are too few");
        Decide(Of((_, _) => true, oneNoise: true)).Verdict.Should().Be(Verdict.Partly, "one reading of the noise");
        Decide(Of((network, _) => network != "ShortSkips")).Verdict.Should().Be(Verdict.NotReproduced, "one architecture never does, whatever the noise");
        Decide(Of((network, deviation) => network != "ShortSkips" || deviation == 10)).Verdict.Should().Be(Verdict.Partly);
        Decide(Of((network, _) => network != "ShortSkips", epochs: 100)).Verdict.Should().Be(Verdict.Partly, "not long enough to say that it never does");
        Decide(Of((_, _) => false, epochs: 100)).Verdict.Should().Be(Verdict.Inconclusive);
        Decide(Of((_, _) => false)).Verdict.Should().Be(Verdict.NotReproduced);
        Decide(Of((_, _) => true, diverged: true)).Verdict.Should().Be(Verdict.NotReproduced);
    }

    /// <summary>A fit that follows the noise without a rising error, and one whose error rises without the noise, do not overfit.</summary>
    [Claim(Claim, Role.Control)]
    public void OneOfTheTwoSigns_IsNotOverfitting()
    {
        static NoisyFitResult Of(double[] followed, double[] error) => new("OneLayer", false, 100, false, 10, 100, false, followed, error, error, error, error);
        Of([0, 0.4, 0.5], [5, 4, 3]).Overfits.Should().BeFalse();
        Of([0, 0.1, 0.1], [5, 4, 9]).Overfits.Should().BeFalse();
        Of([0, 0.1, 0.3], [5, 4, 9]).Overfits.Should().BeTrue();
    }

    private static (Verdict Verdict, string Reason) Judge(IReadOnlyList<CellResult> results)
    {
        var fits = NoisyFitResult.RecordAll(results);
        Drawings.Figure2(fits);
        return Decide(fits);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<NoisyFitResult> fits)
    {
        var statements = fits.GroupBy(fit => (fit.Network, fit.Deviation)).Select(group =>
        {
            var (overfit, all) = (group.Count(fit => fit.Overfits), group.Count());
            var outcome = overfit == all ? Outcome.Met
                : overfit == 0 && (group.All(fit => fit.Diverged) || group.All(fit => fit.Asked >= LongEnough)) ? Outcome.Failed
                : Outcome.Undecided;
            return (group.Key.Network, Statement: new Statement($"{group.First().Title}, noise {group.Key.Deviation:G3}, {group.First().Asked} epochs: {overfit} of {all} overfit (A at the end {group.Min(fit => fit.Followed[^1]):F2} to {group.Max(fit => fit.Followed[^1]):F2})", outcome));
        }).ToList();
        var isFull = statements.Count == Networks.Length * Deviations.Length && fits.GroupBy(fit => (fit.Network, fit.Deviation)).All(group => group.Count() >= Needed);
        var (verdict, reason) = Statement.Judge([.. statements.Select(one => one.Statement)], isFull);
        var never = statements.GroupBy(one => one.Network).Any(group => group.Count() == Deviations.Length && group.All(one => one.Statement.Outcome == Outcome.Failed));
        return (never ? Verdict.NotReproduced : verdict, reason);
    }
}
