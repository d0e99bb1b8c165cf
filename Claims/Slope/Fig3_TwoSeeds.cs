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

    /// <summary>Shifts between seeds in standard deviations. With one seed there is no pair.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("small", 4, Verdict.Reproduced)]
    [InlineData("large", 4, Verdict.NotReproduced)]
    [InlineData("large on mnist", 4, Verdict.Partly)]
    [InlineData("around the margin", 4, Verdict.Inconclusive)]
    [InlineData("small", 1, Verdict.Inconclusive)]
    public void SyntheticSeeds_AreJudgedByTheRule(string shift, int seeds, Verdict verdict)
    {
        double Shift(string data, string name) => shift switch
        {
            "large" => 1 + (0.01 * name.Length),
            "large on mnist" when data == "mnist" => 1 + (0.01 * name.Length),
            "around the margin" => name[0] switch { '1' => 0.1, '2' => 0.5, _ => 0.9 },
            _ => 0.1 + (0.01 * name.Length),
        };
        Decide(Synthetic.Connected(TrainedRun.AllData, seeds, (data, name, seed) =>
            Synthetic.Run(data, name, false, seed, 8 + (seed % 2 == 0 ? Shift(data, name) : 0)))).Verdict.Should().Be(verdict);
    }

    /// <summary>Two samples of 750 from one normal distribution have the distance 0.07 that claims.md states.</summary>
    [Claim(Claim, Role.Control)]
    public void TwoSamplesOfOneLaw_HaveASmallDistance()
    {
        const int Count = 200;
        var generator = Randomness.Seed.Of(("claim", Claim), ("control", "two samples")).Generator();
        SlopeDistribution Sample() =>
            SlopeDistribution.Of([.. Enumerable.Range(0, 750).Select(_ => MathNet.Numerics.Distributions.Normal.Sample(generator, 8, 1))]);
        var mean = Enumerable.Range(0, Count).Average(_ => Sample().DistanceTo(Sample()));
        Evidence.Record(new Measurement(
            "mean Wasserstein-1 distance of two samples of 750 from one normal distribution, over its deviation",
            mean,
            "claims.md states about 0.07")
        {
            Samples = Count,
        });
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

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        var outcomes = new SlopeParts(all, snapshot => snapshot.Two).OfFigure3();
        var runs = all.Where(run => run.HasPapersTraining).ToList();
        var words = TrainedRun.AllData.Zip(outcomes, (data, outcome) => $"{data} {outcome.InWords()}");
        return (
            SlopeParts.Majority(outcomes, TrainedRun.AllData.All(data => TrainedRun.Covers(runs, data, false, seeds: 2))),
            $"{string.Join(", ", words)}; only networks with the paper's training are judged");
    }
}
