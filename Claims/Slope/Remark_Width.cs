using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Randomness;

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

    /// <summary>
    /// Ten seeds whose largest distances, by data set and depth, have the means and deviations of the first five. Wide networks are
    /// steeper.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void TenSeeds_ThatScatterLikeFive_Decide()
    {
        var measured = new Dictionary<string, (double Mean, double Deviation)[]>
        {
            ["mnist"] = [(0.28, 0.05), (0.25, 0.10), (0.29, 0.11)],
            ["kmnist"] = [(0.07, 0.03), (0.16, 0.07), (0.13, 0.06)],
            ["fashion-mnist"] = [(0.16, 0.04), (0.27, 0.15), (0.32, 0.06)],
        };
        var generator = Seed.Of(("claim", Claim), ("control", "ten seeds")).Generator();
        bool IsNotReproduced(int draw)
        {
            double Ratio((double Mean, double Deviation) one) => Math.Max(0, one.Mean + (one.Deviation * StandardNormal.Next(generator)));
            var ratios = measured.ToDictionary(
                one => one.Key, one => one.Value.Select(depth => Enumerable.Range(0, 10).Select(_ => Ratio(depth)).ToList()).ToList());

            // Of four widths one has a mean that is larger by a share x, so that the distance over the mean of all is x/(1 + x/4).
            double Mean(string data, string name, int seed)
            {
                var ratio = ratios[data][name[0] - '1'][seed - 1];
                return name.EndsWith("x200", StringComparison.Ordinal) ? 8 * (1 + (ratio / (1 - (ratio / 4)))) : 8;
            }

            return Decide(Synthetic.Connected(TrainedRun.Images, 10, (data, name, seed) =>
                Synthetic.Run(data, name, false, seed, Mean(data, name, seed)))).Verdict == Verdict.NotReproduced;
        }

        DrawnRate.Of("share that is not reproduced: ten seeds that scatter like the first five", 200, IsNotReproduced, "at least 0.9")
            .Should().BeGreaterThanOrEqualTo(0.9);
    }

    /// <summary>Forest Cover, which slope.fig-2 judges.</summary>
    [Claim(Claim, Role.Control)]
    public void ForestCover_IsNotJudged() =>
        Decide(Synthetic.Connected("covertype", 5, (name, seed) =>
            Synthetic.Run("covertype", name, false, seed, Synthetic.Seeded(seed)))).Verdict.Should().Be(Verdict.Inconclusive);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.OfAllSeeds(profile, results);
        var parts = new SlopeParts(runs, snapshot => snapshot.Two);
        foreach (var (data, outcome) in TrainedRun.Images.Zip(parts.OfWidths()))
        {
            var rule = $"below {SlopeParts.WidthMargin}, α = {parts.AlphaOfWidths} with Holm over depths and data sets; "
                + "the outcome is that of all depths";
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
