using System.Text.Json;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Numbers of the quick experiments of the paper on network design.</summary>
[Trait("Category", "Foundation")]
public sealed class DesignGoldenTests : ExperimentGoldens
{
    private static readonly string[] WeightsOf = ["initial", "real", "random"];

    // What is measured on the engine's networks: fits of noise, and how straight pieces fit those.
    private static readonly GoldenTolerance[] OfFits =
    [
        new("cpu", "float32", 1e-2, "the networks are the same to the last bit; other kernels moved these means by at most 1.2e-3, where straight pieces meet at another point; eight times that")
        {
            Values = "LongSkips*SGD: share that straight*",
        },
        new("cpu", "float32", 4e-5, "the networks are the same to the last bit; other kernels moved what is measured on them by at most 3.9e-6; ten times that"),
    ];

    /// <summary>Convolutional networks on real and on random labels: spread, tails and kurtosis of their weights, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.weight-tails")]
    public void WeightTails_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            foreach (var (when, statistic) in from when in WeightsOf from statistic in (string[])["deviation", "tail", "kurtosis"] select (when, statistic))
            {
                JsonElement Weights(CellResult cell) => when == "initial" ? cell.Result.GetProperty(when) : cell.Result.GetProperty(when).GetProperty("weights");
                note(when == "initial" ? $"weights, {statistic} before training" : $"{when} labels: weights, {statistic} after training", cells.Average(cell => Weights(cell).GetProperty(statistic).GetDouble()));
            }
        });

    /// <summary>Plain SGD on a noisy parabola: what the three architectures make of it, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.plain-sgd")]
    public void FitsByPlainDescent_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OfFits,
        NoteFits);

    /// <summary>Long skips with SGD and Adam: what they make of noisy polynomials, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.long-skips")]
    public void FitsWithLongSkips_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OfFits,
        NoteFits);

    /// <summary>Generalization layers alone: what they make of a noisy cubic function, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.generalization-layer")]
    public void FitsOfGeneralizationLayers_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OfFits,
        NoteFits);

    /// <summary>Residual networks on CIFAR-10 after the first and the last of four epochs, a step each, on 100 images: losses, means over the networks with a layer and without.</summary>
    [Fact]
    [Trait(Experiment, "design.cifar10")]
    public void ResNetsOnCifar10_AreTheAcceptedNumbers() => Verify(
        _ => true,
        [
            new("cpu", "float32", 1e-5, "no step yet: other kernels moved the means by at most 1.4e-7; that times seventy, for 56 layers of convolutions by other means") { Values = "*first epoch" },
            new("cpu", "float32", 3e-2, "other kernels moved the mean by 3.1e-3: ResNet56 diverges at this rate on so few images; ten times that") { Values = "plain*" },
            new("cpu", "float32", 1e-3, "other kernels moved the means by at most 1.0e-4; ten times that"),
        ],
        (cells, note) =>
        {
            static IEnumerable<double> Losses(CellResult cell) => cell.Result.GetProperty("trainingLoss").EnumerateArray().Select(one => one.GetDouble());
            foreach (var group in cells.GroupBy(cell => cell.Result.GetProperty("network").GetString()!.Split(' ').ElementAtOrDefault(1) ?? "plain"))
            {
                note($"{group.Key}: training loss, first epoch", group.Average(cell => Losses(cell).First()));
                note($"{group.Key}: training loss, last epoch", group.Average(cell => Losses(cell).Last()));
            }
        });

    // The noise that a fit follows has both signs, and its mean may be next to nothing.
    private static void NoteFits(IReadOnlyList<CellResult> cells, Note note)
    {
        foreach (var group in cells.SelectMany(NoisyFitResult.Of).GroupBy(fit => $"{fit.Network}, {(fit.IsCubic ? "cubic" : "quadratic")}, {(fit.UsesAdam ? "Adam" : "SGD")}"))
        {
            note($"{group.Key}: error without noise where the paper tests", group.Average(fit => fit.TestError[^1]));
            note($"{group.Key}: error without noise on the grid", group.Average(fit => fit.GridError[^1]));
            note($"{group.Key}: explained share, largest", group.Average(fit => fit.Explained.Max()));
            note($"{group.Key}: share of the noise that is followed, magnitude", group.Average(fit => Math.Abs(fit.Followed[^1])));
            note($"{group.Key}: share that straight pieces leave", group.Average(fit => fit.LeftByPieces[^1]));
        }
    }
}
