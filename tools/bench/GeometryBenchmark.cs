using System.Diagnostics;
using Reproduce.Lines;
using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Bench;

/// <summary>
/// Exact path lengths against the thesis's estimate from 100 points, on the same segments between MNIST test images, in alternating rounds,
/// so that a busy machine slows down both.
/// </summary>
public static class GeometryBenchmark
{
    private const int Points = 100;
    private const int Rounds = 5;

    private static readonly (int Width, int Depth)[] Shapes =
        [.. from depth in new[] { 1, 2, 3 } from width in new[] { 25, 64, 128, 256 } select (width, depth)];

    /// <summary>Runs the benchmark and prints tables.</summary>
    /// <param name="quick">Only one network, to check that the benchmark works.</param>
    /// <exception cref="DataException">MNIST is not available.</exception>
    public static void Run(bool quick)
    {
        using var scope = NewDisposeScope();
        var data = new DataStore().Load(DataSets.Mnist);
        var train = tensor(data.Normalised(data.TrainImages), [data.TrainLabels.Length, data.Description.Pixels]);
        var targets = OneHot.Of(data.TrainLabels, data.Description.Classes, float32);
        var test = tensor(data.Normalised(data.TestImages), [data.TestLabels.Length, data.Description.Pixels]).to_type(float64);

        Console.WriteLine(
            $"libtorch {__version__}, {get_num_threads()} threads, {Environment.ProcessorCount} cores. " +
            $"Medians of {Rounds} rounds, milliseconds for all segments; ratio: exact over {Points} points.");
        Console.WriteLine();
        Console.WriteLine(
            "Fully connected, one logit of a network after 100 steps of training, float64. " +
            "Padded: rows if every line had as many as the longest.");
        Header();
        foreach (var (width, depth) in quick ? Shapes.Take(1) : Shapes)
        {
            Row($"({depth}, {width})", Trained(width, depth, train, targets), test, quick ? 20 : 200);
        }

        if (quick)
        {
            return;
        }

        Console.WriteLine();
        Console.WriteLine("Growth with the number of segments.");
        Header();
        foreach (var count in new[] { 10, 100, 1000 })
        {
            Row("(2, 128)", Trained(128, 2, train, targets), test, count);
        }

        Console.WriteLine();
        Console.WriteLine(
            "Convolutional, (layers, channels) of the slope paper, ten logits, initial weights, Jacobians in the Frobenius norm, float64.");
        Header();
        foreach (var (layers, channels) in new[] { (3, 6), (6, 24) })
        {
            Convolutional(layers, channels, test);
        }
    }

    private static void Header() => Console.WriteLine(
        $"{"network",-10} {"segments",8} {"pieces",8} {"padded",7}   {"PL0 exact",10} {"sampled",9} {"ratio",6}   " +
        $"{"both exact",10} {"sampled",9} {"ratio",6}   {"PL0 seen",8} {"PL1 seen",8}");

    private static void Row(string name, FullyConnected network, Tensor images, int count)
    {
        using var scope = NewDisposeScope();
        var segments = Segments.Draw(images, count, Seed.Of(("benchmark", "geometry"), ("segments", count)).Generator());
        using var layered = LayeredNetwork.Of(network, 0);
        new ExactAgainstSampled(layered, segments).Print(
            name,
            () => PathLength.OfFunction(network, segments, Points),
            () => PathLength.OfGradient(network, segments, Points),
            Rounds);
    }

