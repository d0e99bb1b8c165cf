using System.Text.Json;
using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>Settings of the intervals paper's classifiers (section 4.1), and what it leaves open.</summary>
/// <param name="PerClass">Training images of each class: 100 in the paper.</param>
/// <param name="LearningRate">0.01 in the paper.</param>
/// <param name="BatchSize">Not stated.</param>
/// <param name="LargestLoss">Training ends after an epoch with no training error and a mean loss of at most this; the paper says "very close to 0".</param>
/// <param name="MostEpochs">It ends here in any case.</param>
public sealed record IntervalsSettings(int PerClass, double LearningRate, int BatchSize, double LargestLoss, int MostEpochs);

/// <summary>
/// Trains one classifier of three hidden layers of 128 units on a few images with real or random labels, and measures
/// ‖W′(x)‖_∞/‖W‖_∞ before and after (intervals paper, appendix A). W is the product of all weights, W′(x) the Jacobian, that is the product
/// of the weights with the rows of inactive units erased; the paper's formulas leave the biases out.
/// </summary>
public static class NormDistribution
{
    private const string Name = "intervals.norm-assumption";

    /// <summary>The paper's learning rate and images, and what is chosen here.</summary>
    public static IntervalsSettings Settings { get; } = new(PerClass: 100, LearningRate: 0.01, BatchSize: 16, LargestLoss: 0.05, MostEpochs: 3000);

