using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Design.Support;

/// <summary>Figures 1, 2, 4 and 6 to 9 of the design paper, drawn from our networks.</summary>
internal static class Drawings
{
    private const double End = 8;
    private const double LargestError = 1e4;
    private const int PaperEpochs = 200;

    // He et al., the reference lines of Figures 6, 8 and 9 and the column "original error" of Table 1.
    private static readonly PublishedTable Printed = PublishedTable.Load("design-table-1");

    /// <summary>Figure 1: shares of the weights in fortieths of [−1, 1], before and after training; means over the pairs.</summary>
    internal static void Figure1(IReadOnlyList<CellResult> results)
    {
        var pairs = results.Select(result => result.As<TailsOfPair>()).ToList();
        (string Panel, Func<TailsOfPair, WeightDistribution> Of)[] times =
        [
            ("(a) at initialisation", pair => pair.Initial),
            ("(b) trained on real labels", pair => pair.Real.Weights),
            ("(c) trained on random labels", pair => pair.Random.Weights),
        ];
        var tails = times.Select(time => $"{time.Panel} {pairs.Average(pair => time.Of(pair).Tail):F2}");
        Evidence.Draw(new(
            "D, Figure 1",
            "The weights of a classifier of MNIST",
            $"One weight in a thousand is larger in absolute value than: {string.Join(", ", tails)}. "
                + "Shares in fortieths of [−1, 1], the outermost with what lies beyond; "
                + $"means over {pairs.Count} networks trained on {pairs[0].Images} images. The axis is logarithmic, to show the tails.",
            new("weight"),
            new("share of the weights") { IsLogarithmic = true },
            FigureMark.Line,
            [.. times.Select(time => CurveOf([.. pairs.Select(time.Of)]) with { Panel = time.Panel })]));

        static Curve CurveOf(IReadOnlyList<WeightDistribution> weights)
        {
            var bins = Enumerable.Range(0, weights[0].Histogram.Count).ToList();

            // An empty bin has no logarithm.
            double Mean(int bin) => weights.Average(one => one.Histogram[bin]) is > 0 and var mean ? mean : double.NaN;
            return new("share of the weights", [.. bins.Select(bin => (2 * (bin + 0.5) / bins.Count) - 1)], [.. bins.Select(Mean)]);
        }
    }

    /// <summary>Section 3 on random labels: the bound and the metric in the course of training, with real and with random labels.</summary>
    internal static void Flatness(IReadOnlyList<FlatnessOfPair> pairs)
    {
        (string Panel, Func<Flatness, double> Of)[] panels =
        [
            ("∏σ², the bound", look => look.SpectralProduct),
            ("λ_max(ζ), softmax", look => look.Curvature),
            ("‖J‖², λ_max(ζ) for the square loss", look => look.SquaredSlope),
        ];
        IEnumerable<Curve> Curves(FlatnessOfPair pair, int number) =>
            from panel in panels
            from one in new[] { (Labels: "real", Network: pair.Real), (Labels: "random", Network: pair.Random) }
            let looks = one.Network.Course.Where(look => look.Epoch > 0).ToList()
            select new Curve(
                $"{one.Labels} labels, pair {number}",
                [.. looks.Select(look => (double)look.Epoch)],
                [.. looks.Select(panel.Of)])
            {
                Panel = panel.Panel,
                Group = $"{one.Labels} labels",
            };
        Evidence.Draw(new(
            "D, section 3",
            "Flatness in the course of training, with real and with random labels",
            $"Means over training images; {pairs.Count} pairs of networks from one initialisation each, "
                + $"on {pairs[0].Images} images of MNIST. "
                + "Both axes are logarithmic; values before the first epoch are not drawn.",
            new("epoch") { IsLogarithmic = true },
            new("value") { IsLogarithmic = true },
            FigureMark.Line,
            [.. pairs.SelectMany((pair, i) => Curves(pair, i + 1))]));
    }

