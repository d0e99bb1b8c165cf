using Spectre.Console;

namespace Reproduce.Cli;

/// <summary>Where text goes: a terminal gets bars and colours, a pipe gets plain lines.</summary>
internal static class Screen
{
    private const int PipeWidth = 240;

    // Below this a table with sentences in it becomes a list.
    private const int TableWidth = 120;
    private const int ShortCell = 27;

    private static readonly IAnsiConsole Out = Make(Console.Out, Console.IsOutputRedirected);

    /// <summary>For progress and remarks, so that standard output stays clean.</summary>
    internal static IAnsiConsole Remarks { get; } = Make(Console.Error, Console.IsErrorRedirected);

    /// <summary>Progress can be drawn in place.</summary>
    internal static bool IsLive => !Console.IsErrorRedirected && Remarks.Profile.Capabilities.Ansi;

    /// <summary>A plain line of progress.</summary>
    internal static void Remark(string line) => Remarks.WriteLine(line);

    /// <summary>
    /// A table on standard output: drawn on a wide terminal, a list on a narrow one, one aligned line a row in a pipe.
    /// </summary>
    /// <param name="headings">The columns.</param>
    /// <param name="rows">The cells of each row.</param>
    /// <param name="style">The style of a cell, by row and column.</param>
    internal static void Table(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows, Func<int, int, Style>? style = null)
    {
        var widths = headings.Select((heading, column) => Math.Max(heading.Length, rows.Select(row => row[column].Length).DefaultIfEmpty(0).Max())).ToList();
        if (Console.IsOutputRedirected)
        {
            foreach (var row in rows.Prepend(headings))
            {
                Console.WriteLine(string.Join("  ", row.Select((cell, column) => cell.ReplaceLineEndings(" ").PadRight(widths[column]))).TrimEnd());
            }

            return;
        }

        Style StyleOf(int row, int column) => style?.Invoke(row, column) ?? Style.Plain;
        if (Out.Profile.Width < TableWidth)
        {
            for (var row = 0; row < rows.Count; row++)
            {
                foreach (var column in Enumerable.Range(0, headings.Count).Where(column => widths[column] <= ShortCell))
                {
                    Out.Write(new Text(rows[row][column].PadRight(widths[column] + 2), StyleOf(row, column)));
                }

                Out.WriteLine();
                foreach (var column in Enumerable.Range(0, headings.Count).Where(column => widths[column] > ShortCell))
                {
                    Out.Write(new Padder(new Text(rows[row][column], StyleOf(row, column)), new Padding(2, 0, 0, 0)));
                }
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
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new PercentageColumn(), new RemainingTimeColumn())
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
