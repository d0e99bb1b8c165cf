using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>
/// What larger runs gave, as committed: <c>docs/results/standard/&lt;claim&gt;.json</c> and <c>docs/results/paper/&lt;claim&gt;.json</c>,
/// each the evidence of a nightly test, and the verdicts with their reasons in the newest <c>docs/results/*-standard.md</c>. An archive
/// may have none of them.
/// </summary>
public sealed class CommittedResults
{
    private readonly Dictionary<(string Claim, Profile Size), EvidenceFile> _evidence = [];
    private readonly Dictionary<string, string> _reasons = [];

    private CommittedResults(string folder)
    {
        foreach (var size in new[] { Profile.Standard, Profile.Paper })
        {
            var results = Path.Combine(folder, size.Word());
            foreach (var path in Files(results, "*.json"))
            {
                var file = EvidenceFile.Read(path);
                _evidence[(file.Claim, size)] = file.Claim == Path.GetFileNameWithoutExtension(path) && file.Verdict is not null
                    ? file
                    : throw new FormatException($"{path} is no verdict of the claim after which it is named: restore it from git");
            }
        }

        if (Files(folder, "*-standard.md").LastOrDefault() is { } newest)
        {
            foreach (var (claim, _, reason) in Verdicts(File.ReadLines(newest)))
            {
                _reasons[claim] = reason;
            }
        }
    }

    /// <summary><c>REPRODUCE_RESULTS</c>, or <c>docs/results</c>.</summary>
    public static string Folder => Repository.FolderNamedBy("REPRODUCE_RESULTS") ?? Path.Combine(Repository.Root, "docs", "results");

    /// <summary>Reads all of them.</summary>
    /// <exception cref="FormatException">A file is damaged, or belongs to another claim.</exception>
    public static CommittedResults Load() => new(Folder);

    /// <summary>The evidence of a claim at a size; null where none is committed.</summary>
    public EvidenceFile? Of(string claim, Profile size) => _evidence.GetValueOrDefault((claim, size));

    /// <summary>Why a claim has its verdict at the standard size, from its file or the newest document; null where neither says.</summary>
    public string? Reason(string claim) => Of(claim, Profile.Standard)?.Reason ?? _reasons.GetValueOrDefault(claim);

    /// <summary>The rows of a document's table of verdicts: claim, words, reason.</summary>
    internal static IEnumerable<(string Claim, string Words, string Reason)> Verdicts(IEnumerable<string> document) =>
        from line in document
            .SkipWhile(line => line != "## Verdicts").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        let cells = line.Trim('|', ' ').Split(" | ", 3)
        where cells.Length == 3 && cells[0].Contains('.', StringComparison.Ordinal)
        select (cells[0], cells[1].Split(", **")[0], cells[2].Replace("\\|", "|", StringComparison.Ordinal));

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal) : [];
}
