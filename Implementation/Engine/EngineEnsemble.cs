using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>A replica in the engine's memory.</summary>
internal interface IReplica : IDisposable
{
    /// <summary>The parameters, live.</summary>
    IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The state of the optimiser, live.</summary>
    IReadOnlyList<Tensor> OptimiserState { get; }

    /// <summary>Both, in as few tensors as possible.</summary>
    IReadOnlyList<Tensor> Memory { get; }
}

/// <summary>
/// Replicas that are trained on one core in float32 by the engine's products. A replica's bits depend on its seed, its data and its order
/// alone: not on the processor, and not on the replicas beside it.
/// </summary>
public abstract unsafe class EngineEnsemble : TrainableEnsemble
{
    private readonly Tensor _points;
    private readonly IReadOnlyList<Tensor> _targets;
    private readonly nint[] _addressesOfTargets;
    private readonly int _batchSize;
    private readonly IReadOnlyList<Func<int, int[]>> _orders;
    private List<(IReplica Replica, int Number)> _replicas;

    /// <param name="replicas">Owned from now on.</param>
    /// <param name="points">[N, n_0], float32, contiguous, on the CPU; not owned, and to be kept until this is disposed of.</param>
    /// <param name="targets">[N, n_c], like the points, also kept: one tensor for all replicas, or one for each.</param>
    /// <param name="batchSize">Points a step; the last batch of an epoch may be smaller and is used.</param>
    /// <param name="orders">The order of all points in an epoch, whose number counts from 1: one for all replicas, or one for each.</param>
    /// <param name="inputs">n_0.</param>
    /// <param name="outputs">n_c.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    private protected EngineEnsemble(
        IEnumerable<IReplica> replicas,
        Tensor points,
        IReadOnlyList<Tensor> targets,
        int batchSize,
        IReadOnlyList<Func<int, int[]>> orders,
        int inputs,
        int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        foreach (var (data, columns) in targets.Select(one => (one, outputs)).Prepend((points, inputs)))
        {
            if (data.ndim != 2 || !data.is_contiguous() || data.device_type != DeviceType.CPU || data.dtype != float32 ||
                data.size(0) == 0 || data.size(0) != points.size(0) || data.size(1) != columns)
            {
                throw new ArgumentException(
                    $"points and targets must be contiguous float32 matrices on the CPU with the same number of rows, " +
                    $"and {inputs} and {outputs} columns, not {data}");
            }
        }

        (_points, _targets, _batchSize, _orders) = (points, targets, batchSize, orders);

        // Asked for once: in a small network's step, calls of libtorch take longer than the arithmetic.
        FirstPoint = NativeFloats.Of(points);
        _addressesOfTargets = [.. targets.Select(one => (nint)NativeFloats.Of(one))];
        _replicas = [.. replicas.Select((one, number) => (one, number))];
        if (_replicas.Count == 0 || !Fits(targets.Count) || !Fits(orders.Count))
        {
            throw new ArgumentException($"{targets.Count} targets and {orders.Count} orders for {_replicas.Count} replicas");
        }

        bool Fits(int count) => count == 1 || count == _replicas.Count;
    }

    /// <inheritdoc/>
    public override int Replicas => _replicas.Count;

    /// <inheritdoc/>
    public override bool HasSameBitsEverywhere => true;

    /// <summary>Called before every epoch with its number, from 1, to set what depends on it, such as a learning rate.</summary>
    public Action<int>? BeforeEpoch { get; set; }

    private protected float* FirstPoint { get; }

    /// <inheritdoc/>
    public override double[] Epoch(int epoch, CancellationToken cancellation = default)
    {
        BeforeEpoch?.Invoke(epoch);
        var losses = new double[Replicas];

        // A batch that all replicas share is gathered once.
        var isShared = _orders.Count == 1 && _targets.Count == 1;
        for (var place = 0; place < (isShared ? 1 : losses.Length); place++)
        {
            var number = _replicas[place].Number;
            var order = _orders[_orders.Count == 1 ? 0 : number](epoch);
            if (order.Length != _points.size(0))
            {
                throw new InvalidOperationException($"epoch {epoch}: an order of {order.Length} points for {_points.size(0)}");
            }

            for (var start = 0; start < order.Length; start += _batchSize)
            {
                var chosen = order.AsSpan(start, Math.Min(_batchSize, order.Length - start));
                var columns = Gemm.Padded(chosen.Length);
                Gather(chosen, columns, (float*)_addressesOfTargets[_targets.Count == 1 ? 0 : number]);
                for (var replica = place; replica < (isShared ? losses.Length : place + 1); replica++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    losses[replica] += Step(_replicas[replica].Replica, chosen.Length, columns);
                }
            }
        }

        var steps = (_points.size(0) + _batchSize - 1) / _batchSize;
        return Array.ConvertAll(losses, sum => sum / steps);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters(int replica) => _replicas[replica].Replica.Parameters;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> OptimiserState(int replica) => _replicas[replica].Replica.OptimiserState;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Memory(int replica) => _replicas[replica].Replica.Memory;

    /// <inheritdoc/>
    public override bool IsFinite(int replica) => Memory(replica).All(NativeFloats.AreFinite) || base.IsFinite(replica);

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

    /// <summary>Copies a batch into the memory of a step.</summary>
    /// <param name="chosen">The numbers of the points.</param>
    /// <param name="columns">The number of points, padded to whole vectors.</param>
    /// <param name="targets">[N, n_c], row by row.</param>
    private protected abstract void Gather(ReadOnlySpan<int> chosen, int columns, float* targets);

    /// <summary>Trains a replica on the batch; returns the mean loss before the update.</summary>
    /// <param name="replica">One of those given.</param>
    /// <param name="count">The number of points.</param>
    /// <param name="columns">The number of points, padded to whole vectors.</param>
    private protected abstract double Step(IReplica replica, int count, int columns);

    /// <summary>Copies rows of a matrix into columns.</summary>
    /// <param name="numbers">[N, n], row by row.</param>
    /// <param name="width">n.</param>
    /// <param name="rows">The numbers of the rows.</param>
    /// <param name="to">n rows, a column for each row chosen.</param>
    /// <param name="toStride">From one row of the columns to the next, in floats.</param>
    private protected static void GatherTransposed(float* numbers, int width, ReadOnlySpan<int> rows, float* to, int toStride)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            for (var column = 0; column < width; column++)
            {
                to[(column * toStride) + i] = numbers[((nint)rows[i] * width) + column];
            }
        }
    }
}
