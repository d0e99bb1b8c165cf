using System.Diagnostics;
using System.Globalization;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Bench;

/// <summary>
/// The training engine beside eager PyTorch on the same work, in rounds that alternate, so that a busy machine slows both. Figures
/// are medians of the rounds. PyTorch runs with its defaults and with each sensible split of the cores between it and its BLAS.
/// </summary>
public static class TrainBenchmark
{
    private const int Inputs = 784;
    private const int Classes = 10;
    private const int Points = 30_000;
    private const int Batch = 64;
    private const int SlopePoints = 750;

    // Points of the authors' loop that are timed; the rest follows in proportion.
    private const int LoopPoints = 30;

    /// <summary>Measures and prints.</summary>
    /// <param name="args"><c>--rounds N</c> (5), <c>--python PATH</c> (python3, then /usr/bin/python3), both may be left out.</param>
    /// <param name="output">Takes the tables.</param>
    /// <returns>0; 2 for wrong arguments; 3 where there is no PyTorch.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter output)
    {
        var (rounds, pythons) = (5, new[] { "python3", "/usr/bin/python3" });
        for (var i = 0; i < args.Count; i += 2)
        {
            var given = i + 1 < args.Count ? args[i + 1] : "";
            if (args[i] == "--rounds" && int.TryParse(given, CultureInfo.InvariantCulture, out rounds) && rounds > 0)
            {
                continue;
            }

            if (args[i] != "--python" || given.Length == 0)
            {
                output.WriteLine("usage: bench train [--rounds N] [--python PATH]");
                return 2;
            }

            pythons = [given];
        }

        var cores = Environment.ProcessorCount;
        (int, int)?[] settings = cores == 1 ? [null, (1, 1)] : [null, (1, 1), (cores, 1), (1, cores)];
        var python = pythons.FirstOrDefault(name => Try(name));
        if (python is null)
        {
            output.WriteLine($"bench train: no PyTorch in {string.Join(" or ", pythons)}: install Debian's python3-torch, or name a Python that has it");
            return 3;
        }

        var eager = settings.Select(threads => EagerPyTorch.Start(python, threads)!).ToArray();
        try
        {
            output.WriteLine($"{cores} cores, {Cpu()}; binding over libtorch {__version__}; PyTorch {eager[0].Version}, threads {string.Join(", ", eager.Select(one => one.Name))} (its own + its BLAS's).");
            output.WriteLine($"Medians of {rounds} rounds. Load average before: {Load()}.");
            Slopes(output, rounds, cores, eager);
            Training(output, rounds, cores, eager);
            output.WriteLine($"Load average after: {Load()}.");
            return 0;
        }
        finally
        {
            Array.ForEach(eager, one => one.Dispose());
        }
    }

    private static bool Try(string python)
    {
        using var process = EagerPyTorch.Start(python, (1, 1));
        return process is not null;
    }

