using System.Text.Json;
using Reproduce.Lines;
using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments.Intervals;
using Reproduce.Geometry;
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
public sealed record SampledSettings(int Images, int Epochs, double LearningRate, double Momentum, int BatchSize, int PairsPerClass, int Steps);

/// <summary>
/// Trains one classifier and measures on segments between test images what estimates from 100 and 10 points see of PL0 and PL1 and what a grid sees
/// of generalization intervals, beside the exact values.
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

    private static readonly int[] Points = [100, 10];

    /// <summary>
    /// One network from one seed, trained in float32 on the CPU and measured in float64. PL0 is that of all outputs; PL1, which is defined for one, that of
    /// the logit of the class that a segment's first image has. Intervals run from the first image towards the second, range [−1, 2].
    /// </summary>
    /// <param name="data">Where images come from.</param>
    /// <param name="hiddenLayers">The depth.</param>
    /// <param name="width">Of every hidden layer.</param>
    /// <param name="settings">Sizes and rates.</param>
    /// <param name="seed">Of this network: its initial parameters, the order of the images and the pairs.</param>
    /// <param name="progress">Takes the share done and a status.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <returns>
    /// <c>depth</c>, <c>width</c>, <c>testAccuracy</c>; <c>pieces</c>, the mean number on a segment; for <c>PL0</c> and <c>PL1</c> the <c>exact</c> mean, the shares <c>seenBy100</c> and
    /// <c>seenBy10</c> of it, and the largest relative <c>excess</c> of an estimate on a segment; for <c>GI</c> the <c>exact</c> mean, the <c>overestimated</c> share that comes out
    /// longer by more than a step, 2/steps, the mean absolute <c>error</c>, by how much the most is <c>short</c>, and the share <c>capped</c> at the range.
    /// </returns>
    /// <exception cref="ArithmeticException">The training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static JsonElement Run(ImageDataSet data, int hiddenLayers, int width, SampledSettings settings, Seed seed, Action<double, string> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (pixels, classes) = (data.Description.Pixels, data.Description.Classes);
        var training = data.Rows(data.TrainImages, [.. Enumerable.Range(0, settings.Images)]);
        using var initial = Initialisation.PyTorchDefault(FullyConnectedShape.Uniform(pixels, hiddenLayers, width, classes), [seed.With("choice", "initial parameters")], float32);
        var targets = OneHot.Of(data.TrainLabels.AsSpan(0, settings.Images), classes, float32);
        using var ensemble = new DenseEnsemble(
            [initial], training, targets, new OptimiserSettings(settings.LearningRate, settings.Momentum, settings.BatchSize), Loss.CrossEntropy, PointOrder.Seeded(settings.Images, seed.With("choice", "order")));
        for (var epoch = 1; epoch <= settings.Epochs; epoch++)
        {
            var loss = ensemble.Epoch(epoch, cancellation)[0];
            progress(0.5 * epoch / settings.Epochs, $"epoch {epoch}, loss {loss:F3}");
        }

        using var unrecorded = no_grad();
        using var network = FullyConnected.OfReplica(ensemble.Parameters(0));
        var test = data.TestRows();
        var trained = new FullyConnected([.. network.Weights.Select(one => one.to_type(float64))], [.. network.Biases.Select(one => one.to_type(float64))]);
        var pairs = Pairs(data.TestLabels, classes, settings.PairsPerClass, seed.With("choice", "pairs").Generator());
        var (firsts, seconds) = (data.Rows(data.TestImages, [.. pairs.Select(pair => pair.First)]).to_type(float64), data.Rows(data.TestImages, [.. pairs.Select(pair => pair.Second)]).to_type(float64));
        var segments = new Segments(firsts, seconds);

        var function = Compare(ExactPathLength.OfFunction(trained, segments), n => PathLength.OfFunction(trained, segments, n));
        var logits = Enumerable.Range(0, classes).Select(label => (Network: Logit(trained, label), Segments: new Segments(firsts.narrow(0, label * settings.PairsPerClass, settings.PairsPerClass), seconds.narrow(0, label * settings.PairsPerClass, settings.PairsPerClass)))).ToList();
        var gradient = Compare(cat([.. logits.Select(one => ExactPathLength.OfGradient(one.Network, one.Segments))], 1), n => cat([.. logits.Select(one => PathLength.OfGradient(one.Network, one.Segments, n))], 1));
        return JsonSerializer.SerializeToElement(new
        {
            depth = hiddenLayers,
            width,
            digest = ParameterDigest.Of(ensemble.Parameters(0)),
            testAccuracy = Classification.Of(network, test, data.TestLabels).Accuracy,
            pieces = PiecesPerSegment(trained, segments),
            PL0 = function,
            PL1 = gradient,
            GI = Intervals(trained, firsts, seconds - firsts, settings.Steps),
        });
    }

    private static object Compare(Tensor exact, Func<int, Tensor> estimate)
    {
        var whole = exact.cpu().data<double>().ToArray();
        var parts = Points.Select(n => estimate(n).cpu().data<double>().ToArray()).ToList();
        return new
        {
            exact = whole.Average(),
            seenBy100 = parts[0].Sum() / whole.Sum(),
            seenBy10 = parts[1].Sum() / whole.Sum(),
            excess = parts.Max(part => part.Zip(whole, (one, all) => (one - all) / all).Max()),
        };
    }

    private static object Intervals(FullyConnected network, Tensor points, Tensor directions, int steps)
    {
        var sampled = GeneralizationInterval.Of(network, points, directions, backward: 1, forward: 2, steps).cpu().data<double>().ToArray();
        using var one = LayeredNetwork.Of(network, 0);
        using var decomposition = new LineDecomposition(one);
        var stretch = new ExactInterval(one, points);
        foreach (var pieces in decomposition.Of(points, directions, -1, 0, 2))
        {
            stretch.Add(pieces);
        }

        var exact = stretch.Backward.Zip(stretch.Forward, (back, ahead) => Math.Min(back, 1) + Math.Min(ahead, 2)).ToArray();
        double[] errors = [.. sampled.Zip(exact, (part, whole) => part - whole)];
        return new
        {
            exact = exact.Average(),
            overestimated = errors.Count(error => error > 2.0 / steps) / (double)errors.Length,
            error = errors.Average(Math.Abs),
            @short = -errors.Min(),
            capped = stretch.Backward.Zip(stretch.Forward).Count(ends => ends.First >= 1 || ends.Second >= 2) / (double)errors.Length,
        };
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
        var seed = Seed.Of(("claim", Name), ("data", data.Description.Id), ("depth", $"{depth}"), ("width", $"{width}"));
        var key = CellKey.Of(typeof(SampledOnTrained), seed, new { settings, depth, width }, "float32 in training, float64 measured", (data.Description.Id, data.Checksum));
        return new Cell(Name, $"{data.Description.Id}-{depth}x{width}", key, (progress, cancellation) => Run(data, depth, width, settings, seed, progress, cancellation));
    }

    private sealed record Size(IReadOnlyList<int> Depths, IReadOnlyList<int> Widths, SampledSettings Settings);
}
