using System.Runtime.CompilerServices;
using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Fully connected networks of any widths and depths that see the same batches in the same order, trained by momentum descent on one core in float32, at one
/// learning rate and without weight decay. A network's bits depend on nothing but its seed, its data and its order: not on the processor, and not on the
/// networks beside it.
/// </summary>
/// <remarks>
/// Activations lie units by points, behind them a row of ones; a bias is the last column of its weights. The gradient's product updates weights and velocities as
/// it finishes an entry. A batch is gathered and transposed once for all networks.
/// </remarks>
public sealed unsafe class DenseEnsemble : TrainableEnsemble
{
    private readonly Tensor _points;
    private readonly Tensor _targets;
    private readonly DescentSettings _settings;
    private readonly Loss _loss;
    private readonly Func<int, int[]> _order;
    private readonly int _count;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly Workspace _work;
    private List<Connections[]> _networks;

    /// <param name="networks">Their replicas become this ensemble's, in this order. They are copied.</param>
    /// <param name="points">[N, n_0], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c], float32: labels as unit vectors, or numbers to regress; not owned.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="loss">Which.</param>
    /// <param name="order">From the number of an epoch, from 1, to the numbers of all points in the order in which they are seen.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public DenseEnsemble(IReadOnlyList<FullyConnected> networks, Tensor points, Tensor targets, DescentSettings settings, Loss loss, Func<int, int[]> order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.BatchSize, 1);
        foreach (var data in new[] { points, targets })
        {
            if (data.ndim != 2 || !data.is_contiguous() || data.device_type != DeviceType.CPU || data.dtype != float32)
            {
                throw new ArgumentException($"points and targets must be contiguous float32 matrices on the CPU, not {data}");
            }
        }

        if (networks.Count == 0 || points.size(0) != targets.size(0) || points.size(0) == 0)
        {
            throw new ArgumentException($"{networks.Count} networks, points {points}, targets {targets}");
        }

        if (networks.FirstOrDefault(one => one.Shape.Inputs != points.size(1) || one.Shape.Outputs != targets.size(1) || one.Weights[0].dtype != float32) is { } misfit)
        {
            throw new ArgumentException($"a network {misfit.Shape} of {misfit.Weights[0].dtype} for points {points} and targets {targets}");
        }

