using System.Text.Json;
using Reproduce.Claims.Design;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Numbers of the quick experiments of the paper on network design.</summary>
[Trait("Category", "Foundation")]
public sealed class DesignGoldenTests : ExperimentGoldens
{
    private static readonly string[] WeightsOf = ["initial", "real", "random"];

    /// <summary>Convolutional networks on real and on random labels: spread, tails and kurtosis of their weights, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.weight-tails")]
    public void WeightTails_AreTheAcceptedNumbers() => Verify(
        _ => true,
        [
            new("cpu", "float32", 1e-6, "nothing is trained, and weights are drawn on the CPU: only their float32 and the order of sums") { Values = "*before training" },
            new("cpu", "float32", 5e-3, "other kernels moved a network's figures by at most 4.2e-4; ten times that. Seeds differ by 1e-2 to 0.3") { Values = "real labels*" },
            new("cpu", "float32", 5e-2, "other kernels ended a training three epochs later, and moved a network's figures by at most 2.5e-2; twice that, for means over three. Seeds differ by as much") { Values = "random labels*" },
        ],
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
        [
            new("cpu", "float32", 3e-3, "other kernels moved these means by at most 2.3e-4; ten times that. Seeds differ by 2e-2 to 0.6") { Values = "EightLayers*" },
            new("cpu", "float32", 3e-4, "kernels of one processor (Nehalem) moved it by 3.6e-5; ten times that. Seeds differ by 4e-4") { Values = "ShortSkips*explained*" },
            new("cpu", "float32", 5e-2, "kernels of one processor (Nehalem) moved these means by at most 1.8e-2, those of another (Sandybridge) by 7.1e-7: a rounding can tip the training; three times the former. Seeds differ by 6e-2 to 0.7") { Values = "ShortSkips*" },
            new("cpu", "float32", 2e-5, "other kernels moved these means by at most 1.7e-6; ten times that. Seeds differ by 7e-3 to 1") { Values = "OneLayer*" },
        ],
        NoteFits);

    /// <summary>Long skips with SGD and Adam: what they make of noisy polynomials, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.long-skips")]
    public void FitsWithLongSkips_AreTheAcceptedNumbers() => Verify(
        _ => true,
        [
            new("cpu", "float32", 3e-4, "other kernels moved these means by at most 2.6e-5; ten times that. Seeds differ by 4e-3 and 6e-2") { Values = "*Adam: explained*" },
            new("cpu", "float32", 5e-2, "other kernels moved these means by at most 1.6e-2; three times that. Seeds differ by 8e-2 to 0.9") { Values = "*Adam*" },
            new("cpu", "float32", 5e-3, "other kernels moved these means by at most 4.1e-4; ten times that. Seeds differ by their size") { Values = "*SGD: share that straight*" },
            new("cpu", "float32", 1e-5, "other kernels moved these means by at most 3.8e-7; twenty times that. Seeds differ by 2e-2 to 0.9") { Values = "*SGD*" },
        ],
        NoteFits);

    /// <summary>Generalization layers alone: what they make of a noisy cubic function, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.generalization-layer")]
    public void FitsOfGeneralizationLayers_AreTheAcceptedNumbers() => Verify(
        _ => true,
        [new("cpu", "float32", 2e-5, "other kernels moved these means by at most 2.8e-6; seven times that. Seeds differ by 1e-2 to 1")],
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