    /// <summary>Figure 2: plain SGD at three depths, at three epochs.</summary>
    internal static void Figure2(IReadOnlyList<NoisyFitResult> fits) =>
        Fits(
            "D, Figure 2",
            "Plain SGD",
            fits,
            3,
            fit => fit.Deviation,
            fit => $"{fit.Title}, noise {fit.Deviation:G3}, batches of {fit.BatchSize}");

    /// <summary>Figure 4: long skips, both functions, Adam and SGD, at three epochs.</summary>
    internal static void Figure4(IReadOnlyList<NoisyFitResult> fits) =>
        Fits("D, Figure 4", "Long skips", fits, 3, fit => fit.IsCubic ? 1 : 0, fit => $"{fit.Function}, {fit.Optimiser}");

    /// <summary>Figure 7: generalization layers alone, at nine epochs.</summary>
    internal static void Figure7(IReadOnlyList<NoisyFitResult> fits) =>
        Fits("D, Figure 7", "Generalization layers alone", fits, 9, fit => fit.BatchSize, fit => fit.Reading);

    /// <summary>Figure 6: GL in place of the second stage, beside the plain networks.</summary>
    internal static void Figure6(IReadOnlyCollection<(string Row, double[] Errors)> runs, string size) => Errors(
        "D, Figure 6",
        "Generalization layers in place of the second stage",
        size,
        runs,
        ["ResNet20", "ResNet56", "ResNet20 GL", "ResNet56 GL"],
        "ResNet20",
        "ResNet56");

    /// <summary>Figure 8: GLD between the stages.</summary>
    internal static void Figure8(IReadOnlyCollection<(string Row, double[] Errors)> runs, string size) => Errors(
        "D, Figure 8",
        "A generalization layer with dropout in between",
        size,
        runs,
        ["ResNet20 GLD 0.75", "ResNet56 GLD 0.5"],
        "ResNet20",
        "ResNet56");

    /// <summary>Figure 9: GLD with the other dropout rate, beside the deepest network.</summary>
    internal static void Figure9(IReadOnlyCollection<(string Row, double[] Errors)> runs, string size) => Errors(
        "D, Figure 9", "A generalization layer with dropout 0.6", size, runs, ["ResNet56 GLD 0.6"], "ResNet56", "ResNet1202");

    // The fits of every seed at some epochs, including the last, over the training points of the first seed, one drawing for each part so
    // that it can be read; and the errors without noise during training.
    private static void Fits(
        string place,
        string what,
        IReadOnlyList<NoisyFitResult> fits,
        int snapshots,
        Func<NoisyFitResult, double> part,
        Func<NoisyFitResult, string> panel)
    {
        var panels = fits.Where(fit => !fit.Diverged).GroupBy(panel).ToList();
        if (panels.Count == 0)
        {
            return;
        }

        var diverged = fits.Count(fit => fit.Diverged) is > 0 and var count ? $" {count} runs that diverged are not drawn." : "";
        foreach (var drawn in panels.GroupBy(one => part(one.First())))
        {
            static string Found(IGrouping<string, NoisyFitResult> one) =>
                $"{one.Key}: {Range(one, fit => fit.Explained)} after {one.Max(fit => fit.Looks[^1])} epochs";
            Evidence.Draw(new(
                place,
                $"{what}: the fits at {snapshots} epochs",
                "R² of the fits at the end, against the generating function, negative where its mean would be nearer: "
                    + $"{string.Join("; ", drawn.Select(Found))}.{diverged} Grey points: what the first seed's fit was trained on.",
                new("x"),
                new("fitted value"),
                FigureMark.Line,
                [
                    .. from one in drawn
                       let kept = one.Min(fit => fit.Snapshots.Count)
                       from shown in Enumerable.Range(1, snapshots).Select(i => Math.Max(0, (i * kept / snapshots) - 1)).Distinct()
                       from curve in FitsAt([.. one], shown)
                       select curve with { Panel = $"{one.Key}, epoch {one.First().Snapshots[shown].Epoch}" },
                ]));
        }

        var followed = panels.Select(one => $"{one.Key}: {Range(one, fit => fit.Followed)}");
        var errors =
            from one in panels
            from curve in one.SelectMany((fit, i) => ErrorsOf(fit, i + 1))
            select curve with { Panel = one.Key };
        Evidence.Draw(new(
            place,
            $"{what}: errors without noise during training",
            $"Share of the noise that the fits follow at the end: {string.Join("; ", followed)}. Overfitting by the rule: the share is 0.2 "
                + "or more, and the error 1.1 times its smallest one before. Errors above 10 000 are not drawn.",
            new("epoch") { IsLogarithmic = true },
            new("mean squared error") { IsLogarithmic = true },
            FigureMark.Line,
            [.. errors]));

        static string Range(IEnumerable<NoisyFitResult> fits, Func<NoisyFitResult, double[]> series) =>
            $"{fits.Min(fit => series(fit)[^1]):F2} to {fits.Max(fit => series(fit)[^1]):F2}";
    }

