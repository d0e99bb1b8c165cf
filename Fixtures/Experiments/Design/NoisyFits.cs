using System.Text.Json;
using Reproduce.Engine;
using Reproduce.Fixtures.Functions;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design;

/// <summary>Fits of noisy polynomials by deep and shallow networks (design paper, Figures 2, 4 and 7), looked at while they train.</summary>
public static class NoisyFits
{
    private const string Plain = "design.plain-sgd";
    private const string Skips = "design.long-skips";
    private const string Layers = "design.generalization-layer";
    private const double End = 8;
    private const double TestEnd = 2;

    // Epochs that are looked at: about so many, denser at the beginning.
    private const int Looks = 60;

    // Looks whose fit is kept, as many as Figure 7 shows.
    private const int Snapshots = 9;

    /// <summary>Figure 2: plain SGD at three depths.</summary>
    public static ExperimentPlan PlainDescent { get; } = new(Plain, ["design.fig-2"], (profile, _) =>
    {
        var size = Sizes.Of<PlainSize>(Plain, profile);
        return
        [
            .. from deviation in size.Deviations
               from network in new[] { Architecture.OneLayer, Architecture.EightLayers, Architecture.ShortSkips }
               select CellOf(Plain, new(network, IsCubic: false, deviation, UsesAdam: false, LearningRate: 1e-5, BatchSize: 10, network == Architecture.ShortSkips ? size.ResidualEpochs : size.PlainEpochs), size.Seeds),
        ];
    });

    /// <summary>Figure 4: skips over seven layers, SGD and Adam.</summary>
    public static ExperimentPlan LongSkips { get; } = new(Skips, ["design.fig-4"], (profile, _) =>
    {
        var size = Sizes.Of<SkipsSize>(Skips, profile);
        return
        [
            .. from cubic in new[] { false, true }
               from adam in new[] { false, true }
               select CellOf(Skips, new(Architecture.LongSkips, cubic, NoisyPolynomial.NoiseDeviation, adam, adam ? 1e-3 : 1e-5, BatchSize: 10, size.Epochs), size.Seeds),
        ];
    });

    /// <summary>Figure 7: generalization layers alone.</summary>
    public static ExperimentPlan GeneralizationLayers { get; } = new(Layers, ["design.fig-7"], (profile, _) =>
    {
        var size = Sizes.Of<LayersSize>(Layers, profile);
        return [.. size.BatchSizes.Select(batch => CellOf(Layers, new(Architecture.GeneralizationLayers, IsCubic: true, NoisyPolynomial.NoiseDeviation, UsesAdam: false, LearningRate: 1e-7, batch, size.Epochs), size.Seeds))];
    });

    private enum Architecture
    {
        OneLayer,
        EightLayers,
        ShortSkips,
        LongSkips,
        GeneralizationLayers,
    }

    private sealed record PlainSize(int Seeds, IReadOnlyList<double> Deviations, int PlainEpochs, int ResidualEpochs);

    private sealed record SkipsSize(int Seeds, int Epochs);

    private sealed record LayersSize(int Seeds, IReadOnlyList<int> BatchSizes, int Epochs);

    private sealed record Settings(Architecture Architecture, bool IsCubic, double Deviation, bool UsesAdam, double LearningRate, int BatchSize, int Epochs)
    {
        // A step straight down and a step across a jump need more pieces than a parabola.
        internal int Pieces => IsCubic ? 4 : 2;

        internal double Generator(double x) => IsCubic ? NoisyPolynomial.Cubic(x) : NoisyPolynomial.Quadratic(x);
    }

    private static Cell CellOf(string experiment, Settings settings, int seeds)
    {
        var name = $"{settings.Architecture}-{(settings.IsCubic ? "cubic" : "quadratic")}-{(settings.UsesAdam ? "adam" : "sgd")}-noise{settings.Deviation:G3}-batch{settings.BatchSize}-{settings.Epochs}epochs-{seeds}seeds";
        var seed = Seed.Of(("experiment", experiment), ("cell", name));
        var key = CellKey.Of(typeof(NoisyFits), seed, new { settings, seeds, End, TestEnd, Looks, Snapshots }, "float32");
        return new Cell(experiment, name, key, (progress, cancellation) => Run(settings, [.. Enumerable.Range(1, seeds).Select(repetition => seed.With("repetition", repetition))], progress, cancellation));
    }

