using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Reproduce.Networks;

/// <summary>A convolution with zero padding (a cross-correlation, as PyTorch's Conv2d).</summary>
public sealed class ConvolutionLayer : AffineLayer
{
    private readonly Tensor _kernels;
    private readonly Tensor _biases;
    private readonly long[] _stride;
    private readonly long[] _padding;
    private readonly (int Height, int Width, int Stride, int Padding) _geometry;
    private readonly Lazy<double[]> _forward;
    private readonly Lazy<double[]> _backward;

    /// <param name="kernels">[channels out, channels in, h, w]. The layer owns it from now on.</param>
    /// <param name="biases">[channels out]. The layer owns it from now on.</param>
    /// <param name="image">What the layer takes.</param>
    /// <param name="stride">Steps between neighbouring places of the kernel, the same in both directions.</param>
    /// <param name="padding">Zeros at each border of the image.</param>
    /// <exception cref="ArgumentException">
    /// The shapes do not fit, the kernel is larger than the padded image, or an entry is NaN or infinite.
    /// </exception>
    public ConvolutionLayer(Tensor kernels, Tensor biases, ImageShape image, int stride = 1, int padding = 0)
    {
        if (kernels.shape is not [var channels, var taken, var height, var width]
            || biases.shape is not [var length]
            || length != channels
            || taken != image.Channels)
        {
            throw new ArgumentException(
                $"kernels [{string.Join(", ", kernels.shape)}] and biases [{string.Join(", ", biases.shape)}] "
                + $"make no convolution of {image}");
        }

        if (stride < 1 || padding < 0)
        {
            throw new ArgumentException(
                $"a convolution needs a stride of at least 1 and a padding of at least 0, not {stride} and {padding}");
        }

        var rows = checked((int)(image.Height + (2L * padding) - height));
        var columns = checked((int)(image.Width + (2L * padding) - width));
        if (rows < 0 || columns < 0)
        {
            throw new ArgumentException($"a kernel of {height}×{width} does not fit into {image} with a padding of {padding}");
        }

        (_kernels, _biases, _stride, _padding) = (kernels, biases, [stride, stride], [padding, padding]);
        (InputShape, OutputShape) = (image, new ImageShape((int)channels, (rows / stride) + 1, (columns / stride) + 1));
        Description = $"Conv2d {taken}→{channels} channels, {height}×{width}, stride {stride}, padding {padding}, "
            + $"{InputShape}→{OutputShape}";
        RequireFinite(Description, kernels, biases);
        _geometry = ((int)height, (int)width, stride, padding);

        // [h, w, in, out] and [h, w, out, in]: what a pixel is multiplied with lies together.
        _forward = new Lazy<double[]>(() => OnCpu(2, 3, 1, 0));
        _backward = new Lazy<double[]>(() => OnCpu(2, 3, 0, 1));
    }

    /// <inheritdoc/>
    public override ImageShape InputShape { get; }

    /// <inheritdoc/>
    public override ImageShape OutputShape { get; }

    /// <inheritdoc/>
    public override int Inputs => InputShape.Size;

