namespace Reproduce.Report;

/// <summary>A cell of a table that stands for all rows in sequence which have the same in it.</summary>
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
        return Html.Of($"""<td class="{tone}" data-label="{heading}"{(count > 1 ? Html.Of($" rowspan=\"{count}\"") : Html.None)}>{Prose.Line(of(rows[i]))}</td>""");
    }
}
