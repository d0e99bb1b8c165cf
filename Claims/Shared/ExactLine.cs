using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Shared;

/// <summary>A ReLU network along a line, without rounding: the independent reference for what the library finds by sampling.</summary>
internal static class ExactLine
{
    extension(ExactPiece piece)
    {
        /// <summary>Halfway.</summary>
        internal Rational Middle => (piece.Start + piece.End) / 2;

        /// <summary>The derivative of f(x + td) by t.</summary>
        internal Rational[] Slope => [.. piece.Preactivations[^1].Select(line => line.Slope)];
    }

    /// <summary>The pieces for t from 0 to <paramref name="range"/>, in order.</summary>
    internal static IReadOnlyList<ExactPiece> Pieces(
        ReluNetwork<Rational> network, Rational[] point, Rational[] direction, Rational range) =>
        new ActivationPatternWalk(network).Pieces(point, direction, 0, range);

    /// <summary>
    /// sup{ε ≤ range: f_i exceeds all other outputs at x + td for 0 ≤ t ≤ ε}, with i the largest output at x; 0 where two tie for it at x.
    /// </summary>
    internal static Rational Ray(ReluNetwork<Rational> network, Rational[] point, Rational[] direction, Rational range)
    {
        var own = Largest(network.Evaluate(point).Output);
        foreach (var piece in Pieces(network, point, direction, range))
        {
            var outputs = piece.Preactivations[^1];
            var exits = from other in Enumerable.Range(0, network.Outputs)
                        where other != own
                        let margin = outputs[own].Constant - outputs[other].Constant
                        let slope = outputs[own].Slope - outputs[other].Slope
                        where margin + (piece.Start * slope) <= 0 || margin + (piece.End * slope) <= 0
                        select margin + (piece.Start * slope) <= 0 ? piece.Start : -margin / slope;
            if (exits.ToList() is { Count: > 0 } found)
            {
                return found.Min();
            }
        }

        return range;
    }

    /// <summary>The first of the largest outputs.</summary>
    internal static int Largest(Rational[] outputs) => Array.IndexOf(outputs, outputs.Max());

    /// <summary>By how much the largest output exceeds the second; a large number for a single output.</summary>
    internal static Rational Margin(Rational[] outputs)
    {
        var sorted = outputs.OrderDescending().ToArray();
        return sorted.Length == 1 ? 1_000_000 : sorted[0] - sorted[1];
    }
}
