using Reproduce.Engine;
using Reproduce.Libtorch;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Bench;

/// <summary>
/// The training engine against eager PyTorch on the same work. All figures are medians of rounds. PyTorch runs with its defaults, with each
/// sensible split of the cores between it and its BLAS, and, as a user with many networks may run it, in one single-threaded process per
/// core.
/// </summary>
public static class TrainBenchmark
{
    // The part whose two sides are both ours: it needs no PyTorch.
    private const string OwnSides = "shallow";

    private const int Classes = 10;
    private const int Points = 468 * 64;

    /// <summary>The parts that can be measured by themselves.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["slopes", "sweep", "regression", OwnSides, "convolutional", "residual"];

    /// <summary>The twelve fully connected networks of the slope paper (section 3.1).</summary>
    private static IReadOnlyList<FullyConnectedShape> Sweep { get; } =
    [
        .. from depth in new[] { 1, 2, 3 }
           from width in new[] { 25, 50, 100, 200 }
           select FullyConnectedShape.Uniform(784, depth, width, Classes),
    ];

    /// <summary>Runs the benchmark and prints tables.</summary>
    /// <param name="rounds">The number of rounds.</param>
    /// <param name="only">One of <see cref="Parts"/>; null for all.</param>
    /// <param name="python">A Python that has PyTorch; null to search the usual places.</param>
    /// <exception cref="IOException">No Python has PyTorch.</exception>
    public static void Run(int rounds, string? only, string? python)
    {
        ArithmeticCheck.Require(CPU);
        var cores = Environment.ProcessorCount;
        EagerPyTorch[] eager = only == OwnSides ? [] : Start(python, cores);
        try
        {
            Console.WriteLine($"{cores} cores, {ArithmeticCheck.Processor()}; {TorchLibrary.Version}.");
            if (eager.Length > 0)
            {
                Console.WriteLine(
                    $"PyTorch {eager[0].Version}, threads {string.Join(", ", eager.Select(one => one.Name))} (its own + its BLAS's); " +
                    "the last is one process per core, with the steps of all processes added up.");
            }

            Console.WriteLine($"Medians of {rounds} rounds. Load average before: {Timing.Load()}.");
            foreach (var part in Parts.Where(part => only is null || part == only))
            {
                Measure(part, rounds, cores, eager);
            }

            Console.WriteLine($"Load average after: {Timing.Load()}.");
        }
        finally
        {
            Array.ForEach(eager, one => one.Dispose());
        }
    }

    private static EagerPyTorch[] Start(string? python, int cores)
    {
        (int, int)?[] settings = cores == 1 ? [null, (1, 1)] : [null, (1, 1), (cores, 1), (1, cores)];
        string[] candidates = python is null ? ["python3", "/usr/bin/python3"] : [python];
        var found = candidates.FirstOrDefault(EagerPyTorch.Works)
            ?? throw new IOException(
                $"no PyTorch in {string.Join(" or ", candidates)}: install Debian's python3-torch, or specify a Python that has it");
        return [.. settings.Select(threads => EagerPyTorch.Start(found, threads)!), EagerPyTorch.Start(found, (1, 1), cores)!];
    }

