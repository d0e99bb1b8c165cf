using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// Walks a ReLU network along a line x + td in exact arithmetic, from one activation pattern to the next: with the pattern just after t all
/// pre-activations are affine in t, and the pattern holds up to the first of their roots. Slow; nothing is rounded and no piece is split.
/// </summary>
public sealed class ActivationPatternWalk
{
    private readonly ReluNetwork<Rational> _network;
    private readonly (int Column, Rational Weight)[][][] _rows;

    /// <param name="network">Any ReLU network.</param>
    public ActivationPatternWalk(ReluNetwork<Rational> network)
    {
        _network = network;
        _rows = [.. network.Weights.Select(NonZeroRows)];
    }

    /// <summary>The pieces of an interval of t in order; neighbours have different patterns.</summary>
    /// <param name="point">x.</param>
    /// <param name="direction">d.</param>
    /// <param name="from">The first t.</param>
    /// <param name="to">The last t.</param>
    public IReadOnlyList<ExactPiece> Pieces(Rational[] point, Rational[] direction, Rational from, Rational to)
    {
        var pieces = new List<ExactPiece>();
        for (var t = from; t < to; t = pieces[^1].End)
        {
            pieces.Add(After(point, direction, t, to));
        }

        return pieces;
    }

    /// <summary>The Jacobian on a piece: the product of the weights without the rows of inactive units, [n_c, n_0].</summary>
    public Rational[,] Jacobian(ExactPiece piece)
    {
        var product = _network.Weights[^1];
        for (var layer = _network.Layers - 2; layer >= 0; layer--)
        {
            var result = new Rational[_network.Outputs, _network.Weights[layer].GetLength(1)];
            for (var output = 0; output < _network.Outputs; output++)
            {
                for (var unit = 0; unit < piece.On[layer].Length; unit++)
                {
                    if (piece.On[layer][unit] && product[output, unit] != 0)
                    {
                        foreach (var (column, weight) in _rows[layer][unit])
                        {
                            result[output, column] += product[output, unit] * weight;
                        }
                    }
                }
            }

            product = result;
        }

        return product;
    }

    private static (int Column, Rational Weight)[][] NonZeroRows(Rational[,] weights)
    {
        return [.. Enumerable.Range(0, weights.GetLength(0)).Select(Row)];

        (int, Rational)[] Row(int row) =>
            [.. Arrays.Row(weights, row).Select((weight, column) => (column, weight)).Where(entry => entry.weight != 0)];
    }

    private ExactPiece After(Rational[] point, Rational[] direction, Rational t, Rational to)
    {
        var lines = new AffineInT[_network.Layers][];
        var on = new bool[_network.Layers - 1][];
        AffineInT[] activations = Arrays.Pair(point, direction, (constant, slope) => new AffineInT(constant, slope));
        var end = to;
        for (var layer = 0; layer < _network.Layers; layer++)
        {
            lines[layer] = [.. _rows[layer].Select((row, unit) => new AffineInT(
                row.Aggregate(_network.Biases[layer][unit], (sum, entry) => sum + (entry.Weight * activations[entry.Column].Constant)),
                row.Aggregate((Rational)0, (sum, entry) => sum + (entry.Weight * activations[entry.Column].Slope))))];
            if (layer == _network.Layers - 1)
            {
                break;
            }

            foreach (var line in lines[layer].Where(line => line.Slope != 0))
            {
                var root = -line.Constant / line.Slope;
                end = root > t && root < end ? root : end;
            }

            on[layer] = [.. lines[layer].Select(line => line.At(t) > 0 || (line.At(t) == 0 && line.Slope > 0))];
            activations = [.. lines[layer].Zip(on[layer], (line, kept) => kept ? line : default)];
        }

        return new ExactPiece(t, end, on, lines);
    }
}

/// <summary>Constant + t·Slope.</summary>
/// <param name="Constant">The value at t = 0.</param>
/// <param name="Slope">The derivative with respect to t.</param>
public readonly record struct AffineInT(Rational Constant, Rational Slope)
{
    /// <summary>The value at t.</summary>
    public Rational At(Rational t) => Constant + (t * Slope);
}

/// <summary>An interval of a line with one activation pattern. A unit whose pre-activation is 0 throughout is inactive.</summary>
/// <param name="Start">Its first t.</param>
/// <param name="End">Its last t.</param>
/// <param name="On">Which units are active, a row for every hidden layer.</param>
/// <param name="Preactivations">The pre-activations of every layer as functions of t, the outputs last.</param>
public sealed record ExactPiece(Rational Start, Rational End, bool[][] On, AffineInT[][] Preactivations)
{
    /// <summary>f(x + td) for a t of the piece.</summary>
    public Rational[] Outputs(Rational t) => [.. Preactivations[^1].Select(line => line.At(t))];
}
