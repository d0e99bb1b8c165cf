using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>A measurement in a cell of a table: the value and, under it, the series behind it, folded where that is long.</summary>
internal static class MeasurementCell
{
    internal static Html Of(Measurement measurement)
    {
        var series = Numbers.Series(measurement);
        var isShort = measurement.Series?.Count <= Numbers.Few;
        return Html.Join(
        [
            Html.Escaped(Numbers.Value(measurement)),
            Html.If(series.Length > 0 && isShort, $"""<span class="series">{series}</span>"""),
            Html.If(
                series.Length > 0 && !isShort,
                $"""<details class="series"><summary>{measurement.Series!.Count} numbers</summary>{series}</details>"""),
        ]);
    }
}
