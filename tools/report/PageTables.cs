using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>Every number that a paper prints and a test measured, side by side; and where the papers' figures are drawn again.</summary>
internal static partial class PageTables
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers, PageFigures figures)
    {
        List<Comparison> compared =
        [
            .. from claim in claims
               let rows = claim.Evidence.SelectMany(file => file.Measurements).Where(measurement => measurement.Paper is not null).ToList()
               where rows.Count > 0
               orderby claim.Claim.Kind == ClaimKind.Theorem
               select new Comparison(claim, rows),
        ];
        return Html.Of(
            $"""
            <p>{compared.Sum(one => one.Rows.Count)} measurements beside what the papers print of the same quantity. Differences are ours
            minus the printed one, in units of the combined standard error; beyond ±2 they are marked. None is given where our training was
            shorter or smaller than the paper's.{Reservations(claims)}</p>
            {papers.Select(paper => OfPaper(paper, [.. compared.Where(one => one.Claim.Claim.Paper == paper.Id)]))}
            {figures.Index(papers)}
            """);
    }

    // Data sets that are only part of the original, as their names in the evidence say.
    private static string Reservations(IReadOnlyList<ClaimStatus> claims)
    {
        var named =
            (from claim in claims
             from file in claim.Evidence
             from measurement in file.Measurements
             let remarked = Remarked().Match(measurement.Data ?? "")
             where remarked.Success
             select remarked.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal).ToList();
        return named.Count == 0 ? "" : $" Not all data are the originals: {string.Join("; ", named)}.";
    }

    private static Html OfPaper(Paper paper, IReadOnlyList<Comparison> compared) => Html.If(
        compared.Count > 0,
        $"""
        <h3>{paper.Title}</h3>
        {compared.Select(Of)}
        """);

    private static Html Of(Comparison comparison)
    {
        // Rows with the same in a column stand together, under one cell; the column with fewer different cells comes first.
        var (claim, unordered) = comparison;
        int Different(Func<Measurement, string> of) => unordered.Select(of).Distinct().Count();
        Func<Measurement, string> printed = Numbers.Printed, rule = row => row.Rule;
        var (first, second) = Different(printed) <= Different(rule) ? (printed, rule) : (rule, printed);
        List<Measurement> rows = [.. unordered.GroupBy(first).SelectMany(same => same.GroupBy(second)).SelectMany(same => same)];
        var hasSettings = rows.Any(row => row.Setting is not null);
        var hasDifferences = rows.Any(row => row.PaperDifference is not null);
        Html Row(Measurement row, int i) => Html.Of(
            $"""
            <tr><td>{Prose.Line(row.Quantity)}</td>
            {Html.If(hasSettings, $"""<td class="setting" data-label="setting">{Prose.Line(row.Setting ?? "")}</td>""")}
            {SharedCell.Of(rows, i, printed, "printed", "printed")}
            <td class="number" data-label="ours">{MeasurementCell.Of(row)}</td>
            {Html.If(hasDifferences, $"""<td class="{Tone(row)}" data-label="difference">{Numbers.Difference(row)}</td>""")}
            {SharedCell.Of(rows, i, rule, "rule", "rule")}</tr>

            """);

        var place = $"{claim.Claim.Place}; {Sentences.Counted(rows.Count, "number")}";
        return Html.Of(
            $"""
            <details class="row"><summary>{VerdictMark.Of(claim).Chip()} <span class="title">{Prose.Line(claim.Claim.Title)}</span>
            <span class="place">{place}</span></summary>
            <table class="cards compared">
            <thead><tr><th scope="col">measured</th>{Html.If(hasSettings, $"""<th scope="col">setting</th>""")}
            <th scope="col" class="printed">printed</th><th scope="col" class="number">ours</th>
            {Html.If(hasDifferences, $"""<th scope="col" class="number">difference</th>""")}<th scope="col">rule</th></tr></thead>
            <tbody>{rows.Select(Row)}</tbody>
            </table>
            <p>{ClaimLink.To(claim.Claim.Id)}</p>
            </details>
            """);
    }

    private static string Tone(Measurement row) => Math.Abs(row.PaperDifference ?? 0) > 2 ? "number far" : "number";

    // A name with a remark, and a checksum.
    [GeneratedRegex(@"^(?<name>.+ \(.+\)) \w+$")]
    private static partial Regex Remarked();

    private sealed record Comparison(ClaimStatus Claim, List<Measurement> Rows);
}
