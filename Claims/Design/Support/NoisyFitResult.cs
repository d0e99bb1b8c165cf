using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Training;

namespace Reproduce.Claims.Design.Support;

/// <summary>One fit of a noisy polynomial, and its course during training.</summary>
/// <param name="Network">The architecture.</param>
/// <param name="IsCubic">Whether h is fitted, else g.</param>
/// <param name="Deviation">Standard deviation of the noise.</param>
/// <param name="UsesAdam">Else plain SGD.</param>
/// <param name="BatchSize">Points a step.</param>
/// <param name="Asked">Epochs that were asked for.</param>
/// <param name="Diverged">Whether it became infinite.</param>
/// <param name="Followed">A, the share of the noise that the fit follows, at each look.</param>
/// <param name="GridError">Without noise, on the training grid.</param>
/// <param name="TestError">Without noise, where the paper tests.</param>
/// <param name="Explained">The explained share of the generating function's variance.</param>
/// <param name="LeftByPieces">The share of the fit's variance that straight pieces leave.</param>
internal sealed record NoisyFitResult(
    string Network,
    bool IsCubic,
    double Deviation,
    bool UsesAdam,
    int BatchSize,
    int Asked,
    bool Diverged,
    double[] Followed,
    double[] GridError,
    double[] TestError,
    double[] Explained,
    double[] LeftByPieces)
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

    /// <summary>The function in the paper's notation.</summary>
    internal string Function => IsCubic ? "h" : "g";

    /// <summary>How Figure 7 was read: the batch, and what “decayed by 0.1” means.</summary>
    internal string Reading => FormattableString.Invariant($"h, batches of {BatchSize}, rate times {Decay}");

    /// <summary>How it was trained.</summary>
    internal string Optimiser => UsesAdam ? "Adam" : "SGD";

    /// <summary>What the rate is multiplied by every 200 epochs, with generalization layers.</summary>
    internal double Decay { get; init; } = 1;

    /// <summary>The epochs of the looks.</summary>
    internal double[] Looks { get; init; } = [];

    /// <summary>At the end, on the training grid.</summary>
    internal double[] Fit { get; init; } = [];

    /// <summary>The training targets on the grid.</summary>
    internal double[] Sample { get; init; } = [];

    /// <summary>Fits on the training grid, from before the training to its end.</summary>
    internal IReadOnlyList<(double Epoch, double[] Fit)> Snapshots { get; init; } = [];

    /// <summary>The mean squared error on the training points, at each look.</summary>
    internal double[] TrainingError { get; init; } = [];

    private const double Much = 0.2;
    private const double Rise = 1.1;

    /// <summary>It follows the noise, and its error where the paper tests has risen.</summary>
    internal bool Overfits => OverfitsFrom(0, TestError);

    /// <summary>
    /// From a look on, it follows the noise, is not farther from the generating function than what it follows explains (2Aσ², at which it
    /// is as close to the data as that function), and its error is well above its smallest one before.
    /// </summary>
    internal bool OverfitsFrom(int look, double[] error)
    {
        bool FollowsTheNoise(int i) => Followed[i] >= Much && GridError[i] <= 2 * Followed[i] * Deviation * Deviation;
        bool At(int i) => i > 0 && FollowsTheNoise(i) && error[i] >= Rise * error[..i].Min();
        return !Diverged && Enumerable.Range(look, Math.Max(0, error.Length - look)).Any(At);
    }

    /// <summary>The fits of a cell, one a seed.</summary>
    internal static IReadOnlyList<NoisyFitResult> Of(CellResult cell)
    {
        var fits = cell.As<PolynomialFits>();
        NoisyFitResult Of(PolynomialFit run) => new(
            fits.Network,
            fits.Cubic,
            fits.Deviation,
            fits.Adam,
            fits.BatchSize,
            fits.Epochs,
            run.Status == nameof(ReplicaStatus.Diverged),
            run.Followed,
            run.GridError,
            run.TestError,
            run.Explained,
            run.LeftByPieces)
        {
            Decay = fits.Decay,
            Looks = run.Looks,
            Fit = run.Fit,
            Sample = run.Sample,
            Snapshots = [.. run.Snapshots.Select(one => (one.Epoch, one.Fit))],
            TrainingError = run.TrainingError,
        };
        return [.. fits.Runs.Select(Of)];
    }

    /// <summary>The fits of some cells, each recorded with its curves.</summary>
    internal static IReadOnlyList<NoisyFitResult> RecordAll(IEnumerable<CellResult> cells)
    {
        var fits = cells.SelectMany(cell => Of(cell).Select((fit, i) => (Cell: cell, Fit: fit, Seed: i + 1))).ToList();
        foreach (var (cell, fit, seed) in fits)
        {
            fit.Record(cell, seed);
        }

        return [.. fits.Select(one => one.Fit)];
    }

    private void Record(CellResult cell, int seed)
    {
        var looks = $"{cell.Name}, seed {seed}, {(Diverged ? "diverged; " : "")}after epochs {string.Join(", ", Looks)}";
        void Series(string quantity, double[] series, string rule) =>
            Evidence.Record(cell.Figure($"{quantity}, at the end; the series has every look", series[^1], rule) with
            {
                Setting = $"cell {cell.Hash} of {cell.Finished:yyyy-MM-dd HH:mm} UTC: {looks}",
                Series = series,
            });
        Series(
            "A, share of the noise that the fit follows",
            Followed,
            $"overfitting: {Much} or more, and half of the error on the grid over the noise's variance or more");
        Series("mean squared error without noise on (−2, 2)", TestError, $"overfitting (Figure 2): {Rise} times its smallest one before");
        Series(
            "mean squared error without noise on the training grid",
            GridError,
            $"overfitting (Figure 4): {Rise} times its smallest one before");
        Series("explained share of the generating function", Explained, "recovered: 0.98 for g, 0.95 for h");
        Series("share of the fit's variance that straight pieces leave", LeftByPieces, "linear: at most half of the generating function's");
        Series("mean squared error on the training points", TrainingError, "no rule");
        Evidence.Record(cell.Figure("the fit on the training grid; its first value", Fit[0], "no rule: a plot") with
        {
            Setting = looks,
            Series = Fit,
        });
    }
}