    private static void Measure(string part, int rounds, int cores, EagerPyTorch[] eager)
    {
        switch (part)
        {
            case "slopes":
                SlopeBenchmark.Run(Sweep, rounds, cores, eager);
                return;
            case "sweep":
                Title("Cross-entropy on 784 inputs, batch 64: one replica per core, each in its own order, an epoch of 468 batches.");
                FullyConnectedSweep(rounds, cores, eager);
                return;
            case "regression":
                Title("Mean square on 784 inputs, batch 64, as in the thesis.");
                using (var data = new Data(784, Points, regression: true))
                {
                    var shape = new FullyConnectedShape(784, 256, 1);
                    Row(
                        new Work(shape.ToString(), Operations(shape, 64), data.Steps(64), "train mse 100 784 256 1"),
                        rounds,
                        eager,
                        Ensembles(cores, core => Shared(core, data, new(0.01, 0, 64), Loss.MeanSquare, shape)),
                        threads => ObviousLoop.Seconds(shape, data.Points, data.Targets, true, threads));
                }

                return;
            case OwnSides:
                Shallow(rounds, cores);
                return;
            case "convolutional":
                Title("The slope paper's convolutional networks on 28 × 28, batch 64.");
                foreach (var (layers, channels, steps) in new[] { (3, 6, 20), (6, 24, 4) })
                {
                    var shape = new ConvolutionalShape(new ImageShape(1, 28, 28), layers, channels, Classes);
                    using var data = new Data(784, steps * 64);
                    Row(
                        new Work($"({layers}, {channels})", Operations(shape, 64), steps, $"conv {steps} {layers} {channels}"),
                        rounds,
                        eager,
                        Ensembles(cores, core => Convolutional(core, data, shape)));
                }

                return;
            default:
                Title("ResNet20 on 3 × 32 × 32, batch 128.");
                using (var data = new Data(3072, 8 * 128))
                {
                    var shape = new CifarResNetShape(20);
                    Row(
                        new Work("ResNet20", Operations(shape, 128), 8, "resnet 8"),
                        rounds,
                        eager,
                        Ensembles(cores, core => Residual(core, data, shape)));
                }

                return;
        }
    }

    private static void FullyConnectedSweep(int rounds, int cores, EagerPyTorch[] eager)
    {
        using var data = new Data(784, Points);
        var rows = Sweep.Select(shape => Row(
            new Work(shape.ToString(), Operations(shape, 64), data.Steps(64), $"train ce 100 {string.Join(' ', shape.Widths)}"),
            rounds,
            eager,
            Ensembles(cores, core => Shared(core, data, OptimiserSettings.SlopePaper, Loss.CrossEntropy, shape)),
            threads => ObviousLoop.Seconds(shape, data.Points, data.Labels, false, threads))).ToArray();
        Console.WriteLine(
            $"geometric mean of the {rows.Length}: {GeometricMean(rows.Select(row => row.OverBest)):F1}× the best setting, " +
            $"{GeometricMean(rows.Select(row => row.OverDefaults)):F1}× the defaults, " +
            $"{GeometricMean(rows.Select(row => row.OverProcesses)):F1}× one process per core, " +
            $"{GeometricMean(rows.Select(row => row.OverObvious!.Value)):F1}× TorchSharp's obvious loop");

        var together = Ensembles(cores, core => Shared(core, data, OptimiserSettings.SlopePaper, Loss.CrossEntropy, [.. Sweep]));
        var peaks = new double[rounds];
        var (seconds, _) = Timing.Alternate(rounds, [], together.Epochs, "", round => peaks[round] = FmaPeak.Measure(cores));
        together.Dispose();
        var sweeps = cores * data.Steps(64) / Timing.Median(seconds);
        var all = sweeps * Sweep.Sum(shape => Operations(shape, 64));
        Console.WriteLine(
            $"the {Sweep.Count} together, those on a core with shared batches: {sweeps * Sweep.Count:F0} steps/s, " +
            $"{all / 1e9:F0} GFLOP/s, {all / Timing.Median(peaks):P0} of peak, " +
            $"{sweeps * rows.Sum(row => row.BestSeconds):F1}× PyTorch's best settings one after another");
    }

