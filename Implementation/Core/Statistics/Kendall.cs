namespace Reproduce.Statistics;

/// <summary>Kendall's rank correlation.</summary>
public static class Kendall
{
    /// <summary>
    /// τ_b: concordant less discordant pairs, over the geometric mean of the numbers of pairs that are not tied in the one and
    /// in the other sequence. Without ties this is τ. NaN where a sequence is constant.
    /// </summary>
    /// <exception cref="ArgumentException">The sequences differ in length, or hold NaN.</exception>
    public static double TauB(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"sequences of {first.Length} and {second.Length} values");
        }

        long balance = 0, untiedFirst = 0, untiedSecond = 0;
        for (var i = 0; i < first.Length; i++)
        {
            if (double.IsNaN(first[i]) || double.IsNaN(second[i]))
            {
                throw new ArgumentException($"the value at place {i} is not a number");
            }

            for (var j = 0; j < i; j++)
            {
                var (a, b) = (first[i].CompareTo(first[j]), second[i].CompareTo(second[j]));
                balance += a * b;
                untiedFirst += a * a;
                untiedSecond += b * b;
            }
        }

        return balance / Math.Sqrt((double)untiedFirst * untiedSecond);
    }

    /// <summary>
    /// The chance that τ of n values in random order is at least <paramref name="tau"/>: exact, from the numbers of
    /// permutations by inversions. Ties are not accounted for.
    /// </summary>
    /// <param name="tau">A value without ties.</param>
    /// <param name="count">n, from 2 to 170 (n! must be a double).</param>
    /// <exception cref="ArgumentOutOfRangeException">n is outside its range.</exception>
    public static double UpperTail(double tau, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 170);
        if (double.IsNaN(tau))
        {
            return double.NaN;
        }

        var pairs = count * (count - 1) / 2;

        // share[k]: the share of permutations of m values with k inversions, built up one value at a time.
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

        // τ = 1 − 2·inversions/pairs; the quarter guards the comparison against rounding of τ.
        var most = Math.Floor(((1 - tau) * pairs / 2) + 0.25);
        return Math.Min(1, share.Take((int)Math.Clamp(most + 1, 0, pairs + 1)).Sum());
    }
}
