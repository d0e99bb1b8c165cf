using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Lines;

/// <summary>
/// How far lines x + td keep the class of x, forward and backward from t = 0, without sampling (intervals paper, equation 6). On a
/// piece the largest output's lead over each other output is affine, so the smallest lead is concave, and its sign within a piece
/// follows from the nodes. A lead within its rounding error is a tie.
/// </summary>
public sealed class ExactInterval
{
    private readonly long[] _classes;
    private readonly double[] _lost;
    private readonly double[] _first;

    /// <param name="network">At least two outputs.</param>
    /// <param name="points">x, [N, n_0], float64.</param>
    /// <exception cref="ArgumentException">The network has a single output, and so no classes.</exception>
    public ExactInterval(LayeredNetwork network, Tensor points)
    {
        if (network.Outputs < 2)
        {
            throw new ArgumentException("a network with one output has no classes, and no generalization interval");
        }

        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        _classes = network.Forward(points).argmax(-1).cpu().data<long>().ToArray();
        _lost = new double[_classes.Length];
        _first = new double[_classes.Length];
        Array.Fill(_lost, double.NegativeInfinity);
        Array.Fill(_first, double.PositiveInfinity);
    }

    /// <summary>The class of each x: its largest output, the first of several that tie.</summary>
    public IReadOnlyList<long> Classes => _classes;

    /// <summary>
    /// How far each line keeps the class against d, [N]: it is first lost at t = −Backward. Infinite where the line ends before that.
    /// </summary>
    public double[] Backward => [.. _lost.Select(t => 0 - t)];

    /// <summary>The same along d.</summary>
    public double[] Forward => [.. _first];

    /// <summary>Adds a block of lines that have a node at t = 0.</summary>
    public void Add(LinePieces pieces)
    {
        for (var row = 0; row < pieces.Rows; row++)
        {
            var (line, t) = (pieces.Lines[row], pieces.Positions[row]);

            // A tie at x itself: no class, so both distances are 0.
            if (t == 0 && Leads(pieces, row).Any(lead => lead <= 0))
            {
                (_lost[line], _first[line]) = (0, 0);
            }

            if (!pieces.BeginsPiece(row))
            {
                continue;
            }

            var next = pieces.Positions[row + 1];
            var leads = Leads(pieces, row).Zip(Leads(pieces, row + 1), (here, there) => (Here: here, There: there)).ToList();
            var ties = leads
                .Where(lead => lead.Here > 0 != lead.There > 0)
                .Select(lead => t + ((next - t) * (lead.Here / (lead.Here - lead.There))))
                .ToList();
            if (next <= 0 && _lost[line] < 0)
            {
                _lost[line] = leads.Any(lead => lead.There <= 0) ? next : ties.Append(_lost[line]).Max();
            }

            // The class is kept at t, or the distance would be known from x itself or from the piece before.
            if (t >= 0 && double.IsPositiveInfinity(_first[line]))
            {
                _first[line] = ties.Append(_first[line]).Min();
            }
        }
    }

    // By how much the class's output exceeds each other output; 0 where the difference may be rounding.
    private IEnumerable<double> Leads(LinePieces pieces, int row)
    {
        var (first, own) = (row * pieces.OutputCount, (int)_classes[pieces.Lines[row]]);
        for (var i = 0; i < pieces.OutputCount; i++)
        {
            if (i != own)
            {
                var lead = pieces.Products[first + own] - pieces.Products[first + i] + (pieces.Biases[own] - pieces.Biases[i]);
                yield return Math.Abs(lead) > pieces.Roundings[first + own] + pieces.Roundings[first + i] ? lead : 0;
            }
        }
    }
}
