using System.Text.RegularExpressions;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>
/// What the documents say of the claims, made from their entries by <c>reproduce claims --write</c>: in CLAIMS.md the papers with a table
/// each, in README.md how many claims have which verdict. Everything between two comments is replaced.
/// </summary>
public static partial class Ledger
{
    private const string Tables = "claims", Counts = "status";

    private static readonly (string Word, string Short)[] Abbreviations =
    [
        ("section", "§"), ("sections", "§§"), ("appendix", "App."), ("equation", "eq."), ("equations", "eqs."),
        ("Proposition", "Prop."), ("Definition", "Def."),
    ];

    /// <summary>README.md.</summary>
    public static string ReadmeFile => Path.Combine(Repository.Root, "README.md");

    /// <summary>CLAIMS.md with the papers and tables of these claims.</summary>
    /// <exception cref="FormatException">The comments are missing.</exception>
    public static string InClaims(string text, IReadOnlyList<ClaimEntry> claims)
    {
        var refuted = claims.Where(claim => claim.Declared == Verdict.Refuted).Select(claim => claim.Id).ToHashSet();
        string VerdictOf(ClaimEntry claim) =>
            claim.Declared != Verdict.Refuted && ClaimRegistry.Bases(claim, claims).Overlaps(refuted)
                ? $"{claim.Declared.Words()}, conditional"
                : claim.Declared.Words();
        var sections =
            from paper in Paper.All
            let own = claims.Where(claim => claim.Paper == paper.Id)
            where own.Any()
            let rows = own.Select(claim => new[]
            {
                $"[{claim.Id}]({Anchor(paper, claim)})", claim.Title, PlaceInBrief(claim), VerdictOf(claim),
                claim.DeclaredAt(Profile.Standard)?.Words() ?? "", claim.DeclaredAt(Profile.Paper)?.Words() ?? "",
            })
            select $"{Heading(paper)}\n\n{Table(["claim", "what it says", "place", "verdict", "standard", "paper"], rows)}";
        return Replaced(text, Tables, $"\n{string.Join('\n', sections)}\n", "CLAIMS.md");
    }

    /// <summary>README.md with the counts of these claims.</summary>
    /// <exception cref="FormatException">The comments are missing.</exception>
    public static string InReadme(string text, IReadOnlyList<ClaimEntry> claims)
    {
        Verdict[] verdicts = [.. Enum.GetValues<Verdict>().Where(verdict => claims.Any(claim => claim.Declared == verdict))];
        var byVerdict =
            from one in ByPaper(claims)
            let counts = verdicts.Select(verdict => one.Claims.Count(claim => claim.Declared == verdict))
            select (string[])[one.Name, $"{one.Claims.Count}", .. counts.Select(count => $"{count}")];
        var byError =
            from one in ByPaper([.. claims.Where(claim => Paper.All.Single(paper => paper.Id == claim.Paper).IsPaper)])
            let count = ErrorCount.Of(one.Claims.Select(claim => (claim, (Verdict?)claim.Declared)))
            select (string[])[one.Name, $"{count.Errors}", $"{count.MissingHypotheses}", $"{count.Slips}"];
        return Replaced(
            text,
            Counts,
            $"""
            {Table(["paper", "claims", .. verdicts.Select(verdict => verdict.Words())], byVerdict)}
            {AtTheStandardSize(claims)}An error of a paper counts once, however many claims show it. *Errors*: what is printed is false.
            *Missing hypotheses*: it is true once a hypothesis is added. *Slips*: misprints that the paper's own text corrects.

            {Table(["paper", "errors", "missing hypotheses", "slips"], byError)}
            """,
            "README.md");
    }

    /// <summary>Where the documents differ from the entries.</summary>
    /// <exception cref="FormatException">The comments are missing.</exception>
    public static IReadOnlyList<string> Faults(string claimsText, string readmeText, IReadOnlyList<ClaimEntry> claims) =>
    [
        .. Differences("CLAIMS.md", claimsText, InClaims(claimsText, claims)),
        .. Differences("README.md", readmeText, InReadme(readmeText, claims)),
    ];

