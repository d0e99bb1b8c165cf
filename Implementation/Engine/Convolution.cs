using System.Runtime.CompilerServices;

namespace Reproduce.Engine;

/// <summary>
/// A convolution over zero padding of half its kernel, in the layout channels by pixels by points. An output pixel is then the product of
/// the kernels with the rows of points that lie at its taps, and so is the gradient by the image; for the gradient by the kernels see
/// <see cref="ConvolutionGradients"/>. All pixels outside the image share one row of zeros.
/// </summary>
internal sealed unsafe class Convolution : IDisposable
{
    private readonly NativeFloats _memory = new();
    private readonly float* _zeros;
    private readonly float* _transposedKernels;
    private readonly nint* _insideOffsets;
    private readonly nint* _edgeOffsets;

    /// <param name="inputs">Channels of the image.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="kernel">Taps in a row: 3 or 5.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="height">Of the image.</param>
    /// <param name="width">Of the image.</param>
    /// <param name="points">At most; a multiple of <see cref="Gemm.ColumnStep"/>.</param>
    internal Convolution(int inputs, int outputs, int kernel, int stride, int height, int width, int points)
    {
        (Inputs, Outputs, Kernel, Stride, Height, Width, Points) = (inputs, outputs, kernel, stride, height, width, points);
        _zeros = _memory.Allocate(points);
        _transposedKernels = _memory.Allocate((nint)inputs * outputs * kernel * kernel);
        var offsets = (nint)Math.Max(inputs, outputs) * kernel * kernel * sizeof(nint) / sizeof(float);
        _insideOffsets = (nint*)_memory.Allocate(offsets);
        _edgeOffsets = (nint*)_memory.Allocate(offsets);
    }

    internal int Inputs { get; }

    internal int Outputs { get; }

    internal int Kernel { get; }

    internal int Stride { get; }

    internal int Height { get; }

    internal int Width { get; }

    /// <summary>May be set below the constructor's number, for a smaller batch.</summary>
    internal int Points { get; set; }

    internal int Padding => Kernel / 2;

    internal int OutputHeight => ((Height - 1) / Stride) + 1;

    internal int OutputWidth => ((Width - 1) / Stride) + 1;

    /// <summary>From one channel of the image to the next, in floats.</summary>
    internal nint Channel => (nint)Height * Width * Points;

