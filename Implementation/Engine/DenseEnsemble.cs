using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    // What the gradient's product reads, points by inputs, lies in panels of so many inputs: one is few enough pages for the processor to know their addresses.
    private const int Panel = 64;

    private readonly Tensor _points;
    private readonly Tensor _targets;
    private readonly DescentSettings _settings;
    private readonly Loss _loss;
    private readonly Func<int, int[]> _order;
    private readonly int _count;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly Workspace _work;
    private List<Layer[]> _networks;

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
    public override IReadOnlyList<Tensor> Parameters(int replica) => [.. _networks[replica].SelectMany(layer => Split(layer.Weights, layer.Inputs))];

    /// <summary>The velocities, shaped as the parameters, live.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> OptimiserState(int replica) => [.. _networks[replica].SelectMany(layer => Split(layer.Velocities, layer.Inputs))];

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

    private static Layer[] Layers(FullyConnected network, int replica)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        return [.. network.Weights.Zip(network.Biases).Select(one =>
        {
            var layer = new Layer((int)one.First.size(1), (int)one.First.size(2));
            var parts = Split(layer.Weights, layer.Inputs);
            parts[0].copy_(one.First.select(0, replica));
            parts[1].copy_(one.Second.select(0, replica));
            return layer;
        })];
    }

    // The weights, and the column of the biases.
    private static Tensor[] Split(Tensor whole, int inputs) => [whole.narrow(1, 0, inputs), whole.select(1, inputs)];

    private static float* Pointer(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    // Points by inputs for the gradient, inputs by points for the product, and targets, outputs by points.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(ReadOnlySpan<int> chosen, int columns)
    {
        var points = Pointer(_points);
        var targets = Pointer(_targets);
        for (var i = 0; i < chosen.Length; i++)
        {
            var source = points + ((nint)chosen[i] * _inputs);
            for (var input = 0; input < _inputs; input += Panel)
            {
                Unsafe.CopyBlock(_work.Points + ((nint)input * _work.Rows) + (i * Panel), source + input, (uint)(Math.Min(Panel, _inputs - input) * sizeof(float)));
            }

            for (var output = 0; output < _outputs; output++)
            {
                _work.Targets[(output * columns) + i] = targets[((nint)chosen[i] * _outputs) + output];
            }
        }

        for (var input = 0; input < _inputs; input += Panel)
        {
            Turned.Copy(_work.Points + ((nint)input * _work.Rows), Panel, _work.Inputs + ((nint)input * columns), columns, chosen.Length, Math.Min(Panel, _inputs - input));
        }

        for (var row = 0; chosen.Length < columns && row < _inputs; row++)
        {
            new Span<float>(_work.Inputs + ((nint)row * columns) + chosen.Length, columns - chosen.Length).Clear();
        }

        new Span<float>(_work.Inputs + ((nint)_inputs * columns), columns).Fill(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Step(Layer[] layers, int count, int columns)
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
                Turn(activations, layer.Inputs + 1, count, columns);
            }

            for (var input = 0; input < layer.Length; input += Panel)
            {
                Product.Run(
                    new LeftFactor(delta, columns), (float*)given + ((nint)input * _work.Rows), new EvenTerms(count, Panel), layer.Weight + input, layer.Length, layer.Units, Math.Min(Panel, layer.Length - input),
                    new Descend((nint)(layer.Velocity - layer.Weight), (float)_settings.LearningRate, (float)_settings.Momentum));
            }

            delta = (float*)next;
        }

        return loss;
    }

    // Activations and their ones, units by points, become panels of points by units, and zeros up to a whole number of vectors.
    private void Turn(float* activations, int units, int count, int columns)
    {
        for (var unit = 0; unit < units; unit += Panel)
        {
            var panel = _work.Turned + ((nint)unit * _work.Rows);
            var here = Math.Min(Panel, units - unit);
            Turned.Copy(activations + ((nint)unit * columns), columns, panel, Panel, here, count);
            for (var row = 0; here < Panel && row < count; row++)
            {
                new Span<float>(panel + (row * Panel) + here, Panel - here).Clear();
            }
        }
    }

    // [n_i, n_(i−1) + 1] and zeros up to a whole number of vectors.
    private sealed class Layer : IDisposable
    {
        internal Layer(int units, int inputs)
        {
            (Units, Inputs, Length) = (units, inputs, Product.Padded(inputs + 1));
            Weights = zeros([units, Length], float32, CPU).DetachFromDisposeScope();
            Velocities = zeros([units, Length], float32, CPU).DetachFromDisposeScope();
            Weight = Pointer(Weights);
            Velocity = Pointer(Velocities);
        }

        internal int Units { get; }

        internal int Inputs { get; }

        internal int Length { get; }

        internal Tensor Weights { get; }

        internal Tensor Velocities { get; }

        internal float* Weight { get; }

        internal float* Velocity { get; }

        public void Dispose()
        {
            Weights.Dispose();
            Velocities.Dispose();
        }
    }

    // What a step writes, as large as the largest network and batch want it; networks use it one after another.
    private sealed class Workspace : IDisposable
    {
        private readonly List<nint> _owned = [];

        internal Workspace(IReadOnlyList<FullyConnectedShape> shapes, int batch)
        {
            var columns = Rows = Product.Padded(batch);
            var (inputs, outputs) = (shapes[0].Inputs, shapes[0].Outputs);
            var depth = shapes.Max(shape => shape.Layers);
            var widest = shapes.Max(shape => shape.Widths.Skip(1).Max());
            nint Whole(int width) => (width + Panel - 1) / Panel * (nint)Panel;
            Points = Own(columns * Whole(inputs + 1));
            for (var row = 0; row < columns; row++)
            {
                Points[((nint)(inputs / Panel * Panel) * columns) + (row * Panel) + (inputs % Panel)] = 1;
            }

            Inputs = Own((nint)(inputs + 1) * columns);
            Targets = Own((nint)outputs * columns);
            Activations = new float*[depth];
            for (var layer = 0; layer < depth; layer++)
            {
                Activations[layer] = Own((nint)(widest + 1) * columns);
            }

            Deltas = [Own((nint)widest * columns), Own((nint)widest * columns)];
            Turned = Own(columns * Whole(widest + 1));
        }

        // Of a panel: the largest batch.
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

        public void Dispose()
        {
            _owned.ForEach(one => NativeMemory.AlignedFree((void*)one));
            _owned.Clear();
        }

        private float* Own(nint count)
        {
            var bytes = (nuint)count * sizeof(float);
            var memory = NativeMemory.AlignedAlloc(bytes, 64);
            NativeMemory.Clear(memory, bytes);
            _owned.Add((nint)memory);
            return (float*)memory;
        }
    }
}
