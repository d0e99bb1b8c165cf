namespace Reproduce.Randomness;

/// <summary>
/// The natural logarithm by correctly rounded operations of IEEE 754 alone, so that its bits are the same on every processor; C libraries
/// differ in the last bit.
/// </summary>
public static class Logarithm
{
    private const double OfTwo = 0.693147180559945309;

    /// <summary>ln x to a few units in the last place: x = m 2^e, ln m = 2 artanh((m − 1)/(m + 1)).</summary>
    /// <param name="x">Positive and normal; NaN and infinity are returned as they are.</param>
    public static double Of(double x)
    {
        if (!double.IsFinite(x))
        {
            return x;
        }

        var e = Math.ILogB(x);
        var m = Math.ScaleB(x, -e);
        if (m > 1.5)
        {
            (m, e) = (m / 2, e + 1);
        }

        // |s| ≤ 1/5: the series falls below 2⁻⁵³ after twelve terms.
        var s = (m - 1) / (m + 1);
        var square = s * s;
        var sum = 0.0;
        for (var term = 23; term >= 1; term -= 2)
        {
            sum = Math.FusedMultiplyAdd(sum, square, 1.0 / term);
        }

        return Math.FusedMultiplyAdd(e, OfTwo, 2 * s * sum);
    }
}
