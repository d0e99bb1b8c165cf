using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope;

/// <summary>Abstract and section 6: the distribution of the slope is nearly the same for all widths, on the image data as well.</summary>
public sealed class Remark_Width
{
    private const string Claim = "slope.width";

    [Claim(Claim, Category = Category.Empirical)]
    public void Distributions_OfTwoWidths_NearlyAgree() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Distributions_OfTwoWidthsOfMoreNetworks_NearlyAgree() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    /// <summary>Mean slopes that grow by a factor from width 25 to width 200, on all image data or on MNIST only.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(1, 1, 5, TrainedRun.PaperEpochs, Verdict.Reproduced)]
    [InlineData(1, 1, 4, TrainedRun.PaperEpochs, Verdict.Partly)]
    [InlineData(1, 2, 5, TrainedRun.PaperEpochs, Verdict.Partly)]
    [InlineData(2, 2, 5, TrainedRun.PaperEpochs, Verdict.NotReproduced)]
    [InlineData(1, 1, 2, TrainedRun.PaperEpochs, Verdict.Inconclusive)]
    [InlineData(1, 1, 5, 10, Verdict.Inconclusive)]
    public void SyntheticSlopes_AreJudgedByTheRule(double ratio, double onMnist, int seeds, int epochs, Verdict verdict)
    {
        double Mean(string data, string name, int seed) =>
            (name.EndsWith("x200", StringComparison.Ordinal) ? data == "mnist" ? onMnist : ratio : 1) * Synthetic.Seeded(seed);
        Decide(Synthetic.Connected(TrainedRun.Images, seeds, (data, name, seed) =>
            Synthetic.Run(data, name, false, seed, Mean(data, name, seed), epochs: epochs))).Verdict.Should().Be(verdict);
    }

    /// <summary>Wide networks are steeper for three seeds of five.</summary>
    [Claim(Claim, Role.Control)]
    public void WidthsThatDifferForSomeSeeds_AreUndecided() =>
        Decide(Synthetic.Connected(TrainedRun.Images, 5, (data, name, seed) =>
            Synthetic.Run(data, name, false, seed, name.EndsWith("x200", StringComparison.Ordinal) && seed % 2 == 1 ? 11.4 : 8)))
            .Verdict.Should().Be(Verdict.Inconclusive);

    /// <summary>Forest Cover, which slope.fig-2 judges.</summary>
    [Claim(Claim, Role.Control)]
    public void ForestCover_IsNotJudged() =>
        Decide(Synthetic.Connected("covertype", 5, (name, seed) =>
            Synthetic.Run("covertype", name, false, seed, Synthetic.Seeded(seed)))).Verdict.Should().Be(Verdict.Inconclusive);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results);
        var parts = new SlopeParts(runs, snapshot => snapshot.Two);
        foreach (var (data, outcome) in TrainedRun.Images.Zip(parts.OfWidths()))
        {
            var rule = $"below {SlopeParts.WidthMargin}, α = 0.05 with Holm over depths and data sets; the outcome is that of all depths";
            parts.AcrossWidths(data).ToList().ForEach(part => part.Record(outcome, rule));
        }

        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        var outcomes = new SlopeParts(all, snapshot => snapshot.Two).OfWidths();
        var runs = all.Where(run => run.HasPapersTraining).ToList();
        var isWhole = TrainedRun.Images.All(data => TrainedRun.Covers(runs, data, false, TrainedRun.PaperRuns));
        return (
            Outcomes.Majority(outcomes, isWhole),
            $"distributions of the slope alike across widths: {string.Join(", ", TrainedRun.Images.Zip(outcomes, (data, outcome) =>
                $"{data} {outcome.InWords()}"))}; only networks with the paper's training are judged");
    }
}
