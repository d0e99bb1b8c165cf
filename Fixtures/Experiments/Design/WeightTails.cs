using System.Text.Json;
using MathNet.Numerics.Statistics;
using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design;

/// <summary>
/// The weights of a convolutional MNIST classifier at He's initialisation and after it was trained, from there, on real and on random labels
/// (design paper, Figure 1).
/// </summary>
public static class WeightTails
{
    private const string Name = "design.weight-tails";
    private const int Convolutions = 2;
    private const int Channels = 6;
    private const int BatchSize = 32;
    private const double LearningRate = 0.02;
    private const double Momentum = 0.9;
    private const double LargestLoss = 0.01;
    private const double Tail = 0.999;

    // Of a histogram on [−1, 1], as a figure would have it.
    private const int Bins = 40;

    /// <summary>As many pairs of networks as the sizes say.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, ["design.fig-1"], (profile, store) =>
    {
        var (size, data) = (Sizes.Of<Size>(Name, profile), store.Load(DataSets.Mnist));
        return [.. Enumerable.Range(1, size.Pairs).Select(repetition => CellOf(data, size, repetition))];
    });

    private sealed record Size(int Pairs, int Images, int Side, int MostEpochs);

    private static Cell CellOf(ImageDataSet data, Size size, int repetition)
    {
        var seed = Seed.Of(("experiment", Name), ("images", size.Images), ("side", size.Side), ("repetition", repetition));
        var key = CellKey.Of(typeof(WeightTails), seed, new { size.Images, size.Side, size.MostEpochs, Convolutions, Channels, BatchSize, LearningRate, Momentum, LargestLoss, Tail, Bins }, "float32", (data.Description.Id, data.Checksum));
        return new Cell(Name, $"mnist-{size.Images}-{size.Side}-seed{repetition}", key, (progress, cancellation) => Run(data, size, seed, progress, cancellation));
    }

    // images, and for initial, real and random: tail, kurtosis, histogram; for the trained ones also how training ended.
    private static JsonElement Run(ImageDataSet data, Size size, Seed seed, Action<double, string> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var shape = new ConvolutionalShape(new ImageShape(1, size.Side, size.Side), Convolutions, Channels, data.Description.Classes);
        var training = data.Rows(data.TrainImages, [.. Enumerable.Range(0, size.Images)], size.Side).contiguous();
        var test = data.TestRows(size.Side);
        var labels = data.TrainLabels[..size.Images];
        return JsonSerializer.SerializeToElement(new
        {
            images = size.Images,
            initial = Tails(He(shape, seed).Parameters),
            real = Train(labels, 0),
            random = Train(RandomLabels.Of(labels, seed.With("choice", "labels")), 0.5),
        });

        object Train(byte[] given, double done)
        {
            using var own = NewDisposeScope();
            using var initial = He(shape, seed);
            var targets = OneHot.Of(given, shape.Outputs, float32, CPU);
            using var run = new TrainingRun(
                new ConvolutionalEnsemble(initial, training, targets, new OptimiserSettings(LearningRate, Momentum, BatchSize), PointOrder.Seeded(given.Length, seed.With("choice", "order"))),
                new TrainingSchedule(size.MostEpochs, LargestLoss));
            run.Complete(now => progress(done + (0.5 * now.Epochs / size.MostEpochs), $"epoch {now.Epochs}, loss {now.Replicas[0].TrainingLosses.LastOrDefault(double.NaN):F3}"), cancellation);
            var record = run.Replicas[0];
            var trained = new ConvolutionalNetwork(shape, [.. record.FinalParameters!.Select(one => one.unsqueeze(0))]);
            return new
            {
                status = record.Status.ToString(),
                digest = record.Digest,
                epochs = record.Epochs,
                trainingLoss = record.TrainingLosses.LastOrDefault(-1),
                trainingErrors = Classification.Of(trained, training, given).Errors,
                testAccuracy = Classification.Of(trained, test, data.TestLabels).Accuracy,
                weights = Tails(trained.Parameters),
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
            return tensor([.. Enumerable.Range(0, count).Select(_ => deviation > 0 ? deviation * StandardNormal.Next(generator) : 0)], [1, .. size], float32, CPU);
        })]);
    }

    // Without the biases: the even places.
    private static object Tails(IReadOnlyList<Tensor> parameters)
    {
        double[] weights = [.. parameters.Where((_, i) => i % 2 == 0).SelectMany(one => one.cpu().data<float>().ToArray()).Select(one => (double)one)];
        return new
        {
            tail = weights.Select(Math.Abs).Quantile(Tail),
            kurtosis = weights.Kurtosis(),
            deviation = weights.StandardDeviation(),
            histogram = Enumerable.Range(0, Bins).Select(bin => weights.Count(one => Math.Clamp((int)Math.Floor((one + 1) / 2 * Bins), 0, Bins - 1) == bin) / (double)weights.Length).ToArray(),
        };
    }
}
