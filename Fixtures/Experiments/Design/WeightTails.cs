using System.Text.Json.Serialization;
using MathNet.Numerics.Statistics;
using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design;

/// <summary>The weights of one initialisation before training, and after training on real and on random labels.</summary>
/// <param name="Images">The size of the training set.</param>
/// <param name="Initial">Before.</param>
/// <param name="Real">Trained on the true labels.</param>
/// <param name="Random">Trained on random labels.</param>
public sealed record TailsOfPair(int Images, WeightDistribution Initial, TrainedWeights Real, TrainedWeights Random);

/// <summary>How the weights of a network are distributed, biases left out.</summary>
/// <param name="Tail">T, the 0.999 quantile of |w|.</param>
/// <param name="Histogram">The shares in fortieths of [−1, 1], the outermost with what lies beyond.</param>
public sealed record WeightDistribution(double Tail, IReadOnlyList<double> Histogram)
{
    /// <summary>The excess kurtosis.</summary>
    public double Kurtosis { get; init; }

    /// <summary>The standard deviation.</summary>
    public double Deviation { get; init; }

    /// <summary>T in deviations: the same for all multiples of the weights.</summary>
    [JsonIgnore]
    public double RelativeTail => Tail / Deviation;
}

/// <summary>A trained network: its weights, and how the training ended.</summary>
/// <param name="Weights">All but the biases.</param>
public sealed record TrainedWeights(WeightDistribution Weights)
{
    /// <summary>How the training ended (<see cref="ReplicaStatus"/>).</summary>
    public string Status { get; init; } = "";

    /// <summary>Of the parameters.</summary>
    public string? Digest { get; init; }

    /// <summary>When the training ended.</summary>
    public int Epochs { get; init; }

    /// <summary>The mean of the last epoch; −1 where there is none.</summary>
    public double TrainingLoss { get; init; }

    /// <summary>Training images that are misclassified.</summary>
    public int TrainingErrors { get; init; }

    /// <summary>The share of the test images that is classified correctly.</summary>
    public double TestAccuracy { get; init; }
}

/// <summary>
/// The weights of a convolutional MNIST classifier at He's initialisation and after it was trained, from there, on real and on random
/// labels (design paper, Figure 1).
/// </summary>
public static class WeightTails
{
    private const string Name = "design.weight-tails";
    private const int Convolutions = 2;
    private const int BatchSize = 32;
    private const double LearningRate = 0.02;
    private const double Momentum = 0.9;
    private const double LargestLoss = 0.01;
    private const double Tail = 0.999;

    // Of the histogram on [−1, 1].
    private const int Bins = 40;

