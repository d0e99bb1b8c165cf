using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>Every number that a paper prints and a test measured, side by side; and where the papers' figures are drawn again.</summary>
internal static partial class PageTables
{
    internal static Html Of(
        IReadOnlyList<ClaimView> claims,
        IReadOnlyList<Paper> papers,
        IReadOnlyDictionary<string, PaperTable> tables,
        PageFigures figures)
    {
        List<Comparison> compared =
            [.. claims.Select(Compared).OfType<Comparison>().OrderBy(one => one.Claim.Claim.Kind == ClaimKind.Theorem)];
        return Html.Of(
            $"""
            <p>{compared.Sum(one => one.Rows.Count)} measurements beside what the papers print of the same quantity. Differences are ours
            minus the printed one, in units of the combined standard error. In a table its rule says whether a cell matches; in a list those
            beyond ±2 are marked. None is given where our training was shorter or smaller than the paper's.{Reservations(claims)}</p>
            <p class="legend">{PaperTable.Legend}</p>
            {papers.Select(paper => OfPaper(
                paper,
                [.. from claim in claims where claim.Claim.Paper == paper.Id && tables.ContainsKey(claim.Id) select tables[claim.Id]],
                [.. compared.Where(one => one.Claim.Claim.Paper == paper.Id && !tables.ContainsKey(one.Claim.Id))]))}
            {figures.Index(papers)}
            """);
    }

    // The numbers of the largest run that has any beside printed ones.
    private static Comparison? Compared(ClaimView claim)
    {
        IEnumerable<(SizedRun? Run, IReadOnlyList<EvidenceFile> Evidence)> sources = claim.Runs.Count > 0
            ? claim.Runs.Select(run => ((SizedRun?)run, run.Evidence))
            : [(null, claim.Status.Evidence)];
        return (from source in sources
                let rows = source.Evidence.SelectMany(file => file.Measurements).Where(row => row.Paper is not null).ToList()
                where rows.Count > 0
                select new Comparison(claim, source.Run, rows)).FirstOrDefault();
    }

    // Data sets that are only part of the original, as their names in the evidence say.
    private static string Reservations(IReadOnlyList<ClaimView> claims)
    {
        var named =
            (from claim in claims
             from file in claim.Runs.SelectMany(run => run.Evidence).Concat(claim.Status.Evidence)
             from measurement in file.Measurements
             let remarked = Remarked().Match(measurement.Data ?? "")
             where remarked.Success
             select remarked.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal).ToList();
        return named.Count == 0 ? "" : $" Not all data are the originals: {string.Join("; ", named)}.";
    }

    private static Html OfPaper(Paper paper, IReadOnlyList<PaperTable> tables, IReadOnlyList<Comparison> compared) => Html.If(
        tables.Count + compared.Count > 0,
        $"""
        <h3>{paper.Title}</h3>
        {tables.Select(table => table.Show(isLinked: true))}
        {compared.Select(Of)}
        """);

    private static Html Of(Comparison comparison)
    {
        // Rows with the same in a column stand together, under one cell; the column with fewer different cells comes first.
        var (view, run, unordered) = comparison;
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

        var place = $"{Places.Brief(view.Claim)}; {Sentences.Counted(rows.Count, "number")}";
        return Html.Of(
            $"""
            <details class="row numbers"><summary><span class="verdicts">{view.Mark.Chip()}{run?.Badge ?? Html.None}</span>
            <span class="title">{Prose.Line(view.Claim.Title)}</span> <span class="place">{place}</span></summary>
            <table class="cards compared">
            <thead><tr><th scope="col">measured</th>{Html.If(hasSettings, $"""<th scope="col">setting</th>""")}
            <th scope="col" class="printed">printed</th><th scope="col" class="number">ours</th>
            {Html.If(hasDifferences, $"""<th scope="col" class="number">difference</th>""")}<th scope="col">rule</th></tr></thead>
            <tbody>{rows.Select(Row)}</tbody>
            </table>
            <p>{ClaimLink.To(view.Id)}</p>
            </details>
            """);
    }

    private static string Tone(Measurement row) => Math.Abs(row.PaperDifference ?? 0) > 2 ? "number far" : "number";

    // A name with a remark, and a checksum.
    [GeneratedRegex(@"^(?<name>.+ \(.+\)) \w+$")]
    private static partial Regex Remarked();

    private sealed record Comparison(ClaimView Claim, SizedRun? Run, List<Measurement> Rows);
}
