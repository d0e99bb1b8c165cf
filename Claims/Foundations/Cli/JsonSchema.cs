using System.Text.Json;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>Checks a document against the few keywords of JSON Schema that the schemas in docs use; an unknown one is an error, not skipped.</summary>
internal static class JsonSchema
{
    private static readonly string[] Notes = ["$schema", "$defs", "title", "description"];

    /// <summary>What is wrong, with the place; nothing where the document fits.</summary>
    internal static List<string> Faults(JsonElement document, JsonElement schema, JsonElement root, string place = "$")
    {
        var faults = new List<string>();
        foreach (var keyword in schema.EnumerateObject().Where(keyword => !Notes.Contains(keyword.Name)))
        {
            var value = keyword.Value;
            faults.AddRange(keyword.Name switch
            {
                "$ref" => Faults(document, root.GetProperty("$defs").GetProperty(value.GetString()!.Split('/')[^1]), root, place),
                "type" => Types(value).Any(type => Has(document, type)) ? [] : [$"{place} is no {value}"],
                "enum" => value.EnumerateArray().Any(one => JsonElement.DeepEquals(document, one)) ? [] : [$"{place} is none of {value}"],
                "const" => JsonElement.DeepEquals(document, value) ? [] : [$"{place} is not {value}"],
                "minimum" => document.ValueKind != JsonValueKind.Number || document.GetDouble() >= value.GetDouble() ? [] : [$"{place} is below {value}"],
                "maximum" => document.ValueKind != JsonValueKind.Number || document.GetDouble() <= value.GetDouble() ? [] : [$"{place} is above {value}"],
                "minItems" => document.ValueKind != JsonValueKind.Array || document.GetArrayLength() >= value.GetInt32() ? [] : [$"{place} has fewer than {value}"],
                "required" => document.ValueKind != JsonValueKind.Object ? [] : value.EnumerateArray().Where(name => !document.TryGetProperty(name.GetString()!, out _)).Select(name => $"{place}.{name} is missing"),
                "additionalProperties" when value.ValueKind == JsonValueKind.Object => document.EnumerateObject().SelectMany(one => Faults(one.Value, value, root, $"{place}.{one.Name}")),
                "additionalProperties" => document.ValueKind != JsonValueKind.Object ? [] : document.EnumerateObject().Where(one => !schema.GetProperty("properties").TryGetProperty(one.Name, out _)).Select(one => $"{place}.{one.Name} is not in the schema"),
                "properties" => document.ValueKind != JsonValueKind.Object ? [] : value.EnumerateObject().Where(one => document.TryGetProperty(one.Name, out _)).SelectMany(one => Faults(document.GetProperty(one.Name), one.Value, root, $"{place}.{one.Name}")),
                "items" => document.ValueKind != JsonValueKind.Array ? [] : document.EnumerateArray().SelectMany((one, index) => Faults(one, value, root, $"{place}[{index}]")),
                "anyOf" => value.EnumerateArray().Any(one => Faults(document, one, root, place).Count == 0) ? [] : [$"{place} fits no alternative"],
                "oneOf" => OneOf(document, value, root, place),
                _ => throw new NotSupportedException(keyword.Name),
            });
        }

        return faults;
    }

    // With the faults of the last alternative, which is the one with content.
    private static List<string> OneOf(JsonElement document, JsonElement alternatives, JsonElement root, string place)
    {
        var all = alternatives.EnumerateArray().Select(one => Faults(document, one, root, place)).ToList();
        return all.Count(faults => faults.Count == 0) == 1 ? [] : [$"{place} fits not exactly one alternative", .. all[^1]];
    }

    private static IEnumerable<string> Types(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(one => one.GetString()!) : [value.GetString()!];

    private static bool Has(JsonElement document, string type) => type switch
    {
        "object" => document.ValueKind == JsonValueKind.Object,
        "array" => document.ValueKind == JsonValueKind.Array,
        "string" => document.ValueKind == JsonValueKind.String,
        "boolean" => document.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => document.ValueKind == JsonValueKind.Null,
        "number" => document.ValueKind == JsonValueKind.Number,
        "integer" => document.ValueKind == JsonValueKind.Number && document.TryGetInt64(out _),
        _ => throw new NotSupportedException(type),
    };
}
