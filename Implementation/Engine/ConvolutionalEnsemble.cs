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
/// gradient by the image, with the kernels turned round. Images carry a border of zeros.
/// </remarks>
public sealed unsafe class ConvolutionalEnsemble : TrainableEnsemble
{
    private const int Kernel = 5;
    private readonly ConvolutionalShape _shape;
    private readonly Tensor _points;
    private readonly Tensor _targets;
    private readonly DescentSettings _settings;
    private readonly Func<int, int[]> _order;
    private readonly Workspace _work;
    private List<Replica> _replicas;

    /// <param name="network">Its replicas become this ensemble's. They are copied.</param>
    /// <param name="points">[N, C·H·W], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c], float32: labels as unit vectors; not owned.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="order">From the number of an epoch, from 1, to the numbers of all points in the order in which they are seen.</param>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public ConvolutionalEnsemble(ConvolutionalNetwork network, Tensor points, Tensor targets, DescentSettings settings, Func<int, int[]> order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.BatchSize, 1);
        _shape = network.Shape;
        foreach (var (data, columns) in new[] { (points, _shape.Image.Size), (targets, _shape.Outputs) })
        {
            if (data.ndim != 2 || !data.is_contiguous() || data.device_type != DeviceType.CPU || data.dtype != float32 || data.size(0) != points.size(0) || data.size(1) != columns)
            {
                throw new ArgumentException($"points and targets must be contiguous float32 matrices on the CPU that fit {_shape}, not {data}");
            }
        }

