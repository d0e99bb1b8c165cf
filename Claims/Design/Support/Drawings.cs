using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Design.Support;

/// <summary>Figures 1, 2, 4 and 6 to 9 of the design paper, drawn from our networks.</summary>
internal static class Drawings
{
    private const double End = 8;
    private const double FarOff = 1e4;
    private const int PaperEpochs = 200;

    // He et al. as the reference lines of Figures 6, 8 and 9 and the column "original error" of Table 1 have them.
    private static readonly PublishedTable Printed = PublishedTable.Load("design-table-1");

    /// <summary>Figure 1: the shares of weights in fortieths of [−1, 1], a panel a time; mean over the pairs of networks.</summary>
    internal static void Figure1(IReadOnlyList<CellResult> results)
    {
        (string Panel, Func<JsonElement, JsonElement> Of)[] times =
        [
            ("(a) at initialisation", cell => cell.GetProperty("initial")),
            ("(b) trained on real labels", cell => cell.GetProperty("real").GetProperty("weights")),
            ("(c) trained on random labels", cell => cell.GetProperty("random").GetProperty("weights")),
        ];
        var curves = new List<Curve>();
        var tails = new List<string>();
        foreach (var (panel, of) in times)
        {
            double[][] histograms = [.. results.Select(one => of(one.Result).GetProperty("histogram").EnumerateArray().Select(share => share.GetDouble()).ToArray())];
            var bins = histograms[0].Length;
            double[] means = [.. Enumerable.Range(0, bins).Select(bin => histograms.Average(one => one[bin]))];

            // No logarithm of an empty part.
            curves.Add(new Curve("share of the weights", [.. Enumerable.Range(0, bins).Select(bin => (2 * (bin + 0.5) / bins) - 1)], [.. means.Select(mean => mean > 0 ? mean : double.NaN)]) { Panel = panel });
            tails.Add($"{panel} {results.Average(one => of(one.Result).GetProperty("tail").GetDouble()):F2}");
        }

        Evidence.Draw(new(
            "D, Figure 1",
            "The weights of a classifier of MNIST",
            $"One weight of a thousand is larger in absolute value than: {string.Join(", ", tails)}. Shares in fortieths of [−1, 1], the outermost ones with what lies beyond; means over {results.Count} networks trained on {results[0].Result.GetProperty("images").GetInt32()} images. The axis is logarithmic, so that tails can be seen.",
            new("weight"),
            new("share of the weights") { IsLogarithmic = true },
            FigureMark.Line,
            curves));
    }

    /// <summary>Figure 2: plain SGD at three depths, at three epochs.</summary>
    internal static void Figure2(IReadOnlyList<NoisyFitResult> fits) =>
        Fits("D, Figure 2", "Plain SGD", fits, 3, fit => fit.Deviation, fit => $"{fit.Title}, noise {fit.Deviation:G3}");

    /// <summary>Figure 4: long skips, both functions, Adam and SGD, at three epochs.</summary>
    internal static void Figure4(IReadOnlyList<NoisyFitResult> fits) =>
        Fits("D, Figure 4", "Long skips", fits, 3, fit => fit.IsCubic ? 1 : 0, fit => $"{(fit.IsCubic ? "h" : "g")}, {(fit.UsesAdam ? "Adam" : "SGD")}");

    /// <summary>Figure 7: generalization layers alone, at nine epochs.</summary>
    internal static void Figure7(IReadOnlyList<NoisyFitResult> fits) =>
        Fits("D, Figure 7", "Generalization layers alone", fits, 9, fit => fit.BatchSize, fit => $"h, batches of {fit.BatchSize}");

    /// <summary>Figure 6: GL in place of the second stage, beside the plain networks.</summary>
    internal static void Figure6(IReadOnlyCollection<(string Row, double[] Errors)> runs, string size) =>
        Errors("D, Figure 6", "Generalization layers in place of the second stage", size, runs, ["ResNet20", "ResNet56", "ResNet20 GL", "ResNet56 GL"], "ResNet20", "ResNet56");

    /// <summary>Figure 8: GLD between the stages.</summary>
    internal static void Figure8(IReadOnlyCollection<(string Row, double[] Errors)> runs, string size) =>
        Errors("D, Figure 8", "A generalization layer with dropout in between", size, runs, ["ResNet20 GLD 0.75", "ResNet56 GLD 0.5"], "ResNet20", "ResNet56");

    /// <summary>Figure 9: GLD with the other dropout rate, beside the deepest network.</summary>
    internal static void Figure9(IReadOnlyCollection<(string Row, double[] Errors)> runs, string size) =>
        Errors("D, Figure 9", "A generalization layer with dropout 0.6", size, runs, ["ResNet56 GLD 0.6"], "ResNet56", "ResNet1202");

