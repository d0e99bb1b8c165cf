using System.Text;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>
/// Reads the entries of claims, <c>Claims/&lt;Paper&gt;/claims.md</c>: a second-level heading, the id, opens an entry; the title follows in
/// bold, a list of labelled fields (Place, Kind, Verdict, Uses, Kills; of refuted and amended claims Error; of experiments Standard and
/// Paper, the verdicts of larger profiles, and Would decide, what would decide an undecided one), then paragraphs that begin with a bold
/// label (Statement, Rule, Counterexample, Slip, …).
/// </summary>
public static partial class ClaimRegistry
{
    private static readonly string[] FieldNames =
        ["Place", "Kind", "Verdict", "Standard", "Paper", "Would decide", "Uses", "Error", "Kills"];

    /// <summary>The claims of all papers, in their order.</summary>
    /// <exception cref="FormatException">A file breaks the form; the message lists every fault with its file and line.</exception>
    public static IReadOnlyList<ClaimEntry> Load() => Parse(
        from paper in Paper.All
        select (paper.ClaimsFile, Text(paper.ClaimsFile, File.ReadAllBytes(Path.Combine(Repository.Root, paper.ClaimsFile)))));

    /// <summary>The text of a file of entries.</summary>
    /// <exception cref="FormatException">It is not UTF-8.</exception>
    internal static string Text(string name, byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException fault)
        {
            throw new FormatException($"{name} is not UTF-8: {fault.Message}", fault);
        }
    }

    /// <inheritdoc cref="Load"/>
    /// <param name="files">The name of each, which messages use, and its text.</param>
    public static IReadOnlyList<ClaimEntry> Parse(params IEnumerable<(string Name, string Markdown)> files)
    {
        var faults = new List<string>();
        var entries = new List<ClaimEntry>();
        foreach (var (name, markdown) in files)
        {
            var blocks = Blocks(name, markdown, faults);
            for (var i = 0; i < blocks.Count; i++)
            {
                if (blocks[i] is HeadingBlock { Level: 2 } heading)
                {
                    var body = blocks.Skip(i + 1).TakeWhile(block => block is not HeadingBlock { Level: <= 2 }).ToList();
                    if (Entry(name, markdown, heading, body, faults) is { } entry)
                    {
                        entries.Add(entry);
                    }
                }
            }
        }

        foreach (var repeated in entries.GroupBy(entry => entry.Id).Where(group => group.Count() > 1))
        {
            faults.Add($"{repeated.Key} stands at {string.Join(" and ", repeated.Select(entry => entry.Where))}: an id may appear once");
        }

        var known = entries.Select(entry => entry.Id).ToHashSet();
        faults.AddRange(
            from entry in entries
            from used in entry.Uses
            where !known.Contains(used)
            select $"{entry.Where}: {entry.Id} uses {used}, which is no claim");
        faults.AddRange(
            from entry in entries
            where Bases(entry, entries).Contains(entry.Id)
            select $"{entry.Where}: {entry.Id} uses itself, by way of {string.Join(", ", entry.Uses)}");
        return faults.Count == 0
            ? entries
            : throw new FormatException(string.Join($"{Environment.NewLine}  ", ["the entries of claims:", .. faults]));
    }

    /// <summary>Ids of all claims that a claim rests on, directly or through others.</summary>
    public static IReadOnlySet<string> Bases(ClaimEntry claim, IReadOnlyList<ClaimEntry> entries)
    {
        var found = new HashSet<string>();
        var open = new Queue<string>(claim.Uses);
        while (open.TryDequeue(out var id))
        {
            if (found.Add(id) && entries.FirstOrDefault(entry => entry.Id == id) is { } used)
            {
                used.Uses.ToList().ForEach(open.Enqueue);
            }
        }

        return found;
    }

    // A slug, as ids and errors are.
    [GeneratedRegex(@"^[a-z0-9]+([.-][a-z0-9]+)*$")]
    private static partial Regex Slug();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"^\*\*(?<title>[^*]+)\*\*$")]
    private static partial Regex Title();

    [GeneratedRegex(@"^\*\*(?<label>[^*]+?)\.?\*\*[:.]?\s*(?<text>.*)$", RegexOptions.Singleline)]
    private static partial Regex Labelled();

    // Only a title and paragraphs may precede the first entry; what else is there has lost its heading.
    private static List<Block> Blocks(string name, string markdown, List<string> faults)
    {
        List<Block> blocks;
        try
        {
            blocks = [.. Markdown.Parse(markdown)];
        }
        catch (ArgumentException fault)
        {
            faults.Add($"{name}: {fault.Message}");
            return [];
        }

        var first = blocks.FindIndex(block => block is HeadingBlock { Level: 2 });
        if (first < 0)
        {
            faults.Add($"{name}: there is no entry in it; each begins with its id, '## paper.name'");
        }

        faults.AddRange(
            from block in blocks[..(first < 0 ? blocks.Count : first)]
            where block is not (ParagraphBlock or HeadingBlock or LinkReferenceDefinitionGroup)
            select $"{name}:{block.Line + 1}: only a title and paragraphs may precede the first entry, '## paper.name'");
        faults.AddRange(
            from block in blocks
            where block is LinkReferenceDefinitionGroup || (block is HeadingBlock { Level: not 2 } && block != blocks[0])
            select $"{name}:{block.Line + 1}: only '## paper.name' may be a heading here, and '[…]:' begins no line");
        return blocks;
    }

    private static bool IsId(string text) =>
        Slug().IsMatch(text) && Paper.All.Any(paper => text.StartsWith($"{paper.Id}.", StringComparison.Ordinal));

    private static ClaimEntry? Entry(string file, string markdown, HeadingBlock heading, List<Block> body, List<string> faults)
    {
        var id = Slice(markdown, heading).TrimStart('#').Trim();
        string At(int line) => $"{file}:{line + 1}";
        void Fault(string fault) => faults.Add($"{At(heading.Line)}: {id}: {fault}");
        if (!IsId(id))
        {
            faults.Add($"{At(heading.Line)}: an entry's heading is its id, '## paper.name', not '{id}'");
            return null;
        }

        var title = body.FirstOrDefault() is ParagraphBlock first
            ? Title().Match(Slice(markdown, first).ReplaceLineEndings(" "))
            : Match.Empty;
        if (title.Success)
        {
            body.RemoveAt(0);
        }
        else
        {
            Fault("the title follows the heading, '**Title**'");
        }

        var fields = new Dictionary<string, string>();
        if (body.FirstOrDefault() is ListBlock list)
        {
            body.RemoveAt(0);
            foreach (var item in list)
            {
                var field = Labelled().Match(Slice(markdown, item).TrimStart('-', ' '));
                var (label, text) = (field.Groups["label"].Value.TrimEnd(':'), field.Groups["text"].Value.Trim());
                var wrong = !field.Success ? "a field reads '- **Label**: text'"
                    : !FieldNames.Contains(label) ? $"'{label}' is no field; choose from {string.Join(", ", FieldNames)}"
                    : text.Length == 0 ? $"the field {label} is empty"
                    : !fields.TryAdd(label, text) ? $"the field {label} appears twice"
                    : null;
                if (wrong is not null)
                {
                    faults.Add($"{At(item.Line)}: {id}: {wrong}");
                }
            }
        }

        string Field(string name)
        {
            if (fields.GetValueOrDefault(name) is { Length: > 0 } value)
            {
                return value;
            }

            Fault($"the field {name} is missing");
            return "";
        }

        Verdict? Parsed(string text)
        {
            var parsed = Verdicts.Parse(text);
            if (parsed is null && text.Length > 0)
            {
                Fault($"'{text}' is no verdict; choose from {Verdicts.All}");
            }

            return parsed;
        }

        string[] Listed(string name) =>
            fields.GetValueOrDefault(name, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        var place = Field("Place");
        var kindText = Field("Kind");
        if (kindText is not ("theorem" or "experiment" or ""))
        {
            Fault($"kind '{kindText}' is neither theorem nor experiment");
        }

        var kind = kindText == "experiment" ? ClaimKind.Experiment : ClaimKind.Theorem;
        var verdict = Parsed(Field("Verdict"));
        var nightly = new Dictionary<Profile, Verdict>();
        foreach (var profile in new[] { Profile.Standard, Profile.Paper })
        {
            if (Parsed(fields.GetValueOrDefault(profile.ToString(), "")) is { } at)
            {
                nightly[profile] = at;
            }
        }

        var sections = Sections(markdown, body, Fault);
        foreach (var needed in kind == ClaimKind.Theorem ? ["Statement"] : new[] { "Statement", "Rule" })
        {
            if (!sections.ContainsKey(needed))
            {
                Fault($"the paragraph that begins **{needed}.** is missing");
            }
        }

        var error = fields.GetValueOrDefault("Error");
        if (error is not null && verdict is not (Verdict.Refuted or Verdict.HoldsAmended))
        {
            Fault("only a refuted or amended claim has the field Error");
        }

        if (error is not null && !Slug().IsMatch(error))
        {
            Fault($"error '{error}' is no slug: use lower-case letters, digits, dots and hyphens");
        }

        var wouldDecide = fields.GetValueOrDefault("Would decide");
        if (wouldDecide is not null && kind != ClaimKind.Experiment)
        {
            Fault("only an experiment has the field Would decide");
        }

        if (sections.ContainsKey("Slip") && verdict != Verdict.HoldsAmended)
        {
            Fault("only an amended claim has a paragraph **Slip.**");
        }

        var words = title.Groups["title"].Value.ReplaceLineEndings(" ");
        return new ClaimEntry(id, words, place, kind, verdict ?? Verdict.Pending, Listed("Uses"), Listed("Kills"), sections)
        {
            Error = error ?? id,
            Where = At(heading.Line),
            Nightly = nightly,
            WouldDecide = wouldDecide is null ? null : WhiteSpace().Replace(wouldDecide, " "),
        };
    }

    // By label; a paragraph without one belongs to the label before it.
    private static Dictionary<string, string> Sections(string markdown, IEnumerable<Block> body, Action<string> fault)
    {
        var sections = new Dictionary<string, string>();
        var label = "";
        foreach (var block in body)
        {
            var text = Slice(markdown, block);
            if (block is ParagraphBlock && Labelled().Match(text) is { Success: true } start)
            {
                label = start.Groups["label"].Value;
                text = start.Groups["text"].Value;
                if (sections.ContainsKey(label))
                {
                    fault($"the paragraph that begins **{label}.** appears twice");
                }
            }
            else if (label.Length == 0)
            {
                fault("the text after the fields begins with a label, such as **Statement.**");
            }

            sections[label] = sections.TryGetValue(label, out var before) ? $"{before}\n\n{text}" : text;
        }

        return sections;
    }

    private static string Slice(string markdown, Block block) => markdown[block.Span.Start..(block.Span.End + 1)];
}
