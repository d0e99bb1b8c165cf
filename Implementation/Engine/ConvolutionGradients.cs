using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Engine;

/// <summary>
/// The gradients of a convolution with respect to its kernels and biases: sums over pixels and points. Sixteen partial sums run side by
/// side, each over every sixteenth point of one pixel after another, and a fixed tree adds them up. Their number is part of the bits, so it
/// is the same on every processor. What lies outside the image adds nothing.
/// </summary>
internal static unsafe class ConvolutionGradients
{
    private const int Lanes = 16;

    // Bytes that fit into the first-level cache and into the second-level cache.
    private const int FirstCache = 32 << 10;
    private const int SecondCache = 1 << 20;

    /// <summary>gradient[o, c, tap] = Σ δ[o, pixel, point] · image[c, pixel + tap, point].</summary>
    /// <remarks>Pixels come in blocks of rows, and those in chunks; sums wait in memory meanwhile, which changes no bit.</remarks>
    /// <param name="convolution">Its shape.</param>
    /// <param name="delta">δ, [outputs, height, width, points] of the result.</param>
    /// <param name="image">[inputs, height, width, points].</param>
    /// <param name="gradient">[outputs, inputs, k, k].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Kernels(Convolution convolution, float* delta, float* image, float* gradient)
    {
        using var memory = new NativeFloats();
        var (inputs, outputs, taps) = (convolution.Inputs, convolution.Outputs, convolution.Kernel);
        var pointBytes = convolution.Points * sizeof(float);
        var rowBytes = convolution.OutputWidth * pointBytes;
        var perOutput = inputs * taps * taps * Lanes;
        var count = (nint)outputs * inputs * taps * taps;
        var sums = memory.Allocate(count * Lanes);
        var together = !Vector512.IsHardwareAccelerated ? 1 : taps == 5 ? 3 : 4;
        var pixels = Math.Clamp(FirstCache / ((together + 1) * pointBytes), 1, convolution.OutputWidth);
        var rows = Math.Clamp(SecondCache / (inputs * convolution.Stride * convolution.Stride * rowBytes), 1, convolution.OutputHeight);
        var chunks = new Chunks(convolution, image, pixels, rows, memory);
        for (var y = 0; y < convolution.OutputHeight; y += rows)
        {
            chunks.List(y, Math.Min(convolution.OutputHeight, y + rows));
            for (int output = 0, here; output < outputs; output += here)
            {
                here = output + together <= outputs ? together : 1;
                var d = delta + (output * convolution.OutputChannel);
                for (var chunk = 0; chunk < chunks.Count; chunk++)
                {
                    for (var row = 0; row < inputs * taps; row++)
                    {
                        var to = sums + ((nint)output * perOutput) + (row * taps * Lanes);
                        var input = row / taps * convolution.Channel;
                        Add(taps, here, chunks.Of(chunk, row % taps), d, convolution.OutputChannel, input, to, perOutput);
                    }
                }
            }
        }

        for (nint i = 0; i < count; i++)
        {
            gradient[i] = TreeSum(sums + (i * Lanes));
        }
    }

    /// <summary>Σ δ over the pixels and points of each channel, in the same order.</summary>
    /// <param name="delta">δ, channels by pixels by points.</param>
    /// <param name="gradient">One a channel.</param>
    /// <param name="outputs">The number of channels.</param>
    /// <param name="channel">From one channel to the next, in floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Biases(float* delta, float* gradient, int outputs, nint channel)
    {
        var sums = stackalloc float[Lanes];
        for (var output = 0; output < outputs; output++, delta += channel)
        {
            var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
            for (nint i = 0; i < channel; i += Lanes)
            {
                low += Vector256.Load(delta + i);
                high += Vector256.Load(delta + i + 8);
            }

            low.Store(sums);
            high.Store(sums + 8);
            gradient[output] = TreeSum(sums);
        }
    }

    // step: from the sums of one output to those of the next.
    private static void Add(
        int taps, int outputs, PixelRuns runs, float* delta, nint channel, nint input, float* sums, nint step)
    {
        switch (outputs)
        {
            case 3:
                ThreeByFive(runs, delta, channel, input, sums, step);
                break;
            case 4:
                FourByThree(runs, delta, channel, input, sums, step);
                break;
            case var _ when Vector512.IsHardwareAccelerated:
                One<Lanes16>(taps, runs, delta, input, sums);
                break;
            default:
                One<SplitLanes16>(taps, runs, delta, input, sums);
                break;
        }
    }

