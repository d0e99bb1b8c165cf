using Reproduce.Engine;
using Reproduce.Fixtures.Functions;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design;

/// <summary>Fits of a noisy polynomial by one architecture.</summary>
/// <param name="Network">The architecture.</param>
/// <param name="Cubic">h is fitted, else g.</param>
/// <param name="Deviation">Standard deviation of the noise.</param>
/// <param name="Adam">Trained with Adam, else with plain SGD.</param>
/// <param name="BatchSize">Points a step.</param>
/// <param name="Epochs">How many were asked for.</param>
/// <param name="Runs">One a seed.</param>
public sealed record PolynomialFits(
    string Network, bool Cubic, double Deviation, bool Adam, int BatchSize, int Epochs, IReadOnlyList<PolynomialFit> Runs)
{
    /// <summary>What the rate is multiplied by every 200 epochs, with generalization layers.</summary>
    public double Decay { get; init; } = 1;
}

/// <summary>One fit and its course: the series have one entry for each epoch in <paramref name="Looks"/>.</summary>
/// <param name="Status">How the training ended (<see cref="ReplicaStatus"/>).</param>
/// <param name="Digest">Of the weights.</param>
/// <param name="Epochs">When the training ended.</param>
/// <param name="Looks">The epochs at which the fit was evaluated.</param>
/// <param name="TrainingError">The mean squared error on the training points.</param>
/// <param name="Followed">The share of the noise that the fit follows.</param>
/// <param name="GridError">The mean squared error without noise on the training grid.</param>
/// <param name="TestError">The same on the paper's test points.</param>
/// <param name="LeftByPieces">The share of the fit's variance that straight pieces leave.</param>
/// <param name="Explained">The explained share of the generating function's variance.</param>
/// <param name="Fit">On the training grid, at the end.</param>
/// <param name="Snapshots">Some fits on that grid, from before the training to its end.</param>
/// <param name="Sample">The training targets on that grid.</param>
public sealed record PolynomialFit(
    string Status,
    string? Digest,
    int Epochs,
    double[] Looks,
    double[] TrainingError,
    double[] Followed,
    double[] GridError,
    double[] TestError,
    double[] LeftByPieces,
    double[] Explained,
    double[] Fit,
    IReadOnlyList<FitSnapshot> Snapshots,
    double[] Sample);

/// <summary>A fit on the training grid at one epoch.</summary>
/// <param name="Epoch">Since the beginning of the training.</param>
/// <param name="Fit">Its values.</param>
public sealed record FitSnapshot(double Epoch, double[] Fit);

/// <summary>
/// Fits of noisy polynomials by deep and shallow networks (design paper, Figures 2, 4 and 7), evaluated while they train.
/// </summary>
public static class NoisyFits
{
    private const string Plain = "design.plain-sgd";
    private const string Skips = "design.long-skips";
    private const string Layers = "design.generalization-layer";
    private const double End = 8;
    private const double TestEnd = 2;

    // About so many epochs are looked at, denser at the beginning.
    private const int Looks = 60;

    // Looks whose fit is kept, as many as Figure 7 shows.
    private const int Snapshots = 9;

    /// <summary>Figure 2: plain SGD at three depths.</summary>
    public static ExperimentPlan PlainDescent { get; } = new(Plain, ["design.fig-2"], (profile, _) =>
    {
        var size = Sizes.Of<PlainSize>(Plain, profile);
        int Epochs(Architecture network, int batch) => network switch
        {
            Architecture.OneLayer => size.OneLayerSteps / (NoisyPolynomial.Points / batch),
            Architecture.EightLayers => size.EightLayersEpochs,
            _ => size.ResidualEpochs,
        };
        return
        [
            .. from batch in size.BatchSizes
               from deviation in size.Deviations
               from network in new[] { Architecture.OneLayer, Architecture.EightLayers, Architecture.ShortSkips }
               let settings = new Settings(network, IsCubic: false, deviation, UsesAdam: false, 1e-5, batch, Epochs(network, batch))
               select CellOf(Plain, settings, size.Seeds),
        ];
    });

    /// <summary>Figure 4: skips over seven layers, SGD and Adam.</summary>
    public static ExperimentPlan LongSkips { get; } = new(Skips, ["design.fig-4"], (profile, _) =>
    {
        var size = Sizes.Of<SkipsSize>(Skips, profile);
        Settings Of(bool cubic, bool adam) =>
            new(Architecture.LongSkips, cubic, NoisyPolynomial.NoiseDeviation, adam, adam ? 1e-3 : 1e-5, BatchSize: 10, size.Epochs);
        return
        [
            .. from cubic in new[] { false, true }
               from adam in new[] { false, true }
               select CellOf(Skips, Of(cubic, adam), size.Seeds),
        ];
    });