    private static void Training(TextWriter output, int rounds, int cores, EagerPyTorch[] eager)
    {
        using var scope = NewDisposeScope();
        var generator = Seed.Of(("bench", "train")).Generator();
        var points = tensor(Enumerable.Range(0, Points * Inputs).Select(_ => (float)generator.NextDouble()).ToArray(), [Points, Inputs]);
        var labels = ClassificationTraining.UnitVectors([.. Enumerable.Range(0, Points).Select(_ => (byte)generator.Next(Classes))], Classes, float32);
        var numbers = tensor(Enumerable.Range(0, Points).Select(_ => (float)generator.NextDouble()).ToArray(), [Points, 1]);
        var sweep = Enumerable.Range(0, 12).Select(i => FullyConnectedShape.Uniform(Inputs, 1 + (i / 4), 25 << (i % 4), Classes)).ToArray();
        var regression = new FullyConnectedShape(Inputs, 256, 1);

        output.WriteLine();
        output.WriteLine($"Training, {Inputs} inputs, batch {Batch}, float32, momentum descent: steps a second. Ours: a replica a core, each in its own order, a whole epoch of {Points} points.");
        output.WriteLine($"{"network",-20} {"ours",8} {"GFLOP/s",8} {"of peak",8} {"PyTorch best",22} {"ratio",6} {"defaults",9} {"ratio",6}");
        var (best, defaults) = (new List<double>(), new List<double>());
        var seconds = 0.0;
        foreach (var shape in sweep.Append(regression))
        {
            var isRegression = shape == regression;
            var runs = Enumerable.Range(0, cores).Select(core => new TrainingRun(
                new SharedBatchEnsemble(
                    [Initialisation.PyTorchDefault(shape, [Seed.Of(("bench", core))], float32)],
                    points,
                    isRegression ? numbers : labels,
                    isRegression ? new DescentSettings(0.01, 0, Batch) : DescentSettings.SlopePaper,
                    isRegression ? Loss.MeanSquare : Loss.CrossEntropy,
                    PointOrder.Seeded(Points, Seed.Of(("bench", core)))),
                new TrainingSchedule(int.MaxValue))).ToArray();
            var question = $"train {(isRegression ? "mse" : "ce")} 100 {string.Join(' ', shape.Widths)}";
            var peak = new double[rounds];
            var (ours, theirs) = Rounds(rounds, eager, () => OnEachCore(cores, core => runs[core].Epoch()), round => peak[round] = Peak(cores), _ => question);
            Array.ForEach(runs, run => run.Dispose());

            var rate = cores * Steps / Median(ours);
            var arithmetic = rate * Operations(shape);
            var fastest = theirs.Select(Median).Min();
            var (toBest, toDefaults) = (rate * fastest, rate * Median(theirs[0]));
            output.WriteLine(FormattableString.Invariant($"{shape,-20} {rate,8:F0} {arithmetic / 1e9,8:F0} {arithmetic / Median(peak),8:P0} {1 / fastest,12:F0} ({eager[Array.FindIndex(theirs, one => Median(one) == fastest)].Name,-8}) {toBest,5:F1}× {1 / Median(theirs[0]),8:F0} {toDefaults,5:F1}×"));
            if (!isRegression)
            {
                best.Add(toBest);
                defaults.Add(toDefaults);
                seconds += fastest;
            }
        }

        output.WriteLine(FormattableString.Invariant($"geometric mean of the {sweep.Length}: {Geometric(best):F1}× the best setting, {Geometric(defaults):F1}× the defaults"));

        var together = Enumerable.Range(0, cores).Select(core => new TrainingRun(
            new SharedBatchEnsemble(
                [.. sweep.Select(shape => Initialisation.PyTorchDefault(shape, [Seed.Of(("bench", core))], float32))],
                points,
                labels,
                DescentSettings.SlopePaper,
                Loss.CrossEntropy,
                PointOrder.Seeded(Points, Seed.Of(("bench", core)))),
            new TrainingSchedule(int.MaxValue))).ToArray();
        var peaks = new double[rounds];
        var (shared, _) = Rounds(rounds, [], () => OnEachCore(cores, core => together[core].Epoch()), round => peaks[round] = Peak(cores), _ => "");
        Array.ForEach(together, run => run.Dispose());
        var sweeps = cores * Steps / Median(shared);
        var all = sweeps * sweep.Sum(Operations);
        output.WriteLine(FormattableString.Invariant($"the {sweep.Length} together, a core's twelve in one order with one first product: {sweeps * sweep.Length:F0} steps/s, {all / 1e9:F0} GFLOP/s, {all / Median(peaks):P0} of peak, {sweeps * seconds:F1}× PyTorch's best settings one after the other"));
    }

