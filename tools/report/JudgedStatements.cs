using System.Text.RegularExpressions;

namespace Reproduce.Report;

/// <summary>The statements by which an experiment was judged, out of its reason: <c>a: met; b: failed; …; a remark</c>.</summary>
/// <param name="All">What was said and found, and whether it is met, failed or open; none where the reason has another form.</param>
/// <param name="Remark">What follows them, or the whole of another reason.</param>
internal sealed partial record JudgedStatements(IReadOnlyList<(string Text, string Outcome)> All, string Remark)
{
    internal static JudgedStatements Of(string reason)
    {
        var matches = Statement().Matches(reason);
        return new JudgedStatements(
            [.. matches.Select(match => (match.Groups["text"].Value, match.Groups["outcome"].Value))],
            matches.Count == 0 ? reason : reason[(matches[^1].Index + matches[^1].Length)..]);
    }

    [GeneratedRegex(@"\G(?<text>.+?): (?<outcome>met|failed|open)(; |$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Statement();
}
