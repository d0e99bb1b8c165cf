using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Reproduce.Fixtures;
using Xunit.Sdk;

namespace Reproduce.Claims.Harness;

/// <summary>One measured quantity.</summary>
/// <param name="Quantity">What was measured, in words.</param>
/// <param name="Value">The figure; NaN and infinities are written as text.</param>
/// <param name="Rule">What it was held against, with the reason for the tolerance.</param>
public sealed record Measurement(string Quantity, double Value, string Rule)
{
    /// <summary>Standard error, or half the width of an enclosure; null where the figure is exact up to rounding.</summary>
    public double? Uncertainty { get; init; }

    /// <summary>What the paper prints, or null where it prints no figure.</summary>
    public string? Paper { get; init; }

    /// <summary>The number of instances, points or runs behind the figure.</summary>
    public int? Samples { get; init; }

    /// <summary>The samples are random instances on which the claim itself was checked.</summary>
    public bool IsProperty { get; init; }

    /// <summary>The element type, such as float64 or rational.</summary>
    public string? Dtype { get; init; }

    /// <summary>The axes of the seed, and its value.</summary>
    public string? Seed { get; init; }

    /// <summary>The data set and its checksum.</summary>
    public string? Data { get; init; }

    /// <summary>The setting the figure belongs to, such as a data set and an architecture.</summary>
    public string? Setting { get; init; }

    /// <summary>A series behind the figure, such as the slope after every epoch.</summary>
    public IReadOnlyList<double>? Series { get; init; }

    /// <summary>
    /// Ours minus the printed figure in units of the combined standard error, which is the root of the sum of the squares of
    /// <see cref="Uncertainty"/> and of the printed figure's standard error: its printed deviation over the root of the paper's number of
    /// runs, or what the rule says in its place. Null where no figure or no error is known.
    /// </summary>
    public double? PaperDifference { get; init; }

    /// <summary>What the rule of a printed table says of this cell; null where it judges no single cell.</summary>
    public CellMatch? Match { get; init; }

    /// <summary>
    /// The difference of two figures in units of their combined standard error; null where that is not a positive number.
    /// </summary>
    /// <param name="ours">What was measured.</param>
    /// <param name="error">Its standard error.</param>
    /// <param name="printed">What the paper prints.</param>
    /// <param name="printedError">Its standard error, 0 where none is known.</param>
    public static double? InErrors(double ours, double error, double printed, double printedError) =>
        Math.Sqrt((error * error) + (printedError * printedError)) is > 0 and < double.PositiveInfinity and var combined
            ? (ours - printed) / combined
            : null;
}

/// <summary>How a cell of a printed table compares with ours, by the rule of the table.</summary>
public enum CellMatch
{
    /// <summary>Neither is shown.</summary>
    Undecided,

    /// <summary>It matches.</summary>
    Matches,

    /// <summary>It differs.</summary>
    Differs,
}

/// <summary>What a test left behind.</summary>
/// <param name="Claim">The claim's id.</param>
/// <param name="Test">Class and method, and the row.</param>
/// <param name="Role">What the test shows about the claim.</param>
/// <param name="Category">Its tier.</param>
/// <param name="Outcome">passed, failed or skipped.</param>
/// <param name="Message">Why it failed or was skipped.</param>
/// <param name="Finished">When, in UTC.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Verdict">What an experiment's rule decided.</param>
/// <param name="Reason">Why the rule decided so.</param>
/// <param name="Stamp">Where it ran and on what.</param>
/// <param name="Measurements">The figures.</param>
public sealed record EvidenceFile(
    string Claim,
    string Test,
    Role Role,
    Category Category,
    string Outcome,
    string? Message,
    DateTime Finished,
    double Seconds,
    Verdict? Verdict,
    string? Reason,
    Stamp Stamp,
    IReadOnlyList<Measurement> Measurements)
{
    /// <summary>What is to be drawn.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>How evidence, and what is made from it, is written as JSON.</summary>
    public static JsonSerializerOptions Format { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions OnOneLine = new(Format) { WriteIndented = false };

    private static readonly JsonSerializerOptions Whole = new(Format)
    {
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Require } },
    };

    /// <summary><c>REPRODUCE_EVIDENCE</c>, or <c>artifacts/evidence</c>: a folder a claim, a file a test.</summary>
    public static string Folder => Repository.FolderNamedBy("REPRODUCE_EVIDENCE") ?? Path.Combine(Repository.Artifacts, "evidence");

    /// <summary>The name of a test in evidence: class and method, and the arguments of its row, if it has rows.</summary>
    public static string NameOf(MethodInfo method, object?[] row) => row.Length == 0
        ? $"{method.DeclaringType!.Name}.{method.Name}"
        : $"{method.DeclaringType!.Name}.{method.Name}({string.Join(", ", row.Select(one => ArgumentFormatter.Format(one)))})";

    // A row may hold what no file name can.
    private string FileName => Test.IndexOf('(', StringComparison.Ordinal) is > 0 and var row
        ? $"{Test[..row]}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Test[row..])))[..8]}"
        : Test;

    /// <summary>Writes the file.</summary>
    public void Write() => WriteTo(Folder);

    /// <summary>Writes the file under another folder than <see cref="Folder"/>.</summary>
    public void WriteTo(string folder) =>
        AtomicFile.Write(Path.Combine(folder, Claim, $"{FileName}.json"), JsonSerializer.Serialize(this, Format));

    /// <summary>Writes the file under a name of its own, on one line: series make it twice as long otherwise.</summary>
    public void WriteAs(string path) => AtomicFile.Write(path, JsonSerializer.Serialize(this, OnOneLine) + "\n");

    /// <summary>All evidence on disk, by claim and test. A file that cannot be read is an error that names it.</summary>
    /// <exception cref="FormatException">A file is damaged.</exception>
    public static IReadOnlyList<EvidenceFile> ReadAll()
    {
        if (!Directory.Exists(Folder))
        {
            return [];
        }

        return [.. Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Read)];
    }

    internal static EvidenceFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<EvidenceFile>(File.ReadAllBytes(path), Whole)
                ?? throw new JsonException("the file is empty");
        }
        catch (JsonException fault)
        {
            throw new FormatException($"{path} is damaged ({fault.Message}): delete it and run the tests again", fault);
        }
    }

    // A part that is never null must be there.
    private static void Require(JsonTypeInfo type)
    {
        foreach (var part in type.Properties.Where(part => part.AssociatedParameter is { IsNullable: false, HasDefaultValue: false }))
        {
            part.IsRequired = true;
        }
    }
}
