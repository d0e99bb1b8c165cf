using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using Reproduce.Randomness;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Section 3.2: paths between pairs of samples rarely cross or come close in many dimensions, and more often in few. Segments between
/// uniform points of a cube; the distance of two segments is the minimum of a convex quadratic on a square.
/// </summary>
public sealed class Remark_CrossingLines
{
    private const int Pairs = 6000;
    private const double Close = 0.05;
    private static readonly int[] Dimensions = [2, 3, 4, 8];

    private static readonly UnderTest<Func<double[], double[], double[], double[], double>> Distance = new(
        SegmentDistance,
        ("segments-met-at-their-ends-only", (a, b, c, d) =>
            Math.Min(Math.Min(Between(a, c), Between(a, d)), Math.Min(Between(b, c), Between(b, d)))),
        ("segments-met-at-their-middles", (a, b, c, d) => Between(Toward(a, b, 0.5), Toward(c, d, 0.5))),
        ("segments-seen-in-the-first-two-coordinates", (a, b, c, d) => SegmentDistance(a[..2], b[..2], c[..2], d[..2])));

    /// <summary>Two segments in 2 to 5 dimensions, in quarters: crossing, parallel, overlapping, points.</summary>
    private static readonly Arbitrary<double[][]> Segments = Arb.From(
        from dimension in Gen.Choose(2, 5)
        from ends in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(-4, 4).Select(value => value / 4.0), dimension), 4)
        select ends);

    /// <summary>The distance against all pairs of points of a fine grid on the two segments.</summary>
    [Claim("intervals.lines-apart")]
    public void RandomSegments_Distance_IsThatOfTheirClosestPoints() =>
        Instances.Satisfy(
            "distance less the smallest over a grid of 40 × 40 pairs of points",
            Segments,
            ends =>
            {
                var grid = Enumerable.Range(0, 41).Select(i => i / 40.0).ToList();
                var least = grid.Min(s => grid.Min(t => Between(Toward(ends[0], ends[1], s), Toward(ends[2], ends[3], t))));
                var mesh = (Between(ends[0], ends[1]) + Between(ends[2], ends[3])) / 80;
                var distance = Distance.Run(ends[0], ends[1], ends[2], ends[3]);
                return new Deviation(Math.Max(distance - least, least - distance - mesh), 1e-12);
            },
            "1e-12 above the grid's smallest, half a mesh of each segment below",
            count: 100);

    /// <summary>
    /// The share of pairs of segments that come within 0.05 of each other falls from each dimension to the next, and is nearly 0 in eight.
    /// </summary>
    [Claim("intervals.lines-apart")]
    public void SegmentsOfACube_InMoreDimensions_ComeCloseLessOften()
    {
        var shares = Dimensions.Select(dimension => Share(dimension)).ToList();
        foreach (var (one, next) in shares.Zip(shares.Skip(1)))
        {
            // Five standard errors of the difference: one false alarm in 3 million if the shares were equal.
            var error = Math.Sqrt(((one * (1 - one)) + (next * (1 - next))) / Pairs);
            (one - next).Should().BeGreaterThan(5 * error);
        }

        shares[^1].Should().BeLessThan(0.005);
        Evidence.Record(new Measurement(
            $"share of pairs of segments within {Close} in {string.Join(", ", Dimensions)} dimensions",
            shares[0],
            "falls by more than 5 standard errors each time")
        {
            Samples = Pairs,
            Series = shares,
            Seed = $"{SeedOf(2)}",
            Dtype = "float64",
        });
    }

    /// <summary>
    /// In the square they cross with probability 25/108: four uniform points are corners of a convex quadrangle with probability 25/36
    /// (Sylvester's problem), and then one of their three pairings crosses. Five standard errors: one false alarm in 2 million.
    /// </summary>
    [Claim("intervals.lines-apart")]
    public void SegmentsOfTheSquare_CrossAsOftenAsSylvesterSays()
    {
        const double Expected = 25 / 108.0;
        var share = Share(2, within: 1e-12);
        Evidence.Record(new Measurement(
            "share of crossing pairs of segments in the square",
            share,
            "25/108 = 0.2315 within 5 standard errors, 0.027")
        {
            Samples = Pairs,
            Seed = $"{SeedOf(2)}",
            Dtype = "float64",
        });
        share.Should().BeApproximately(Expected, 5 * Math.Sqrt(Expected * (1 - Expected) / Pairs));
    }

    /// <summary>
    /// Where MNIST lives, 784 dimensions: of 100 pairs none comes within 5, and a share of 0.05 would show with a chance of 0.994.
    /// </summary>
    [Claim("intervals.lines-apart")]
    public void SegmentsOfACube_In784Dimensions_StayFarApart()
    {
        var generator = SeedOf(784).Generator();
        double[] Point() => [.. Enumerable.Range(0, 784).Select(_ => generator.NextDouble())];
        var least = Enumerable.Range(0, 100).Min(_ => Distance.Run(Point(), Point(), Point(), Point()));
        Evidence.Record(new Measurement(
            "smallest distance of 100 pairs of segments in 784 dimensions",
            least,
            "above 5; single points are about √(784/6) = 11.4 apart")
        {
            Samples = 100,
            Seed = $"{SeedOf(784)}",
            Dtype = "float64",
        });
        least.Should().BeGreaterThan(5);
    }

    /// <summary>The diagonals of a square cross; lifted by 1/4 they pass at 1/4; side by side or end to end they are 1 apart.</summary>
    [ClaimRows("intervals.lines-apart")]
    [InlineData(new double[] { 0, 0 }, new double[] { 1, 1 }, new double[] { 0, 1 }, new double[] { 1, 0 }, 0)]
    [InlineData(new double[] { 0, 0, 0 }, new double[] { 1, 1, 0 }, new double[] { 0, 1, 0.25 }, new double[] { 1, 0, 0.25 }, 0.25)]
    [InlineData(new double[] { 0, 0 }, new double[] { 1, 0 }, new double[] { 0, 1 }, new double[] { 1, 1 }, 1)]
    [InlineData(new double[] { 0, 0 }, new double[] { 1, 0 }, new double[] { 2, 0 }, new double[] { 3, 0 }, 1)]
    public void Segments_ByHand_HaveTheirDistances(double[] a, double[] b, double[] c, double[] d, double distance) =>
        Distance.Run(a, b, c, d).Should().BeApproximately(distance, 1e-15);

    /// <summary>"Low" needs the dimension: in the plane the same event is no rarity.</summary>
    [Claim("intervals.lines-apart", Role.Control)]
    public void Plane_HighDimensionDropped_HasManyCrossings() => Share(2).Should().BeGreaterThan(0.2);

    private static Seed SeedOf(int dimension) => Seed.Of(("claim", "intervals.lines-apart"), ("dimensions", dimension));

    private static double Share(int dimension, double within = Close)
    {
        var generator = SeedOf(dimension).Generator();
        double[] Point() => [.. Enumerable.Range(0, dimension).Select(_ => generator.NextDouble())];
        return (double)Enumerable.Range(0, Pairs).Count(_ => Distance.Run(Point(), Point(), Point(), Point()) < within) / Pairs;
    }

    // The smallest of |a + s(b − a) − c − t(d − c)| over the unit square. For a fixed s the best t is a projection, cut to [0, 1], and
    // what is left is convex in s; it is smallest at the unconstrained solution, or where one of the four ends is nearest to the other
    // segment.
    private static double SegmentDistance(double[] a, double[] b, double[] c, double[] d)
    {
        var candidates = new List<double> { FromPoint(a, c, d), FromPoint(b, c, d), FromPoint(c, a, b), FromPoint(d, a, b) };
        var (u, v, w) = (Minus(b, a), Minus(d, c), Minus(c, a));
        var (uu, uv, vv) = (Dot(u, u), Dot(u, v), Dot(v, v));
        var determinant = (uu * vv) - (uv * uv);
        if (determinant > 0)
        {
            var s = ((Dot(u, w) * vv) - (Dot(v, w) * uv)) / determinant;
            var t = ((Dot(u, w) * uv) - (Dot(v, w) * uu)) / determinant;
            if (s is >= 0 and <= 1 && t is >= 0 and <= 1)
            {
                candidates.Add(Between(Toward(a, b, s), Toward(c, d, t)));
            }
        }

        return candidates.Min();
    }

    private static double FromPoint(double[] point, double[] from, double[] to)
    {
        var along = Minus(to, from);
        var length = Dot(along, along);
        return Between(point, Toward(from, to, length == 0 ? 0 : Math.Clamp(Dot(Minus(point, from), along) / length, 0, 1)));
    }

    private static double[] Toward(double[] from, double[] to, double share) =>
        Pair(from, to, (start, end) => start + (share * (end - start)));

    private static double Between(double[] one, double[] other) => Vectors.Norm(Minus(one, other), 2);
}
