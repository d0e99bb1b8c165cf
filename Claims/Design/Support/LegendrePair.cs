using System.Numerics;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Design.Support;

/// <summary>
/// A strictly convex differentiable function Φ and its convex conjugate Ψ(θ) = sup ⟨θ, μ⟩ − Φ(μ), each with its gradient. In the
/// language of exponential families Ψ is the cumulant, θ the natural and μ the mean parameter.
/// </summary>
/// <param name="Name">For messages.</param>
/// <param name="Potential">Φ.</param>
/// <param name="ToNatural">∇Φ.</param>
/// <param name="Cumulant">Ψ.</param>
/// <param name="ToMean">∇Ψ.</param>
internal sealed record LegendrePair<T>(
    string Name, Func<T[], T> Potential, Func<T[], T[]> ToNatural, Func<T[], T> Cumulant, Func<T[], T[]> ToMean)
    where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
{
    /// <summary>The pair seen from the other side: Ψ with its conjugate Φ.</summary>
    internal LegendrePair<T> Conjugate => new($"conjugate of {Name}", Cumulant, ToMean, Potential, ToNatural);

    /// <summary>d_Φ(z, y) = Φ(z) − Φ(y) − ⟨z − y, ∇Φ(y)⟩, equation 21 of the design paper.</summary>
    internal T Divergence(T[] first, T[] second) => Potential(first) - Potential(second) - Dot(Minus(first, second), ToNatural(second));

    /// <summary>⟨t, θ⟩ − Ψ(θ): the log-density at the statistic t with respect to the base measure.</summary>
    internal T LogDensity(T[] statistic, T[] natural) => Dot(statistic, natural) - Cumulant(natural);
}

/// <summary>Pairs whose every value is a fraction.</summary>
internal static class ExactPairs
{
    /// <summary>Φ = Ψ = ½⟨x, x⟩, the square loss and the normal distribution of variance 1: its own conjugate.</summary>
    internal static LegendrePair<Rational> Square { get; } =
        new("½⟨x, x⟩", x => Dot(x, x) / 2, x => x, x => Dot(x, x) / 2, x => x);

    /// <summary>Φ(x) = ¼ Σ x_i⁴ with Ψ(θ) = ¾ Σ θ_i^(4/3), exact where every θ_i is the cube of a fraction.</summary>
    internal static LegendrePair<Rational> Quartic { get; } = new(
        "¼ Σ x⁴",
        x => Rational.Sum(x.Select(value => Power(value, 4))) / 4,
        x => [.. x.Select(value => Power(value, 3))],
        natural => 3 * Rational.Sum(natural.Select(value => Power(CubeRoot(value), 4))) / 4,
        natural => [.. natural.Select(CubeRoot)]);

    private static Rational CubeRoot(Rational value) => new(CubeRoot(value.Numerator), CubeRoot(value.Denominator));

    private static BigInteger CubeRoot(BigInteger value)
    {
        var root = (BigInteger)Math.Round(Math.Cbrt((double)value));
        return BigInteger.Pow(root, 3) == value ? root : throw new ArgumentOutOfRangeException(nameof(value), value, "no cube");
    }
}
