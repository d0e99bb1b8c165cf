using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What was measured, in a cell of a table: the value and, under it, the series behind it, folded where that is long.</summary>
internal static class MeasuredValue
{
    internal static Html Of(Measurement measurement)
    {
        var series = Numbers.Series(measurement);
        return Html.Of($"{Numbers.Value(measurement)}{(series.Length == 0 ? Html.None
            : measurement.Series!.Count <= Numbers.Few ? Html.Of($"""<span class="series">{series}</span>""")
            : Html.Of($"""<details class="series"><summary>{measurement.Series.Count} numbers</summary>{series}</details>"""))}");
    }
}
