using System.Text.Json;
using Reproduce.Libtorch;
using Reproduce.Randomness;
using TorchSharp;

namespace Reproduce.Fixtures.Experiments;

/// <summary>All that the result of a cell depends on.</summary>
public static class CellKey
{
    /// <summary>The key of a cell on the CPU.</summary>
    /// <inheritdoc cref="On"/>
    public static IReadOnlyDictionary<string, string> Of(
        Type family,
        Seed seed,
        object settings,
        string dtype,
        params IEnumerable<(string Name, string Checksum)> data) =>
        On(torch.CPU, family, seed, settings, dtype, data);

    /// <summary>The key of a cell.</summary>
    /// <param name="device">The device that computes the cell.</param>
    /// <param name="family">The class that computes the cell; the key changes with the sources that it uses.</param>
    /// <param name="seed">The seed of all random choices.</param>
    /// <param name="settings">All other settings that the result depends on: a record that can be written as JSON.</param>
    /// <param name="dtype">The element type, such as <c>float32</c>.</param>
    /// <param name="data">Names and checksums of the data sets; none for generated data.</param>
    public static IReadOnlyDictionary<string, string> On(
        torch.Device device,
        Type family,
        Seed seed,
        object settings,
        string dtype,
        params IEnumerable<(string Name, string Checksum)> data)
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
