using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What the tests of a claim left: results, measurements, and where they come from.</summary>
internal static class PageEvidence
{
    internal static Html Of(ClaimStatus status) => Html.If(
        status.Evidence.Count > 0,
        $"""
        <h4>Tests</h4>
        <ul class="tests">{TestEvidence.Of(status).Select(Test)}</ul>
        {Kills(status.Claim)}
        {Measurements(status)}
        {Provenance(status)}
        """);

    private static Html Test(TestEvidence test)
    {
        var messages = test.Messages.Select(message => Html.Of($"""<br><span class="message">{message.Split('\n')[0]}</span>"""));
        return Html.Of(
            $"""
            <li><span class="role">{Word(test.Role)}</span> <span class="{test.Outcome.Replace(' ', '-')}">{test.Outcome}</span>
            <span>{Breakable(test.Name)}{Html.If(test.Rows > 1, $", {test.Rows} rows")}{messages}</span></li>

            """);
    }

    // Class.Subject_Scenario_Result, in which a line may break.
    private static Html Breakable(string test)
    {
        var text = Html.Escape(test).Replace("_", "_<wbr>", StringComparison.Ordinal).Replace(".", ".<wbr>", StringComparison.Ordinal);
        return Html.Of($"<code>{new Html(text)}</code>");
    }

    private static Html Kills(ClaimEntry claim) => claim.Kills.Count == 0 ? Html.None
        : new($"<p>{KillScore.Sentence(claim, name => $"<code>{Html.Escape(name)}</code>")}</p>");

    private static Html Measurements(ClaimStatus status)
    {
        List<Row> rows = [.. from file in status.Evidence from measurement in file.Measurements select new Row(file.Role, measurement)];
        if (rows.Count == 0)
        {
            return Html.None;
        }

        // Columns that are empty for the whole claim are left out; what is the same in all rows is said once, below.
        var columns = Column.All.Where(column => rows.Any(row => column.Of(row.Measurement).Text.Length > 0)).ToList();
        var common = columns
            .Where(column => rows.Count > 1 && !column.IsValue && rows.Select(row => column.Of(row.Measurement)).Distinct().Count() == 1)
            .ToList();
        columns = [.. columns.Except(common)];

        // Rows that differ in nothing but what was measured, as at many centres, are one with many numbers.
        string Key(Row row) => string.Join('\0',
        [
            .. columns.Where(column => column != Column.Measured).Select(column => column.Of(row.Measurement).Text),
            row.Measurement.Quantity, row.Measurement.Rule, Word(row.Role),
        ]);
        var alike = rows.GroupBy(Key).Select(same => same.ToList()).ToList();
        Html Line(List<Row> same, int i)
        {
            var (role, measurement) = same[0];
            var isRuleSaid = i > 0 && alike[i - 1][0].Measurement.Rule == measurement.Rule;
            return Html.Of(
                $"""
                <tr><td>{Prose.Line(measurement.Quantity)}<span class="role"> {Word(role)}</span>
                {Html.If(!isRuleSaid, $"""<div class="rule">held against: {Prose.Line(measurement.Rule)}</div>""")}</td>
                {columns.Select(column => Cell(column, same))}</tr>

                """);
        }

        var said = common.Select(column => Html.Of($"{column.Heading} {column.Of(rows[0].Measurement)}"));
        return Html.Of(
            $"""
            <h4>Measurements</h4>
            <div class="wide" tabindex="0" role="region" aria-label="Measurements of {status.Claim.Id}"><table class="cards evidence">
            <thead><tr><th scope="col">quantity</th>{columns.Select(Heading)}</tr></thead>
            <tbody>{alike.Select(Line)}</tbody>
            </table></div>
            {Html.If(common.Count > 0, $"""<p class="note">In all rows: {Html.Join(said, "; ")}.</p>""")}
            """);
    }

    private static Html Heading(Column column) => Html.Of($"""<th scope="col" class="{column.Class}">{column.Heading}</th>""");

    private static Html Cell(Column column, List<Row> same)
    {
        var isMany = column == Column.Measured && same.Count > 1;
        var content = Html.Join((isMany ? same : same[..1]).Select(row => column.Of(row.Measurement)), "; ");
        return Html.Of($"""<td class="{(isMany ? "many" : column.Class)}" data-label="{column.Heading}">{content}</td>""");
    }

    private static Html Provenance(ClaimStatus status)
    {
        var stamp = status.Evidence[0].Stamp;
        var finished = status.Evidence.Max(file => file.Finished).ToString("yyyy-MM-dd HH:mm");
        return Html.Of(
            $"""
            <p class="provenance">{stamp.Device}; {stamp.Library}; {stamp.Runtime}; {stamp.Cores} cores. Commit <code>{stamp.Commit}</code>,
            build <code>{stamp.Build}</code>. {Numbers.Seconds(status.Evidence.Sum(file => file.Seconds))}, finished {finished} UTC.</p>
            """);
    }

    private static string Word(Role role) => role.ToString().ToLowerInvariant();

    private sealed record Row(Role Role, Measurement Measurement);

    private sealed record Column(string Heading, string Class, bool IsValue, Func<Measurement, Html> Of)
    {
        internal static Column Measured { get; } = new("measured", "number", true, MeasurementCell.Of);

        internal static IReadOnlyList<Column> All { get; } =
        [
            new("setting", "setting", false, row => Prose.Line(row.Setting ?? "")),
            Measured,
            new("printed", "printed", true, row => Prose.Line(Numbers.Printed(row))),
            new("difference", "number", true, row => Html.Escaped(Numbers.Difference(row))),
            new("n", "number", false, row => Html.Escaped(row.Samples?.ToString() ?? "")),
            new("type", "", false, row => Html.Escaped(row.Dtype ?? "")),
            new("seed", "seed", false, row => Html.Escaped(row.Seed ?? "")),
            new("data", "seed", false, row => Html.Escaped(row.Data ?? "")),
        ];
    }
}
