using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>
/// The cells behind Figures 1 to 4, Tables 1 to 4, and what the slope paper concludes: every architecture on every data set. A cell holds
/// the fully connected networks of one data set and seed, which share the order of the points, or one convolutional network.
/// </summary>
public static class TrainedNetworks
{
    private const string Name = "slope.training";

    /// <summary>The cells of all groups of the profile. Data sets that are not available are left out.</summary>
    public static ExperimentPlan Plan { get; } = PlanOf(
        groups => groups,
        [
            "slope.fig-1", "slope.fig-1.convolutional", "slope.fig-2", "slope.fig-3", "slope.fig-4",
            "slope.table-1", "slope.table-2", "slope.table-3", "slope.table-4",
            "slope.p-other", "slope.complexity-rank", "slope.little-variation", "slope.depth", "slope.width",
        ]);

    /// <summary>Of these the cells of trainings, by epochs and points, that convolutional networks have: what compares the kinds.</summary>
    public static ExperimentPlan OfBothKinds { get; } = PlanOf(
        groups => groups.Where(group => groups.Any(other =>
            other.Convolutional.Count > 0 && (other.Epochs, other.Points) == (group.Epochs, group.Points))),
        ["slope.fig-1.convolutional"]);

    internal static Cell CellOf(
        PaperData data,
        IReadOnlyList<Architecture> architectures,
        TrainingGroup size,
        int repetition,
        int side,
        string experiment,
        Device device)
    {
        side = side == 0 ? data.Rows : side;
        var seed = Seed.Of(("experiment", "slope"), ("data", data.Name), ("repetition", repetition));
        var settings = new
        {
            architectures = architectures.Select(one => one.ToString()).ToList(),
            size.Epochs,
            size.Points,
            size.Validation,
            size.SlopePoints,
            size.SlopeEvery,
            side,
        };
        var name = string.Join('-', [
            data.Name,
            .. side == data.Rows ? (string[])[] : [$"{side}"],
            architectures[0].Convolutional ? "convolutional" : "fully-connected",
            .. architectures.Select(one => one.Name),
            $"{size.Epochs}-epochs",
            .. size.Points == 0 ? (string[])[] : [$"{size.Points}-points"],
            $"seed{repetition}",
        ]);
        var key = CellKey.On(device, typeof(TrainedNetworks), seed, settings, "float32", data.Key);
        return new Cell(experiment, name, key, (progress, cancellation) =>
        {
            using var scope = NewDisposeScope();
            var set = data.Points(seed, size.Points, size.Validation, side).On(device);
            var networks = NetworkTraining.Run(set, architectures, size, seed, progress, cancellation);
            return size.ResultOf(data, repetition, side, set, set.MeanDistance(seed.With("choice", "pairs")), networks);
        });
    }

    private static ExperimentPlan PlanOf(
        Func<IReadOnlyList<TrainingGroup>, IEnumerable<TrainingGroup>> choose, IReadOnlyList<string> claims) =>
        new(Name, claims, (profile, store, device) =>
        {
            var groups = choose(Sizes.Of<Size>(Name, profile).Groups).ToList();
            var data = PaperData.LoadWhatIsThere(store, groups.SelectMany(group => group.Data));
            return [.. from size in groups
                       from name in size.Data
                       where data.ContainsKey(name)
                       from repetition in Enumerable.Range(1, size.Seeds)
                       from architectures in CellsOf(size)
                       select CellOf(data[name], architectures, size, repetition, 0, Name, device)];
        });

    private static IEnumerable<IReadOnlyList<Architecture>> CellsOf(TrainingGroup size) =>
        size.Convolutional.Select(name => (IReadOnlyList<Architecture>)[Architecture.Parse(name, true)])
            .Concat(size.FullyConnected.Count == 0 ? [] : [[.. size.FullyConnected.Select(name => Architecture.Parse(name, false))]]);

    private sealed record Size(IReadOnlyList<TrainingGroup> Groups);
}