    /// <summary>From one channel of the result to the next, in floats.</summary>
    internal nint OutputChannel => (nint)OutputHeight * OutputWidth * Points;

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    /// <summary>target[o, pixel, point] takes Σ kernels[o, c, tap] · image[c, pixel + tap, point].</summary>
    /// <param name="kernels">[outputs, inputs, k, k].</param>
    /// <param name="image">[inputs, height, width, points].</param>
    /// <param name="target">[outputs, height, width, points] of the result.</param>
    /// <param name="epilogue">What is done with a sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Forward<TEpilogue>(float* kernels, float* image, float* target, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        int[] steps = [.. Enumerable.Range(-Padding, Kernel)];
        var taps = new Taps(steps, steps, Inputs, Height, Width, Points);
        var left = new LeftOperand(kernels, taps.Count);
        taps.List(image, 0, 0, null, _insideOffsets);
        for (var y = 0; y < OutputHeight; y++)
        {
            for (var x = 0; x < OutputWidth; x++)
            {
                var pixel = target + (((y * OutputWidth) + x) * (nint)Points);
                Sum(left, image, taps, y * Stride, x * Stride, pixel, OutputChannel, Outputs, epilogue);
            }
        }
    }

    /// <summary>target[c, pixel, point] takes Σ kernels[o, c, tap] · δ[o, pixel − tap, point].</summary>
    /// <param name="kernels">[outputs, inputs, k, k].</param>
    /// <param name="delta">δ, [outputs, height, width, points] of the result.</param>
    /// <param name="target">[inputs, height, width, points].</param>
    /// <param name="epilogue">What is done with a sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void ImageGradient<TEpilogue>(float* kernels, float* delta, float* target, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        // Which taps reach an output depends on the remainders of the pixel's coordinates.
        for (var remainder = 0; remainder < Stride * Stride; remainder++)
        {
            var (firstY, firstX) = (remainder / Stride, remainder % Stride);
            int[] rows = [.. Reaching(firstY)];
            int[] columns = [.. Reaching(firstX)];
            int[] ySteps = [.. rows.Select(tap => (firstY + Padding - tap) / Stride)];
            int[] xSteps = [.. columns.Select(tap => (firstX + Padding - tap) / Stride)];
            var taps = new Taps(ySteps, xSteps, Outputs, OutputHeight, OutputWidth, Points);
            TransposeKernels(kernels, rows, columns);
            var left = new LeftOperand(_transposedKernels, taps.Count);
            taps.List(delta, 0, 0, null, _insideOffsets);
            for (var y = firstY; y < Height; y += Stride)
            {
                for (var x = firstX; x < Width; x += Stride)
                {
                    var pixel = target + (((y * Width) + x) * (nint)Points);
                    Sum(left, delta, taps, y / Stride, x / Stride, pixel, Channel, Inputs, epilogue);
                }
            }
        }
    }

    /// <summary>The row of points of a pixel; zeros where it lies outside the image.</summary>
    /// <param name="channel">The start of its channel.</param>
    /// <param name="y">Its row.</param>
    /// <param name="x">Its column.</param>
    internal float* At(float* channel, int y, int x) =>
        (uint)y < (uint)Height && (uint)x < (uint)Width ? channel + (((y * Width) + x) * (nint)Points) : _zeros;

    // From the last to the first, so that the output pixels that they reach ascend.
    private IEnumerable<int> Reaching(int coordinate) =>
        Enumerable.Range(0, Kernel).Reverse().Where(tap => (coordinate + Padding - tap) % Stride == 0);

    // [outputs, inputs, k, k] to [inputs, outputs, taps].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransposeKernels(float* kernels, int[] rows, int[] columns)
    {
        var to = _transposedKernels;
        for (var input = 0; input < Inputs; input++)
        {
            for (var output = 0; output < Outputs; output++)
            {
                var from = kernels + ((((nint)output * Inputs) + input) * Kernel * Kernel);
                foreach (var row in rows)
                {
                    foreach (var column in columns)
                    {
                        *to++ = from[(row * Kernel) + column];
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum<TEpilogue>(
        LeftOperand left, float* image, Taps taps, int y, int x, float* target, nint targetStride, int rows, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        if (taps.AreInside(y, x))
        {
            var pixel = taps.Pixel(image, y, x);
            Gemm.Run(left, pixel, new IndirectRows(taps.Count, _insideOffsets), target, targetStride, rows, Points, epilogue);
        }
        else
        {
            taps.List(image, y, x, _zeros, _edgeOffsets);
            Gemm.Run(left, image, new IndirectRows(taps.Count, _edgeOffsets), target, targetStride, rows, Points, epilogue);
        }
    }

    // A rectangle of pixels around one pixel, in all channels: the steps to its rows and columns ascend.
    private readonly struct Taps(int[] rows, int[] columns, int channels, int height, int width, int points)
    {
        internal int Count => channels * rows.Length * columns.Length;

        internal bool AreInside(int y, int x) =>
            y + rows[0] >= 0 && y + rows[^1] < height && x + columns[0] >= 0 && x + columns[^1] < width;

        internal float* Pixel(float* image, int y, int x) => image + (((y * width) + x) * (nint)points);

        // Their offsets from the start of the image. Without zeros all are taken to lie inside.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal void List(float* image, int y, int x, float* zeros, nint* offsets)
        {
            var (count, next) = (rows.Length * columns.Length, 0);
            var steps = stackalloc nint[count];
            foreach (var row in rows)
            {
                foreach (var column in columns)
                {
                    var isInside = zeros is null || ((uint)(y + row) < (uint)height && (uint)(x + column) < (uint)width);
                    steps[next] = isInside ? (nint)height * width * points : 0;
                    offsets[next++] = isInside ? (((y + row) * width) + x + column) * (nint)points : (nint)(zeros - image);
                }
            }

            for (var channel = 1; channel < channels; channel++, offsets += count)
            {
                for (var tap = 0; tap < count; tap++)
                {
                    offsets[count + tap] = offsets[tap] + steps[tap];
                }
            }
        }
    }
}
