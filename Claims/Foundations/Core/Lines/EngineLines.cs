using Reproduce.Lines;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Lines;

/// <summary>What the library finds on several lines of one network, its blocks put together line by line.</summary>
internal sealed class EngineLines
{
    /// <summary>Blocks of one number hold no line: each is swept.</summary>
    internal const long Swept = 1;

    private EngineLines(int lines, int outputs) =>
        (Lines, Totals, OutputCount) = ([.. Enumerable.Range(0, lines).Select(_ => new List<Node>())], new Sums(lines), outputs);

    /// <summary>The nodes of each line.</summary>
    internal List<Node>[] Lines { get; }

    internal Sums Totals { get; }

    internal int OutputCount { get; }

    /// <summary>The number of blocks that it took.</summary>
    internal int Blocks { get; private set; }

    /// <summary>Cuts lines; the sums are taken between <paramref name="from"/> and <paramref name="to"/>.</summary>
    internal static EngineLines Of(
        LayeredNetwork network,
        double[][] starts,
        double[][] directions,
        double[] positions,
        double from,
        double to,
        long? elements = null)
    {
        using var scope = NewDisposeScope();
        using var decomposition = new LineDecomposition(network, elements);
        var result = new EngineLines(starts.Length, network.Outputs);
        var last = -1L;
        var along = Matrix(directions);
        foreach (var pieces in decomposition.Of(Matrix(starts), along, positions))
        {
            pieces.Lines.Should().BeInAscendingOrder();
            pieces.Lines[0].Should().BeGreaterThanOrEqualTo(last, "blocks come in the order of lines");
            last = pieces.Lines[^1];
            result.Add(pieces);
            AlongLines.AddFunctionVariation(pieces, along, from, to, result.Totals.Function);
            AlongLines.AddGradientVariation(pieces, from, to, result.Totals.Gradient);
            AlongLines.AddKinks(pieces, from, to, result.Totals.Kinks);
            AlongLines.RaiseSlope(pieces, double.PositiveInfinity, from, to, result.Totals.RowSlope);
            AlongLines.RaiseSlope(pieces, 1, from, to, result.Totals.ColumnSlope);
            AlongLines.RaiseSlope(pieces, 2, from, to, result.Totals.EuclideanSlope);
        }

        return result;
    }

    internal static Tensor Matrix(double[][] rows) => tensor(Arrays.Build(rows.Length, rows[0].Length, (row, column) => rows[row][column]));

    private void Add(LinePieces pieces)
    {
        Blocks++;
        var jumps = pieces.Jumps();
        var switches = pieces.Switches.ToLookup(one => one.Row, one => (one.Layer, one.Unit));
        int[] rows = [.. Enumerable.Range(0, pieces.Rows).Where(pieces.BeginsPiece)];
        using var scope = NewDisposeScope();
        var numbers = pieces.Jacobians(rows).cpu().data<double>().ToArray();
        var size = rows.Length == 0 ? 0 : numbers.Length / rows.Length;
        for (var row = 0; row < pieces.Rows; row++)
        {
            var line = Lines[pieces.Lines[row]];
            var place = Array.BinarySearch(rows, row);
            line.Add(new Node(
                pieces.Positions[row],
                pieces.Outputs[(row * OutputCount)..((row + 1) * OutputCount)],
                jumps[row],
                [.. switches[row]],
                place < 0 ? null : numbers[(place * size)..((place + 1) * size)]));
        }
    }

    /// <summary>A row, with the Jacobian of the piece that it begins.</summary>
    internal sealed record Node(double Position, double[] Outputs, double Jump, (int Layer, int Unit)[] Switches, double[]? Jacobian);

    /// <summary>One entry a line.</summary>
    internal sealed class Sums(int lines)
    {
        internal double[] Function { get; } = new double[lines];

        internal double[] Gradient { get; } = new double[lines];

        internal long[] Kinks { get; } = new long[lines];

        internal double[] RowSlope { get; } = new double[lines];

        internal double[] ColumnSlope { get; } = new double[lines];

        internal double[] EuclideanSlope { get; } = new double[lines];
    }
}
