using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Design.Support;

/// <summary>One fit of a noisy polynomial, and how it looked while it was trained.</summary>
/// <param name="Network">The architecture.</param>
/// <param name="IsCubic">Whether h is fitted, else g.</param>
/// <param name="Deviation">Of the noise.</param>
/// <param name="UsesAdam">Else plain SGD.</param>
/// <param name="BatchSize">Points a step.</param>
/// <param name="Asked">Epochs that were asked for.</param>
/// <param name="Diverged">Whether it became infinite.</param>
/// <param name="Followed">A, the share of the noise that the fit follows, at each look.</param>
/// <param name="GridError">Without noise, on the training grid.</param>
/// <param name="TestError">Without noise, where the paper tests.</param>
/// <param name="Explained">The share of the generator's variance.</param>
/// <param name="LeftByPieces">The share of the fit's variance that straight pieces leave.</param>
internal sealed record NoisyFitResult(
    string Network, bool IsCubic, double Deviation, bool UsesAdam, int BatchSize, int Asked, bool Diverged,
    double[] Followed, double[] GridError, double[] TestError, double[] Explained, double[] LeftByPieces)
{
    /// <summary>The architecture in words.</summary>
    internal string Title => Network switch
    {
        "OneLayer" => "1 hidden layer",
        // The text says 7; the number of parameters that it prints is that of 8 (design.param-counts.fig-2).
        "EightLayers" => "8 hidden layers (text: 7)",
        "ShortSkips" => "119 layers, short skips",
        "LongSkips" => "119 layers, long skips",
        "GeneralizationLayers" => "90 layers, generalization layers",
        _ => throw new InvalidOperationException($"no name for the architecture {Network}"),
    };

    /// <summary>The epochs of the looks.</summary>
    internal double[] Looks { get; init; } = [];

    /// <summary>At the end, on the training grid.</summary>
    internal double[] Fit { get; init; } = [];

    /// <summary>The training points' values, on the grid.</summary>
    internal double[] Sample { get; init; } = [];

    /// <summary>Fits on the training grid, from before the training to its end.</summary>
    internal IReadOnlyList<(double Epoch, double[] Fit)> Snapshots { get; init; } = [];

    private const double Much = 0.2;
    private const double Rise = 1.1;

    /// <summary>It follows the noise, and its error where the paper tests has risen since.</summary>
    internal bool Overfits => OverfitsFrom(0, TestError);

    /// <summary>From a look on, it follows the noise and the error is well above its smallest one before.</summary>
    internal bool OverfitsFrom(int look, double[] error) => !Diverged
        && Enumerable.Range(look, Math.Max(0, error.Length - look)).Any(i => Followed[i] >= Much && i > 0 && error[i] >= Rise * error[..i].Min());

    /// <summary>On the training points, at each look.</summary>
    internal double[] TrainingError { get; init; } = [];

    /// <summary>The fits of a cell, one a seed.</summary>
    internal static IReadOnlyList<NoisyFitResult> Of(CellResult cell)
    {
        var result = cell.Result;
        return [.. result.GetProperty("runs").EnumerateArray().Select(run =>
        {
            static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(one => one.GetDouble())];
            double[] Series(string name) => Numbers(run.GetProperty(name));
            return new NoisyFitResult(
                result.GetProperty("network").GetString()!, result.GetProperty("cubic").GetBoolean(), result.GetProperty("deviation").GetDouble(), result.GetProperty("adam").GetBoolean(),
                result.GetProperty("batchSize").GetInt32(), result.GetProperty("epochs").GetInt32(), run.GetProperty("status").GetString() == "Diverged",
                Series("followed"), Series("gridError"), Series("testError"), Series("explained"), Series("leftByPieces"))
            {
                Looks = Series("looks"),
                Fit = Series("fit"),
                Sample = Series("sample"),
                Snapshots = [.. run.GetProperty("snapshots").EnumerateArray().Select(one => (one.GetProperty("epoch").GetDouble(), Numbers(one.GetProperty("fit"))))],
                TrainingError = Series("trainingError"),
            };
        })];
    }

    /// <summary>The fits of some cells; each is recorded with its curves.</summary>
    internal static IReadOnlyList<NoisyFitResult> RecordAll(IEnumerable<CellResult> cells)
    {
        var fits = new List<NoisyFitResult>();
        foreach (var cell in cells)
        {
            foreach (var (fit, number) in Of(cell).Select((fit, i) => (fit, i + 1)))
            {
                fits.Add(fit);
                var looks = $"{cell.Name}, seed {number}, {(fit.Diverged ? "diverged; " : "")}after epochs {string.Join(", ", fit.Looks)}";
                Measurement Figure(string quantity, double[] series, string rule) => cell.Figure($"{quantity}, at the end; the series has every look", series[^1], rule) with { Setting = $"cell {cell.Hash} of {cell.Finished:yyyy-MM-dd HH:mm} UTC: {looks}", Series = series };
                Evidence.Record(Figure("A, share of the noise that the fit follows", fit.Followed, $"overfitting: {Much} or more"));
                Evidence.Record(Figure("mean squared error without noise on (−2, 2)", fit.TestError, $"overfitting (Figure 2): {Rise} times its smallest one before"));
                Evidence.Record(Figure("mean squared error without noise on the training grid", fit.GridError, $"overfitting (Figure 4): {Rise} times its smallest one before"));
                Evidence.Record(Figure("explained share of the generating function", fit.Explained, "recovered: 0.98 for g, 0.95 for h"));
                Evidence.Record(Figure("share of the fit's variance that straight pieces leave", fit.LeftByPieces, "linear: at most half of the generating function's"));
                Evidence.Record(Figure("mean squared error on the training points", fit.TrainingError, "no rule"));
                Evidence.Record(cell.Figure("the fit on the training grid; its first value", fit.Fit[0], "no rule: a plot") with { Setting = looks, Series = fit.Fit });
            }
        }

        return fits;
    }
}
