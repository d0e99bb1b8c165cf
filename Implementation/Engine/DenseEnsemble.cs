using System.Runtime.CompilerServices;
using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Fully connected networks of any widths and depths, plain or residual, trained by momentum descent or Adam on one core in float32,
/// without weight decay.
/// </summary>
/// <remarks>
/// Activations are stored units by points, followed by a row of ones; the biases are the last column of the weights. The product that
/// computes the gradient updates weights and velocities in its epilogue. A batch is gathered and transposed once for all networks that
/// share it.
/// </remarks>
public sealed unsafe class DenseEnsemble : EngineEnsemble
{
    private readonly OptimiserSettings _settings;
    private readonly Loss _loss;
    private readonly bool _usesAdam;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly Workspace _work;

    /// <param name="networks">The initial replicas, of all networks in this order; copied.</param>
    /// <param name="points">[N, n_0], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c], float32: one-hot labels or regression targets; not owned.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="loss">Cross-entropy or mean square.</param>
    /// <param name="order">The order of all points in an epoch, whose number counts from 1.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public DenseEnsemble(
        IReadOnlyList<FullyConnected> networks,
        Tensor points,
        Tensor targets,
        OptimiserSettings settings,
        Loss loss,
        Func<int, int[]> order)
        : this(
            [.. networks.SelectMany(one => ReplicasOf(one, usesAdam: false))],
            [.. networks.Select(one => one.Shape.Widths)],
            points,
            [targets],
            settings,
            loss,
            [order],
            usesAdam: false)
    {
    }

    /// <param name="network">The initial replicas, a <see cref="FullyConnected"/> or a <see cref="ResidualNetwork"/>; copied.</param>
    /// <param name="points">[N, n_0], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c] for each replica, like the points; not owned.</param>
    /// <param name="settings">Learning rate, momentum (which Adam does not use), batch size.</param>
    /// <param name="loss">Cross-entropy or mean square.</param>
    /// <param name="orders">One for each replica.</param>
    /// <param name="usesAdam">Adam with PyTorch's defaults in place of momentum descent.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public DenseEnsemble(
        IEnsemble network,
        Tensor points,
        IReadOnlyList<Tensor> targets,
        OptimiserSettings settings,
        Loss loss,
        IReadOnlyList<Func<int, int[]>> orders,
        bool usesAdam = false)
        : this([.. ReplicasOf(network, usesAdam)], [Widths(network)], points, targets, settings, loss, orders, usesAdam)
    {
    }

    private DenseEnsemble(
        IReadOnlyList<DenseReplica> replicas,
        IReadOnlyList<IReadOnlyList<int>> widths,
        Tensor points,
        IReadOnlyList<Tensor> targets,
        OptimiserSettings settings,
        Loss loss,
        IReadOnlyList<Func<int, int[]>> orders,
        bool usesAdam)
        : base(
            replicas,
            points,
            targets,
            settings.BatchSize,
            orders,
            widths.Count > 0 ? widths[0][0] : 0,
            widths.Count > 0 ? widths[0][^1] : 0)
    {
        (_inputs, _outputs) = (widths[0][0], widths[0][^1]);
        if (widths.FirstOrDefault(one => one[0] != _inputs || one[^1] != _outputs) is { } misfit)
        {
            throw new ArgumentException($"a network {string.Join('-', misfit)} beside one with {_inputs} inputs and {_outputs} outputs");
        }

        (_settings, _loss, _usesAdam, LearningRate) = (settings, loss, usesAdam, settings.LearningRate);
        _work = new Workspace(widths, (int)Math.Min(settings.BatchSize, points.size(0)), usesAdam);
    }

    /// <summary>η; may change between epochs.</summary>
    public double LearningRate { get; set; }

    /// <summary>The factor of η in generalization layers; may change between epochs.</summary>
    public double SlowFactor { get; set; } = 1;

    /// <summary>ν, the weight of the generalization layers' shortcuts; may change between epochs.</summary>
    public double ShortcutWeight { get; set; } = 1;

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _work.Dispose();
    }

    private static IReadOnlyList<int> Widths(IEnsemble network) => network switch
    {
        FullyConnected plain => plain.Shape.Widths,
        ResidualNetwork { Shape: var shape } => [shape.Inputs, .. Enumerable.Repeat(shape.Width, shape.HiddenLayers), shape.Outputs],
        _ => throw new ArgumentException($"{network.GetType().Name} is not a fully connected network"),
    };

    private static IEnumerable<DenseReplica> ReplicasOf(IEnsemble network, bool usesAdam)
    {
        if (network.Parameters[0].dtype != float32)
        {
            throw new ArgumentException($"the network must be in float32, not in {network.Parameters[0].dtype}");
        }

        List<(int From, bool IsWeighted)> shortcuts = [];
        List<bool> reduced = [];
        if (network is ResidualNetwork residual)
        {
            shortcuts.Add((-1, false));
            foreach (var (layers, shortcut) in residual.Shape.Blocks)
            {
                shortcuts.AddRange(Enumerable.Repeat((-1, false), layers - 1));
                shortcuts.Add(shortcut == Shortcut.None ? (-1, false) : (shortcuts.Count - layers + 1, shortcut == Shortcut.Weighted));
            }

            shortcuts.Add((-1, false));
            reduced.AddRange(residual.InGeneralizationLayer.Where((_, i) => i % 2 == 0));
        }

        return Enumerable.Range(0, network.Replicas)
            .Select(replica => network.Parameters.Select(one => one.select(0, replica)).ToList())
            .Select(parameters => new DenseReplica(parameters, shortcuts, reduced, usesAdam));
    }

    // Points by inputs for the gradient, inputs by points for the product, and targets, outputs by points.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Gather(ReadOnlySpan<int> chosen, int columns, float* targets)
    {
        for (var i = 0; i < chosen.Length; i++)
        {
            Panels.PackRow(FirstPoint + ((nint)chosen[i] * _inputs), _inputs, _work.Points + (i * Panels.Width), _work.Rows);
        }

        GatherTransposed(targets, _outputs, chosen, _work.Targets, columns);
        Panels.UnpackTransposed(_work.Points, _work.Rows, _work.Inputs, columns, chosen.Length, _inputs);
        for (var row = 0; chosen.Length < columns && row < _inputs; row++)
        {
            new Span<float>(_work.Inputs + ((nint)row * columns) + chosen.Length, columns - chosen.Length).Clear();
        }

        new Span<float>(_work.Inputs + ((nint)_inputs * columns), columns).Fill(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override double Step(IReplica replica, int count, int columns)
    {
        var (network, layers) = ((DenseReplica)replica, ((DenseReplica)replica).Layers);
        var below = _work.Inputs;
        for (var i = 0; i < layers.Length; i++)
        {
            var layer = layers[i];
            var here = _work.Activations[i];
            var (left, inputs) = (new LeftOperand(layer.Weight, layer.RowLength), new StridedRows(layer.Inputs + 1, columns));
            if (i == layers.Length - 1)
            {
                Gemm.Run(left, below, inputs, here, columns, layer.Units, columns, default(Identity));
            }
            else
            {
                var (from, isWeighted) = network.Shortcuts[i];
                if (from < 0)
                {
                    Gemm.Run(left, below, inputs, here, columns, layer.Units, columns, default(Relu));
                }
                else
                {
                    var epilogue = new ShortcutRelu((nint)(_work.Activations[from - 1] - here), Weight(isWeighted));
                    Gemm.Run(left, below, inputs, here, columns, layer.Units, columns, epilogue);
                }

                new Span<float>(here + ((nint)layer.Units * columns), columns).Fill(1);
            }

            below = here;
        }

        var loss = _loss == Loss.CrossEntropy
            ? OutputLoss.CrossEntropy(below, _work.Targets, _outputs, columns, count)
            : OutputLoss.MeanSquare(below, _work.Targets, _outputs, columns, count);
        var step = _usesAdam ? network.NextStep() : 0;
        var delta = below;
        for (var i = layers.Length - 1; i >= 0; i--)
        {
            var layer = layers[i];
            var (given, next) = ((nint)_work.Points, (nint)delta);
            if (i > 0)
            {
                // The layer's weights are still those of the forward pass.
                (given, next) = ((nint)_work.Packed, (nint)_work.Deltas[i - 1]);
                var activations = _work.Activations[i - 1];
                var (left, units) = (new LeftOperand(layer.Weight, 1, layer.RowLength), new StridedRows(layer.Units, columns));
                var active = (nint)(activations - (float*)next);
                if (network.ShortcutTarget[i] is >= 0 and var end)
                {
                    var shortcut = (nint)(_work.Deltas[end] - (float*)next);
                    var epilogue = new ShortcutReluBackward(active, shortcut, Weight(network.Shortcuts[end].IsWeighted));
                    Gemm.Run(left, delta, units, (float*)next, columns, layer.Inputs, columns, epilogue);
                }
                else
                {
                    Gemm.Run(left, delta, units, (float*)next, columns, layer.Inputs, columns, new ReluBackward(active));
                }

                Panels.PackTransposed(activations, columns, (float*)given, _work.Rows, layer.Inputs + 1, count);
            }

            var rate = network.HasReducedRate[i] ? LearningRate * SlowFactor : LearningRate;
            if (_usesAdam)
            {
                var (size, spread) = (rate / (1 - Math.Pow(Adam.FirstDecay, step)), Math.Sqrt(1 - Math.Pow(Adam.SecondDecay, step)));
                layer.UpdateByAdam(delta, columns, (float*)given, _work.Rows, count, (float)size, (float)spread, _work.Gradient);
            }
            else
            {
                layer.UpdateByMomentum(delta, columns, (float*)given, _work.Rows, count, rate, _settings.Momentum);
            }

            delta = (float*)next;
        }

        return loss;
    }

    private float Weight(bool isWeighted) => isWeighted ? (float)ShortcutWeight : 1;

    // What a step writes, sized for the largest network and batch; the networks use it in turn.
    private sealed class Workspace : IDisposable
    {
        private readonly NativeFloats _memory = new();

        internal Workspace(IReadOnlyList<IReadOnlyList<int>> widths, int batch, bool usesAdam)
        {
            Rows = Gemm.Padded(batch);
            var (inputs, outputs) = (widths[0][0], widths[0][^1]);
            var widest = widths.Max(one => one.Skip(1).Max());
            Points = _memory.Allocate(Rows * Panels.RoundUp(inputs + 1));
            Panels.SetOnes(Points, Rows, inputs);
            Inputs = _memory.Allocate((nint)(inputs + 1) * Rows);
            Targets = _memory.Allocate((nint)outputs * Rows);
            var layers = widths.Max(one => one.Count) - 1;
            Activations = new float*[layers];
            Deltas = new float*[layers];
            for (var layer = 0; layer < layers; layer++)
            {
                Activations[layer] = _memory.Allocate((nint)(widest + 1) * Rows);
                Deltas[layer] = _memory.Allocate((nint)widest * Rows);
            }

            var weights = widths.Max(one => one.Skip(1).Zip(one, (units, below) => (nint)units * Gemm.Padded(below + 1)).Max());
            Gradient = usesAdam ? _memory.Allocate(weights) : null;
            Packed = _memory.Allocate(Rows * Panels.RoundUp(widest + 1));
        }

        // Points of the largest batch, padded.
        internal int Rows { get; }

        // Panels of [B, n_0 + 1], the last column 1.
        internal float* Points { get; }

        // [n_0 + 1, B].
        internal float* Inputs { get; }

        // [n_c, B].
        internal float* Targets { get; }

        // [n_i + 1, B] of each layer.
        internal float*[] Activations { get; }

        // [n_i, B] of each hidden layer.
        internal float*[] Deltas { get; }

        // Panels of [B, n_i + 1].
        internal float* Packed { get; }

        // Of the weights of one layer.
        internal float* Gradient { get; }

        public void Dispose() => _memory.Dispose();
    }
}
