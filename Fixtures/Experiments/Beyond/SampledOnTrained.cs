using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments.Intervals;
using Reproduce.Geometry;
using Reproduce.Lines;
using Reproduce.Measures;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Beyond;

/// <summary>Settings of the classifiers and of what is measured on them.</summary>
/// <param name="Images">Training images, the first of the set.</param>
/// <param name="Epochs">Passes over them.</param>
/// <param name="LearningRate">Of SGD.</param>
/// <param name="Momentum">Of SGD.</param>
/// <param name="BatchSize">Images a step.</param>
/// <param name="PairsPerClass">Segments that begin at a test image of each class.</param>
/// <param name="Steps">Of the grid on either ray of an interval.</param>
public sealed record SampledSettings(
    int Images, int Epochs, double LearningRate, double Momentum, int BatchSize, int PairsPerClass, int Steps);

/// <summary>A total variation along segments, and what estimates see of it.</summary>
/// <param name="Exact">The mean.</param>
/// <param name="SeenBy100">The share that 100 points see.</param>
/// <param name="SeenBy10">The share that 10 points see.</param>
/// <param name="Excess">The largest relative excess of an estimate on a segment.</param>
public sealed record SampledVariation(double Exact, double SeenBy100, double SeenBy10, double Excess);

/// <summary>Generalization intervals, and what a grid sees of them.</summary>
/// <param name="Exact">The mean.</param>
/// <param name="Overestimated">The share that comes out longer by more than a step, 2/steps.</param>
/// <param name="Error">The mean absolute error.</param>
/// <param name="Shortfall">The largest amount by which one comes out short.</param>
/// <param name="Capped">The share that ends where the range does.</param>
public sealed record SampledIntervals(double Exact, double Overestimated, double Error, double Shortfall, double Capped);

/// <summary>What a cell computed.</summary>
/// <param name="Depth">Hidden layers.</param>
/// <param name="Width">Of each of them.</param>
/// <param name="Digest">Of the trained parameters.</param>
/// <param name="TestAccuracy">On all test images.</param>
/// <param name="Pieces">The mean number on a segment.</param>
/// <param name="PL0">Of all outputs.</param>
/// <param name="PL1">Of the logit of the class that a segment's first image has: PL1 is defined for one output.</param>
/// <param name="GI">From the first image towards the second, range [−1, 2].</param>
public sealed record SampledResult(
    int Depth,
    int Width,
    string Digest,
    double TestAccuracy,
    double Pieces,
    SampledVariation PL0,
    SampledVariation PL1,
    SampledIntervals GI);

/// <summary>
/// Trains one classifier and measures on segments between test images what estimates from 100 and 10 points see of PL0 and PL1 and what a
/// grid sees of generalization intervals, beside the exact values.
/// </summary>
public static class SampledOnTrained
{
    private const string Name = "beyond.exact-tv.trained";