    // Three outputs, the five taps of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ThreeByFive(PixelRuns runs, float* delta, nint channel, nint input, float* sums, nint step)
    {
        var s0 = sums;
        var s1 = s0 + step;
        var s2 = s1 + step;
        var (a0, a1, a2) = (Vector512.Load(s0), Vector512.Load(s0 + 16), Vector512.Load(s0 + 32));
        var (a3, a4) = (Vector512.Load(s0 + 48), Vector512.Load(s0 + 64));
        var (b0, b1, b2) = (Vector512.Load(s1), Vector512.Load(s1 + 16), Vector512.Load(s1 + 32));
        var (b3, b4) = (Vector512.Load(s1 + 48), Vector512.Load(s1 + 64));
        var (c0, c1, c2) = (Vector512.Load(s2), Vector512.Load(s2 + 16), Vector512.Load(s2 + 32));
        var (c3, c4) = (Vector512.Load(s2 + 48), Vector512.Load(s2 + 64));
        var end = runs.First + runs.Count;
        for (var run = runs.First; run < end; run++)
        {
            var d0 = delta + run->Pixel;
            var d1 = d0 + channel;
            var d2 = d1 + channel;
            var x0 = run->Tap0 + (input & run->Inside0);
            var x1 = run->Tap1 + (input & run->Inside1);
            var x2 = run->Tap2 + (input & run->Inside2);
            var x3 = run->Tap3 + (input & run->Inside3);
            var x4 = run->Tap4 + (input & run->Inside4);
            var length = run->Length;
            for (nint i = 0; i < length; i += Lanes)
            {
                var (d, e, f) = (Vector512.Load(d0 + i), Vector512.Load(d1 + i), Vector512.Load(d2 + i));
                var x = Vector512.Load(x0 + i);
                a0 = Vector512.FusedMultiplyAdd(d, x, a0);
                b0 = Vector512.FusedMultiplyAdd(e, x, b0);
                c0 = Vector512.FusedMultiplyAdd(f, x, c0);
                x = Vector512.Load(x1 + i);
                a1 = Vector512.FusedMultiplyAdd(d, x, a1);
                b1 = Vector512.FusedMultiplyAdd(e, x, b1);
                c1 = Vector512.FusedMultiplyAdd(f, x, c1);
                x = Vector512.Load(x2 + i);
                a2 = Vector512.FusedMultiplyAdd(d, x, a2);
                b2 = Vector512.FusedMultiplyAdd(e, x, b2);
                c2 = Vector512.FusedMultiplyAdd(f, x, c2);
                x = Vector512.Load(x3 + i);
                a3 = Vector512.FusedMultiplyAdd(d, x, a3);
                b3 = Vector512.FusedMultiplyAdd(e, x, b3);
                c3 = Vector512.FusedMultiplyAdd(f, x, c3);
                x = Vector512.Load(x4 + i);
                a4 = Vector512.FusedMultiplyAdd(d, x, a4);
                b4 = Vector512.FusedMultiplyAdd(e, x, b4);
                c4 = Vector512.FusedMultiplyAdd(f, x, c4);
            }
        }

        a0.Store(s0);
        a1.Store(s0 + 16);
        a2.Store(s0 + 32);
        a3.Store(s0 + 48);
        a4.Store(s0 + 64);
        b0.Store(s1);
        b1.Store(s1 + 16);
        b2.Store(s1 + 32);
        b3.Store(s1 + 48);
        b4.Store(s1 + 64);
        c0.Store(s2);
        c1.Store(s2 + 16);
        c2.Store(s2 + 32);
        c3.Store(s2 + 48);
        c4.Store(s2 + 64);
    }

