using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>
/// Replicas of one architecture that see the same points, each in its own order, with batched operators where the network provides them:
/// for GPUs, where few large operators are fast, and for the networks, losses and optimisers that the CPU engine does not support.
/// </summary>
/// <typeparam name="TNetwork">The class of the networks.</typeparam>
public sealed class BatchedEnsemble<TNetwork> : TrainableEnsemble
    where TNetwork : IEnsemble
{
    private readonly Tensor _points;
    private readonly Tensor _targets;
    private readonly int _batchSize;
    private readonly BackwardStep<TNetwork> _backward;
    private readonly Func<TNetwork, IOptimiser> _optimise;
    private readonly IReadOnlyList<Func<int, int[]>> _orders;
    private IReadOnlyList<int> _numbers;
    private TNetwork _network;
    private IOptimiser _optimiser;

    /// <param name="network">R replicas; copied.</param>
    /// <param name="points">[N, n_0], of the network's element type, on its device; not owned.</param>
    /// <param name="targets">[N, n_c]: one-hot labels or regression targets; not owned.</param>
    /// <param name="batchSize">Points a step; the last batch of an epoch may be smaller and is used.</param>
    /// <param name="backward">The gradients of a step.</param>
    /// <param name="optimise">Makes the optimiser of a network.</param>
    /// <param name="orders">One a replica, all of the same length, as <see cref="PointOrder"/> provides.</param>
    /// <exception cref="ArgumentException">The shapes or the numbers of replicas do not fit.</exception>
    public BatchedEnsemble(
        TNetwork network,
        Tensor points,
        Tensor targets,
        int batchSize,
        BackwardStep<TNetwork> backward,
        Func<TNetwork, IOptimiser> optimise,
        IReadOnlyList<Func<int, int[]>> orders)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (orders.Count != network.Replicas || points.ndim != 2 || targets.size(0) != points.size(0))
        {
            throw new ArgumentException(
                $"{orders.Count} orders for {network.Replicas} replicas, or points {points} that do not fit targets {targets}");
        }

        (_points, _targets) = (points, targets);
        (_batchSize, _backward, _optimise, _orders) = (batchSize, backward, optimise, orders);
        _numbers = [.. Enumerable.Range(0, network.Replicas)];
        (_network, _optimiser) = Own(network, _numbers);
    }

    /// <summary>An ensemble whose steps take the gradients of a loss and nothing else.</summary>
    public BatchedEnsemble(
        TNetwork network,
        Tensor points,
        Tensor targets,
        int batchSize,
        Loss loss,
        Func<TNetwork, IOptimiser> optimise,
        IReadOnlyList<Func<int, int[]>> orders)
        : this(network, points, targets, batchSize, (some, x, y, _) => BackwardPass.Run(some, x, y, loss), optimise, orders)
    {
    }

    /// <summary>
    /// Called before every epoch with its number, from 1, to set what depends on it, such as a learning rate. It must not rely on earlier
    /// settings: when replicas leave, the optimiser is replaced.
    /// </summary>
    public Action<TNetwork, IOptimiser, int>? BeforeEpoch { get; init; }

    /// <summary>The seeds of the generators of <see cref="BackwardStep{TNetwork}"/>, one a replica.</summary>
    public IReadOnlyList<Seed>? NoiseSeeds { get; init; }

    /// <inheritdoc/>
    public override int Replicas => _network.Replicas;

    /// <inheritdoc/>
    public override double[] Epoch(int epoch, CancellationToken cancellation = default)
    {
        BeforeEpoch?.Invoke(_network, _optimiser, epoch);
        Random[] generators = NoiseSeeds is null ? [] : [.. _numbers.Select(number => NoiseSeeds[number].With("epoch", epoch).Generator())];
        return TrainingEpoch.Run(
            _points,
            _targets,
            [.. _numbers.Select(number => _orders[number](epoch))],
            _batchSize,
            (points, targets) => _backward(_network, points, targets, generators),
            _optimiser,
            cancellation);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters(int replica) => Of(_network.Parameters.Concat(_network.Statistics), replica);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> OptimiserState(int replica) => Of(_optimiser.State, replica);

    /// <inheritdoc/>
    public override void Retain(IReadOnlyList<int> replicas)
    {
        using var scope = NewDisposeScope();
        var (network, optimiser) = Own(_network, replicas);
        foreach (var (mine, old) in optimiser.State.Zip(ReplicaAxis.Copies(_optimiser.State, replicas)))
        {
            mine.copy_(old);
            old.Dispose();
        }

        _optimiser.Dispose();
        _network.Dispose();
        (_network, _optimiser, _numbers) = (network, optimiser, [.. replicas.Select(replica => _numbers[replica])]);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _optimiser.Dispose();
        _network.Dispose();
    }

    private static Tensor[] Of(IEnumerable<Tensor> tensors, int replica) => [.. tensors.Select(one => one.select(0, replica))];

    private (TNetwork Network, IOptimiser Optimiser) Own(TNetwork network, IReadOnlyList<int> replicas)
    {
        using var unrecorded = no_grad();
        var mine = (TNetwork)network.Subset(replicas);
        var optimiser = _optimise(mine);
        foreach (var one in optimiser.State)
        {
            one.DetachFromDisposeScope();
        }

        return (mine, optimiser);
    }
}
