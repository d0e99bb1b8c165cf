using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>
/// The networks of the intervals paper (section 4): trained on a few images, or on two moons, with real or random labels, and what
/// generalization intervals and outputs they have between their training points.
/// </summary>
public static class IntervalClassifiers
{
    // Of the paper's Figs. 4 to 7.
    private const byte Label = 5;

    // Pairs of each label in Fig. 9, and epochs after which they are measured: each of the first, then every so many.
    private const int PairsDuring = 10;
    private const int FirstEpochs = 20;
    private const int Every = 5;

    // Lines on which the grid is tried beside the exact interval, and its steps a ray.
    private const int OnGrid = 100;
    private const int Steps = 100;

    private const string Mnist = "intervals.classifiers";
    private const string Cifar = "intervals.cifar10";
    private const string TwoMoons = "intervals.two-moons";
    private const string Arithmetic = "float32 in training, float64 along lines";
    private static readonly bool[] Kinds = [false, true];
    private static readonly int[] ThreeLayers = [128, 128, 128];
    private static readonly int[][] OtherDepths = [[512], [256, 256], [128, 128, 128, 128]];

    /// <summary>MNIST at 28 × 28, 14 × 14 and 7 × 7, and other depths.</summary>
    public static ExperimentPlan Images { get; } = new(
        Mnist,
        [
            "intervals.setup", "intervals.fig-1", "intervals.fig-2", "intervals.fig-3",
            "intervals.fig-4", "intervals.fig-5", "intervals.fig-6", "intervals.fig-9",
            "intervals.other-labels", "intervals.normal-direction", "intervals.mid-lines.random", "intervals.stability",
            "intervals.lines-apart.images",
        ],
        (profile, store) =>
        {
            var (sizes, data) = (Sizes.Of<ImagesSize>(Mnist, profile), store.Load(DataSets.Mnist));
            var whole = new Settings(NormDistribution.Settings, 28, [ThreeLayers], sizes.Lines, Details: true);
            var small = whole with { Details = false };
            return
            [
                .. CellsOf(Mnist, data, whole, sizes.Networks),
                .. CellsOf(Mnist, data, small with { Side = 14 }, sizes.DownSampled),
                .. CellsOf(Mnist, data, small with { Side = 7 }, sizes.DownSampled),
                .. CellsOf(Mnist, data, small with { HiddenLayers = OtherDepths }, sizes.OtherDepths),
            ];
        });

    /// <summary>CIFAR-10.</summary>
    public static ExperimentPlan Colours { get; } = new(Cifar, ["intervals.fig-7"], (profile, store) =>
    {
        var (sizes, data) = (Sizes.Of<ColoursSize>(Cifar, profile), store.Load(DataSets.Cifar10));
        return
        [
            .. from perClass in sizes.PerClass
               let training = NormDistribution.Settings with { PerClass = perClass, MostEpochs = sizes.MostEpochs }
               from cell in CellsOf(Cifar, data, new(training, 32, [ThreeLayers], sizes.Lines, Details: false), sizes.Networks)
               select cell,
        ];
    });

    /// <summary>Two moons.</summary>
    public static ExperimentPlan Moons { get; } = new(TwoMoons, ["intervals.fig-8"], (profile, _) =>
    {
        var sizes = Sizes.Of<MoonsSize>(TwoMoons, profile);
        var training = NormDistribution.Settings with { PerClass = 150, BatchSize = 4, MostEpochs = sizes.MostEpochs };
        return [.. Repeated(sizes.Networks, (random, repetition) => MoonsCellOf(training, sizes, random, repetition))];
    });

    /// <summary>What a cell is about.</summary>
    /// <param name="Training">Rates and ends.</param>
    /// <param name="Side">Pixels along a side after down-sampling.</param>
    /// <param name="HiddenLayers">The hidden widths of each network; they see the same points in the same order.</param>
    /// <param name="Lines">Pairs, and triangles.</param>
    /// <param name="Details">Whether segments, components and the intervals during training are measured too.</param>
    private sealed record Settings(
        IntervalsSettings Training, int Side, IReadOnlyList<int[]> HiddenLayers, int Lines, bool Details);

    private sealed record ImagesSize(int Networks, int DownSampled, int OtherDepths, int Lines);

    private sealed record ColoursSize(int Networks, IReadOnlyList<int> PerClass, int MostEpochs, int Lines);

    private sealed record MoonsSize(int Networks, int MostEpochs, double Noise, int Lines);

    // With real and with random labels, so many of each.
    private static IEnumerable<Cell> Repeated(int count, Func<bool, int, Cell> cellOf) =>
        from repetition in Enumerable.Range(1, count) from random in Kinds select cellOf(random, repetition);

