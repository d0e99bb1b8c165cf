using System.Text.Json;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>
/// Checks a document against the few keywords of JSON Schema that the schemas in docs use; an unknown one is an error, not skipped.
/// </summary>
internal static class JsonSchema
{
    private static readonly string[] Notes = ["$schema", "$defs", "title", "description"];

    /// <summary>What is wrong, with the place; nothing where the document fits.</summary>
    internal static List<string> Faults(JsonElement document, JsonElement schema, JsonElement root, string place = "$") =>
    [
        .. from keyword in schema.EnumerateObject()
           where !Notes.Contains(keyword.Name)
           from fault in Faults(document, keyword.Name, keyword.Value, schema, root, place)
           select fault,
    ];

    private static IEnumerable<string> Faults(
        JsonElement document, string keyword, JsonElement value, JsonElement schema, JsonElement root, string place)
    {
        var isNumber = document.ValueKind == JsonValueKind.Number;
        var isArray = document.ValueKind == JsonValueKind.Array;
        var isObject = document.ValueKind == JsonValueKind.Object;
        List<string> Part(JsonElement part, JsonElement itsSchema, string where) => Faults(part, itsSchema, root, $"{place}{where}");
        string[] Unless(bool fits, string fault) => fits ? [] : [fault];
        return keyword switch
        {
            "$ref" => Part(document, root.GetProperty("$defs").GetProperty(value.GetString()!.Split('/')[^1]), ""),
            "type" => Unless(Types(value).Any(type => Has(document, type)), $"{place} is no {value}"),
            "enum" => Unless(value.EnumerateArray().Any(one => JsonElement.DeepEquals(document, one)), $"{place} is none of {value}"),
            "const" => Unless(JsonElement.DeepEquals(document, value), $"{place} is not {value}"),
            "minimum" => Unless(!isNumber || document.GetDouble() >= value.GetDouble(), $"{place} is below {value}"),
            "maximum" => Unless(!isNumber || document.GetDouble() <= value.GetDouble(), $"{place} is above {value}"),
            "minItems" => Unless(!isArray || document.GetArrayLength() >= value.GetInt32(), $"{place} has fewer than {value}"),
            "required" when isObject =>
                from name in value.EnumerateArray()
                where !document.TryGetProperty(name.GetString()!, out _)
                select $"{place}.{name} is missing",
            "additionalProperties" when isObject && value.ValueKind == JsonValueKind.Object =>
                document.EnumerateObject().SelectMany(one => Part(one.Value, value, $".{one.Name}")),
            "additionalProperties" when isObject =>
                from one in document.EnumerateObject()
                where !schema.GetProperty("properties").TryGetProperty(one.Name, out _)
                select $"{place}.{one.Name} is not in the schema",
            "properties" when isObject =>
                from one in value.EnumerateObject()
                where document.TryGetProperty(one.Name, out _)
                from fault in Part(document.GetProperty(one.Name), one.Value, $".{one.Name}")
                select fault,
            "items" when isArray => document.EnumerateArray().SelectMany((one, index) => Part(one, value, $"[{index}]")),
            "required" or "additionalProperties" or "properties" or "items" => [],
            "anyOf" => Unless(value.EnumerateArray().Any(one => Part(document, one, "").Count == 0), $"{place} fits no alternative"),
            "oneOf" => OneOf(document, value, root, place),
            _ => throw new NotSupportedException(keyword),
        };
    }

    // With the faults of the last alternative, which is the one with content.
    private static List<string> OneOf(JsonElement document, JsonElement alternatives, JsonElement root, string place)
    {
        var all = alternatives.EnumerateArray().Select(one => Faults(document, one, root, place)).ToList();
        return all.Count(faults => faults.Count == 0) == 1 ? [] : [$"{place} fits not exactly one alternative", .. all[^1]];
    }

    private static IEnumerable<string> Types(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(one => one.GetString()!) : [value.GetString()!];

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
