using System.Buffers;
using Reproduce.Networks;

namespace Reproduce.Lines;

/// <summary>
/// What the ReLU after one hidden layer does to lines: where pre-activations change sign between two nodes there is a new node, and the
/// next layer's pre-activations are affine between all nodes.
/// </summary>
internal sealed class Refinement
{
    private readonly int _words;

    private Refinement(LineNodes nodes, int words)
    {
        (Nodes, _words) = (nodes, words);
        (Parents, On) = (new int[nodes.Rows], new ulong[(long)nodes.Rows * words]);
    }

    /// <summary>All nodes, old and new.</summary>
    internal LineNodes Nodes { get; }

    /// <summary>The old row at or before each row.</summary>
    internal int[] Parents { get; }

    /// <summary>Which units are on in the piece that begins at each row, one bit a unit; the last row of a line begins none.</summary>
    private ulong[] On { get; }

    /// <summary>A line's cuts that lie between an old row and the next.</summary>
    internal static ReadOnlySpan<Cut> CutsAfter(Cut[] cuts, int row)
    {
        var first = FirstFrom(row);
        return cuts.AsSpan(first, FirstFrom(row + 1) - first);

        int FirstFrom(int wanted)
        {
            var (low, high) = (0, cuts.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = cuts[middle].Row < wanted ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }

    /// <summary>The bits of a row.</summary>
    internal ReadOnlySpan<ulong> OnAt(int row) => On.AsSpan(row * _words, _words);

    /// <summary>Finds the new nodes.</summary>
    /// <param name="old">The nodes so far.</param>
    /// <param name="values">Pre-activations at them, [rows · width]; those of units that switch at an old node become 0 there.</param>
    /// <param name="width">The number of units.</param>
    /// <param name="resolution">Cuts this close to each other or to a node share it.</param>
    /// <returns>For each line its cuts in order.</returns>
    internal static Cut[][] Cuts(LineNodes old, double[] values, int width, double resolution)
    {
        var cuts = new Cut[old.Lines][];
        Parallel.For(0, old.Lines, line => cuts[line] = CutsOfLine(old, line, values, width, resolution));
        return cuts;
    }

    /// <summary>Inserts the new nodes.</summary>
    /// <param name="old">The nodes so far.</param>
    /// <param name="cuts">From <see cref="Cuts"/>.</param>
    /// <param name="values">Pre-activations at the old nodes, [rows · width].</param>
    /// <param name="width">The number of units.</param>
    /// <param name="next">The next layer.</param>
    /// <param name="given">The next layer's outputs at the old nodes, [rows · its width].</param>
    /// <param name="refined">Receives its outputs at all nodes: at least as long as these take.</param>
    internal static Refinement Of(
        LineNodes old,
        Cut[][] cuts,
        double[] values,
        int width,
        DenseLayer next,
        double[] given,
        double[] refined)
    {
        var offsets = new int[old.Lines + 1];
        for (var line = 0; line < old.Lines; line++)
        {
            offsets[line + 1] = offsets[line] + (old.Offsets[line + 1] - old.Offsets[line]) + cuts[line].Count(cut => cut.BeginsNode);
        }

        var refinement = new Refinement(new LineNodes(offsets, new double[offsets[^1]]), UnitSigns.Words(width));
        Parallel.For(0, old.Lines, line => refinement.Fill(old, line, cuts[line], values, width, next, given, refined));
        return refinement;
    }

    private static Cut[] CutsOfLine(LineNodes old, int line, double[] values, int width, double resolution)
    {
        var cuts = new List<Cut>();
        Span<ulong> opposite = stackalloc ulong[Math.Min(UnitSigns.Words(width), 512)];
        opposite = UnitSigns.Words(width) > opposite.Length ? new ulong[UnitSigns.Words(width)] : opposite;
        for (var row = old.Offsets[line]; row < old.Offsets[line + 1] - 1; row++)
        {
            var here = values.AsSpan(row * width, width);
            var there = values.AsSpan((row + 1) * width, width);
            var (left, right) = (old.Positions[row], old.Positions[row + 1]);
            var first = cuts.Count;
            UnitSigns.Opposite(here, there, opposite);
            foreach (var unit in UnitSigns.PlacesOf(opposite))
            {
                var share = here[unit] / (here[unit] - there[unit]);
                var position = left + (share * (right - left));
                if (position - left <= resolution)
                {
                    here[unit] = 0;
                }
                else if (right - position <= resolution)
                {
                    there[unit] = 0;
                }
                else
                {
                    cuts.Add(new Cut(row, position, share, unit, Math.Abs(there[unit] - here[unit]), there[unit] > 0, BeginsNode: true));
                }
            }

            cuts.Sort(first, cuts.Count - first, null);
            for (var i = first + 1; i < cuts.Count; i++)
            {
                cuts[i] = cuts[i] with { BeginsNode = cuts[i].Position - cuts[i - 1].Position > resolution };
            }
        }

        return [.. cuts];
    }

    // Between two old nodes the next layer's outputs are affine but for the cuts: at each, a unit's activation starts to grow or stops
    // falling, and either adds |change of its pre-activation| times its column to the slope.
    private void Fill(LineNodes old, int line, Cut[] cuts, double[] values, int width, DenseLayer next, double[] given, double[] refined)
    {
        var (target, cut, outputs) = (Nodes.Offsets[line], 0, next.Outputs);
        var buffer = ArrayPool<double>.Shared.Rent(2 * outputs);
        var here = buffer.AsSpan(0, outputs);
        var slope = buffer.AsSpan(outputs, outputs);
        for (var row = old.Offsets[line]; row < old.Offsets[line + 1]; row++)
        {
            var start = given.AsSpan(row * outputs, outputs);
            start.CopyTo(refined.AsSpan(target * outputs, outputs));
            (Parents[target], Nodes.Positions[target]) = (row, old.Positions[row]);
            if (row == old.Offsets[line + 1] - 1)
            {
                break;
            }

            var before = values.AsSpan(row * width, width);
            var after = values.AsSpan((row + 1) * width, width);
            UnitSigns.PositiveHalfway(before, after, On.AsSpan(target * _words, _words));
            var last = cut;
            for (; last < cuts.Length && cuts[last].Row == row; last++)
            {
                UnitSigns.Set(On.AsSpan(target * _words, _words), cuts[last].Unit, before[cuts[last].Unit] > 0);
            }

            if (last > cut)
            {
                UnitSigns.Difference(given.AsSpan((row + 1) * outputs, outputs), start, slope);
                foreach (var one in cuts.AsSpan(cut..last))
                {
                    // The rest of the change, after the cut. Not (1 − share) of it: a unit that is off before must leave nothing there.
                    next.AddColumn(one.Unit, -Math.Abs(after[one.Unit]), slope);
                }

                start.CopyTo(here);
                var reached = 0.0;
                for (; cut < last; cut++)
                {
                    var one = cuts[cut];
                    UnitSigns.Advance(here, slope, one.Share - reached);
                    reached = one.Share;
                    if (one.BeginsNode)
                    {
                        target++;
                        here.CopyTo(refined.AsSpan(target * outputs, outputs));
                        (Parents[target], Nodes.Positions[target]) = (row, one.Position);
                        OnAt(target - 1).CopyTo(On.AsSpan(target * _words, _words));
                    }

                    UnitSigns.Set(On.AsSpan(target * _words, _words), one.Unit, one.IsOnAfter);
                    next.AddColumn(one.Unit, one.Change, slope);
                }
            }

            target++;
        }

        ArrayPool<double>.Shared.Return(buffer);
    }

    /// <summary>A unit that changes sign after a row.</summary>
    /// <param name="Row">The row before.</param>
    /// <param name="Position">t.</param>
    /// <param name="Share">How far it is towards the next row, from the values: a difference of positions would lose digits.</param>
    /// <param name="Unit">The unit.</param>
    /// <param name="Change">|pre-activation at the next row − at this one|, before a later cut near the next row clears it there.</param>
    /// <param name="IsOnAfter">Whether the unit is on after the cut.</param>
    /// <param name="BeginsNode">Whether it is too far from the cut before to share its node.</param>
    internal readonly record struct Cut(
        int Row,
        double Position,
        double Share,
        int Unit,
        double Change,
        bool IsOnAfter,
        bool BeginsNode)
        : IComparable<Cut>
    {
        public int CompareTo(Cut other) => Position != other.Position ? Position.CompareTo(other.Position) : Unit.CompareTo(other.Unit);
    }
}
