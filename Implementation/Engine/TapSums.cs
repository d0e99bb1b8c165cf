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
    /// <summary>gradient[o, c, tap] = Σ δ[o, pixel, point] · image[c, pixel + tap, point].</summary>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="delta">δ, [outputs, height, width, points] of the result.</param>
    /// <param name="image">[inputs, height, width, points].</param>
    /// <param name="gradient">[outputs, inputs, k, k].</param>
    internal static void Run(Convolution shape, float* delta, float* image, float* gradient)
    {
        var output = 0;
        var row = (nint)shape.Inputs * shape.Kernel * shape.Kernel;
        var together = !Vector512.IsHardwareAccelerated ? 0 : shape.Kernel == 5 ? 3 : 4;
        for (; together > 0 && output + together <= shape.Outputs; output += together)
        {
            var d = delta + (output * shape.OutputChannel);
            var g = gradient + (output * row);
            if (together == 3)
            {
                ThreeByFive(shape, d, image, g);
            }
            else
            {
                FourByThree(shape, d, image, g);
            }
        }

        for (; output < shape.Outputs; output++)
        {
            var d = delta + (output * shape.OutputChannel);
            var g = gradient + (output * row);
            if (Vector512.IsHardwareAccelerated)
            {
                OneOutput<SixteenInOne>(shape, d, image, g);
            }
            else
            {
                OneOutput<SixteenInTwo>(shape, d, image, g);
            }
        }
    }

    /// <summary>Σ δ over pixels and points, of each channel, in the same order.</summary>
    /// <param name="delta">δ, channels by pixels by points.</param>
    /// <param name="gradient">One a channel.</param>
    /// <param name="outputs">How many channels.</param>
    /// <param name="channel">From one to the next.</param>
    internal static void Plain(float* delta, float* gradient, int outputs, nint channel)
    {
        var sums = stackalloc float[16];
        for (var output = 0; output < outputs; output++, delta += channel)
        {
            var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
            for (nint i = 0; i < channel; i += 16)
            {
                low += Vector256.Load(delta + i);
                high += Vector256.Load(delta + i + 8);
            }

            low.Store(sums);
            high.Store(sums + 8);
            gradient[output] = Tree(sums);
        }
    }

    // Fifteen sums of sixteen: three outputs, the five taps of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ThreeByFive(Convolution shape, float* delta, float* image, float* gradient)
    {
        const int taps = 5;
        var sums = stackalloc float[3 * taps * 16];
        for (var row = 0; row < shape.Inputs * taps; row++)
        {
            Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
            Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default;
            Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default;
            for (var y = 0; y < shape.OutputHeight; y++)
            {
                var stretch = new Stretch(shape, image, row, y);
                for (var x = 0; stretch.IsInside && x < shape.OutputWidth; x += stretch.Pixels)
                {
                    stretch.Begin(x);
                    var d0 = delta + (((y * shape.OutputWidth) + x) * (nint)shape.Points);
                    var d1 = d0 + shape.OutputChannel;
                    var d2 = d1 + shape.OutputChannel;
                    var x0 = stretch.At(x, 0);
                    var x1 = stretch.At(x, 1);
                    var x2 = stretch.At(x, 2);
                    var x3 = stretch.At(x, 3);
                    var x4 = stretch.At(x, 4);
                    for (nint i = 0; i < stretch.Length; i += 16)
                    {
                        var (d, e, f) = (Vector512.Load(d0 + i), Vector512.Load(d1 + i), Vector512.Load(d2 + i));
                        var pixel = Vector512.Load(x0 + i);
                        a0 = Vector512.FusedMultiplyAdd(d, pixel, a0);
                        b0 = Vector512.FusedMultiplyAdd(e, pixel, b0);
                        c0 = Vector512.FusedMultiplyAdd(f, pixel, c0);
                        pixel = Vector512.Load(x1 + i);
                        a1 = Vector512.FusedMultiplyAdd(d, pixel, a1);
                        b1 = Vector512.FusedMultiplyAdd(e, pixel, b1);
                        c1 = Vector512.FusedMultiplyAdd(f, pixel, c1);
                        pixel = Vector512.Load(x2 + i);
                        a2 = Vector512.FusedMultiplyAdd(d, pixel, a2);
                        b2 = Vector512.FusedMultiplyAdd(e, pixel, b2);
                        c2 = Vector512.FusedMultiplyAdd(f, pixel, c2);
                        pixel = Vector512.Load(x3 + i);
                        a3 = Vector512.FusedMultiplyAdd(d, pixel, a3);
                        b3 = Vector512.FusedMultiplyAdd(e, pixel, b3);
                        c3 = Vector512.FusedMultiplyAdd(f, pixel, c3);
                        pixel = Vector512.Load(x4 + i);
                        a4 = Vector512.FusedMultiplyAdd(d, pixel, a4);
                        b4 = Vector512.FusedMultiplyAdd(e, pixel, b4);
                        c4 = Vector512.FusedMultiplyAdd(f, pixel, c4);
                    }
                }
            }

            // Into memory at once: what lives on past a call would not stay in a register.
            a0.Store(sums + 0);
            a1.Store(sums + 16);
            a2.Store(sums + 32);
            a3.Store(sums + 48);
            a4.Store(sums + 64);
            b0.Store(sums + 80);
            b1.Store(sums + 96);
            b2.Store(sums + 112);
            b3.Store(sums + 128);
            b4.Store(sums + 144);
            c0.Store(sums + 160);
            c1.Store(sums + 176);
            c2.Store(sums + 192);
            c3.Store(sums + 208);
            c4.Store(sums + 224);
            Trees(sums, gradient + (row * taps), taps, 3, shape.Inputs * taps * taps);
        }
    }

    // Twelve sums of sixteen: four outputs, the three taps of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByThree(Convolution shape, float* delta, float* image, float* gradient)
    {
        const int taps = 3;
        var sums = stackalloc float[4 * taps * 16];
        for (var row = 0; row < shape.Inputs * taps; row++)
        {
            Vector512<float> a0 = default, a1 = default, a2 = default;
            Vector512<float> b0 = default, b1 = default, b2 = default;
            Vector512<float> c0 = default, c1 = default, c2 = default;
            Vector512<float> h0 = default, h1 = default, h2 = default;
            for (var y = 0; y < shape.OutputHeight; y++)
            {
                var stretch = new Stretch(shape, image, row, y);
                for (var x = 0; stretch.IsInside && x < shape.OutputWidth; x += stretch.Pixels)
                {
                    stretch.Begin(x);
                    var d0 = delta + (((y * shape.OutputWidth) + x) * (nint)shape.Points);
                    var d1 = d0 + shape.OutputChannel;
                    var d2 = d1 + shape.OutputChannel;
                    var d3 = d2 + shape.OutputChannel;
                    var x0 = stretch.At(x, 0);
                    var x1 = stretch.At(x, 1);
                    var x2 = stretch.At(x, 2);
                    for (nint i = 0; i < stretch.Length; i += 16)
                    {
                        var (d, e, f, g) = (Vector512.Load(d0 + i), Vector512.Load(d1 + i), Vector512.Load(d2 + i), Vector512.Load(d3 + i));
                        var pixel = Vector512.Load(x0 + i);
                        a0 = Vector512.FusedMultiplyAdd(d, pixel, a0);
                        b0 = Vector512.FusedMultiplyAdd(e, pixel, b0);
                        c0 = Vector512.FusedMultiplyAdd(f, pixel, c0);
                        h0 = Vector512.FusedMultiplyAdd(g, pixel, h0);
                        pixel = Vector512.Load(x1 + i);
                        a1 = Vector512.FusedMultiplyAdd(d, pixel, a1);
                        b1 = Vector512.FusedMultiplyAdd(e, pixel, b1);
                        c1 = Vector512.FusedMultiplyAdd(f, pixel, c1);
                        h1 = Vector512.FusedMultiplyAdd(g, pixel, h1);
                        pixel = Vector512.Load(x2 + i);
                        a2 = Vector512.FusedMultiplyAdd(d, pixel, a2);
                        b2 = Vector512.FusedMultiplyAdd(e, pixel, b2);
                        c2 = Vector512.FusedMultiplyAdd(f, pixel, c2);
                        h2 = Vector512.FusedMultiplyAdd(g, pixel, h2);
                    }
                }
            }

            // Into memory at once: what lives on past a call would not stay in a register.
            a0.Store(sums + 0);
            a1.Store(sums + 16);
            a2.Store(sums + 32);
            b0.Store(sums + 48);
            b1.Store(sums + 64);
            b2.Store(sums + 80);
            c0.Store(sums + 96);
            c1.Store(sums + 112);
            c2.Store(sums + 128);
            h0.Store(sums + 144);
            h1.Store(sums + 160);
            h2.Store(sums + 176);
            Trees(sums, gradient + (row * taps), taps, 4, shape.Inputs * taps * taps);
        }
    }

    // One output, a row of three taps or five.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneOutput<TSixteen>(Convolution shape, float* delta, float* image, float* gradient)
        where TSixteen : struct, ISixteen<TSixteen>
    {
        var taps = shape.Kernel;
        var sums = stackalloc float[5 * 16];
        for (var row = 0; row < shape.Inputs * taps; row++)
        {
            TSixteen a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
            for (var y = 0; y < shape.OutputHeight; y++)
            {
                var stretch = new Stretch(shape, image, row, y);
                for (var x = 0; stretch.IsInside && x < shape.OutputWidth; x += stretch.Pixels)
                {
                    stretch.Begin(x);
                    var d0 = delta + (((y * shape.OutputWidth) + x) * (nint)shape.Points);
                    var x0 = stretch.At(x, 0);
                    var x1 = stretch.At(x, 1);
                    var x2 = stretch.At(x, 2);
                    if (taps == 3)
                    {
                        for (nint i = 0; i < stretch.Length; i += 16)
                        {
                            var d = TSixteen.Load(d0 + i);
                            a0 = TSixteen.MultiplyAdd(d, TSixteen.Load(x0 + i), a0);
                            a1 = TSixteen.MultiplyAdd(d, TSixteen.Load(x1 + i), a1);
                            a2 = TSixteen.MultiplyAdd(d, TSixteen.Load(x2 + i), a2);
                        }

                        continue;
                    }

                    var x3 = stretch.At(x, 3);
                    var x4 = stretch.At(x, 4);
                    for (nint i = 0; i < stretch.Length; i += 16)
                    {
                        var d = TSixteen.Load(d0 + i);
                        a0 = TSixteen.MultiplyAdd(d, TSixteen.Load(x0 + i), a0);
                        a1 = TSixteen.MultiplyAdd(d, TSixteen.Load(x1 + i), a1);
                        a2 = TSixteen.MultiplyAdd(d, TSixteen.Load(x2 + i), a2);
                        a3 = TSixteen.MultiplyAdd(d, TSixteen.Load(x3 + i), a3);
                        a4 = TSixteen.MultiplyAdd(d, TSixteen.Load(x4 + i), a4);
                    }
                }
            }

            TSixteen.Store(a0, sums + 0);
            TSixteen.Store(a1, sums + 16);
            TSixteen.Store(a2, sums + 32);
            TSixteen.Store(a3, sums + 48);
            TSixteen.Store(a4, sums + 64);
            Trees(sums, gradient + (row * taps), taps, 1, 0);
        }
    }

    // Outputs by taps by sixteen become gradients, from one output to the next.
    private static void Trees(float* sums, float* gradient, int taps, int outputs, nint step)
    {
        for (var output = 0; output < outputs; output++)
        {
            for (var tap = 0; tap < taps; tap++, sums += 16)
            {
                gradient[(output * step) + tap] = Tree(sums);
            }
        }
    }

    // Eighth with eighth, then fours, twos, one.
    private static float Tree(float* sums)
    {
        for (var half = 8; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
            {
                sums[i] += sums[i + half];
            }
        }

        return sums[0];
    }

    // The pixels of a row of the result: as many at once as have all taps inside the image, one after another in memory; else one.
    private struct Stretch
    {
        private readonly Convolution _shape;
        private readonly float* _channel;
        private readonly int _y;

        // row: of taps, counted through all channels.
        internal Stretch(Convolution shape, float* image, int row, int y)
        {
            _shape = shape;
            _channel = image + (row / shape.Kernel * shape.Channel);
            _y = (y * shape.Stride) + (row % shape.Kernel) - shape.Padding;
        }

        internal readonly bool IsInside => (uint)_y < (uint)_shape.Height;

        internal int Pixels { get; private set; }

        internal readonly nint Length => Pixels * (nint)_shape.Points;

        internal void Begin(int x)
        {
            var end = _shape.Width - _shape.Padding;
            Pixels = _shape.Stride == 1 && x >= _shape.Padding && x < end ? end - x : 1;
        }

        internal readonly float* At(int x, int tap) => _shape.At(_channel, _y, (x * _shape.Stride) + tap - _shape.Padding);
    }
}
