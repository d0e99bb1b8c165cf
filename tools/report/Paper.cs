using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>A paper, as the list at the head of CLAIMS.md has it.</summary>
/// <param name="Id">The first part of its claims' ids.</param>
/// <param name="Letter">By which places name it; empty for what no paper has.</param>
/// <param name="Citation">Authors and title, in Markdown.</param>
internal sealed partial record Paper(string Id, string Letter, string Citation)
{
    /// <summary>The title alone, or what stands in its place.</summary>
    internal string Title => Emphasised().Match(Citation) is { Success: true } title ? title.Groups[1].Value : "Beyond the papers";

    /// <summary>Authors and year: the citation without its title.</summary>
    internal string Rest => Emphasised().IsMatch(Citation) ? Emphasised().Replace(Citation, "").Replace(",  (", " (", StringComparison.Ordinal).Trim(' ', ',', '.') : Citation.TrimEnd('.');

    internal static IReadOnlyList<Paper> Load() =>
        [.. Listed().Matches(File.ReadAllText(Repository.ClaimsFile)).Select(match => new Paper(match.Groups["id"].Value, match.Groups["letter"].Value, match.Groups["citation"].Value.ReplaceLineEndings(" ")))];

    [GeneratedRegex(@"^- `(?<id>[a-z]+)`(?: \((?<letter>[A-Z])\))?: (?<citation>.+(?:\n  .+)*)", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex(@"\*([^*]+)\*")]
    private static partial Regex Emphasised();
}
