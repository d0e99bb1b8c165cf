namespace Reproduce.Fixtures.Experiments.Design;

/// <summary>How well a few straight segments, not joined, stand for values on a grid of equal steps.</summary>
public static class StraightPieces
{
    /// <summary>
    /// The share of the variance that the best k segments leave: dynamic programming over the first point of the last segment, exact.
    /// </summary>
    /// <param name="values">On the grid.</param>
    /// <param name="pieces">k, at least 1.</param>
    /// <returns>Between 0 and 1; 0 for a constant.</returns>
    public static double LeftBy(IReadOnlyList<double> values, int pieces)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pieces, 1);
        var n = values.Count;
        var mean = values.Average();
        var all = values.Sum(value => (value - mean) * (value - mean));
        var residual = new double[n, n];
        for (var first = 0; first < n; first++)
        {
            var (count, position, value, square, product, squares) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
            for (var last = first; last < n; last++)
            {
                // Updated means and sums of squares around them (Welford), so that large values do not cancel.
                count++;
                var (dx, dy) = (last - position, values[last] - value);
                position += dx / count;
                value += dy / count;
                square += dx * (last - position);
                product += dx * (values[last] - value);
                squares += dy * (values[last] - value);
                residual[first, last] = Math.Max(0, squares - (square > 0 ? product * product / square : 0));
            }
        }

        double[] best = [.. Enumerable.Range(0, n).Select(last => residual[0, last])];
        for (var k = 1; k < pieces; k++)
        {
            var before = best;
            double Best(int last) =>
                Enumerable.Range(1, last).Select(first => before[first - 1] + residual[first, last]).Append(before[last]).Min();
            best = [.. Enumerable.Range(0, n).Select(Best)];
        }

        return all > 0 ? best[^1] / all : 0;
    }
}
