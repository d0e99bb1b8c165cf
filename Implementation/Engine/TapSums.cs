using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Engine;

/// <summary>Sixteen sums side by side, in one vector or two: their number is part of the bits, so it is the same everywhere.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal unsafe interface ISixteen<TSelf>
    where TSelf : struct, ISixteen<TSelf>
{
    /// <summary>From memory.</summary>
    static abstract TSelf Load(float* from);

    /// <summary>Into memory.</summary>
    static abstract void Store(TSelf lanes, float* to);

    /// <summary>left · right + sum, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf sum);
}

/// <summary>One vector of 512 bits.</summary>
internal readonly unsafe struct SixteenInOne : ISixteen<SixteenInOne>
{
    private readonly Vector512<float> _all;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SixteenInOne(Vector512<float> all) => _all = all;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenInOne Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(SixteenInOne lanes, float* to) => lanes._all.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenInOne MultiplyAdd(SixteenInOne left, SixteenInOne right, SixteenInOne sum) => new(Vector512.FusedMultiplyAdd(left._all, right._all, sum._all));
}

/// <summary>Two vectors of 256 bits.</summary>
internal readonly unsafe struct SixteenInTwo : ISixteen<SixteenInTwo>
{
    private readonly Vector256<float> _low;
    private readonly Vector256<float> _high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SixteenInTwo(Vector256<float> low, Vector256<float> high) => (_low, _high) = (low, high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenInTwo Load(float* from) => new(Vector256.Load(from), Vector256.Load(from + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(SixteenInTwo lanes, float* to)
    {
        lanes._low.Store(to);
        lanes._high.Store(to + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenInTwo MultiplyAdd(SixteenInTwo left, SixteenInTwo right, SixteenInTwo sum) =>
        new(Vector256.FusedMultiplyAdd(left._low, right._low, sum._low), Vector256.FusedMultiplyAdd(left._high, right._high, sum._high));
}

/// <summary>
/// The gradient of a convolution by its kernels: sums over pixels and points. Sixteen sums run beside one another, each over every sixteenth point of one pixel
/// after the other, and are added up by a fixed tree. What lies outside the image adds nothing.
/// </summary>
internal static unsafe class TapSums
{
    private const int Sixteen = 16;

    // Bytes that stay in the first cache and in the second.
    private const int Near = 32 << 10;
    private const int Middle = 1 << 20;

    /// <summary>gradient[o, c, tap] = Σ δ[o, pixel, point] · image[c, pixel + tap, point].</summary>
    /// <remarks>Pixels come in blocks of rows, and those in chunks; sums wait in memory meanwhile, which changes no bit.</remarks>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="delta">δ, [outputs, height, width, points] of the result.</param>
    /// <param name="image">[inputs, height, width, points].</param>
    /// <param name="gradient">[outputs, inputs, k, k].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(Convolution shape, float* delta, float* image, float* gradient)
    {
        using var memory = new NativeFloats();
        var (taps, rowBytes) = (shape.Kernel, shape.OutputWidth * shape.Points * sizeof(float));
        var count = (nint)shape.Outputs * shape.Inputs * taps * taps;
        var sums = memory.Take(count * Sixteen);
        var together = !Vector512.IsHardwareAccelerated ? 1 : taps == 5 ? 3 : 4;
        var pixels = Math.Clamp(Near / ((together + 1) * shape.Points * sizeof(float)), 1, shape.OutputWidth);
        var rows = Math.Clamp(Middle / (shape.Inputs * shape.Stride * shape.Stride * rowBytes), 1, shape.OutputHeight);
        var chunks = new Chunks(shape, image, pixels, rows, memory);
        for (var y = 0; y < shape.OutputHeight; y += rows)
        {
            chunks.List(y, Math.Min(shape.OutputHeight, y + rows));
            for (var output = 0; output < shape.Outputs;)
            {
                var here = output + together <= shape.Outputs ? together : 1;
                for (var chunk = 0; chunk < chunks.Count; chunk++)
                {
                    for (var row = 0; row < shape.Inputs * taps; row++)
                    {
                        var to = sums + ((((nint)output * shape.Inputs * taps) + row) * taps * Sixteen);
                        Add(taps, here, chunks.Of(chunk, row % taps), delta + (output * shape.OutputChannel), shape.OutputChannel, row / taps * shape.Channel, to, shape.Inputs * taps * taps * Sixteen);
                    }
                }

                output += here;
            }
        }

        for (nint i = 0; i < count; i++)
        {
            gradient[i] = Tree(sums + (i * Sixteen));
        }
    }

    /// <summary>Σ δ over pixels and points, of each channel, in the same order.</summary>
    /// <param name="delta">δ, channels by pixels by points.</param>
    /// <param name="gradient">One a channel.</param>
    /// <param name="outputs">How many channels.</param>
    /// <param name="channel">From one to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Plain(float* delta, float* gradient, int outputs, nint channel)
    {
        var sums = stackalloc float[Sixteen];
        for (var output = 0; output < outputs; output++, delta += channel)
        {
            var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
            for (nint i = 0; i < channel; i += Sixteen)
            {
                low += Vector256.Load(delta + i);
                high += Vector256.Load(delta + i + 8);
            }

            low.Store(sums);
            high.Store(sums + 8);
            gradient[output] = Tree(sums);
        }
    }

    // From one output's sums to the next: step.
    private static void Add(int taps, int outputs, Stretches stretches, float* delta, nint channel, nint input, float* sums, nint step)
    {
        switch (outputs)
        {
            case 3:
                ThreeByFive(stretches, delta, channel, input, sums, step);
                break;
            case 4:
                FourByThree(stretches, delta, channel, input, sums, step);
                break;
            case var _ when Vector512.IsHardwareAccelerated:
                One<SixteenInOne>(taps, stretches, delta, input, sums);
                break;
            default:
                One<SixteenInTwo>(taps, stretches, delta, input, sums);
                break;
        }
    }

    // Three outputs, the five taps of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ThreeByFive(Stretches stretches, float* delta, nint channel, nint input, float* sums, nint step)
    {
        var s0 = sums;
        var s1 = s0 + step;
        var s2 = s1 + step;
        var (a0, a1, a2, a3, a4) = (Vector512.Load(s0), Vector512.Load(s0 + 16), Vector512.Load(s0 + 32), Vector512.Load(s0 + 48), Vector512.Load(s0 + 64));
        var (b0, b1, b2, b3, b4) = (Vector512.Load(s1), Vector512.Load(s1 + 16), Vector512.Load(s1 + 32), Vector512.Load(s1 + 48), Vector512.Load(s1 + 64));
        var (c0, c1, c2, c3, c4) = (Vector512.Load(s2), Vector512.Load(s2 + 16), Vector512.Load(s2 + 32), Vector512.Load(s2 + 48), Vector512.Load(s2 + 64));
        var end = stretches.First + stretches.Count;
        for (var stretch = stretches.First; stretch < end; stretch++)
        {
            var d0 = delta + stretch->Pixel;
            var d1 = d0 + channel;
            var d2 = d1 + channel;
            var x0 = stretch->Tap0 + (input & stretch->Inside0);
            var x1 = stretch->Tap1 + (input & stretch->Inside1);
            var x2 = stretch->Tap2 + (input & stretch->Inside2);
            var x3 = stretch->Tap3 + (input & stretch->Inside3);
            var x4 = stretch->Tap4 + (input & stretch->Inside4);
            var length = stretch->Length;
            for (nint i = 0; i < length; i += Sixteen)
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
    private static void FourByThree(Stretches stretches, float* delta, nint channel, nint input, float* sums, nint step)
    {
        var s0 = sums;
        var s1 = s0 + step;
        var s2 = s1 + step;
        var s3 = s2 + step;
        var (a0, a1, a2) = (Vector512.Load(s0), Vector512.Load(s0 + 16), Vector512.Load(s0 + 32));
        var (b0, b1, b2) = (Vector512.Load(s1), Vector512.Load(s1 + 16), Vector512.Load(s1 + 32));
        var (c0, c1, c2) = (Vector512.Load(s2), Vector512.Load(s2 + 16), Vector512.Load(s2 + 32));
        var (h0, h1, h2) = (Vector512.Load(s3), Vector512.Load(s3 + 16), Vector512.Load(s3 + 32));
        var end = stretches.First + stretches.Count;
        for (var stretch = stretches.First; stretch < end; stretch++)
        {
            var d0 = delta + stretch->Pixel;
            var d1 = d0 + channel;
            var d2 = d1 + channel;
            var d3 = d2 + channel;
            var x0 = stretch->Tap0 + (input & stretch->Inside0);
            var x1 = stretch->Tap1 + (input & stretch->Inside1);
            var x2 = stretch->Tap2 + (input & stretch->Inside2);
            var length = stretch->Length;
            for (nint i = 0; i < length; i += Sixteen)
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

    // One output, the taps of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<TSixteen>(int taps, Stretches stretches, float* delta, nint input, float* sums)
        where TSixteen : struct, ISixteen<TSixteen>
    {
        var (a0, a1, a2) = (TSixteen.Load(sums), TSixteen.Load(sums + 16), TSixteen.Load(sums + 32));
        var (a3, a4) = taps == 5 ? (TSixteen.Load(sums + 48), TSixteen.Load(sums + 64)) : default;
        var end = stretches.First + stretches.Count;
        for (var stretch = stretches.First; stretch < end; stretch++)
        {
            var d0 = delta + stretch->Pixel;
            var x0 = stretch->Tap0 + (input & stretch->Inside0);
            var x1 = stretch->Tap1 + (input & stretch->Inside1);
            var x2 = stretch->Tap2 + (input & stretch->Inside2);
            var x3 = stretch->Tap3 + (input & stretch->Inside3);
            var x4 = stretch->Tap4 + (input & stretch->Inside4);
            var length = stretch->Length;
            for (nint i = 0; i < length; i += Sixteen)
            {
                var d = TSixteen.Load(d0 + i);
                a0 = TSixteen.MultiplyAdd(d, TSixteen.Load(x0 + i), a0);
                a1 = TSixteen.MultiplyAdd(d, TSixteen.Load(x1 + i), a1);
                a2 = TSixteen.MultiplyAdd(d, TSixteen.Load(x2 + i), a2);
                a3 = TSixteen.MultiplyAdd(d, TSixteen.Load(x3 + i), a3);
                a4 = TSixteen.MultiplyAdd(d, TSixteen.Load(x4 + i), a4);
            }
        }

        TSixteen.Store(a0, sums + 0);
        TSixteen.Store(a1, sums + 16);
        TSixteen.Store(a2, sums + 32);
        if (taps == 5)
        {
            TSixteen.Store(a3, sums + 48);
            TSixteen.Store(a4, sums + 64);
        }
    }

    // Eighth with eighth, then fours, twos, one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Tree(float* sums)
    {
        for (var half = Sixteen / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
            {
                sums[i] += sums[i + half];
            }
        }

        return sums[0];
    }

    // Pixels of the result, one after another in memory, and where a row of taps lies for the first of them, in the image's first channel: as many pixels as have
    // all taps inside the image, else one. Inside: all bits, or none where the tap reads zeros in every channel.
    private struct Stretch
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

    private readonly struct Stretches(Stretch* first, int count)
    {
        internal Stretch* First { get; } = first;

        internal int Count { get; } = count;
    }

    // So many neighbouring pixels of a row of the result at a time.
    private sealed class Chunks
    {
        private readonly Convolution _shape;
        private readonly float* _image;
        private readonly int _pixels;
        private readonly Stretch* _stretches;
        private readonly int[] _counts;

        internal Chunks(Convolution shape, float* image, int pixels, int rows, NativeFloats memory)
        {
            (_shape, _pixels) = (shape, pixels);
            _image = image;
            _counts = new int[rows * ((shape.OutputWidth + pixels - 1) / pixels) * shape.Kernel];
            _stretches = (Stretch*)memory.Take((nint)_counts.Length * pixels * sizeof(Stretch) / sizeof(float));
        }

        internal int Count { get; private set; }

        internal Stretches Of(int chunk, int tapRow) => new(_stretches + (((chunk * _shape.Kernel) + tapRow) * _pixels), _counts[(chunk * _shape.Kernel) + tapRow]);

        internal void List(int y, int end)
        {
            Count = 0;
            for (; y < end; y++)
            {
                for (var x = 0; x < _shape.OutputWidth; x += _pixels, Count++)
                {
                    for (var tapRow = 0; tapRow < _shape.Kernel; tapRow++)
                    {
                        var place = (Count * _shape.Kernel) + tapRow;
                        _counts[place] = List(y, x, Math.Min(_shape.OutputWidth, x + _pixels), tapRow, _stretches + (place * _pixels));
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int List(int outputY, int outputX, int end, int tapRow, Stretch* to)
        {
            var (y, count) = ((outputY * _shape.Stride) + tapRow - _shape.Padding, 0);
            for (int pixels; (uint)y < (uint)_shape.Height && outputX < end; outputX += pixels, to++, count++)
            {
                var x = (outputX * _shape.Stride) - _shape.Padding;
                pixels = _shape.Stride == 1 && x >= 0 ? Math.Max(1, Math.Min(end, _shape.Width - _shape.Padding) - outputX) : 1;
                to->Pixel = ((outputY * _shape.OutputWidth) + outputX) * (nint)_shape.Points;
                to->Length = pixels * (nint)_shape.Points;
                to->Tap0 = _shape.At(_image, y, x);
                to->Inside0 = Inside(x);
                to->Tap1 = _shape.At(_image, y, x + 1);
                to->Inside1 = Inside(x + 1);
                to->Tap2 = _shape.At(_image, y, x + 2);
                to->Inside2 = Inside(x + 2);
                to->Tap3 = _shape.At(_image, y, x + 3);
                to->Inside3 = Inside(x + 3);
                to->Tap4 = _shape.At(_image, y, x + 4);
                to->Inside4 = Inside(x + 4);
            }

            return count;

            nint Inside(int tap) => (uint)tap < (uint)_shape.Width ? -1 : 0;
        }
    }
}