        (_points, _targets, _settings, _order) = (points, targets, settings, order);
        _replicas = [.. Enumerable.Range(0, network.Replicas).Select(replica => new Replica(_shape, [.. network.Parameters.Select(one => one.select(0, replica))]))];
        _work = new Workspace(_shape, (int)Math.Min(settings.BatchSize, points.size(0)));
    }

    /// <inheritdoc/>
    public override int Replicas => _replicas.Count;

    /// <inheritdoc/>
    public override bool HasSameBitsEverywhere => true;

    /// <inheritdoc/>
    public override double[] Epoch(int epoch, CancellationToken cancellation = default)
    {
        var order = _order(epoch);
        if (order.Length != _points.size(0))
        {
            throw new InvalidOperationException($"epoch {epoch}: an order of {order.Length} points for {_points.size(0)}");
        }

        var losses = new double[Replicas];
        var steps = 0;
        for (var start = 0; start < order.Length; start += _settings.BatchSize, steps++)
        {
            var chosen = order.AsSpan(start, Math.Min(_settings.BatchSize, order.Length - start));
            var columns = Product.Padded(chosen.Length);
            _work.LayOut(columns);
            Gather(chosen, columns);
            for (var replica = 0; replica < losses.Length; replica++)
            {
                cancellation.ThrowIfCancellationRequested();
                losses[replica] += Step(_replicas[replica], chosen.Length, columns);
            }
        }

        return Array.ConvertAll(losses, sum => sum / steps);
    }

    /// <summary>In the order of <see cref="ConvolutionalShape.ParameterShapes"/>, live.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters(int replica) => [.. _replicas[replica].Convolutions.Select(one => one.Parameter), .. _replicas[replica].Last.Parameters];

    /// <summary>The velocities, shaped as the parameters, live.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> OptimiserState(int replica) => [.. _replicas[replica].Convolutions.Select(one => one.Velocity), .. _replicas[replica].Last.OptimiserState];

    /// <inheritdoc/>
    public override void Retain(IReadOnlyList<int> replicas)
    {
        var staying = replicas.Select(replica => _replicas[replica]).ToList();
        foreach (var leaving in _replicas.Except(staying))
        {
            leaving.Dispose();
        }

        _replicas = staying;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _replicas.ForEach(one => one.Dispose());
        _replicas = [];
        _work.Dispose();
    }

    private int Channels(int convolution) => convolution == 0 ? _shape.Image.Channels : _shape.Channels;

    // Pixels by points for the products, inside their border, and targets, outputs by points.
    private void Gather(ReadOnlySpan<int> chosen, int columns)
    {
        var (image, plane) = (_shape.Image, _work.Plane);
        var points = NativeFloats.Of(_points);
        var targets = NativeFloats.Of(_targets);
        for (var i = 0; i < chosen.Length; i++)
        {
            Unsafe.CopyBlock(_work.Points + ((nint)i * image.Size), points + ((nint)chosen[i] * image.Size), (uint)(image.Size * sizeof(float)));
            for (var output = 0; output < _shape.Outputs; output++)
            {
                _work.Targets[(output * columns) + i] = targets[((nint)chosen[i] * _shape.Outputs) + output];
            }
        }

        for (var row = 0; row < image.Channels * image.Height; row++)
        {
            var (channel, y) = (row / image.Height, row % image.Height);
            var target = _work.Images[0] + (channel * plane.Channel) + plane.At(y, 0);
            Turned.Copy(_work.Points + ((nint)row * image.Width), image.Size, target, columns, chosen.Length, image.Width);
            for (var x = 0; chosen.Length < columns && x < image.Width; x++)
            {
                new Span<float>(target + (x * (nint)columns) + chosen.Length, columns - chosen.Length).Clear();
            }
        }
    }

    private double Step(Replica replica, int count, int columns)
    {
        var (image, plane) = (_shape.Image, _work.Plane);
        var (layers, last, pixels) = (_shape.Convolutions, replica.Last, image.Height * image.Width);
        for (var i = 0; i < layers; i++)
        {
            // What the linear layer reads has no border.
            var inside = i == layers - 1 ? (nint)_work.Features : (nint)(_work.Images[i + 1] + plane.At(0, 0));
            var (row, channel) = i == layers - 1 ? ((nint)image.Width * columns, (nint)pixels * columns) : (plane.Row, plane.Channel);
            var convolution = replica.Convolutions[2 * i];
            Convolve(convolution.Value, _work.Images[i], Channels(i), (float*)inside, row, channel, _shape.Channels, new ShiftAndRectify(replica.Convolutions[(2 * i) + 1].Value));
        }

        Product.Run(new LeftFactor(last.Weight, last.Length), _work.Features, new EvenTerms(last.Inputs + 1, columns), _work.Outputs, columns, last.Units, columns, default(Keep));
        var loss = OutputLoss.CrossEntropy(_work.Outputs, _work.Targets, _shape.Outputs, columns, count);
        for (var output = 0; output < _shape.Outputs; output++)
        {
            // Sums over all columns follow.
            new Span<float>(_work.Outputs + ((nint)output * columns) + count, columns - count).Clear();
        }

        var delta = _work.Deltas[(layers - 1) % 2];
        for (var row = 0; row < _shape.Channels * image.Height; row++)
        {
            var target = delta + (row / image.Height * plane.Channel) + plane.At(row % image.Height, 0);
            var first = row * image.Width;
            Product.Run(
                new LeftFactor(last.Weight + first, 1, last.Length), _work.Outputs, new EvenTerms(last.Units, columns), target, columns, image.Width, columns,
                new KeepWhereActive((nint)(_work.Features + ((nint)first * columns) - target)));
        }

        Panels.Turn(_work.Features, columns, _work.Turned, _work.Rows, last.Inputs + 1, count);
        last.Descend(_work.Outputs, columns, _work.Turned, _work.Rows, count, _settings);
        for (var i = layers - 1; i >= 0; i--)
        {
            var (kernels, biases) = (replica.Convolutions[2 * i], replica.Convolutions[(2 * i) + 1]);
            delta = _work.Deltas[i % 2];
            TapSums.Run(delta + plane.At(0, 0), _work.Images[i], kernels.Gradient, _shape.Channels, Channels(i), plane);
            TapSums.Plain(delta + plane.At(0, 0), biases.Gradient, _shape.Channels, plane);
            if (i > 0)
            {
                var (next, inside) = ((nint)_work.Deltas[(i - 1) % 2], plane.At(0, 0));
                kernels.TurnRound(_work.TurnedRound, _shape.Channels, Channels(i));
                Convolve(
                    _work.TurnedRound, delta, _shape.Channels, (float*)next + inside, plane.Row, plane.Channel, Channels(i), new KeepWhereActive((nint)(_work.Images[i] - (float*)next)));
            }

            kernels.Descend(_settings);
            biases.Descend(_settings);
        }

        return loss;
    }

    // kernels [outputs, inputs, 5, 5] over an image with its border; the target's first pixel, and its steps from row to row and channel to channel.
    private void Convolve<TFinish>(float* kernels, float* image, int inputs, float* target, nint targetRow, nint targetChannel, int outputs, TFinish finish)
        where TFinish : struct, IFinish
    {
        var (plane, terms) = (_work.Plane, inputs * Kernel * Kernel);
        for (var term = 0; term < terms; term++)
        {
            _work.Taps[term] = (term / (Kernel * Kernel) * plane.Channel) + (term / Kernel % Kernel * plane.Row) + (term % Kernel * (nint)plane.Points);
        }

        var taps = new ListedTerms(terms, _work.Taps);
        for (var y = 0; y < plane.Height; y++)
        {
            for (var x = 0; x < plane.Width; x++)
            {
                Product.Run(
                    new LeftFactor(kernels, terms), image + (y * plane.Row) + (x * (nint)plane.Points), taps, target + (y * targetRow) + (x * (nint)plane.Points), targetChannel, outputs, plane.Points, finish);
            }
        }
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

        internal void Descend(DescentSettings settings)
        {
            var velocity = NativeFloats.Of(Velocity);
            var (rate, momentum) = ((float)settings.LearningRate, (float)settings.Momentum);
            for (var i = 0; i < _count; i++)
            {
                velocity[i] = MathF.FusedMultiplyAdd(momentum, velocity[i], Gradient[i]);
                Value[i] = MathF.FusedMultiplyAdd(-rate, velocity[i], Value[i]);
            }
        }

        // [outputs, inputs, 5, 5] becomes [inputs, outputs, 5, 5] with the taps in the opposite order.
        internal void TurnRound(float* target, int outputs, int inputs)
        {
            const int taps = Kernel * Kernel;
            for (var i = 0; i < _count; i++)
            {
                var (output, input, tap) = (i / taps / inputs, i / taps % inputs, i % taps);
                target[(((input * outputs) + output) * taps) + taps - 1 - tap] = Value[i];
            }
        }
    }

    // Kernels and biases, one convolution after the other, and the linear layer.
    private sealed class Replica(ConvolutionalShape shape, Tensor[] parameters) : IDisposable
    {
        internal Trained[] Convolutions { get; } = [.. parameters.Take(2 * shape.Convolutions).Select(one => new Trained(one))];

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
        private readonly ConvolutionalShape _shape;
        private readonly nint _taps;

        internal Workspace(ConvolutionalShape shape, int batch)
        {
            _shape = shape;
            Rows = Product.Padded(batch);
            Plane = new Plane(shape.Image.Height, shape.Image.Width, Rows);
            var features = shape.Channels * shape.Image.Height * shape.Image.Width;
            Points = _memory.Take((nint)batch * shape.Image.Size);
            Targets = _memory.Take((nint)shape.Outputs * Rows);
            Outputs = _memory.Take((nint)shape.Outputs * Rows);
            Features = _memory.Take((nint)(features + 1) * Rows);
            Turned = _memory.Take(Rows * Panels.Whole(features + 1));
            Images = new float*[shape.Convolutions];
            for (var i = 0; i < Images.Length; i++)
            {
                Images[i] = _memory.Take((i == 0 ? shape.Image.Channels : shape.Channels) * Plane.Channel);
            }

            Deltas = [_memory.Take(shape.Channels * Plane.Channel), _memory.Take(shape.Channels * Plane.Channel)];
            TurnedRound = _memory.Take((nint)shape.Channels * shape.Channels * Kernel * Kernel);
            _taps = (nint)_memory.Take((nint)Math.Max(shape.Channels, shape.Image.Channels) * Kernel * Kernel * sizeof(nint) / sizeof(float));

            // Nothing is laid out yet.
            Plane = default;
        }

        // The largest batch.
        internal int Rows { get; }

        internal Plane Plane { get; private set; }

        // [B, C·H·W].
        internal float* Points { get; }

        // [n_c, B].
        internal float* Targets { get; }

        // [n_c, B]: logits, then δ.
        internal float* Outputs { get; }

        // [c·H·W + 1, B], the last row 1.
        internal float* Features { get; }

        // Panels of the same, [B, c·H·W + 1].
        internal float* Turned { get; }

        // What each convolution is given, [channels, H + 4, W + 4, B].
        internal float*[] Images { get; }

        // δ behind every other convolution, [c, H + 4, W + 4, B].
        internal float*[] Deltas { get; }

        internal float* TurnedRound { get; }

        internal nint* Taps => (nint*)_taps;

        public void Dispose() => _memory.Dispose();

        // With another number of points a pixel lies elsewhere, and the borders are to be zero there.
        internal void LayOut(int columns)
        {
            if (columns == Plane.Points)
            {
                return;
            }

            Plane = new Plane(_shape.Image.Height, _shape.Image.Width, columns);
            for (var i = 0; i < Images.Length; i++)
            {
                new Span<float>(Images[i], checked((int)((i == 0 ? _shape.Image.Channels : _shape.Channels) * Plane.Channel))).Clear();
            }

            foreach (var delta in new[] { (nint)Deltas[0], (nint)Deltas[1] })
            {
                new Span<float>((float*)delta, checked((int)(_shape.Channels * Plane.Channel))).Clear();
            }

            var features = (nint)_shape.Channels * _shape.Image.Height * _shape.Image.Width;
            new Span<float>(Features + (features * columns), columns).Fill(1);
        }
    }
}
