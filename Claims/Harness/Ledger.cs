using System.Text;
using System.Text.RegularExpressions;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>
/// What the documents say of the claims, made from their entries by <c>reproduce claims --write</c>: in CLAIMS.md a table for each paper, in README.md how many claims have
/// which verdict. Each stands between two comments, and everything between them is replaced.
/// </summary>
public static partial class Ledger
{
    private const string Counts = "status";

    /// <summary>README.md.</summary>
    public static string ReadmeFile => Path.Combine(Repository.Root, "README.md");

    /// <summary>CLAIMS.md with the tables of these claims.</summary>
    /// <exception cref="FormatException">The comments of a paper are missing.</exception>
    public static string InClaims(string text, IReadOnlyList<ClaimEntry> claims)
    {
        foreach (var paper in claims.GroupBy(claim => claim.Paper))
        {
            var table = new StringBuilder("| claim | what it says | place | verdict | standard | paper |\n|---|---|---|---|---|---|\n");
            foreach (var claim in paper)
            {
                string At(Profile profile) => claim.DeclaredAt(profile)?.Words() ?? "";
                table.Append($"| [{claim.Id}]({Link(claim)}) | {Cell(claim.Title)} | {Cell(PaperLetter().Replace(claim.Place, ""))} | {Verdict(claim, claims)} | {At(Profile.Standard)} | {At(Profile.Paper)} |\n");
            }

            text = Replaced(text, paper.Key, table.ToString(), "CLAIMS.md");
        }

        return text;
    }

    /// <summary>README.md with the counts of these claims.</summary>
    /// <exception cref="FormatException">The comments are missing.</exception>
    public static string InReadme(string text, IReadOnlyList<ClaimEntry> claims)
    {
        Verdict[] verdicts = [.. Enum.GetValues<Verdict>().Where(verdict => claims.Any(claim => claim.Declared == verdict))];
        var table = new StringBuilder($"| paper | claims | {string.Join(" | ", verdicts.Select(verdict => verdict.Words()))} |\n|---|{string.Concat(Enumerable.Repeat("---|", verdicts.Length + 1))}\n");
        List<(string Name, IReadOnlyList<ClaimEntry> Claims)> groups =
            [.. claims.GroupBy(claim => claim.Paper).Select(group => (group.Key, group.ToList())), ("all", claims)];
        foreach (var (name, group) in groups)
        {
            table.Append($"| {name} | {group.Count} | {string.Join(" | ", verdicts.Select(verdict => group.Count(claim => claim.Declared == verdict)))} |\n");
        }

        table.Append("\n| paper | errors | missing hypotheses | slips |\n|---|---|---|---|\n");
        foreach (var (name, group) in groups)
        {
            var count = ErrorCount.Of(group.Select(claim => (claim, (Verdict?)claim.Declared)));
            table.Append($"| {name} | {count.Errors} | {count.MissingHypotheses} | {count.Slips} |\n");
        }

        table.Append(
            """

            Here an error counts once, however many claims show it. *Errors*: what is printed is false. *Missing hypotheses*: it is true once a
            hypothesis is added. *Slips*: misprints that the paper's own text corrects.

            """);

        var standard = claims.Select(claim => claim.DeclaredAt(Profile.Standard)).OfType<Verdict>().ToList();
        if (standard.Count > 0)
        {
            var counts = standard.GroupBy(verdict => verdict).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key.Words()}");
            table.Append($"\nAt the standard size, as declared from its results: {string.Join(", ", counts)}, of the {standard.Count} of {claims.Count(claim => claim.Kind == ClaimKind.Experiment)} experiments that were judged at it.\n");
        }

        return Replaced(text, Counts, table.ToString(), "README.md");
    }

    /// <summary>Where the documents differ from the entries.</summary>
    /// <exception cref="FormatException">The comments are missing.</exception>
    public static IReadOnlyList<string> Faults(string claimsText, string readmeText, IReadOnlyList<ClaimEntry> claims) =>
        [.. Differences("CLAIMS.md", claimsText, InClaims(claimsText, claims)), .. Differences("README.md", readmeText, InReadme(readmeText, claims))];

    /// <summary>Where the entries do not declare what the tests give: every theorem is held against its evidence, an experiment where it has some.</summary>
    public static IReadOnlyList<string> Faults(IReadOnlyList<ClaimStatus> claims) =>
        [.. from claim in claims
            where claim.IsWrong || claim.Claim.Kind == ClaimKind.Theorem && claim.Standing != Standing.Decided
            select claim.IsWrong ? $"{claim.Claim.Where}: {claim.Claim.Id} declares '{claim.Claim.Declared.Words()}', its tests give '{claim.Words}'" : $"{claim.Claim.Id}: {claim.Summary}"];

    // A reader of the table knows the paper.
    [GeneratedRegex("^[A-Z], ")]
    private static partial Regex PaperLetter();

    // Headings are ids, whose dots are left out of their anchors.
    private static string Link(ClaimEntry claim) => $"{ClaimRegistry.FileOf(claim.Paper)}#{claim.Id.Replace(".", "", StringComparison.Ordinal)}";

    private static string Verdict(ClaimEntry claim, IReadOnlyList<ClaimEntry> claims)
    {
        var refuted = claims.Where(one => one.Declared == Harness.Verdict.Refuted).Select(one => one.Id);
        return claim.Declared != Harness.Verdict.Refuted && ClaimRegistry.Bases(claim, claims).Overlaps(refuted) ? $"{claim.Declared.Words()}, conditional" : claim.Declared.Words();
    }

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static string[] Differences(string file, string now, string right)
    {
        var (stands, belongs) = (now.Split('\n'), right.Split('\n'));
        string[] lines = [.. belongs.Except(stands).Select(line => $"{file} lacks '{line}'"), .. stands.Except(belongs).Select(line => $"{file} says '{line}'")];
        return lines.Length > 0 || now == right ? lines : [$"{file} has the right lines, in another order or too often"];
    }

    private static string Replaced(string text, string name, string block, string file)
    {
        var (start, end) = ($"<!-- {name}: ./reproduce claims --write -->", $"<!-- end of {name} -->");
        var (from, to) = (text.IndexOf(start, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        return from >= 0 && to > from
            ? $"{text[..(from + start.Length)]}\n{block}{text[to..]}"
            : throw new FormatException($"{file} has no lines '{start}' and '{end}', between which a table stands: take them from git again");
    }
}
