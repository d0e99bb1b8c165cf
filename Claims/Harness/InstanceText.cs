using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Reproduce.Claims.Harness;

/// <summary>Random instances for messages: the entries of arrays and tuples, not the names of their types.</summary>
internal static class InstanceText
{
    /// <summary>The instance in words.</summary>
    internal static string Of(object? instance) => instance switch
    {
        null => "nothing",
        string text => text,
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Of(tuple[i])))})",
        Array { Rank: 2 } matrix => $"[{string.Join("; ", Enumerable.Range(0, matrix.GetLength(0)).Select(row => Row(matrix, row)))}]",
        IEnumerable entries => $"[{string.Join(' ', entries.Cast<object?>().Select(Of))}]",
        _ => string.Create(CultureInfo.InvariantCulture, $"{instance}"),
    };

    private static string Row(Array matrix, int row) =>
        string.Join(' ', Enumerable.Range(0, matrix.GetLength(1)).Select(column => Of(matrix.GetValue(row, column))));
}
