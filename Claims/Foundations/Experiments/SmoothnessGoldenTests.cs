using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Numbers of the quick experiments of the thesis on smoothness.</summary>
[Trait("Category", "Foundation")]
public sealed class SmoothnessGoldenTests : ExperimentGoldens
{
    /// <summary>Networks and polynomials on samples of a Gaussian process: the four measures, means over all that fit.</summary>
    [Fact]
    [Trait(Experiment, "smoothness.one-dimension")]
    public void MeasuresInOneDimension_AreTheAcceptedNumbers() => Verify(
        _ => true,
        [
            new(
                "cpu",
                "float32",
                5e-3,
                "other kernels moved nothing (two functions were computed again); "
                + "half of the 1e-2 by which the networks of one function differ in GN, for what is not BLAS"),
            new(
                "cpu",
                "float64",
                1e-7,
                "no training; interpolation through five points that may lie close together loses up to eight of sixteen digits"),
        ],
        (cells, note) =>
        {
            var functions = cells.Where(cell => cell.Name != "polynomials").Select(cell => cell.As<FunctionNetworks>());
            var networks = functions.SelectMany(function => function.Networks).ToList();
            var polynomials = cells.Single(cell => cell.Name == "polynomials").As<IReadOnlyList<PolynomialThroughSamples>>();
            foreach (var samples in (int[])[3, 5])
            {
                var some = networks.Where(network => network.Samples == samples).ToList();
                var fitting = some.Where(network => network.Converged).Select(network => network.Values!).ToList();
                var interpolants = polynomials.Where(one => one.Samples == samples).Select(one => one.Values).ToList();
                note($"networks on {samples} samples: share that fits", (double)fitting.Count / some.Count);
                NoteAll(note, $"networks on {samples} samples", fitting);
                NoteAll(note, $"polynomials through {samples} samples", interpolants, "float64");
            }
        });

    /// <summary>
    /// Growing training sets of two digits, both scales: the four measures on test points, means over pairs and networks.
    /// </summary>
    [Fact]
    [Trait(Experiment, "smoothness.increasing-digits")]
    public void MeasuresOnGrowingSets_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            var groups = from cell in cells.Select(cell => cell.As<DigitNetworks>())
                         from network in cell.Networks
                         group network.Result by $"α = {network.Scale}, {cell.Points} points";
            foreach (var group in groups)
            {
                var converged = group.Where(network => network.Converged).ToList();
                note($"{group.Key}: share that converged", converged.Count / (double)group.Count());
                note($"{group.Key}: test error", converged.Average(network => network.TestError));
                NoteAll(note, group.Key, [.. converged.Select(network => network.Test)]);
            }
        });

    /// <summary>Two digits with and without a regulariser: means of the four measures, and by how much GN and WP were lowered.</summary>
    [Fact]
    [Trait(Experiment, "smoothness.regularised-digits")]
    public void RegularisedMeasures_AreTheAcceptedNumbers() => Verify(
        _ => true,
        [
            new(
                "cpu",
                "float32",
                5e-3,
                "other kernels ended one of six trainings five epochs later, and moved the means by at most 5.5e-4, "
                + "what was lowered by 5.2e-4; ten times that. A single pair of digits, without seeds"),
        ],
        (cells, note) =>
        {
            var networks = cells.Select(cell => cell.As<RegularisedNetwork>()).ToList();
            NoteAll(note, "all networks", [.. networks.Select(network => network.Result.Test)]);
            foreach (var measure in (string[])["GN", "WP"])
            {
                note($"{measure}: lowered by its regulariser, share", 1 - Regularised.Of(networks).Of(measure).Average());
            }
        });

    private static void NoteAll(Note note, string name, IReadOnlyList<FourMeasures> values, string dtype = "float32")
    {
        foreach (var measure in FourMeasures.Names)
        {
            note($"{name}: {measure}", values.Average(one => one.Of(measure)), dtype);
        }
    }
}
