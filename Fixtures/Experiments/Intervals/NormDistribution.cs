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
/// <param name="LargestLoss">
/// Training ends after an epoch with no training error and a mean loss of at most this; the paper says "very close to 0".
/// </param>
/// <param name="MostEpochs">It ends here in any case.</param>
public sealed record IntervalsSettings(int PerClass, double LearningRate, int BatchSize, double LargestLoss, int MostEpochs);

/// <summary>‖W′(x)‖_∞/‖W‖_∞ at many points x.</summary>
/// <param name="Share">Of points where it is at most 2.</param>
/// <param name="Median">Of the points.</param>
/// <param name="Largest">Of the points.</param>
public sealed record NormRatios(double Share, double Median, double Largest);

/// <summary>The norms of a network before or after its training.</summary>
/// <param name="Norm">‖W‖_∞.</param>
/// <param name="Training">At training images.</param>
/// <param name="Test">At test images.</param>
/// <param name="Lines">At random points on segments between two training images of one label.</param>
public sealed record NetworkNorms(double Norm, NormRatios Training, NormRatios Test, NormRatios Lines);

/// <summary>How far test images are from training images of their class in the ∞-norm.</summary>
/// <param name="Median">Of the distances to the nearest one.</param>
/// <param name="Smallest">Of these distances.</param>
/// <param name="Inside">The share within κ/(4‖W‖_∞), κ = 4.5 and W that of the trained network.</param>
public sealed record NearestSamples(double Median, double Smallest, double Inside);

/// <summary>What a cell computed.</summary>
/// <param name="RandomLabels">Whether the training labels were put in random order.</param>
/// <param name="Epochs">Of the training.</param>
/// <param name="Digest">Of the trained parameters.</param>
/// <param name="TrainingLoss">Of the last epoch.</param>
/// <param name="TrainingErrors">Training images that are misclassified.</param>
/// <param name="TestAccuracy">With the true labels.</param>
/// <param name="Initial">Before training.</param>
/// <param name="Trained">After it.</param>
/// <param name="Nearest">Of the images that the network was trained on, by true class.</param>
/// <param name="NearestOfAll">Of all training images of the set.</param>
public sealed record NormsResult(
    bool RandomLabels,
    int Epochs,
    string Digest,
    double TrainingLoss,
    int TrainingErrors,
    double TestAccuracy,
    NetworkNorms Initial,
    NetworkNorms Trained,
    NearestSamples Nearest,
    NearestSamples NearestOfAll);

/// <summary>
/// Trains one classifier of three hidden layers of 128 units on a few images with real or random labels, and measures
/// ‖W′(x)‖_∞/‖W‖_∞ before and after (intervals paper, appendix A). W is the product of all weights, W′(x) the Jacobian, that is the product
/// of the weights with the rows of inactive units erased; the paper's formulas leave the biases out.
/// </summary>
public static class NormDistribution
{
    private const string Name = "intervals.norm-assumption";

    /// <summary>The paper's learning rate and images, and what is chosen here.</summary>
    public static IntervalsSettings Settings { get; } =
        new(PerClass: 100, LearningRate: 0.01, BatchSize: 16, LargestLoss: 0.05, MostEpochs: 3000);

