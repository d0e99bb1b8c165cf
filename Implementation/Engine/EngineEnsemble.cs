using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>A replica in the engine's memory.</summary>
internal interface IReplica : IDisposable
{
    /// <summary>What is trained, live.</summary>
    IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>What the optimiser remembers, live.</summary>
    IReadOnlyList<Tensor> OptimiserState { get; }

    /// <summary>Both, in few tensors.</summary>
    IReadOnlyList<Tensor> Memory { get; }
}

/// <summary>
/// Replicas that are trained on one core in float32 by the engine's products. A replica's bits depend on nothing but its seed, its data and its order: not on the
/// processor, and not on the replicas beside it.
/// </summary>
public abstract class EngineEnsemble : TrainableEnsemble
{
    private readonly IReadOnlyList<Tensor> _targets;
    private readonly int _batchSize;
    private readonly IReadOnlyList<Func<int, int[]>> _orders;
    private List<(IReplica Replica, int Number)> _replicas;

    /// <param name="replicas">Owned from now on.</param>
    /// <param name="points">[N, n_0], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c], as the points: one for all replicas, or one each; not owned.</param>
    /// <param name="batchSize">Points a step; the last batch of an epoch may be smaller and is kept.</param>
    /// <param name="orders">From the number of an epoch, from 1, to the numbers of all points in the order in which they are seen: one for all replicas, or one each.</param>
    /// <param name="inputs">n_0.</param>
    /// <param name="outputs">n_c.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    private protected EngineEnsemble(
        IEnumerable<IReplica> replicas, Tensor points, IReadOnlyList<Tensor> targets, int batchSize, IReadOnlyList<Func<int, int[]>> orders, int inputs, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        foreach (var (data, columns) in targets.Select(one => (one, outputs)).Prepend((points, inputs)))
        {
            if (data.ndim != 2 || !data.is_contiguous() || data.device_type != DeviceType.CPU || data.dtype != float32 ||
                data.size(0) == 0 || data.size(0) != points.size(0) || data.size(1) != columns)
            {
                throw new ArgumentException($"points and targets must be contiguous float32 matrices on the CPU with {inputs} and {outputs} columns and as many rows, not {data}");
            }
        }

        (Points, _targets, _batchSize, _orders) = (points, targets, batchSize, orders);
        _replicas = [.. replicas.Select((one, number) => (one, number))];
        if (_replicas.Count == 0 || !Fits(targets.Count) || !Fits(orders.Count))
        {
            throw new ArgumentException($"{targets.Count} targets and {orders.Count} orders for {_replicas.Count} networks");
        }

        bool Fits(int count) => count == 1 || count == _replicas.Count;
    }

    /// <inheritdoc/>
    public override int Replicas => _replicas.Count;

    /// <inheritdoc/>
    public override bool HasSameBitsEverywhere => true;

    /// <summary>Sets what follows from an epoch's number, from 1, such as a learning rate. Called before the epoch.</summary>
    public Action<int>? BeforeEpoch { get; set; }

    private protected Tensor Points { get; }

    /// <inheritdoc/>
    public override double[] Epoch(int epoch, CancellationToken cancellation = default)
    {
        BeforeEpoch?.Invoke(epoch);
        var losses = new double[Replicas];

        // A batch that all share is gathered once.
        var isShared = _orders.Count == 1 && _targets.Count == 1;
        for (var place = 0; place < (isShared ? 1 : losses.Length); place++)
        {
            var number = _replicas[place].Number;
            var order = _orders[_orders.Count == 1 ? 0 : number](epoch);
            if (order.Length != Points.size(0))
            {
                throw new InvalidOperationException($"epoch {epoch}: an order of {order.Length} points for {Points.size(0)}");
            }

            for (var start = 0; start < order.Length; start += _batchSize)
            {
                var chosen = order.AsSpan(start, Math.Min(_batchSize, order.Length - start));
                var columns = Product.Padded(chosen.Length);
                Gather(chosen, columns, _targets[_targets.Count == 1 ? 0 : number]);
                for (var replica = place; replica < (isShared ? losses.Length : place + 1); replica++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    losses[replica] += Step(_replicas[replica].Replica, chosen.Length, columns);
                }
            }
        }

        var steps = (Points.size(0) + _batchSize - 1) / _batchSize;
        return Array.ConvertAll(losses, sum => sum / steps);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters(int replica) => _replicas[replica].Replica.Parameters;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> OptimiserState(int replica) => _replicas[replica].Replica.OptimiserState;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Memory(int replica) => _replicas[replica].Replica.Memory;

    /// <inheritdoc/>
    public override void Retain(IReadOnlyList<int> replicas)
    {
        var staying = replicas.Select(replica => _replicas[replica]).ToList();
        foreach (var (leaving, _) in _replicas.Except(staying))
        {
            leaving.Dispose();
        }

        _replicas = staying;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _replicas.ForEach(one => one.Replica.Dispose());
        _replicas = [];
        GC.SuppressFinalize(this);
    }

    /// <summary>Brings a batch into the memory of a step.</summary>
    /// <param name="chosen">Numbers of points.</param>
    /// <param name="columns">Their number, filled up to whole vectors.</param>
    /// <param name="targets">[N, n_c].</param>
    private protected abstract void Gather(ReadOnlySpan<int> chosen, int columns, Tensor targets);

    /// <summary>Trains a replica on the batch; gives its mean loss before.</summary>
    /// <param name="replica">One of those given.</param>
    /// <param name="count">Points of the batch.</param>
    /// <param name="columns">Filled up to whole vectors.</param>
    private protected abstract double Step(IReplica replica, int count, int columns);
}
