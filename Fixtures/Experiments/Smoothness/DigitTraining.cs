using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>A digit pair as tensors, and the thesis's networks on it (sections 4.1 and 4.3.2).</summary>
internal sealed class DigitTraining : IDisposable
{
    /// <summary>Points per step.</summary>
    internal const int BatchSize = 64;

    /// <summary>Training ends at this mean training loss of an epoch.</summary>
    internal const double TargetLoss = 1e-5;

    private const int Hidden = 256;
    private readonly Tensor _testPoints;
    private readonly Tensor _testTargets;

    internal DigitTraining(ImageDataSet data, string pair, int size)
    {
        var digits = DigitPair.Of(data, pair[0] - '0', pair[^1] - '0', size);
        Pixels = data.Description.Pixels;
        (Points, Targets) = Tensors(digits.TrainPoints, digits.TrainTargets);
        (_testPoints, _testTargets) = Tensors(digits.TestPoints, digits.TestTargets);
    }

    internal int Pixels { get; }

    /// <summary>[N, 784], 0 … 1.</summary>
    internal Tensor Points { get; }

    /// <summary>[N, 1], ±1.</summary>
    internal Tensor Targets { get; }

    /// <summary>784-256-1 with a scaled initialisation, one replica.</summary>
    internal FullyConnected Network(double scale, Seed seed) =>
        Initialisation.VarianceScaling(
            new FullyConnectedShape(Pixels, Hidden, 1), scale, [seed.With("choice", "initial parameters")], float32);

    /// <summary>Trains by SGD without a regulariser; all networks see the points in the same order.</summary>
    /// <param name="initial">One replica each.</param>
    /// <param name="learningRate">η.</param>
    /// <param name="mostEpochs">Training ends here in any case.</param>
    /// <param name="order">The seed of the order.</param>
    /// <param name="progress">Takes the share done and a status.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <returns>The trained networks, the last finite ones where they diverge, and how they ended, in the order given.</returns>
    internal IReadOnlyList<(FullyConnected Network, ReplicaRecord Record)> Train(
        IReadOnlyList<FullyConnected> initial,
        double learningRate,
        int mostEpochs,
        Seed order,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        using var unrecorded = no_grad();
        using var span = InputSpan.Of(Points);
        using var coordinates = span.Coordinates(Points);
        var inside = initial.Select(span.Inside).ToList();
        var ensemble = new DenseEnsemble(
            inside,
            coordinates,
            Targets,
            new OptimiserSettings(learningRate, 0, BatchSize),
            Loss.MeanSquare,
            PointOrder.Seeded((int)Points.size(0), order));
        inside.ForEach(one => one.Dispose());
        using var run = new TrainingRun(ensemble, new TrainingSchedule(mostEpochs, TargetLoss));
        run.Complete(one => Report(one, mostEpochs, progress), cancellation);
        return
        [
            .. run.Replicas.Zip(initial, (record, before) =>
            {
                using var trained = FullyConnected.OfReplica(record.FinalParameters!);
                return (span.Outside(trained, before), record);
            }),
        ];
    }

    /// <summary>Reports progress every 100 epochs and at the end.</summary>
    internal static void Report(TrainingRun run, int mostEpochs, Action<double, string> progress)
    {
        if (run.Epochs % 100 == 0 || run.IsOver)
        {
            var status = $"epoch {run.Epochs}, {run.Active.Count} of {run.Replicas.Count} networks in training";
            progress((double)run.Epochs / mostEpochs, status);
        }
    }

    /// <summary>What is kept of a trained network: how it ended, its measures and losses on test and training points.</summary>
    internal DigitNetwork Result(FullyConnected network, ReplicaRecord record, Seed seed)
    {
        using var unrecorded = no_grad();
        var (testLoss, testError) = Errors(network, _testPoints, _testTargets);
        var (trainingLoss, trainingError) = Errors(network, Points, Targets);
        return new DigitNetwork(
            record.Status == ReplicaStatus.ReachedTarget,
            record.Status == ReplicaStatus.Diverged,
            record.Epochs,
            record.Epochs > 0 ? record.TrainingLosses[^1] : double.PositiveInfinity,
            FourMeasures.Of(network, _testPoints, seed.With("choice", "segments").Generator()),
            FourMeasures.Of(network, Points, seed.With("choice", "segments of training points").Generator()),
            testLoss,
            testError,
            trainingLoss,
            trainingError)
        {
            Digest = record.Digest,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var one in new[] { Points, Targets, _testPoints, _testTargets })
        {
            one.Dispose();
        }
    }

    private (Tensor Points, Tensor Targets) Tensors(float[] points, float[] targets) =>
        (tensor(points, [targets.Length, Pixels], device: CPU).DetachFromDisposeScope(),
            tensor(targets, [targets.Length, 1], device: CPU).DetachFromDisposeScope());

    // The mean square, and the share of points with an output of the wrong sign.
    private static (double Loss, double Error) Errors(FullyConnected network, Tensor points, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (outputs, wanted) = (network.Forward(points), targets.unsqueeze(0));
        var (loss, error) = (Loss.MeanSquare.Of(outputs, wanted).mean(), (outputs * wanted).le(0.0).to_type(float64).mean());
        return (loss.to_type(float64).item<double>(), error.item<double>());
    }
}
