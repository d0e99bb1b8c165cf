namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>
/// PL0 and PL1 of a two-layer network with one output, from n equidistant points per segment (thesis, eq. 3.6), without visiting the points
/// one by one: a pre-activation is affine along a segment, so it changes sign at most once, between two neighbouring points that follow
/// from its values at the ends. The sums are those of <see cref="Measures.PathLength"/>, in float64 and without products at the n points.
/// </summary>
/// <param name="outer">w2_i, h numbers.</param>
/// <param name="gram">⟨w2_i w1_i, w2_j w1_j⟩, h × h row-major: what ∇f jumps by where units switch.</param>
/// <param name="points">n, at least 2.</param>
public sealed class SampledLengths(double[] outer, double[] gram, int points)
{
    /// <summary>The mean variations of f and of ∇f over segments.</summary>
    /// <param name="starts">The pre-activations at the segments' starts, N × h row-major.</param>
    /// <param name="ends">Those at their ends.</param>
    public (double Function, double Gradient) Mean(ReadOnlySpan<double> starts, ReadOnlySpan<double> ends)
    {
        var units = outer.Length;
        var (function, gradient) = (0.0, 0.0);
        for (var from = 0; from < starts.Length; from += units)
        {
            var (one, other) = OnSegment(starts.Slice(from, units), ends.Slice(from, units));
            function += one;
            gradient += other;
        }

        return (function * units / starts.Length, gradient * units / starts.Length);
    }

    private (double Function, double Gradient) OnSegment(ReadOnlySpan<double> start, ReadOnlySpan<double> end)
    {
        // At point j of 0, …, n − 1, f is the sum of level + the sum of rise·j/(n − 1) up to j; both are 0 except where units have
        // switched.
        var parts = points - 1;
        Span<double> level = stackalloc double[points];
        Span<double> rise = stackalloc double[points];
        Span<int> switched = stackalloc int[points];
        var next = new int[start.Length];
        level.Clear();
        rise.Clear();
        switched.Fill(-1);
        for (var unit = 0; unit < start.Length; unit++)
        {
            var (from, to) = (start[unit], end[unit]);
            if (from > 0)
            {
                level[0] += outer[unit] * from;
                rise[0] += outer[unit] * (to - from);
            }

            if ((from > 0) != (to > 0))
            {
                // A unit is off at its zero: the new state begins at or behind the zero where it goes off, strictly behind it where it goes
                // on.
                var zero = from / (from - to) * parts;
                var first = Math.Clamp((int)(from > 0 ? Math.Ceiling(zero) : Math.Floor(zero) + 1), 1, parts);
                var sign = from > 0 ? -1 : 1;
                level[first] += sign * outer[unit] * from;
                rise[first] += sign * outer[unit] * (to - from);
                (next[unit], switched[first]) = (switched[first], unit);
            }
        }

        var (function, gradient) = (0.0, 0.0);
        var (sumOfLevels, sumOfRises) = (level[0], rise[0]);
        var before = sumOfLevels;
        for (var j = 1; j < points; j++)
        {
            sumOfLevels += level[j];
            sumOfRises += rise[j];
            var value = sumOfLevels + (sumOfRises * j / parts);
            function += Math.Abs(value - before);
            before = value;
            gradient += Jump(start, switched[j], next);
        }

        return (function, gradient);
    }

    // The norm of Σ ± w2_i w1_i over the units that switch between two points, + for those that switch on.
    private double Jump(ReadOnlySpan<double> start, int head, int[] next)
    {
        var square = 0.0;
        for (var i = head; i >= 0; i = next[i])
        {
            for (var j = head; j >= 0; j = next[j])
            {
                var product = gram[(i * outer.Length) + j];
                square += (start[i] > 0) == (start[j] > 0) ? product : -product;
            }
        }

        return Math.Sqrt(Math.Max(0, square));
    }
}
