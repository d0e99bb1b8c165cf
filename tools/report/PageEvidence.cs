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

    private static Html Kills(ClaimStatus status) => status.Claim.Kills.Count == 0 ? Html.None : Html.Of(
        $"<p>{KillScore.Sentence(status.Claim)}: {Html.Join(status.Claim.Kills.Select(name => Html.Of($"<code>{name}</code>")), ", ")}.</p>");

    private static Html Measurements(ClaimStatus status)
    {
        var rows = status.Evidence.SelectMany(file => file.Measurements.Select(measurement => (file, measurement))).ToList();
        if (rows.Count == 0)
        {
            return Html.None;
        }

        // Columns that are empty for the whole claim are left out.
        var columns = new (string Heading, string Class, Func<Measurement, string> Text)[]
        {
            ("setting", "", row => row.Setting ?? ""),
            ("measured", "number", Numbers.Value),
            ("printed", "number", row => row.Paper ?? ""),
            ("difference", "number", Numbers.Difference),
            ("n", "number", row => row.Samples?.ToString() ?? ""),
            ("type", "", row => row.Dtype ?? ""),
            ("seed", "", row => row.Seed ?? ""),
            ("data", "", row => row.Data ?? ""),
        }.Where(column => rows.Any(row => column.Text(row.measurement).Length > 0)).ToList();
        return Html.Of(
            $"""
            <h4>Measurements</h4>
            <div class="wide" tabindex="0" role="region" aria-label="Measurements of {status.Claim.Id}"><table class="evidence">
            <thead><tr><th scope="col">quantity</th><th scope="col">held against</th>{columns.Select(column => Html.Of($"""<th scope="col" class="{column.Class}">{column.Heading}</th>"""))}</tr></thead>
            <tbody>{rows.Select(row => Html.Of($"""<tr><td>{Prose.Line(row.measurement.Quantity)}<span class="role"> {row.file.Role.ToString().ToLowerInvariant()}</span></td><td class="rule">{Prose.Line(row.measurement.Rule)}</td>{columns.Select(column => Html.Of($"""<td class="{column.Class}">{column.Text(row.measurement)}</td>"""))}</tr>"""))}</tbody>
            </table></div>
            """);
    }

    private static Html Provenance(ClaimStatus status)
    {
        var stamp = status.Evidence[0].Stamp;
        return Html.Of($"""<p class="provenance">{stamp.Device}; {stamp.Provider}; {stamp.Runtime}; {stamp.Cores} cores. Commit <code>{stamp.Commit}</code>, build <code>{stamp.Build}</code>. {Numbers.Seconds(status.Evidence.Sum(file => file.Seconds))}, finished {status.Evidence.Max(file => file.Finished).ToString("yyyy-MM-dd HH:mm")} UTC.</p>""");
    }
}