    // The logit of class 3 of a classifier after 100 steps.
    private static FullyConnected Trained(int width, int depth, Tensor train, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("benchmark", "geometry"), ("width", width), ("depth", depth));
        var shape = FullyConnectedShape.Uniform(784, depth, width, 10);
        using var initial = Initialisation.PyTorchDefault(shape, [seed.With("choice", "initial parameters")], float32);
        using var ensemble = new DenseEnsemble(
            [initial],
            train.narrow(0, 0, 6400),
            targets.narrow(0, 0, 6400),
            new OptimiserSettings(0.05, 0.8, 64),
            Loss.CrossEntropy,
            PointOrder.Seeded(6400, seed.With("choice", "order")));
        ensemble.Epoch(1);
        var network = FullyConnected.OfReplica(ensemble.Parameters(0));
        Tensor Own(Tensor parameters, bool last) =>
            (last ? parameters.narrow(1, 3, 1) : parameters).to_type(float64).clone().MoveToOuterDisposeScope();
        return new FullyConnected(
            [.. network.Weights.Select((one, layer) => Own(one, layer == depth))],
            [.. network.Biases.Select((one, layer) => Own(one, layer == depth))]);
    }

    private static void Convolutional(int layers, int channels, Tensor images)
    {
        using var scope = NewDisposeScope();
        var generator = Seed.Of(("benchmark", "geometry"), ("layers", layers), ("channels", channels)).Generator();
        Tensor Uniform(double limit, params long[] shape)
        {
            var count = (int)ParameterCount.Of([shape]);
            return tensor([.. Enumerable.Range(0, count).Select(_ => ((2 * generator.NextDouble()) - 1) * limit)], shape);
        }

        var all = new List<AffineLayer>();
        var image = new ImageShape(1, 28, 28);
        for (var layer = 0; layer < layers; layer++)
        {
            var limit = 1 / Math.Sqrt(25.0 * image.Channels);
            var kernels = Uniform(limit, channels, image.Channels, 5, 5);
            var convolution = new ConvolutionLayer(kernels, Uniform(limit, channels), image, padding: 2);
            all.Add(convolution);
            image = convolution.OutputShape;
        }

        all.Add(new DenseLayer(Uniform(1 / Math.Sqrt(image.Size), 10, image.Size), Uniform(1 / Math.Sqrt(image.Size), 10)));
        using var network = new LayeredNetwork(all);
        var segments = Segments.Draw(images, 1, generator);
        var fractions = (arange(0, Points, 1, float64) / (double)(Points - 1)).unsqueeze(1);
        var points = segments.Starts + (fractions * (segments.Ends - segments.Starts));
        new ExactAgainstSampled(network, segments).Print(
            $"({layers}, {channels})",
            () => Length(network.Forward(points)),
            () => Length(Jacobian.ByLayers(network, points).flatten(1, 2)),
            rounds: 1);
    }

    // The sum of the Euclidean distances of neighbouring rows, [1].
    private static Tensor Length(Tensor rows)
    {
        var steps = rows.narrow(0, 1, rows.size(0) - 1) - rows.narrow(0, 0, rows.size(0) - 1);
        return steps.square().sum(dim: 1).sqrt().sum().unsqueeze(0);
    }

    // Times the exact path lengths and the sampled ones on the same segments.
    private sealed class ExactAgainstSampled(LayeredNetwork network, Segments segments)
    {
        private readonly double[] _function = new double[segments.Count];
        private readonly double[] _gradient = new double[segments.Count];
        private readonly long[] _kinks = new long[segments.Count];
        private readonly long[] _rows = new long[segments.Count];

        internal void Print(string name, Func<Tensor> sampledFunction, Func<Tensor> sampledGradient, int rounds)
        {
            double[] functionSeen = [], gradientSeen = [];
            double[][] times = [new double[rounds], new double[rounds], new double[rounds], new double[rounds]];

            // With several rounds, a first one is not counted.
            for (var round = rounds > 1 ? -1 : 0; round < rounds; round++)
            {
                var spent = new[]
                {
                    Time(() => Exact(gradient: false)),
                    Time(() => functionSeen = Numbers(sampledFunction())),
                    Time(() => Exact(gradient: true)),
                    Time(() => (functionSeen, gradientSeen) = (Numbers(sampledFunction()), Numbers(sampledGradient()))),
                };
                for (var i = 0; i < spent.Length && round >= 0; i++)
                {
                    times[i][round] = spent[i];
                }
            }

            double[] medians = [.. times.Select(all => all.Order().ElementAt(rounds / 2))];
            Console.WriteLine(
                $"{name,-10} {segments.Count,8} {_kinks.Average() + 1,8:F0} {_rows.Max() / _rows.Average(),6:F2}×   " +
                $"{medians[0],10:F1} {medians[1],9:F1} {medians[0] / medians[1],6:F2}   " +
                $"{medians[2],10:F1} {medians[3],9:F1} {medians[2] / medians[3],6:F2}   " +
                $"{functionSeen.Sum() / _function.Sum(),8:F4} {gradientSeen.Sum() / _gradient.Sum(),8:F4}");
        }

        private void Exact(bool gradient)
        {
            foreach (var all in new Array[] { _function, _gradient, _kinks, _rows })
            {
                Array.Clear(all);
            }

            using var decomposition = new LineDecomposition(network);
            var directions = segments.Ends - segments.Starts;
            foreach (var pieces in decomposition.Of(segments.Starts, directions, 0, 1))
            {
                AlongLines.AddFunctionVariation(pieces, directions, 0, 1, _function);
                if (gradient)
                {
                    AlongLines.AddGradientVariation(pieces, 0, 1, _gradient);
                    AlongLines.AddKinks(pieces, 0, 1, _kinks);
                    foreach (var line in pieces.Lines)
                    {
                        _rows[line]++;
                    }
                }
            }
        }

        private static double Time(Action work)
        {
            using var scope = NewDisposeScope();
            using var unrecorded = no_grad();
            var clock = Stopwatch.StartNew();
            work();
            return clock.Elapsed.TotalMilliseconds;
        }

        private static double[] Numbers(Tensor tensor) => tensor.cpu().data<double>().ToArray();
    }
}
