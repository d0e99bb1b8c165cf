using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope;

/// <summary>Figure 3: two seeds give nearly the same distribution of the slope.</summary>
public sealed class Fig3_TwoSeeds
{
    private const string Claim = "slope.fig-3";

    [Claim(Claim, Category = Category.Empirical)]
    public void Distributions_OfTwoSeeds_NearlyAgree() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Distributions_OfTwoSeedsOfMoreNetworks_NearlyAgree() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    /// <summary>Shifts between seeds in standard deviations: small, large, large on one data set, around the margin.</summary>
    [Claim(Claim, Role.Control)]
    public void MadeUpSeeds_AreJudgedByTheRule()
    {
        Verdict Of(Func<string, string, double> shift, int seeds = 4) => Decide(
            [.. from data in TrainedRun.AllData
                from name in TrainedRun.FullyConnected
                from seed in Enumerable.Range(1, seeds)
                select Synthetic.Run(data, name, false, seed, 8 + (seed % 2 == 0 ? shift(data, name) : 0))]).Verdict;
        Of((_, name) => 0.1 + (0.01 * name.Length)).Should().Be(Verdict.Reproduced);
        Of((_, name) => 1 + (0.01 * name.Length)).Should().Be(Verdict.NotReproduced);
        Of((data, name) => (data == "mnist" ? 1 : 0.1) + (0.01 * name.Length)).Should().Be(Verdict.Partly);
        Of((_, name) => name[0] == '1' ? 0.1 : name[0] == '2' ? 0.5 : 0.9).Should().Be(Verdict.Inconclusive);
        Of((_, _) => 0.1, seeds: 1).Should().Be(Verdict.Inconclusive, "there is no pair");
    }

    /// <summary>Two samples of 750 from one normal law have the distance 0.07 that claims.md states.</summary>
    [Claim(Claim, Role.Control)]
    public void TwoSamplesOfOneLaw_HaveASmallDistance()
    {
        var generator = Randomness.Seed.Of(("claim", Claim), ("control", "two samples")).Generator();
        SlopeDistribution Sample() => SlopeDistribution.Of([.. Enumerable.Range(0, 750).Select(_ => MathNet.Numerics.Distributions.Normal.Sample(generator, 8, 1))]);
        const int Count = 200;
        var mean = Enumerable.Range(0, Count).Average(_ => Sample().DistanceTo(Sample()));
        Evidence.Record(new Measurement("mean Wasserstein-1 distance of two samples of 750 from one normal law, in its deviations", mean, "claims.md states about 0.07") { Samples = Count });
        mean.Should().BeInRange(0.06, 0.075);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results, "covertype");
        Drawings.Figure3(runs);
        var parts = new SlopeParts(runs, snapshot => snapshot.Two);
        foreach (var (data, outcome) in TrainedRun.AllData.Zip(parts.OfFigure3()))
        {
            parts.BetweenSeeds(data).Record(outcome, $"below {SlopeParts.SeedMargin}, α = 0.05 with Holm over the data sets");
        }

        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> runs)
    {
        var outcomes = new SlopeParts(runs, snapshot => snapshot.Two).OfFigure3();
        var (met, failed) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        var isWhole = TrainedRun.AllData.All(data => TrainedRun.FullyConnected.All(name => runs.Count(run => run.HasPapersTraining && run.Data == data && !run.IsConvolutional && run.Name == name) >= 2));
        var verdict = failed > met ? Verdict.NotReproduced
            : met == outcomes.Length && isWhole ? Verdict.Reproduced
            : met > 0 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, string.Join(", ", TrainedRun.AllData.Zip(outcomes, (data, outcome) => $"{data} {outcome.InWords()}")) + "; only networks with the paper's training are judged");
    }
}
