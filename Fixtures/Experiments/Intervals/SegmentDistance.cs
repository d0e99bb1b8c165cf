using Reproduce.Fixtures.Numbers;
using Reproduce.Randomness;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>How close segments come to each other (intervals paper, section 3.2).</summary>
public static class SegmentDistance
{
    private const int Pairs = 2000;

    /// <summary>
    /// The distance of the segments ab and cd: the smallest of |a + s(b − a) − c − t(d − c)| for s and t in [0, 1]. For a fixed s the best
    /// t is a projection, cut to [0, 1], and what is left is convex in s; it is smallest at the unconstrained solution, or where one of
    /// the four ends is nearest to the other segment.
    /// </summary>
    /// <exception cref="ArgumentException">The points differ in dimension.</exception>
    public static double Of(double[] a, double[] b, double[] c, double[] d)
    {
        var least = Math.Min(Math.Min(FromPoint(a, c, d), FromPoint(b, c, d)), Math.Min(FromPoint(c, a, b), FromPoint(d, a, b)));
        var (u, v, w) = (Minus(b, a), Minus(d, c), Minus(c, a));
        var (uu, uv, vv) = (Dot(u, u), Dot(u, v), Dot(v, v));
        var determinant = (uu * vv) - (uv * uv);
        if (determinant > 0)
        {
            var s = ((Dot(u, w) * vv) - (Dot(v, w) * uv)) / determinant;
            var t = ((Dot(u, w) * uv) - (Dot(v, w) * uu)) / determinant;
            if (s is >= 0 and <= 1 && t is >= 0 and <= 1)
            {
                return Math.Min(least, Between(Toward(a, b, s), Toward(c, d, t)));
            }
        }

        return least;
    }

    /// <summary>a + s(b − a).</summary>
    public static double[] Toward(double[] a, double[] b, double s) => Pair(a, b, (start, end) => start + (s * (end - start)));

    /// <summary>|a − b|.</summary>
    public static double Between(double[] a, double[] b)
    {
        var difference = Minus(a, b);
        return Math.Sqrt(Dot(difference, difference));
    }

    /// <summary>Half the median distance of two of the points: segments that come closer to each other than that count as close.</summary>
    public static double HalfMedian(IReadOnlyList<double[]> points)
    {
        var distances = new List<double>();
        for (var i = 0; i < points.Count; i++)
        {
            distances.AddRange(points.Skip(i + 1).Select(other => Between(points[i], other)));
        }

        distances.Sort();
        return distances[distances.Count / 2] / 2;
    }

    /// <summary>
    /// The share of pairs of segments, between two points of one label and two of another one, that come closer to each other than a
    /// distance. The labels are 0, 1, …, each that of two points or more.
    /// </summary>
    public static double CloseShare(IReadOnlyList<double[]> points, IReadOnlyList<byte> labels, double close, Seed seed)
    {
        var generator = seed.Generator();
        var places = Enumerable.Range(0, points.Count);
        int[][] byLabel = [.. places.GroupBy(i => labels[i]).OrderBy(own => own.Key).Select(own => own.ToArray())];
        return Enumerable.Range(0, Pairs).Count(_ => IsClose()) / (double)Pairs;

        bool IsClose()
        {
            var one = generator.Next(byLabel.Length);
            var other = (one + 1 + generator.Next(byLabel.Length - 1)) % byLabel.Length;
            var ((a, b), (c, d)) = (Two(byLabel[one]), Two(byLabel[other]));
            return Of(a, b, c, d) < close;
        }

        (double[], double[]) Two(int[] own)
        {
            var first = generator.Next(own.Length);
            var second = (first + 1 + generator.Next(own.Length - 1)) % own.Length;
            return (points[own[first]], points[own[second]]);
        }
    }

    /// <summary><see cref="CloseShare(IReadOnlyList{double[]}, IReadOnlyList{byte}, double, Seed)"/> of training points.</summary>
    internal static double CloseShare(LabelledPoints points, Seed seed)
    {
        using var scope = NewDisposeScope();
        var rows = points.Points.to_type(float64).cpu().contiguous().data<double>().ToArray().Chunk((int)points.Points.size(1)).ToList();
        return CloseShare(rows, points.Labels, HalfMedian(rows), seed);
    }

    private static double FromPoint(double[] point, double[] from, double[] to)
    {
        var along = Minus(to, from);
        var length = Dot(along, along);
        return Between(point, Toward(from, to, length == 0 ? 0 : Math.Clamp(Dot(Minus(point, from), along) / length, 0, 1)));
    }
}
