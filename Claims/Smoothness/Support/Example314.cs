using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>The function of equation 3.14.</summary>
internal static class Example314
{
    /// <summary>The data that it interpolates.</summary>
    internal static (Rational X, Rational Y)[] Data { get; } = [(-2, 1), (-1, 0), (1, 0), (2, 1)];

    /// <summary>f(x).</summary>
    internal static Rational Value(Rational x) => Rational.Abs(x) >= 1 ? Rational.Abs(x) - 1 : ((x * x) - 1) / 2;

    /// <summary>f′(x).</summary>
    internal static Rational Slope(Rational x) => Rational.Abs(x) < 1 ? x : x > 0 ? 1 : -1;
}