    // Four outputs, the three taps of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByThree(PixelRuns runs, float* delta, nint channel, nint input, float* sums, nint step)
    {
        var s0 = sums;
        var s1 = s0 + step;
        var s2 = s1 + step;
        var s3 = s2 + step;
        var (a0, a1, a2) = (Vector512.Load(s0), Vector512.Load(s0 + 16), Vector512.Load(s0 + 32));
        var (b0, b1, b2) = (Vector512.Load(s1), Vector512.Load(s1 + 16), Vector512.Load(s1 + 32));
        var (c0, c1, c2) = (Vector512.Load(s2), Vector512.Load(s2 + 16), Vector512.Load(s2 + 32));
        var (h0, h1, h2) = (Vector512.Load(s3), Vector512.Load(s3 + 16), Vector512.Load(s3 + 32));
        var end = runs.First + runs.Count;
        for (var run = runs.First; run < end; run++)
        {
            var d0 = delta + run->Pixel;
            var d1 = d0 + channel;
            var d2 = d1 + channel;
            var d3 = d2 + channel;
            var x0 = run->Tap0 + (input & run->Inside0);
            var x1 = run->Tap1 + (input & run->Inside1);
            var x2 = run->Tap2 + (input & run->Inside2);
            var length = run->Length;
            for (nint i = 0; i < length; i += Lanes)
            {
                var (d, e, f, g) = (Vector512.Load(d0 + i), Vector512.Load(d1 + i), Vector512.Load(d2 + i), Vector512.Load(d3 + i));
                var x = Vector512.Load(x0 + i);
                a0 = Vector512.FusedMultiplyAdd(d, x, a0);
                b0 = Vector512.FusedMultiplyAdd(e, x, b0);
                c0 = Vector512.FusedMultiplyAdd(f, x, c0);
                h0 = Vector512.FusedMultiplyAdd(g, x, h0);
                x = Vector512.Load(x1 + i);
                a1 = Vector512.FusedMultiplyAdd(d, x, a1);
                b1 = Vector512.FusedMultiplyAdd(e, x, b1);
                c1 = Vector512.FusedMultiplyAdd(f, x, c1);
                h1 = Vector512.FusedMultiplyAdd(g, x, h1);
                x = Vector512.Load(x2 + i);
                a2 = Vector512.FusedMultiplyAdd(d, x, a2);
                b2 = Vector512.FusedMultiplyAdd(e, x, b2);
                c2 = Vector512.FusedMultiplyAdd(f, x, c2);
                h2 = Vector512.FusedMultiplyAdd(g, x, h2);
            }
        }

        a0.Store(s0);
        a1.Store(s0 + 16);
        a2.Store(s0 + 32);
        b0.Store(s1);
        b1.Store(s1 + 16);
        b2.Store(s1 + 32);
        c0.Store(s2);
        c1.Store(s2 + 16);
        c2.Store(s2 + 32);
        h0.Store(s3);
        h1.Store(s3 + 16);
        h2.Store(s3 + 32);
    }

    // One output, the three or five taps of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<TLanes>(int taps, PixelRuns runs, float* delta, nint input, float* sums)
        where TLanes : struct, IMultiplyAddLanes<TLanes>
    {
        var (a0, a1, a2) = (TLanes.Load(sums), TLanes.Load(sums + 16), TLanes.Load(sums + 32));
        var (a3, a4) = taps == 5 ? (TLanes.Load(sums + 48), TLanes.Load(sums + 64)) : default;
        var end = runs.First + runs.Count;
        for (var run = runs.First; run < end; run++)
        {
            var d0 = delta + run->Pixel;
            var x0 = run->Tap0 + (input & run->Inside0);
            var x1 = run->Tap1 + (input & run->Inside1);
            var x2 = run->Tap2 + (input & run->Inside2);
            var x3 = run->Tap3 + (input & run->Inside3);
            var x4 = run->Tap4 + (input & run->Inside4);
            var length = run->Length;
            for (nint i = 0; i < length; i += Lanes)
            {
                var d = TLanes.Load(d0 + i);
                a0 = TLanes.MultiplyAdd(d, TLanes.Load(x0 + i), a0);
                a1 = TLanes.MultiplyAdd(d, TLanes.Load(x1 + i), a1);
                a2 = TLanes.MultiplyAdd(d, TLanes.Load(x2 + i), a2);
                a3 = TLanes.MultiplyAdd(d, TLanes.Load(x3 + i), a3);
                a4 = TLanes.MultiplyAdd(d, TLanes.Load(x4 + i), a4);
            }
        }

        TLanes.Store(a0, sums + 0);
        TLanes.Store(a1, sums + 16);
        TLanes.Store(a2, sums + 32);
        if (taps == 5)
        {
            TLanes.Store(a3, sums + 48);
            TLanes.Store(a4, sums + 64);
        }
    }

