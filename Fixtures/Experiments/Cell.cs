using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reproduce.Fixtures.Experiments;

/// <summary>The progress of a running cell.</summary>
/// <param name="Experiment">The name of the experiment.</param>
/// <param name="Cell">The name of the cell.</param>
/// <param name="Done">The fraction done, from 0 to 1.</param>
/// <param name="Status">What the cell is doing, in a few words.</param>
public sealed record CellProgress(string Experiment, string Cell, double Done, string Status);

/// <summary>One unit of an experiment: a pure function from its key to a result.</summary>
/// <param name="Experiment">The name of the experiment.</param>
/// <param name="Name">Readable and unique within the experiment: data set, architecture, seed.</param>
/// <param name="Key">All that the result depends on: settings, data checksum, implementation, library, device.</param>
/// <param name="Run">Computes the result: a record that <see cref="CellResult.As"/> reads back.</param>
public sealed record Cell(
    string Experiment,
    string Name,
    IReadOnlyDictionary<string, string> Key,
    Func<Action<double, string>, CancellationToken, object> Run)
{
    /// <summary>The JSON format of results, in which a loss may be infinite.</summary>
    internal static JsonSerializerOptions Format { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of the key, its entries sorted by name.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Key.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}")))))[..16];
}

/// <summary>A finished cell, as stored.</summary>
/// <param name="Experiment">The name of the experiment.</param>
/// <param name="Name">The name of the cell.</param>
/// <param name="Hash">The hash of the key.</param>
/// <param name="Key">All that the result depends on.</param>
/// <param name="Finished">When it finished, in UTC.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Arithmetic">The outcome of the preceding <see cref="Libtorch.ArithmeticCheck"/> of the device.</param>
/// <param name="Result">The result.</param>
/// <param name="Digest">The SHA-256 of hash and result, which tells a file that was changed; null before it is stored.</param>
public sealed record CellResult(
    string Experiment,
    string Name,
    string Hash,
    IReadOnlyDictionary<string, string> Key,
    DateTime Finished,
    double Seconds,
    string Arithmetic,
    JsonElement Result,
    string? Digest = null)
{
    /// <summary>Whether this is what was stored, and not something that was made of it since.</summary>
    internal bool IsAsStored => Digest == OfContent;

    // Numbers as they are written, without white space.
    private string OfContent =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Hash}\n{JsonSerializer.Serialize(Result)}")));

    /// <summary>The same with its digest.</summary>
    internal CellResult Signed() => this with { Digest = OfContent };

    /// <summary>The result as the record that the cell computed.</summary>
    /// <typeparam name="T">The type of the record.</typeparam>
    /// <exception cref="FormatException">The result is empty.</exception>
    /// <exception cref="JsonException">The result lacks a required member of the record.</exception>
    public T As<T>() => Result.Deserialize<T>(Cell.Format) ?? throw new FormatException($"{Name}: the result is empty");
}
