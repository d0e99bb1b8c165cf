using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Experiments.Intervals;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>
/// Guards the quick experiments against silent change: means over the networks of finished cells, an experiment a paper. Training in float32
/// amplifies rounding, so two processors do not give the same numbers; how far apart they come was measured by computing cells again with
/// OpenBLAS's kernels for another processor (OPENBLAS_CORETYPE=Sandybridge and ATEN_CPU_CAPABILITY=default on one that takes those of Zen).
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ExperimentGoldenTests
{
    private static readonly string[] SlopeData = ["mnist", "fashion-mnist"];
    private static readonly string[] WeightsOf = ["initial", "real", "random"];
    private static readonly string[] PointsOf = ["training", "test", "lines"];

    private static readonly GoldenTolerance Untrained = new("cpu", "float32", "*", 5e-6, "nothing is trained: three products with sums of at most 784 terms, each √784·2⁻²⁴ ≈ 1.7e-6") { Values = "*before training" };

    /// <summary>Ten epochs on all images: the mean 2-slope and the validation accuracy, means over the seeds.</summary>
    [Fact]
    public void Slope_MeanSlopes_AreTheAcceptedNumbers() => Verify(
        TrainedNetworks.Plan,
        cell => SlopeData.Any(data => cell.Name.StartsWith($"{data}-fully-connected", StringComparison.Ordinal)),
        [Untrained, new("cpu", "float32", "*", 3e-3, "other kernels moved the mean slopes after ten epochs by at most 3.1e-4, the accuracies by 1.1e-4; ten times that. Seeds differ by some 3e-2")],
        (cells, note) =>
        {
            foreach (var group in from cell in cells
                                  let result = TrainedNetworks.Read(cell)
                                  where result.IsWhole
                                  from network in result.Networks
                                  group network by $"{result.Data}, {network.Architecture.Name}")
            {
                note($"{group.Key}: mean slope before training", group.Average(network => network.MeanSlope[0]), "float32");
                note($"{group.Key}: mean slope after it", group.Average(network => network.MeanSlope[^1]), "float32");
                note($"{group.Key}: validation accuracy after it", group.Average(network => network.ValidationAccuracy[^1]), "float32");
            }
        });

    /// <summary>Networks and polynomials on samples of a Gaussian process: the four measures, means over all that fit.</summary>
    [Fact]
    public void Smoothness_MeasuresInOneDimension_AreTheAcceptedNumbers() => Verify(
        SampledFunctions.Plan,
        _ => true,
        [
            new("cpu", "float32", "*", 5e-3, "other kernels moved nothing (two functions were computed again); half of the 1e-2 by which the networks of one function differ in GN, for what is not BLAS"),
            new("cpu", "float64", "*", 1e-7, "no training; interpolation through five points that may lie close together loses up to eight of sixteen digits"),
        ],
        (cells, note) =>
        {
            var networks = cells.Where(cell => cell.Name != "polynomials").SelectMany(cell => Results.Of<FunctionNetworks>(cell).Networks).ToList();
            var polynomials = Results.Of<IReadOnlyList<PolynomialThroughSamples>>(cells.Single(cell => cell.Name == "polynomials"));
            foreach (var samples in (int[])[3, 5])
            {
                var fitting = networks.Where(network => network.Samples == samples && network.Converged).Select(network => network.Values!).ToList();
                note($"networks on {samples} samples: share that fits", (double)fitting.Count / networks.Count(network => network.Samples == samples), "float32");
                NoteAll($"networks on {samples} samples", fitting, "float32");
                NoteAll($"polynomials through {samples} samples", [.. polynomials.Where(one => one.Samples == samples).Select(one => one.Values)], "float64");
            }

            void NoteAll(string name, IReadOnlyList<FourMeasures> values, string dtype)
            {
                note($"{name}: GN", values.Average(one => one.GN), dtype);
                note($"{name}: PL0", values.Average(one => one.PL0), dtype);
                note($"{name}: PL1", values.Average(one => one.PL1), dtype);
                note($"{name}: WP", values.Average(one => one.WP), dtype);
            }
        });

    /// <summary>Classifiers of real and of random labels: the median ratio of norms, means over the seeds.</summary>
    [Fact]
    public void Intervals_NormRatios_AreTheAcceptedNumbers() => Verify(
        NormDistribution.Plan,
        _ => true,
        [
            Untrained,
            new("cpu", "float32", "*", 2e-3, "other kernels moved the medians by at most 1.6e-4; ten times that. Seeds differ by 1e-2") { Values = "real labels*" },
            new("cpu", "float32", "*", 3e-2, "other kernels ended the training an epoch later, and moved the medians by at most 4.7e-3; six times that. Seeds differ by 3e-2") { Values = "random labels*" },
        ],
        (cells, note) =>
        {
            foreach (var (group, points) in from labels in (string[])["real labels", "random labels"] from points in PointsOf select (labels, points))
            {
                double Median(string when) => cells.Where(cell => cell.Name.Contains(group.Replace(' ', '-'), StringComparison.Ordinal)).Average(cell => cell.Result.GetProperty(when).GetProperty(points).GetProperty("median").GetDouble());
                note($"{group}, {points}: median ratio before training", Median("initial"), "float32");
                note($"{group}, {points}: median ratio after it", Median("trained"), "float32");
            }
        });

    /// <summary>Convolutional networks on real and on random labels: spread, tails and kurtosis of their weights, means over the seeds.</summary>
    [Fact]
    public void Design_WeightTails_AreTheAcceptedNumbers() => Verify(
        WeightTails.Plan,
        _ => true,
        [
            new("cpu", "float32", "*", 1e-6, "nothing is trained, and weights are drawn on the CPU: only their float32 and the order of sums") { Values = "*before training" },
            new("cpu", "float32", "*", 5e-3, "other kernels moved a network's figures by at most 4.2e-4; ten times that. Seeds differ by 1e-2 to 0.3") { Values = "real labels*" },
            new("cpu", "float32", "*", 5e-2, "other kernels ended a training three epochs later, and moved a network's figures by at most 2.5e-2; twice that, for means over three. Seeds differ by as much") { Values = "random labels*" },
        ],
        (cells, note) =>
        {
            foreach (var (when, statistic) in from when in WeightsOf from statistic in (string[])["deviation", "tail", "kurtosis"] select (when, statistic))
            {
                JsonElement Weights(CellResult cell) => when == "initial" ? cell.Result.GetProperty(when) : cell.Result.GetProperty(when).GetProperty("weights");
                note(when == "initial" ? $"weights, {statistic} before training" : $"{when} labels: weights, {statistic} after training", cells.Average(cell => Weights(cell).GetProperty(statistic).GetDouble()), "float32");
            }
        });

    private static void Verify(ExperimentPlan plan, Func<Cell, bool> chosen, GoldenTolerance[] tolerances, Action<IReadOnlyList<CellResult>, Action<string, double, string>> figures)
    {
        IReadOnlyList<Cell> cells = [];
        try
        {
            cells = [.. plan.Cells(Profile.Quick, new DataStore()).Where(chosen)];
        }
        catch (DataUnavailableException missing)
        {
            Assert.Skip(missing.Message);
        }

        var store = new CellStore(Repository.Runs);
        var finished = cells.Select(store.Find).OfType<CellResult>().ToList();
        Assert.SkipWhen(finished.Count < cells.Count || cells.Count == 0, $"{cells.Count - finished.Count} of {cells.Count} quick cells of {plan.Name} have not been run: ./reproduce, or ./reproduce nightly {plan.Claims[0]} --profile quick");
        var numbers = new Dictionary<string, GoldenNumber>();
        figures(finished, (name, value, dtype) => numbers.Add(name, new GoldenNumber(value, dtype)));
        Golden.Verify(numbers, tolerances, typeof(ExperimentGoldenTests), new GoldenRun(finished[0].Key["device"], finished[0].Key["provider"]), TestContext.Current.TestMethod!.MethodName);
    }
}