    private static IEnumerable<Cell> CellsOf(string experiment, ImageDataSet data, Settings settings, int count) =>
        Repeated(count, (random, repetition) => CellOf(experiment, data, settings, random, repetition));

    private static Cell CellOf(string experiment, ImageDataSet data, Settings settings, bool randomLabels, int repetition)
    {
        var (id, labels, perClass) = (data.Description.Id, randomLabels ? "random" : "real", settings.Training.PerClass);
        var hidden = string.Join('+', settings.HiddenLayers.Select(widths => $"{widths.Length}x{widths[0]}"));
        var seed = Seed.Of(
            ("experiment", experiment),
            ("data", id),
            ("side", settings.Side),
            ("images", perClass),
            ("networks", hidden),
            ("labels", labels),
            ("repetition", repetition));
        var key = CellKey.Of(
            typeof(IntervalClassifiers),
            seed,
            new { settings, randomLabels, Label, PairsDuring, FirstEpochs, Every, OnGrid, Steps },
            Arithmetic,
            (data.Stamp.Remark is { } remark ? $"{id} ({remark})" : id, data.Checksum));
        return new Cell(experiment, $"{id}-{settings.Side}-{perClass}-{hidden}-{labels}-seed{repetition}", key, (progress, cancellation) =>
        {
            using var scope = NewDisposeScope();
            var points = LabelledPoints.Images(data, perClass, settings.Side, randomLabels, seed);
            return Run(points, settings, randomLabels, Label, seed, progress, cancellation);
        });
    }

    private static Cell MoonsCellOf(IntervalsSettings training, MoonsSize sizes, bool randomLabels, int repetition)
    {
        var (noise, labels) = (sizes.Noise, randomLabels ? "random" : "real");
        var settings = new Settings(training, 0, [ThreeLayers], sizes.Lines, Details: false);
        var seed = Seed.Of(("experiment", TwoMoons), ("labels", labels), ("repetition", repetition));
        var key = CellKey.Of(typeof(IntervalClassifiers), seed, new { settings, randomLabels, noise }, Arithmetic);
        return new Cell(TwoMoons, $"{labels}-seed{repetition}", key, (progress, cancellation) =>
        {
            using var scope = NewDisposeScope();
            return Run(LabelledPoints.Moons(noise, randomLabels, seed), settings, randomLabels, 0, seed, progress, cancellation);
        });
    }

    private static ClassifierNetworks Run(
        LabelledPoints points,
        Settings settings,
        bool randomLabels,
        byte label,
        Seed seed,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        using var unrecorded = no_grad();
        var during = new During(points, seed.With("choice", "pairs during training"));
        var observers = settings.Details && !randomLabels ? new TrainingObservers { Measure = during.Measure } : new TrainingObservers();
        void Trained(double done, string status) => progress(0.9 * done, status);
        var trained = TrainedClassifier.Train(
            points, settings.HiddenLayers, settings.Training, seed, observers, Trained, cancellation);
        var networks = new List<ClassifierNetwork>();
        foreach (var (network, training) in trained)
        {
            cancellation.ThrowIfCancellationRequested();
            using var owned = network;
            using var exact = TrainedClassifier.InDouble(network);
            using var layered = LayeredNetwork.Of(exact, 0);
            networks.Add(new ClassifierNetwork(
                settings.Side,
                settings.Training.PerClass,
                Layers: network.Shape.Layers - 1,
                Width: network.Shape.Widths[1],
                randomLabels,
                training.Status.ToString(),
                training.Epochs,
                training.Digest,
                TrainingLoss: training.TrainingLosses.LastOrDefault(-1),
                TrainingErrors: NetworkOutputs.Classify(network, points.Points, points.Labels).Errors,
                TrainingPoints: points.Labels.Length,
                ValidationAccuracy: NetworkOutputs.Classify(network, points.ValidationPoints, points.ValidationLabels).Accuracy,
                Pairs(exact, layered, points, label, settings.Lines, seed.With("choice", "pairs")),
                MidLines(layered, points, label, settings.Lines, seed.With("choice", "triangles")),
                settings.Details ? ClassifierSegments.Between(layered, points, seed.With("choice", "ways")) : null,
                settings.Details ? ClassifierSegments.AlongComponents(layered, points) : null,
                training.Measurements.Count > 0 ? During.Series(training.Measurements) : null)
            {
                Directions = settings.Details ? ClassifierSegments.Directions(layered, points, seed.With("choice", "directions")) : null,
            });
        }

        return new ClassifierNetworks(networks, SegmentDistance.CloseShare(points, seed.With("choice", "pairs of segments")));
    }

