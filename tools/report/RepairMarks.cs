using System.Text.RegularExpressions;

namespace Reproduce.Report;

/// <summary>
/// The repaired form with what it adds to the printed one marked, where the two share most of their words; a repair in other words is left
/// as it is.
/// </summary>
internal static partial class RepairMarks
{
    // Private characters, which nothing typesets.
    private const char Begin = '\ue000', End = '\ue001';

    internal static Html Of(string printed, string repaired)
    {
        string[] before = [.. Word().Matches(printed).Select(match => match.Value)];
        Match[] after = [.. Word().Matches(repaired).Cast<Match>()];
        var kept = Common(before, [.. after.Select(match => match.Value)]);
        if (kept.Count(isKept => isKept) < after.Length * 0.6 || kept.All(isKept => isKept))
        {
            return Prose.Section(repaired);
        }

        var marked = repaired;
        foreach (var (index, match) in after.Index().Reverse())
        {
            if (!kept[index])
            {
                marked = $"{marked[..match.Index]}{Begin}{match.Value}{End}{marked[(match.Index + match.Length)..]}";
            }
        }

        // One mark over neighbours.
        marked = Between().Replace(marked, match => match.Groups["space"].Value);
        var html = Prose.Section(marked).Text
            .Replace($"{Begin}", "<mark>", StringComparison.Ordinal)
            .Replace($"{End}", "</mark>", StringComparison.Ordinal);
        return IsNested(html) ? new Html(html) : Prose.Section(repaired);
    }

    // Which words of the second belong to a longest common subsequence.
    private static bool[] Common(string[] first, string[] second)
    {
        var length = new int[first.Length + 1, second.Length + 1];
        for (var i = first.Length - 1; i >= 0; i--)
        {
            for (var j = second.Length - 1; j >= 0; j--)
            {
                length[i, j] = first[i] == second[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        var common = new bool[second.Length];
        for (var (i, j) = (0, 0); i < first.Length && j < second.Length;)
        {
            if (first[i] == second[j])
            {
                (common[j], i, j) = (true, i + 1, j + 1);
            }
            else if (length[i + 1, j] >= length[i, j + 1])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return common;
    }

    // A mark that ends inside a script it began outside of cannot be shown.
    private static bool IsNested(string html)
    {
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(html))
        {
            if (tag.Groups["end"].Length == 0)
            {
                open.Push(tag.Groups["name"].Value);
            }
            else if (!open.TryPop(out var name) || name != tag.Groups["name"].Value)
            {
                return false;
            }
        }

        return open.Count == 0;
    }

    [GeneratedRegex(@"[^\s“”]+")]
    private static partial Regex Word();

    [GeneratedRegex("\ue001(?<space> )\ue000")]
    private static partial Regex Between();

    [GeneratedRegex("<(?<end>/?)(?<name>[a-z0-9]+)[^>]*>")]
    private static partial Regex Tag();
}
