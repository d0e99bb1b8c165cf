using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What the tests of a claim left: results, measurements, and where they come from.</summary>
internal static class PageEvidence
{
    internal static Html Of(ClaimStatus status) => status.Evidence.Count == 0 ? Html.None : Html.Of(
        $"""
        <h4>Tests</h4>
        <ul class="tests">{status.Evidence.Select(Test)}</ul>
        {Kills(status)}
        {Measurements(status)}
        {Provenance(status)}
        """);

    private static Html Test(EvidenceFile file) => Html.Of(
        $"""<li><span class="role">{file.Role.ToString().ToLowerInvariant()}</span> <span class="{file.Outcome}">{file.Outcome}</span> <span>{Sentence(file.Test)}{(file.Message is { } message ? Html.Of($"<br><span class=\"message\">{message.Split('\n')[0]}</span>") : Html.None)}</span></li>""");

    // Class.Subject_Scenario_Result, in which a line may break.
    private static Html Sentence(string test) => Html.Of($"<code>{new Html(Html.Escape(test).Replace("_", "_<wbr>", StringComparison.Ordinal).Replace(".", ".<wbr>", StringComparison.Ordinal))}</code>");

    private static Html Kills(ClaimStatus status) => status.Claim.Kills.Count == 0 ? Html.None : new(
        $"<p>{KillScore.Sentence(status.Claim, name => $"<code>{Html.Escape(name)}</code>")}</p>");

    private static Html Measurements(ClaimStatus status)
    {
        var rows = status.Evidence.SelectMany(file => file.Measurements.Select(measurement => (file, measurement))).ToList();
        if (rows.Count == 0)
        {
            return Html.None;
        }

        // Columns that are empty for the whole claim are left out; what is the same in all rows is said once, below.
        var columns = new (string Heading, string Class, bool IsValue, Func<Measurement, Html> Of)[]
        {
            ("setting", "setting", false, row => Prose.Line(row.Setting ?? "")),
            ("measured", "number", true, MeasuredValue.Of),
            ("printed", "printed", true, row => Prose.Line(Numbers.Printed(row))),
            ("difference", "number", true, row => Html.Escaped(Numbers.Difference(row))),
            ("n", "number", false, row => Html.Escaped(row.Samples?.ToString() ?? "")),
            ("type", "", false, row => Html.Escaped(row.Dtype ?? "")),
            ("seed", "seed", false, row => Html.Escaped(row.Seed ?? "")),
            ("data", "seed", false, row => Html.Escaped(row.Data ?? "")),
        }.Where(column => rows.Any(row => column.Of(row.measurement).Text.Length > 0)).ToList();
        var common = rows.Count == 1 ? [] : columns.Where(column => !column.IsValue && rows.All(row => column.Of(row.measurement) == column.Of(rows[0].measurement))).ToList();
        columns = [.. columns.Except(common)];

        // Rows that differ in nothing but what was measured, as at many centres, are one with many numbers.
        var alike = rows.GroupBy(row => string.Join('\0', columns.Where(column => column.Heading != "measured").Select(column => column.Of(row.measurement).Text).Append(row.measurement.Quantity).Append(row.measurement.Rule).Append($"{row.file.Role}"))).Select(group => group.ToList()).ToList();
        Html Cell((string Heading, string Class, bool IsValue, Func<Measurement, Html> Of) column, List<(EvidenceFile file, Measurement measurement)> same)
        {
            var isMany = column.Heading == "measured" && same.Count > 1;
            var content = isMany ? Html.Join(same.Select(row => column.Of(row.measurement)), "; ") : column.Of(same[0].measurement);
            return Html.Of($"""<td class="{(isMany ? "many" : column.Class)}" data-label="{column.Heading}">{content}</td>""");
        }

        return Html.Of(
            $"""
            <h4>Measurements</h4>
            <div class="wide" tabindex="0" role="region" aria-label="Measurements of {status.Claim.Id}"><table class="cards evidence">
            <thead><tr><th scope="col">quantity</th>{columns.Select(column => Html.Of($"""<th scope="col" class="{column.Class}">{column.Heading}</th>"""))}</tr></thead>
            <tbody>{alike.Select((same, i) => Html.Of($"""<tr><td>{Prose.Line(same[0].measurement.Quantity)}<span class="role"> {same[0].file.Role.ToString().ToLowerInvariant()}</span>{(i > 0 && alike[i - 1][0].measurement.Rule == same[0].measurement.Rule ? Html.None : Html.Of($"""<div class="rule">held against: {Prose.Line(same[0].measurement.Rule)}</div>"""))}</td>{columns.Select(column => Cell(column, same))}</tr>"""))}</tbody>
            </table></div>
            {(common.Count == 0 ? Html.None : Html.Of($"""<p class="note">In all rows: {Html.Join(common.Select(column => Html.Of($"{column.Heading} {column.Of(rows[0].measurement)}")), "; ")}.</p>"""))}
            """);
    }

    private static Html Provenance(ClaimStatus status)
    {
        var stamp = status.Evidence[0].Stamp;
        return Html.Of($"""<p class="provenance">{stamp.Device}; {stamp.Library}; {stamp.Runtime}; {stamp.Cores} cores. Commit <code>{stamp.Commit}</code>, build <code>{stamp.Build}</code>. {Numbers.Seconds(status.Evidence.Sum(file => file.Seconds))}, finished {status.Evidence.Max(file => file.Finished).ToString("yyyy-MM-dd HH:mm")} UTC.</p>""");
    }
}
