using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>
/// Fully connected networks of any widths and depths that see the same batches in the same order, trained by momentum descent on
/// one core, at one learning rate and without weight decay. The first layers' products are one product, and so are their gradients; nothing is allocated inside an epoch.
/// </summary>
/// <remarks>
/// A bias is kept as the last column of its weight matrix, on an input that is always 1. Activations are stored units by points, so that
/// a replica's share of the common first layer is one block of memory; behind each block lies a row for the 1, which the
/// first layer computes by itself: a row of zeros with a 1 in the column of the biases, whose gradient is always zero.
/// Gradients are accumulated into the velocities, which are kept multiplied by the momentum for the next step.
/// </remarks>
public sealed class SharedBatchEnsemble : TrainableEnsemble
{
    private readonly Tensor _points;
    private readonly Tensor _targets;
    private readonly DescentSettings _settings;
    private readonly Loss _loss;
    private readonly Func<int, int[]> _order;
    private readonly int _count;
    private readonly int _inputs;
    private readonly List<Batch> _batches = [];
    private List<FullyConnectedShape> _shapes;
    private List<Layer>[] _layers;
    private Layer _first;

    /// <param name="networks">Their replicas become this ensemble's, in this order. They are copied.</param>
    /// <param name="points">[N, n_0], contiguous, on the CPU, of the networks' element type; not owned.</param>
    /// <param name="targets">[N, n_c]: labels as unit vectors, or numbers to regress; not owned.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="loss">Which.</param>
    /// <param name="order">From the number of an epoch, from 1, to the numbers of all points in the order in which they are seen.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public SharedBatchEnsemble(IReadOnlyList<FullyConnected> networks, Tensor points, Tensor targets, DescentSettings settings, Loss loss, Func<int, int[]> order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.BatchSize, 1);
        foreach (var data in new[] { points, targets })
        {
            if (data.ndim != 2 || !data.is_contiguous() || data.device_type != DeviceType.CPU || data.dtype is not (ScalarType.Float32 or ScalarType.Float64))
            {
                throw new ArgumentException($"points and targets must be contiguous float matrices on the CPU, not {data}");
            }
        }

        if (networks.Count == 0 || points.size(0) != targets.size(0) || points.size(0) == 0 || points.dtype != targets.dtype)
        {
            throw new ArgumentException($"{networks.Count} networks, points {points}, targets {targets}");
        }

        if (networks.FirstOrDefault(one => one.Shape.Inputs != points.size(1) || one.Shape.Outputs != targets.size(1) || one.Weights[0].dtype != points.dtype) is { } misfit)
        {
            throw new ArgumentException($"a network {misfit.Shape} of {misfit.Weights[0].dtype} for points {points} and targets {targets}");
        }

