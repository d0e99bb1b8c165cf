using System.Runtime.CompilerServices;
using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Replicas of one of the slope paper's convolutional networks that see the same batches in the same order, trained by momentum descent on the mean cross-entropy, on
/// one core in float32. Their bits depend on no processor, as those of <see cref="DenseEnsemble"/>.
/// </summary>
/// <remarks>
/// With points innermost a convolution is the same product as that of a fully connected layer, for each output pixel, over rows that lie at the taps; so is its
/// gradient by the image, with the kernels turned round (<see cref="Convolution"/>).
/// </remarks>
public sealed unsafe class ConvolutionalEnsemble : EngineEnsemble
{
    private readonly ConvolutionalShape _shape;
    private readonly OptimiserSettings _settings;
    private readonly Workspace _work;

    /// <param name="network">Its replicas become this ensemble's. They are copied.</param>
    /// <param name="points">[N, C·H·W], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c], float32: labels as unit vectors; not owned.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="order">From the number of an epoch, from 1, to the numbers of all points in the order in which they are seen.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public ConvolutionalEnsemble(ConvolutionalNetwork network, Tensor points, Tensor targets, OptimiserSettings settings, Func<int, int[]> order)
        : base(
            Enumerable.Range(0, network.Replicas).Select(replica => new Replica(network.Shape, [.. network.Parameters.Select(one => one.select(0, replica))])),
            points, [targets], settings.BatchSize, [order], network.Shape.Image.Size, network.Shape.Outputs)
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

    // Pixels by points for the products, and targets, outputs by points.
    private protected override void Gather(ReadOnlySpan<int> chosen, int columns, Tensor targets)
    {
        _work.Layers.LayOut(columns);
        var size = _shape.Image.Size;
        var points = NativeFloats.Of(Points);
        var wanted = NativeFloats.Of(targets);
        for (var i = 0; i < chosen.Length; i++)
        {
            Unsafe.CopyBlock(_work.Points + ((nint)i * size), points + ((nint)chosen[i] * size), (uint)(size * sizeof(float)));
            for (var output = 0; output < _shape.Outputs; output++)
            {
                _work.Targets[(output * columns) + i] = wanted[((nint)chosen[i] * _shape.Outputs) + output];
            }
        }

        Turned.Copy(_work.Points, size, _work.Layers.Images[0], columns, chosen.Length, size);
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
        layers.Forward(one.Places);
        Product.Run(
            new LeftFactor(last.Weight, last.Length), features, new EvenTerms(last.Inputs + 1, columns), _work.Outputs, columns, last.Units, columns, default(Keep));
        var loss = OutputLoss.CrossEntropy(_work.Outputs, _work.Targets, _shape.Outputs, columns, count);
        for (var output = 0; output < _shape.Outputs; output++)
        {
            // Sums over all columns follow.
            new Span<float>(_work.Outputs + ((nint)output * columns) + count, columns - count).Clear();
        }

        var delta = layers.Deltas[(layers.All.Length - 1) % 2];
        Product.Run(
            new LeftFactor(last.Weight, 1, last.Length), _work.Outputs, new EvenTerms(last.Units, columns), delta, columns, last.Inputs, columns,
            new KeepWhereActive((nint)(features - delta)));
        Panels.Turn(features, columns, _work.Turned, _work.Rows, last.Inputs + 1, count);
        last.Descend(_work.Outputs, columns, _work.Turned, _work.Rows, count, _settings.LearningRate, _settings.Momentum);
        for (var i = layers.All.Length - 1; i >= 0; i--)
        {
            var (kernels, biases) = (one.Convolutions[2 * i], one.Convolutions[(2 * i) + 1]);
            delta = layers.Deltas[i % 2];
            TapSums.Run(layers.All[i], delta, layers.Images[i], kernels.Gradient);
            TapSums.Plain(delta, biases.Gradient, _shape.Channels, layers.All[i].OutputChannel);
            if (i > 0)
            {
                layers.Back(i, kernels.Value);
            }

            kernels.Descend(_settings);
            biases.Descend(_settings);
        }

        return loss;
    }

    // A tensor of kernels or biases with its velocity and, for a step, its gradient.
    private sealed class Trained : IDisposable
    {
        private readonly NativeFloats _memory = new();
        private readonly int _count;

        internal Trained(Tensor given)
        {
            using var scope = NewDisposeScope();
            Parameter = given.contiguous().clone().DetachFromDisposeScope();
            Velocity = zeros_like(Parameter).DetachFromDisposeScope();
            _count = (int)Parameter.numel();
            Value = NativeFloats.Of(Parameter);
            Gradient = _memory.Take(_count);
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

        internal void Descend(OptimiserSettings settings)
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

    // Kernels and biases, one convolution after the other, and the linear layer.
    private sealed class Replica(ConvolutionalShape shape, Tensor[] parameters) : IReplica
    {
        internal Trained[] Convolutions { get; } = [.. parameters.Take(2 * shape.Convolutions).Select(one => new Trained(one))];

        // Where kernels and biases lie.
        internal nint[] Places => [.. Convolutions.Select(one => (nint)one.Value)];

        /// <summary>In the order of <see cref="ConvolutionalShape.ParameterShapes"/>.</summary>
        public IReadOnlyList<Tensor> Parameters => [.. Convolutions.Select(one => one.Parameter), .. Last.Parameters];

        public IReadOnlyList<Tensor> OptimiserState => [.. Convolutions.Select(one => one.Velocity), .. Last.OptimiserState];

        public IReadOnlyList<Tensor> Memory => [.. Convolutions.SelectMany(one => new[] { one.Parameter, one.Velocity }), .. Last.Memory];

        internal Connections Last { get; } = new(parameters[^2], parameters[^1]);

        public void Dispose()
        {
            Array.ForEach(Convolutions, one => one.Dispose());
            Last.Dispose();
        }
    }

    // What a step writes; replicas use it one after another.
    private sealed class Workspace : IDisposable
    {
        private readonly NativeFloats _memory = new();

        internal Workspace(ConvolutionalShape shape, int batch)
        {
            Rows = Product.Padded(batch);
            Layers = new ConvolutionalLayers(shape, Rows);
            Points = _memory.Take((nint)batch * shape.Image.Size);
            Targets = _memory.Take((nint)shape.Outputs * Rows);
            Outputs = _memory.Take((nint)shape.Outputs * Rows);
            Turned = _memory.Take(Rows * Panels.Whole(Layers.Features + 1));
        }

        // The largest batch.
        internal int Rows { get; }

        internal ConvolutionalLayers Layers { get; }

        // [B, C·H·W].
        internal float* Points { get; }

        // [n_c, B].
        internal float* Targets { get; }

        // [n_c, B]: logits, then δ.
        internal float* Outputs { get; }

        // Panels of what the linear layer is given, [B, c·H·W + 1].
        internal float* Turned { get; }

        public void Dispose()
        {
            Layers.Dispose();
            _memory.Dispose();
        }
    }
}