    // The fits of every seed at some epochs, the last one among them, over the training points of the first seed, a drawing for each part, which is as much as
    // can be looked at; and the errors without noise during training.
    private static void Fits(string place, string what, IReadOnlyList<NoisyFitResult> fits, int snapshots, Func<NoisyFitResult, double> part, Func<NoisyFitResult, string> panel)
    {
        var panels = fits.Where(fit => !fit.Diverged).GroupBy(panel).ToList();
        if (panels.Count == 0)
        {
            return;
        }

        var diverged = fits.Count(fit => fit.Diverged) is > 0 and var count ? $" {count} runs that diverged are not drawn." : "";
        var grid = Sample.Grid(-End, End, NoisyPolynomial.Points);
        double[] some = [.. grid.Where((_, i) => i % 3 == 0)];
        foreach (var drawn in panels.GroupBy(one => part(one.First())))
        {
            Evidence.Draw(new(
                place,
                $"{what}: the fits at {snapshots} epochs",
                $"R² of the fits at the end, against the generating function, negative where its mean would be nearer: {string.Join("; ", drawn.Select(one => $"{one.Key}: {one.Min(fit => fit.Explained[^1]):F2} to {one.Max(fit => fit.Explained[^1]):F2} after {one.Max(fit => fit.Looks[^1])} epochs"))}.{diverged} Grey points: what the first seed's fit was trained on.",
                new("x"),
                new("fitted value"),
                FigureMark.Line,
                [
                    .. from one in drawn
                       let kept = one.Min(fit => fit.Snapshots.Count)
                       from shown in Enumerable.Range(1, snapshots).Select(i => Math.Max(0, (i * kept / snapshots) - 1)).Distinct()
                       from curve in one.Select((fit, i) => new Curve($"seed {i + 1}", grid, fit.Snapshots[shown].Fit) { Group = "fit" })
                           .Append(new Curve("generating function as printed, without noise", some, [.. some.Select(x => one.First().IsCubic ? NoisyPolynomial.Cubic(x) : NoisyPolynomial.Quadratic(x))]) { IsPaper = true })
                           .Append(new Curve("training points", grid, one.First().Sample) { IsScattered = true })
                       select curve with { Panel = $"{one.Key}, epoch {one.First().Snapshots[shown].Epoch}" },
                ]));
        }

        // From the first epoch: a logarithmic axis has no 0.
        static Curve Of(string name, NoisyFitResult fit, double[] error, string group) =>
            new(name, [.. fit.Looks.Where(epoch => epoch > 0)], [.. error.Where((_, i) => fit.Looks[i] > 0).Select(value => value is > 0 and < FarOff ? value : double.NaN)]) { Group = group };
        Evidence.Draw(new(
            place,
            $"{what}: errors without noise during training",
            $"Share of the noise that the fits follow at the end: {string.Join("; ", panels.Select(one => $"{one.Key}: {one.Min(fit => fit.Followed[^1]):F2} to {one.Max(fit => fit.Followed[^1]):F2}"))}. Overfitting by the rule: the share is 0.2 or more, and the error 1.1 times its smallest one before. Errors above 10 000 are not drawn.",
            new("epoch") { IsLogarithmic = true },
            new("mean squared error") { IsLogarithmic = true },
            FigureMark.Line,
            [
                .. from one in panels
                   from fit in one.Select((fit, i) => (Fit: fit, Seed: i + 1))
                   from curve in new[] { Of($"on (−8, 8), seed {fit.Seed}", fit.Fit, fit.Fit.GridError, "on the training grid (−8, 8)"), Of($"on (−2, 2), seed {fit.Seed}", fit.Fit, fit.Fit.TestError, "on (−2, 2), where the paper tests") }
                   select curve with { Panel = one.Key },
            ]));
    }

    // Test errors after each epoch, with the errors of He et al. that the paper draws as reference.
    private static void Errors(string place, string title, string size, IEnumerable<(string Row, double[] Errors)> runs, string[] rows, params string[] references)
    {
        var shown = runs.Where(run => rows.Contains(run.Row) && run.Errors.Length > 0).GroupBy(run => run.Row).ToList();
        if (shown.Count == 0)
        {
            return;
        }

        Evidence.Draw(new(
            place,
            title,
            $"At the end: {string.Join("; ", shown.Select(same => $"{same.Key} {same.Average(run => run.Errors[^1]):G3} %"))}, after {shown.Max(same => same.Max(run => run.Errors.Length))} of the paper's {PaperEpochs} epochs, with {size}; guessing gives 90 %, and the reference is {string.Join(", ", references.Select(row => $"{Printed[row, "original error"]} % for {row}"))}.",
            new("epoch"),
            new("test error (per cent)"),
            FigureMark.Line,
            [
                .. from same in shown
                   from run in same.Select((run, i) => new Curve($"{run.Row}, run {i + 1}", [.. Enumerable.Range(1, run.Errors.Length).Select(epoch => (double)epoch)], run.Errors) { Group = run.Row })
                   select run,
                .. references.Select(row => new Curve($"{row}, He et al.", [1, shown.Max(same => same.Max(run => run.Errors.Length))], [Printed[row, "original error"].Value, Printed[row, "original error"].Value]) { IsPaper = true }),
            ]));
    }
}
