using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using Reproduce.Lines;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>How far the library's variations along a line may be from those in fractions.</summary>
internal static class Resolution
{
    /// <summary>What is allowed, in words.</summary>
    internal const string Reason = "2⁻⁴⁰ of 1 plus the sum of |w2|(|w1|·|x| + |b1| + |w1|), far above the rounding of 15 units";

    /// <summary>That of a network with one input on an interval.</summary>
    internal static double Of(OneInputNetwork network, Rational from, Rational to)
    {
        var sizes = network.Units.Select(one => Rational.Abs(one.Outer) * (Rational.Abs(one.Inner) + Rational.Abs(one.Bias)));
        var reach = 1 + Math.Abs(from.ToDouble()) + Math.Abs(to.ToDouble());
        return LineDecomposition.Resolution * (1 + sizes.Sum(one => one.ToDouble() * reach));
    }
}
