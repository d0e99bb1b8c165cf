namespace Reproduce.Claims.Judging;

/// <summary>Holm's step-down correction for several tests.</summary>
internal static class Holm
{
    /// <summary>
    /// Adjusted p-values, in the order given: rejecting where they are at most α keeps the chance of any false rejection at α,
    /// whatever the dependence between the tests.
    /// </summary>
    /// <exception cref="ArgumentException">A p-value is NaN or not between 0 and 1.</exception>
    internal static double[] Adjust(IReadOnlyList<double> pValues)
    {
        if (pValues.Any(p => !(p is >= 0 and <= 1)))
        {
            throw new ArgumentException($"not p-values: {string.Join(", ", pValues)}", nameof(pValues));
        }

        var order = Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]).ToArray();
        var adjusted = new double[pValues.Count];
        var largest = 0.0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, (order.Length - rank) * pValues[order[rank]]));
            adjusted[order[rank]] = largest;
        }

        return adjusted;
    }
}
