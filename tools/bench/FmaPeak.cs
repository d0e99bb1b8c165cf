using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Bench;

/// <summary>The peak performance in float32: independent fused multiply-adds on the widest vectors that the processor has.</summary>
internal static class FmaPeak
{
    private const int Chains = 12;
    private const int Turns = 2_000_000;
    private const int Tries = 5;

    /// <summary>Operations per second of all cores at once: the maximum of several tries, since disturbances only lower it.</summary>
    internal static double Measure(int cores) => Enumerable.Range(0, Tries).Max(_ => Once(cores));

    private static double Once(int cores)
    {
        var isWide = Vector512.IsHardwareAccelerated;
        var lanes = isWide ? Vector512<float>.Count : Vector256<float>.Count;
        void Work(int core) => GC.KeepAlive(isWide ? On512(Turns, 0.5f) : On256(Turns, 0.5f));
        var seconds = Timing.Seconds(() => Timing.OnEachCore(cores, Work));
        return cores * 2.0 * Chains * Turns * lanes / seconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float On512(int turns, float value)
    {
        var x = Vector512.Create(value);
        var (a, b, c, d, e, f) = (x, x, x, x, x, x);
        var (g, h, i, j, k, l) = (x, x, x, x, x, x);
        for (var turn = 0; turn < turns; turn++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, x);
            b = Vector512.FusedMultiplyAdd(b, x, x);
            c = Vector512.FusedMultiplyAdd(c, x, x);
            d = Vector512.FusedMultiplyAdd(d, x, x);
            e = Vector512.FusedMultiplyAdd(e, x, x);
            f = Vector512.FusedMultiplyAdd(f, x, x);
            g = Vector512.FusedMultiplyAdd(g, x, x);
            h = Vector512.FusedMultiplyAdd(h, x, x);
            i = Vector512.FusedMultiplyAdd(i, x, x);
            j = Vector512.FusedMultiplyAdd(j, x, x);
            k = Vector512.FusedMultiplyAdd(k, x, x);
            l = Vector512.FusedMultiplyAdd(l, x, x);
        }

        return (a + b + c + d + e + f + g + h + i + j + k + l)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float On256(int turns, float value)
    {
        var x = Vector256.Create(value);
        var (a, b, c, d, e, f) = (x, x, x, x, x, x);
        var (g, h, i, j, k, l) = (x, x, x, x, x, x);
        for (var turn = 0; turn < turns; turn++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, x);
            b = Vector256.FusedMultiplyAdd(b, x, x);
            c = Vector256.FusedMultiplyAdd(c, x, x);
            d = Vector256.FusedMultiplyAdd(d, x, x);
            e = Vector256.FusedMultiplyAdd(e, x, x);
            f = Vector256.FusedMultiplyAdd(f, x, x);
            g = Vector256.FusedMultiplyAdd(g, x, x);
            h = Vector256.FusedMultiplyAdd(h, x, x);
            i = Vector256.FusedMultiplyAdd(i, x, x);
            j = Vector256.FusedMultiplyAdd(j, x, x);
            k = Vector256.FusedMultiplyAdd(k, x, x);
            l = Vector256.FusedMultiplyAdd(l, x, x);
        }

        return (a + b + c + d + e + f + g + h + i + j + k + l)[0];
    }
}
