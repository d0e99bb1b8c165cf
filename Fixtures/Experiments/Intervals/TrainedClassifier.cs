using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>A network of the intervals paper at the end of its training, in float32.</summary>
/// <param name="Network">One replica; the caller owns it.</param>
/// <param name="Training">How the training went.</param>
internal sealed record TrainedClassifier(FullyConnected Network, ReplicaRecord Training)
{
    /// <summary>
    /// Trains networks of several architectures on the same points in the same order, in float32 on one core: SGD without momentum until
    /// the loss of an epoch is small enough and no training point is misclassified. PyTorch's default initialisation.
    /// </summary>
    /// <param name="points">What they learn.</param>
    /// <param name="hiddenLayers">The hidden widths of each network.</param>
    /// <param name="settings">Rates and ends.</param>
    /// <param name="seed">Gives the initial parameters and the order.</param>
    /// <param name="observers">What is looked at between epochs.</param>
    /// <param name="progress">Takes the share done and a status.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    internal static IReadOnlyList<TrainedClassifier> Train(
        LabelledPoints points,
        IReadOnlyList<int[]> hiddenLayers,
        IntervalsSettings settings,
        Seed seed,
        TrainingObservers observers,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        List<FullyConnected> networks =
        [
            .. hiddenLayers.Select((widths, number) => Initialisation.PyTorchDefault(
                new FullyConnectedShape([(int)points.Points.size(1), .. widths, points.Classes]),
                [seed.With("choice", "initial parameters").With("network", number)],
                float32)),
        ];
        var ensemble = new DenseEnsemble(
            networks,
            points.Points.contiguous(),
            OneHot.Of(points.Labels, points.Classes, float32),
            new OptimiserSettings(settings.LearningRate, 0, settings.BatchSize),
            Loss.CrossEntropy,
            PointOrder.Seeded(points.Labels.Length, seed.With("choice", "order")));
        bool IsFitted(ReplicaInTraining one)
        {
            using var network = Copy(one.Parameters, float32);
            return NetworkOutputs.Classify(network, points.Points, points.Labels).Errors == 0;
        }

        using var run = new TrainingRun(ensemble, new TrainingSchedule(settings.MostEpochs, settings.LargestLoss, IsFitted), observers);
        run.Complete(
            now =>
            {
                var loss = now.Replicas.Max(one => one.TrainingLosses.LastOrDefault(double.NaN));
                progress((double)now.Epochs / settings.MostEpochs, $"epoch {now.Epochs}, loss {loss:F3}");
            },
            cancellation);
        return [.. run.Replicas.Select(one => new TrainedClassifier(Copy(one.FinalParameters!, float32), one))];
    }

    /// <summary>A network of one replica from copies of its parameters; the caller owns it.</summary>
    internal static FullyConnected Copy(IReadOnlyList<Tensor> parameters, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var network = FullyConnected.OfReplica([.. parameters.Select(one => one.to_type(dtype))]);
        foreach (var one in network.Parameters)
        {
            one.DetachFromDisposeScope();
        }

        return network;
    }

    /// <summary>The same in float64; the caller owns it.</summary>
    internal static FullyConnected InDouble(FullyConnected network) =>
        Copy([.. network.Parameters.Select(one => one.select(0, 0))], float64);
}
