using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope;

/// <summary>Figure 2: on Forest Cover the optimal model's slope is above the initial one, alike across widths, its mean nearly so across depths.</summary>
public sealed class Fig2_ForestCover
{
    private const string Claim = "slope.fig-2";

    [Claim(Claim, Category = Category.Empirical)]
    public void SlopesOfOptimalModels_OnForestCover_ByWidthAndDepth() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void SlopesOfMoreOptimalModels_OnForestCover_ByWidthAndDepth() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    /// <summary>Alike, unlike across widths, unlike across depths, lower than before training, and too few seeds.</summary>
    [Claim(Claim, Role.Control)]
    public void MadeUpSlopes_AreJudgedByTheRule()
    {
        Verdict Of(Func<string, int, double> mean, int seeds = TrainedRun.PaperRuns, double initial = 1) =>
            Decide([.. from name in TrainedRun.FullyConnected from seed in Enumerable.Range(1, seeds) select Synthetic.Run("covertype", name, false, seed, mean(name, seed), 2, initial)]).Verdict;
        double Seeded(int seed) => 8 + (0.1 * (seed % 3));
        Of((_, seed) => Seeded(seed)).Should().Be(Verdict.Reproduced);
        Of((_, seed) => Seeded(seed), seeds: 3).Should().Be(Verdict.Partly, "all that is asked for, with fewer seeds");
        Of((_, seed) => Seeded(seed), seeds: 2).Should().Be(Verdict.Partly, "only the first part can be decided");
        Of((name, seed) => name.EndsWith("200", StringComparison.Ordinal) ? 2 * Seeded(seed) : Seeded(seed)).Should().Be(Verdict.NotReproduced, "widths differ, and so do means");
        Of((name, seed) => name[0] == '3' ? 1.5 * Seeded(seed) : Seeded(seed)).Should().Be(Verdict.Partly, "only the means differ by depth");
        Of((_, seed) => Seeded(seed), initial: 20).Should().Be(Verdict.Partly, "the slope falls in training");
        Of((name, seed) => seed % 2 == 0 ^ name.Length > 4 ? 20 : 5, seeds: 3, initial: 10).Should().Be(Verdict.NotReproduced);
        Decide([Synthetic.Run("mnist", "1x25", false, 1, 5)]).Verdict.Should().Be(Verdict.Inconclusive);
        Decide([Synthetic.Run("covertype", "1x25", false, 1, 5, epochs: 10)]).Verdict.Should().Be(Verdict.Inconclusive, "not the paper's training");
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results, "covertype");
        Drawings.Figure2(runs);
        foreach (var run in runs.Where(run => run.HasPapersTraining && run.Data == "covertype"))
        {
            foreach (var (time, snapshot) in new[] { ("before training", run.Network.Initial), ($"of the optimal model (epoch {run.Network.BestEpoch})", run.Best) })
            {
                Evidence.Record(run.Figure($"mean 2-slope {time}; the series has quantiles of its distribution", snapshot.Two.Mean, "enters the three parts") with { Uncertainty = snapshot.Two.Deviation / Math.Sqrt(run.Cell.SlopePoints), Samples = run.Cell.SlopePoints, Series = snapshot.Two.Quantiles });
            }
        }

        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        var parts = new SlopeParts(all, snapshot => snapshot.Two);
        var outcomes = parts.OfFigure2();
        if (all[0].Source is not null)
        {
            parts.Higher().Record(outcomes[0], "(a) met when a share of ½ or less is rejected, α = 0.05");
            parts.AcrossWidths().ToList().ForEach(part => part.Record(outcomes[1], $"(b) below {SlopeParts.WidthMargin}, α = 0.05 with Holm over the depths; the outcome is that of all depths"));
            parts.Spread("covertype", false).Record(outcomes[2], $"(c) below {SlopeParts.SpreadMargin}, α = 0.05");
        }

        var runs = all.Where(run => run.Data == "covertype" && run.HasPapersTraining).ToList();
        var isWhole = TrainedRun.FullyConnected.All(name => runs.Count(run => run.Name == name) >= TrainedRun.PaperRuns);
        var (met, failed) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        var verdict = failed > met ? Verdict.NotReproduced
            : met == 3 && isWhole ? Verdict.Reproduced
            : met > 0 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"Forest Cover, {runs.Count} networks of {runs.Select(run => run.Name).Distinct().Count()} architectures with the paper's training: the optimal model above the initial one {Word(outcomes[0])}, alike across widths {Word(outcomes[1])}, means alike {Word(outcomes[2])}");
    }

    private static string Word(Outcome outcome) => outcome.InWords();
}
