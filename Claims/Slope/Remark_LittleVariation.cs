using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope;

/// <summary>Sections 2.2 and 6: the slope of an optimal model varies little over the inputs.</summary>
public sealed class Remark_LittleVariation
{
    private const string Claim = "slope.little-variation";

    [Claim(Claim, Category = Category.Empirical)]
    public void Slopes_OfOneModel_VaryLittle() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Slopes_OfMoreModels_VaryLittle() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    /// <summary>The deviation of slopes whose mean is about 8.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(1, 1, Verdict.Reproduced)]
    [InlineData(4, 4, Verdict.NotReproduced)]
    [InlineData(1, 4, Verdict.Partly)]
    [InlineData(2.05, 2.05, Verdict.Inconclusive)]
    public void SyntheticDeviations_AreJudgedByTheRule(double deviation, double onMnist, Verdict verdict) =>
        Decide(Synthetic.Paper((data, name, convolutional, seed) =>
            Synthetic.Run(data, name, convolutional, seed, Synthetic.Seeded(seed), data == "mnist" ? onMnist : deviation)))
            .Verdict.Should().Be(verdict);

    /// <summary>One data set of those that count, too few seeds, and another training than the paper's.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(3, TrainedRun.PaperEpochs, Verdict.Partly)]
    [InlineData(2, TrainedRun.PaperEpochs, Verdict.Inconclusive)]
    [InlineData(3, 10, Verdict.Inconclusive)]
    public void ForestCoverAlone_IsJudgedByTheRule(int seeds, int epochs, Verdict verdict) =>
        Decide(Synthetic.Connected("covertype", seeds, (name, seed) =>
            Synthetic.Run("covertype", name, false, seed, Synthetic.Seeded(seed), epochs: epochs))).Verdict.Should().Be(verdict);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results, "covertype");
        var parts = new SlopeParts(runs, snapshot => snapshot.Two);
        foreach (var (part, outcome) in parts.Variations().Zip(parts.OfVariations()).Where(one => one.First.Series?.Count > 0))
        {
            part.Record(outcome, $"below {SlopeParts.VariationMargin}, α = 0.05 with Holm over the kinds and data sets");
        }

        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        var outcomes = new SlopeParts(all, snapshot => snapshot.Two).OfVariations();
        var runs = all.Where(run => run.HasPapersTraining).ToList();
        return (
            Outcomes.Majority(outcomes, TrainedRun.CoversAll(runs)),
            $"of seven kinds and data sets {outcomes.Count(Outcome.Met)} met and {outcomes.Count(Outcome.Failed)} failed; "
                + "only networks with the paper's training are judged");
    }
}
