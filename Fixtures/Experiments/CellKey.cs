using System.Text.Json;
using Reproduce.Libtorch;
using Reproduce.Randomness;
using TorchSharp;

namespace Reproduce.Fixtures.Experiments;

/// <summary>What a cell's result depends on.</summary>
public static class CellKey
{
    /// <summary>A key for a cell on the CPU.</summary>
    /// <inheritdoc cref="On"/>
    public static IReadOnlyDictionary<string, string> Of(Type family, Seed seed, object settings, string dtype, params IEnumerable<(string Name, string Checksum)> data) =>
        On(torch.CPU, family, seed, settings, dtype, data);

    /// <summary>A key for a cell.</summary>
    /// <param name="device">Where it is computed.</param>
    /// <param name="family">The class whose method computes the cell; the key changes with the sources that it uses.</param>
    /// <param name="seed">Of all its random choices.</param>
    /// <param name="settings">Whatever else the result depends on: a record that JSON can hold.</param>
    /// <param name="dtype">Such as <c>float32</c>.</param>
    /// <param name="data">Names and checksums of the data sets; none for generated data.</param>
    public static IReadOnlyDictionary<string, string> On(torch.Device device, Type family, Seed seed, object settings, string dtype, params IEnumerable<(string Name, string Checksum)> data)
    {
        var used = data.ToList();
        return new Dictionary<string, string>
        {
            ["data"] = used.Count == 0 ? "generated" : string.Join(" + ", used.Select(one => one.Name)),
            ["checksum"] = string.Join(" + ", used.Select(one => one.Checksum)),
            ["seed"] = seed.ToString(),
            ["settings"] = JsonSerializer.Serialize(settings, settings.GetType()),
            ["dtype"] = dtype,
            ["device"] = device.ToString(),
            ["library"] = TorchLibrary.Version,
            ["implementation"] = SourceVersion.Of(family),
        };
    }
}
