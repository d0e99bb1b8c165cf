using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// How far lines x + td keep the class of x, both ways from t = 0, without sampling (intervals paper, equation 6): on a piece the largest output's lead
/// over each other one is affine, so their least is concave, and its sign within a piece follows from the nodes.
/// </summary>
public sealed class StableStretch
{
    private readonly long[] _classes;
    private readonly double[] _lost;
    private readonly double[] _first;

    /// <param name="network">At least two outputs.</param>
    /// <param name="points">x, [N, n_0], float64.</param>
    /// <exception cref="ArgumentException">The network has a single output, and so no classes.</exception>
    public StableStretch(LayeredNetwork network, Tensor points)
    {
        if (network.Outputs < 2)
        {
            throw new ArgumentException("a network with one output has no classes, and no generalization interval");
        }

        using var scope = NewDisposeScope();
        _classes = network.Forward(points).argmax(-1).cpu().data<long>().ToArray();
        _lost = new double[_classes.Length];
        _first = new double[_classes.Length];
        Array.Fill(_lost, double.NegativeInfinity);
        Array.Fill(_first, double.PositiveInfinity);
    }

    /// <summary>The class of each x: its largest output, the first of several.</summary>
    public IReadOnlyList<long> Classes => _classes;

    /// <summary>
    /// How far each line keeps the class against d, [N]: t = −Backward is where it is lost first. Infinite where what was looked at ends before.
    /// </summary>
    public double[] Backward => [.. _lost.Select(t => 0 - t)];

    /// <summary>The same along d.</summary>
    public double[] Forward => [.. _first];

    /// <summary>Takes in a block, of which 0 is a node.</summary>
    public void Add(LinePieces pieces)
    {
        for (var row = 0; row < pieces.Rows; row++)
        {
            var (line, t) = (pieces.Lines[row], pieces.Positions[row]);
            var (lead, own) = (Lead(pieces, row), _classes[line]);

            // A tie at x itself: no class, and nothing on either side.
            if (t == 0 && lead <= 0)
            {
                (_lost[line], _first[line]) = (0, 0);
            }

            if (!pieces.BeginsPiece(row))
            {
                continue;
            }

            var nextLead = Lead(pieces, row + 1);
            var next = pieces.Positions[row + 1];
            if (next <= 0 && _lost[line] < 0 && (lead <= 0 || nextLead <= 0))
            {
                _lost[line] = nextLead <= 0 ? next : Ties(pieces, row, own).DefaultIfEmpty(next).Max();
            }

            if (t >= 0 && double.IsPositiveInfinity(_first[line]) && nextLead <= 0)
            {
                // Where the class's own lead at x rounds to a tie only at the next look, there is none left to find.
                _first[line] = Ties(pieces, row, own).DefaultIfEmpty(t).Min();
            }
        }
    }

    // By how much the class's output exceeds the largest other one.
    private double Lead(LinePieces pieces, int row)
    {
        var (count, own) = (pieces.OutputCount, (int)_classes[pieces.Lines[row]]);
        var outputs = pieces.Outputs.AsSpan(row * count, count);
        var others = double.NegativeInfinity;
        for (var i = 0; i < count; i++)
        {
            others = i == own ? others : Math.Max(others, outputs[i]);
        }

        return outputs[own] - others;
    }

    // Where, in the piece from a row, the class's output meets another that is larger at one end and not at the other.
    private static IEnumerable<double> Ties(LinePieces pieces, int row, long own)
    {
        var (count, here, there) = (pieces.OutputCount, pieces.Positions[row], pieces.Positions[row + 1]);
        for (var i = 0; i < count; i++)
        {
            var before = pieces.Outputs[(row * count) + own] - pieces.Outputs[(row * count) + i];
            var after = pieces.Outputs[((row + 1) * count) + own] - pieces.Outputs[((row + 1) * count) + i];
            if (i != own && before > 0 != after > 0)
            {
                yield return here + ((there - here) * (before / (before - after)));
            }
        }
    }
}