    private static void Shallow(int rounds, int cores)
    {
        using var data = new Data(1, 20_000, regression: true);
        var (shape, settings) = (new FullyConnectedShape(1, 11996, 1), new OptimiserSettings(1e-5, 0, 10));
        using var general = Ensembles(cores, core => Shared(core, data, settings, Loss.MeanSquare, shape));
        using var shallow = Ensembles(cores, core =>
        {
            using var network = Initialisation.PyTorchDefault(shape, Seeds(core), float32);
            Func<int, int[]>[] orders = [PointOrder.Seeded(data.Count, Seeds(core)[0])];
            return new ShallowEnsemble(network, data.Points, [data.Targets], settings, orders);
        });
        var others = new double[rounds];
        var (seconds, _) = Timing.Alternate(rounds, [], shallow.Epochs, "", round => others[round] = Timing.Seconds(general.Epochs));
        var steps = data.Steps(settings.BatchSize);
        double Microseconds(double[] rounded) => Timing.Median(rounded) / steps * 1e6;
        Console.WriteLine();
        Console.WriteLine(
            $"{shape}, batch {settings.BatchSize}, one replica per core: a step takes {Microseconds(seconds):F1} µs in the ensemble for "
            + $"such networks and {Microseconds(others):F1} µs in the general one, "
            + $"{Timing.Median(others) / Timing.Median(seconds):F1} times as long");
    }

    private static void Title(string text)
    {
        Console.WriteLine();
        Console.WriteLine($"{text} Steps per second.");
        Console.WriteLine(
            $"{"network",-20} {"ours",8} {"GFLOP/s",8} {"of peak",8} {"PyTorch best",22} {"ratio",6} {"defaults",9} {"ratio",6} " +
            $"{"process per core",17} {"ratio",6} {"TorchSharp",11} {"ratio",6}");
    }

    // Seconds: the least of PyTorch's settings for a step. Over…: our speed relative to each alternative.
    private static (double BestSeconds, double OverBest, double OverDefaults, double OverProcesses, double? OverObvious) Row(
        Work work, int rounds, EagerPyTorch[] eager, OnCores ours, Func<int, double>? obvious = null)
    {
        using (ours)
        {
            var peak = new double[rounds];
            var loops = new List<double>[] { [], [] };
            var (seconds, theirs) = Timing.Alternate(rounds, eager, ours.Epochs, work.Question, round =>
            {
                peak[round] = FmaPeak.Measure(ours.Count);
                for (var i = 0; obvious is not null && i < loops.Length; i++)
                {
                    loops[i].Add(obvious(i == 0 ? 1 : ours.Count));
                }
            });
            var rate = ours.Count * work.Steps / Timing.Median(seconds);
            var operations = rate * work.Operations;
            var medians = theirs.Select(Timing.Median).ToArray();
            var best = medians[..^1].Min();
            double? loop = obvious is null ? null : loops.Min(Timing.Median);
            Console.WriteLine(
                $"{work.Name,-20} {rate,8:F1} {operations / 1e9,8:F0} {operations / Timing.Median(peak),8:P0} " +
                $"{1 / best,12:F1} ({eager[Array.IndexOf(medians, best)].Name,-8}) {rate * best,5:F1}× " +
                $"{1 / medians[0],8:F1} {rate * medians[0],5:F1}× {1 / medians[^1],16:F1} {rate * medians[^1],5:F1}×" +
                (loop is null ? "" : $" {1 / loop,11:F1} {rate * loop,5:F1}×"));
            return (best, rate * best, rate * medians[0], rate * medians[^1], rate * loop);
        }
    }

    private static OnCores Ensembles(int cores, Func<int, TrainableEnsemble> make) => new([.. Enumerable.Range(0, cores).Select(make)]);

    private static DenseEnsemble Shared(int core, Data data, OptimiserSettings settings, Loss loss, params FullyConnectedShape[] shapes)
    {
        var networks = shapes.Select(shape => Initialisation.PyTorchDefault(shape, Seeds(core), float32)).ToArray();
        var order = PointOrder.Seeded(data.Count, Seeds(core)[0]);
        var ensemble = new DenseEnsemble(networks, data.Points, data.Targets, settings, loss, order);
        Array.ForEach(networks, one => one.Dispose());
        return ensemble;
    }

    private static ConvolutionalEnsemble Convolutional(int core, Data data, ConvolutionalShape shape)
    {
        using var network = Initialisation.PyTorchDefault(shape, Seeds(core), float32);
        var order = PointOrder.Seeded(data.Count, Seeds(core)[0]);
        return new ConvolutionalEnsemble(network, data.Points, data.Targets, new OptimiserSettings(0.001, 0.8, 64), order);
    }

