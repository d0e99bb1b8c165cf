using System.Text;
using System.Text.RegularExpressions;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>
/// The verdicts in the documents, written by <c>reproduce claims --write</c> from evidence: a table at the end of CLAIMS.md, and in README.md the
/// counts that follow from it. What is declared, of the quick size and of the standard one, is copied from the fields of the claims. Each stands between
/// two comments, and everything between them is replaced.
/// </summary>
public static partial class StatusTable
{
    private const string Begin = "<!-- status: ./reproduce claims --write -->";
    private const string End = "<!-- end of status -->";

    /// <summary>README.md.</summary>
    public static string ReadmeFile => Path.Combine(Repository.Root, "README.md");

    /// <summary>Claims whose evidence decides nothing, so that the documents cannot be written.</summary>
    public static IReadOnlyList<ClaimStatus> Undecided(IReadOnlyList<ClaimStatus> claims) =>
        [.. claims.Where(claim => claim.Standing is not (Standing.Decided or Standing.Differing or Standing.Disagreeing))];

    /// <summary>CLAIMS.md with the table of these claims.</summary>
    /// <exception cref="FormatException">The comments are missing.</exception>
    public static string InClaims(string claimsText, IReadOnlyList<ClaimStatus> claims)
    {
        var table = new StringBuilder("| claim | kind | what the tests give | declared | standard |\n|---|---|---|---|---|\n");
        foreach (var claim in claims)
        {
            table.Append($"| {claim.Claim.Id} | {claim.Claim.Kind.ToString().ToLowerInvariant()} | {claim.WholeVerdict} | {claim.Claim.Declared.Words()} | {Standard(claim)} |\n");
        }

        return Replaced(claimsText, table.ToString(), "CLAIMS.md");
    }

    /// <summary>README.md with the counts of the table in CLAIMS.md.</summary>
    /// <exception cref="FormatException">The comments are missing.</exception>
    public static string InReadme(string readmeText, string claimsText)
    {
        var rows = Rows(claimsText);
        string[] words = [.. Enum.GetValues<Verdict>().Select(verdict => verdict.Words()).Where(word => rows.Any(row => Words(row) == word))];
        var table = new StringBuilder($"| paper | claims | {string.Join(" | ", words)} |\n|---|{string.Concat(Enumerable.Repeat("---|", words.Length + 1))}\n");
        foreach (var (paper, group) in rows.GroupBy(row => row.Id.Split('.')[0]).Select(group => (group.Key, group.ToList())).Append(("all", rows)))
        {
            table.Append($"| {paper} | {group.Count} | {string.Join(" | ", words.Select(word => group.Count(row => Words(row) == word)))} |\n");
        }

        var standard = rows.Where(row => row.Standard.Length > 0).ToList();
        if (standard.Count > 0)
        {
            table.Append($"\nAt the standard size, as declared from its results: {string.Join(", ", Enum.GetValues<Verdict>().Select(verdict => verdict.Words()).Select(word => (word, count: standard.Count(row => row.Standard == word))).Where(pair => pair.count > 0).Select(pair => $"{pair.count} {pair.word}"))}, of the {standard.Count} of {rows.Count(row => row.Kind == "experiment")} experiments that were judged at it.\n");
        }

        return Replaced(readmeText, table.ToString(), "README.md");
    }

    /// <summary>
    /// Where the documents do not say what the tests give: every theorem is held against its evidence, an experiment where it has some; and README's
    /// counts against the table.
    /// </summary>
    /// <exception cref="FormatException">The comments are missing.</exception>
    public static IReadOnlyList<string> Faults(string claimsText, string readmeText, IReadOnlyList<ClaimStatus> claims)
    {
        var rows = Rows(claimsText);
        var faults = new List<string>();
        if (!rows.Select(row => row.Id).SequenceEqual(claims.Select(claim => claim.Claim.Id)))
        {
            faults.Add("the table in CLAIMS.md does not list its claims, in their order");
        }

        foreach (var claim in claims)
        {
            var row = rows.FirstOrDefault(one => one.Id == claim.Claim.Id);
            if (row is not null && (row.Declared, row.Standard) != (claim.Claim.Declared.Words(), Standard(claim)))
            {
                faults.Add($"{claim.Claim.Id}: the table says '{row.Declared}' is declared and '{row.Standard}' at the standard size, the fields '{claim.Claim.Declared.Words()}' and '{Standard(claim)}'");
            }

            if (claim.Standing is Standing.Decided or Standing.Disagreeing or Standing.Failing)
            {
                if (row is not null && row.Verdict != claim.Caption)
                {
                    faults.Add($"{claim.Claim.Id}: the table says '{row.Verdict}', the tests give '{claim.Caption}'");
                }
            }
            else if (claim.Standing != Standing.Differing && claim.Claim.Kind == ClaimKind.Theorem)
            {
                faults.Add($"{claim.Claim.Id}: {claim.Summary}");
            }
        }

        if (InReadme(readmeText, claimsText) != readmeText)
        {
            faults.Add("the counts in README.md are not those of the table in CLAIMS.md");
        }

        return faults;
    }

    [GeneratedRegex(@"^\| (?<id>[a-z]+\.[^ |]+) \| (?<kind>[a-z]+) \| (?<verdict>[^|]+) \| (?<declared>[^|]*) \| (?<standard>[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex Line();

    private static List<Row> Rows(string claimsText) =>
        [.. Line().Matches(Between(claimsText, "CLAIMS.md").Inside).Select(match => new Row(match.Groups["id"].Value, match.Groups["kind"].Value, match.Groups["verdict"].Value, match.Groups["declared"].Value, match.Groups["standard"].Value))];

    private static string Standard(ClaimStatus claim) => claim.Claim.DeclaredAt(Profile.Standard)?.Words() ?? "";

    private static string Words(Row row) => row.Verdict.Split(',')[0];

    private static string Replaced(string text, string block, string file)
    {
        var (before, _, after) = Between(text, file);
        return $"{before}\n{block}{after}";
    }

    private static (string Before, string Inside, string After) Between(string text, string file)
    {
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        return begin < 0 || end < begin
            ? throw new FormatException($"{file} has no lines '{Begin}' and '{End}', between which the verdicts stand: take them from git again")
            : (text[..(begin + Begin.Length)], text[(begin + Begin.Length)..end], text[end..]);
    }

    private sealed record Row(string Id, string Kind, string Verdict, string Declared, string Standard);
}
