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
/// The gradient of a 5 × 5 convolution by its kernels: sums over pixels and points. Sixteen sums run beside one another, each over every sixteenth point of one pixel
/// after the other, and are added up by a fixed tree.
/// </summary>
internal static unsafe class TapSums
{
    private const int Kernel = 5;

    /// <summary>gradient[o, c, y, x] = Σ δ[o, pixel, point] · image[c, pixel + (y, x), point].</summary>
    /// <param name="delta">δ, channels by pixels by points, at the first pixel inside the border.</param>
    /// <param name="image">What the convolution was given, at the first pixel of the border.</param>
    /// <param name="gradient">[outputs, inputs, 5, 5].</param>
    /// <param name="outputs">Channels of δ.</param>
    /// <param name="inputs">Channels of the image.</param>
    /// <param name="plane">Of pixels, both without and with their border.</param>
    internal static void Run(float* delta, float* image, float* gradient, int outputs, int inputs, Plane plane)
    {
        var output = 0;
        var (deltaChannel, row) = (plane.Channel, (nint)inputs * Kernel * Kernel);
        if (Vector512.IsHardwareAccelerated)
        {
            for (; output + 3 <= outputs; output += 3)
            {
                ThreeOutputs(delta + (output * deltaChannel), image, gradient + (output * row), inputs, plane);
            }
        }

        for (; output < outputs; output++)
        {
            if (Vector512.IsHardwareAccelerated)
            {
                OneOutput<SixteenInOne>(delta + (output * deltaChannel), image, gradient + (output * row), inputs, plane);
            }
            else
            {
                OneOutput<SixteenInTwo>(delta + (output * deltaChannel), image, gradient + (output * row), inputs, plane);
            }
        }
    }

    /// <summary>Σ δ over pixels and points, of each channel, in the same order.</summary>
    /// <inheritdoc cref="Run"/>
    internal static void Plain(float* delta, float* gradient, int outputs, Plane plane)
    {
        var sums = stackalloc float[16];
        for (var output = 0; output < outputs; output++)
        {
            var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
            for (var y = 0; y < plane.Height; y++)
            {
                var d = delta + (output * plane.Channel) + (y * plane.Row);
                for (nint i = 0; i < (nint)plane.Width * plane.Points; i += 16)
                {
                    low += Vector256.Load(d + i);
                    high += Vector256.Load(d + i + 8);
                }
            }

            low.Store(sums);
            high.Store(sums + 8);
            gradient[output] = Tree(sums);
        }
    }

    // Fifteen sums of sixteen: three outputs, the five taps of a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ThreeOutputs(float* delta, float* image, float* gradient, int inputs, Plane plane)
    {
        var sums = stackalloc float[3 * Kernel * 16];
        for (var input = 0; input < inputs; input++)
        {
            for (var tap = 0; tap < Kernel; tap++)
            {
                Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
                Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default;
                Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default;
                for (var y = 0; y < plane.Height; y++)
                {
                    var d0 = delta + (y * plane.Row);
                    var d1 = d0 + plane.Channel;
                    var d2 = d1 + plane.Channel;
                    var x0 = image + (input * plane.Channel) + ((y + tap) * plane.Row);
                    var x1 = x0 + plane.Points;
                    var x2 = x1 + plane.Points;
                    var x3 = x2 + plane.Points;
                    var x4 = x3 + plane.Points;
                    var end = (nint)plane.Width * plane.Points;
                    for (nint i = 0; i < end; i += 16)
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
                for (var output = 0; output < 3; output++)
                {
                    Trees(sums + (output * Kernel * 16), gradient + (((((output * inputs) + input) * Kernel) + tap) * Kernel));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneOutput<TSixteen>(float* delta, float* image, float* gradient, int inputs, Plane plane)
        where TSixteen : struct, ISixteen<TSixteen>
    {
        var sums = stackalloc float[Kernel * 16];
        for (var input = 0; input < inputs; input++)
        {
            for (var tap = 0; tap < Kernel; tap++)
            {
                TSixteen a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
                for (var y = 0; y < plane.Height; y++)
                {
                    var d0 = delta + (y * plane.Row);
                    var x0 = image + (input * plane.Channel) + ((y + tap) * plane.Row);
                    var x1 = x0 + plane.Points;
                    var x2 = x1 + plane.Points;
                    var x3 = x2 + plane.Points;
                    var x4 = x3 + plane.Points;
                    var end = (nint)plane.Width * plane.Points;
                    for (nint i = 0; i < end; i += 16)
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
                TSixteen.Store(a3, sums + 48);
                TSixteen.Store(a4, sums + 64);
                Trees(sums, gradient + (((input * Kernel) + tap) * Kernel));
            }
        }
    }

    private static void Trees(float* sums, float* gradient)
    {
        for (var tap = 0; tap < Kernel; tap++)
        {
            gradient[tap] = Tree(sums + (tap * 16));
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
}
