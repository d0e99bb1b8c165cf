using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>
/// Replicas of one fully connected architecture, each in its own order, trained by momentum descent with one batched operator for all of them:
/// the engine for a GPU, where few large operators are fast. It runs on any device.
/// </summary>
public sealed class BatchedEnsemble : TrainableEnsemble
{
    private readonly Tensor _points;
    private readonly Tensor _targets;
    private readonly ClassificationSettings _settings;
    private readonly Loss _loss;
    private IReadOnlyList<Func<int, int[]>> _orders;
    private FullyConnected _network;
    private MomentumDescent _optimiser;

    /// <param name="network">R replicas; copied.</param>
    /// <param name="points">[N, n_0], of the network's element type, on its device; not owned.</param>
    /// <param name="targets">[N, n_c]: labels as unit vectors, or numbers to regress; not owned.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="loss">Which.</param>
    /// <param name="orders">One a replica, as <see cref="SharedBatchEnsemble.SeededOrder"/> gives.</param>
    /// <exception cref="ArgumentException">Shapes or the numbers of replicas do not fit.</exception>
    public BatchedEnsemble(FullyConnected network, Tensor points, Tensor targets, ClassificationSettings settings, Loss loss, IReadOnlyList<Func<int, int[]>> orders)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.BatchSize, 1);
        if (orders.Count != network.Replicas || points.size(0) != targets.size(0) || points.size(1) != network.Shape.Inputs || targets.size(1) != network.Shape.Outputs)
        {
            throw new ArgumentException($"{orders.Count} orders for {network.Replicas} replicas of {network.Shape}, points {points}, targets {targets}");
        }

        (_points, _targets, _settings, _loss, _orders) = (points, targets, settings, loss, orders);
        (_network, _optimiser) = Own(network, [.. Enumerable.Range(0, network.Replicas)]);
    }

    /// <inheritdoc/>
    public override int Replicas => _network.Replicas;

    /// <inheritdoc/>
    public override double[] Epoch(int epoch, CancellationToken cancellation = default) =>
        ClassificationTraining.Epoch(_network, _optimiser, _points, _targets, _settings.BatchSize, [.. _orders.Select(order => order(epoch))], _loss, cancellation);

    /// <summary>W_1 [n_1, n_0], b_1 [n_1], W_2, b_2, …, live.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters(int replica) => [.. _network.Parameters.Select(one => one.select(0, replica))];

    /// <summary>The velocities, shaped as the parameters, live.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> OptimiserState(int replica) => [.. _optimiser.Velocities.Select(one => one.select(0, replica))];

    /// <inheritdoc/>
    public override void Retain(IReadOnlyList<int> replicas)
    {
        using var scope = NewDisposeScope();
        var (network, optimiser) = Own(_network, replicas);
        var rows = Rows(replicas);
        foreach (var (mine, old) in optimiser.Velocities.Zip(_optimiser.Velocities))
        {
            mine.copy_(old.index_select(0, rows));
        }

        Dispose();
        (_network, _optimiser, _orders) = (network, optimiser, [.. replicas.Select(replica => _orders[replica])]);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _optimiser.Dispose();
        _network.Dispose();
    }

    private (FullyConnected Network, MomentumDescent Optimiser) Own(FullyConnected network, IReadOnlyList<int> replicas)
    {
        using var scope = NewDisposeScope();
        var rows = Rows(replicas);
        var mine = new FullyConnected([.. network.Weights.Select(one => one.index_select(0, rows))], [.. network.Biases.Select(one => one.index_select(0, rows))]);
        var optimiser = new MomentumDescent(mine.Parameters, _settings.LearningRate, _settings.Momentum);
        foreach (var one in mine.Parameters.Concat(optimiser.Velocities))
        {
            one.DetachFromDisposeScope();
        }

        return (mine, optimiser);
    }

    private Tensor Rows(IReadOnlyList<int> replicas) => tensor([.. replicas.Select(replica => (long)replica)], device: _points.device);
}
