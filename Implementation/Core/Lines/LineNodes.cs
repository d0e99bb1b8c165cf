namespace Reproduce.Lines;

/// <summary>The nodes of several lines as rows, ragged: one line after the other, t ascending within a line.</summary>
/// <param name="Offsets">The first row of each line, and last the number of rows.</param>
/// <param name="Positions">t of each row.</param>
internal sealed record LineNodes(int[] Offsets, double[] Positions)
{
    /// <summary>The number of rows.</summary>
    internal int Rows => Positions.Length;

    /// <summary>The number of lines.</summary>
    internal int Lines => Offsets.Length - 1;

    /// <summary>Lines that share their positions.</summary>
    internal static LineNodes Same(int lines, double[] positions) =>
        new(
            [.. Enumerable.Range(0, lines + 1).Select(line => line * positions.Length)],
            [.. Enumerable.Repeat(positions, lines).SelectMany(all => all)]);

    /// <summary>The line of each row, if the first line has this number.</summary>
    internal long[] LineOfRows(long first)
    {
        var lines = new long[Rows];
        for (var line = 0; line < Lines; line++)
        {
            lines.AsSpan(Offsets[line]..Offsets[line + 1]).Fill(first + line);
        }

        return lines;
    }
}
