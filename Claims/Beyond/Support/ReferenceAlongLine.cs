using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Beyond.Support;

/// <summary>The same in exact fractions, from <see cref="ExactLine"/>: what the library is held against.</summary>
internal static class ReferenceAlongLine
{
    /// <summary>The t at which a unit switches, in order.</summary>
    internal static IReadOnlyList<Rational> Kinks(IReadOnlyList<ExactPiece> pieces) => [.. pieces.Skip(1).Select(piece => piece.Start)];

    /// <summary>The total variation of f.</summary>
    internal static double FunctionVariation(IReadOnlyList<ExactPiece> pieces) =>
        pieces.Sum(piece => Length(Arrays.Minus(piece.Outputs(piece.End), piece.Outputs(piece.Start))));

    /// <summary>The total variation of the Jacobian in the Frobenius norm.</summary>
    internal static double GradientVariation(ReluNetwork<Rational> network, IReadOnlyList<ExactPiece> pieces)
    {
        var jacobians = pieces.Select(one => LinearRegions.Jacobian(network, one.On).Cast<Rational>().ToArray()).ToList();
        return jacobians.Zip(jacobians.Skip(1), (before, after) => Length(Arrays.Minus(after, before))).Sum();
    }

    /// <summary>
    /// The least and the largest length of the ray of the class of x that a change of its lead by <paramref name="slack"/> explains. Null
    /// where the lead at x is not above it.
    /// </summary>
    internal static (double Least, double Largest)? Ray(
        ReluNetwork<Rational> network, Rational[] point, Rational[] direction, double range, double slack)
    {
        var outputs = network.Evaluate(point).Output;
        if (ExactLine.Margin(outputs) <= 2 * Rational.Of(slack))
        {
            return null;
        }

        double With(Rational shift)
        {
            Rational[] last = [.. network.Biases[^1]];
            last[ExactLine.Largest(outputs)] += shift;
            var moved = network with { Biases = [.. network.Biases.SkipLast(1), last] };
            return ExactLine.Ray(moved, point, direction, Rational.Of(range)).ToDouble();
        }

        return (With(-Rational.Of(slack)), With(Rational.Of(slack)));
    }

    /// <summary>‖v‖₂.</summary>
    internal static double Length(Rational[] vector) => Math.Sqrt(vector.Sum(entry => (entry * entry).ToDouble()));
}