    /// <summary>Figure 7: generalization layers alone.</summary>
    public static ExperimentPlan GeneralizationLayers { get; } = new(Layers, ["design.fig-7"], (profile, _) =>
    {
        var size = Sizes.Of<LayersSize>(Layers, profile);
        Settings Of(int batch, double decay) => new(
            Architecture.GeneralizationLayers, IsCubic: true, NoisyPolynomial.NoiseDeviation, UsesAdam: false, 1e-7, batch, size.Epochs)
        {
            Decay = decay,
        };
        return
        [
            .. from decay in size.Decays
               from batch in size.BatchSizes
               select CellOf(Layers, Of(batch, decay), size.Seeds),
        ];
    });

    private enum Architecture
    {
        OneLayer,
        EightLayers,
        ShortSkips,
        LongSkips,
        GeneralizationLayers,
    }

    private sealed record PlainSize(
        int Seeds,
        IReadOnlyList<double> Deviations,
        IReadOnlyList<int> BatchSizes,
        int OneLayerSteps,
        int EightLayersEpochs,
        int ResidualEpochs);

    private sealed record SkipsSize(int Seeds, int Epochs);

    private sealed record LayersSize(int Seeds, IReadOnlyList<int> BatchSizes, IReadOnlyList<double> Decays, int Epochs);

    private sealed record Settings(
        Architecture Architecture, bool IsCubic, double Deviation, bool UsesAdam, double LearningRate, int BatchSize, int Epochs)
    {
        internal double Decay { get; init; } = 1;

        // A step straight down and a step across a jump need more pieces than a parabola.
        internal int Pieces => IsCubic ? 4 : 2;

        internal double Generator(double x) => IsCubic ? NoisyPolynomial.Cubic(x) : NoisyPolynomial.Quadratic(x);
    }

    private static Cell CellOf(string experiment, Settings settings, int seeds)
    {
        var function = settings.IsCubic ? "cubic" : "quadratic";
        var optimiser = settings.UsesAdam ? "adam" : "sgd";
        var name = $"{settings.Architecture}-{function}-{optimiser}-noise{settings.Deviation:G3}"
            + $"-batch{settings.BatchSize}-{settings.Epochs}epochs-{seeds}seeds"
            + (settings.Decay == 1 ? "" : FormattableString.Invariant($"-times{settings.Decay}"));
        var seed = Seed.Of(("experiment", experiment), ("cell", name));
        Seed[] repetitions = [.. Enumerable.Range(1, seeds).Select(repetition => seed.With("repetition", repetition))];
        var key = CellKey.Of(typeof(NoisyFits), seed, new { settings, settings.Decay, seeds, End, TestEnd, Looks, Snapshots }, "float32");
        return new Cell(experiment, name, key, (progress, cancellation) => Run(settings, repetitions, progress, cancellation));
    }

    // One replica a seed, with its own noise, initial parameters and order.
    private static PolynomialFits Run(Settings settings, Seed[] seeds, Action<double, string> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        Sample Draw(Seed seed) =>
            NoisyPolynomial.Draw(settings.Generator, End, seed.With("choice", "noise"), deviation: settings.Deviation);
        Sample[] samples = [.. seeds.Select(Draw)];
        var epoch = -1;
        using var run = new TrainingRun(Ensemble(settings, seeds, samples), new TrainingSchedule(settings.Epochs), new TrainingObservers
        {
            Measure = replicas =>
            {
                epoch++;
                return [.. replicas.Select(replica =>
                    IsLookedAt(epoch, settings.Epochs) ? Look(settings, samples[replica.Number], replica.Parameters, epoch) : [])];
            },
        });
        void Report(TrainingRun now) => progress(
            (double)now.Epochs / settings.Epochs,
            $"epoch {now.Epochs}, loss {now.Replicas[0].TrainingLosses.LastOrDefault(double.NaN):G4}");
        run.Complete(Report, cancellation);
        return new PolynomialFits(
            settings.Architecture.ToString(),
            settings.IsCubic,
            settings.Deviation,
            settings.UsesAdam,
            settings.BatchSize,
            settings.Epochs,
            [.. run.Replicas.Select(record => Fit(settings, record, samples[record.Number]))])
        {
            Decay = settings.Decay,
        };
    }

