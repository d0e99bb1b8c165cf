using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Reproduce.Fixtures.Data;

/// <summary>The rows of Covertype: ten numeric features, one-hot encodings of four areas and of forty soils, and the class.</summary>
internal sealed class CovertypeTable
{
    public const int Features = 54;
    public const int NumericFeatures = 10;
    public const int Classes = 7;
    private const int Areas = 4;
    private const int PublishedRows = 581_012;
    private const string Remedy = "Replace the file with an intact copy.";

    // Rows of each class, from covtype.info.
    private static readonly int[] PublishedClassRows = [211_840, 283_301, 35_754, 2_747, 9_493, 17_367, 20_510];

    private static readonly string[] Header =
    [
        "Elevation", "Aspect", "Slope", "Horizontal_Distance_To_Hydrology", "Vertical_Distance_To_Hydrology",
        "Horizontal_Distance_To_Roadways", "Hillshade_9am", "Hillshade_Noon", "Hillshade_3pm", "Horizontal_Distance_To_Fire_Points",
        .. Enumerable.Range(1, Areas).Select(i => $"Wilderness_Area{i}"),
        .. Enumerable.Range(1, Features - NumericFeatures - Areas).Select(i => $"Soil_Type{i}"),
        "Cover_Type",
    ];

    private CovertypeTable(short[] values, byte[] labels)
    {
        Values = values;
        Labels = labels;
    }

    /// <summary>(rows × 54), row-major.</summary>
    public short[] Values { get; }

    /// <summary>(rows), the cover type minus one: 0 … 6.</summary>
    public byte[] Labels { get; }

    /// <summary>The remark that evidence must carry; null if the table is complete.</summary>
    public string? Remark => Labels.Length == PublishedRows
        ? null
        : $"sample of {Spaced(Labels.Length)} of {Spaced(PublishedRows)} rows";

    /// <summary>Reads the table.</summary>
    /// <param name="text">The file: ASCII, lines ending in LF or CR LF.</param>
    /// <param name="name">What to call the file in messages.</param>
    /// <exception cref="DataException">A line is malformed; the message says which and why.</exception>
    public static CovertypeTable Parse(ReadOnlySpan<byte> text, string name)
    {
        var values = new List<short>();
        var labels = new List<byte>();
        Span<short> row = stackalloc short[Features + 1];
        int line = 0;
        while (!text.IsEmpty)
        {
            line++;
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> fields = (end < 0 ? text : text[..end]).TrimEnd((byte)'\r');
            text = end < 0 ? [] : text[(end + 1)..];
            if (line == 1 && fields is [>= (byte)'A' or (byte)'"', ..])
            {
                CheckHeader(Encoding.ASCII.GetString(fields), name);
                continue;
            }

            ReadRow(fields, row, name, line);
            if (labels.Count == PublishedRows)
            {
                throw Refuse(name, line, $"more than the {Spaced(PublishedRows)} rows that were published");
            }

            values.AddRange(row[..Features]);
            labels.Add((byte)(row[Features] - 1));
        }

        int[] counts = new int[Classes];
        foreach (byte label in labels)
        {
            counts[label]++;
        }

        if (labels.Count == 0)
        {
            throw new DataException(name, "there is no row in it", Remedy);
        }

        if (labels.Count == PublishedRows && !counts.SequenceEqual(PublishedClassRows))
        {
            string problem = $"as many rows as were published, but {string.Join(", ", counts)} of the classes " +
                $"instead of {string.Join(", ", PublishedClassRows)}";
            throw new DataException(name, problem, Remedy);
        }

        return new CovertypeTable([.. values], [.. labels]);
    }

    private static void CheckHeader(string line, string name)
    {
        string[] names = [.. line.Split(',').Select(one => one.Trim().Trim('"'))];
        int wrong = Enumerable.Range(0, Math.Max(names.Length, Header.Length)).FirstOrDefault(
            i => i >= names.Length || i >= Header.Length || !SameName(names[i], Header[i]), -1);
        if (wrong >= 0)
        {
            string found = wrong < names.Length ? $"'{names[wrong]}'" : "missing";
            string expected = wrong < Header.Length ? $"'{Header[wrong]}'" : "none";
            throw Refuse(name, 1, $"column {wrong + 1} of the header is {found}, expected {expected}");
        }
    }

    // Wilderness_Area1 and Wilderness_Area_1 are both in use.
    private static bool SameName(string found, string expected) =>
        found.Replace("_", string.Empty, StringComparison.Ordinal) == expected.Replace("_", string.Empty, StringComparison.Ordinal);

    private static void ReadRow(ReadOnlySpan<byte> fields, Span<short> row, string name, int line)
    {
        int column = 0;
        for (int place = 0; place <= fields.Length; place++)
        {
            if (column == row.Length)
            {
                throw Refuse(name, line, $"more than {row.Length} columns");
            }

            bool isNumber = Utf8Parser.TryParse(fields[place..], out row[column], out int length);
            place += length;
            if (!isNumber || (place < fields.Length && fields[place] != (byte)','))
            {
                throw Refuse(name, line, $"column {column + 1} is not a whole number of at most five digits");
            }

            column++;
        }

        if (column < row.Length)
        {
            throw Refuse(name, line, $"{column} columns, expected {row.Length}; the file may be cut short");
        }

        if (row[Features] is < 1 or > Classes)
        {
            throw Refuse(name, line, $"cover type {row[Features]} is not one of 1 to {Classes}");
        }

        if (!IsOneHot(row[NumericFeatures..(NumericFeatures + Areas)]) || !IsOneHot(row[(NumericFeatures + Areas)..Features]))
        {
            throw Refuse(name, line, "not exactly one area and one soil are marked by a 1");
        }
    }

    private static bool IsOneHot(ReadOnlySpan<short> columns) =>
        columns.Count((short)1) == 1 && columns.Count((short)0) == columns.Length - 1;

    private static DataException Refuse(string name, int line, string problem) => new(name, $"line {line}: {problem}", Remedy);

    private static string Spaced(int number) => number.ToString("N0", new NumberFormatInfo { NumberGroupSeparator = " " });
}
