using System.Text.RegularExpressions;

namespace Reproduce.Claims.Harness;

/// <summary>A numbered item of a paper and where it went.</summary>
/// <param name="Name">Such as <c>equation 3.6</c>.</param>
/// <param name="Claims">The ids it is, or is part of.</param>
/// <param name="Excuse">Why it is no claim; null where it is one.</param>
public sealed record NumberedItem(string Name, IReadOnlyList<string> Claims, string? Excuse);

/// <summary>
/// The numbered items of a paper (definitions, propositions, lemmas, equations, figures, tables …), from
/// <c>Claims/&lt;Paper&gt;/numbered-items.txt</c>: the paper's title, the name and checksum of the text that was read, then a line an item,
/// <c>item: id, id</c> or <c>item: no claim, reason</c>. Lines that begin with # are remarks.
/// </summary>
/// <param name="Title">The paper's.</param>
/// <param name="Text">The name of the text file.</param>
/// <param name="Sha256">Of the text file, in lower-case hexadecimal digits.</param>
/// <param name="Items">In the order of the paper.</param>
public sealed partial record NumberedItems(string Title, string Text, string Sha256, IReadOnlyList<NumberedItem> Items)
{
    private const string NoClaim = "no claim, ";

    /// <summary>The lists of all papers, by their files.</summary>
    public static IReadOnlyDictionary<string, NumberedItems> Load() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "Claims"), "numbered-items.txt", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .ToDictionary(path => Path.GetRelativePath(Repository.Root, path), path => Parse(File.ReadAllText(path)));

    /// <summary>Reads one list.</summary>
    /// <exception cref="FormatException">
    /// A line breaks the form, an item repeats, or a header is missing; the message names the line.
    /// </exception>
    public static NumberedItems Parse(string text)
    {
        var headers = new Dictionary<string, string>();
        var items = new Dictionary<string, NumberedItem>();
        var lines = text.Split('\n').Select((line, index) => (Text: line.Trim(), Number: index + 1));
        foreach (var (line, number) in lines.Where(line => line.Text.Length > 0 && line.Text[0] != '#'))
        {
            var parts = line.Split(": ", 2);
            if (parts.Length < 2 || parts[1].Length == 0)
            {
                throw new FormatException($"line {number}: '{line}' does not read 'item: id, id' or 'item: {NoClaim}reason'");
            }

            if (parts[0] is "paper" or "text" or "sha256")
            {
                headers[parts[0]] = parts[1];
            }
            else if (!items.TryAdd(parts[0], Item(parts[0], parts[1])))
            {
                throw new FormatException($"line {number}: {parts[0]} is listed a second time");
            }
        }

        string Header(string name) =>
            headers.GetValueOrDefault(name) ?? throw new FormatException($"the line '{name}: …' is missing");
        return new NumberedItems(Header("paper"), Header("text"), Header("sha256"), [.. items.Values]);
    }

    /// <summary>
    /// Names of items that the text of a paper mentions by number, or prints a number beside, and this list lacks. It reads scanned text,
    /// so it finds most, not all.
    /// </summary>
    public IReadOnlyList<string> MissedIn(string paper)
    {
        var listed = Items.Select(item => item.Name).ToHashSet();
        var captions = Caption().Matches(paper).Select(match => $"{Word(match.Groups["kind"].Value)} {match.Groups["number"].Value}");
        var equations = DisplayNumber().Matches(paper).Select(match => $"equation {match.Groups["number"].Value}");
        return [.. captions.Concat(equations).Distinct().Where(name => !listed.Contains(name))];
    }

    private static NumberedItem Item(string name, string where) =>
        where.StartsWith(NoClaim, StringComparison.Ordinal)
            ? new NumberedItem(name, [], where[NoClaim.Length..])
            : new NumberedItem(name, where.Split(',', StringSplitOptions.TrimEntries), null);

    private static string Word(string kind) => kind.ToLowerInvariant() is "fig" or "fig." ? "figure" : kind.ToLowerInvariant();

    [GeneratedRegex(
        @"\b(?<kind>Definition|Proposition|Lemma|Corollary|Theorem|Figure|Fig\.?|Table|Algorithm) ?(?<number>([A-Z]\.)?\d+(\.\d+)*)")]
    private static partial Regex Caption();

    [GeneratedRegex(@"\\tag\{(?<number>\d+(\.\d+)?)\}|(?<=\s)\((?<number>\d+(\.\d+)?)\)\s*(\$\$)?\s*$", RegexOptions.Multiline)]
    private static partial Regex DisplayNumber();
}