        (_points, _targets, _settings, _loss, _order) = (points, targets, settings, loss, order);
        (_count, _inputs) = ((int)points.size(0), (int)points.size(1));
        _shapes = [.. networks.SelectMany(one => Enumerable.Repeat(one.Shape, one.Replicas))];
        using var scope = NewDisposeScope();
        (_first, _layers) = Allocate(_shapes);
        var place = 0;
        foreach (var network in networks)
        {
            var parameters = network.Parameters.ToArray();
            for (var replica = 0; replica < network.Replicas; replica++, place++)
            {
                foreach (var (mine, given) in Parameters(place).Zip(parameters))
                {
                    mine.copy_(given.select(0, replica));
                }
            }
        }
    }

    /// <inheritdoc/>
    public override int Replicas => _shapes.Count;

    /// <inheritdoc/>
    public override double[] Epoch(int epoch, CancellationToken cancellation = default)
    {
        using var unrecorded = no_grad();
        var order = _order(epoch);
        if (order.Length != _count)
        {
            throw new InvalidOperationException($"epoch {epoch}: an order of {order.Length} points for {_count}");
        }

        var losses = new double[Replicas];
        var steps = 0;
        for (var start = 0; start < _count; start += _settings.BatchSize, steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            var size = Math.Min(_settings.BatchSize, _count - start);
            Step(BatchOf(size), order.AsSpan(start, size), losses);
        }

        return Array.ConvertAll(losses, sum => sum / steps);
    }

    /// <summary>W_1 [n_1, n_0], b_1 [n_1], W_2, b_2, …, live.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters(int replica) => [.. _layers[replica].SelectMany(layer => Split(layer.Weights))];

    /// <summary>The velocities, shaped as the parameters and already multiplied by the momentum for the next step, live.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> OptimiserState(int replica) => [.. _layers[replica].SelectMany(layer => Split(layer.Velocities))];

    /// <inheritdoc/>
    public override void Retain(IReadOnlyList<int> replicas)
    {
        using var scope = NewDisposeScope();
        List<FullyConnectedShape> shapes = [.. replicas.Select(replica => _shapes[replica])];
        var (first, layers) = Allocate(shapes);
        for (var place = 0; place < layers.Length; place++)
        {
            foreach (var (mine, old) in layers[place].Zip(_layers[replicas[place]]))
            {
                mine.Weights.copy_(old.Weights);
                mine.Velocities.copy_(old.Velocities);
            }
        }

        Dispose();
        (_shapes, _first, _layers) = (shapes, first, layers);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _batches.ForEach(batch => batch.Dispose());
        _batches.Clear();
        foreach (var layer in _layers.SelectMany(layers => layers))
        {
            layer.Dispose();
        }

        _first.Dispose();
    }

    private void Step(Batch batch, ReadOnlySpan<int> chosen, double[] losses)
    {
        BatchArithmetic.GatherRows(_points, _count, chosen, batch.Points);
        BatchArithmetic.GatherColumns(_targets, chosen, batch.Targets);
        batch.First.addmm_(_first.Weights, batch.PointsTurned, beta: 0);
        for (var replica = 0; replica < losses.Length; replica++)
        {
            var (layers, values) = (_layers[replica], batch.Replicas[replica]);
            for (var i = 0; i < layers.Count; i++)
            {
                if (i > 0)
                {
                    values[i].Outputs.addmm_(layers[i].Weights, values[i - 1].WithOne, beta: 0);
                }

                if (i < layers.Count - 1)
                {
                    BatchArithmetic.Relu(values[i].Outputs);
                }
            }

            // The outputs' own memory becomes their δ, except at a first layer, whose δ lies in the block of all replicas.
            var last = values[^1];
            losses[replica] += BatchArithmetic.Differentiate(_loss, last.Outputs, batch.Targets, chosen.Length);
            if (layers.Count == 1)
            {
                last.Delta.copy_(last.Outputs);
            }

            for (var i = layers.Count - 1; i > 0; i--)
            {
                var delta = i == layers.Count - 1 ? last.Outputs : values[i].Delta;
                values[i - 1].Delta.addmm_(layers[i].WeightsTurned, delta, beta: 0);
                BatchArithmetic.MaskInactive(values[i - 1].Delta, values[i - 1].Outputs);
                layers[i].Velocities.addmm_(delta, values[i - 1].WithOneTurned);
                BatchArithmetic.Descend(layers[i].Weights, layers[i].Velocities, _settings.LearningRate, _settings.Momentum);
            }
        }

        _first.Velocities.addmm_(batch.FirstDelta, batch.Points);
        BatchArithmetic.Descend(_first.Weights, _first.Velocities, _settings.LearningRate, _settings.Momentum);
    }

    private Batch BatchOf(int size)
    {
        foreach (var batch in _batches)
        {
            if (batch.Size == size)
            {
                return batch;
            }
        }

        var made = new Batch(size, _inputs, _shapes, _points.dtype);
        _batches.Add(made);
        return made;
    }

    private (Layer First, List<Layer>[] Layers) Allocate(List<FullyConnectedShape> shapes)
    {
        var dtype = _points.dtype;
        var rows = shapes.Sum(shape => shape.Widths[1] + 1);
        var first = new Layer(zeros([rows, _inputs + 1], dtype, CPU), zeros([rows, _inputs + 1], dtype, CPU));
        var layers = new List<Layer>[shapes.Count];
        var row = 0;
        for (var replica = 0; replica < layers.Length; replica++)
        {
            var widths = shapes[replica].Widths;
            layers[replica] = [new Layer(first.Weights.narrow(0, row, widths[1]), first.Velocities.narrow(0, row, widths[1]))];
            row += widths[1] + 1;
            first.Weights.select(0, row - 1).narrow(0, _inputs, 1).fill_(1.0);
            for (var i = 2; i < widths.Count; i++)
            {
                layers[replica].Add(new Layer(zeros([widths[i], widths[i - 1] + 1], dtype, CPU), zeros([widths[i], widths[i - 1] + 1], dtype, CPU)));
            }
        }

        return (first, layers);
    }

    // Columns without the last, and the last.
    private static IEnumerable<Tensor> Split(Tensor withBiases) =>
        [withBiases.narrow(1, 0, withBiases.size(1) - 1), withBiases.select(1, withBiases.size(1) - 1)];

    // [n_i, n_(i−1) + 1] each.
    private sealed class Layer : IDisposable
    {
        internal Layer(Tensor weights, Tensor velocities)
        {
            Weights = weights.DetachFromDisposeScope();
            Velocities = velocities.DetachFromDisposeScope();
            WeightsTurned = weights.narrow(1, 0, weights.size(1) - 1).t().DetachFromDisposeScope();
        }

        internal Tensor Weights { get; }

        internal Tensor Velocities { get; }

        // Without the biases.
        internal Tensor WeightsTurned { get; }

        public void Dispose()
        {
            Weights.Dispose();
            Velocities.Dispose();
            WeightsTurned.Dispose();
        }
    }

    // What one layer of one replica gives: h [n_i, B], h with a row of ones, and δ [n_i, B].
    private sealed record Values(Tensor Outputs, Tensor WithOne, Tensor WithOneTurned, Tensor Delta);

    // All that a step of one batch size writes.
    private sealed class Batch : IDisposable
    {
        private readonly List<Tensor> _owned = [];

        internal Batch(int size, int inputs, List<FullyConnectedShape> shapes, ScalarType dtype)
        {
            using var scope = NewDisposeScope();
            Size = size;
            Points = Own(ones([size, inputs + 1], dtype, CPU));
            PointsTurned = Own(Points.t());
            Targets = Own(zeros([shapes[0].Outputs, size], dtype, CPU));
            var rows = shapes.Sum(shape => shape.Widths[1] + 1);
            First = Own(zeros([rows, size], dtype, CPU));
            FirstDelta = Own(zeros([rows, size], dtype, CPU));
            Replicas = new List<Values>[shapes.Count];
            var row = 0;
            for (var replica = 0; replica < Replicas.Length; replica++)
            {
                var widths = shapes[replica].Widths;
                Replicas[replica] = [View(First.narrow(0, row, widths[1] + 1), FirstDelta.narrow(0, row, widths[1]))];
                row += widths[1] + 1;
                for (var i = 2; i < widths.Count; i++)
                {
                    Replicas[replica].Add(View(ones([widths[i] + 1, size], dtype, CPU), zeros([widths[i], size], dtype, CPU)));
                }
            }
        }

        internal int Size { get; }

        // [B, n_0 + 1], the last column 1.
        internal Tensor Points { get; }

        internal Tensor PointsTurned { get; }

        // [n_c, B].
        internal Tensor Targets { get; }

        // All first layers' outputs and δ, [Σ(n_1 + 1), B].
        internal Tensor First { get; }

        internal Tensor FirstDelta { get; }

        internal List<Values>[] Replicas { get; }

        public void Dispose() => _owned.ForEach(one => one.Dispose());

        private Values View(Tensor withOne, Tensor delta) =>
            new(Own(withOne.narrow(0, 0, withOne.size(0) - 1)), Own(withOne), Own(withOne.t()), Own(delta));

        private Tensor Own(Tensor tensor)
        {
            _owned.Add(tensor.DetachFromDisposeScope());
            return tensor;
        }
    }
}
