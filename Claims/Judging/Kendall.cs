using System.Collections.Concurrent;

namespace Reproduce.Claims.Judging;

/// <summary>How the pairs of places of two sequences are ordered: exact counts.</summary>
/// <param name="Pairs">n(n − 1)/2.</param>
/// <param name="TiedFirst">Pairs whose values in the first sequence are equal.</param>
/// <param name="TiedSecond">Pairs whose values in the second sequence are equal.</param>
/// <param name="TiedBoth">Pairs that are tied in both.</param>
/// <param name="Discordant">Pairs that the two sequences order oppositely.</param>
internal readonly record struct PairCounts(long Pairs, long TiedFirst, long TiedSecond, long TiedBoth, long Discordant)
{
    /// <summary>Pairs that the two sequences order alike.</summary>
    internal long Concordant => Pairs - TiedFirst - TiedSecond + TiedBoth - Discordant;
}

/// <summary>Kendall's rank correlation.</summary>
internal static class Kendall
{
    // By n: a long series' law takes a tenth of a second to compute.
    private static readonly ConcurrentDictionary<int, double[]> SharesByInversions = new();

    /// <summary>
    /// τ (thesis, equation 4.3): concordant minus discordant pairs, over all pairs. NaN for fewer than two values.
    /// </summary>
    /// <exception cref="ArgumentException">The sequences differ in length, or hold NaN.</exception>
    internal static double Tau(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var counts = Count(first, second);
        return (counts.Concordant - counts.Discordant) / (double)counts.Pairs;
    }

    /// <summary>
    /// τ_b (thesis, section 4.3): concordant minus discordant pairs, over the geometric mean of the numbers of pairs that are not tied in
    /// one sequence and in the other. Without ties this is τ. NaN where a sequence is constant.
    /// </summary>
    /// <exception cref="ArgumentException">The sequences differ in length, or hold NaN.</exception>
    internal static double TauB(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var counts = Count(first, second);

        // The product of two counts outgrows 64 bits from 66 000 values on. Rounded once here, it keeps |τ_b| ≤ 1.
        var product = (UInt128)(counts.Pairs - counts.TiedFirst) * (UInt128)(counts.Pairs - counts.TiedSecond);
        return (counts.Concordant - counts.Discordant) / Math.Sqrt((double)product);
    }

    /// <summary>
    /// Counts all pairs in O(n log n): sorted by the first sequence and, among its ties, by the second, the discordant pairs are the
    /// inversions of the second sequence, which a merge sort counts (Knight 1966). Infinities are ordered like numbers, −0 equals 0.
    /// </summary>
    /// <exception cref="ArgumentException">The sequences differ in length, or hold NaN.</exception>
    internal static PairCounts Count(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"sequences of {first.Length} and {second.Length} values");
        }

        var points = new (double First, double Second)[first.Length];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = !double.IsNaN(first[i]) && !double.IsNaN(second[i])
                ? (first[i], second[i])
                : throw new ArgumentException($"the value at place {i} is not a number");
        }

        Array.Sort(points);
        var values = Array.ConvertAll(points, point => point.Second);
        var (tiedFirst, tiedBoth) = (Ties(points, point => point.First), Ties(points, point => point));
        var discordant = SortCountingInversions(values);
        return new PairCounts(PairsOf(points.Length), tiedFirst, Ties(values, value => value), tiedBoth, discordant);
    }

    private static long PairsOf(long count) => count * (count - 1) / 2;

    // Pairs within runs of equal keys.
    private static long Ties<TItem, TKey>(TItem[] sorted, Func<TItem, TKey> keyOf)
        where TKey : IEquatable<TKey>
    {
        long ties = 0;
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            var key = keyOf(sorted[start]);
            for (end = start + 1; end < sorted.Length && key.Equals(keyOf(sorted[end])); end++)
            {
            }

            ties += PairsOf(end - start);
        }

        return ties;
    }

    // Merges runs of 1, 2, 4, … values. A value that is taken from the right run passes all that are left in the left one; equal
    // values are taken from the left first, so they do not count.
    private static long SortCountingInversions(double[] values)
    {
        long inversions = 0;
        var merged = new double[values.Length];
        for (long width = 1; width < values.Length; width *= 2)
        {
            for (long start = 0; start < values.Length; start += 2 * width)
            {
                var middle = Math.Min(start + width, values.Length);
                var end = Math.Min(middle + width, values.Length);
                var (left, right) = (start, middle);
                for (var to = start; to < end; to++)
                {
                    if (left < middle && (right >= end || values[left] <= values[right]))
                    {
                        merged[to] = values[left++];
                    }
                    else
                    {
                        merged[to] = values[right++];
                        inversions += middle - left;
                    }
                }
            }

            merged.CopyTo(values, 0);
        }

        return inversions;
    }

    /// <summary>
    /// The p-value: the probability that τ of n values in random order is at least <paramref name="tau"/>: exact, from the numbers of
    /// permutations by inversions. Ties are not accounted for.
    /// </summary>
    /// <param name="tau">A value without ties.</param>
    /// <param name="count">n, from 2 to 170 (n! must be a double).</param>
    /// <exception cref="ArgumentOutOfRangeException">n is outside its range.</exception>
    internal static double UpperTail(double tau, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 170);
        if (double.IsNaN(tau))
        {
            return double.NaN;
        }

        var pairs = count * (count - 1) / 2;
        var share = SharesByInversions.GetOrAdd(count, Shares);

        // τ = 1 − 2·inversions/pairs; the quarter guards the comparison against rounding of τ.
        var most = Math.Floor(((1 - tau) * pairs / 2) + 0.25);
        return Math.Min(1, share.Take((int)Math.Clamp(most + 1, 0, pairs + 1)).Sum());
    }

    // share[k]: the share of permutations of n values with k inversions, built up one value at a time.
    private static double[] Shares(int count)
    {
        var pairs = count * (count - 1) / 2;
        var share = new double[pairs + 1];
        share[0] = 1;
        for (var m = 2; m <= count; m++)
        {
            var next = new double[pairs + 1];
            for (var k = 0; k <= m * (m - 1) / 2; k++)
            {
                for (var moved = 0; moved < m && moved <= k; moved++)
                {
                    next[k] += share[k - moved] / m;
                }
            }

            share = next;
        }

        return share;
    }
}
