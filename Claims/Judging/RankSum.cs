namespace Reproduce.Claims.Judging;

/// <summary>Wilcoxon's rank-sum test.</summary>
internal static class RankSum
{
    /// <summary>
    /// The p-value of "the first sample is not lower": the chance of a rank sum as low as the first sample's if all ways to divide the
    /// values were equally likely. Exact, with mid-ranks for ties, from the numbers of subsets by their sum.
    /// </summary>
    internal static double LowerTail(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double[] all = [.. first, .. second];

        // Twice the mid-rank, less one, is the number of smaller values twice, plus that of equal ones: a whole number.
        int[] ranks = [.. all.Select(value => (2 * all.Count(other => other < value)) + all.Count(other => other.Equals(value)))];
        var observed = ranks.Take(first.Count).Sum();
        var ways = new double[first.Count + 1, ranks.Sum() + 1];
        ways[0, 0] = 1;
        var total = 0;
        foreach (var rank in ranks)
        {
            total += rank;
            for (var count = first.Count; count > 0; count--)
            {
                for (var sum = total; sum >= rank; sum--)
                {
                    ways[count, sum] += ways[count - 1, sum - rank];
                }
            }
        }

        double below = 0, whole = 0;
        for (var sum = 0; sum < ways.GetLength(1); sum++)
        {
            whole += ways[first.Count, sum];
            below += sum <= observed ? ways[first.Count, sum] : 0;
        }

        return below / whole;
    }
}
