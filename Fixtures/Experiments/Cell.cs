using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reproduce.Fixtures.Experiments;

/// <summary>What a cell reports while it runs.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Cell">The cell's name.</param>
/// <param name="Done">Between 0 and 1.</param>
/// <param name="Status">What it is doing, in a few words.</param>
public sealed record CellProgress(string Experiment, string Cell, double Done, string Status);

/// <summary>One unit of an experiment: a pure function from its key to a result.</summary>
/// <param name="Experiment">The claim's id.</param>
/// <param name="Name">Readable and unique inside the experiment: data set, architecture, seed.</param>
/// <param name="Key">Everything the result depends on: settings, data checksum, implementation, library, device.</param>
/// <param name="Run">Computes the result: a record that <see cref="CellResult.As"/> reads back.</param>
public sealed record Cell(
    string Experiment, string Name, IReadOnlyDictionary<string, string> Key, Func<Action<double, string>, CancellationToken, object> Run)
{
    /// <summary>How results are written. A loss may be infinite.</summary>
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
/// <param name="Experiment">The claim's id.</param>
/// <param name="Name">The cell's name.</param>
/// <param name="Hash">Of the key.</param>
/// <param name="Key">What the result depends on.</param>
/// <param name="Finished">When, in UTC.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Arithmetic">How the check of the device's float32 arithmetic ended that came before (<see cref="Libtorch.ArithmeticCheck"/>).</param>
/// <param name="Result">What the cell computed.</param>
public sealed record CellResult(
    string Experiment,
    string Name,
    string Hash,
    IReadOnlyDictionary<string, string> Key,
    DateTime Finished,
    double Seconds,
    string Arithmetic,
    JsonElement Result)
{
    /// <summary>The result as the record that the cell computed.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <exception cref="FormatException">The result is empty.</exception>
    /// <exception cref="JsonException">It lacks something that the record has.</exception>
    public T As<T>() => Result.Deserialize<T>(Cell.Format) ?? throw new FormatException($"{Name}: an empty result");
}
