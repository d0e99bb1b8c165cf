using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reproduce.Fixtures.Experiments;

/// <summary>The sizes of all experiments, from <c>Fixtures/Experiments/sizes.json</c>.</summary>
public static class Sizes
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private static readonly Lazy<JsonElement> File = new(() =>
    {
        using var stream = typeof(Sizes).Assembly.GetManifestResourceStream("sizes.json")!;
        return JsonSerializer.Deserialize<JsonElement>(stream, Strict);
    });

    /// <summary>The names of the experiments that have sizes.</summary>
    public static IReadOnlyList<string> Experiments => [.. File.Value.EnumerateObject().Select(one => one.Name)];

    /// <summary>The sizes of one experiment.</summary>
    /// <typeparam name="T">A record with a parameter for every entry of the file.</typeparam>
    /// <param name="experiment">The name of the experiment, such as <c>slope.training</c>.</param>
    /// <param name="profile">The profile.</param>
    /// <exception cref="FormatException">The file has no such experiment or profile, or its entries do not match the record.</exception>
    public static T Of<T>(string experiment, Profile profile)
    {
        var name = profile.Word();
        if (!File.Value.TryGetProperty(experiment, out var profiles) || !profiles.TryGetProperty(name, out var sizes))
        {
            throw new FormatException($"sizes.json has no sizes of {experiment} for the profile {name}");
        }

        try
        {
            return sizes.Deserialize<T>(Strict) ?? throw new FormatException($"sizes.json, {experiment}, {name}: the entry is null");
        }
        catch (JsonException wrong)
        {
            throw new FormatException($"sizes.json, {experiment}, {name}: {wrong.Message}", wrong);
        }
    }
}
