using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;
using Reproduce.Randomness;

namespace Reproduce.Claims.Beyond;

/// <summary>How much of PL0, PL1 and of intervals the papers' estimates see on trained MNIST networks of three widths and depths.</summary>
public sealed class SampledOnTrainedNetworks
{
    private const string Claim = "beyond.exact-tv.trained";
    private const double LowestAccuracy = 0.8;
    private static readonly SampledSettings Settings = new(Images: 10_000, Epochs: 2, LearningRate: 0.05, Momentum: 0.8, BatchSize: 64, PairsPerClass: 20, Steps: 100);
    private static readonly string[] Variations = ["PL0", "PL1"];
    private static readonly int[] Depths = [1, 2, 3];
    private static readonly int[] Widths = [25, 64, 256];

    /// <summary>The cells: nine networks.</summary>
    /// <exception cref="DataException">The data cannot be had or are damaged.</exception>
    public static IReadOnlyList<Cell> QuickCells(Action<string>? report = null)
    {
        var data = new DataStore(report: report).Load(DataSets.Mnist);
        return [.. from depth in Depths from width in Widths select CellOf(data, depth, width)];
    }

    [Claim(Claim, Category = Category.Empirical)]
    public void Estimates_OnTrainedNetworks_AgainstTheExactValues()
    {
        var results = Experiment.Results(QuickCells);
        foreach (var (result, name) in from result in results from name in Variations select (result, name))
        {
            var part = result.Result.GetProperty(name);
            Record(result, $"share of {(name == "PL0" ? name : "PL1 (logit of the first image's digit)")} that 100 points see; the series has that of 10 points, the exact mean and the pieces a segment", Of(part, "seenBy100"), "at most 1", [Of(part, "seenBy10"), Of(part, "exact"), Of(result.Result, "pieces")]);
        }

        foreach (var (result, part) in results.Select(result => (result, result.Result.GetProperty("GI"))))
        {
            Record(result, "share of GI that a grid of 100 steps a ray makes longer by more than a step; the series has the mean absolute error, the exact mean and the share of capped ones", Of(part, "overestimated"), "no rule", [Of(part, "error"), Of(part, "exact"), Of(part, "capped")]);
        }

        Experiment.Decide(Claim, Decide([.. results.Select(result => new Run(
            int.Parse(result.Key["depth"]), int.Parse(result.Key["width"]), Of(result.Result, "testAccuracy"),
            Math.Max(Of(result.Result.GetProperty("PL0"), "excess"), Of(result.Result.GetProperty("PL1"), "excess")), Of(result.Result.GetProperty("GI"), "short"),
            Of(result.Result.GetProperty("PL0"), "seenBy100"), Of(result.Result.GetProperty("PL1"), "seenBy100")))]));
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
        Evidence.Record(new Measurement(quantity, value, rule)
        {
            Setting = $"{result.Name}, cell {result.Hash}: test accuracy {Of(result.Result, "testAccuracy"):F3}",
            Series = series,
            Samples = Settings.PairsPerClass * 10,
            Seed = result.Key["seed"],
            Data = $"{result.Key["data"]} {result.Key["checksum"]}",
            Dtype = result.Key["dtype"],
        });

    private static double Of(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static Cell CellOf(ImageDataSet data, int depth, int width)
    {
        var axes = Seed.Of(("claim", Claim), ("data", data.Description.Id), ("depth", $"{depth}"), ("width", $"{width}"));
        var key = new Dictionary<string, string>
        {
            ["data"] = data.Description.Id,
            ["checksum"] = data.Checksum,
            ["depth"] = $"{depth}",
            ["width"] = $"{width}",
            ["seed"] = axes.ToString(),
            ["settings"] = $"{Settings}",
            ["dtype"] = "float32 in training, float64 measured",
            ["device"] = Stamp.Here.Device,
            ["provider"] = Stamp.Here.Provider,
            ["implementation"] = Stamp.Implementation,
        };
        return new Cell(Claim, $"{data.Description.Id}-{depth}x{width}", key, (progress, cancellation) => SampledOnTrained.Run(data, depth, width, Settings, axes, progress, cancellation));
    }
}
