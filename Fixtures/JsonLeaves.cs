using System.Text.Json;

namespace Reproduce.Fixtures;

/// <summary>The values of a JSON document that hold no others.</summary>
public static class JsonLeaves
{
    /// <summary>Those of an element, in their order; of a value that holds no others, itself.</summary>
    /// <param name="element">Of a document that must outlive the result.</param>
    public static IEnumerable<JsonElement> Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(one => Of(one.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Of),
        _ => [element],
    };
}
