using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Experiments.Design.Zeta;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Numbers of the quick experiments of the paper on network design.</summary>
[Trait("Category", "Foundation")]
public sealed class DesignGoldenTests : ExperimentGoldens
{
    private const string SameBits = "the networks are the same to the last bit; other kernels moved ";

    // What is measured on the engine's networks: fits of noise, and how straight pieces fit those.
    private static readonly GoldenTolerance[] OfFits =
    [
        new(
            "cpu",
            "float32",
            1e-2,
            $"{SameBits}these means by at most 1.2e-3, where straight pieces meet at another point; eight times that")
        {
            Values = "LongSkips*SGD: share that straight*",
        },
        new("cpu", "float32", 4e-5, $"{SameBits}what is measured on them by at most 3.9e-6; ten times that"),
    ];

    /// <summary>Convolutional networks on real and random labels: spread, tails and kurtosis of their weights, means over seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.weight-tails")]
    public void WeightTails_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            var pairs = cells.Select(cell => cell.As<TailsOfPair>()).ToList();
            Weights(pair => pair.Initial, statistic => $"weights, {statistic} before training");
            Weights(pair => pair.Real.Weights, statistic => $"real labels: weights, {statistic} after training");
            Weights(pair => pair.Random.Weights, statistic => $"random labels: weights, {statistic} after training");

            void Weights(Func<TailsOfPair, WeightDistribution> of, Func<string, string> name)
            {
                note(name("deviation"), pairs.Average(pair => of(pair).Deviation));
                note(name("tail"), pairs.Average(pair => of(pair).Tail));
                note(name("kurtosis"), pairs.Average(pair => of(pair).Kurtosis));
            }
        });

    /// <summary>
    /// Fully connected networks on real and random labels: bound and metric after the last epoch, means of logarithms over the pairs.
    /// </summary>
    [Fact]
    [Trait(Experiment, "design.flatness")]
    public void FlatnessByLabels_IsTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            var pairs = cells.Select(cell => cell.As<FlatnessOfPair>()).ToList();
            Flatness("real", pair => pair.Real);
            Flatness("random", pair => pair.Random);

            void Flatness(string labels, Func<FlatnessOfPair, FlatnessInTraining> of)
            {
                double Mean(Func<Flatness, double> look) => pairs.Average(pair => Math.Log(look(of(pair).Course[^1])));
                note($"{labels} labels: log of the spectral product", Mean(look => look.SpectralProduct));
                note($"{labels} labels: log of the curvature", Mean(look => look.Curvature));
                note($"{labels} labels: log of the squared slope", Mean(look => look.SquaredSlope));
            }
        });

    /// <summary>
    /// Fully connected networks with and without generalization layers: bound and metric after the last epoch, means of logarithms over
    /// the networks.
    /// </summary>
    [Fact]
    [Trait(Experiment, "design.zeta")]
    public void ZetaByLayer_IsTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            foreach (var same in cells.Select(cell => cell.As<ZetaOfPair>()).GroupBy(pair => pair.Network))
            {
                Zeta("real", pair => pair.Real);
                Zeta("random", pair => pair.Random);

                void Zeta(string labels, Func<ZetaOfPair, ZetaInTraining> of)
                {
                    double Mean(Func<ZetaLook, double> look) => same.Average(pair => Math.Log(look(of(pair).Course[^1])));
                    note($"{same.Key}, {labels} labels: log of the bound", Mean(look => look.Bound));
                    note($"{same.Key}, {labels} labels: log of the curvature", Mean(look => look.Training.Mean));
                    note($"{same.Key}, {labels} labels: log of the squared slope", Mean(look => look.SquaredSlope));
                }
            }
        });

    /// <summary>Plain SGD on a noisy parabola: what the three architectures make of it, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.plain-sgd")]
    public void FitsByPlainDescent_AreTheAcceptedNumbers() => Verify(_ => true, OfFits, NoteFits);

    /// <summary>Long skips with SGD and Adam: what they make of noisy polynomials, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.long-skips")]
    public void FitsWithLongSkips_AreTheAcceptedNumbers() => Verify(_ => true, OfFits, NoteFits);

    /// <summary>Generalization layers alone: what they make of a noisy cubic function, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "design.generalization-layer")]
    public void FitsOfGeneralizationLayers_AreTheAcceptedNumbers() => Verify(_ => true, OfFits, NoteFits);

    /// <summary>
    /// Residual networks on CIFAR-10 after the first and the last of four epochs, one step each, on 100 images: losses, means over the
    /// networks with a layer and without.
    /// </summary>
    [Fact]
    [Trait(Experiment, "design.cifar10")]
    public void ResNetsOnCifar10_AreTheAcceptedNumbers() => Verify(
        _ => true,
        [
            new(
                "cpu",
                "float32",
                1e-5,
                "no step yet: other kernels moved the means by at most 1.4e-7; that times seventy, "
                    + "for 56 layers of convolutions by other means")
            {
                Values = "*first epoch",
            },
            new(
                "cpu",
                "float32",
                3e-2,
                "other kernels moved the mean by 3.1e-3: ResNet56 diverges at this rate on so few images; ten times that")
            {
                Values = "plain*",
            },
            new("cpu", "float32", 1e-3, "other kernels moved the means by at most 1.0e-4; ten times that"),
        ],
        (cells, note) =>
        {
            static string Layer(TrainedResNet network) => network.Network.Split(' ').ElementAtOrDefault(1) ?? "plain";
            foreach (var group in cells.Select(cell => cell.As<TrainedResNet>()).GroupBy(Layer))
            {
                note($"{group.Key}: training loss, first epoch", group.Average(network => network.TrainingLoss[0]));
                note($"{group.Key}: training loss, last epoch", group.Average(network => network.TrainingLoss[^1]));
            }
        });

    private static void NoteFits(IReadOnlyList<CellResult> cells, Note note)
    {
        static string Kind(NoisyFitResult fit) => $"{fit.Network}, {(fit.IsCubic ? "cubic" : "quadratic")}, {fit.Optimiser}";
        foreach (var group in cells.SelectMany(NoisyFitResult.Of).GroupBy(Kind))
        {
            note($"{group.Key}: error without noise where the paper tests", group.Average(fit => fit.TestError[^1]));
            note($"{group.Key}: error without noise on the grid", group.Average(fit => fit.GridError[^1]));
            note($"{group.Key}: explained share, largest", group.Average(fit => fit.Explained.Max()));

            // The share has both signs, and its mean may be close to zero.
            note($"{group.Key}: share of the noise that is followed, magnitude", group.Average(fit => Math.Abs(fit.Followed[^1])));
            note($"{group.Key}: share that straight pieces leave", group.Average(fit => fit.LeftByPieces[^1]));
        }
    }
}
