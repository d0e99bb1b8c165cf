using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Engine;

/// <summary>
/// The exponential by correctly rounded operations of IEEE 754 alone, so that its bits are the same on every processor; C libraries differ
/// in the last bit.
/// </summary>
internal static class Exponential
{
    /// <summary>
    /// e^x for x ≤ 0, to 2 units in the last place; 0 below −60, so that products with it stay clear of subnormal numbers, on which
    /// processors are slow. x = n ln 2 + r with |r| ≤ ln 2 / 2, e^r by the minimax polynomial of the Cephes library, 2^n by the exponent's
    /// bits.
    /// </summary>
    /// <param name="x">At most 0, or NaN.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Of(Vector256<float> x)
    {
        var isTiny = Vector256.LessThan(x, Vector256.Create(-60f));
        var bounded = Vector256.ConditionalSelect(isTiny, Vector256<float>.Zero, x);
        var n = Vector256.Round(bounded * Vector256.Create(1.44269504f));

        // ln 2 in two parts, the first with so few bits that its product with n is exact.
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-0.693359375f), bounded);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(2.12194440e-4f), r);
        var p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(5.0000001201e-1f));
        p = Vector256.FusedMultiplyAdd(p, r * r, r + Vector256<float>.One);
        var power = Vector256.ShiftLeft(Vector256.ConvertToInt32(n) + Vector256.Create(127), 23).AsSingle();

        // NaN stays, whatever the conversion made of it.
        var value = Vector256.ConditionalSelect(Vector256.Equals(x, x), p * power, x);
        return Vector256.ConditionalSelect(isTiny, Vector256<float>.Zero, value);
    }
}
