using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Appendix A's norm distribution assumption, measured on networks of the paper's size that are trained on 1000 MNIST images with real and
/// with random labels, and on the same networks before training.
/// </summary>
public sealed class Remark_NormDistributionAssumption
{
    private const string Claim = "intervals.norm-assumption";
    private const double Needed = 0.99;

    [Claim(Claim, Category = Category.Empirical)]
    public void MaskedProducts_OfTrainedNetworks_AreAtMostTwiceTheProduct() =>
        Experiment.JudgeQuick(Claim, NormDistribution.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MaskedProducts_OfMoreNetworks_AreAtMostTwiceTheProduct() =>
        Experiment.JudgeNightly(Claim, NormDistribution.Plan, Judge);

    /// <summary>One network with real labels and one with random ones; the smallest share of each.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.99, 0.995, true, Verdict.Reproduced)]
    [InlineData(1, 0.98, true, Verdict.Partly)] // it holds for real labels only
    [InlineData(0.5, 0, true, Verdict.NotReproduced)]
    [InlineData(1, 1, false, Verdict.Inconclusive)] // one is not trained to the end
    public void SyntheticShares_AreJudgedByTheRule(double real, double random, bool trained, Verdict verdict) =>
        Decide([new(false, true, [real, 1, 1]), new(true, trained, [1, random, 1])]).Verdict.Should().Be(verdict);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = new List<Run>();
        foreach (var (cell, found) in results.Select(cell => (cell, cell.As<NormsResult>())))
        {
            var isTrained = found.TrainingErrors == 0 && found.TrainingLoss <= NormDistribution.Settings.LargestLoss;
            runs.Add(new(found.RandomLabels, isTrained, [.. Places(found.Trained).Select(place => place.Ratios.Share)]));
            foreach (var (stage, norms) in new[] { ("initial", found.Initial), ("trained", found.Trained) })
            {
                Evidence.Record(cell.Figure(
                    $"‖W‖_∞, {stage}", norms.Norm, "no rule: it sets the radius κ/(4‖W‖) of intervals.stable-ball"));
                foreach (var (place, ratios) in Places(norms))
                {
                    Record(cell, found, $"{place} with ‖W′‖ ≤ 2‖W‖, {stage}", ratios);
                }
            }
        }

        return Decide(runs);
    }

    private static (string Name, NormRatios Ratios)[] Places(NetworkNorms norms) =>
    [
        ("of the training set", norms.Training),
        ("of the test set", norms.Test),
        ("on lines between training points of a label", norms.Lines),
    ];

    private static void Record(CellResult cell, NormsResult found, string which, NormRatios ratios) =>
        Evidence.Record(cell.Figure(
            $"share of points {which}; the series has the median and the largest ratio",
            ratios.Share,
            $"the trained ones: at least {Needed}") with
        {
            Paper = "0.99",
            Setting =
                $"{cell.Name}, cell {cell.Hash} of {cell.Finished:yyyy-MM-dd HH:mm} UTC: {found.Epochs} epochs, "
                + $"{found.TrainingErrors} training errors, test accuracy {found.TestAccuracy:F3}",
            Series = [ratios.Median, ratios.Largest],
        });

    private sealed record Run(bool RandomLabels, bool IsTrained, IReadOnlyList<double> Shares)
    {
        internal bool Meets => Shares.All(share => share >= Needed);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Run> runs)
    {
        string Meeting(bool random) =>
            $"{runs.Count(run => run.RandomLabels == random && run.Meets)} of {runs.Count(run => run.RandomLabels == random)}";
        var reason =
            $"{Meeting(false)} networks with real labels and {Meeting(true)} with random labels have ‖W′‖ ≤ 2‖W‖ at {Needed:P0} of the "
            + $"points of every kind; the smallest share is {runs.Min(run => run.Shares.Min()):F4}";
        var meeting = runs.Count(run => run.Meets);
        var verdict = runs.Any(run => !run.IsTrained) ? Verdict.Inconclusive
            : meeting == runs.Count ? Verdict.Reproduced
            : meeting > 0 ? Verdict.Partly
            : Verdict.NotReproduced;
        return (verdict, reason);
    }
}