    /// <summary>As many networks with real labels as with random ones.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, [Name, "intervals.dense-domain"], (profile, store) =>
    {
        var data = store.Load(DataSets.Mnist);
        return
        [
            .. from randomLabels in new[] { false, true }
               from seed in Enumerable.Range(1, Sizes.Of<Size>(Name, profile).Seeds)
               select CellOf(data, randomLabels, seed),
        ];
    });

    /// <summary>
    /// One network from one seed, in float32 on the CPU. The images are the first of each class in the training set, pixels/255; random
    /// labels are the same labels in random order. The seed gives the labels, the initial parameters, the order of the training points and
    /// the lines.
    /// </summary>
    /// <param name="data">Where images come from.</param>
    /// <param name="randomLabels">Whether the labels are put in random order.</param>
    /// <param name="settings">Sizes and rates.</param>
    /// <param name="seed">Of this network.</param>
    /// <param name="progress">Takes the share done and a status.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="ArithmeticException">The training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static NormsResult Run(
        ImageDataSet data,
        bool randomLabels,
        IntervalsSettings settings,
        Seed seed,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var points = LabelledPoints.Images(data, settings.PerClass, data.Description.Rows, randomLabels, seed);
        var (training, labels) = (points.Points, points.Labels);
        var lines = PointsOnLines(points, points.ValidationLabels.Length, seed.With("choice", "lines").Generator());
        var shape = FullyConnectedShape.Uniform(data.Description.Pixels, 3, 128, points.Classes);
        using var network = Initialisation.PyTorchDefault(shape, [seed.With("choice", "initial parameters")], float32);
        using var ensemble = new DenseEnsemble(
            [network],
            training,
            OneHot.Of(labels, points.Classes, float32),
            new OptimiserSettings(settings.LearningRate, 0, settings.BatchSize),
            Loss.CrossEntropy,
            PointOrder.Seeded(labels.Length, seed.With("choice", "order")));
        var initial = Measure(network);
        var (epochs, loss, errors) = (0, double.PositiveInfinity, labels.Length);
        while (epochs < settings.MostEpochs && (errors > 0 || loss > settings.LargestLoss))
        {
            epochs++;
            loss = ensemble.Epoch(epochs, cancellation)[0];
            using var now = FullyConnected.OfReplica(ensemble.Parameters(0));
            errors = NetworkOutputs.Classify(now, training, labels).Errors;
            progress((double)epochs / settings.MostEpochs, $"epoch {epochs}, loss {loss:F3}, {errors} errors");
        }

        using var trained = FullyConnected.OfReplica(ensemble.Parameters(0));
        var after = Measure(trained);
        return new NormsResult(
            randomLabels,
            epochs,
            ParameterDigest.Of(ensemble.Parameters(0)),
            loss,
            errors,
            NetworkOutputs.Classify(trained, points.ValidationPoints, points.ValidationLabels).Accuracy,
            initial,
            after,
            Nearest(data, settings.PerClass, after.Norm),
            Nearest(data, int.MaxValue, after.Norm));

        NetworkNorms Measure(FullyConnected network)
        {
            using var here = NewDisposeScope();
            var product = network.Weights.Reverse().Aggregate((left, right) => left.bmm(right));
            var norm = (double)MatrixNorm.Of(product, double.PositiveInfinity).item<float>();
            NormRatios At(Tensor some) => Ratios(network, some, norm);
            return new NetworkNorms(norm, At(training), At(points.ValidationPoints), At(lines));
        }
    }

    // The first test images of the set against the first training images of their class, so many or all.
    private static NearestSamples Nearest(ImageDataSet data, int perClass, double norm)
    {
        const int Tested = 200;
        const double Kappa = 4.5;
        var byClass = Enumerable.Range(0, data.TrainLabels.Length).ToLookup(i => data.TrainLabels[i]);
        var distances = new List<double>();
        foreach (var images in Enumerable.Range(0, Tested).GroupBy(i => data.TestLabels[i]))
        {
            using var scope = NewDisposeScope();
            var samples = data.Rows(data.TrainImages, [.. byClass[images.Key].Take(perClass)]);
            double ToNearest(int image) => (samples - data.Rows(data.TestImages, [image])).abs().amax(-1).amin().item<float>();
            distances.AddRange(images.Select(ToNearest));
        }

        distances.Sort();
        return new NearestSamples(
            distances[Tested / 2], distances[0], distances.Count(distance => distance < Kappa / (4 * norm)) / (double)Tested);
    }

    private static NormRatios Ratios(FullyConnected network, Tensor points, double norm)
    {
        const int Batch = 500;
        var ratios = new List<double>();
        for (long start = 0; start < points.size(0); start += Batch)
        {
            using var scope = NewDisposeScope();
            using var unrecorded = no_grad();
            var batch = points.narrow(0, start, Math.Min(Batch, points.size(0) - start));
            var norms = Geometry.Slope.At(network, batch, double.PositiveInfinity).cpu().data<float>();
            ratios.AddRange(norms.Select(one => one / norm));
        }

        ratios.Sort();
        return new NormRatios(ratios.Count(ratio => ratio <= 2) / (double)ratios.Count, ratios[ratios.Count / 2], ratios[^1]);
    }

    // Uniform points on the segments between two different images of one label.
    private static Tensor PointsOnLines(LabelledPoints points, int count, Random generator)
    {
        var (images, labels) = (points.Points, points.Labels);
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
        var key = CellKey.Of(
            typeof(NormDistribution), seed, new { Settings, randomLabels }, "float32", (data.Description.Id, data.Checksum));
        return new Cell(Name, $"{data.Description.Id}-{labels}-labels-seed{repetition}", key, (progress, cancellation) =>
            Run(data, randomLabels, Settings, seed, progress, cancellation));
    }

    private sealed record Size(int Seeds);
}
