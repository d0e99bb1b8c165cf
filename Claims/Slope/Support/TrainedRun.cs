using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope.Support;

/// <summary>One network of the cells of <see cref="TrainedNetworks"/>, with the cell that it comes from.</summary>
internal sealed record TrainedRun(TrainingResult Cell, TrainedNetwork Network, CellResult? Source)
{
    /// <summary>Epochs and seeds of the paper (appendix A.2).</summary>
    internal const int PaperEpochs = 150;

    internal const int PaperRuns = 5;

    internal static readonly IReadOnlyList<string> Images = ["mnist", "kmnist", "fashion-mnist"];

    internal static readonly IReadOnlyList<string> AllData = [.. Images, "covertype"];

    internal static readonly IReadOnlyList<string> FullyConnected = [.. from layers in Enumerable.Range(1, 3) from width in new[] { 25, 50, 100, 200 } select $"{layers}x{width}"];

    internal static readonly IReadOnlyList<string> Convolutional = [.. from layers in new[] { 3, 6 } from width in new[] { 3, 6, 12, 24 } select $"{layers}x{width}"];

    internal string Data => Cell.Data;

    internal string Name => Network.Architecture.Name;

    internal bool IsConvolutional => Network.Architecture.Convolutional;

    /// <summary>All the training points of the paper for its number of epochs; only such runs are judged against its optimal models.</summary>
    internal bool HasPapersTraining => Cell.IsWhole && Cell.Epochs == PaperEpochs && Network.Best is not null;

    internal Snapshot Best => Network.Best!;

    /// <summary>The networks of all cells.</summary>
    internal static IReadOnlyList<TrainedRun> Of(IEnumerable<CellResult> results) =>
        [.. from result in results let cell = result.As<TrainingResult>() from network in cell.Networks select new TrainedRun(cell, network, result)];

    /// <summary>The networks of all cells; skipped where a data set that the verdict of the quick profile rests on could not be had.</summary>
    internal static IReadOnlyList<TrainedRun> Of(Profile profile, IEnumerable<CellResult> results, params string[] needed)
    {
        var runs = Of(results);
        if (profile == Profile.Quick && needed.FirstOrDefault(name => runs.All(run => run.Data != name)) is { } missing)
        {
            Evidence.Skip($"the data set {missing}, on which the verdict of the quick profile rests, cannot be had here");
        }

        return runs;
    }

    /// <summary>A figure of this network.</summary>
    internal Measurement Figure(string quantity, double value, string rule)
    {
        var figure = Source is null ? new Measurement(quantity, value, rule) : Source.Figure(quantity, value, rule);
        return figure with { Setting = $"{Network.Architecture} on {Data}, {Cell.Points} points, {Cell.Epochs} epochs, repetition {Cell.Repetition}{(Source is null ? "" : $", cell {Source.Hash}")}" };
    }
}
