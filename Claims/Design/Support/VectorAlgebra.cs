using System.Numerics;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Design.Support;

/// <summary>Powers, forms and texts of vectors.</summary>
internal static class VectorAlgebra
{
    /// <summary>aⁿ for whole n, of either sign; 0⁰ = 1.</summary>
    internal static Rational Power(Rational value, int exponent) =>
        exponent < 0
            ? 1 / Power(value, -exponent)
            : new(BigInteger.Pow(value.Numerator, exponent), BigInteger.Pow(value.Denominator, exponent));

    /// <summary>uᵀMv.</summary>
    internal static T Form<T>(T[] left, T[,] matrix, T[] right)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T> =>
            Arrays.Dot(left, Arrays.Multiply(matrix, right));

    /// <summary>For messages.</summary>
    internal static string Text<T>(IEnumerable<T> entries)
        where T : IFormattable => $"({string.Join(", ", entries.Select(entry => entry.ToString("G17", null)))})";

    /// <inheritdoc cref="Text{T}(IEnumerable{T})"/>
    internal static string Text(IEnumerable<Rational> entries) => $"({string.Join(", ", entries)})";
}
