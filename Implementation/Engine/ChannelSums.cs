using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Engine;

/// <summary>
/// Sums over the numbers of a channel, in an order that is the same on every processor: sixteen partial sums in float32 over a block, added
/// up by a fixed tree, and the sum of the blocks in float64.
/// </summary>
internal static unsafe class ChannelSums
{
    private const int Block = 4096;
    private const int Lanes = 16;

    /// <summary>Σ (x − centre).</summary>
    internal static double Deviations(float* x, nint count, float centre) => Over(new Deviation(x, centre), count);

    /// <summary>Σ (x − centre)².</summary>
    internal static double Squares(float* x, nint count, float centre) => Over(new Square(x, centre), count);

    /// <summary>Σ δ and Σ δ (x − centre) over the entries with y > 0.</summary>
    internal static (double Sum, double Product) Active(float* delta, float* y, float* x, nint count, float centre)
    {
        // Block by block, so that the second sum reads what the first has brought into the cache.
        var (sum, product) = (0.0, 0.0);
        for (nint start = 0; start < count; start += Block)
        {
            var here = Math.Min(Block, count - start);
            sum += Over(new ActiveDelta(delta + start, y + start), here);
            product += Over(new ActiveProduct(delta + start, y + start, x + start, centre), here);
        }

        return (sum, product);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Over<TTerm>(TTerm term, nint count)
        where TTerm : struct, ITerm
    {
        var sums = stackalloc float[Lanes];
        var total = 0.0;
        for (nint start = 0; start < count; start += Block)
        {
            var end = Math.Min(count, start + Block);
            var whole = start + ((end - start) / Lanes * Lanes);
            var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
            for (var i = start; i < whole; i += Lanes)
            {
                low += term.Eight(i);
                high += term.Eight(i + 8);
            }

            low.Store(sums);
            high.Store(sums + 8);
            for (var i = whole; i < end; i++)
            {
                sums[i - whole] += term.One(i);
            }

            for (var half = Lanes / 2; half > 0; half /= 2)
            {
                for (var i = 0; i < half; i++)
                {
                    sums[i] += sums[i + half];
                }
            }

            total += sums[0];
        }

        return total;
    }

    private interface ITerm
    {
        Vector256<float> Eight(nint place);

        float One(nint place);
    }

    private readonly struct Deviation(float* x, float centre) : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Eight(nint place) => Vector256.Load(x + place) - Vector256.Create(centre);

        public float One(nint place) => x[place] - centre;
    }

    private readonly struct Square(float* x, float centre) : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Eight(nint place)
        {
            var deviation = Vector256.Load(x + place) - Vector256.Create(centre);
            return deviation * deviation;
        }

        public float One(nint place) => (x[place] - centre) * (x[place] - centre);
    }

    private readonly struct ActiveDelta(float* delta, float* y) : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Eight(nint place) => WhereActive(y, place, Vector256.Load(delta + place));

        public float One(nint place) => y[place] > 0 ? delta[place] : 0;
    }

    private readonly struct ActiveProduct(float* delta, float* y, float* x, float centre) : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Eight(nint place) =>
            WhereActive(y, place, Vector256.Load(delta + place) * (Vector256.Load(x + place) - Vector256.Create(centre)));

        public float One(nint place) => y[place] > 0 ? delta[place] * (x[place] - centre) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WhereActive(float* y, nint place, Vector256<float> numbers)
    {
        var isActive = Vector256.GreaterThan(Vector256.Load(y + place), Vector256<float>.Zero);
        return Vector256.ConditionalSelect(isActive, numbers, Vector256<float>.Zero);
    }
}
