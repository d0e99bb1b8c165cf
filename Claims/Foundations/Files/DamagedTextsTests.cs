using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>
/// As <see cref="DamagedFilesTests"/>, for files of text. Tables, entries and golden numbers have no checksum: nothing in the file may be
/// left out or changed silently. A cell has one: any change is noticed but to when it ran, for how long, and how its arithmetic was
/// checked. Evidence is whole or refused.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class DamagedTextsTests : IDisposable
{
    private const string Claims = """
        # The claims of a paper

        A line before the first.

        ## slope.prop-1

        **A title with f(x) = `x`**

        - **Place**: S, Proposition 1
        - **Kind**: theorem
        - **Verdict**: holds amended
        - **Error**: sign-of-x
        - **Kills**: first-mutant, second-mutant

        **Statement.** Something is so: ‖J‖_p ≥ 1.

        And it goes on.

        **As printed.** “Otherwise.”

        **Slip.** The text before says “something”.

        ## slope.fig-1

        **Another
        title**

        - **Place**: S, Figure 1
        - **Kind**: experiment
        - **Verdict**: partly
        - **Standard**: not reproduced
        - **Uses**: slope.prop-1

        **Statement.** More:

        | a | b |
        |---|---|
        | 1 | 2 |

        **Rule.** *Reproduced* if [a, b] is.

        """;

    private const string Golden = """
        {
          "run": { "device": "cpu", "library": "TorchSharp 0.107.0, libtorch 2.10.0" },
          "history": [ { "date": "2026-01-02", "reason": "first ‖J‖" } ],
          "tolerances": [ { "device": "*", "dtype": "float64", "relative": 1E-09, "reason": "rounding", "values": "*" } ],
          "values": { "float64": { "slope": 0.123456789, "margin": "NaN" }, "float32": { "loss": -2.5e-7 } }
        }

        """;

    private const string Evidence = """
        {
          "claim": "slope.prop-1", "test": "Prop1.Slope_Is_So", "role": "check", "category": "theorem", "outcome": "passed",
          "finished": "2026-11-29T15:37:17.3089101Z", "seconds": 0.5, "verdict": "holds",
          "stamp": {
            "build": "9c43", "commit": "cdf2+", "device": "cpu", "library": "L", "runtime": ".NET", "cores": 2, "arithmetic": "A"
          },
          "measurements": [ { "quantity": "‖J‖", "value": -0.25, "rule": "is so", "isProperty": false, "series": [1, 2] } ],
          "figures": []
        }

        """;

    private static readonly string Rows = string.Join("\r\n", Enumerable.Range(0, 3).Select(i => Row(2000 + i, i, 5 * i, 1 + i)));

    private static readonly string Columns = string.Join(
        ',',
        [
            "Elevation", "Aspect", "Slope", "Horizontal_Distance_To_Hydrology", "Vertical_Distance_To_Hydrology",
            "Horizontal_Distance_To_Roadways", "Hillshade_9am", "Hillshade_Noon", "Hillshade_3pm", "Horizontal_Distance_To_Fire_Points",
            .. Enumerable.Range(1, 4).Select(i => $"Wilderness_Area{i}"),
            .. Enumerable.Range(1, 40).Select(i => $"Soil_Type{i}"),
            "Cover_Type",
        ]);

    private static readonly string Printed = string.Join(
        '\n',
        [
            .. new[] { "paper", "table", "page", "unit", "rows", "columns", "repair" }.Select(key => $"# {key}: what it is"),
            "row,column,value,sd", "a,b,0.965,0.01", "a,c,-9e+01,", "b b,b,7,1.5e-3", "",
        ]);

    private static readonly Cell Finished = new(
        "slope.fig-1",
        "cell",
        new Dictionary<string, string> { ["seed"] = "‖1‖", ["device"] = "cpu" },
        (_, _) => new { losses = new[] { 1, 0.25, -1e-300 }, count = 3, name = "‖J‖" });

    private static readonly Lazy<byte[]> Stored = new(() =>
    {
        using var folder = new TemporaryFolder();
        new CellStore(folder.Path).Run([Finished], 1);
        return File.ReadAllBytes(Directory.GetFiles(folder.Path, "*.json", SearchOption.AllDirectories).Single());
    });

    private static readonly Dictionary<string, Reader> All = new()
    {
        ["covertype"] = new([Bytes(Rows), Bytes($"{Columns}\n{Rows}\n")], fault => fault is DataException, ReadCovertype),
        ["published"] = new([Bytes(Printed)], fault => fault is DataException, (_, bytes) => ReadPublished(bytes)),
        ["claims"] = new([Bytes(Claims)], fault => fault is FormatException, (_, bytes) => ReadClaims(bytes)),
        ["cell"] = new([Stored.Value], fault => fault is NotFoundException, ReadCell),
        ["golden"] = new([Bytes(Golden)], fault => fault is FormatException, ReadGolden),
        ["evidence"] = new([Bytes(Evidence)], fault => fault is FormatException, ReadEvidence),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Readers => [.. All.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_AnyBytes_RefusesOrReads(string name) => Try(name, Damage.Any(All[name].Valid));

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_ValidFileWithOneChange_RefusesOrReads(string name) =>
        Try(name, from valid in Gen.Elements(All[name].Valid) from changed in Damage.Changed(valid) select changed, share: 1);

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_ValidFile_IsRead(string name)
    {
        foreach (var valid in All[name].Valid)
        {
            All[name].Read(_folder, valid);
        }
    }

    private void Try(string name, Gen<byte[]> inputs, int share = 2) =>
        Fuzz.Try(name, inputs, share, All[name].IsRefusal, input => All[name].Read(_folder, input));

    private static void ReadCovertype(TemporaryFolder folder, byte[] bytes)
    {
        folder.Write(bytes, "covertype", "covtype.csv");
        var data = new DataStore(TinyDataSet.Machine(folder) with { DataFolders = [folder.Path] }).LoadCovertype();
        var lines = Encoding.Latin1.GetString(bytes).Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        lines.RemoveRange(lines.Count - 1, lines[^1].Length == 0 ? 1 : 0);
        var rows = lines.Skip(lines[0][0] == '"' || char.IsLetter(lines[0][0]) ? 1 : 0)
            .Select(line => line.Split(',').Select(Whole).ToArray())
            .ToList();
        Require(data.Values.Select(value => (int)value).SequenceEqual(rows.SelectMany(row => row[..^1])), "the features of the file");
        Require(data.Labels.Select(label => label + 1).SequenceEqual(rows.Select(row => row[^1])), "the classes of the file");
    }

    private static void ReadPublished(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var table = PublishedTable.Parse(text, "table");
        var header = text.Split('\n').TakeWhile(line => line.StartsWith('#')).ToList();
        string[] known = [$"# paper: {table.Paper}", $"# table: {table.Table}", $"# page: {table.Page}", $"# unit: {table.Unit}"];
        Require(known.Concat(table.Repairs.Select(repair => $"# repair: {repair}")).All(header.Contains), "the header of the file");
        var found = table.Values.Select(one => (one.Row, one.Column, one.Value.Value, one.Value.StandardDeviation)).ToList();
        var expected =
            from line in text.Split('\n').Skip(header.Count + 1).SkipLast(1)
            let fields = line.Split(',')
            select (fields[0], fields[1], Number(fields[2]), fields[3].Length == 0 ? (double?)null : Number(fields[3]));
        Require(found.SequenceEqual(expected), "its numbers");
        Require(found.All(one => double.IsFinite(one.Value) && double.IsFinite(one.StandardDeviation ?? 0)), "finite");
    }

    // Every letter and digit from the first entry on is in some part of an entry.
    private static void ReadClaims(byte[] bytes)
    {
        var text = ClaimRegistry.Text("claims.md", bytes);
        var entries = ClaimRegistry.Parse(("claims.md", text));
        var first = int.Parse(entries[0].Where.Split(':')[1], CultureInfo.InvariantCulture) - 1;
        var found = entries.SelectMany(Parts).ToList();
        var written = string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Skip(first));
        Require(found.All(part => Letters(written).Contains(Letters(part), StringComparison.Ordinal)), "parts of the file");
        Require(Letters(string.Concat(found)).Order().SequenceEqual(Letters(written).Order()), "all of the file");
    }

    private static IEnumerable<string> Parts(ClaimEntry entry) =>
    [
        entry.Id, entry.Title, $"Place{entry.Place}", $"Kind{entry.Kind.ToString().ToLowerInvariant()}", $"Verdict{entry.Declared.Words()}",
        .. entry.Error == entry.Id ? [] : new[] { $"Error{entry.Error}" },
        .. entry.Nightly.Select(one => $"{one.Key}{one.Value.Words()}"),
        .. entry.Uses.Count == 0 ? [] : new[] { $"Uses{string.Concat(entry.Uses)}" },
        .. entry.Kills.Count == 0 ? [] : new[] { $"Kills{string.Concat(entry.Kills)}" },
        .. entry.Sections.Select(section => section.Key + section.Value),
    ];

    private static void ReadCell(TemporaryFolder folder, byte[] bytes)
    {
        var name = $"{Finished.Name}.{Finished.Hash}.json";
        folder.Write(bytes, Finished.Experiment, name);
        var found = new CellStore(folder.Path).Find(Finished) ?? throw new NotFoundException();
        var stored = JsonSerializer.Deserialize<CellResult>(Stored.Value, JsonSerializerOptions.Web)!;
        Require((found.Experiment, found.Name, found.Hash) == (stored.Experiment, stored.Name, stored.Hash), "the cell");
        Require(found.Key.Count == stored.Key.Count && found.Key.All(stored.Key.Contains), "its key");
        Require(JsonElement.DeepEquals(found.Result, stored.Result), "its result");
    }

    // What is read and written again is what was in the file.
    private static void ReadGolden(TemporaryFolder folder, byte[] bytes)
    {
        GoldenFile.Read(folder.Write(bytes, "golden")).Write(folder["again"]);
        using var before = JsonDocument.Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes));
        using var after = JsonDocument.Parse(File.ReadAllBytes(folder["again"]));
        Require(IsSame(before.RootElement, after.RootElement), $"the file, but {after.RootElement}");
    }

    private static void ReadEvidence(TemporaryFolder folder, byte[] bytes)
    {
        var file = EvidenceFile.Read(folder.Write(bytes, "evidence"));
        object?[] parts = [file.Claim, file.Test, file.Outcome, file.Measurements, file.Figures, file.Stamp];
        Require(parts.All(part => part is not null), "whole");
        object?[] inside = [file.Stamp.Build, file.Stamp.Commit, file.Stamp.Device, file.Stamp.Library, file.Stamp.Runtime];
        Require(inside.All(part => part is not null), "a whole stamp");
        Require(file.Measurements.All(one => one is { Quantity: not null, Rule: not null }), "whole measurements");
    }

    private static bool IsSame(JsonElement before, JsonElement after) => (before.ValueKind, after.ValueKind) switch
    {
        (JsonValueKind.Object, JsonValueKind.Object) => before.EnumerateObject().Count() == after.EnumerateObject().Count()
            && before.EnumerateObject().All(one => after.EnumerateObject().Any(
                other => string.Equals(other.Name, one.Name, StringComparison.OrdinalIgnoreCase) && IsSame(one.Value, other.Value))),
        (JsonValueKind.Array, JsonValueKind.Array) => before.GetArrayLength() == after.GetArrayLength()
            && before.EnumerateArray().Zip(after.EnumerateArray()).All(pair => IsSame(pair.First, pair.Second)),
        (JsonValueKind.Number, JsonValueKind.Number) => before.GetDouble().Equals(after.GetDouble()),
        (JsonValueKind.String, JsonValueKind.String) => before.GetString() == after.GetString(),
        var (first, second) => first == second,
    };

    private static string Row(int elevation, int area, int soil, int type)
    {
        IEnumerable<int> OneOf(int count, int place) => Enumerable.Range(0, count).Select(i => i == place ? 1 : 0);
        return string.Join(',', [elevation, -1, 2, 3, 4, 5, 6, 7, 8, 9, .. OneOf(4, area), .. OneOf(40, soil), type]);
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    private static int Whole(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"not {what}");
        }
    }

    /// <param name="Valid">Files that it reads.</param>
    /// <param name="IsRefusal">Whether an exception is one that it documents.</param>
    /// <param name="Read">Reads and checks a file of these bytes, in a folder.</param>
    private sealed record Reader(byte[][] Valid, Func<Exception, bool> IsRefusal, Action<TemporaryFolder, byte[]> Read);

    private sealed class NotFoundException : Exception;
}
