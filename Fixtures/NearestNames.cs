namespace Reproduce.Fixtures;

/// <summary>Suggestions for a misspelt name.</summary>
public static class NearestNames
{
    /// <summary>The known names, nearest first by Levenshtein distance, ignoring case.</summary>
    public static IEnumerable<string> Of(string name, IEnumerable<string> known) => known.OrderBy(one => Distance(name, one));

    // Dynamic programming over one row.
    private static int Distance(string first, string second)
    {
        int[] row = [.. Enumerable.Range(0, second.Length + 1)];
        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var same = char.ToUpperInvariant(first[i - 1]) == char.ToUpperInvariant(second[j - 1]);
                var substituted = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