    private static void Slopes(TextWriter output, int rounds, int cores, EagerPyTorch[] eager)
    {
        output.WriteLine();
        output.WriteLine($"2-slopes at {SlopePoints} points, milliseconds a network. Ours: a network a core at once.");
        output.WriteLine($"{"network",-20} {"ours",8} {"authors' loop",14} {"ratio",7} {"batched, SVD",13} {"ratio",7} {"batched, Gram",14} {"ratio",7}");
        foreach (var (layers, width) in new[] { (1, 25), (2, 100), (3, 200) })
        {
            using var scope = NewDisposeScope();
            var shape = FullyConnectedShape.Uniform(Inputs, layers, width, Classes);
            var network = Initialisation.PyTorchDefault(shape, [Seed.Of(("bench", "slopes"))], float32);
            var generator = Seed.Of(("bench", "slopes")).Generator();
            var points = tensor(Enumerable.Range(0, SlopePoints * Inputs).Select(_ => (float)generator.NextDouble()).ToArray(), [SlopePoints, Inputs]);
            var widths = string.Join(' ', shape.Widths);
            string[] questions = [$"slopes loop {LoopPoints} {widths}", $"slopes svd {SlopePoints} {widths}", $"slopes gram {SlopePoints} {widths}"];
            var ours = new List<double>();
            var theirs = new double[questions.Length];
            for (var way = 0; way < questions.Length; way++)
            {
                var question = questions[way];
                var (mine, other) = Rounds(rounds, eager, () => OnEachCore(cores, _ => SpectralSlope.At(network, points).sum().item<float>()), _ => { }, _ => question);
                ours.AddRange(mine);
                theirs[way] = other.Select(Median).Min() * (way == 0 ? (double)SlopePoints / LoopPoints : 1);
            }

            var each = Median([.. ours]) / cores;
            output.WriteLine(FormattableString.Invariant($"{shape,-20} {each * 1e3,8:F1} {theirs[0] * 1e3,14:F0} {theirs[0] / each,6:F0}× {theirs[1] * 1e3,13:F1} {theirs[1] / each,6:F1}× {theirs[2] * 1e3,14:F1} {theirs[2] / each,6:F1}×"));
        }
    }

    private const int Steps = (Points + Batch - 1) / Batch;

    // Products of a step, forward and backward: no gradient is taken with respect to the points.
    private static double Operations(FullyConnectedShape shape)
    {
        var sizes = Enumerable.Range(0, shape.Layers).Select(i => (double)shape.Widths[i] * shape.Widths[i + 1]).ToArray();
        return 2.0 * Batch * ((2 * sizes[0]) + (3 * sizes.Skip(1).Sum()));
    }

    // A round times ours, then each of theirs once.
    private static (double[] Ours, double[][] Theirs) Rounds(int rounds, EagerPyTorch[] eager, Action ours, Action<int> beside, Func<int, string> question)
    {
        var (mine, theirs) = (new double[rounds], eager.Select(_ => new double[rounds]).ToArray());
        ours();
        for (var round = 0; round < rounds; round++)
        {
            beside(round);
            var clock = Stopwatch.StartNew();
            ours();
            mine[round] = clock.Elapsed.TotalSeconds;
            for (var setting = 0; setting < eager.Length; setting++)
            {
                theirs[setting][round] = eager[setting].Seconds(question(setting));
            }
        }

        return (mine, theirs);
    }

    // Operations a second of large products, one on each core.
    private static double Peak(int cores)
    {
        const int size = 1024;
        const int repeats = 3;
        using var scope = NewDisposeScope();
        var a = ones([size, size], float32);
        var results = Enumerable.Range(0, cores).Select(_ => zeros([size, size], float32)).ToArray();
        OnEachCore(cores, core => results[core].addmm_(a, a, beta: 0));
        var clock = Stopwatch.StartNew();
        OnEachCore(cores, core =>
        {
            for (var i = 0; i < repeats; i++)
            {
                results[core].addmm_(a, a, beta: 0);
            }
        });
        return cores * repeats * 2.0 * size * size * size / clock.Elapsed.TotalSeconds;
    }

    private static void OnEachCore(int cores, Action<int> work)
    {
        var threads = Enumerable.Range(0, cores).Select(core => new Thread(() =>
        {
            set_num_threads(1);
            using var unrecorded = no_grad();
            using var scope = NewDisposeScope();
            work(core);
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static double Geometric(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string Cpu() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line.Split(':')[1].Trim()
            : "unknown processor";
}
