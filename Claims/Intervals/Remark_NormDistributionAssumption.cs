using System.Text.Json;
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
    private static readonly string[] Stages = ["initial", "trained"];
    private static readonly string[] Places = ["training", "test", "lines"];

    [Claim(Claim, Category = Category.Empirical)]
    public void MaskedProducts_OfTrainedNetworks_AreAtMostTwiceTheProduct() => Experiment.JudgeQuick(Claim, NormDistribution.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MaskedProducts_OfMoreNetworks_AreAtMostTwiceTheProduct() => Experiment.JudgeNightly(Claim, NormDistribution.Plan, Judge);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        foreach (var result in results)
        {
            foreach (var stage in Stages)
            {
                Evidence.Record(result.Figure($"‖W‖_∞, {stage}", Of(result.Result.GetProperty(stage), "norm"), "no rule: it sets the radius κ/(4‖W‖) of intervals.stable-ball"));
            }

            foreach (var (stage, place) in from stage in Stages from place in Places select (stage, place))
            {
                var measured = result.Result.GetProperty(stage).GetProperty(place);
                Evidence.Record(result.Figure($"share of points {Named(place)} with ‖W′‖ ≤ 2‖W‖, {stage}; the series has the median and the largest ratio", Of(measured, "share"), $"the trained ones: at least {Needed}") with
                {
                    Paper = "0.99",
                    Setting = $"{result.Name}, cell {result.Hash} of {result.Finished:yyyy-MM-dd HH:mm} UTC: {result.Result.GetProperty("epochs")} epochs, {result.Result.GetProperty("trainingErrors")} training errors, test accuracy {Of(result.Result, "testAccuracy"):F3}",
                    Series = [Of(measured, "median"), Of(measured, "largest")],
                });
            }
        }

        return Decide([.. results.Select(result => new Run(
            result.Result.GetProperty("randomLabels").GetBoolean(),
            result.Result.GetProperty("trainingErrors").GetInt32() == 0 && Of(result.Result, "trainingLoss") <= NormDistribution.Settings.LargestLoss,
            [.. Places.Select(place => Of(result.Result.GetProperty("trained").GetProperty(place), "share"))]))]);
    }

    /// <summary>The rule on made-up shares.</summary>
    [Claim(Claim, Role.Control)]
    public void MadeUpShares_AreJudgedByTheRule()
    {
        static Run Of(bool random, params double[] shares) => new(random, true, shares);
        Decide([Of(false, 0.99, 1, 1), Of(true, 1, 0.995, 1)]).Verdict.Should().Be(Verdict.Reproduced);
        Decide([Of(false, 1, 1, 1), Of(true, 1, 0.98, 1)]).Verdict.Should().Be(Verdict.Partly, "it holds for real labels only");
        Decide([Of(false, 0.5, 1, 1), Of(true, 0, 0, 0)]).Verdict.Should().Be(Verdict.NotReproduced);
        Decide([Of(false, 1, 1, 1), new Run(true, false, [1, 1, 1])]).Verdict.Should().Be(Verdict.Inconclusive, "one is not trained to the end");
    }

    private static string Named(string place) => place switch
    {
        "training" => "of the training set",
        "test" => "of the test set",
        _ => "on lines between training points of a label",
    };

    private sealed record Run(bool RandomLabels, bool IsTrained, IReadOnlyList<double> Shares)
    {
        internal bool Meets => Shares.All(share => share >= Needed);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Run> runs)
    {
        int Meeting(bool randomLabels) => runs.Count(run => run.RandomLabels == randomLabels && run.Meets);
        var reason = $"{Meeting(false)} of {runs.Count(run => !run.RandomLabels)} networks with real labels and {Meeting(true)} of {runs.Count(run => run.RandomLabels)} with random labels have ‖W′‖ ≤ 2‖W‖ at {Needed:P0} of the points of every kind; the smallest share is {runs.Min(run => run.Shares.Min()):F4}";
        var meeting = Meeting(false) + Meeting(true);
        var verdict = runs.Any(run => !run.IsTrained) ? Verdict.Inconclusive
            : meeting == runs.Count ? Verdict.Reproduced
            : meeting > 0 ? Verdict.Partly
            : Verdict.NotReproduced;
        return (verdict, reason);
    }

    private static double Of(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