    private static PolynomialFit Fit(Settings settings, ReplicaRecord record, Sample sample)
    {
        var rows = record.Measurements.Where(row => row.Length > 0).ToList();
        var kept = Math.Min(Snapshots, rows.Count);
        double[] Column(int column) => [.. rows.Select(row => row[column])];
        FitSnapshot Snapshot(double[] row) => new(row[0], Rounded(row[Figures..], 2));
        return new PolynomialFit(
            record.Status.ToString(),
            record.Digest,
            record.Epochs,
            Looks: Column(0),
            TrainingError: Column(1),
            Followed: Column(2),
            GridError: Column(3),
            TestError: Column(4),
            LeftByPieces: Column(5),
            Explained: Column(6),
            Rounded(Values(settings, record.FinalParameters!, record.Epochs, sample.X), 4),
            [.. Enumerable.Range(0, kept).Select(i => Snapshot(rows[i * (rows.Count - 1) / Math.Max(1, kept - 1)]))],
            Rounded(sample.Y, 2));
    }

    // The digits that a plot shows.
    private static double[] Rounded(double[] values, int digits) => [.. values.Select(value => Math.Round(value, digits))];

    private static bool IsLookedAt(int epoch, int last)
    {
        int Reached(int at) => (int)Math.Floor(Looks * Math.Log(at) / Math.Log(last));
        return epoch is 0 or 1 || epoch == last || Reached(epoch) > Reached(epoch - 1);
    }

    private static TrainableEnsemble Ensemble(Settings settings, Seed[] seeds, Sample[] samples)
    {
        IReadOnlyList<Seed> initial = [.. seeds.Select(seed => seed.With("choice", "initial parameters"))];
        using var network = Hidden(settings.Architecture) is { } widths
            ? Initialisation.PyTorchDefault(new FullyConnectedShape([1, .. widths, 1]), initial, float32)
            : (IEnsemble)Initialisation.PyTorchDefault(Shape(settings.Architecture), initial, float32);
        var points = Column(samples[0].X);
        Tensor[] targets = [.. samples.Select(sample => Column(sample.Y))];
        var descent = new OptimiserSettings(settings.LearningRate, 0, settings.BatchSize);
        Func<int, int[]>[] orders = [.. seeds.Select(seed => PointOrder.Seeded(samples[0].X.Length, seed.With("choice", "order")))];
        if (settings.Architecture == Architecture.OneLayer && !settings.UsesAdam)
        {
            return new ShallowEnsemble((FullyConnected)network, points, targets, descent, orders);
        }

        var ensemble = new DenseEnsemble(network, points, targets, descent, Loss.MeanSquare, orders, settings.UsesAdam);
        if (settings.Architecture == Architecture.GeneralizationLayers)
        {
            // Section 4.1.1 and Figure 7: after 20 epochs the generalization layers learn at a tenth of the rate, ν reaches 0.1 at epoch
            // 500, and every 200 epochs all rates are “decayed by 0.1”.
            ensemble.BeforeEpoch = epoch =>
            {
                ensemble.ShortcutWeight = ShortcutWeight(epoch);
                ensemble.LearningRate = settings.LearningRate * Math.Pow(settings.Decay, (epoch - 1) / 200);
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

    // The fit at x, in float32 as it was trained; a value too large for float32 counts as 10¹⁰⁰.
    private static double[] Values(Settings settings, IReadOnlyList<Tensor> parameters, int epoch, double[] x)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        IEnsemble network = Hidden(settings.Architecture) is not null
            ? FullyConnected.OfReplica(parameters)
            : new ResidualNetwork(Shape(settings.Architecture), [.. parameters.Select(one => one.unsqueeze(0))])
            {
                ShortcutWeight = settings.Architecture == Architecture.GeneralizationLayers ? ShortcutWeight(Math.Max(1, epoch)) : 1,
            };
        return [.. network.Forward(Column(x)).cpu().data<float>().ToArray().Select(value => float.IsFinite(value) ? value : 1e100)];
    }

    private static Tensor Column(double[] numbers) => tensor(numbers, [numbers.Length, 1], float32, CPU);

    // The figures of a look, ahead of the fit itself.
    private const int Figures = 7;

    // The epoch; training error; share of the noise followed; error without noise on the grid and on the test points; share that straight
    // pieces leave; explained share; and the fit on the grid.
    private static double[] Look(Settings settings, Sample sample, IReadOnlyList<Tensor> parameters, int epoch)
    {
        var fit = Values(settings, parameters, epoch, sample.X);
        double[] generator = [.. sample.X.Select(settings.Generator)];
        double[] noise = [.. sample.Y.Zip(generator, (y, g) => y - g)];
        double[] off = [.. fit.Zip(generator, (f, g) => f - g)];
        var test = Sample.Grid(-TestEnd, TestEnd, NoisyPolynomial.Points);
        var gridError = off.Average(one => one * one);
        return
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
}
