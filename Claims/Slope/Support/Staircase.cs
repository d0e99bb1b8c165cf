using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Slope.Support;

/// <summary>Cantor's staircase: continuous, flat outside a set of length zero, from 0 at 0 to 1 at 1.</summary>
internal static class Staircase
{
    /// <summary>Its value up to some ternary digits: exact on the steps that these reach, otherwise too low by at most 2^−digits.</summary>
    internal static Rational At(Rational x, int digits)
    {
        if (x >= 1)
        {
            return 1;
        }

        if (digits == 0 || x <= 0)
        {
            return 0;
        }

        return x < new Rational(1, 3) ? At(3 * x, digits - 1) / 2
            : x <= new Rational(2, 3) ? new Rational(1, 2)
            : (At((3 * x) - 2, digits - 1) + 1) / 2;
    }
}
