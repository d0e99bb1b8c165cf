using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design;

/// <summary>Two networks from one initialisation, trained on real and on random labels.</summary>
/// <param name="Images">The size of the training set.</param>
/// <param name="Real">Trained on the true labels.</param>
/// <param name="Random">Trained on random labels.</param>
public sealed record FlatnessOfPair(int Images, FlatnessInTraining Real, FlatnessInTraining Random);

/// <summary>A network's flatness in the course of its training.</summary>
/// <param name="Status">How the training ended (<see cref="ReplicaStatus"/>).</param>
/// <param name="Digest">Of the parameters.</param>
/// <param name="TrainingErrors">Training images that are misclassified at the end.</param>
/// <param name="TestAccuracy">The share of the test images that is classified correctly at the end.</param>
/// <param name="Course">From before the training to its end.</param>
public sealed record FlatnessInTraining(
    string Status, string? Digest, int TrainingErrors, double TestAccuracy, IReadOnlyList<Flatness> Course);

/// <summary>How flat a network is after an epoch.</summary>
/// <param name="Epoch">0 before the training.</param>
/// <param name="SpectralProduct">∏σ_l².</param>
/// <param name="Curvature">λ_max(ζ) with the softmax's metric, the mean over some training images.</param>
/// <param name="SquaredSlope">‖J‖², which is λ_max(ζ) for the square loss, the mean over the same images.</param>
public sealed record Flatness(int Epoch, double SpectralProduct, double Curvature, double SquaredSlope);

/// <summary>
/// The pulled-back metric ζ and the bound ∏σ_l² of fully connected MNIST classifiers, from Glorot's initialisation to the end of training
/// on real and on random labels (design paper, section 3 on random labels and section 5 on early stopping).
/// </summary>
public static class FlatnessByLabels
{
    private const string Name = "design.flatness";
    private const int Hidden = 64;
    private const int BatchSize = 32;
    private const double LearningRate = 0.05;
    private const double Momentum = 0.9;
    private const double LargestLoss = 0.001;

    // Training images at which ζ is measured, the first ones.
    private const int Points = 100;

    /// <summary>As many pairs of networks as the sizes say.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, ["design.random-labels", "design.early-stopping"], (profile, store) =>
    {
        var (size, data) = (Sizes.Of<Size>(Name, profile), store.Load(DataSets.Mnist));
        return [.. Enumerable.Range(1, size.Pairs).Select(repetition => CellOf(data, size, repetition))];
    });

    private sealed record Size(int Pairs, int Images, int Side, int MostEpochs);

    private static Cell CellOf(ImageDataSet data, Size size, int repetition)
    {
        var seed = Seed.Of(("experiment", Name), ("images", size.Images), ("side", size.Side), ("repetition", repetition));
        var settings = new { size.Images, size.Side, size.MostEpochs, Hidden, BatchSize, LearningRate, Momentum, LargestLoss, Points };
        var key = CellKey.Of(typeof(FlatnessByLabels), seed, settings, "float32", (data.Description.Id, data.Checksum));
        var name = $"mnist-{size.Images}-{size.Side}-seed{repetition}";
        return new Cell(Name, name, key, (progress, cancellation) => Run(data, size, seed, progress, cancellation));
    }

    // Two replicas: real labels, random labels.
    private static FlatnessOfPair Run(
        ImageDataSet data, Size size, Seed seed, Action<double, string> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var shape = new FullyConnectedShape(size.Side * size.Side, Hidden, Hidden, data.Description.Classes);
        var images = data.Rows(data.TrainImages, [.. Enumerable.Range(0, size.Images)], size.Side).contiguous();
        var test = data.TestRows(size.Side);
        var real = data.TrainLabels[..size.Images];
        byte[][] labels = [real, RandomLabels.Of(real, seed.With("choice", "labels"))];
        var initial = seed.With("choice", "initial parameters");
        using var network = Initialisation.VarianceScaling(shape, 1, [initial, initial], float32);
        var ensemble = new DenseEnsemble(
            network,
            images,
            [.. labels.Select(given => OneHot.Of(given, shape.Outputs, float32, CPU))],
            new OptimiserSettings(LearningRate, Momentum, BatchSize),
            Loss.CrossEntropy,
            [.. labels.Select(_ => PointOrder.Seeded(size.Images, seed.With("choice", "order")))]);
        var points = images.narrow(0, 0, Math.Min(Points, size.Images)).to_type(float64);
        int Errors(IReadOnlyList<Tensor> parameters, int replica)
        {
            using var trained = FullyConnected.OfReplica(parameters);
            return NetworkOutputs.Classify(trained, images, labels[replica]).Errors;
        }

        var schedule = new TrainingSchedule(
            size.MostEpochs, LargestLoss, replica => Errors(replica.Parameters, replica.Number) == 0);
        var epoch = -1;
        using var run = new TrainingRun(ensemble, schedule, new TrainingObservers
        {
            Measure = replicas =>
            {
                epoch++;
                return [.. replicas.Select(replica => IsPowerOfTwo(epoch) ? Measured(replica.Parameters, points) : [])];
            },
        });
        void Report(TrainingRun now) => progress(
            (double)now.Epochs / size.MostEpochs,
            $"epoch {now.Epochs}, loss {now.Replicas[^1].TrainingLosses.LastOrDefault(double.NaN):F3}");
        run.Complete(Report, cancellation);
        return new FlatnessOfPair(size.Images, Result(0), Result(1));

        FlatnessInTraining Result(int replica)
        {
            var record = run.Replicas[replica];
            using var trained = FullyConnected.OfReplica(record.FinalParameters!);
            static Flatness Look(int epoch, double[] measured) => new(epoch, measured[0], measured[1], measured[2]);
            var course = record.Measurements.Index()
                .Where(look => look.Item.Length > 0 && look.Index < record.Epochs)
                .Select(look => Look(look.Index, look.Item))
                .Append(Look(record.Epochs, Measured(record.FinalParameters!, points)));
            return new FlatnessInTraining(
                record.Status.ToString(),
                record.Digest,
                Errors(record.FinalParameters!, replica),
                NetworkOutputs.Classify(trained, test, data.TestLabels).Accuracy,
                [.. course]);
        }
    }

    private static bool IsPowerOfTwo(int epoch) => (epoch & (epoch - 1)) == 0;

    private static double[] Measured(IReadOnlyList<Tensor> parameters, Tensor points)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var network = FullyConnected.OfReplica([.. parameters.Select(one => one.to_type(float64))]);
        double Mean(OutputMetric metric) => PulledBackMetric.LargestEigenvalue(network, points, metric).mean().item<double>();
        return [SpectralProduct.Of(network).item<double>(), Mean(OutputMetric.Softmax), Mean(OutputMetric.SquareLoss)];
    }
}
