using System.Runtime.CompilerServices;

namespace Reproduce.Engine;

/// <summary>
/// A convolution over zero padding of half its kernel, with points innermost: channels by pixels by points. For an output pixel it is then the product of
/// the kernels with the rows of points that lie at its taps, and so is its gradient by the image; by the kernels see TapSums. Rows outside the image are one row of zeros.
/// </summary>
internal sealed unsafe class Convolution : IDisposable
{
    private readonly NativeFloats _memory = new();
    private readonly float* _zeros;
    private readonly float* _turned;
    private readonly nint* _inside;
    private readonly nint* _edge;

    /// <param name="inputs">Channels of the image.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="kernel">Taps in a row: 3 or 5.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="height">Of the image.</param>
    /// <param name="width">Of the image.</param>
    /// <param name="points">At most; a multiple of <see cref="Product.ColumnStep"/>.</param>
    internal Convolution(int inputs, int outputs, int kernel, int stride, int height, int width, int points)
    {
        (Inputs, Outputs, Kernel, Stride, Height, Width, Points) = (inputs, outputs, kernel, stride, height, width, points);
        _zeros = _memory.Take(points);
        _turned = _memory.Take((nint)inputs * outputs * kernel * kernel);
        var places = (nint)Math.Max(inputs, outputs) * kernel * kernel * sizeof(nint) / sizeof(float);
        _inside = (nint*)_memory.Take(places);
        _edge = (nint*)_memory.Take(places);
    }

    internal int Inputs { get; }

    internal int Outputs { get; }

    internal int Kernel { get; }

    internal int Stride { get; }

    internal int Height { get; }

    internal int Width { get; }

    /// <summary>May fall below what was given in the constructor, for a smaller batch.</summary>
    internal int Points { get; set; }

    internal int Padding => Kernel / 2;

    internal int OutputHeight => ((Height - 1) / Stride) + 1;

    internal int OutputWidth => ((Width - 1) / Stride) + 1;

    /// <summary>From one channel of the image to the next.</summary>
    internal nint Channel => (nint)Height * Width * Points;

    /// <summary>From one channel of the result to the next.</summary>
    internal nint OutputChannel => (nint)OutputHeight * OutputWidth * Points;

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    /// <summary>target[o, pixel, point] takes Σ kernels[o, c, tap] · image[c, pixel + tap, point].</summary>
    /// <param name="kernels">[outputs, inputs, k, k].</param>
    /// <param name="image">[inputs, height, width, points].</param>
    /// <param name="target">[outputs, height, width, points] of the result.</param>
    /// <param name="finish">What becomes of a sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Forward<TFinish>(float* kernels, float* image, float* target, TFinish finish)
        where TFinish : struct, IFinish
    {
        var taps = new Taps([.. Enumerable.Range(-Padding, Kernel)], [.. Enumerable.Range(-Padding, Kernel)], Inputs, Height, Width, Points);
        var left = new LeftFactor(kernels, taps.Count);
        taps.List(image, 0, 0, null, _inside);
        for (var y = 0; y < OutputHeight; y++)
        {
            for (var x = 0; x < OutputWidth; x++)
            {
                Sum(left, image, taps, y * Stride, x * Stride, target + (((y * OutputWidth) + x) * (nint)Points), OutputChannel, Outputs, finish);
            }
        }
    }

    /// <summary>target[c, pixel, point] takes Σ kernels[o, c, tap] · δ[o, pixel − tap, point].</summary>
    /// <param name="kernels">[outputs, inputs, k, k].</param>
    /// <param name="delta">δ, [outputs, height, width, points] of the result.</param>
    /// <param name="target">[inputs, height, width, points].</param>
    /// <param name="finish">What becomes of a sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void ImageGradient<TFinish>(float* kernels, float* delta, float* target, TFinish finish)
        where TFinish : struct, IFinish
    {
        // Which taps meet an output depends on the remainders of the pixel's coordinates.
        for (var remainder = 0; remainder < Stride * Stride; remainder++)
        {
            var (firstY, firstX) = (remainder / Stride, remainder % Stride);
            int[] rows = [.. Meeting(firstY)];
            int[] columns = [.. Meeting(firstX)];
            var taps = new Taps([.. rows.Select(tap => (firstY + Padding - tap) / Stride)], [.. columns.Select(tap => (firstX + Padding - tap) / Stride)], Outputs, OutputHeight, OutputWidth, Points);
            Turn(kernels, rows, columns);
            var left = new LeftFactor(_turned, taps.Count);
            taps.List(delta, 0, 0, null, _inside);
            for (var y = firstY; y < Height; y += Stride)
            {
                for (var x = firstX; x < Width; x += Stride)
                {
                    Sum(left, delta, taps, y / Stride, x / Stride, target + (((y * Width) + x) * (nint)Points), Channel, Inputs, finish);
                }
            }
        }
    }

    /// <summary>The row of points of a pixel, which may lie outside.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="y">Its row.</param>
    /// <param name="x">Its column.</param>
    internal float* At(float* channel, int y, int x) =>
        (uint)y < (uint)Height && (uint)x < (uint)Width ? channel + (((y * Width) + x) * (nint)Points) : _zeros;

    // From the last to the first, so that the pixels at which they meet an output ascend.
    private IEnumerable<int> Meeting(int coordinate) =>
        Enumerable.Range(0, Kernel).Reverse().Where(tap => (coordinate + Padding - tap) % Stride == 0);

    // [outputs, inputs, k, k] becomes [inputs, outputs, taps].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Turn(float* kernels, int[] rows, int[] columns)
    {
        var to = _turned;
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
    private void Sum<TFinish>(LeftFactor left, float* image, Taps taps, int y, int x, float* target, nint targetRow, int rows, TFinish finish)
        where TFinish : struct, IFinish
    {
        if (taps.AreInside(y, x))
        {
            Product.Run(left, taps.Pixel(image, y, x), new ListedTerms(taps.Count, _inside), target, targetRow, rows, Points, finish);
        }
        else
        {
            taps.List(image, y, x, _zeros, _edge);
            Product.Run(left, image, new ListedTerms(taps.Count, _edge), target, targetRow, rows, Points, finish);
        }
    }

    // A rectangle of pixels around one pixel, in all channels.
    private readonly struct Taps(int[] rows, int[] columns, int channels, int height, int width, int points)
    {
        internal int Count => channels * rows.Length * columns.Length;

        internal bool AreInside(int y, int x) => y + rows[0] >= 0 && y + rows[^1] < height && x + columns[0] >= 0 && x + columns[^1] < width;

        internal float* Pixel(float* image, int y, int x) => image + (((y * width) + x) * (nint)points);

        // Where they lie, from where the image begins. Without zeros none is looked for outside.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal void List(float* image, int y, int x, float* zeros, nint* places)
        {
            var (count, next) = (rows.Length * columns.Length, 0);
            var steps = stackalloc nint[count];
            foreach (var row in rows)
            {
                foreach (var column in columns)
                {
                    var isInside = zeros is null || ((uint)(y + row) < (uint)height && (uint)(x + column) < (uint)width);
                    steps[next] = isInside ? (nint)height * width * points : 0;
                    places[next++] = isInside ? (((y + row) * width) + x + column) * (nint)points : (nint)(zeros - image);
                }
            }

            for (var channel = 1; channel < channels; channel++, places += count)
            {
                for (var tap = 0; tap < count; tap++)
                {
                    places[count + tap] = places[tap] + steps[tap];
                }
            }
        }
    }
}