    // By halves: 8 + 8, then 4 + 4, 2 + 2, 1 + 1.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float TreeSum(float* sums)
    {
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
            {
                sums[i] += sums[i + half];
            }
        }

        return sums[0];
    }

    // A run of pixels of the result that lie next to each other in memory, and the addresses of the taps of one row of a kernel for the
    // first of them, in the image's first channel: as many pixels as have all taps inside the image, else one. Inside: all bits, or none
    // where the tap reads zeros in every channel.
    private struct PixelRun
    {
        internal nint Pixel;
        internal nint Length;
        internal float* Tap0;
        internal float* Tap1;
        internal float* Tap2;
        internal float* Tap3;
        internal float* Tap4;
        internal nint Inside0;
        internal nint Inside1;
        internal nint Inside2;
        internal nint Inside3;
        internal nint Inside4;
    }

    private readonly struct PixelRuns(PixelRun* first, int count)
    {
        internal PixelRun* First { get; } = first;

        internal int Count { get; } = count;
    }

    // The runs of each row of taps, for chunks of at most so many neighbouring pixels of a row of the result.
    private sealed class Chunks
    {
        private readonly Convolution _convolution;
        private readonly float* _image;
        private readonly int _pixels;
        private readonly PixelRun* _runs;
        private readonly int[] _counts;

        internal Chunks(Convolution convolution, float* image, int pixels, int rows, NativeFloats memory)
        {
            (_convolution, _pixels) = (convolution, pixels);
            _image = image;
            _counts = new int[rows * ((convolution.OutputWidth + pixels - 1) / pixels) * convolution.Kernel];
            _runs = (PixelRun*)memory.Allocate((nint)_counts.Length * pixels * sizeof(PixelRun) / sizeof(float));
        }

        internal int Count { get; private set; }

        internal PixelRuns Of(int chunk, int tapRow)
        {
            var place = (chunk * _convolution.Kernel) + tapRow;
            return new(_runs + (place * _pixels), _counts[place]);
        }

        internal void List(int y, int end)
        {
            Count = 0;
            for (; y < end; y++)
            {
                for (var x = 0; x < _convolution.OutputWidth; x += _pixels, Count++)
                {
                    for (var tapRow = 0; tapRow < _convolution.Kernel; tapRow++)
                    {
                        var place = (Count * _convolution.Kernel) + tapRow;
                        _counts[place] = List(y, x, Math.Min(_convolution.OutputWidth, x + _pixels), tapRow, _runs + (place * _pixels));
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int List(int outputY, int outputX, int end, int tapRow, PixelRun* to)
        {
            var (stride, padding, width, points) =
                (_convolution.Stride, _convolution.Padding, _convolution.Width, (nint)_convolution.Points);
            var (y, count) = ((outputY * stride) + tapRow - padding, 0);
            for (int pixels; (uint)y < (uint)_convolution.Height && outputX < end; outputX += pixels, to++, count++)
            {
                var x = (outputX * stride) - padding;
                pixels = stride == 1 && x >= 0 ? Math.Max(1, Math.Min(end, width - padding) - outputX) : 1;
                to->Pixel = ((outputY * _convolution.OutputWidth) + outputX) * points;
                to->Length = pixels * points;
                to->Tap0 = _convolution.At(_image, y, x);
                to->Inside0 = Inside(x);
                to->Tap1 = _convolution.At(_image, y, x + 1);
                to->Inside1 = Inside(x + 1);
                to->Tap2 = _convolution.At(_image, y, x + 2);
                to->Inside2 = Inside(x + 2);
                to->Tap3 = _convolution.At(_image, y, x + 3);
                to->Inside3 = Inside(x + 3);
                to->Tap4 = _convolution.At(_image, y, x + 4);
                to->Inside4 = Inside(x + 4);
            }

            return count;

            nint Inside(int tap) => (uint)tap < (uint)width ? -1 : 0;
        }
    }
}