    /// <summary>One network of each depth and width.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, [Name], (profile, store) =>
    {
        var (data, sizes) = (store.Load(DataSets.Mnist), Sizes.Of<Size>(Name, profile));
        return [.. from depth in sizes.Depths from width in sizes.Widths select CellOf(data, depth, width, sizes.Settings)];
    });

    /// <summary>One network from one seed, trained in float32 on the CPU and measured in float64.</summary>
    /// <param name="data">Where images come from.</param>
    /// <param name="hiddenLayers">The depth.</param>
    /// <param name="width">Of every hidden layer.</param>
    /// <param name="settings">Sizes and rates.</param>
    /// <param name="seed">Of this network: its initial parameters, the order of the images and the pairs.</param>
    /// <param name="progress">Takes the share done and a status.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="ArithmeticException">The training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SampledResult Run(
        ImageDataSet data,
        int hiddenLayers,
        int width,
        SampledSettings settings,
        Seed seed,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (pixels, classes) = (data.Description.Pixels, data.Description.Classes);
        var shape = FullyConnectedShape.Uniform(pixels, hiddenLayers, width, classes);
        using var initial = Initialisation.PyTorchDefault(shape, [seed.With("choice", "initial parameters")], float32);
        using var ensemble = new DenseEnsemble(
            [initial],
            data.Rows(data.TrainImages, [.. Enumerable.Range(0, settings.Images)]),
            OneHot.Of(data.TrainLabels.AsSpan(0, settings.Images), classes, float32),
            new OptimiserSettings(settings.LearningRate, settings.Momentum, settings.BatchSize),
            Loss.CrossEntropy,
            PointOrder.Seeded(settings.Images, seed.With("choice", "order")));
        for (var epoch = 1; epoch <= settings.Epochs; epoch++)
        {
            var loss = ensemble.Epoch(epoch, cancellation)[0];
            progress(0.5 * epoch / settings.Epochs, $"epoch {epoch}, loss {loss:F3}");
        }

        using var unrecorded = no_grad();
        using var network = FullyConnected.OfReplica(ensemble.Parameters(0));
        using var trained = TrainedClassifier.InDouble(network);
        var pairs = Pairs(data.TestLabels, classes, settings.PairsPerClass, seed.With("choice", "pairs").Generator());
        var firsts = data.Rows(data.TestImages, [.. pairs.Select(pair => pair.First)]).to_type(float64);
        var seconds = data.Rows(data.TestImages, [.. pairs.Select(pair => pair.Second)]).to_type(float64);
        var segments = new Segments(firsts, seconds);
        Segments From(int label) => new(
            firsts.narrow(0, label * settings.PairsPerClass, settings.PairsPerClass),
            seconds.narrow(0, label * settings.PairsPerClass, settings.PairsPerClass));
        var logits = Enumerable.Range(0, classes).Select(label => (Network: Logit(trained, label), Segments: From(label))).ToList();
        return new SampledResult(
            hiddenLayers,
            width,
            ParameterDigest.Of(ensemble.Parameters(0)),
            NetworkOutputs.Classify(network, data.TestRows(), data.TestLabels).Accuracy,
            PiecesPerSegment(trained, segments),
            PL0: Compare(ExactPathLength.OfFunction(trained, segments), n => PathLength.OfFunction(trained, segments, n)),
            PL1: Compare(
                cat([.. logits.Select(one => ExactPathLength.OfGradient(one.Network, one.Segments))], 1),
                n => cat([.. logits.Select(one => PathLength.OfGradient(one.Network, one.Segments, n))], 1)),
            GI: Intervals(trained, firsts, seconds - firsts, settings.Steps));
    }

    private static SampledVariation Compare(Tensor exact, Func<int, Tensor> estimate)
    {
        var whole = exact.cpu().data<double>().ToArray();
        var (by100, by10) = (Estimates(100), Estimates(10));
        return new SampledVariation(
            whole.Average(), by100.Sum() / whole.Sum(), by10.Sum() / whole.Sum(), Math.Max(Excess(by100), Excess(by10)));

        double[] Estimates(int n) => estimate(n).cpu().data<double>().ToArray();

        double Excess(double[] part) => part.Zip(whole, (one, all) => (one - all) / all).Max();
    }

    private static SampledIntervals Intervals(FullyConnected network, Tensor points, Tensor directions, int steps)
    {
        var sampled = GeneralizationInterval.Of(network, points, directions, backward: 1, forward: 2, steps).cpu().data<double>().ToArray();
        using var one = LayeredNetwork.Of(network, 0);
        var exact = IntervalsOnLines.Of(one, points, directions, 1, 2);
        double[] errors = [.. sampled.Zip(exact.Intervals, (part, whole) => part - whole)];
        return new SampledIntervals(
            exact.Intervals.Average(),
            errors.Count(error => error > 2.0 / steps) / (double)errors.Length,
            errors.Average(Math.Abs),
            -errors.Min(),
            exact.Backward.Zip(exact.Forward).Count(ends => ends.First >= 1 || ends.Second >= 2) / (double)errors.Length);
    }

    private static double PiecesPerSegment(FullyConnected network, Segments segments)
    {
        using var one = LayeredNetwork.Of(network, 0);
        using var decomposition = new LineDecomposition(one);
        var kinks = new long[segments.Count];
        foreach (var pieces in decomposition.Of(segments.Starts, segments.Ends - segments.Starts, 0, 1))
        {
            AlongLines.AddKinks(pieces, 0, 1, kinks);
        }

        return 1 + kinks.Average();
    }

    private static FullyConnected Logit(FullyConnected network, int label) => new(
        [.. network.Weights.SkipLast(1), network.Weights[^1].narrow(1, label, 1)],
        [.. network.Biases.SkipLast(1), network.Biases[^1].narrow(1, label, 1)]);

    // For each class so many of its images, none twice, each with any other image.
    private static List<(int First, int Second)> Pairs(byte[] labels, int classes, int perClass, Random generator)
    {
        var pairs = new List<(int First, int Second)>();
        for (var label = 0; label < classes; label++)
        {
            int[] own = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == label)];
            generator.Shuffle(own);
            foreach (var first in own.Take(perClass))
            {
                var second = generator.Next(labels.Length - 1);
                pairs.Add((first, second < first ? second : second + 1));
            }
        }

        return pairs;
    }

    private static Cell CellOf(ImageDataSet data, int depth, int width, SampledSettings settings)
    {
        var id = data.Description.Id;
        var seed = Seed.Of(("claim", Name), ("data", id), ("depth", $"{depth}"), ("width", $"{width}"));
        var key = CellKey.Of(
            typeof(SampledOnTrained), seed, new { settings, depth, width }, "float32 in training, float64 measured", (id, data.Checksum));
        return new Cell(Name, $"{id}-{depth}x{width}", key, (progress, cancellation) =>
            Run(data, depth, width, settings, seed, progress, cancellation));
    }

    private sealed record Size(IReadOnlyList<int> Depths, IReadOnlyList<int> Widths, SampledSettings Settings);
}
