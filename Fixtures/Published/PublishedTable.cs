using System.Globalization;
using System.Text.RegularExpressions;
using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Published;

/// <summary>
/// Numbers printed in a paper, from a file in <c>Fixtures/Published</c>. A file begins with lines <c># key: text</c>, where the keys paper,
/// table, page, unit, rows and columns appear once, and repair at least once ("none", or what is printed, what is used instead, and why).
/// The line <c>row,column,value,sd</c> and one line for each number follow; sd is empty where none is printed.
/// </summary>
public sealed partial class PublishedTable
{
    private const string Columns = "row,column,value,sd";
    private const string Remedy = "Compare it with the paper's text, and correct the file.";
    private static readonly string[] Keys = ["paper", "table", "page", "unit", "rows", "columns"];

    private readonly Dictionary<(string Row, string Column), PublishedValue> values;
    private readonly Dictionary<string, string> header;

    private PublishedTable(
        string name,
        Dictionary<string, string> header,
        IReadOnlyList<string> repairs,
        Dictionary<(string Row, string Column), PublishedValue> values)
    {
        Name = name;
        this.header = header;
        this.values = values;
        Repairs = repairs;
        RowNames = [.. values.Keys.Select(key => key.Row).Distinct()];
        ColumnNames = [.. values.Keys.Select(key => key.Column).Distinct()];
    }

    /// <summary>The names of all tables, such as <c>slope-table-1</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(PublishedTable).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("Published/", StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The file's name without <c>.csv</c>.</summary>
    public string Name { get; }

    /// <summary>Authors and title.</summary>
    public string Paper => header["paper"];

    /// <summary>The table, or the places in the text.</summary>
    public string Table => header["table"];

    /// <summary>The page, or why it is unknown.</summary>
    public string Page => header["page"];

    /// <summary>The unit of the numbers.</summary>
    public string Unit => header["unit"];

    /// <summary>What is used instead of what is printed, and why; "none" if nothing.</summary>
    public IReadOnlyList<string> Repairs { get; }

    /// <summary>The rows, in the paper's order.</summary>
    public IReadOnlyList<string> RowNames { get; }

    /// <summary>The columns, in the paper's order.</summary>
    public IReadOnlyList<string> ColumnNames { get; }

    /// <summary>The number of numbers.</summary>
    public int Count => values.Count;

    /// <summary>All numbers, in the paper's order.</summary>
    public IEnumerable<(string Row, string Column, PublishedValue Value)> Values =>
        values.Select(one => (one.Key.Row, one.Key.Column, one.Value));

    /// <summary>One number.</summary>
    /// <exception cref="DataException">The table has no such row or column, or nothing is printed there.</exception>
    public PublishedValue this[string row, string column] => values.TryGetValue((row, column), out var value)
        ? value
        : throw new DataException(
            $"Published/{Name}.csv",
            $"no number at row '{row}', column '{column}'",
            $"Rows: {string.Join(", ", RowNames)}. Columns: {string.Join(", ", ColumnNames)}.");

    /// <summary>Loads a table of this build.</summary>
    /// <exception cref="DataException">There is no such table, or its file is damaged; the message says where.</exception>
    public static PublishedTable Load(string name)
    {
        using var stream = typeof(PublishedTable).Assembly.GetManifestResourceStream($"Published/{name}.csv")
            ?? throw new DataException(
                $"Published/{name}.csv",
                "there is no such table",
                $"Nearest known: {string.Join(", ", NearestNames.Of(name, Names).Take(3))}.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), name);
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">Lines ending in LF.</param>
    /// <param name="name">The file's name without <c>.csv</c>.</param>
    /// <exception cref="DataException">A line is malformed; the message says which and why.</exception>
    public static PublishedTable Parse(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] lines = text.Split('\n');
        int line = 0;
        var header = new Dictionary<string, string>();
        var repairs = new List<string>();
        for (; line < lines.Length && lines[line].StartsWith('#'); line++)
        {
            var match = HeaderLine().Match(lines[line]);
            string key = match.Groups["key"].Value;
            if (match.Success && key == "repair")
            {
                repairs.Add(match.Groups["text"].Value);
            }
            else if (!match.Success || !Keys.Contains(key) || !header.TryAdd(key, match.Groups["text"].Value))
            {
                var keys = string.Join(", ", Keys);
                throw Refuse($"'{lines[line]}' is not '# key: text' with one of the keys {keys} for the first time, or repair");
            }
        }

        if (Keys.Append("repair").FirstOrDefault(key => key == "repair" ? repairs.Count == 0 : !header.ContainsKey(key)) is { } missing)
        {
            throw Refuse($"the header has no line '# {missing}: …'");
        }

        if (line >= lines.Length || lines[line] != Columns)
        {
            throw Refuse($"the columns are '{(line < lines.Length ? lines[line] : string.Empty)}', expected '{Columns}'");
        }

        if (lines[^1].Length > 0)
        {
            line = lines.Length - 1;
            throw Refuse("the last line does not end; the file may be cut short");
        }

        var values = new Dictionary<(string Row, string Column), PublishedValue>();
        for (line++; line < lines.Length - 1; line++)
        {
            string[] fields = lines[line].Split(',');
            if (fields.Length != 4 || fields[0].Length == 0 || fields[1].Length == 0)
            {
                throw Refuse($"'{lines[line]}' has not a row, a column, a value and an sd, separated by three commas");
            }

            double? deviation = fields[3].Length == 0 ? null : Number(fields[3], "sd");
            var value = new PublishedValue(Number(fields[2], "value"), deviation, Rounding(fields[2]));
            if (value.StandardDeviation < 0)
            {
                throw Refuse($"the sd {fields[3]} is negative");
            }

            if (!values.TryAdd((fields[0], fields[1]), value))
            {
                throw Refuse($"row '{fields[0]}', column '{fields[1]}' is there twice");
            }
        }

        return values.Count > 0 ? new PublishedTable(name, header, repairs, values) : throw Refuse("there is no number in it");

        double Number(string field, string column) =>
            NumberText().IsMatch(field) && double.Parse(field, CultureInfo.InvariantCulture) is var number && double.IsFinite(number)
                ? number
                : throw Refuse($"the {column} '{field}' is not a number");

        DataException Refuse(string problem) => new($"Published/{name}.csv", $"line {line + 1}: {problem}", Remedy);
    }

    // 0.965 → 0.0005, 90 → 0.5, 9e+01 → 5.
    private static double Rounding(string field)
    {
        var match = NumberText().Match(field);
        int decimals = match.Groups["decimals"].Length;
        var power = match.Groups["exponent"];
        int exponent = power.Success ? int.Parse(power.Value, CultureInfo.InvariantCulture) : 0;
        return double.Parse($"5e{exponent - decimals - 1}", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^# (?<key>[a-z]+): (?<text>\S.*)$")]
    private static partial Regex HeaderLine();

    [GeneratedRegex(@"^-?[0-9]+(\.(?<decimals>[0-9]+))?(e(?<exponent>[+-]?[0-9]{1,2}))?\z")]
    private static partial Regex NumberText();
}