        (_points, _targets, _settings, _loss, _order) = (points, targets, settings, loss, order);
        (_count, _inputs, _outputs) = ((int)points.size(0), (int)points.size(1), (int)targets.size(1));
        _networks = [.. networks.SelectMany(one => Enumerable.Range(0, one.Replicas).Select(replica => Layers(one, replica)))];
        _work = new Workspace([.. networks.Select(one => one.Shape)], Math.Min(settings.BatchSize, _count));
    }

    /// <inheritdoc/>
    public override int Replicas => _networks.Count;

    /// <inheritdoc/>
    public override bool HasSameBitsEverywhere => true;

    /// <inheritdoc/>
    public override double[] Epoch(int epoch, CancellationToken cancellation = default)
    {
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
            var chosen = order.AsSpan(start, Math.Min(_settings.BatchSize, _count - start));
            var columns = Product.Padded(chosen.Length);
            Gather(chosen, columns);
            for (var network = 0; network < losses.Length; network++)
            {
                losses[network] += Step(_networks[network], chosen.Length, columns);
            }
        }

        return Array.ConvertAll(losses, sum => sum / steps);
    }

    /// <summary>W_1 [n_1, n_0], b_1 [n_1], W_2, b_2, …, live.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters(int replica) => [.. _networks[replica].SelectMany(layer => layer.Parameters)];

    /// <summary>The velocities, shaped as the parameters, live.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> OptimiserState(int replica) => [.. _networks[replica].SelectMany(layer => layer.OptimiserState)];

    /// <inheritdoc/>
    public override void Retain(IReadOnlyList<int> replicas)
    {
        var staying = replicas.Select(replica => _networks[replica]).ToList();
        foreach (var leaving in _networks.Except(staying).SelectMany(layers => layers))
        {
            leaving.Dispose();
        }

        _networks = staying;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var layer in _networks.SelectMany(layers => layers))
        {
            layer.Dispose();
        }

        _networks = [];
        _work.Dispose();
    }

    private static Connections[] Layers(FullyConnected network, int replica) => [.. network.Weights.Zip(network.Biases).Select(one => new Connections(one.First.select(0, replica), one.Second.select(0, replica)))];

    // Points by inputs for the gradient, inputs by points for the product, and targets, outputs by points.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(ReadOnlySpan<int> chosen, int columns)
    {
        var points = NativeFloats.Of(_points);
        var targets = NativeFloats.Of(_targets);
        for (var i = 0; i < chosen.Length; i++)
        {
            Panels.Copy(points + ((nint)chosen[i] * _inputs), _inputs, _work.Points + (i * Panels.Width), _work.Rows);
            for (var output = 0; output < _outputs; output++)
            {
                _work.Targets[(output * columns) + i] = targets[((nint)chosen[i] * _outputs) + output];
            }
        }

        Panels.TurnBack(_work.Points, _work.Rows, _work.Inputs, columns, chosen.Length, _inputs);
        for (var row = 0; chosen.Length < columns && row < _inputs; row++)
        {
            new Span<float>(_work.Inputs + ((nint)row * columns) + chosen.Length, columns - chosen.Length).Clear();
        }

        new Span<float>(_work.Inputs + ((nint)_inputs * columns), columns).Fill(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Step(Connections[] layers, int count, int columns)
    {
        var below = _work.Inputs;
        for (var i = 0; i < layers.Length; i++)
        {
            var layer = layers[i];
            var here = _work.Activations[i];
            if (i < layers.Length - 1)
            {
                Product.Run(new LeftFactor(layer.Weight, layer.Length), below, new EvenTerms(layer.Inputs + 1, columns), here, columns, layer.Units, columns, default(Rectify));
                new Span<float>(here + ((nint)layer.Units * columns), columns).Fill(1);
            }
            else
            {
                Product.Run(new LeftFactor(layer.Weight, layer.Length), below, new EvenTerms(layer.Inputs + 1, columns), here, columns, layer.Units, columns, default(Keep));
            }

            below = here;
        }

        var loss = _loss == Loss.CrossEntropy
            ? OutputLoss.CrossEntropy(below, _work.Targets, _outputs, columns, count)
            : OutputLoss.MeanSquare(below, _work.Targets, _outputs, columns, count);
        var delta = below;
        for (var i = layers.Length - 1; i >= 0; i--)
        {
            var layer = layers[i];
            var (given, next) = ((nint)_work.Points, (nint)delta);
            if (i > 0)
            {
                // The layer's weights are still those of the forward pass.
                (given, next) = ((nint)_work.Turned, (nint)_work.Deltas[i % 2]);
                var activations = _work.Activations[i - 1];
                Product.Run(
                    new LeftFactor(layer.Weight, 1, layer.Length), delta, new EvenTerms(layer.Units, columns), (float*)next, columns, layer.Inputs, columns,
                    new KeepWhereActive((nint)(activations - (float*)next)));
                Panels.Turn(activations, columns, (float*)given, _work.Rows, layer.Inputs + 1, count);
            }

            layer.Descend(delta, columns, (float*)given, _work.Rows, count, _settings);
            delta = (float*)next;
        }

        return loss;
    }

    // What a step writes, as large as the largest network and batch want it; networks use it one after another.
    private sealed class Workspace : IDisposable
    {
        private readonly NativeFloats _memory = new();

        internal Workspace(IReadOnlyList<FullyConnectedShape> shapes, int batch)
        {
            Rows = Product.Padded(batch);
            var (inputs, outputs) = (shapes[0].Inputs, shapes[0].Outputs);
            var widest = shapes.Max(shape => shape.Widths.Skip(1).Max());
            Points = _memory.Take(Rows * Panels.Whole(inputs + 1));
            Panels.SetOnes(Points, Rows, inputs);
            Inputs = _memory.Take((nint)(inputs + 1) * Rows);
            Targets = _memory.Take((nint)outputs * Rows);
            Activations = new float*[shapes.Max(shape => shape.Layers)];
            for (var layer = 0; layer < Activations.Length; layer++)
            {
                Activations[layer] = _memory.Take((nint)(widest + 1) * Rows);
            }

            Deltas = [_memory.Take((nint)widest * Rows), _memory.Take((nint)widest * Rows)];
            Turned = _memory.Take(Rows * Panels.Whole(widest + 1));
        }

        // The largest batch.
        internal int Rows { get; }

        // Panels of [B, n_0 + 1], the last column 1.
        internal float* Points { get; }

        // [n_0 + 1, B].
        internal float* Inputs { get; }

        // [n_c, B].
        internal float* Targets { get; }

        // [n_i + 1, B] of each layer.
        internal float*[] Activations { get; }

        // [n_i, B] of every other layer.
        internal float*[] Deltas { get; }

        // Panels of [B, n_i + 1].
        internal float* Turned { get; }

        public void Dispose() => _memory.Dispose();
    }
}
