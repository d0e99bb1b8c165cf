using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals.Support;

/// <summary>A trained network, with the cell that it comes from.</summary>
internal sealed record ClassifierResult(CellResult Cell, ClassifierNetwork Network)
{
    /// <summary>Networks of each kind that a rule needs for more than partly.</summary>
    internal const int Needed = 3;

    private const double MostErrors = 0.01;
    private const int Bins = 30;

    internal bool IsRandom => Network.RandomLabels;

    internal int Side => Network.Side;

    internal int Layers => Network.Layers;

    /// <summary>Segments and components were measured as well.</summary>
    internal bool HasDetails => Network.Segments is not null;

    /// <summary>It ends with at most 1 % of its training points misclassified.</summary>
    internal bool IsTrained => Network.TrainingErrors <= MostErrors * Network.TrainingPoints;

    /// <summary>All networks of some cells.</summary>
    internal static IReadOnlyList<ClassifierResult> Of(IEnumerable<CellResult> cells) =>
        [.. from cell in cells from network in cell.As<ClassifierNetworks>().Networks select new ClassifierResult(cell, network)];

    /// <summary>1 hidden layer, 2 hidden layers, …</summary>
    internal static string Depth(int layers) => $"{layers} hidden {(layers == 1 ? "layer" : "layers")}";

    /// <summary>Real or random labels.</summary>
    internal static string Labels(bool areRandom) => areRandom ? "random labels" : "real labels";

    /// <summary>The share of intervals in each thirtieth of a range, whose last one holds those that were capped.</summary>
    internal static double[] Histogram(double[] intervals, double range) =>
    [
        .. Enumerable.Range(0, Bins).Select(bin =>
            intervals.Count(one => Math.Clamp((int)(one / range * Bins), 0, Bins - 1) == bin) / (double)intervals.Length),
    ];

    /// <summary>A figure of this network.</summary>
    internal Measurement Figure(string quantity, double value, string rule) =>
        Cell.Figure($"{quantity}, {Labels(IsRandom)}", value, rule) with
        {
            Setting =
                $"{Cell.Name}, cell {Cell.Hash} of {Cell.Finished:yyyy-MM-dd HH:mm} UTC: {Depth(Layers)}, {Network.Epochs} epochs, "
                + $"loss {Network.TrainingLoss:F3}, {Network.TrainingErrors} of {Network.TrainingPoints} training errors, "
                + $"validation accuracy {Network.ValidationAccuracy:F3}",
        };

    /// <summary>The mean of intervals, with their histogram as a series.</summary>
    internal Measurement Distribution(string quantity, double[] intervals, double range, string rule) =>
        Figure($"{quantity}, mean; the series is the share in each thirtieth of the range of {range:G}", intervals.Average(), rule) with
        {
            Samples = intervals.Length,
            Series = Histogram(intervals, range),
        };
}
