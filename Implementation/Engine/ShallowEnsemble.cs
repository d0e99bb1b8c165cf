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
/// The same bits as <see cref="DenseEnsemble"/>, several times as fast for thousands of units. There is one product of two numbers for
/// each unit and point, so that activations are cheaper to compute again than to keep: a step reads the parameters twice and writes nothing
/// else. Vectors run along the points on the way forward, where each output is summed unit by unit, and along the units on the way back,
/// where each gradient is summed point by point.
/// </remarks>
public sealed unsafe class ShallowEnsemble : EngineEnsemble
{
    private readonly float _rate;
    private readonly float _momentum;
    private readonly NativeFloats _memory = new();
    private readonly float* _inputs;
    private readonly float* _targets;
    private readonly float* _outputs;

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
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _memory.Dispose();
    }

    private protected override void Gather(ReadOnlySpan<int> chosen, int columns, Tensor targets)
    {
        GatherTransposed(Points, chosen, _inputs, columns);
        GatherTransposed(targets, chosen, _targets, columns);
    }

    private protected override double Step(IReplica replica, int count, int columns) => Vector512.IsHardwareAccelerated
        ? Step<Lanes16>((Replica)replica, count, columns)
        : Step<Lanes8>((Replica)replica, count, columns);

    private double Step<TLanes>(Replica network, int count, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        Forward<TLanes>(network, columns);
        var loss = OutputLoss.MeanSquare(_outputs, _targets, classes: 1, columns, count);
        Update<TLanes>(network, count);
        return loss;
    }

    // A hidden unit's activation, as a product of matrices rounds it: from zero on, the bias last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Activation<TLanes>(TLanes weight, TLanes input, TLanes bias)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Relu(TLanes.MultiplyAdd(bias, TLanes.Broadcast(1), TLanes.MultiplyAdd(weight, input, default)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward<TLanes>(Replica network, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var point = 0; point < columns; point += TLanes.Count)
        {
            var input = TLanes.Load(_inputs + point);
            TLanes sum = default;
            for (nint unit = 0; unit < network.Units; unit++)
            {
                var weight = TLanes.Broadcast(network.Weights[unit]);
                var activation = Activation(weight, input, TLanes.Broadcast(network.Biases[unit]));
                sum = TLanes.MultiplyAdd(TLanes.Broadcast(network.Outer[unit]), activation, sum);
            }

            sum = TLanes.MultiplyAdd(TLanes.Broadcast(*network.OuterBias), TLanes.Broadcast(1), sum);
            TLanes.Store(sum, _outputs + point);
        }
    }

    // The outputs are the loss's derivatives by now.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update<TLanes>(Replica network, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        var update = new MomentumUpdate(network.ToVelocities, _rate, _momentum);
        for (nint unit = 0; unit < network.Units; unit += TLanes.Count)
        {
            var (weight, bias) = (TLanes.Load(network.Weights + unit), TLanes.Load(network.Biases + unit));
            var outer = TLanes.Load(network.Outer + unit);
            TLanes weightGradient = default, biasGradient = default, outerGradient = default;
            for (var point = 0; point < count; point++)
            {
                var (input, delta) = (TLanes.Broadcast(_inputs[point]), TLanes.Broadcast(_outputs[point]));
                var activation = Activation(weight, input, bias);
                var back = TLanes.WherePositive(activation, TLanes.MultiplyAdd(outer, delta, default));
                weightGradient = TLanes.MultiplyAdd(back, input, weightGradient);
                biasGradient = TLanes.MultiplyAdd(back, TLanes.Broadcast(1), biasGradient);
                outerGradient = TLanes.MultiplyAdd(delta, activation, outerGradient);
            }

            update.Apply(weightGradient, network.Weights + unit, 0);
            update.Apply(biasGradient, network.Biases + unit, 0);
            update.Apply(outerGradient, network.Outer + unit, 0);
        }

        TLanes sum = default;
        for (var point = 0; point < count; point++)
        {
            sum = TLanes.MultiplyAdd(TLanes.Broadcast(_outputs[point]), TLanes.Broadcast(1), sum);
        }

        update.Apply(sum, network.OuterBias, 0);
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
