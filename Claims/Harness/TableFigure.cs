namespace Reproduce.Claims.Harness;

/// <summary>A cell of a printed table, and ours.</summary>
/// <param name="Panel">Which part of the table, such as a column.</param>
/// <param name="Row">Where it stands along the axis.</param>
/// <param name="Ours">What was measured.</param>
/// <param name="Error">Its standard error; null where none is known.</param>
/// <param name="Printed">What the paper prints.</param>
/// <param name="PrintedError">Its standard error; 0 where none is known.</param>
/// <param name="Difference">
/// Ours minus the printed one, in combined standard errors; null where the two are not of one size, or an error is unknown.
/// </param>
internal sealed record ComparedCell(
    string Panel, string Row, double Ours, double? Error, double Printed, double PrintedError, double? Difference);

/// <summary>A printed table as a figure: our means and the printed ones, each with its standard error.</summary>
internal static class TableFigure
{
    /// <summary>Draws the cells of a table that were measured.</summary>
    /// <param name="place">In the paper.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="along">What the rows are.</param>
    /// <param name="value">What the cells hold, with its unit.</param>
    /// <param name="remark">Such as how our training differs; ends in a full stop, or is empty.</param>
    /// <param name="cells">Row by row, as the table has them.</param>
    internal static void Draw(
        string place, string title, string along, string value, string remark, IReadOnlyCollection<ComparedCell> cells)
    {
        if (cells.Count == 0)
        {
            return;
        }

        string[] rows = [.. cells.Select(cell => cell.Row).Distinct()];
        double[] differences = [.. cells.Where(cell => cell.Difference is not null).Select(cell => Math.Abs(cell.Difference!.Value))];
        var comparable = differences.Length < cells.Count ? $"{differences.Length} of them comparable, " : "";
        var comparison = differences.Length == 0
            ? "none of the same size, so that no difference is given"
            : $"{comparable}the largest difference is {differences.Max():F1} combined standard errors";
        Evidence.Draw(new(
            place,
            title,
            $"{cells.Count} cells beside the printed ones; {comparison}. Bars are standard errors. {remark}".TrimEnd(),
            new(along) { Categories = rows },
            new(value),
            FigureMark.Points,
            [
                .. from panel in cells.GroupBy(cell => cell.Panel)
                   let places = panel.Select(cell => (double)Array.IndexOf(rows, cell.Row)).ToArray()
                   from curve in new[]
                   {
                       new Curve("ours", places, [.. panel.Select(cell => cell.Ours)])
                       {
                           Error = [.. panel.Select(cell => cell.Error ?? 0)],
                       },
                       new Curve("printed", places, [.. panel.Select(cell => cell.Printed)])
                       {
                           Error = [.. panel.Select(cell => cell.PrintedError)],
                           IsPaper = true,
                       },
                   }
                   select curve with { Panel = panel.Key },
            ]));
    }
}
