using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design.Zeta;

/// <summary>What is inserted between the two hidden layers of a classifier.</summary>
public enum Inserted
{
    /// <summary>Nothing: the original network.</summary>
    Nothing,

    /// <summary>A hidden layer like the others: what GL and GLD are without their regularisation.</summary>
    Layer,

    /// <summary>A generalization layer with a skip connection (design paper, section 3.1).</summary>
    GL,

    /// <summary>A generalization layer with dropout (design paper, section 3.2).</summary>
    GLD,
}

/// <summary>
/// The pulled-back metric ζ and the bound ∏σ_l² of fully connected MNIST classifiers with and without the design paper's generalization
/// layers, from Glorot's initialisation on, trained on real and on random labels.
/// </summary>
public static class ZetaByLayer
{
    private const string Name = "design.zeta";
    private const int Hidden = 64;
    private const int BatchSize = 25;
    private const double LearningRate = 0.05;
    private const double Momentum = 0.9;
    private const double Dropout = 0.5;

    // The share of the training at which ν reaches 0.1, and the epochs before the generalization layer is slowed.
    private const double LastShortcut = 0.8;
    private const int EpochsBeforeSlow = 20;

    // Images at which ζ is measured, the first ones of the training and of the test images.
    private const int Points = 100;

    /// <summary>As many repetitions of each network as the sizes say.</summary>
    public static ExperimentPlan Plan { get; } = new(
        Name,
        ["design.gl-zeta", "design.gld-zeta", "design.random-labels.layers"],
        (profile, store) =>
        {
            var (size, data) = (Sizes.Of<Size>(Name, profile), store.Load(DataSets.Mnist));
            return
            [
                .. from repetition in Enumerable.Range(1, size.Repetitions)
                   from inserted in Enum.GetValues<Inserted>()
                   select CellOf(data, inserted, size, repetition),
            ];
        });

    private sealed record Size(int Repetitions, int Images, int Side, int Epochs);

    private static Cell CellOf(ImageDataSet data, Inserted inserted, Size size, int repetition)
    {
        // The same for all networks, so that they are compared in pairs.
        var seed = Seed.Of(("experiment", Name), ("images", size.Images), ("side", size.Side), ("repetition", repetition));
        var settings = new
        {
            Inserted = inserted.ToString(),
            size.Images,
            size.Side,
            size.Epochs,
            Hidden,
            BatchSize,
            LearningRate,
            Momentum,
            Dropout,
            LastShortcut,
            EpochsBeforeSlow,
            Points,
        };
        var key = CellKey.Of(typeof(ZetaByLayer), seed, settings, "float32", (data.Description.Id, data.Checksum));
        var name = $"{inserted}-{size.Images}-{size.Side}-{size.Epochs}epochs-seed{repetition}";
        return new Cell(
            Name, name, key, (progress, cancellation) => Run(data, inserted, size, repetition, seed, progress, cancellation));
    }

    // Two replicas: real labels, random labels.
    private static ZetaOfPair Run(
        ImageDataSet data,
        Inserted inserted,
        Size size,
        int repetition,
        Seed seed,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var images = data.Rows(data.TrainImages, [.. Enumerable.Range(0, size.Images)], size.Side).contiguous();
        var test = data.TestRows(size.Side);
        var real = data.TrainLabels[..size.Images];
        byte[][] labels = [real, RandomLabels.Of(real, seed.With("choice", "labels"))];
        Tensor[] targets = [.. labels.Select(given => OneHot.Of(given, data.Description.Classes, float32, CPU))];
        double[] Look(int epoch, ReplicaInTraining replica)
        {
            if (!IsLookedAt(epoch, size.Epochs))
            {
                return [];
            }

            using var network = Evaluated(inserted, replica.Parameters, ShortcutWeight(size, epoch));
            var errors = NetworkOutputs.Classify(network, images, labels[replica.Number]).Errors;
            return [errors, .. Measured(inserted, replica.Parameters, ShortcutWeight(size, epoch), images, test)];
        }

        var epoch = -1;
        using var run = new TrainingRun(
            Ensemble(inserted, size, seed, images, targets),
            new TrainingSchedule(size.Epochs),
            new TrainingObservers
            {
                Measure = replicas =>
                {
                    epoch++;
                    return [.. replicas.Select(replica => Look(epoch, replica))];
                },
            });
        void Report(TrainingRun now) => progress(
            (double)now.Epochs / size.Epochs,
            $"epoch {now.Epochs}, loss {now.Replicas[^1].TrainingLosses.LastOrDefault(double.NaN):F3}");
        run.Complete(Report, cancellation);
        return new ZetaOfPair(inserted.ToString(), repetition, size.Images, size.Epochs, Result(0), Result(1));

        ZetaInTraining Result(int replica)
        {
            var record = run.Replicas[replica];
            using var trained = Evaluated(inserted, record.FinalParameters!, ShortcutWeight(size, record.Epochs));
            return new ZetaInTraining(
                record.Status.ToString(),
                record.Digest,
                NetworkOutputs.Classify(trained, test, data.TestLabels).Accuracy,
                [.. record.Measurements.Index().Where(look => look.Item.Length > 0).Select(look => LookOf(look.Index, look.Item))]);
        }
    }

