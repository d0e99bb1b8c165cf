using System.Globalization;
using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Report;

/// <summary>A table as the paper prints it, with ours and the difference in each cell.</summary>
internal sealed partial class PaperTable
{
    // What the author's own results give for the thesis's tables.
    private const string AuthorsClaim = "smoothness.authors-results";

    private readonly ClaimView _claim;
    private readonly SizedRun _run;
    private readonly PublishedTable _printed;
    private readonly Dictionary<(string Row, string Column), Measurement> _ours = [];
    private readonly Dictionary<(string Row, string Column), Measurement> _authors = [];

    private PaperTable(
        ClaimView claim, SizedRun run, PublishedTable printed, IReadOnlyList<Measurement> ours, IReadOnlyList<Measurement> authors)
    {
        (_claim, _run, _printed) = (claim, run, printed);
        foreach (var (row, column, value) in printed.Values)
        {
            var cell = ours.Where(one => Begins(one.Paper!, value.Value) && Names(one, row)).ToList();
            if ((cell.Count > 1 ? cell.FirstOrDefault(one => Names(one, column)) ?? cell[0] : cell.FirstOrDefault()) is { } found
                && (printed.ColumnNames.Count == 1 || Names(found, column)))
            {
                _ours[(row, column)] = found;
            }

            var number = claim.Id.Split("table-")[1];
            var name = $"Table {number}, {row}, {(printed.ColumnNames.Count == 1 ? "" : $"{column}, ")}mean,";
            if (authors.FirstOrDefault(one => one.Quantity.StartsWith(name, StringComparison.Ordinal)) is { } own)
            {
                _authors[(row, column)] = own;
            }
        }
    }

    /// <summary>What the signs in the cells mean.</summary>
    internal static Html Legend => Html.Of(
        $"""
        <span>Each cell: printed ± deviation over runs or data sets; ours ± standard error; the difference in combined standard
        errors</span>
        <span class="match">✓ matches</span> <span class="undecided">◇ undecided</span>
        <span class="differs">✗ differs, by the table’s rule</span>
        <span class="unlike">~ not judged by itself, or trained on less or for a shorter time</span> <span class="absent">– not run</span>
        """);

    /// <summary>The tables of claims, by id; of those that are none, or of which no cell was measured, there is none.</summary>
    internal static IReadOnlyDictionary<string, PaperTable> All(IReadOnlyList<ClaimView> claims) =>
        (from claim in claims let table = Of(claim, claims) where table is not null select (claim.Id, table)).ToDictionary();

    private static PaperTable? Of(ClaimView claim, IReadOnlyList<ClaimView> all)
    {
        var name = claim.Id.Replace(".table", "-table", StringComparison.Ordinal);
        if (!PublishedTable.Names.Contains(name))
        {
            return null;
        }

        var printed = PublishedTable.Load(name);
        var authors = claim.Claim.Paper == "smoothness"
            ? all.Where(one => one.Id == AuthorsClaim).SelectMany(one => one.Status.Evidence).SelectMany(file => file.Measurements)
            : [];
        return
            (from run in claim.Runs
             let ours = run.Evidence.SelectMany(file => file.Measurements).Where(one => one.Paper is not null).ToList()
             where ours.Count > 0
             select new PaperTable(claim, run, printed, ours, [.. authors])).FirstOrDefault(table => table._ours.Count > 0);
    }

    /// <summary>The table, with a head that says what it is and how much was run.</summary>
    internal Html Show(bool isLinked)
    {
        var columns = _printed.ColumnNames;
        int Count(CellMatch match) => _ours.Values.Count(one => one.Match == match);
        var judged = _ours.Values.Any(one => one.Match is not null)
            ? $": {Count(CellMatch.Matches)} matching, {Count(CellMatch.Undecided)} undecided, {Count(CellMatch.Differs)} differing"
            : "";
        var counts = $"{_printed.Count} cells printed, {_ours.Count} measured{judged}";
        var rules = _ours.Values.Where(one => one.PaperDifference is not null).Select(one => one.Rule).Distinct().ToList();
        Html Head(string column)
        {
            var settings =
                (from one in _ours where one.Key.Column == column select Rest(one.Value, one.Key.Row, column)).Distinct().ToList();
            var common = settings is [{ Length: > 0 } only] ? Html.Of($"""<span class="series">{Prose.Line(only)}</span>""") : Html.None;
            return Html.Of($"""<th scope="col">{Shown(column)}{common}</th>""");
        }

        Html Row(string row) => Html.Of(
            $"""
            <tr><th scope="row">{Shown(row)}</th>{columns.Select(column => Cell(row, column))}</tr>

            """);
        var place = Places.Brief(_claim.Claim);
        var suchAs = rules.Count > 1 ? ", such as" : "";
        var rule = Html.Of($"A cell is judged by its rule{suchAs}: {Prose.Line(rules.FirstOrDefault() ?? "")}.");
        var larger = _claim.Largest is { } largest && largest != _run
            ? Html.Of($"""
                <p class="note">Below is the {_run.SizeWord} size. Of the {largest.SizeWord} size only the verdict was kept, no cells:
                {VerdictMark.Of(largest.Words).Chip()} {Prose.Line(_claim.Answer ?? "")}</p>
                """)
            : Html.None;
        var label = $"{place} of {_claim.Claim.Paper}{(isLinked ? "" : ", in its claim")}";
        return Html.Of(
            $"""
            <p class="caption"><b>{place}.</b> {Prose.Line(_claim.Claim.Title)} {_run.Badge} {VerdictMark.Of(_run.Words).Chip()}
            <span class="note">{counts}.{Html.If(isLinked, $" {ClaimLink.To(_claim.Id)}")}</span></p>
            {larger}
            <div class="wide" tabindex="0" role="region" aria-label="{label}"><table class="printed-table" aria-label="{label}">
            <thead><tr><td></td>{columns.Select(Head)}</tr></thead>
            <tbody>{_printed.RowNames.Select(Row)}</tbody>
            </table></div>
            {Html.If(rules.Count > 0, $"""<p class="note">{rule}</p>""")}
            """);
    }