    /// <summary>As many pairs of networks as the sizes say.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, ["design.fig-1"], (profile, store) =>
    {
        var (size, data) = (Sizes.Of<Size>(Name, profile), store.Load(DataSets.Mnist));
        return [.. Enumerable.Range(1, size.Pairs).Select(repetition => CellOf(data, size, repetition))];
    });

    private sealed record Size(int Pairs, int Images, int Side, int Channels, int MostEpochs);

    private static Cell CellOf(ImageDataSet data, Size size, int repetition)
    {
        var seed = Seed.Of(("experiment", Name), ("images", size.Images), ("side", size.Side), ("repetition", repetition));
        var settings = new
        {
            size.Images,
            size.Side,
            size.MostEpochs,
            Convolutions,
            size.Channels,
            BatchSize,
            LearningRate,
            Momentum,
            LargestLoss,
            Tail,
            Bins,
        };
        var key = CellKey.Of(typeof(WeightTails), seed, settings, "float32", (data.Description.Id, data.Checksum));
        var name = $"mnist-{size.Images}-{size.Side}-seed{repetition}";
        return new Cell(Name, name, key, (progress, cancellation) => Run(data, size, seed, progress, cancellation));
    }

    private static TailsOfPair Run(
        ImageDataSet data, Size size, Seed seed, Action<double, string> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var shape = new ConvolutionalShape(
            new ImageShape(1, size.Side, size.Side), Convolutions, size.Channels, data.Description.Classes);
        var training = data.Rows(data.TrainImages, [.. Enumerable.Range(0, size.Images)], size.Side).contiguous();
        var test = data.TestRows(size.Side);
        var labels = data.TrainLabels[..size.Images];
        return new TailsOfPair(
            size.Images,
            DistributionOf(He(shape, seed).Parameters),
            Train(labels, 0),
            Train(RandomLabels.Of(labels, seed.With("choice", "labels")), 0.5));

        TrainedWeights Train(byte[] given, double done)
        {
            using var own = NewDisposeScope();
            using var initial = He(shape, seed);
            var ensemble = new ConvolutionalEnsemble(
                initial,
                training,
                OneHot.Of(given, shape.Outputs, float32, CPU),
                new OptimiserSettings(LearningRate, Momentum, BatchSize),
                PointOrder.Seeded(given.Length, seed.With("choice", "order")));
            int Errors(IReadOnlyList<Tensor> parameters)
            {
                var network = new ConvolutionalNetwork(shape, [.. parameters.Select(one => one.unsqueeze(0))]);
                return NetworkOutputs.Classify(network, training, given).Errors;
            }

            var schedule = new TrainingSchedule(size.MostEpochs, LargestLoss, replica => Errors(replica.Parameters) == 0);
            using var run = new TrainingRun(ensemble, schedule);
            void Report(TrainingRun now) => progress(
                done + (0.5 * now.Epochs / size.MostEpochs),
                $"epoch {now.Epochs}, loss {now.Replicas[0].TrainingLosses.LastOrDefault(double.NaN):F3}");
            run.Complete(Report, cancellation);
            var record = run.Replicas[0];
            var trained = new ConvolutionalNetwork(shape, [.. record.FinalParameters!.Select(one => one.unsqueeze(0))]);
            return new TrainedWeights(DistributionOf(trained.Parameters))
            {
                Status = record.Status.ToString(),
                Digest = record.Digest,
                Epochs = record.Epochs,
                TrainingLoss = record.TrainingLosses.LastOrDefault(-1),
                TrainingErrors = Errors(record.FinalParameters!),
                TestAccuracy = NetworkOutputs.Classify(trained, test, data.TestLabels).Accuracy,
            };
        }
    }

    // Weights normal with variance 2/fan_in, biases 0.
    private static ConvolutionalNetwork He(ConvolutionalShape shape, Seed seed)
    {
        var generator = seed.With("choice", "initial parameters").Generator();
        return new ConvolutionalNetwork(shape, [.. shape.ParameterShapes().Select(size =>
        {
            var count = (int)size.Aggregate(1L, (product, one) => product * one);
            var deviation = size.Length > 1 ? Math.Sqrt(2.0 * size[0] / count) : 0;
            var entries = Enumerable.Range(0, count).Select(_ => deviation > 0 ? deviation * StandardNormal.Next(generator) : 0);
            return tensor([.. entries], [1, .. size], float32, CPU);
        })]);
    }

    // The weights are at the even places, the biases at the odd ones.
    private static WeightDistribution DistributionOf(IReadOnlyList<Tensor> parameters)
    {
        double[] weights =
        [
            .. parameters.Where((_, i) => i % 2 == 0).SelectMany(one => one.cpu().data<float>().ToArray()).Select(one => (double)one),
        ];
        static int BinOf(double weight) => Math.Clamp((int)Math.Floor((weight + 1) / 2 * Bins), 0, Bins - 1);
        return new WeightDistribution(
            weights.Select(Math.Abs).Quantile(Tail),
            [.. Enumerable.Range(0, Bins).Select(bin => weights.Count(weight => BinOf(weight) == bin) / (double)weights.Length)])
        {
            Kurtosis = weights.Kurtosis(),
            Deviation = weights.StandardDeviation(),
        };
    }
}