    // The fits of all seeds at one snapshot, the function that generated them, and what the first was trained on.
    private static IEnumerable<Curve> FitsAt(IReadOnlyList<NoisyFitResult> fits, int snapshot)
    {
        var grid = Sample.Grid(-End, End, NoisyPolynomial.Points);
        double[] some = [.. grid.Where((_, i) => i % 3 == 0)];
        double[] generated = [.. some.Select(x => fits[0].IsCubic ? NoisyPolynomial.Cubic(x) : NoisyPolynomial.Quadratic(x))];
        return
        [
            .. fits.Select((fit, i) => new Curve($"seed {i + 1}", grid, fit.Snapshots[snapshot].Fit) { Group = "fit" }),
            new("generating function as printed, without noise", some, generated) { IsPaper = true },
            new("training points", grid, fits[0].Sample) { IsScattered = true },
        ];
    }

    private static IEnumerable<Curve> ErrorsOf(NoisyFitResult fit, int seed)
    {
        return
        [
            Of($"on (−8, 8), seed {seed}", fit.GridError, "on the training grid (−8, 8)"),
            Of($"on (−2, 2), seed {seed}", fit.TestError, "on (−2, 2), where the paper tests"),
        ];

        // From the first epoch: a logarithmic axis has no 0.
        Curve Of(string name, double[] error, string group)
        {
            var drawn = fit.Looks.Index().Where(look => look.Item > 0).ToList();
            double Shown(double value) => value is > 0 and < LargestError ? value : double.NaN;
            return new(name, [.. drawn.Select(look => look.Item)], [.. drawn.Select(look => Shown(error[look.Index]))]) { Group = group };
        }
    }

    // Test errors after each epoch, with the errors of He et al. that the paper draws as reference.
    private static void Errors(
        string place,
        string title,
        string size,
        IEnumerable<(string Row, double[] Errors)> runs,
        string[] rows,
        params string[] references)
    {
        var shown = runs.Where(run => rows.Contains(run.Row) && run.Errors.Length > 0).GroupBy(run => run.Row).ToList();
        if (shown.Count == 0)
        {
            return;
        }

        var epochs = shown.Max(same => same.Max(run => run.Errors.Length));
        var atTheEnd = string.Join("; ", shown.Select(same => $"{same.Key} {same.Average(run => run.Errors[^1]):G3} %"));
        var reference = string.Join(", ", references.Select(row => $"{Printed[row, "original error"]} % for {row}"));
        static Curve Of((string Row, double[] Errors) run, int i) =>
            new($"{run.Row}, run {i + 1}", [.. Enumerable.Range(1, run.Errors.Length).Select(epoch => (double)epoch)], run.Errors)
            {
                Group = run.Row,
            };
        Curve Reference(string row)
        {
            var error = Printed[row, "original error"].Value;
            return new($"{row}, He et al.", [1, epochs], [error, error]) { IsPaper = true };
        }

        Evidence.Draw(new(
            place,
            title,
            $"At the end: {atTheEnd}, after {epochs} of the paper's {PaperEpochs} epochs, with {size}; "
                + $"guessing gives 90 %, and the reference is {reference}.",
            new("epoch"),
            new("test error (per cent)"),
            FigureMark.Line,
            [.. shown.SelectMany(same => same.Select(Of)), .. references.Select(Reference)]));
    }
}
