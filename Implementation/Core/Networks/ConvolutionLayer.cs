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
    private readonly Lazy<double[]> _onCpu;

    /// <param name="kernels">[channels out, channels in, h, w]. The layer owns it from now on.</param>
    /// <param name="biases">[channels out]. The layer owns it from now on.</param>
    /// <param name="image">What the layer takes.</param>
    /// <param name="stride">Steps between neighbouring places of the kernel, the same in both directions.</param>
    /// <param name="padding">Zeros at each border of the image.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, the kernel is larger than the padded image, or an entry is NaN or infinite.</exception>
    public ConvolutionLayer(Tensor kernels, Tensor biases, ImageShape image, int stride = 1, int padding = 0)
    {
        if (kernels.shape is not [var channels, var taken, var height, var width] || biases.shape is not [var length] || length != channels || taken != image.Channels)
        {
            throw new ArgumentException($"kernels [{string.Join(", ", kernels.shape)}] and biases [{string.Join(", ", biases.shape)}] make no convolution of {image}");
        }

        if (stride < 1 || padding < 0)
        {
            throw new ArgumentException($"a convolution needs a stride of at least 1 and a padding of at least 0, not {stride} and {padding}");
        }

        var (rows, columns) = ((int)(image.Height + (2 * padding) - height), (int)(image.Width + (2 * padding) - width));
        if (rows < 0 || columns < 0)
        {
            throw new ArgumentException($"a kernel of {height}×{width} does not fit into {image} with a padding of {padding}");
        }

        (_kernels, _biases, _stride, _padding) = (kernels, biases, [stride, stride], [padding, padding]);
        (Taken, Given) = (image, new ImageShape((int)channels, (rows / stride) + 1, (columns / stride) + 1));
        Description = $"Conv2d {taken}→{channels} channels, {height}×{width}, stride {stride}, padding {padding}, {Taken}→{Given}";
        RequireFinite(Description, kernels, biases);
        _onCpu = new Lazy<double[]>(KernelsOnCpu);
    }

    /// <summary>The image that goes in.</summary>
    public ImageShape Taken { get; }

    /// <summary>The image that comes out.</summary>
    public ImageShape Given { get; }

    /// <inheritdoc/>
    public override int Inputs => Taken.Size;

    /// <inheritdoc/>
    public override int Outputs => Given.Size;

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor rows) => Convolve(rows, _kernels, _biases);

    /// <inheritdoc/>
    public override Tensor Multiply(Tensor rows) => Convolve(rows, _kernels, null);

    /// <inheritdoc/>
    public override Tensor MultiplyTransposed(Tensor rows)
    {
        using var scope = NewDisposeScope();

        // Where the stride does not reach the last rows and columns of the padded image, they have no weight.
        long Rest(int taken, int given, int side) => taken + (2 * _padding[0]) - _kernels.size(side) - ((given - 1) * _stride[0]);
        long[] rest = [Rest(Taken.Height, Given.Height, 2), Rest(Taken.Width, Given.Width, 3)];
        var images = conv_transpose2d(rows.reshape(-1, Given.Channels, Given.Height, Given.Width), _kernels, null, _stride, _padding, rest);
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
    public override void AddColumn(int unit, double factor, Span<double> sum)
    {
        var kernels = _onCpu.Value;
        var (channel, place) = Math.DivRem(unit, Taken.Height * Taken.Width);
        var (row, column) = Math.DivRem(place, Taken.Width);
        var (height, width, stride, padding) = ((int)_kernels.size(2), (int)_kernels.size(3), (int)_stride[0], (int)_padding[0]);

        // The pixel is under place (i, j) of the kernel where the output is at (row + padding − i)/stride and likewise for columns.
        for (var i = 0; i < height; i++)
        {
            var (down, restDown) = Math.DivRem(row + padding - i, stride);
            if (restDown != 0 || down < 0 || down >= Given.Height)
            {
                continue;
            }

            for (var j = 0; j < width; j++)
            {
                var (across, restAcross) = Math.DivRem(column + padding - j, stride);
                if (restAcross != 0 || across < 0 || across >= Given.Width)
                {
                    continue;
                }

                for (var output = 0; output < Given.Channels; output++)
                {
                    sum[(((output * Given.Height) + down) * Given.Width) + across] += factor * kernels[(((((output * Taken.Channels) + channel) * height) + i) * width) + j];
                }
            }
        }
    }

    /// <inheritdoc/>
    public override (Tensor Weights, Tensor Biases) Magnitudes()
    {
        using var scope = NewDisposeScope();
        var weights = Convolve(ones([1, Inputs], _kernels.dtype, _kernels.device), _kernels.abs(), null).flatten();
        var biases = _biases.abs().unsqueeze(1).expand(Given.Channels, Given.Height * Given.Width).flatten();
        return (weights.MoveToOuterDisposeScope(), biases.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _kernels.Dispose();
        _biases.Dispose();
    }

    private double[] KernelsOnCpu()
    {
        using var scope = NewDisposeScope();
        return _kernels.to_type(float64).cpu().contiguous().data<double>().ToArray();
    }

    private Tensor Convolve(Tensor rows, Tensor kernels, Tensor? biases)
    {
        using var scope = NewDisposeScope();
        return conv2d(rows.reshape(-1, Taken.Channels, Taken.Height, Taken.Width), kernels, biases, _stride, _padding).reshape(-1, Outputs).MoveToOuterDisposeScope();
    }

    private Tensor OneHot(Tensor units, int width) => units.unsqueeze(1).eq(arange(0, width, 1, int64, units.device)).to_type(_kernels.dtype);
}

/// <summary>The shape of an activation that is an image.</summary>
public sealed record ImageShape(int Channels, int Height, int Width)
{
    /// <summary>The number of entries.</summary>
    public int Size => Channels * Height * Width;

    /// <inheritdoc/>
    public override string ToString() => $"{Channels}×{Height}×{Width}";
}
