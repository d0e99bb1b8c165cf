using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>
/// Reads CLAIMS.md: a third-level heading <c>id · title</c> opens a claim, a list of labelled fields follows (Place, Kind,
/// Verdict, Uses, Kills; of experiments Standard and Paper, the verdicts of larger profiles), then paragraphs that begin with a bold label (Statement, Rule, Counterexample, …).
/// </summary>
public static partial class ClaimRegistry
{
    /// <summary>The claims of the file, in its order.</summary>
    /// <exception cref="FormatException">The file breaks the form; the message lists every fault with its line.</exception>
    public static IReadOnlyList<ClaimEntry> Load() => Parse(File.ReadAllText(Repository.ClaimsFile));

    /// <inheritdoc cref="Load"/>
    public static IReadOnlyList<ClaimEntry> Parse(string markdown)
    {
        var faults = new List<string>();
        var entries = new List<ClaimEntry>();
        var blocks = Markdown.Parse(markdown).ToList();
        for (var i = 0; i < blocks.Count; i++)
        {
            if (blocks[i] is HeadingBlock { Level: 3 } heading)
            {
                var body = blocks.Skip(i + 1).TakeWhile(block => block is not HeadingBlock { Level: <= 3 }).ToList();
                if (Entry(markdown, heading, body, faults) is { } entry)
                {
                    entries.Add(entry);
                }
            }
        }

        foreach (var repeated in entries.GroupBy(entry => entry.Id).Where(group => group.Count() > 1))
        {
            faults.Add($"{repeated.Key} stands at lines {string.Join(" and ", repeated.Select(entry => entry.Line))}: an id may appear once");
        }

        var known = entries.Select(entry => entry.Id).ToHashSet();
        faults.AddRange(from entry in entries from used in entry.Uses where !known.Contains(used) select $"line {entry.Line}: {entry.Id} uses {used}, which is no claim of this file");
        faults.AddRange(from entry in entries where Bases(entry, entries).Contains(entry.Id) select $"line {entry.Line}: {entry.Id} uses itself, by way of {string.Join(", ", entry.Uses)}");
        return faults.Count == 0 ? entries : throw new FormatException($"CLAIMS.md:{Environment.NewLine}{string.Join(Environment.NewLine, faults.Select(fault => $"  {fault}"))}");
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

    [GeneratedRegex(@"^(?<id>(slope|smoothness|intervals|design|beyond)\.[a-z0-9.-]+) · (?<title>\S.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\*\*(?<label>[^*]+?)\.?\*\*[:.]?\s*(?<text>.*)$", RegexOptions.Singleline)]
    private static partial Regex Labelled();

    private static ClaimEntry? Entry(string markdown, HeadingBlock heading, List<Block> body, List<string> faults)
    {
        var line = heading.Line + 1;
        var match = Heading().Match(Text(heading.Inline));
        if (!match.Success)
        {
            faults.Add($"line {line}: a claim's heading reads '### paper.id · title', not '{Text(heading.Inline)}'");
            return null;
        }

        var id = match.Groups["id"].Value;
        var fields = new Dictionary<string, string>();
        if (body.FirstOrDefault() is ListBlock list)
        {
            foreach (var item in list)
            {
                var field = Labelled().Match(Slice(markdown, item).TrimStart('-', ' '));
                if (field.Success)
                {
                    fields[field.Groups["label"].Value.TrimEnd(':')] = field.Groups["text"].Value.Trim();
                }
                else
                {
                    faults.Add($"line {item.Line + 1}: {id}: a field reads '- **Label**: text'");
                }
            }
        }

        string Field(string name)
        {
            if (fields.TryGetValue(name, out var value) && value.Length > 0)
            {
                return value;
            }

            faults.Add($"line {line}: {id} has no field {name}");
            return "";
        }

        var place = Field("Place");
        var kindText = Field("Kind");
        var kind = kindText == "experiment" ? ClaimKind.Experiment : ClaimKind.Theorem;
        if (kindText is not ("theorem" or "experiment" or ""))
        {
            faults.Add($"line {line}: {id}: kind '{kindText}' is neither theorem nor experiment");
        }

        Verdict? Parsed(string text)
        {
            var parsed = Verdicts.Parse(text);
            if (parsed is null && text.Length > 0)
            {
                faults.Add($"line {line}: {id}: '{text}' is no verdict; the words are {Verdicts.All}");
            }

            return parsed;
        }

        var verdict = Parsed(Field("Verdict"));
        var nightly = new Dictionary<Profile, Verdict>();
        foreach (var profile in new[] { Profile.Standard, Profile.Paper })
        {
            if (Parsed(fields.GetValueOrDefault(profile.ToString(), "")) is { } at)
            {
                nightly[profile] = at;
            }
        }

        var sections = new Dictionary<string, string>();
        var label = "";
        foreach (var block in body.Skip(fields.Count > 0 ? 1 : 0))
        {
            var text = Slice(markdown, block);
            if (block is ParagraphBlock && Labelled().Match(text) is { Success: true } start)
            {
                label = start.Groups["label"].Value;
                text = start.Groups["text"].Value;
            }

            sections[label] = sections.TryGetValue(label, out var before) ? $"{before}\n\n{text}" : text;
        }

        foreach (var needed in kind == ClaimKind.Theorem ? ["Statement"] : new[] { "Statement", "Rule" })
        {
            if (!sections.ContainsKey(needed))
            {
                faults.Add($"line {line}: {id} has no paragraph that begins **{needed}.**");
            }
        }

        string[] Listed(string name) => fields.GetValueOrDefault(name, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new ClaimEntry(id, match.Groups["title"].Value, place, kind, verdict ?? Verdict.Pending, Listed("Uses"), Listed("Kills"), sections, line) { Nightly = nightly };
    }

    private static string Text(ContainerInline? inline) => string.Concat(inline?.Descendants<LiteralInline>().Select(literal => literal.Content.ToString()) ?? []);

    private static string Slice(string markdown, Block block) => markdown[block.Span.Start..(block.Span.End + 1)];
}
