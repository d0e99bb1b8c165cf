using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope;

/// <summary>Sections 4.1 and 6: on Forest Cover the distribution of the slope changes with the number of hidden layers.</summary>
public sealed class Remark_Depth
{
    private const string Claim = "slope.depth";

    [Claim(Claim, Category = Category.Empirical)]
    public void Distributions_OfOneAndThreeLayers_Differ() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Distributions_OfOneAndThreeLayersOfMoreNetworks_Differ() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    /// <summary>The mean slope of three layers over that of one.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(1.5, 5, TrainedRun.PaperEpochs, Verdict.Reproduced)]
    [InlineData(1.5, 3, TrainedRun.PaperEpochs, Verdict.Partly)]
    [InlineData(1, 5, TrainedRun.PaperEpochs, Verdict.NotReproduced)]
    [InlineData(1.5, 2, TrainedRun.PaperEpochs, Verdict.Inconclusive)]
    [InlineData(1.5, 5, 10, Verdict.Inconclusive)]
    public void SyntheticSlopes_AreJudgedByTheRule(double ratio, int seeds, int epochs, Verdict verdict) =>
        Decide(Synthetic.Connected("covertype", seeds, (name, seed) =>
            Synthetic.Run("covertype", name, false, seed, (name[0] == '3' ? ratio : 1) * Synthetic.Seeded(seed), epochs: epochs)))
            .Verdict.Should().Be(verdict);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results, "covertype");
        var part = new SlopeParts(runs, snapshot => snapshot.Two).AcrossDepths();
        part.Record(Part.Judge([part], SlopeParts.Alpha)[0], $"above {SlopeParts.WidthMargin}, α = 0.05");
        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        var part = new SlopeParts(all, snapshot => snapshot.Two).AcrossDepths();
        var runs = all.Where(run => run.HasPapersTraining).ToList();
        var verdict = Part.Judge([part], SlopeParts.Alpha)[0] switch
        {
            Outcome.Failed => Verdict.NotReproduced,
            Outcome.Met when TrainedRun.Covers(runs, "covertype", false, TrainedRun.PaperRuns) => Verdict.Reproduced,
            Outcome.Met => Verdict.Partly,
            _ => Verdict.Inconclusive,
        };
        return (verdict, $"distance between one and three hidden layers over the mean: {part.Value:F2}, {part.Series?.Count ?? 0} seeds");
    }
}