    // One entry a seed: its noise, its initial parameters and its order are its own.
    private static JsonElement Run(Settings settings, Seed[] seeds, Action<double, string> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var samples = seeds.Select(seed => NoisyPolynomial.Draw(settings.Generator, End, seed.With("choice", "noise"), deviation: settings.Deviation)).ToList();
        var grid = samples[0].X;
        var points = Column(grid);
        Tensor[] targets = [.. samples.Select(sample => Column(sample.Y))];
        Func<int, int[]>[] orders = [.. seeds.Select(seed => PointOrder.Seeded(grid.Length, seed.With("choice", "order")))];
        Seed[] initial = [.. seeds.Select(seed => seed.With("choice", "initial parameters"))];
        var epoch = -1;
        using var run = new TrainingRun(Ensemble(settings, initial, points, targets, orders), new TrainingSchedule(settings.Epochs), new TrainingObservers
        {
            Measure = replicas =>
            {
                epoch++;
                return [.. replicas.Select(replica => IsLookedAt(epoch, settings.Epochs) ? new Look(settings, samples[replica.Number], replica.Parameters, epoch).Numbers : [])];
            },
        });
        run.Complete(now => progress((double)now.Epochs / settings.Epochs, $"epoch {now.Epochs}, loss {now.Replicas[0].TrainingLosses.LastOrDefault(double.NaN):G4}"), cancellation);
        return JsonSerializer.SerializeToElement(new
        {
            network = settings.Architecture.ToString(),
            cubic = settings.IsCubic,
            deviation = settings.Deviation,
            adam = settings.UsesAdam,
            batchSize = settings.BatchSize,
            epochs = settings.Epochs,
            runs = run.Replicas.Select(record =>
            {
                var rows = record.Measurements.Where(row => row.Length > 0).ToList();
                double[] Numbers(int column) => [.. rows.Select(row => row[column])];
                var kept = Math.Min(Snapshots, rows.Count);
                var fit = Values(settings, record.FinalParameters!, record.Epochs, grid);
                return new
                {
                    status = record.Status.ToString(),
                    digest = record.Digest,
                    epochs = record.Epochs,
                    looks = Numbers(0),
                    trainingError = Numbers(1),
                    followed = Numbers(2),
                    gridError = Numbers(3),
                    testError = Numbers(4),
                    leftByPieces = Numbers(5),
                    explained = Numbers(6),
                    fit = fit.Select(value => Math.Round(value, 4)).ToArray(),
                    snapshots = Enumerable.Range(0, kept).Select(i => rows[i * (rows.Count - 1) / Math.Max(1, kept - 1)]).Select(row => new { epoch = row[0], fit = Short(row[Look.Figures..]) }).ToArray(),
                    sample = Short(samples[record.Number].Y),
                };
            }).ToArray(),
        });
    }

    // The digits that a plot shows.
    private static double[] Short(double[] values) => [.. values.Select(value => Math.Round(value, 2))];

    private static bool IsLookedAt(int epoch, int last) =>
        epoch is 0 or 1 || epoch == last || (int)Math.Floor(Looks * Math.Log(epoch) / Math.Log(last)) > (int)Math.Floor(Looks * Math.Log(epoch - 1) / Math.Log(last));

