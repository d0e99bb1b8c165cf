using Reproduce.Claims.Harness;
using Reproduce.Claims.Slope;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Numbers of the quick experiments of the slope paper.</summary>
[Trait("Category", "Foundation")]
public sealed class SlopeGoldenTests : ExperimentGoldens
{
    private static readonly string[] Data = ["mnist", "fashion-mnist"];

    /// <summary>Ten epochs on all images: the mean 2-slope and the validation accuracy, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "slope.training")]
    public void MeanSlopes_AreTheAcceptedNumbers() => Verify(
        cell => Data.Any(data => cell.Name.StartsWith($"{data}-fully-connected", StringComparison.Ordinal)),
        [Untrained, new("cpu", "float32", 3e-3, "other kernels moved the mean slopes after ten epochs by at most 3.1e-4, the accuracies by 1.1e-4; ten times that. Seeds differ by some 3e-2")],
        (cells, note) =>
        {
            foreach (var group in from run in TrainedRun.Of(cells) where run.Cell.IsWhole group run.Network by $"{run.Data}, {run.Name}")
            {
                note($"{group.Key}: mean slope before training", group.Average(network => network.MeanSlope[0]));
                note($"{group.Key}: mean slope after it", group.Average(network => network.MeanSlope[^1]));
                note($"{group.Key}: validation accuracy after it", group.Average(network => network.ValidationAccuracy[^1]));
            }
        });

    /// <summary>The paper's 150 epochs on Covertype: the models with the least validation loss, means over the widths and seeds.</summary>
    [Fact]
    [Trait(Experiment, "slope.training")]
    public void SlopesOnCovertype_AreTheAcceptedNumbers() => Verify(
        cell => cell.Name.StartsWith("covertype", StringComparison.Ordinal),
        [Untrained, new("cpu", "float32", 1e-3, "other kernels moved the mean slopes by at most 5.6e-5, the accuracies by 1.7e-4, which is one of 2000 points of each of three of twelve networks; six times the latter. Seeds differ by 1e-2 to 0.1")],
        (cells, note) =>
        {
            foreach (var group in TrainedRun.Of(cells).GroupBy(run => run.Network.Architecture.Layers))
            {
                note($"{group.Key} hidden layers: mean slope before training", group.Average(run => run.Network.MeanSlope[0]));
                note($"{group.Key} hidden layers: mean slope of the best", group.Average(run => run.Best.Two.Mean));
                note($"{group.Key} hidden layers: validation accuracy of the best", group.Average(run => run.Best.Score.Accuracy));
                note($"{group.Key} hidden layers: validation loss of the best", group.Average(run => run.Best.Score.Loss));
            }
        });

    /// <summary>What has one seed or few images and epochs: means over the networks of a kind.</summary>
    [Fact]
    [Trait(Experiment, "slope.training")]
    public void SlopesOfSmallerGroups_AreTheAcceptedNumbers() => Verify(
        cell => !cell.Name.StartsWith("covertype", StringComparison.Ordinal),
        [Untrained, new("cpu", "float32", 3e-3, "other kernels moved these means by at most 3.8e-4; eight times that. Seeds differ by 1e-3 to 0.4")],
        (cells, note) =>
        {
            foreach (var group in TrainedRun.Of(cells).Where(run => run.Data == "kmnist" || !run.Cell.IsWhole).GroupBy(run => $"{run.Data}, {(run.IsConvolutional ? "convolutional" : "fully connected")}, {run.Cell.Points} images"))
            {
                note($"{group.Key}: mean slope before training", group.Average(run => run.Network.MeanSlope[0]));
                note($"{group.Key}: mean slope after it", group.Average(run => run.Network.MeanSlope[^1]));
                note($"{group.Key}: validation accuracy after it", group.Average(run => run.Network.ValidationAccuracy[^1]));
            }
        });

    /// <summary>Enlarged images: the mean 2-slope of the best models by side, means over the data sets.</summary>
    [Fact]
    [Trait(Experiment, "slope.fig-5")]
    public void SlopesByResolution_AreTheAcceptedNumbers() => Verify(
        _ => true,
        [
            new("cpu", "float32", 1.5e-5, "nothing is trained: three products with sums of at most 84² terms, each √7056·2⁻²⁴ ≈ 5e-6") { Values = "*before training" },
            new("cpu", "float32", 1e-6, "nothing is trained: the mean of 1000 distances, each a sum in float32; other kernels moved it by 3.5e-9") { Values = "*distance*" },
            new("cpu", "float32", 1e-3, "other kernels moved the mean slopes by at most 1.5e-4, the accuracies by 2.9e-4, which is one of 2000 images of one network; three times that. One seed: those of ten epochs on all images differ by some 3e-2"),
        ],
        (cells, note) =>
        {
            foreach (var group in TrainedRun.Of(cells).GroupBy(run => run.Cell.Side))
            {
                note($"side {group.Key}: mean distance of images", group.Average(run => run.Cell.MeanDistance));
                note($"side {group.Key}: mean slope before training", group.Average(run => run.Network.MeanSlope[0]));
                note($"side {group.Key}: mean slope of the best", group.Average(run => run.Best.Two.Mean));
                note($"side {group.Key}: validation accuracy of the best", group.Average(run => run.Best.Score.Accuracy));
            }
        });

    /// <summary>Spheres around training points: the slope and its change, means over the centres of one network.</summary>
    [Fact]
    [Trait(Experiment, "slope.fig-6")]
    public void ChangesAroundAPoint_AreTheAcceptedNumbers() => Verify(
        _ => true,
        [
            new("cpu", "float32", 1e-6, "nothing is trained: the mean of 1000 distances, each a sum in float32; other kernels did not move it") { Values = "mean distance*" },
            new("cpu", "float32", 2e-3, "other kernels moved it by at most 4.9e-4; four times that") { Values = "validation accuracy" },
            new("cpu", "float32", 1e-2, "other kernels moved the mean over the centres by at most 3.5e-3; three times that. Means over 20 other centres would differ by 3e-2") { Values = "slope at*" },
            new("cpu", "float32", 1e-1, "other kernels moved the means over the centres by at most 4.4e-2, for a change is a small difference of slopes; twice that. Means over 20 other centres would differ by 0.15") { Values = "relative change*" },
        ],
        (cells, note) =>
        {
            var all = cells.Select(AroundAPoint.Read).ToList();
            var centres = all.SelectMany(cell => cell.Centres).ToList();
            note("mean distance of images", all.Average(cell => cell.Training.MeanDistance));
            note("slope at the centres", centres.Average(centre => centre.Slope));
            note("validation accuracy", all.Average(cell => cell.Training.Networks[0].ValidationAccuracy[^1]));
            note("relative change, all radii", centres.Average(centre => centre.Changes.Average()));
            note("relative change, largest radius", centres.Average(centre => centre.Changes[^1]));
        });
}
