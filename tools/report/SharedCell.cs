namespace Reproduce.Report;

/// <summary>A cell of a table that spans consecutive rows with the same content.</summary>
internal static class SharedCell
{
    /// <summary>The cell of a row; nothing where an earlier row has it already.</summary>
    /// <param name="rows">Of the table, in their order.</param>
    /// <param name="i">Which row.</param>
    /// <param name="of">What stands in the cell.</param>
    /// <param name="heading">Of the column.</param>
    /// <param name="tone">A class of the style sheet.</param>
    internal static Html Of<T>(IReadOnlyList<T> rows, int i, Func<T, string> of, string heading, string tone)
    {
        if (i > 0 && of(rows[i - 1]) == of(rows[i]))
        {
            return Html.None;
        }

        var count = rows.Skip(i).TakeWhile(row => of(row) == of(rows[i])).Count();
        var span = Html.If(count > 1, $" rowspan=\"{count}\"");
        return Html.Of($"""<td class="{tone}" data-label="{heading}"{span}>{Prose.Line(of(rows[i]))}</td>""");
    }
}
