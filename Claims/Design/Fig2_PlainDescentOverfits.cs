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
    public void PlainDescent_AtThreeDepths_Overfits() =>
        Experiment.JudgeQuick(Claim, NoisyFits.PlainDescent, (_, results) => Judge(results));

    [Claim(Claim, Category = Category.Nightly)]
    public void PlainDescent_AtThreeDepthsForLonger_Overfits() =>
        Experiment.JudgeNightly(Claim, NoisyFits.PlainDescent, (_, results) => Judge(results));

    /// <summary>Three architectures and two noises, the third of three looks decides.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("all", 20000, 3, Verdict.Reproduced, "all overfit")]
    [InlineData("all", 100, 3, Verdict.Reproduced, "overfitting early counts")]
    [InlineData("all", 20000, 2, Verdict.Partly, "two seeds are too few")]
    [InlineData("all but short skips", 20000, 3, Verdict.NotReproduced, "one architecture never overfits, at either noise")]
    [InlineData("all but short skips at √10", 20000, 3, Verdict.Partly, "that architecture overfits at one of the noises")]
    [InlineData("all but short skips", 100, 3, Verdict.Partly, "too short to say that it never overfits")]
    [InlineData("none", 100, 3, Verdict.Inconclusive, "too short to decide")]
    [InlineData("none", 20000, 3, Verdict.NotReproduced, "none overfits")]
    public void SyntheticFits_AreJudgedByTheRule(string overfitting, int epochs, int seeds, Verdict verdict, string because)
    {
        bool Overfits(string network, double deviation) => overfitting switch
        {
            "all" => true,
            "all but short skips" => network != "ShortSkips",
            "all but short skips at √10" => network != "ShortSkips" || deviation == 10,
            _ => false,
        };
        Decide(Synthetic(Overfits, epochs, seeds)).Verdict.Should().Be(verdict, because);
    }

    [Claim(Claim, Role.Control)]
    public void SyntheticFits_AtOneNoise_AreReproducedInPart() =>
        Decide([.. Synthetic((_, _) => true).Where(fit => fit.Deviation == Deviations[0])]).Verdict.Should().Be(Verdict.Partly);

    [Claim(Claim, Role.Control)]
    public void SyntheticFits_ThatDiverge_AreNotReproduced() =>
        Decide([.. Synthetic((_, _) => true).Select(fit => fit with { Diverged = true })]).Verdict.Should().Be(Verdict.NotReproduced);

    /// <summary>Overfitting needs both: the fit follows the noise, and its error rises.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(new[] { 0, 0.4, 0.5 }, new double[] { 5, 4, 3 }, false)]
    [InlineData(new[] { 0, 0.1, 0.1 }, new double[] { 5, 4, 9 }, false)]
    [InlineData(new[] { 0, 0.1, 0.3 }, new double[] { 5, 4, 9 }, true)]
    public void OneOfTheTwoSigns_IsNotOverfitting(double[] followed, double[] error, bool overfits) =>
        new NoisyFitResult("OneLayer", false, 100, false, 10, 100, false, followed, error, error, error, error)
            .Overfits.Should().Be(overfits);

    private static List<NoisyFitResult> Synthetic(Func<string, double, bool> overfits, int epochs = 20000, int seeds = 3)
    {
        static NoisyFitResult Fit(string network, double deviation, int epochs, bool overfits) => new(
            network,
            IsCubic: false,
            deviation,
            UsesAdam: false,
            BatchSize: 10,
            epochs,
            Diverged: false,
            Followed: [0, 0.05, overfits ? 0.4 : 0.1],
            GridError: [50, 1, 2],
            TestError: [50, 1, overfits ? 2 : 1],
            Explained: [0, 1, 1],
            LeftByPieces: [0, 1, 1]);
        return
        [
            .. from network in Networks
               from deviation in Deviations
               from seed in Enumerable.Range(0, seeds)
               select Fit(network, deviation, epochs, overfits(network, deviation)),
        ];
    }

    private static (Verdict Verdict, string Reason) Judge(IReadOnlyList<CellResult> results)
    {
        var fits = NoisyFitResult.RecordAll(results);
        Drawings.Figure2(fits);
        return Decide(fits);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<NoisyFitResult> fits)
    {
        var groups = fits.GroupBy(fit => (fit.Network, fit.Deviation)).Select(group => group.ToList()).ToList();
        var statements = groups.Select(group => (group[0].Network, Statement: StatementOf(group))).ToList();
        var isFull = groups.Count == Networks.Length * Deviations.Length && groups.All(group => group.Count >= Needed);
        var (verdict, reason) = Statement.Judge([.. statements.Select(one => one.Statement)], isFull);
        var never = statements.GroupBy(one => one.Network).Any(network =>
            network.Count() == Deviations.Length && network.All(one => one.Statement.Outcome == Outcome.Failed));
        return (never ? Verdict.NotReproduced : verdict, reason);
    }

    // Of one architecture and noise.
    private static Statement StatementOf(List<NoisyFitResult> fits)
    {
        var overfit = fits.Count(fit => fit.Overfits);
        var isDecided = fits.All(fit => fit.Diverged) || fits.All(fit => fit.Asked >= LongEnough);
        var outcome = overfit == fits.Count ? Outcome.Met : overfit == 0 && isDecided ? Outcome.Failed : Outcome.Undecided;
        var (lowest, highest) = (fits.Min(fit => fit.Followed[^1]), fits.Max(fit => fit.Followed[^1]));
        return new(
            $"{fits[0].Title}, noise {fits[0].Deviation:G3}, {fits[0].Asked} epochs: {overfit} of {fits.Count} overfit "
                + $"(A at the end {lowest:F2} to {highest:F2})",
            outcome);
    }
}
