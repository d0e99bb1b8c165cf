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
    private const int Needed = 3;
    private static readonly PublishedTable Printed = PublishedTable.Load("intervals-text");
    private static readonly PublishedValue PrintedOfReal = Printed["4.1 validation accuracy with real labels", "per cent"];
    private static readonly PublishedValue PrintedOfRandom = Printed["4.1 validation accuracy with random labels", "per cent"];

    [Claim(Claim, Category = Category.Empirical)]
    public void Networks_WithRealAndRandomLabels_FitThem() => Experiment.JudgeQuick(Claim, IntervalClassifiers.Images, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MoreNetworks_WithRealAndRandomLabels_FitThem() => Experiment.JudgeNightly(Claim, IntervalClassifiers.Images, Judge);

    [Claim(Claim, Role.Control)]
    public void MadeUpNetworks_AreJudgedByTheRule()
    {
        static List<Run> Runs(double accuracy, bool fits = true) => [.. Enumerable.Range(0, 5).Select(i => new Run(fits, accuracy + (0.001 * i)))];
        Decide(Runs(0.9), Runs(0.1)).Verdict.Should().Be(Verdict.Reproduced);
        Decide(Runs(0.9)[..2], Runs(0.1)[..2]).Verdict.Should().Be(Verdict.Partly, "two networks a kind are too few");
        Decide(Runs(0.8), Runs(0.1)).Verdict.Should().Be(Verdict.Partly);
        Decide(Runs(0.9), Runs(0.1, fits: false)).Verdict.Should().Be(Verdict.Partly, "random labels are not fitted");
        Decide(Runs(0.5, fits: false), Runs(0.5, fits: false)).Verdict.Should().Be(Verdict.NotReproduced);
        Decide([new Run(true, 0.9), new Run(false, 0.1)], [new Run(true, 0.1), new Run(false, 0.9)]).Verdict.Should().Be(Verdict.Inconclusive);
    }

    private sealed record Run(bool IsTrained, double Accuracy);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.HasDetails).ToList();
        foreach (var network in networks)
        {
            var printed = network.IsRandom ? PrintedOfRandom : PrintedOfReal;
            Evidence.Record(network.Figure("validation accuracy, per cent", 100 * network.ValidationAccuracy, $"the mean within {printed.Rounding} of what is printed") with { Paper = $"{printed} %" });
            Evidence.Record(network.Figure("share of training images misclassified", network.Number("trainingErrors") / network.Number("trainingPoints"), "trained: at most 0.01") with { Paper = "very close to 0" });
        }

        List<Run> Runs(bool random) => [.. networks.Where(one => one.IsRandom == random).Select(one => new Run(one.IsTrained, one.ValidationAccuracy))];
        return Decide(Runs(false), Runs(true));
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Run> real, IReadOnlyList<Run> random)
    {
        static Statement Fits(string labels, IReadOnlyList<Run> runs)
        {
            var trained = runs.Count(run => run.IsTrained);
            return new($"{trained} of {runs.Count} networks fit {labels} labels", trained == runs.Count ? Outcome.Met : 2 * trained < runs.Count ? Outcome.Failed : Outcome.Undecided);
        }

        static Statement Accuracy(string labels, IReadOnlyList<Run> runs, PublishedValue printed) =>
            Statement.Within($"validation accuracy with {labels} labels", ConfidenceInterval.Of([.. runs.Select(run => 100 * run.Accuracy)], Level), printed.Value - printed.Rounding, printed.Value + printed.Rounding);

        return Statement.Judge(
            [Fits("real", real), Fits("random", random), Accuracy("real", real, PrintedOfReal), Accuracy("random", random, PrintedOfRandom)],
            real.Count >= Needed && random.Count >= Needed);
    }
}
