using System.Runtime.CompilerServices;
using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Fully connected networks of any widths and depths, plain or residual, trained by momentum descent or Adam on one core in float32, without weight decay.
/// </summary>
/// <remarks>
/// Activations lie units by points, behind them a row of ones; a bias is the last column of its weights. The gradient's product updates weights and velocities as
/// it finishes an entry. A batch is gathered and transposed once for all networks that share it.
/// </remarks>
public sealed unsafe class DenseEnsemble : EngineEnsemble
{
    private readonly OptimiserSettings _settings;
    private readonly Loss _loss;
    private readonly bool _usesAdam;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly Workspace _work;

    /// <param name="networks">Their replicas become this ensemble's, in this order. They are copied.</param>
    /// <param name="points">[N, n_0], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c], float32: labels as unit vectors, or numbers to regress; not owned.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="loss">Which.</param>
    /// <param name="order">From the number of an epoch, from 1, to the numbers of all points in the order in which they are seen.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public DenseEnsemble(IReadOnlyList<FullyConnected> networks, Tensor points, Tensor targets, OptimiserSettings settings, Loss loss, Func<int, int[]> order)
        : this([.. networks.SelectMany(one => Copies(one, false))], [.. networks.Select(one => one.Shape.Widths)], points, [targets], settings, loss, [order], false)
    {
    }

