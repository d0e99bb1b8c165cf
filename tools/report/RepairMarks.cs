using System.Text.RegularExpressions;

namespace Reproduce.Report;

/// <summary>
/// The repaired form of a claim with what changed marked: of “a in place of b” both, and in words that are quoted as they should read
/// those that the print lacks.
/// </summary>
internal static partial class RepairMarks
{
    private static readonly string[] Brackets = ["()", "[]", "⟨⟩", "“”"];

    // Private characters, which nothing typesets, and the tags that they stand for.
    private static readonly (string Sign, string Tag)[] Tags =
        [("\ue000", "<mark>"), ("\ue001", "</mark>"), ("\ue002", "<del>"), ("\ue003", "</del>")];

    internal static Html Of(string printed, string repaired)
    {
        var words = Word().Matches(printed).Select(match => match.Value).ToHashSet();
        var marked = InPlaceOf().Replace(repaired, match => IsWhole(match.Groups["new"].Value) && IsWhole(match.Groups["old"].Value)
            ? match.Result("${before}\ue000${new}\ue001${between}\ue002${old}\ue003")
            : match.Value);
        marked = Quotation().Replace(marked, quotation => Word().Replace(
            quotation.Value, word => words.Contains(word.Value) ? word.Value : $"\ue000{word.Value}\ue001"));
        marked = Neighbours().Replace(marked, "${space}");
        var html = Tags.Aggregate(Prose.Section(marked).Text, (text, tag) => text.Replace(tag.Sign, tag.Tag, StringComparison.Ordinal));
        return IsNested(html) ? new Html(html) : Prose.Section(repaired);
    }

    // No clause of a formula that a comma cut in two.
    private static bool IsWhole(string text) =>
        Brackets.All(pair => text.Count(sign => sign == pair[0]) == text.Count(sign => sign == pair[1]));

    // A mark that ends inside a script it began outside of cannot be shown.
    private static bool IsNested(string html)
    {
        var open = new Stack<string>();
        foreach (var (isEnd, name) in Tag().Matches(html).Select(tag => (tag.Groups["end"].Length > 0, tag.Groups["name"].Value)))
        {
            if (!isEnd)
            {
                open.Push(name);
            }
            else if (!open.TryPop(out var opened) || opened != name)
            {
                return false;
            }
        }

        return open.Count == 0;
    }

    // From the beginning of a clause to its end.
    [GeneratedRegex(
        @"(?<before>(^|[.;:,]\s)((and|With|with)\s)?|\s(and|With|with)\s)(?<new>[^.;:,]{1,60}?)(?<between>\s(in place of|instead of)\s)"
        + @"(?<old>[^.;:,]{1,60}?)(?=[.;:,]|$|\sand\s)",
        RegexOptions.ExplicitCapture)]
    private static partial Regex InPlaceOf();

    // One in which nothing is marked yet.
    [GeneratedRegex("“[^“”\ue000-\ue003]+”")]
    private static partial Regex Quotation();

    [GeneratedRegex(@"[^\s“”,.;]+")]
    private static partial Regex Word();

    [GeneratedRegex("\ue001(?<space>\\s)\ue000")]
    private static partial Regex Neighbours();

    [GeneratedRegex("<(?<end>/?)(?<name>[a-z0-9]+)[^>]*>")]
    private static partial Regex Tag();
}
