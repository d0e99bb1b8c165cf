using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Intervals;

/// <summary>Section 4.1: networks fit 1000 MNIST images with real and with random labels, and only the former generalise.</summary>
public sealed class Remark_TrainedOnRandomLabels
{
    private const string Claim = "intervals.setup";
    private const double Level = 1 - (0.05 / 4);
    private static readonly PublishedTable Printed = PublishedTable.Load("intervals-text");
    private static readonly PublishedValue PrintedOfReal = Printed["4.1 validation accuracy with real labels", "per cent"];
    private static readonly PublishedValue PrintedOfRandom = Printed["4.1 validation accuracy with random labels", "per cent"];

    [Claim(Claim, Category = Category.Empirical)]
    public void Networks_WithRealAndRandomLabels_FitThem() => Experiment.JudgeQuick(Claim, IntervalClassifiers.Images, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MoreNetworks_WithRealAndRandomLabels_FitThem() => Experiment.JudgeNightly(Claim, IntervalClassifiers.Images, Judge);

    /// <summary>So many networks a kind of these accuracies; all of a kind fit their labels, or none does.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(5, 0.9, true, 0.1, true, Verdict.Reproduced)]
    [InlineData(2, 0.9, true, 0.1, true, Verdict.Partly)] // two networks a kind are too few
    [InlineData(5, 0.8, true, 0.1, true, Verdict.Partly)]
    [InlineData(5, 0.9, true, 0.1, false, Verdict.Partly)] // random labels are not fitted
    [InlineData(5, 0.5, false, 0.5, false, Verdict.NotReproduced)]
    public void SyntheticNetworks_AreJudgedByTheRule(int count, double real, bool realFit, double random, bool randomFit, Verdict verdict)
    {
        List<Run> Runs(double accuracy, bool fit) => [.. Enumerable.Range(0, count).Select(i => new Run(fit, accuracy + (0.001 * i)))];
        Decide(Runs(real, realFit), Runs(random, randomFit)).Verdict.Should().Be(verdict);
    }

    [Claim(Claim, Role.Control)]
    public void HalfOfTheNetworksFitting_IsInconclusive() =>
        Decide([new(true, 0.9), new(false, 0.1)], [new(true, 0.1), new(false, 0.9)]).Verdict.Should().Be(Verdict.Inconclusive);

    private sealed record Run(bool IsTrained, double Accuracy);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.HasDetails).ToList();
        foreach (var (one, network) in networks.Select(one => (one, one.Network)))
        {
            var printed = one.IsRandom ? PrintedOfRandom : PrintedOfReal;
            Evidence.Record(one.Figure(
                "validation accuracy, per cent",
                100 * network.ValidationAccuracy,
                $"the mean within {printed.Rounding} of what is printed") with
            {
                Paper = $"{printed} %",
            });
            Evidence.Record(one.Figure(
                "share of training images misclassified",
                (double)network.TrainingErrors / network.TrainingPoints,
                "trained: at most 0.01") with
            {
                Paper = "very close to 0",
            });
        }

        List<Run> Runs(bool random) =>
            [.. from one in networks where one.IsRandom == random select new Run(one.IsTrained, one.Network.ValidationAccuracy)];
        return Decide(Runs(false), Runs(true));
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Run> real, IReadOnlyList<Run> random) => Statement.Judge(
        [Fits("real", real), Fits("random", random), Accuracy("real", real, PrintedOfReal), Accuracy("random", random, PrintedOfRandom)],
        Math.Min(real.Count, random.Count) >= ClassifierResult.Needed);

    private static Statement Fits(string labels, IReadOnlyList<Run> runs)
    {
        var trained = runs.Count(run => run.IsTrained);
        return new(
            $"{trained} of {runs.Count} networks fit {labels} labels",
            trained == runs.Count ? Outcome.Met : 2 * trained < runs.Count ? Outcome.Failed : Outcome.Undecided);
    }

    private static Statement Accuracy(string labels, IReadOnlyList<Run> runs, PublishedValue printed) => Statement.Within(
        $"validation accuracy with {labels} labels",
        ConfidenceInterval.Of([.. runs.Select(run => 100 * run.Accuracy)], Level),
        printed.Value - printed.Rounding,
        printed.Value + printed.Rounding);
}