    private static TrainableEnsemble Ensemble(Inserted inserted, Size size, Seed seed, Tensor images, Tensor[] targets)
    {
        var (inputs, outputs) = ((int)images.size(1), (int)targets[0].size(1));
        int[] hidden = inserted == Inserted.Nothing ? [Hidden, Hidden] : [Hidden, Hidden, Hidden];
        var initial = seed.With("choice", "initial parameters");
        var network = Initialisation.VarianceScaling(
            new FullyConnectedShape([inputs, .. hidden, outputs]), 1, [initial, initial], float32);
        var settings = new OptimiserSettings(LearningRate, Momentum, BatchSize);
        var order = PointOrder.Seeded(size.Images, seed.With("choice", "order"));
        if (inserted == Inserted.GLD)
        {
            var dropped = seed.With("choice", "dropped nodes");
            return new DroppedNodes(network, 1, Dropout, images, targets, settings, Loss.CrossEntropy, order, dropped);
        }

        if (inserted != Inserted.GL)
        {
            return new DenseEnsemble(network, images, targets, settings, Loss.CrossEntropy, [order]);
        }

        var skipped = new ResidualNetwork(new ResidualShape(inputs, Hidden, outputs, [(2, Shortcut.Weighted)]), network.Parameters);
        var ensemble = new DenseEnsemble(skipped, images, targets, settings, Loss.CrossEntropy, [order]);
        ensemble.BeforeEpoch = epoch =>
        {
            ensemble.ShortcutWeight = ShortcutWeight(size, epoch);
            ensemble.SlowFactor = epoch > EpochsBeforeSlow ? 0.1 : 1;
        };
        return ensemble;
    }

    private static bool IsLookedAt(int epoch, int last) => (epoch & (epoch - 1)) == 0 || epoch == last;

    // In the epoch, which counts from 1; before the first it is that of the first.
    private static double ShortcutWeight(Size size, int epoch) =>
        Schedules.ShortcutWeight((int)(LastShortcut * size.Epochs), Math.Max(1, epoch) - 1);

    // As a network without skip connections and dropout.
    private static FullyConnected Evaluated(Inserted inserted, IReadOnlyList<Tensor> parameters, double strength)
    {
        using var scope = NewDisposeScope();
        var network = inserted == Inserted.GL
            ? SkipAsUnits.Of(parameters, strength)
            : FullyConnected.OfReplica(InEvaluation(inserted, parameters));
        foreach (var parameter in network.Parameters)
        {
            parameter.MoveToOuterDisposeScope();
        }

        return network;
    }

    // With dropout the weights out of the nodes are multiplied by the probability that a node is kept.
    private static IReadOnlyList<Tensor> InEvaluation(Inserted inserted, IReadOnlyList<Tensor> parameters) =>
        inserted == Inserted.GLD ? [.. parameters.Select((one, i) => i == 4 ? one * (1 - Dropout) : one)] : parameters;

    // ∏σ², the bound, the factor of what lies between, λ_max(ζ) at training and at test images, ‖J‖².
    private static double[] Measured(
        Inserted inserted, IReadOnlyList<Tensor> parameters, double strength, Tensor images, Tensor test)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        Tensor[] exact = [.. parameters.Select(one => one.to_type(float64))];
        var layers = FullyConnected.OfReplica(InEvaluation(inserted, exact));
        var network = Evaluated(inserted, exact, strength);
        var product = SpectralProduct.Of(layers).item<double>();
        var norm = layers.Weights.Skip(1).SkipLast(1).Aggregate(1.0, (norm, one) => norm * MatrixNorm.Of(one, 2).item<double>());
        var between = Math.Pow(norm + (inserted == Inserted.GL ? strength : 0), 2);
        double[] At(Tensor points) => LargestEigenvalues(network, points, OutputMetric.Softmax);
        return
        [
            product,
            product / (norm * norm) * between,
            between,
            .. Spread(At(images)),
            .. Spread(At(test)),
            LargestEigenvalues(network, images, OutputMetric.SquareLoss).Average(),
        ];
    }

    private static double[] LargestEigenvalues(FullyConnected network, Tensor images, OutputMetric metric)
    {
        using var scope = NewDisposeScope();
        var points = images.narrow(0, 0, Math.Min(Points, images.size(0))).to_type(float64);
        return PulledBackMetric.LargestEigenvalue(network, points, metric).cpu().data<double>().ToArray();
    }

    private static double[] Spread(double[] values) =>
        [values.Average(), values.Order().ElementAt((values.Length - 1) / 2), values.Max()];

    private static ZetaLook LookOf(int epoch, double[] look)
    {
        Curvatures At(int place) => new(look[place], look[place + 1], look[place + 2]);
        return new ZetaLook(epoch, (int)look[0], look[1], look[2], look[3], At(4), At(7), look[10]);
    }
}
