using Reproduce.Fixtures.Networks;
using Reproduce.Networks;

namespace Reproduce.Cli;

/// <summary>All that <c>reproduce measure</c> found, as it is written.</summary>
/// <param name="NetworkFile">Where the network is.</param>
/// <param name="Read">The network as it was understood.</param>
/// <param name="P">The p of the slopes.</param>
/// <param name="WeightsProduct">WP, or null where it is not defined.</param>
/// <param name="Points">Null where none were given.</param>
/// <param name="Pairs">Null where none were given.</param>
internal sealed record NetworkMeasures(
    string NetworkFile, UserNetwork Read, double P, double? WeightsProduct, OfFile<PointMeasures>? Points, OfFile<PairMeasures>? Pairs)
{
    internal LayeredNetwork Network => Read.Network;

    /// <summary>Whether the slope is a number; otherwise two bounds.</summary>
    internal bool HasClosedForm => P is 1 or 2 or double.PositiveInfinity;

    internal bool HasClasses => Network.Outputs > 1;

    internal string Norm => double.IsPositiveInfinity(P) ? "inf" : $"{P}";

    /// <summary>The aggregates over points, in the order in which they are shown.</summary>
    internal IEnumerable<(string Name, string Text, Aggregate Value)> PointAggregates(IReadOnlyList<PointMeasures> points)
    {
        foreach (var slope in Slopes(points, one => one.SlopeLower, one => one.SlopeUpper, ""))
        {
            yield return slope;
        }

        if (HasClasses)
        {
            yield return ("margin", "margin", Aggregate.Of(points.Select(one => one.Margin!.Value)));
        }
        else
        {
            yield return ("gradientNorm", "GN, the mean gradient norm", Aggregate.Of(points.Select(one => one.GradientNorm!.Value)));
        }
    }

    /// <summary>The aggregates over pairs.</summary>
    internal IEnumerable<(string Name, string Text, Aggregate Value)> PairAggregates(IReadOnlyList<PairMeasures> pairs)
    {
        yield return ("pl0", "PL0", Aggregate.Of(pairs.Select(one => one.FunctionVariation)));
        yield return ("pl1", HasClasses ? "PL1 (Frobenius norm)" : "PL1", Aggregate.Of(pairs.Select(one => one.GradientVariation)));
        yield return ("pieces", "pieces", Aggregate.Of(pairs.Select(one => (double)one.Pieces)));
        foreach (var slope in Slopes(pairs, one => one.SlopeLower, one => one.SlopeUpper, "largest "))
        {
            yield return slope;
        }

        yield return ("distance", "distance of the two points", Aggregate.Of(pairs.Select(one => one.Distance)));

        // Two equal points have no direction.
        List<Interval> intervals = [.. pairs.Where(one => one.Distance > 0).Select(one => one.Interval).OfType<Interval>()];
        if (intervals.Count > 0)
        {
            yield return ("backward", "interval backward", Aggregate.Of(intervals.Select(one => one.CappedBackward)));
            yield return ("forward", "interval forward", Aggregate.Of(intervals.Select(one => one.CappedForward)));
            yield return ("interval", "generalization interval", Aggregate.Of(intervals.Select(one => one.Total)));
        }
    }

    private IEnumerable<(string Name, string Text, Aggregate Value)> Slopes<T>(
        IReadOnlyList<T> all,
        Func<T, double> lower,
        Func<T, double> upper,
        string which)
    {
        if (HasClosedForm)
        {
            return [("slope", $"{which}{Norm}-slope", Aggregate.Of(all.Select(lower)))];
        }

        return
        [
            ("slopeLower", $"{which}{Norm}-slope, at least", Aggregate.Of(all.Select(lower))),
            ("slopeUpper", $"{which}{Norm}-slope, at most", Aggregate.Of(all.Select(upper))),
        ];
    }
}

/// <summary>What was measured of the entries of a file.</summary>
internal sealed record OfFile<T>(string File, IReadOnlyList<T> Values);

/// <summary>A mean with its standard error, sd/√N, which takes at least two.</summary>
internal sealed record Aggregate(double Mean, double? StandardError, int Count)
{
    internal static Aggregate Of(IEnumerable<double> values)
    {
        double[] all = [.. values];

        // Sums and squares may exceed float64, and vanish, where the values do not; a power of two rounds nothing.
        var largest = all.Max(Math.Abs);
        var scale = largest > 0 ? Math.ScaleB(1, Math.ILogB(largest)) : 1;
        all = Array.ConvertAll(all, value => value / scale);
        var mean = all.Average();
        var squares = all.Sum(value => (value - mean) * (value - mean));
        var error = all.Length < 2 ? (double?)null : Math.Sqrt(squares / (all.Length - 1) / all.Length);
        return new Aggregate(mean * scale, error * scale, all.Length);
    }
}