    private static BatchedEnsemble<CifarResNet> Residual(int core, Data data, CifarResNetShape shape)
    {
        using var network = Initialisation.He(shape, Seeds(core), float32);
        network.Operators = new ImageOperators();
        return new BatchedEnsemble<CifarResNet>(
            network, data.Points, data.Targets, 128, Loss.CrossEntropy,
            some => new Sgd(some.Parameters, 0.001, 0.8), [PointOrder.Seeded(data.Count, Seeds(core)[0])]);
    }

    private static Seed[] Seeds(int core) => [Seed.Of(("bench", "train"), ("core", core))];

    // The operations of the products of a step, forward and backward; no gradient is computed with respect to the points.
    private static double Operations(IReadOnlyList<double> products, int batch) =>
        2.0 * batch * ((2 * products[0]) + (3 * products.Skip(1).Sum()));

    private static double Operations(FullyConnectedShape shape, int batch) =>
        Operations([.. Enumerable.Range(0, shape.Layers).Select(i => (double)shape.Widths[i] * shape.Widths[i + 1])], batch);

    private static double Operations(ConvolutionalShape shape, int batch)
    {
        var area = (double)shape.Image.Height * shape.Image.Width;
        var weights = shape.ParameterShapes().Where(one => one.Length > 1).Select(one => (double)ParameterCount.Of([one])).ToArray();
        return Operations([.. weights[..^1].Select(one => one * area), weights[^1]], batch);
    }

    private static double Operations(CifarResNetShape shape, int batch)
    {
        var weights = shape.ParameterShapes().Where(one => one.Length > 1);
        return Operations([.. weights.Select(one => ParameterCount.Of([one]) * Pixels(one))], batch);

        // 1024 pixels with 16 channels, and a quarter where the channels double; the classifier is applied once.
        static double Pixels(long[] weight) => weight.Length == 2 ? 1 : 1024 * 256 / (double)(weight[0] * weight[0]);
    }

    private static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));

    // Name: of the network. Operations: of one step. Steps: of one epoch of one replica. Question: what PyTorch is asked.
    private sealed record Work(string Name, double Operations, int Steps, string Question);

    // One ensemble per core.
    private sealed class OnCores(TrainableEnsemble[] ensembles) : IDisposable
    {
        private int _epoch;

        internal int Count => ensembles.Length;

        public void Dispose() => Array.ForEach(ensembles, one => one.Dispose());

        internal void Epochs()
        {
            var epoch = ++_epoch;
            Timing.OnEachCore(Count, core => ensembles[core].Epoch(epoch));
        }
    }

    // Random numbers in the shape of the data.
    private sealed class Data : IDisposable
    {
        internal Data(int inputs, int count, bool regression = false)
        {
            using var scope = NewDisposeScope();
            var generator = Seed.Of(("bench", "train data")).Generator();
            Count = count;
            float[] numbers = [.. Enumerable.Range(0, count * inputs).Select(_ => (float)generator.NextDouble())];
            Points = tensor(numbers, [count, inputs]).DetachFromDisposeScope();
            byte[] labels = [.. Enumerable.Range(0, count).Select(_ => (byte)generator.Next(Classes))];
            Labels = tensor([.. labels.Select(label => (long)label)]).DetachFromDisposeScope();
            Targets = (regression ? Points.narrow(1, 0, 1).contiguous() : OneHot.Of(labels, Classes, float32)).DetachFromDisposeScope();
        }

        internal int Count { get; }

        internal Tensor Points { get; }

        internal Tensor Labels { get; }

        internal Tensor Targets { get; }

        public void Dispose()
        {
            Points.Dispose();
            Labels.Dispose();
            Targets.Dispose();
        }

        internal int Steps(int batch) => (Count + batch - 1) / batch;
    }
}
