using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Networks with one input, one hidden layer and one output, trained by momentum descent on the mean square, on one core in float32.
/// </summary>
/// <remarks>
/// Several times as fast as <see cref="DenseEnsemble"/> for thousands of units, from which it differs in rounding. Activations are cheaper
/// to compute again than to keep: a step reads the parameters twice and writes nothing else. With S = Σ δ and T = Σ δx over the points at
/// which a unit is active, its gradients are w₂T, w₂S and w₁T + b₁S. Vectors run along the units, sixteen at a time whatever the
/// processor, and the sixteen sums are added in order; so the bits are the same everywhere.
/// </remarks>
public sealed unsafe class ShallowEnsemble : EngineEnsemble
{
    private readonly float _rate;
    private readonly float _momentum;
    private readonly NativeFloats _memory = new();
    private readonly float* _inputs;
    private readonly float* _targets;
    private readonly float* _outputs;
    private readonly float* _moments;

    /// <param name="network">The initial replicas, of widths 1, n and 1; copied.</param>
    /// <param name="points">[N, 1], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, 1] for each replica, like the points; not owned.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="orders">One for each replica: the order of all points in an epoch, whose number counts from 1.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public ShallowEnsemble(
        FullyConnected network,
        Tensor points,
        IReadOnlyList<Tensor> targets,
        OptimiserSettings settings,
        IReadOnlyList<Func<int, int[]>> orders)
        : base(
            Enumerable.Range(0, network.Replicas).Select(i => new Replica(network, i)),
            points,
            targets,
            settings.BatchSize,
            orders,
            inputs: 1,
            outputs: 1)
    {
        (_rate, _momentum) = ((float)settings.LearningRate, (float)settings.Momentum);
        var columns = Gemm.Padded((int)Math.Min(settings.BatchSize, points.size(0)));
        _inputs = _memory.Allocate(columns);
        _targets = _memory.Allocate(columns);
        _outputs = _memory.Allocate(columns);
        _moments = _memory.Allocate(columns);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _memory.Dispose();
    }

    private protected override void Gather(ReadOnlySpan<int> chosen, int columns, float* targets)
    {
        GatherTransposed(FirstPoint, 1, chosen, _inputs, columns);
        GatherTransposed(targets, 1, chosen, _targets, columns);
    }

    private protected override double Step(IReplica replica, int count, int columns) => Vector512.IsHardwareAccelerated
        ? Step<Lanes16>((Replica)replica, count, columns)
        : Step<SplitLanes16>((Replica)replica, count, columns);

    private double Step<TLanes>(Replica network, int count, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        Forward<TLanes>(network, count);
        var loss = OutputLoss.MeanSquare(_outputs, _targets, classes: 1, columns, count);
        if (_momentum == 0)
        {
            Update<TLanes, PlainUpdate>(network, count, new PlainUpdate(_rate));
        }
        else
        {
            Update<TLanes, MomentumUpdate>(network, count, new MomentumUpdate(network.ToVelocities, _rate, _momentum));
        }

        return loss;
    }

    // Four points at a time, so that their sums do not wait for each other.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward<TLanes>(Replica network, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        var point = 0;
        for (; point + 4 <= count; point += 4)
        {
            var (x0, x1) = (TLanes.Broadcast(_inputs[point]), TLanes.Broadcast(_inputs[point + 1]));
            var (x2, x3) = (TLanes.Broadcast(_inputs[point + 2]), TLanes.Broadcast(_inputs[point + 3]));
            TLanes s0 = default, s1 = default, s2 = default, s3 = default;
            for (nint unit = 0; unit < network.Units; unit += TLanes.Count)
            {
                var (weight, bias) = (TLanes.Load(network.Weights + unit), TLanes.Load(network.Biases + unit));
                var outer = TLanes.Load(network.Outer + unit);
                s0 = TLanes.MultiplyAdd(outer, TLanes.Relu(TLanes.MultiplyAdd(weight, x0, bias)), s0);
                s1 = TLanes.MultiplyAdd(outer, TLanes.Relu(TLanes.MultiplyAdd(weight, x1, bias)), s1);
                s2 = TLanes.MultiplyAdd(outer, TLanes.Relu(TLanes.MultiplyAdd(weight, x2, bias)), s2);
                s3 = TLanes.MultiplyAdd(outer, TLanes.Relu(TLanes.MultiplyAdd(weight, x3, bias)), s3);
            }

            var bottom = *network.OuterBias;
            (_outputs[point], _outputs[point + 1]) = (Sum(s0, bottom), Sum(s1, bottom));
            (_outputs[point + 2], _outputs[point + 3]) = (Sum(s2, bottom), Sum(s3, bottom));
        }

        for (; point < count; point++)
        {
            var x = TLanes.Broadcast(_inputs[point]);
            TLanes sum = default;
            for (nint unit = 0; unit < network.Units; unit += TLanes.Count)
            {
                var activation = TLanes.Relu(
                    TLanes.MultiplyAdd(TLanes.Load(network.Weights + unit), x, TLanes.Load(network.Biases + unit)));
                sum = TLanes.MultiplyAdd(TLanes.Load(network.Outer + unit), activation, sum);
            }

            _outputs[point] = Sum(sum, *network.OuterBias);
        }
    }

    // The outputs are the loss's derivatives by now.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update<TLanes, TUpdate>(Replica network, int count, TUpdate update)
        where TLanes : struct, ILanes<TLanes>
        where TUpdate : struct, IEpilogue<TUpdate>
    {
        var all = 0f;
        for (var point = 0; point < count; point++)
        {
            _moments[point] = _outputs[point] * _inputs[point];
            all += _outputs[point];
        }

        for (nint unit = 0; unit < network.Units; unit += TLanes.Count)
        {
            var (weight, bias) = (TLanes.Load(network.Weights + unit), TLanes.Load(network.Biases + unit));
            var outer = TLanes.Load(network.Outer + unit);
            TLanes deltas = default, moments = default;
            for (var point = 0; point < count; point++)
            {
                var before = TLanes.MultiplyAdd(weight, TLanes.Broadcast(_inputs[point]), bias);
                deltas = TLanes.AddWherePositive(before, TLanes.Broadcast(_outputs[point]), deltas);
                moments = TLanes.AddWherePositive(before, TLanes.Broadcast(_moments[point]), moments);
            }

            update.Apply(TLanes.MultiplyAdd(outer, moments, default), network.Weights + unit, 0);
            update.Apply(TLanes.MultiplyAdd(outer, deltas, default), network.Biases + unit, 0);
            update.Apply(TLanes.MultiplyAdd(weight, moments, TLanes.MultiplyAdd(bias, deltas, default)), network.Outer + unit, 0);
        }

        // A vector of which the first is the bias; the others are padding, and stay zero.
        var first = stackalloc float[TLanes.Count];
        first[0] = all;
        update.Apply(TLanes.Load(first), network.OuterBias, 0);
    }

    private static float Sum<TLanes>(TLanes lanes, float start)
        where TLanes : struct, ILanes<TLanes>
    {
        var all = stackalloc float[TLanes.Count];
        TLanes.Store(lanes, all);
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            start += all[lane];
        }

        return start;
    }

    // W_1, b_1, W_2 and b_2 one behind the other, each padded with zeros to whole vectors, and their velocities likewise.
    private sealed class Replica : IReplica
    {
        private readonly Tensor _all;
        private readonly Tensor _velocities;
        private readonly int _padded;

        internal Replica(FullyConnected network, int replica)
        {
            if (network.Shape.Widths is not [1, var units, 1] || network.Parameters[0].dtype != float32)
            {
                var given = $"{string.Join('-', network.Shape.Widths)} in {network.Parameters[0].dtype}";
                throw new ArgumentException($"the network must have one input, one hidden layer and one output in float32, not {given}");
            }

            using var scope = NewDisposeScope();
            using var unrecorded = no_grad();
            (Units, _padded) = (units, Gemm.Padded(units));
            _all = zeros([(3 * _padded) + Gemm.ColumnStep], float32, CPU).DetachFromDisposeScope();
            _velocities = zeros_like(_all).DetachFromDisposeScope();
            Weights = NativeFloats.Of(_all);
            ToVelocities = (nint)(NativeFloats.Of(_velocities) - Weights);
            foreach (var (own, given) in Parameters.Zip(network.Parameters))
            {
                own.copy_(given.select(0, replica));
            }
        }

        public IReadOnlyList<Tensor> Parameters => Split(_all);

        public IReadOnlyList<Tensor> OptimiserState => Split(_velocities);

        public IReadOnlyList<Tensor> Memory => [_all, _velocities];

        internal int Units { get; }

        internal float* Weights { get; }

        internal float* Biases => Weights + _padded;

        internal float* Outer => Weights + (2 * (nint)_padded);

        internal float* OuterBias => Weights + (3 * (nint)_padded);

        // From a parameter to its velocity, in floats.
        internal nint ToVelocities { get; }

        public void Dispose()
        {
            _all.Dispose();
            _velocities.Dispose();
        }

        private Tensor[] Split(Tensor all) =>
        [
            all.narrow(0, 0, Units).view(Units, 1),
            all.narrow(0, _padded, Units),
            all.narrow(0, 2 * _padded, Units).view(1, Units),
            all.narrow(0, 3 * _padded, 1),
        ];
    }
}
