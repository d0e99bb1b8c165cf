using System.Globalization;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Cli;

/// <summary>
/// A part of all cells: several processes with a common folder share the work, and each cell belongs to one of them whatever else is run.
/// </summary>
/// <param name="Number">From 1.</param>
/// <param name="Count">How many there are.</param>
internal sealed record Shard(int Number, int Count)
{
    /// <exception cref="UsageException">It does not read k/n.</exception>
    internal static Shard Parse(string text) =>
        text.Split('/') is [var first, var second] && Positive(first) is { } number && Positive(second) is { } count && number <= count
            ? new Shard(number, count)
            : throw new UsageException($"--shard '{text}': must be k/n with 1 ≤ k ≤ n, such as 3/16");

    internal bool Has(Cell cell) =>
        (ulong.Parse(cell.Hash, NumberStyles.HexNumber, CultureInfo.InvariantCulture) % (ulong)Count) == (ulong)(Number - 1);

    private static int? Positive(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 ? number : null;
}