    /// <summary>As many networks with real labels as with random ones.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, [Name], (profile, store) =>
    {
        var data = store.Load(DataSets.Mnist);
        return [.. from randomLabels in new[] { false, true } from seed in Enumerable.Range(1, Sizes.Of<Size>(Name, profile).Seeds) select CellOf(data, randomLabels, seed)];
    });

    /// <summary>
    /// One network from one seed, in float32 on the CPU. The images are the first of each class in the training set, pixels/255; random labels
    /// are the same labels in random order. The seed gives the labels, the initial parameters, the order of the training points and the lines.
    /// </summary>
    /// <param name="data">Where images come from.</param>
    /// <param name="randomLabels">Whether the labels are put in random order.</param>
    /// <param name="settings">Sizes and rates.</param>
    /// <param name="seed">Of this network.</param>
    /// <param name="progress">Takes the share done and a status.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <returns>
    /// <c>randomLabels</c>, <c>epochs</c>, <c>trainingLoss</c> of the last of them, <c>trainingErrors</c> and <c>testAccuracy</c>; and for <c>initial</c> and <c>trained</c>
    /// the <c>norm</c> ‖W‖_∞ and, for <c>training</c> and <c>test</c> images and for random points on <c>lines</c> between two images of one
    /// label, the <c>share</c> with a ratio of at most 2 and its <c>median</c> and <c>largest</c> ratio.
    /// </returns>
    /// <exception cref="ArithmeticException">The training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static JsonElement Run(ImageDataSet data, bool randomLabels, IntervalsSettings settings, Seed seed, Action<double, string> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (pixels, classes) = (data.Description.Pixels, data.Description.Classes);
        var chosen = Enumerable.Range(0, classes).SelectMany(label => Enumerable.Range(0, data.TrainLabels.Length).Where(i => data.TrainLabels[i] == label).Take(settings.PerClass)).ToArray();
        var labels = chosen.Select(i => data.TrainLabels[i]).ToArray();
        if (randomLabels)
        {
            labels = RandomLabels.Of(labels, seed.With("choice", "labels"));
        }

        var training = data.Rows(data.TrainImages, chosen);
        var test = data.TestRows();
        var lines = PointsOnLines(training, labels, data.TestLabels.Length, seed.With("choice", "lines").Generator());
        var targets = OneHot.Of(labels, classes, float32);
        using var network = Initialisation.PyTorchDefault(FullyConnectedShape.Uniform(pixels, 3, 128, classes), [seed.With("choice", "initial parameters")], float32);
        using var ensemble = new DenseEnsemble([network], training, targets, new OptimiserSettings(settings.LearningRate, 0, settings.BatchSize), Loss.CrossEntropy, PointOrder.Seeded(labels.Length, seed.With("choice", "order")));
        var initial = Measure(network);
        var (epochs, loss, errors) = (0, double.PositiveInfinity, labels.Length);
        while (epochs < settings.MostEpochs && (errors > 0 || loss > settings.LargestLoss))
        {
            epochs++;
            loss = ensemble.Epoch(epochs, cancellation)[0];
            using var now = FullyConnected.OfReplica(ensemble.Parameters(0));
            errors = Classification.Of(now, training, labels).Errors;
            progress((double)epochs / settings.MostEpochs, $"epoch {epochs}, loss {loss:F3}, {errors} errors");
        }

        using var trained = FullyConnected.OfReplica(ensemble.Parameters(0));
        return JsonSerializer.SerializeToElement(new
        {
            randomLabels,
            epochs,
            digest = ParameterDigest.Of(ensemble.Parameters(0)),
            trainingLoss = loss,
            trainingErrors = errors,
            testAccuracy = Classification.Of(trained, test, data.TestLabels).Accuracy,
            initial,
            trained = Measure(trained),
        });

        object Measure(FullyConnected network)
        {
            using var here = NewDisposeScope();
            var product = network.Weights.Reverse().Aggregate((left, right) => left.bmm(right));
            var norm = (double)MatrixNorm.Of(product, double.PositiveInfinity).item<float>();
            return new { norm, training = Ratios(network, training, norm), test = Ratios(network, test, norm), lines = Ratios(network, lines, norm) };
        }
    }

    private static object Ratios(FullyConnected network, Tensor points, double norm)
    {
        const int Batch = 500;
        var ratios = new List<double>();
        for (long start = 0; start < points.size(0); start += Batch)
        {
            using var scope = NewDisposeScope();
            using var unrecorded = no_grad();
            ratios.AddRange(Geometry.Slope.At(network, points.narrow(0, start, Math.Min(Batch, points.size(0) - start)), double.PositiveInfinity).cpu().data<float>().Select(one => one / norm));
        }

        ratios.Sort();
        return new { share = ratios.Count(ratio => ratio <= 2) / (double)ratios.Count, median = ratios[ratios.Count / 2], largest = ratios[^1] };
    }

    // Uniform points on the segments between two different images of one label.
    private static Tensor PointsOnLines(Tensor images, byte[] labels, int count, Random generator)
    {
        var byLabel = Enumerable.Range(0, labels.Length).ToLookup(i => labels[i]);
        var (from, to, places) = (new long[count], new long[count], new float[count]);
        for (var i = 0; i < count; i++)
        {
            from[i] = generator.Next(labels.Length);
            var others = byLabel[labels[from[i]]].Where(other => other != from[i]).ToArray();
            to[i] = others[generator.Next(others.Length)];
            places[i] = (float)generator.NextDouble();
        }

        var (start, end) = (images.index_select(0, tensor(from, device: CPU)), images.index_select(0, tensor(to, device: CPU)));
        return start + (tensor(places, device: CPU).unsqueeze(-1) * (end - start));
    }

    private static Cell CellOf(ImageDataSet data, bool randomLabels, int repetition)
    {
        var labels = randomLabels ? "random" : "real";
        var seed = Seed.Of(("claim", Name), ("data", data.Description.Id), ("labels", labels), ("repetition", repetition));
        var key = CellKey.Of(typeof(NormDistribution), seed, new { Settings, randomLabels }, "float32", (data.Description.Id, data.Checksum));
        return new Cell(Name, $"{data.Description.Id}-{labels}-labels-seed{repetition}", key, (progress, cancellation) => Run(data, randomLabels, Settings, seed, progress, cancellation));
    }

    private sealed record Size(int Seeds);
}
