using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Intervals;

/// <summary>A stretch of a line on which every unit is on, or off, throughout: f(x + td) = Constant + t·Slope for t from Start to End.</summary>
internal sealed record Piece(Rational Start, Rational End, Rational[] Constant, Rational[] Slope)
{
    /// <summary>f(x + td).</summary>
    internal Rational[] At(Rational t) => Arrays.Pair(Constant, Slope, (constant, slope) => constant + (t * slope));

    /// <summary>Halfway.</summary>
    internal Rational Middle => (Start + End) / 2;
}

/// <summary>
/// A ReLU network along a line, without rounding: the line is cut wherever a unit changes its sign, layer by layer. The independent
/// reference for what the library finds by sampling.
/// </summary>
internal static class ExactLine
{
    /// <summary>The pieces for t from 0 to <paramref name="range"/>, in order.</summary>
    internal static IReadOnlyList<Piece> Pieces(ReluNetwork<Rational> network, Rational[] point, Rational[] direction, Rational range)
    {
        List<Piece> pieces = [new Piece(0, range, point, direction)];
        for (var i = 0; i < network.Layers; i++)
        {
            var (weight, bias) = (network.Weights[i], network.Biases[i]);
            pieces = [.. pieces.Select(piece => piece with { Constant = Arrays.Add(Arrays.Multiply(weight, piece.Constant), bias), Slope = Arrays.Multiply(weight, piece.Slope) })];
            if (i < network.Layers - 1)
            {
                pieces = [.. pieces.SelectMany(AfterRelu)];
            }
        }

        return pieces;
    }

    /// <summary>
    /// sup{ε ≤ range: f_i exceeds all other outputs at x + td for 0 ≤ t ≤ ε}, with i the largest output at x; 0 where two tie for it at x.
    /// </summary>
    internal static Rational Ray(ReluNetwork<Rational> network, Rational[] point, Rational[] direction, Rational range)
    {
        var own = Largest(network.Evaluate(point).Output);
        foreach (var piece in Pieces(network, point, direction, range))
        {
            var exits = from other in Enumerable.Range(0, network.Outputs)
                        where other != own
                        let margin = piece.Constant[own] - piece.Constant[other]
                        let slope = piece.Slope[own] - piece.Slope[other]
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

    /// <summary>
    /// W'_L ⋯ W'_1 at a point: the weights, with the rows of hidden units erased whose pre-activation is negative (appendix A of the paper).
    /// </summary>
    internal static Rational[,] MaskedProduct(ReluNetwork<Rational> network, Rational[] point)
    {
        var preactivations = network.Evaluate(point).Preactivations;
        return network.Weights.Select((weight, i) => i < network.Layers - 1 ? Erase(weight, [.. preactivations[i].Select(value => value >= 0)]) : weight)
            .Aggregate((product, weight) => Arrays.Multiply(weight, product));
    }

    /// <summary>A matrix with the rows erased that are not kept.</summary>
    internal static Rational[,] Erase(Rational[,] matrix, bool[] kept) =>
        Arrays.Build(matrix.GetLength(0), matrix.GetLength(1), (row, column) => kept[row] ? matrix[row, column] : 0);

    /// <summary>‖A‖_∞, the largest row sum of magnitudes.</summary>
    internal static Rational RowNorm(Rational[,] matrix) =>
        Enumerable.Range(0, matrix.GetLength(0)).Select(row => Arrays.Row(matrix, row).Aggregate((Rational)0, (sum, value) => sum + Rational.Abs(value))).Max();

    /// <summary>‖x‖_∞.</summary>
    internal static Rational Norm(Rational[] vector) => vector.Select(Rational.Abs).Max();

    /// <summary>a − b.</summary>
    internal static Rational[] Minus(Rational[] left, Rational[] right) => Arrays.Minus(left, right);

    /// <summary>A − B.</summary>
    internal static Rational[,] Minus(Rational[,] left, Rational[,] right) =>
        Arrays.Build(left.GetLength(0), left.GetLength(1), (row, column) => left[row, column] - right[row, column]);

    /// <summary>x + td.</summary>
    internal static Rational[] Along(Rational[] point, Rational[] direction, Rational t) => Arrays.Pair(point, direction, (start, change) => start + (t * change));

    private static IEnumerable<Piece> AfterRelu(Piece piece)
    {
        var zeros = from unit in Enumerable.Range(0, piece.Constant.Length)
                    where piece.Slope[unit] != 0
                    let zero = -piece.Constant[unit] / piece.Slope[unit]
                    where zero > piece.Start && zero < piece.End
                    select zero;
        Rational[] cuts = [piece.Start, .. zeros.Distinct().Order(), piece.End];
        for (var i = 0; i + 1 < cuts.Length; i++)
        {
            var part = piece with { Start = cuts[i], End = cuts[i + 1] };
            var on = part.At(part.Middle).Select(value => value > 0).ToArray();
            yield return part with
            {
                Constant = [.. part.Constant.Select((value, unit) => on[unit] ? value : 0)],
                Slope = [.. part.Slope.Select((value, unit) => on[unit] ? value : 0)],
            };
        }
    }
}
