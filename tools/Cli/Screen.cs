using Spectre.Console;

namespace Reproduce.Cli;

/// <summary>Where text goes: a terminal gets bars and colours, a pipe gets plain lines.</summary>
internal static class Screen
{
    private const int PipeWidth = 240;

    // Below this a table with sentences in it becomes a list.
    private const int TableWidth = 120;
    private const int ShortCell = 27;

    // Longer lines are hard to read.
    private const int LongestLine = 100;

    private static readonly IAnsiConsole Out = Make(Console.Out, Console.IsOutputRedirected);

    /// <summary>For progress and remarks, so that standard output stays clean.</summary>
    internal static IAnsiConsole Remarks { get; } = Make(Console.Error, Console.IsErrorRedirected);

    /// <summary>Progress can be drawn in place.</summary>
    internal static bool IsLive => !Console.IsErrorRedirected && Remarks.Profile.Capabilities.Ansi;

    /// <summary>The width of prose on standard output.</summary>
    private static int TextWidth => Math.Min(LongestLine, Out.Profile.Width - 1);

    /// <summary>A plain line of progress.</summary>
    internal static void Remark(string line) => Remarks.WriteLine(line);

    /// <summary>What went wrong, on standard error; a terminal's lines are broken between words.</summary>
    internal static void Mistake(string sentence)
    {
        foreach (var line in Console.IsErrorRedirected ? [sentence] : Wrap(sentence, Remarks.Profile.Width - 1))
        {
            Console.Error.WriteLine(line);
        }
    }

    /// <summary>
    /// A table on standard output: drawn on a wide terminal, a list on a narrow one, one aligned line a row in a pipe.
    /// </summary>
    /// <param name="headings">The columns.</param>
    /// <param name="rows">The cells of each row.</param>
    /// <param name="style">The style of a cell, by row and column.</param>
    internal static void Table(
        IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows, Func<int, int, Style>? style = null)
    {
        int Width(int column) => rows.Select(row => row[column].Length).Append(headings[column].Length).Max();
        var widths = Enumerable.Range(0, headings.Count).Select(Width).ToList();
        if (Console.IsOutputRedirected)
        {
            foreach (var row in rows.Prepend(headings))
            {
                var cells = row.Select((cell, column) => cell.ReplaceLineEndings(" ").PadRight(widths[column]));
                Console.WriteLine(string.Join("  ", cells).TrimEnd());
            }

            return;
        }

        Style StyleOf(int row, int column) => style?.Invoke(row, column) ?? Style.Plain;
        if (Out.Profile.Width < TableWidth)
        {
            foreach (var (row, cells) in rows.Index())
            {
                List(headings, cells, widths, column => StyleOf(row, column));
            }

            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < headings.Count; i++)
        {
            var column = i;
            table.AddColumn(new TableColumn(new Text(headings[column])) { NoWrap = rows.All(row => !row[column].Contains(' ')) });
        }

        for (var row = 0; row < rows.Count; row++)
        {
            table.AddRow(rows[row].Select((cell, column) => new Text(cell, StyleOf(row, column))));
        }

        Out.Write(table);
    }

    /// <summary>A line on standard output, as it is.</summary>
    internal static void Line(string line) => Out.WriteLine(line);

    /// <summary>Text on standard output, its lines broken between words.</summary>
    /// <param name="text">Paragraphs; a line break within one counts as a space unless a list or a table begins there.</param>
    /// <param name="indent">Spaces before every line.</param>
    /// <param name="style">On a terminal.</param>
    internal static void Paragraph(string text, int indent = 0, Style? style = null)
    {
        foreach (var line in Wrap(text, TextWidth - indent))
        {
            Out.Write(new Text(line.Length == 0 ? "" : new string(' ', indent) + line, style ?? Style.Plain));
            Out.WriteLine();
        }
    }

    internal static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var begins = raw.Trim() is "" || BeginsAnItem(raw);
            if (begins && line.Length > 0)
            {
                yield return line;
                line = "";
            }

            if (raw.Trim().Length == 0)
            {
                yield return "";
            }

            foreach (var word in raw.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    yield return line;
                    line = "";
                }

                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }

    // Of a list, numbered or not, a table, or code.
    private static bool BeginsAnItem(string line) =>
        line.TrimStart() is ['-' or '*', ' ', ..] or ['|', ..] or ['`', '`', '`', ..]
        || (line is [var first, '.', ' ', ..] && char.IsAsciiDigit(first));

    // A row as a few lines: its name, the short cells with their headings, and the sentences.
    private static void List(IReadOnlyList<string> headings, IReadOnlyList<string> cells, List<int> widths, Func<int, Style> style)
    {
        Out.Write(new Text(cells[0], new Style(decoration: Decoration.Bold)));
        Out.WriteLine();
        var used = 0;
        foreach (var column in Enumerable.Range(1, headings.Count - 1).Where(column => widths[column] <= ShortCell && cells[column] != ""))
        {
            var size = headings[column].Length + cells[column].Length + 3;
            if (used > 0 && used + size > Out.Profile.Width)
            {
                Out.WriteLine();
                used = 0;
            }

            Out.Write(new Text($"  {headings[column]} ", new Style(Color.Grey)));
            Out.Write(new Text(cells[column], style(column)));
            used += size;
        }

        if (used > 0)
        {
            Out.WriteLine();
        }

        foreach (var column in Enumerable.Range(1, headings.Count - 1).Where(column => widths[column] > ShortCell))
        {
            Paragraph(cells[column], 2, style(column));
        }
    }

    /// <summary>Runs work whose total size is known, with a bar and the remaining time, or with a line now and then.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="work">Gets a callback that takes the share done, 0 to 1, and a status.</param>
    internal static T WithProgress<T>(string title, Func<Action<double, string>, T> work)
    {
        if (!IsLive)
        {
            return work(new PlainProgress(title, Remark).Update);
        }

        var result = default(T);
        Remarks.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 20 },
                new PercentageColumn(),
                new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                result = work((done, status) =>
                {
                    task.Description = Markup.Escape(Shorten($"{title}: {status}", Math.Max(20, Remarks.Profile.Width - 45)));
                    task.Value = done;
                });
            });
        return result!;
    }

    private static string Shorten(string text, int width) => text.Length <= width ? text : $"{text[..(width - 1)]}…";

    private static IAnsiConsole Make(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = PipeWidth;
        }

        return console;
    }
}
