using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>A paper, as the list at the head of CLAIMS.md has it.</summary>
/// <param name="Id">The first part of its claims' ids.</param>
/// <param name="Letter">By which places name it; empty for what no paper has, as all that follows but the title.</param>
/// <param name="Authors">Separated by commas.</param>
/// <param name="Title">The title.</param>
/// <param name="Note">What it is and of which year, such as <c>preprint, 2021</c>.</param>
/// <param name="Number">By which it is found, such as <c>arXiv:2107.01473</c>.</param>
/// <param name="Address">Where that leads.</param>
internal sealed partial record Paper(string Id, string Letter, string Authors, string Title, string Note, string Number, string Address)
{
    /// <summary>The year.</summary>
    internal string Year => Note[^4..];

    /// <exception cref="FormatException">The list is not the one that is looked for.</exception>
    internal static IReadOnlyList<Paper> Load()
    {
        var text = File.ReadAllText(Repository.ClaimsFile);
        Paper[] papers = [.. Listed().Matches(text).Select(match => match.Groups).Select(part => new Paper(
            part["id"].Value, part["letter"].Value, Line(part["authors"]), Line(part["title"]), Line(part["note"]), part["number"].Value, part["address"].Value))];
        Paper[] all = [.. papers, new("beyond", "", "", "Beyond the papers", "", "", "")];
        return all.Select(paper => paper.Id).SequenceEqual(ClaimRegistry.Papers) ? all
            : throw new FormatException($"CLAIMS.md lists the papers {string.Join(", ", papers.Select(paper => paper.Id))}, in lines that read - `id` (letter): authors, *title*, kind, year, [number](address)");
    }

    private static string Line(Group part) => Blank().Replace(part.Value, " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"^- `(?<id>[a-z]+)` \((?<letter>[A-Z])\): (?<authors>[^*]+),\s+\*(?<title>[^*]+)\*,\s+(?<note>[^[]+\d{4}),\s+\[(?<number>[^]]+)\]\((?<address>[^)]+)\)", RegexOptions.Multiline)]
    private static partial Regex Listed();
}
