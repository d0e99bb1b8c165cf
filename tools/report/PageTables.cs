using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>Every number that a paper prints and a test measured, side by side; and where the papers' figures are drawn again.</summary>
internal static partial class PageTables
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers, PageFigures figures)
    {
        var compared = claims.Select(claim => (claim, rows: claim.Evidence.SelectMany(file => file.Measurements).Where(measurement => measurement.Paper is not null).ToList())).Where(pair => pair.rows.Count > 0)
            .OrderBy(pair => pair.claim.Claim.Kind == ClaimKind.Theorem).ToList();
        return Html.Of(
            $"""
            <p>{compared.Sum(pair => pair.rows.Count)} measurements beside what the papers print of the same quantity. Differences are ours minus the printed one, in units of the combined standard error; beyond ±2 they are marked. None is given where our training was shorter or smaller than the paper's.{Reservations(claims)}</p>
            {papers.Select(paper => OfPaper(paper, [.. compared.Where(pair => pair.claim.Claim.Paper == paper.Id)]))}
            {figures.Index(papers)}
            """);
    }

    // Data sets that are not the whole original, as their names in the evidence say.
    private static string Reservations(IReadOnlyList<ClaimStatus> claims)
    {
        List<string> named = [.. from claim in claims from file in claim.Evidence from measurement in file.Measurements
            let remarked = Remarked().Match(measurement.Data ?? "") where remarked.Success select remarked.Groups["name"].Value];
        return named.Count == 0 ? "" : $" Not all data are the originals: {string.Join("; ", named.Distinct().Order(StringComparer.Ordinal))}.";
    }

    private static Html OfPaper(Paper paper, IReadOnlyList<(ClaimStatus Claim, List<Measurement> Rows)> compared) => compared.Count == 0 ? Html.None : Html.Of(
        $"""
        <h3>{paper.Title}</h3>
        {compared.Select(pair => Of(pair.Claim, pair.Rows))}
        """);

    private static Html Of(ClaimStatus claim, List<Measurement> unordered)
    {
        // Rows that are held against the same stand together, under one cell: what fewer differ in comes first.
        int Different(Func<Measurement, string> of) => unordered.Select(of).Distinct().Count();
        Func<Measurement, string> printed = Numbers.Printed, rule = row => row.Rule;
        var (first, second) = Different(printed) <= Different(rule) ? (printed, rule) : (rule, printed);
        List<Measurement> rows = [.. unordered.GroupBy(first).SelectMany(same => same.GroupBy(second)).SelectMany(same => same)];
        var hasSettings = rows.Any(row => row.Setting is not null);
        var hasDifferences = rows.Any(row => row.PaperDifference is not null);
        return Html.Of(
            $"""
            <details class="row"><summary>{VerdictMark.Of(claim).Chip()} <span class="title">{Prose.Line(claim.Claim.Title)}</span> <span class="place">{claim.Claim.Place}; {rows.Count} {(rows.Count == 1 ? "number" : "numbers")}</span></summary>
            <table class="cards compared">
            <thead><tr><th scope="col">measured</th>{Heading(hasSettings, "setting", "")}<th scope="col" class="printed">printed</th><th scope="col" class="number">ours</th>{Heading(hasDifferences, "difference", "number")}<th scope="col">rule</th></tr></thead>
            <tbody>{rows.Select((row, i) => Html.Of(
                $"""<tr><td>{Prose.Line(row.Quantity)}</td>{Cell(hasSettings, Prose.Line(row.Setting ?? ""), "setting", "setting")}{SharedCell.Of(rows, i, printed, "printed", "printed")}<td class="number" data-label="ours">{MeasuredValue.Of(row)}</td>{Cell(hasDifferences, Html.Escaped(Numbers.Difference(row)), "difference", Math.Abs(row.PaperDifference ?? 0) > 2 ? "number far" : "number")}{SharedCell.Of(rows, i, rule, "rule", "rule")}</tr>"""))}</tbody>
            </table>
            <p>{ClaimLink.To(claim.Claim.Id)}</p>
            </details>
            """);
    }

    private static Html Heading(bool isShown, string text, string tone) => isShown ? Html.Of($"""<th scope="col" class="{tone}">{text}</th>""") : Html.None;

    private static Html Cell(bool isShown, Html content, string label, string tone) => isShown ? Html.Of($"""<td class="{tone}" data-label="{label}">{content}</td>""") : Html.None;

    // A name with a remark, and a checksum.
    [GeneratedRegex(@"^(?<name>.+ \(.+\)) \w+$")]
    private static partial Regex Remarked();
}