    /// <inheritdoc/>
    public override int Outputs => OutputShape.Size;

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor rows) => Convolve(rows, _biases);

    /// <inheritdoc/>
    public override Tensor Multiply(Tensor rows) => Convolve(rows, null);

    /// <inheritdoc/>
    public override Tensor MultiplyTransposed(Tensor rows)
    {
        using var scope = NewDisposeScope();

        // Where the stride does not reach the last rows and columns of the padded image, they have no weight.
        long Rest(int taken, int given, int side) => taken + (2 * _padding[0]) - _kernels.size(side) - ((given - 1) * _stride[0]);
        long[] rest = [Rest(InputShape.Height, OutputShape.Height, 2), Rest(InputShape.Width, OutputShape.Width, 3)];
        var gradients = rows.reshape(-1, OutputShape.Channels, OutputShape.Height, OutputShape.Width);
        var images = conv_transpose2d(gradients, _kernels, null, _stride, _padding, rest);
        return images.reshape(-1, Inputs).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Rows(Tensor units)
    {
        using var scope = NewDisposeScope();
        return MultiplyTransposed(OneHot(units, Outputs)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Columns(Tensor units)
    {
        using var scope = NewDisposeScope();
        return Multiply(OneHot(units, Inputs)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Patch Push(Patch change)
    {
        var (height, width, stride, padding) = _geometry;

        // A pixel at y is under row i of the kernel where the output is at (y + padding − i)/stride.
        static int Up(int value, int by) => (value + by - 1) / by;
        var top = Up(Math.Max(0, change.Top + padding - height + 1), stride);
        var left = Up(Math.Max(0, change.Left + padding - width + 1), stride);
        var bottom = Math.Min(OutputShape.Height - 1, (change.Top + change.Height - 1 + padding) / stride);
        var right = Math.Min(OutputShape.Width - 1, (change.Left + change.Width - 1 + padding) / stride);
        var result = Patch.Zeros(OutputShape, top, left, bottom - top + 1, right - left + 1);
        var (kernels, block) = (_forward.Value, InputShape.Channels * OutputShape.Channels);
        Span<int> room = new int[InputShape.Channels];
        for (var y = 0; y < change.Height; y++)
        {
            for (var x = 0; x < change.Width; x++)
            {
                var pixel = change.Values.AsSpan(((y * change.Width) + x) * InputShape.Channels, InputShape.Channels);
                var places = NotZero(pixel, room);
                for (var i = 0; i < height; i++)
                {
                    var (down, restDown) = Math.DivRem(change.Top + y + padding - i, stride);
                    for (var j = 0; j < width && restDown == 0; j++)
                    {
                        var (across, restAcross) = Math.DivRem(change.Left + x + padding - j, stride);
                        if (restAcross == 0 && down >= top && down <= bottom && across >= left && across <= right)
                        {
                            var place = (((down - top) * result.Width) + across - left) * OutputShape.Channels;
                            var target = result.Values.AsSpan(place, OutputShape.Channels);
                            AddProduct(pixel, places, kernels.AsSpan(((i * width) + j) * block, block), target);
                        }
                    }
                }
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override Patch Pull(Patch gradient, ImageShape image)
    {
        var (height, width, stride, padding) = _geometry;
        var (top, left) = (Math.Max(0, (gradient.Top * stride) - padding), Math.Max(0, (gradient.Left * stride) - padding));
        var bottom = Math.Min(InputShape.Height - 1, ((gradient.Top + gradient.Height - 1) * stride) - padding + height - 1);
        var right = Math.Min(InputShape.Width - 1, ((gradient.Left + gradient.Width - 1) * stride) - padding + width - 1);
        var result = Patch.Zeros(InputShape, top, left, bottom - top + 1, right - left + 1);
        var (kernels, block) = (_backward.Value, InputShape.Channels * OutputShape.Channels);
        Span<int> room = new int[OutputShape.Channels];
        for (var down = 0; down < gradient.Height; down++)
        {
            for (var across = 0; across < gradient.Width; across++)
            {
                var pixel = gradient.Values.AsSpan(((down * gradient.Width) + across) * OutputShape.Channels, OutputShape.Channels);
                var places = NotZero(pixel, room);
                for (var i = 0; i < height; i++)
                {
                    var y = ((gradient.Top + down) * stride) - padding + i;
                    for (var j = 0; j < width && y >= top && y <= bottom; j++)
                    {
                        var x = ((gradient.Left + across) * stride) - padding + j;
                        if (x >= left && x <= right)
                        {
                            var place = (((y - top) * result.Width) + x - left) * InputShape.Channels;
                            var target = result.Values.AsSpan(place, InputShape.Channels);
                            AddProduct(pixel, places, kernels.AsSpan(((i * width) + j) * block, block), target);
                        }
                    }
                }
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override (double Largest, double Smallest) WeightRange => Range(_kernels);

    /// <inheritdoc/>
    public override (double Largest, double Smallest) BiasRange => Range(_biases);

    /// <inheritdoc/>
    public override double[] BiasesOfOutputs()
    {
        using var scope = NewDisposeScope();
        var ofPixels = _biases.unsqueeze(1).expand(OutputShape.Channels, OutputShape.Height * OutputShape.Width);
        return ofPixels.to_type(float64).cpu().contiguous().data<double>().ToArray();
    }

    private protected override AffineLayer With(Func<Tensor, Tensor> weights, Func<Tensor, Tensor> biases) =>
        new ConvolutionLayer(Made(_kernels, weights), Made(_biases, biases), InputShape, _geometry.Stride, _geometry.Padding);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _kernels.Dispose();
        _biases.Dispose();
    }

    // The channels of a pixel that are not 0.
    private static ReadOnlySpan<int> NotZero(ReadOnlySpan<double> pixel, Span<int> places)
    {
        var count = 0;
        for (var i = 0; i < pixel.Length; i++)
        {
            places[count] = i;
            count += pixel[i] != 0 ? 1 : 0;
        }

        return places[..count];
    }

    // target += Σ pixel_i · row i of a matrix. Four vectors of the sum stay in registers.
    private static void AddProduct(ReadOnlySpan<double> pixel, ReadOnlySpan<int> places, ReadOnlySpan<double> matrix, Span<double> target)
    {
        ref var rows = ref MemoryMarshal.GetReference(matrix);
        ref var sum = ref MemoryMarshal.GetReference(target);
        var k = 0;
        for (; k + 16 <= target.Length; k += 16)
        {
            var a = Vector256.LoadUnsafe(ref sum, (nuint)k);
            var b = Vector256.LoadUnsafe(ref sum, (nuint)k + 4);
            var c = Vector256.LoadUnsafe(ref sum, (nuint)k + 8);
            var d = Vector256.LoadUnsafe(ref sum, (nuint)k + 12);
            foreach (var i in places)
            {
                var factor = Vector256.Create(pixel[i]);
                var place = (nuint)((i * target.Length) + k);
                a = Vector256.MultiplyAddEstimate(factor, Vector256.LoadUnsafe(ref rows, place), a);
                b = Vector256.MultiplyAddEstimate(factor, Vector256.LoadUnsafe(ref rows, place + 4), b);
                c = Vector256.MultiplyAddEstimate(factor, Vector256.LoadUnsafe(ref rows, place + 8), c);
                d = Vector256.MultiplyAddEstimate(factor, Vector256.LoadUnsafe(ref rows, place + 12), d);
            }

            a.StoreUnsafe(ref sum, (nuint)k);
            b.StoreUnsafe(ref sum, (nuint)k + 4);
            c.StoreUnsafe(ref sum, (nuint)k + 8);
            d.StoreUnsafe(ref sum, (nuint)k + 12);
        }

        for (; k + 4 <= target.Length; k += 4)
        {
            var a = Vector256.LoadUnsafe(ref sum, (nuint)k);
            foreach (var i in places)
            {
                var place = (nuint)((i * target.Length) + k);
                a = Vector256.MultiplyAddEstimate(Vector256.Create(pixel[i]), Vector256.LoadUnsafe(ref rows, place), a);
            }

            a.StoreUnsafe(ref sum, (nuint)k);
        }

        for (; k < target.Length; k++)
        {
            foreach (var i in places)
            {
                target[k] += pixel[i] * matrix[(i * target.Length) + k];
            }
        }
    }

    private double[] OnCpu(params long[] order)
    {
        using var scope = NewDisposeScope();
        return _kernels.to_type(float64).permute(order).cpu().contiguous().data<double>().ToArray();
    }

    private Tensor Convolve(Tensor rows, Tensor? biases)
    {
        using var scope = NewDisposeScope();
        return conv2d(rows.reshape(-1, InputShape.Channels, InputShape.Height, InputShape.Width), _kernels, biases, _stride, _padding)
            .reshape(-1, Outputs).MoveToOuterDisposeScope();
    }

    private Tensor OneHot(Tensor units, int width) =>
        units.unsqueeze(1).eq(arange(0, width, 1, int64, units.device)).to_type(_kernels.dtype);
}
