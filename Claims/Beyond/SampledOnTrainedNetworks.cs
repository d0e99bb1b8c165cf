using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Beyond;

namespace Reproduce.Claims.Beyond;

/// <summary>How much of PL0, PL1 and of intervals the papers' estimates see on trained MNIST networks of three widths and depths.</summary>
public sealed class SampledOnTrainedNetworks
{
    private const string Claim = "beyond.exact-tv.trained";
    private const double LowestAccuracy = 0.8;
    private static readonly string[] Variations = ["PL0", "PL1"];
    private static readonly int[] Depths = [1, 2, 3];
    private static readonly int[] Widths = [25, 64, 256];

    [Claim(Claim, Category = Category.Empirical)]
    public void Estimates_OnTrainedNetworks_AgainstTheExactValues() => Experiment.JudgeQuick(Claim, SampledOnTrained.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Estimates_OnMoreTrainedNetworks_AgainstTheExactValues() => Experiment.JudgeNightly(Claim, SampledOnTrained.Plan, Judge);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        foreach (var (result, name) in from result in results from name in Variations select (result, name))
        {
            var part = result.Result.GetProperty(name);
            Record(result, $"share of {(name == "PL0" ? name : "PL1 (logit of the first image's digit)")} that 100 points see; the series has that of 10 points, the exact mean and the pieces a segment", Of(part, "seenBy100"), "at most 1", [Of(part, "seenBy10"), Of(part, "exact"), Of(result.Result, "pieces")]);
        }

        foreach (var (result, part) in results.Select(result => (result, result.Result.GetProperty("GI"))))
        {
            Record(result, "share of GI that a grid of 100 steps a ray makes longer by more than a step; the series has the mean absolute error, the exact mean and the share of capped ones", Of(part, "overestimated"), "no rule", [Of(part, "error"), Of(part, "exact"), Of(part, "capped")]);
        }

        return Decide([.. results.Select(result => new Run(
            result.Result.GetProperty("depth").GetInt32(), result.Result.GetProperty("width").GetInt32(), Of(result.Result, "testAccuracy"),
            Math.Max(Of(result.Result.GetProperty("PL0"), "excess"), Of(result.Result.GetProperty("PL1"), "excess")), Of(result.Result.GetProperty("GI"), "short"),
            Of(result.Result.GetProperty("PL0"), "seenBy100"), Of(result.Result.GetProperty("PL1"), "seenBy100")))]);
    }

    /// <summary>The rule on made-up shares.</summary>
    [Claim(Claim, Role.Control)]
    public void MadeUpShares_AreJudgedByTheRule()
    {
        static List<Run> Runs(Func<Run, Run> change) => [.. from depth in Depths from width in Widths select change(new Run(depth, width, 0.9, 0, 0, 0.995, 1 - (0.001 * depth * width)))];
        Decide(Runs(run => run)).Verdict.Should().Be(Verdict.Reproduced);
        Decide(Runs(run => run with { Function = 0.98 })).Verdict.Should().Be(Verdict.Partly);
        Decide(Runs(run => run.Depth == 3 ? run with { Gradient = 0.9 } : run)).Verdict.Should().Be(Verdict.Partly, "it does not fall with the width there");
        Decide(Runs(run => run.Width == 64 ? run with { Accuracy = 0.5 } : run)).Verdict.Should().Be(Verdict.Inconclusive);
        Decide(Runs(run => run with { Excess = 1e-6 })).Verdict.Should().Be(Verdict.NotReproduced);
        Decide(Runs(run => run with { Short = 1e-3 })).Verdict.Should().Be(Verdict.NotReproduced);
        Decide(Runs(run => run with { Function = 0.5, Gradient = 1 })).Verdict.Should().Be(Verdict.Inconclusive, "nothing of what is stated");
    }

    private sealed record Run(int Depth, int Width, double Accuracy, double Excess, double Short, double Function, double Gradient);

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Run> runs)
    {
        bool Falls(IEnumerable<Run> inOrder) => inOrder.Zip(inOrder.Skip(1)).All(pair => pair.Second.Gradient < pair.First.Gradient);
        bool[] met =
        [
            runs.All(run => run.Function >= 0.99),
            runs.Where(run => run.Width == Widths[^1]).All(run => run.Gradient < 0.95),
            runs.GroupBy(run => run.Depth).All(group => Falls(group.OrderBy(run => run.Width))),
            runs.GroupBy(run => run.Width).All(group => Falls(group.OrderBy(run => run.Depth))),
        ];
        var reason = $"100 points see {runs.Min(run => run.Function):F4} to {runs.Max(run => run.Function):F4} of PL0 and {runs.Min(run => run.Gradient):F3} to {runs.Max(run => run.Gradient):F3} of PL1 on {runs.Count} networks, one seed each; {met.Count(one => one)} of the {met.Length} statements hold";
        var verdict = runs.Any(run => run.Excess > 1e-9 || run.Short > 1e-7) ? Verdict.NotReproduced
            : runs.Any(run => run.Accuracy < LowestAccuracy) || !met.Any(one => one) ? Verdict.Inconclusive
            : met.All(one => one) ? Verdict.Reproduced
            : Verdict.Partly;
        return (verdict, reason);
    }

    private static void Record(CellResult result, string quantity, double value, string rule, IReadOnlyList<double> series) =>
        Evidence.Record(result.Figure(quantity, value, rule) with { Setting = $"{result.Name}, cell {result.Hash} of {result.Finished:yyyy-MM-dd HH:mm} UTC: test accuracy {Of(result.Result, "testAccuracy"):F3}", Series = series });

    private static double Of(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
