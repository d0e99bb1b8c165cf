using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reproduce.Fixtures;

namespace Reproduce.Claims.Harness;

/// <summary>A time when numbers were accepted.</summary>
/// <param name="Date">The day, in UTC.</param>
/// <param name="Reason">Why they are right.</param>
public sealed record GoldenChange(DateOnly Date, string Reason);

/// <summary>A golden file: <c>Class.Method.verified.json</c>, or <c>.received.json</c>, which has no history.</summary>
/// <param name="Run">Where the values were computed.</param>
/// <param name="History">When values were accepted and why, oldest first.</param>
/// <param name="Tolerances">By device and dtype; the first that fits counts.</param>
/// <param name="Values">By element type and name.</param>
public sealed record GoldenFile(
    GoldenRun Run,
    IReadOnlyList<GoldenChange> History,
    IReadOnlyList<GoldenTolerance> Tolerances,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Values)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is damaged; the message names it.</exception>
    public static GoldenFile Read(string path)
    {
        try
        {
            var content = File.ReadAllBytes(path);
            using var document = JsonDocument.Parse(content);

            // It would be read as infinite.
            var numbers = JsonLeaves.Of(document.RootElement).Where(one => one.ValueKind == JsonValueKind.Number);
            return numbers.Any(one => !double.IsFinite(one.GetDouble()))
                ? throw new JsonException("a number is too large for float64")
                : JsonSerializer.Deserialize<GoldenFile>(content, Format) ?? throw new JsonException("the file is empty");
        }
        catch (JsonException fault)
        {
            throw new FormatException(
                $"{path} is damaged ({fault.Message}): restore it from git, or delete it if it is a received one", fault);
        }
    }

    internal void Write(string path) => AtomicFile.Write(path, JsonSerializer.Serialize(this, Format) + "\n");
}