    private Html Cell(string row, string column)
    {
        if (!_printed.Values.Any(one => one.Row == row && one.Column == column))
        {
            return Html.Of($"<td></td>");
        }

        var printed = Printed(_printed[row, column]);
        var author = _authors.TryGetValue((row, column), out var own)
            ? Html.Of($"""<span class="authors">author’s files: {Numbers.Brief(own.Value)}</span>""")
            : Html.None;
        if (!_ours.TryGetValue((row, column), out var ours))
        {
            var isRun = _ours.Keys.Any(key => key.Column == column);
            return Html.Of($"""<td class="absent"><span>{printed}</span>{author}{Html.If(isRun, $"<span>–</span>")}</td>""");
        }

        var difference = Numbers.Difference(ours);
        var (tone, sign) = ours.Match switch
        {
            CellMatch.Matches => ("match", "✓"),
            CellMatch.Differs => ("differs", "✗"),
            CellMatch.Undecided => ("undecided", "◇"),
            _ when IsCount(ours, _printed[row, column]) => ("match", "✓ rounds to it"),
            _ => ("unlike", "~"),
        };
        return Html.Of(
            $"""
            <td class="{tone}"><span>{printed}</span>{author}<span><b class="ours">{Numbers.Value(ours)}</b>
            <i class="mark">{sign} {difference}</i></span></td>
            """);
    }

    // What was counted, without an error, and printed rounded, perhaps in millions.
    private static bool IsCount(Measurement ours, PublishedValue printed)
    {
        var unit = ours.Paper!.EndsWith(" million", StringComparison.Ordinal) ? 1e6 : 1;
        return ours.Uncertainty is null && double.IsInteger(ours.Value) && Math.Abs(ours.Value / unit - printed.Value) <= printed.Rounding;
    }

    // As many digits as are printed.
    private static string Printed(PublishedValue value)
    {
        var decimals = Math.Max(0, (int)Math.Round(-Math.Log10(2 * value.Rounding)));
        var mean = value.Value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
        var deviation = value.StandardDeviation?.ToString("G3", CultureInfo.InvariantCulture);
        return Numbers.InText(deviation is null ? mean : $"{mean}\u00a0±\u00a0{deviation}");
    }

    private static string Shown(string name) => Size().Replace(name, "×");

    private static bool Begins(string paper, double value) =>
        Number().Match(paper) is { Success: true } match
        && Math.Abs(double.Parse(match.Value, CultureInfo.InvariantCulture) - value) <= 1e-9 * Math.Max(1, Math.Abs(value));

    // A word of the quantity or the setting, or its plural.
    private static bool Names(Measurement one, string name) =>
        Regex.IsMatch($"{one.Quantity}; {one.Setting}", $@"(?<![\w.-]){Regex.Escape(name)}s?(?![\w-]|\.\d)");

    // What the setting says besides row and column.
    private static string Rest(Measurement one, string row, string column)
    {
        var rest = Regex.Replace(one.Setting ?? "", $@"(?<![\w.-])({Regex.Escape(row)}|{Regex.Escape(column)})s?(?![\w-]|\.\d)", "");
        return rest.Contains("cell ", StringComparison.Ordinal) ? "" : Edges().Replace(rest, "");
    }

    [GeneratedRegex(@"^-?\d+(\.\d+)?([eE][-+]?\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<=\d)x(?=\d)")]
    private static partial Regex Size();

    [GeneratedRegex(@"^( on|[\s,:;])+|[\s,:;]+$")]
    private static partial Regex Edges();
}