    private static DenseEnsemble Ensemble(Settings settings, IReadOnlyList<Seed> initial, Tensor points, IReadOnlyList<Tensor> targets, IReadOnlyList<Func<int, int[]>> orders)
    {
        using var network = Hidden(settings.Architecture) is { } widths
            ? Initialisation.PyTorchDefault(new FullyConnectedShape([1, .. widths, 1]), initial, float32)
            : (IEnsemble)Initialisation.PyTorchDefault(Shape(settings.Architecture), initial, float32);
        var descent = new OptimiserSettings(settings.LearningRate, 0, settings.BatchSize);
        var ensemble = new DenseEnsemble(network, points, targets, descent, Loss.MeanSquare, orders, settings.UsesAdam);
        if (settings.Architecture == Architecture.GeneralizationLayers)
        {
            // Section 4.1.1 and Figure 7: a tenth of the rate in the generalization layers after 20 epochs, ν to 0.1 at epoch 500, all rates by 0.1 every 200.
            ensemble.BeforeEpoch = epoch =>
            {
                ensemble.ShortcutWeight = ShortcutWeight(epoch);
                ensemble.LearningRate = settings.LearningRate * Math.Pow(0.1, (epoch - 1) / 200);
                ensemble.SlowFactor = epoch > 20 ? 0.1 : 1;
            };
        }

        return ensemble;
    }

    private static double ShortcutWeight(int epoch) => Schedules.ShortcutWeight(500, epoch - 1);

    private static int[]? Hidden(Architecture architecture) => architecture switch
    {
        Architecture.OneLayer => [11996],
        Architecture.EightLayers => [.. Enumerable.Repeat(71, 8)],
        _ => null,
    };

    private static ResidualShape Shape(Architecture architecture) => architecture switch
    {
        Architecture.ShortSkips => ResidualShape.Figure2,
        Architecture.LongSkips => ResidualShape.Figure4,
        _ => ResidualShape.Figure7,
    };

    // The fit at x, in float32 as it was trained; what is too large for that counts as 10¹⁰⁰.
    private static double[] Values(Settings settings, IReadOnlyList<Tensor> parameters, int epoch, double[] x)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        IEnsemble network = Hidden(settings.Architecture) is not null
            ? FullyConnected.OfReplica(parameters)
            : new ResidualNetwork(Shape(settings.Architecture), [.. parameters.Select(one => one.unsqueeze(0))]) { ShortcutWeight = settings.Architecture == Architecture.GeneralizationLayers ? ShortcutWeight(Math.Max(1, epoch)) : 1 };
        return [.. network.Forward(Column(x)).cpu().data<float>().ToArray().Select(value => float.IsFinite(value) ? value : 1e100)];
    }

    private static Tensor Column(double[] numbers) => tensor(numbers, [numbers.Length, 1], float32, CPU);

    // What is noted at an epoch: its number; the mean squared error on the training points; how much of the noise the fit follows; the error without
    // noise on the grid and on the test points; the share of the fit's variance that straight pieces leave; the share of the generator's that is explained.
    // Behind these figures stands the fit itself.
    private readonly struct Look
    {
        internal const int Figures = 7;

        internal Look(Settings settings, Sample sample, IReadOnlyList<Tensor> parameters, int epoch)
        {
            var fit = Values(settings, parameters, epoch, sample.X);
            double[] generator = [.. sample.X.Select(settings.Generator)];
            double[] noise = [.. sample.Y.Zip(generator, (y, g) => y - g)];
            double[] off = [.. fit.Zip(generator, (f, g) => f - g)];
            var test = Sample.Grid(-TestEnd, TestEnd, NoisyPolynomial.Points);
            var gridError = off.Average(one => one * one);
            Numbers =
            [
                epoch,
                fit.Zip(sample.Y, (f, y) => (f - y) * (f - y)).Average(),
                noise.Zip(off, (e, d) => e * d).Sum() / noise.Sum(e => e * e),
                gridError,
                Values(settings, parameters, epoch, test).Zip(test, (f, x) => Math.Pow(f - settings.Generator(x), 2)).Average(),
                StraightPieces.LeftBy(fit, settings.Pieces),
                1 - (gridError / generator.Average(g => Math.Pow(g - generator.Average(), 2))),
                .. fit,
            ];
        }

        internal double[] Numbers { get; }
    }
}
