using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design;

/// <summary>A residual network trained on CIFAR-10.</summary>
/// <param name="Network">As Table 1 names it, such as <c>ResNet56 GLD 0.5</c>.</param>
/// <param name="Depth">Of the plain network.</param>
/// <param name="Parameters">How many it has.</param>
/// <param name="Images">Training images.</param>
/// <param name="TestImages">Test images.</param>
/// <param name="Status">How the training ended (<see cref="ReplicaStatus"/>).</param>
/// <param name="Epochs">When it ended.</param>
/// <param name="TrainingLoss">The mean of every epoch.</param>
/// <param name="TestError">Per cent, after every epoch.</param>
public sealed record TrainedResNet(
    string Network,
    int Depth,
    long Parameters,
    int Images,
    int TestImages,
    string Status,
    int Epochs,
    IReadOnlyList<double> TrainingLoss,
    IReadOnlyList<double> TestError);

/// <summary>
/// Residual networks on CIFAR-10, plain and with the design paper's generalization layers GL and GLD (Figures 6, 8 and 9, Table 1). What
/// the paper leaves open is listed in <c>docs/ensembles.md</c>.
/// </summary>
public static class CifarResNets
{
    private const string Name = "design.cifar10";
    private const int BatchSize = 128;
    private const double LearningRate = 0.1;
    private const double Momentum = 0.9;
    private const double WeightDecay = 1e-4;
    private const int GldConvolutions = 2;

    // Shares of the training: where the rate falls to a tenth, and where ν reaches 0.1.
    private const double FirstStep = 0.5;
    private const double SecondStep = 0.75;
    private const double LastShortcut = 0.8;
    private const int EpochsBeforeSlow = 20;

