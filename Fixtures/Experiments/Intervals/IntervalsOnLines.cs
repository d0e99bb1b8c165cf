using Reproduce.Lines;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>What a network does on lines x + td, t from −backward to forward: exact, from all kinks.</summary>
/// <param name="Classes">At t = 0, the largest output.</param>
/// <param name="Backward">How far each line keeps it against d, at most as far as was looked.</param>
/// <param name="Forward">The same along d.</param>
/// <param name="Ranges">Of the output that was asked for, the largest value less the smallest; 0 where none was asked for.</param>
/// <param name="Looked">How far was looked, both sides together.</param>
public sealed record IntervalsOnLines(
    IReadOnlyList<long> Classes, IReadOnlyList<double> Backward, IReadOnlyList<double> Forward, IReadOnlyList<double> Ranges, double Looked)
{
    /// <summary>Looks at lines.</summary>
    /// <param name="network">In float64, with two outputs or more.</param>
    /// <param name="points">x, [N, n_0], float64.</param>
    /// <param name="directions">d, [N, n_0].</param>
    /// <param name="backward">At least 0.</param>
    /// <param name="forward">Above 0.</param>
    /// <param name="outputs">One a line, whose range is asked for; nothing for none.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or the network has one output.</exception>
    public static IntervalsOnLines Of(
        LayeredNetwork network, Tensor points, Tensor directions, double backward, double forward, IReadOnlyList<byte>? outputs = null)
    {
        using var decomposition = new LineDecomposition(network);
        var interval = new ExactInterval(network, points);
        var (least, most) = (new double[points.size(0)], new double[points.size(0)]);
        Array.Fill(least, double.PositiveInfinity);
        Array.Fill(most, double.NegativeInfinity);
        foreach (var pieces in decomposition.Of(points, directions, backward > 0 ? [-backward, 0, forward] : [0, forward]))
        {
            interval.Add(pieces);
            for (var row = 0; row < pieces.Rows && outputs is not null; row++)
            {
                var line = pieces.Lines[row];
                var value = pieces.Outputs[(row * pieces.OutputCount) + outputs[(int)line]];
                (least[line], most[line]) = (Math.Min(least[line], value), Math.Max(most[line], value));
            }
        }

        return new IntervalsOnLines(
            interval.Classes,
            [.. interval.Backward.Select(t => Math.Min(t, backward))],
            [.. interval.Forward.Select(t => Math.Min(t, forward))],
            [.. most.Zip(least, (high, low) => outputs is null ? 0 : high - low)],
            backward + forward);
    }

    /// <summary>GI on each line: both rays together.</summary>
    public IReadOnlyList<double> Intervals { get; } = [.. Backward.Zip(Forward, (back, ahead) => back + ahead)];

    /// <summary>Whether a line keeps the class of t = 0 wherever it was looked at.</summary>
    public bool IsKept(int line) => Backward[line] + Forward[line] >= Looked;
}
