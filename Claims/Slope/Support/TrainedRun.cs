using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope.Support;

/// <summary>One network of the cells of <see cref="TrainedNetworks"/>.</summary>
/// <param name="Cell">What its cell computed.</param>
/// <param name="Network">The network.</param>
/// <param name="Source">The cell; null for a synthetic run.</param>
internal sealed record TrainedRun(TrainingResult Cell, TrainedNetwork Network, CellResult? Source)
{
    /// <summary>Epochs of the paper's training (appendix A.2).</summary>
    internal const int PaperEpochs = 150;

    /// <summary>Seeds of the paper (appendix A.2).</summary>
    internal const int PaperRuns = 5;

    private static readonly int[] Widths = [25, 50, 100, 200];
    private static readonly int[] Depths = [3, 6];
    private static readonly int[] Channels = [3, 6, 12, 24];

    internal static readonly IReadOnlyList<string> Images = ["mnist", "kmnist", "fashion-mnist"];

    internal static readonly IReadOnlyList<string> AllData = [.. Images, "covertype"];

    internal static readonly IReadOnlyList<string> FullyConnected =
        [.. from layers in Enumerable.Range(1, 3) from width in Widths select $"{layers}x{width}"];

    internal static readonly IReadOnlyList<string> Convolutional =
        [.. from layers in Depths from width in Channels select $"{layers}x{width}"];

    internal string Data => Cell.Data;

    internal string Name => Network.Architecture.Name;

    internal bool IsConvolutional => Network.Architecture.Convolutional;

    /// <summary>Trained on all the paper's points for all its epochs; only such runs are judged against its optimal models.</summary>
    internal bool HasPapersTraining => IsPapersTraining(Cell, Network);

    /// <summary>Whether its seed comes after as many as the paper has.</summary>
    internal bool IsBeyondThePapersSeeds => Cell.Repetition > PaperRuns;

    internal Snapshot Best => Network.Best!;

    /// <summary>Whether a network was trained on all the paper's points for all its epochs.</summary>
    internal static bool IsPapersTraining(TrainingResult cell, TrainedNetwork network) =>
        cell.IsWhole && cell.Epochs == PaperEpochs && network.Best is not null;

    /// <summary>The same of the only network of a cell.</summary>
    internal static bool IsPapersTraining(TrainingResult cell) => IsPapersTraining(cell, cell.Networks[0]);

    /// <summary>The networks of all cells.</summary>
    internal static IReadOnlyList<TrainedRun> Of(IEnumerable<CellResult> results) =>
        [.. from result in results
            let cell = result.As<TrainingResult>()
            from network in cell.Networks
            select new TrainedRun(cell, network, result)];

    /// <summary>
    /// The networks of as many seeds as the paper has; skips the test where a data set that the quick verdict rests on is missing.
    /// </summary>
    internal static IReadOnlyList<TrainedRun> Of(Profile profile, IEnumerable<CellResult> results, params string[] needed) =>
        [.. OfAllSeeds(profile, results, needed).Where(run => !run.IsBeyondThePapersSeeds)];

    /// <summary>
    /// The networks of all seeds, for what the paper's number does not decide; skips the test where a data set that the quick verdict rests
    /// on is missing.
    /// </summary>
    internal static IReadOnlyList<TrainedRun> OfAllSeeds(Profile profile, IEnumerable<CellResult> results, params string[] needed)
    {
        var runs = Of(results);
        if (profile == Profile.Quick && needed.FirstOrDefault(name => runs.All(run => run.Data != name)) is { } missing)
        {
            Evidence.Skip($"the data set {missing}, on which the verdict of the quick profile rests, is not available");
        }

        return runs;
    }

    /// <summary>Those of the training with the most steps.</summary>
    internal static IEnumerable<TrainedRun> Longest(IEnumerable<TrainedRun> runs) => runs
        .GroupBy(run => (run.Cell.Points, run.Cell.Epochs))
        .MaxBy(same => (long)same.Key.Points * same.Key.Epochs) ?? Enumerable.Empty<TrainedRun>();

    /// <summary>Whether every architecture of a kind was trained on a data set, from at least so many seeds.</summary>
    internal static bool Covers(IReadOnlyList<TrainedRun> runs, string data, bool convolutional, int seeds = 1) =>
        (convolutional ? Convolutional : FullyConnected)
            .All(name => runs.Count(run => run.Data == data && run.IsConvolutional == convolutional && run.Name == name) >= seeds);

    /// <summary>Whether every architecture of both kinds was trained on every data set that the paper trains it on.</summary>
    internal static bool CoversAll(IReadOnlyList<TrainedRun> runs) =>
        AllData.All(data => Covers(runs, data, false)) && Images.All(data => Covers(runs, data, true));

    /// <summary>A measurement of this network.</summary>
    internal Measurement Figure(string quantity, double value, string rule)
    {
        var figure = Source is null ? new Measurement(quantity, value, rule) : Source.Figure(quantity, value, rule);
        var cell = Source is null ? "" : $", cell {Source.Hash}";
        return figure with
        {
            Setting = $"{Network.Architecture} on {Data}, {Cell.Points} points, {Cell.Epochs} epochs, repetition {Cell.Repetition}{cell}",
        };
    }

    /// <summary>A measurement of the mean slope, with its standard error over the points.</summary>
    internal Measurement Figure(string quantity, SlopeDistribution slopes, string rule) => Figure(quantity, slopes.Mean, rule) with
    {
        Uncertainty = slopes.Deviation / Math.Sqrt(Cell.SlopePoints),
        Samples = Cell.SlopePoints,
    };

    /// <summary>The rule of a measurement that is judged only with the paper's training.</summary>
    internal string RuleOf(string judged) => HasPapersTraining ? judged : "recorded, not judged: not the paper's training";
}