    /// <summary>Plain, GL and GLD.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, ["design.fig-6", "design.table-1"], (profile, store, device) =>
    {
        var (size, data) = (Sizes.Of<Size>(Name, profile), store.Load(DataSets.Cifar10));
        return
        [
            .. from repetition in Enumerable.Range(1, size.Networks)
               from variant in Variants
               select CellOf(data, variant, size, repetition, device),
        ];
    });

    private static Variant[] Variants =>
    [
        new(20, false, null), new(56, false, null),
        new(20, true, null), new(56, true, null),
        new(20, false, 0.75), new(56, false, 0.5), new(56, false, 0.6),
    ];

    private sealed record Size(int Networks, int Images, int TestImages, int Epochs);

    /// <summary>What is trained.</summary>
    /// <param name="Depth">Of the plain network.</param>
    /// <param name="HasLayer">Whether GL replaces the second stage.</param>
    /// <param name="Dropout">The probability of dropping a node of GLD; null where there is no such layer.</param>
    private sealed record Variant(int Depth, bool HasLayer, double? Dropout)
    {
        public string Row => $"ResNet{Depth}{(HasLayer ? " GL" : Dropout is { } p ? FormattableString.Invariant($" GLD {p}") : "")}";

        internal CifarResNetShape Shape => new(Depth, Dropout is null ? 0 : GldConvolutions, HasLayer);
    }

    private static Cell CellOf(ImageDataSet data, Variant variant, Size size, int repetition, Device device)
    {
        var seed = Seed.Of(
            ("experiment", Name), ("network", variant.Row), ("images", size.Images), ("epochs", size.Epochs), ("repetition", repetition));
        var settings = new
        {
            variant,
            size.Images,
            size.TestImages,
            size.Epochs,
            BatchSize,
            LearningRate,
            Momentum,
            WeightDecay,
            GldConvolutions,
            FirstStep,
            SecondStep,
            LastShortcut,
            EpochsBeforeSlow,
        };
        var source = data.Stamp.Remark is { } remark ? $"{data.Description.Id} ({remark})" : data.Description.Id;
        var key = CellKey.On(device, typeof(CifarResNets), seed, settings, "float32", (source, data.Checksum));
        var name = $"{variant.Row.Replace(' ', '-')}-{size.Images}-{size.Epochs}epochs-seed{repetition}";
        return new Cell(Name, name, key, (progress, cancellation) => Run(data, variant, size, seed, device, progress, cancellation));
    }

    private static TrainedResNet Run(
        ImageDataSet data,
        Variant variant,
        Size size,
        Seed seed,
        Device device,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (pixels, side) = (data.Description.Pixels, data.Description.Rows);
        Tensor Images(byte[] all, int count) => tensor(data.Normalised(all.AsSpan(0, count * pixels)), [count, pixels], device: device);
        var test = Images(data.TestImages, size.TestImages);
        var black = data.Normalised(new byte[pixels]).Where((_, i) => i % (side * side) == 0).ToArray();
        int[] steps = [(int)(FirstStep * size.Epochs), (int)(SecondStep * size.Epochs)];
        var initial = Initialisation.He(variant.Shape, [seed.With("choice", "initial parameters")], float32, device);
        initial.Operators = Operators(device);
        var ensemble = new BatchedEnsemble<CifarResNet>(
            initial,
            Images(data.TrainImages, size.Images),
            OneHot.Of(data.TrainLabels.AsSpan(0, size.Images), data.Description.Classes, float32, device),
            BatchSize,
            (network, batch, targets, random) =>
            {
                using var kept = variant.Dropout is { } probability ? network.DrawKeptNodes(probability, random) : null;
                network.KeptNodes = kept;
                var images = CropsAndFlips.Of(batch.squeeze(0), side, black, random[0]).unsqueeze(0);
                var (gradients, losses) = BackwardPass.Run(network, images, targets, Loss.CrossEntropy);
                network.KeptNodes = null;
                return (gradients, losses);
            },
            network => new Sgd(network.Parameters, LearningRate, Momentum, WeightDecay),
            [PointOrder.Seeded(size.Images, seed.With("choice", "order"))])
        {
            NoiseSeeds = [seed.With("choice", "crops and flips and dropped nodes")],
            BeforeEpoch = (network, optimiser, number) =>
            {
                optimiser.LearningRate = Schedules.Steps(LearningRate, 0.1, steps, number - 1);
                if (variant.HasLayer)
                {
                    network.ShortcutWeight = ShortcutWeight(size, number);
                    ((Sgd)optimiser).Factors =
                        number > EpochsBeforeSlow ? [.. network.InGeneralizationLayer.Select(slow => slow ? 0.1 : 1)] : null;
                }
            },
        };
        var epoch = -1;
        double[] Measure(IReadOnlyList<Tensor> parameters) =>
            epoch == 0 ? [] : [Error(variant, ShortcutWeight(size, epoch), parameters, test, data.TestLabels)];
        using var run = new TrainingRun(ensemble, new TrainingSchedule(size.Epochs), new TrainingObservers
        {
            Measure = replicas =>
            {
                epoch++;
                return [Measure(replicas[0].Parameters)];
            },
        });
        void Report(TrainingRun now) => progress(
            (double)now.Epochs / size.Epochs,
            $"epoch {now.Epochs}, loss {now.Replicas[0].TrainingLosses.LastOrDefault(double.NaN):F3}");
        run.Complete(Report, cancellation);
        var record = run.Replicas[0];
        return new TrainedResNet(
            variant.Row,
            variant.Depth,
            variant.Shape.ParameterShapes().Sum(shape => shape.Aggregate(1L, (product, one) => product * one)),
            size.Images,
            size.TestImages,
            record.Status.ToString(),
            record.Epochs,
            record.TrainingLosses,
            [.. record.Measurements.Where(row => row.Length > 0).Select(row => row[0])]);
    }

    private static IImageOperators Operators(Device device) =>
        device.type == DeviceType.CPU ? new ImageOperators() : new TorchImageOperators();

    private static double ShortcutWeight(Size size, int epoch) =>
        Schedules.ShortcutWeight(Math.Max(1, (int)(LastShortcut * size.Epochs)), epoch - 1);

    // Per cent, as the paper prints it.
    private static double Error(
        Variant variant, double shortcut, IReadOnlyList<Tensor> parametersAndStatistics, Tensor test, byte[] labels)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var count = variant.Shape.ParameterShapes().Count();
        var network = new CifarResNet(variant.Shape, [.. parametersAndStatistics.Take(count).Select(one => one.unsqueeze(0))])
        {
            Operators = Operators(test.device),
            ShortcutWeight = variant.HasLayer ? shortcut : 1,
        };
        foreach (var (mine, given) in network.Statistics.Zip(parametersAndStatistics.Skip(count)))
        {
            mine.copy_(given.unsqueeze(0));
        }

        var images = (int)test.size(0);
        return 100.0 * Classification.Of(network, test, labels.AsSpan(0, images)).Errors / images;
    }
}