    /// <param name="network">A <see cref="FullyConnected"/> or a <see cref="ResidualNetwork"/>. Its replicas become this ensemble's. They are copied.</param>
    /// <param name="points">[N, n_0], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c] for each replica, as the points; not owned.</param>
    /// <param name="settings">Learning rate, momentum (which Adam does not use), batch size.</param>
    /// <param name="loss">Which.</param>
    /// <param name="orders">One for each replica.</param>
    /// <param name="usesAdam">Adam with PyTorch's defaults in place of momentum descent.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public DenseEnsemble(
        IEnsemble network, Tensor points, IReadOnlyList<Tensor> targets, OptimiserSettings settings, Loss loss, IReadOnlyList<Func<int, int[]>> orders, bool usesAdam = false)
        : this([.. Copies(network, usesAdam)], [Widths(network)], points, targets, settings, loss, orders, usesAdam)
    {
    }

    private DenseEnsemble(
        IReadOnlyList<DenseReplica> replicas, IReadOnlyList<IReadOnlyList<int>> widths, Tensor points, IReadOnlyList<Tensor> targets, OptimiserSettings settings, Loss loss,
        IReadOnlyList<Func<int, int[]>> orders, bool usesAdam)
        : base(replicas, points, targets, settings.BatchSize, orders, widths.Count > 0 ? widths[0][0] : 0, widths.Count > 0 ? widths[0][^1] : 0)
    {
        if (widths.FirstOrDefault(one => one[0] != widths[0][0] || one[^1] != widths[0][^1]) is { } misfit)
        {
            throw new ArgumentException($"a network {string.Join('-', misfit)} beside one with {widths[0][0]} inputs and {widths[0][^1]} outputs");
        }

        (_settings, _loss, _usesAdam, LearningRate) = (settings, loss, usesAdam, settings.LearningRate);
        (_inputs, _outputs) = (widths[0][0], widths[0][^1]);
        _work = new Workspace(widths, (int)Math.Min(settings.BatchSize, points.size(0)), usesAdam);
    }

    /// <summary>η; may change between epochs.</summary>
    public double LearningRate { get; set; }

    /// <summary>What multiplies η in generalization layers; may change between epochs.</summary>
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
        _ => throw new ArgumentException($"{network.GetType().Name} is no fully connected network"),
    };

    private static IEnumerable<DenseReplica> Copies(IEnsemble network, bool usesAdam)
    {
        if (network.Parameters[0].dtype != float32)
        {
            throw new ArgumentException($"a network of {network.Parameters[0].dtype}, not of float32");
        }

        List<(int From, bool IsWeighted)> bridges = [];
        List<bool> slow = [];
        if (network is ResidualNetwork residual)
        {
            bridges.Add((-1, false));
            foreach (var (layers, shortcut) in residual.Shape.Blocks)
            {
                bridges.AddRange(Enumerable.Repeat((-1, false), layers - 1));
                bridges.Add(shortcut == Shortcut.None ? (-1, false) : (bridges.Count - layers + 1, shortcut == Shortcut.Weighted));
            }

            bridges.Add((-1, false));
            slow.AddRange(residual.InGeneralizationLayer.Where((_, i) => i % 2 == 0));
        }

        return Enumerable.Range(0, network.Replicas).Select(replica => new DenseReplica([.. network.Parameters.Select(one => one.select(0, replica))], bridges, slow, usesAdam));
    }

    // Points by inputs for the gradient, inputs by points for the product, and targets, outputs by points.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Gather(ReadOnlySpan<int> chosen, int columns, Tensor targets)
    {
        var points = NativeFloats.Of(Points);
        var wanted = NativeFloats.Of(targets);
        for (var i = 0; i < chosen.Length; i++)
        {
            Panels.Copy(points + ((nint)chosen[i] * _inputs), _inputs, _work.Points + (i * Panels.Width), _work.Rows);
            for (var output = 0; output < _outputs; output++)
            {
                _work.Targets[(output * columns) + i] = wanted[((nint)chosen[i] * _outputs) + output];
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
    private protected override double Step(IReplica replica, int count, int columns)
    {
        var (network, layers) = ((DenseReplica)replica, ((DenseReplica)replica).Layers);
        var below = _work.Inputs;
        for (var i = 0; i < layers.Length; i++)
        {
            var layer = layers[i];
            var here = _work.Activations[i];
            var (left, terms) = (new LeftFactor(layer.Weight, layer.Length), new EvenTerms(layer.Inputs + 1, columns));
            if (i == layers.Length - 1)
            {
                Product.Run(left, below, terms, here, columns, layer.Units, columns, default(Keep));
            }
            else
            {
                var (from, isWeighted) = network.Bridges[i];
                if (from < 0)
                {
                    Product.Run(left, below, terms, here, columns, layer.Units, columns, default(Rectify));
                }
                else
                {
                    Product.Run(left, below, terms, here, columns, layer.Units, columns, new BridgeAndRectify((nint)(_work.Activations[from - 1] - here), Weight(isWeighted)));
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
                (given, next) = ((nint)_work.Turned, (nint)_work.Deltas[i - 1]);
                var activations = _work.Activations[i - 1];
                var (left, terms) = (new LeftFactor(layer.Weight, 1, layer.Length), new EvenTerms(layer.Units, columns));
                var active = (nint)(activations - (float*)next);
                if (network.BridgeTo[i] is >= 0 and var end)
                {
                    var finish = new BridgeBackWhereActive(active, (nint)(_work.Deltas[end] - (float*)next), Weight(network.Bridges[end].IsWeighted));
                    Product.Run(left, delta, terms, (float*)next, columns, layer.Inputs, columns, finish);
                }
                else
                {
                    Product.Run(left, delta, terms, (float*)next, columns, layer.Inputs, columns, new KeepWhereActive(active));
                }

                Panels.Turn(activations, columns, (float*)given, _work.Rows, layer.Inputs + 1, count);
            }

            var rate = network.IsSlow[i] ? LearningRate * SlowFactor : LearningRate;
            if (_usesAdam)
            {
                var (size, spread) = (rate / (1 - Math.Pow(Adam.FirstDecay, step)), Math.Sqrt(1 - Math.Pow(Adam.SecondDecay, step)));
                layer.DescendByAdam(delta, columns, (float*)given, _work.Rows, count, (float)size, (float)spread, _work.Gradient);
            }
            else
            {
                layer.Descend(delta, columns, (float*)given, _work.Rows, count, rate, _settings.Momentum);
            }

            delta = (float*)next;
        }

        return loss;
    }

    private float Weight(bool isWeighted) => isWeighted ? (float)ShortcutWeight : 1;

    // What a step writes, as large as the largest network and batch want it; networks use it one after another.
    private sealed class Workspace : IDisposable
    {
        private readonly NativeFloats _memory = new();

        internal Workspace(IReadOnlyList<IReadOnlyList<int>> widths, int batch, bool usesAdam)
        {
            Rows = Product.Padded(batch);
            var (inputs, outputs) = (widths[0][0], widths[0][^1]);
            var widest = widths.Max(one => one.Skip(1).Max());
            Points = _memory.Take(Rows * Panels.Whole(inputs + 1));
            Panels.SetOnes(Points, Rows, inputs);
            Inputs = _memory.Take((nint)(inputs + 1) * Rows);
            Targets = _memory.Take((nint)outputs * Rows);
            var layers = widths.Max(one => one.Count) - 1;
            Activations = new float*[layers];
            Deltas = new float*[layers];
            for (var layer = 0; layer < layers; layer++)
            {
                Activations[layer] = _memory.Take((nint)(widest + 1) * Rows);
                Deltas[layer] = _memory.Take((nint)widest * Rows);
            }

            var weights = widths.Max(one => one.Skip(1).Zip(one, (units, below) => (nint)units * Product.Padded(below + 1)).Max());
            Gradient = usesAdam ? _memory.Take(weights) : null;
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

        // [n_i, B] of each hidden layer.
        internal float*[] Deltas { get; }

        // Panels of [B, n_i + 1].
        internal float* Turned { get; }

        // Of one layer's weights.
        internal float* Gradient { get; }

        public void Dispose() => _memory.Dispose();
    }
}
