using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;

namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>
/// Networks on growing training sets of two digits, with both initialisation scales (thesis, section 4.3.2, Tables 4.2 and 4.3).
/// </summary>
public static class IncreasingDigits
{
    private const string Name = "smoothness.increasing-digits";
    private const double LearningRate = 0.01;

    /// <summary>The pairs of the standard profile, whose quick ones come first.</summary>
    public static IReadOnlyList<string> PairsOfStandard => Sizes.Of<Size>(Name, Profile.Standard).Pairs;

    /// <summary>A cell per pair and size, with all its networks. The largest come first.</summary>
    public static ExperimentPlan Plan { get; } = new(
        Name,
        ["smoothness.table-4.2", "smoothness.table-4.3", "smoothness.measure-families", "smoothness.first-order-ruled-out"],
        (profile, store) =>
        {
            var (data, size) = (store.Load(DataSets.Mnist), Sizes.Of<Size>(Name, profile));
            return [.. from points in size.TrainingSizes.OrderDescending() from pair in size.Pairs select CellOf(data, pair, points, size)];
        });

    private static DigitNetworks Run(
        ImageDataSet data,
        string pair,
        int points,
        Size size,
        Seed seed,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        using var digits = new DigitTraining(data, pair, points);
        List<(double Scale, int Network, Seed Seed)> kinds =
        [
            .. from scale in size.Scales
               from network in Enumerable.Range(0, size.Networks)
               select (scale, network, seed.With("network", network)),
        ];
        var initial = kinds.Select(kind => digits.Network(kind.Scale, kind.Seed)).ToList();
        var trained = digits.Train(initial, LearningRate, size.MostEpochs, seed.With("choice", "order"), progress, cancellation);
        var results = kinds.Zip(trained, (kind, end) => digits.Result(end.Network, end.Record, kind.Seed.With("scale", kind.Scale)));
        var networks = kinds.Zip(results, (kind, result) => new ScaledNetwork(kind.Scale, kind.Network, result)).ToList();
        initial.ForEach(one => one.Dispose());
        foreach (var (network, _) in trained)
        {
            network.Dispose();
        }

        return new DigitNetworks(pair, points, networks);
    }

    private static Cell CellOf(ImageDataSet data, string pair, int points, Size size)
    {
        var seed = Seed.Of(("experiment", Name), ("pair", pair), ("points", points));
        var settings = new { pair, points, size.Networks, size.Scales, size.MostEpochs, LearningRate };
        var key = CellKey.Of(typeof(IncreasingDigits), seed, settings, "float32", (data.Description.Id, data.Checksum));
        return new Cell(
            Name, $"{pair}-{points}", key, (progress, cancellation) => Run(data, pair, points, size, seed, progress, cancellation));
    }

    private sealed record Size(
        IReadOnlyList<string> Pairs,
        IReadOnlyList<int> TrainingSizes,
        int Networks,
        IReadOnlyList<double> Scales,
        int MostEpochs);
}
