using System.Runtime.CompilerServices;
using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Replicas of one of the slope paper's convolutional networks that see the same batches in the same order, trained by momentum descent on
/// the mean cross-entropy, on one core in float32. As for <see cref="DenseEnsemble"/>, the bits are the same on every processor.
/// </summary>
/// <remarks>
/// With points innermost, a convolution is the same product as a fully connected layer, for each output pixel, over the rows at its taps;
/// so is the gradient by the image, with the kernels transposed (<see cref="Convolution"/>).
/// </remarks>
public sealed unsafe class ConvolutionalEnsemble : EngineEnsemble
{
    private readonly ConvolutionalShape _shape;
    private readonly OptimiserSettings _settings;
    private readonly Workspace _work;

    /// <param name="network">The initial replicas; copied.</param>
    /// <param name="points">[N, C·H·W], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c], float32: one-hot labels; not owned.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="order">The order of all points in an epoch, whose number counts from 1.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public ConvolutionalEnsemble(
        ConvolutionalNetwork network, Tensor points, Tensor targets, OptimiserSettings settings, Func<int, int[]> order)
        : base(ReplicasOf(network), points, [targets], settings.BatchSize, [order], network.Shape.Image.Size, network.Shape.Outputs)
    {
        (_shape, _settings) = (network.Shape, settings);
        _work = new Workspace(_shape, (int)Math.Min(settings.BatchSize, points.size(0)));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _work.Dispose();
    }

    private static IEnumerable<Replica> ReplicasOf(ConvolutionalNetwork network) => Enumerable.Range(0, network.Replicas)
        .Select(replica => new Replica(network.Shape, [.. network.Parameters.Select(one => one.select(0, replica))]));

    // Pixels by points for the products, and targets, outputs by points.
    private protected override void Gather(ReadOnlySpan<int> chosen, int columns, float* targets)
    {
        _work.Layers.SetPoints(columns);
        var size = _shape.Image.Size;
        for (var i = 0; i < chosen.Length; i++)
        {
            Unsafe.CopyBlock(_work.Points + ((nint)i * size), FirstPoint + ((nint)chosen[i] * size), (uint)(size * sizeof(float)));
        }

        GatherTransposed(targets, _shape.Outputs, chosen, _work.Targets, columns);
        Transpose.Run(_work.Points, size, _work.Layers.Images[0], columns, chosen.Length, size);
        for (nint pixel = 0; chosen.Length < columns && pixel < size; pixel++)
        {
            new Span<float>(_work.Layers.Images[0] + (pixel * columns) + chosen.Length, columns - chosen.Length).Clear();
        }
    }

    private protected override double Step(IReplica replica, int count, int columns)
    {
        var one = (Replica)replica;
        var (layers, last) = (_work.Layers, one.Last);
        var features = layers.Images[^1];
        layers.Forward(one.Addresses);
        var forward = new LeftOperand(last.Weight, last.RowLength);
        var inputs = new StridedRows(last.Inputs + 1, columns);
        Gemm.Run(forward, features, inputs, _work.Outputs, columns, last.Units, columns, default(Identity));
        var loss = OutputLoss.CrossEntropy(_work.Outputs, _work.Targets, _shape.Outputs, columns, count);
        for (var output = 0; output < _shape.Outputs; output++)
        {
            // The sums that follow run over all columns.
            new Span<float>(_work.Outputs + ((nint)output * columns) + count, columns - count).Clear();
        }

        var delta = layers.Deltas[(layers.Convolutions.Length - 1) % 2];
        var backward = new LeftOperand(last.Weight, 1, last.RowLength);
        var units = new StridedRows(last.Units, columns);
        Gemm.Run(backward, _work.Outputs, units, delta, columns, last.Inputs, columns, new ReluBackward((nint)(features - delta)));
        Panels.PackTransposed(features, columns, _work.Packed, _work.Rows, last.Inputs + 1, count);
        last.UpdateByMomentum(_work.Outputs, columns, _work.Packed, _work.Rows, count, _settings.LearningRate, _settings.Momentum);
        for (var i = layers.Convolutions.Length - 1; i >= 0; i--)
        {
            var (kernels, biases) = (one.Convolutions[2 * i], one.Convolutions[(2 * i) + 1]);
            delta = layers.Deltas[i % 2];
            ConvolutionGradients.Kernels(layers.Convolutions[i], delta, layers.Images[i], kernels.Gradient);
            ConvolutionGradients.Biases(delta, biases.Gradient, _shape.Channels, layers.Convolutions[i].OutputChannel);
            if (i > 0)
            {
                layers.Backward(i, kernels.Value);
            }

            kernels.Update(_settings);
            biases.Update(_settings);
        }

        return loss;
    }

    // A tensor of kernels or biases with its velocity and the gradient of a step.
    private sealed class TrainedTensor : IDisposable
    {
        private readonly NativeFloats _memory = new();
        private readonly int _count;

        internal TrainedTensor(Tensor given)
        {
            using var scope = NewDisposeScope();
            Parameter = given.contiguous().clone().DetachFromDisposeScope();
            Velocity = zeros_like(Parameter).DetachFromDisposeScope();
            _count = (int)Parameter.numel();
            Value = NativeFloats.Of(Parameter);
            Gradient = _memory.Allocate(_count);
        }

        internal Tensor Parameter { get; }

        internal Tensor Velocity { get; }

        internal float* Value { get; }

        internal float* Gradient { get; }

        public void Dispose()
        {
            Parameter.Dispose();
            Velocity.Dispose();
            _memory.Dispose();
        }

        internal void Update(OptimiserSettings settings)
        {
            var velocity = NativeFloats.Of(Velocity);
            var (rate, momentum) = ((float)settings.LearningRate, (float)settings.Momentum);
            for (var i = 0; i < _count; i++)
            {
                velocity[i] = MathF.FusedMultiplyAdd(momentum, velocity[i], Gradient[i]);
                Value[i] = MathF.FusedMultiplyAdd(-rate, velocity[i], Value[i]);
            }
        }
    }

    // The kernels and biases of one convolution after another, and the linear layer.
    private sealed class Replica(ConvolutionalShape shape, Tensor[] parameters) : IReplica
    {
        internal TrainedTensor[] Convolutions { get; } = [.. parameters.Take(2 * shape.Convolutions).Select(one => new TrainedTensor(one))];

        // Of kernels and biases in turn.
        internal nint[] Addresses => [.. Convolutions.Select(one => (nint)one.Value)];

        /// <summary>In the order of <see cref="ConvolutionalShape.ParameterShapes"/>.</summary>
        public IReadOnlyList<Tensor> Parameters => [.. Convolutions.Select(one => one.Parameter), .. Last.Parameters];

        public IReadOnlyList<Tensor> OptimiserState => [.. Convolutions.Select(one => one.Velocity), .. Last.OptimiserState];

        public IReadOnlyList<Tensor> Memory => [.. Convolutions.SelectMany(one => new[] { one.Parameter, one.Velocity }), .. Last.Memory];

        internal DenseParameters Last { get; } = new(parameters[^2], parameters[^1]);

        public void Dispose()
        {
            Array.ForEach(Convolutions, one => one.Dispose());
            Last.Dispose();
        }
    }

    // What a step writes; the replicas use it in turn.
    private sealed class Workspace : IDisposable
    {
        private readonly NativeFloats _memory = new();

        internal Workspace(ConvolutionalShape shape, int batch)
        {
            Rows = Gemm.Padded(batch);
            Layers = new ConvolutionalLayers(shape, Rows);
            Points = _memory.Allocate((nint)batch * shape.Image.Size);
            Targets = _memory.Allocate((nint)shape.Outputs * Rows);
            Outputs = _memory.Allocate((nint)shape.Outputs * Rows);
            Packed = _memory.Allocate(Rows * Panels.RoundUp(Layers.Features + 1));
        }

        // Points of the largest batch, padded.
        internal int Rows { get; }

        internal ConvolutionalLayers Layers { get; }

        // [B, C·H·W].
        internal float* Points { get; }

        // [n_c, B].
        internal float* Targets { get; }

        // [n_c, B]: logits, then δ.
        internal float* Outputs { get; }

        // Panels of the linear layer's inputs, [B, c·H·W + 1].
        internal float* Packed { get; }

        public void Dispose()
        {
            Layers.Dispose();
            _memory.Dispose();
        }
    }
}
