using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Intervals.Support;

/// <summary>A trained network in a cell's result.</summary>
internal sealed record ClassifierResult(CellResult Cell, JsonElement Result)
{
    private const double MostErrors = 0.01;

    /// <summary>All networks of some cells.</summary>
    internal static IReadOnlyList<ClassifierResult> Of(IEnumerable<CellResult> cells) =>
        [.. cells.SelectMany(cell => cell.Result.GetProperty("networks").EnumerateArray().Select(network => new ClassifierResult(cell, network)))];

    internal bool IsRandom => Result.GetProperty("randomLabels").GetBoolean();

    internal int Side => Result.GetProperty("side").GetInt32();

    /// <summary>1 hidden layer, 2 hidden layers, …</summary>
    internal static string Depth(int layers) => $"{layers} hidden {(layers == 1 ? "layer" : "layers")}";

    internal int PerClass => Result.GetProperty("perClass").GetInt32();

    internal int Layers => Result.GetProperty("layers").GetInt32();

    /// <summary>Where the ways and components were measured as well.</summary>
    internal bool HasDetails => Result.GetProperty("ways").ValueKind == JsonValueKind.Object;

    /// <summary>It ends with at most 1 % of its training points misclassified.</summary>
    internal bool IsTrained => Number("trainingErrors") <= MostErrors * Number("trainingPoints");

    internal double ValidationAccuracy => Number("validationAccuracy");

    internal double[] PairIntervals => Series("pairs", "intervals");

    internal double[] MidLineIntervals => Series("midLines", "intervals");

    internal double Number(string name) => Result.GetProperty(name).GetDouble();

    internal double Of(string group, string kind, string name) => Result.GetProperty(group).GetProperty(kind).GetProperty(name).GetDouble();

    /// <summary>All outputs along one way of a label, a row for each class.</summary>
    internal double[][] Outputs(string group, string kind, int label) =>
        [.. Result.GetProperty(group).GetProperty(kind).GetProperty("outputs").GetProperty($"{label}").EnumerateArray().Select(row => row.EnumerateArray().Select(one => one.GetDouble()).ToArray())];

    internal double[] Series(string group, string name) => [.. Result.GetProperty(group).GetProperty(name).EnumerateArray().Select(one => one.GetDouble())];

    /// <summary>A figure of this network.</summary>
    internal Measurement Figure(string quantity, double value, string rule) => Cell.Figure($"{quantity}, {(IsRandom ? "random" : "real")} labels", value, rule) with
    {
        Setting = $"{Cell.Name}, cell {Cell.Hash} of {Cell.Finished:yyyy-MM-dd HH:mm} UTC: {Depth(Layers)}, {Number("epochs"):F0} epochs, loss {Number("trainingLoss"):F3}, {Number("trainingErrors"):F0} of {Number("trainingPoints"):F0} training errors, validation accuracy {ValidationAccuracy:F3}",
    };

    /// <summary>The mean of intervals, with their histogram over the range in thirty equal parts as a series.</summary>
    internal Measurement Distribution(string quantity, double[] intervals, double range, string rule) => Figure($"{quantity}, mean; the series is the share in each thirtieth of the range of {range:G}", intervals.Average(), rule) with
    {
        Samples = intervals.Length,
        Series = [.. Enumerable.Range(0, Bins).Select(bin => intervals.Count(one => Math.Clamp((int)(one / range * Bins), 0, Bins - 1) == bin) / (double)intervals.Length)],
    };

    private const int Bins = 30;
}