    // Lines from a point towards another of its label, t from −1 to 2.
    private static PairIntervals Pairs(
        FullyConnected network, LayeredNetwork layered, LabelledPoints points, byte label, int count, Seed seed)
    {
        using var scope = NewDisposeScope();
        var pairs = points.Pairs(label, count, seed);
        var starts = points.At(pairs.Select(pair => pair.First));
        var directions = points.At(pairs.Select(pair => pair.Second)) - starts;
        var intervals = IntervalsOnLines.Of(layered, starts, directions, 1, 2).Intervals;
        var some = Math.Min(OnGrid, intervals.Count);
        var grid = GeneralizationInterval.Of(network, starts.narrow(0, 0, some), directions.narrow(0, 0, some), 1, 2, Steps);
        return new PairIntervals(Rounded(intervals), grid.cpu().data<double>().ToArray().Average(), intervals.Take(some).Average());
    }

    // From the middle of ab towards the middle of ac, t from −2 to 3, and from there in random directions.
    private static MidLineIntervals MidLines(LayeredNetwork layered, LabelledPoints points, byte label, int count, Seed seed)
    {
        using var scope = NewDisposeScope();
        var generator = seed.Generator();
        var own = points.Of(label);
        int[][] triangles = [.. Enumerable.Range(0, count).Select(_ => Triangle())];
        var (a, b, c) = (Corner(0), Corner(1), Corner(2));
        var (middles, directions) = ((a + b) / 2.0, (c - b) / 2.0);
        var lines = IntervalsOnLines.Of(layered, middles, directions, 2, 3);
        var random = ClassifierSegments.RandomDirections(directions, seed.With("directions", "random").Generator());
        return new MidLineIntervals(Rounded(lines.Intervals), lines.Classes.Count(found => found == label) / (double)count)
        {
            InRandomDirections = Rounded(IntervalsOnLines.Of(layered, middles, random, 2, 3).Intervals),
        };

        Tensor Corner(int corner) => points.At(triangles.Select(one => one[corner]));

        int[] Triangle()
        {
            generator.Shuffle(own);
            return own[..3];
        }
    }

    private static double[] Rounded(IEnumerable<double> lengths) => [.. lengths.Select(one => Math.Round(one, 6))];

    // Fig. 9: the mean interval and the accuracies while the networks train.
    private sealed class During(LabelledPoints points, Seed seed)
    {
        private static readonly double[] Nothing = [];

        private readonly Lazy<List<(int First, int Second)>> _pairs = new(() =>
        [
            .. from label in Enumerable.Range(0, points.Classes)
               from pair in points.Pairs((byte)label, PairsDuring, seed.With("label", label))
               select pair,
        ]);

        private int _epoch = -1;

        internal IReadOnlyList<double[]> Measure(IReadOnlyList<ReplicaInTraining> replicas)
        {
            _epoch++;
            var isMeasured = _epoch > 0 && (_epoch <= FirstEpochs || _epoch % Every == 0);
            return [.. replicas.Select(replica => isMeasured ? Of(replica.Parameters) : Nothing)];
        }

        // What was measured, column by column.
        internal static IntervalsDuringTraining Series(IReadOnlyList<double[]> measurements)
        {
            var rows = measurements.Where(row => row.Length > 0).ToList();
            double[] Column(int column) => [.. rows.Select(row => row[column])];
            return new IntervalsDuringTraining(Column(0), Column(1), Column(2), Column(3), Column(4));
        }

        private double[] Of(IReadOnlyList<Tensor> parameters)
        {
            using var scope = NewDisposeScope();
            using var network = TrainedClassifier.Copy(parameters, float32);
            using var exact = TrainedClassifier.InDouble(network);
            using var layered = LayeredNetwork.Of(exact, 0);
            var pairs = _pairs.Value;
            var starts = points.At(pairs.Select(pair => pair.First));
            var lines = IntervalsOnLines.Of(layered, starts, points.At(pairs.Select(pair => pair.Second)) - starts, 1, 2);
            var right = lines.Intervals.Select((length, i) => lines.Classes[i] == points.Labels[pairs[i].First] ? length : 0);
            double Accuracy(Tensor some, byte[] labels) => NetworkOutputs.Classify(network, some, labels).Accuracy;
            return
            [
                _epoch,
                lines.Intervals.Average(),
                right.Average(),
                Accuracy(points.Points, points.Labels),
                Accuracy(points.ValidationPoints, points.ValidationLabels),
            ];
        }
    }
}
