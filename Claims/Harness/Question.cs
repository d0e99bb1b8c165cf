namespace Reproduce.Claims.Harness;

/// <summary>What a reader asks about a claim, and the answer in a sentence.</summary>
/// <param name="Claim">The claim's id.</param>
/// <param name="Verdict">With which the answer was written; with another it says nothing.</param>
/// <param name="Text">The question, which ends in a question mark.</param>
/// <param name="Answer">The answer.</param>
public sealed record Question(string Claim, Verdict Verdict, string Text, string Answer);

/// <summary>
/// The questions about a paper, from <c>Claims/&lt;Paper&gt;/questions.md</c>: a heading, what the paper claims in the first paragraph, and
/// a table with the columns claim, verdict, question and answer, what matters most first.
/// </summary>
/// <param name="Claims">What the paper claims, in a sentence or two.</param>
/// <param name="All">In the order of the table.</param>
public sealed record Questions(string Claims, IReadOnlyList<Question> All)
{
    /// <summary>Those about a paper; none where the file is missing.</summary>
    /// <exception cref="FormatException">A line breaks the form; the message names it.</exception>
    public static Questions Of(Paper paper)
    {
        var path = Path.Combine(Repository.Root, "Claims", paper.Folder, "questions.md");
        return File.Exists(path) ? Parse($"Claims/{paper.Folder}/questions.md", File.ReadAllLines(path)) : new("", []);
    }

    /// <summary>Reads one file.</summary>
    /// <param name="name">Of the file, for messages.</param>
    /// <param name="lines">Its lines.</param>
    /// <exception cref="FormatException">A line breaks the form; the message names it.</exception>
    public static Questions Parse(string name, IReadOnlyList<string> lines)
    {
        var all = new List<Question>();
        foreach (var (index, line) in lines.Index().Where(line => line.Item.StartsWith('|')).Skip(2))
        {
            var cells = line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);
            var fault = cells.Length != 4 ? "has not four cells: claim, verdict, question, answer"
                : Verdicts.Parse(cells[1]) is null ? $"has the verdict '{cells[1]}'; choose from {Verdicts.All}"
                : !cells[2].EndsWith('?') ? "asks nothing: a question ends in a question mark"
                : cells[3].Length == 0 ? "answers nothing"
                : all.Any(one => one.Claim == cells[0]) ? $"is the second about {cells[0]}"
                : null;
            if (fault is not null)
            {
                throw new FormatException($"{name}:{index + 1} {fault}");
            }

            all.Add(new(cells[0], Verdicts.Parse(cells[1])!.Value, cells[2], cells[3]));
        }

        var first = lines.SkipWhile(line => line.Length == 0 || line[0] == '#').TakeWhile(line => line.Length > 0 && line[0] != '|');
        return new(string.Join(' ', first), all);
    }
}
