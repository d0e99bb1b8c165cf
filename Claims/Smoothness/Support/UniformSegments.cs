using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>
/// PL0 and PL1 of Definitions 6 and 7 in one dimension, exactly: the mean of |V(y) − V(x)| over independent x, y, uniform on the interval,
/// where V is the variation from its left end. Between knots V is affine for f and constant for f′, so the double integral is a sum over
/// pairs of pieces.
/// </summary>
internal static class UniformSegments
{
    /// <summary>PL0 of f.</summary>
    internal static readonly UnderTest<Func<PiecewiseLinear, Rational>> OfFunction = new(
        f => Mean(f, [.. f.Slopes.Select(Rational.Abs)], [.. f.Slopes.Select(_ => (Rational)0)]),
        ("random-segments-replaced-by-the-whole", f => f.Variation),
        ("random-segments-in-one-order", f => Mean(f, [.. f.Slopes.Select(Rational.Abs)], [.. f.Slopes.Select(_ => (Rational)0)]) / 2));

    /// <summary>PL1 of f.</summary>
    internal static readonly UnderTest<Func<PiecewiseLinear, Rational>> OfDerivative = new(
        f => Mean(f, [.. f.Slopes.Select(_ => (Rational)0)], Jumps(f)),
        ("random-segments-of-the-derivative-replaced-by-the-whole", f => f.DerivativeVariation),
        ("random-segments-weighted-by-length", f =>
            Mean(f, [.. f.Slopes.Select(_ => (Rational)0)], Jumps(f)) * (f.Knots[^1] - f.Knots[0])));

    // |change of slope| at the left end of every piece.
    private static Rational[] Jumps(PiecewiseLinear f) =>
        [.. f.Slopes.Select((slope, i) => i == 0 ? 0 : Rational.Abs(slope - f.Slopes[i - 1]))];

    private static Rational Mean(PiecewiseLinear f, Rational[] speeds, Rational[] jumps)
    {
        var whole = f.Knots[^1] - f.Knots[0];
        var (lengths, centres) = (new Rational[speeds.Length], new Rational[speeds.Length]);
        Rational passed = 0, mean = 0;
        for (var i = 0; i < speeds.Length; i++)
        {
            lengths[i] = f.Knots[i + 1] - f.Knots[i];
            passed += jumps[i];
            centres[i] = passed + (speeds[i] * lengths[i] / 2);
            passed += speeds[i] * lengths[i];

            // Two points of one piece are a third of its length apart on average; points of two pieces as far as the means of V on them.
            mean += speeds[i] * lengths[i] * lengths[i] * lengths[i] / 3;
            for (var j = 0; j < i; j++)
            {
                mean += 2 * (centres[i] - centres[j]) * lengths[i] * lengths[j];
            }
        }

        return mean / (whole * whole);
    }
}