    /// <summary>
    /// Where the entries do not declare what the tests give: every theorem is held against its evidence, an experiment where it has some.
    /// </summary>
    public static IReadOnlyList<string> Faults(IReadOnlyList<ClaimStatus> claims) =>
        [.. from status in claims
            let claim = status.Claim
            where status.IsWrong || claim.Kind == ClaimKind.Theorem && status.Standing != Standing.Decided
            select status.IsWrong
                ? $"{claim.Where}: {claim.Id} declares '{claim.Declared.Words()}', its tests give '{status.Words}'"
                : $"{claim.Id}: {status.Summary}"];

    private static string Heading(Paper paper) => paper.IsPaper
        ? $"""
            ## {paper.Letter}: {paper.Title}

            {string.Join(", ", paper.Authors)};
            {paper.Kind}, {paper.Year}, [{paper.Number}]({paper.Address}). Ids begin with `{paper.Id}`.
            """
        : $"""
            ## {paper.Title}

            Claims in none of the papers. Ids begin with `{paper.Id}`.
            """;

    // Headings are ids, whose dots are left out of their anchors.
    private static string Anchor(Paper paper, ClaimEntry claim) =>
        $"{paper.ClaimsFile}#{claim.Id.Replace(".", "", StringComparison.Ordinal)}";

    // The paper is that of the table, and where a number is the section can be left to the entry.
    private static string PlaceInBrief(ClaimEntry claim) => Abbreviations.Aggregate(
        Around().Replace(claim.Place, ""),
        (place, one) => place.Replace($"{one.Word} ", $"{one.Short} ", StringComparison.Ordinal));

    [GeneratedRegex(@"^[A-Z], |^beyond the papers; |; .*| \((section|appendix|proof).*|, proof in .*")]
    private static partial Regex Around();

    private static string AtTheStandardSize(IReadOnlyList<ClaimEntry> claims)
    {
        var verdicts = claims.Select(claim => claim.DeclaredAt(Profile.Standard)).OfType<Verdict>().ToList();
        if (verdicts.Count == 0)
        {
            return "";
        }

        var counts =
            from verdict in verdicts
            group verdict by verdict into same
            orderby same.Key
            select $"{same.Count()} {same.Key.Words()}";
        var experiments = claims.Count(claim => claim.Kind == ClaimKind.Experiment);
        return $"Of {experiments} experiments {verdicts.Count} were judged at the standard size, as declared from its results: "
            + $"{string.Join(", ", counts)}.\n\n";
    }

    // Each paper, and all of them.
    private static IEnumerable<(string Name, IReadOnlyList<ClaimEntry> Claims)> ByPaper(IReadOnlyList<ClaimEntry> claims) =>
        [.. claims.GroupBy(claim => claim.Paper).Select(own => (own.Key, own.ToList())), ("all", claims)];

    private static string Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        IEnumerable<IReadOnlyList<string>> lines = [headings, [.. headings.Select(_ => "---")], .. rows];
        return string.Concat(lines.Select(cells => $"|{string.Join('|', cells.Select(Cell))}|\n"));
    }

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static string[] Differences(string file, string now, string right)
    {
        var (stands, belongs) = (now.Split('\n'), right.Split('\n'));
        string[] lines =
        [
            .. belongs.Except(stands).Select(line => $"{file} lacks '{line}'"),
            .. stands.Except(belongs).Select(line => $"{file} says '{line}'"),
        ];
        return lines.Length > 0 || now == right ? lines : [$"{file} has the right lines, in another order or too often"];
    }

    private static string Replaced(string text, string name, string block, string file)
    {
        var (start, end) = ($"<!-- {name}: ./reproduce claims --write -->", $"<!-- end of {name} -->");
        var (from, to) = (text.IndexOf(start, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        return from >= 0 && to > from
            ? $"{text[..(from + start.Length)]}\n{block}{text[to..]}"
            : throw new FormatException($"{file} has no lines '{start}' and '{end}', between which tables stand: restore them from git");
    }
}
