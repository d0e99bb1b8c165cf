using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;
using Reproduce.Randomness;
using static Reproduce.Fixtures.Experiments.Intervals.SegmentDistance;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Section 3.2: paths between pairs of samples rarely cross or come close in many dimensions, and more often in few. Segments between
/// uniform points of a cube, and between MNIST images at three resolutions. Close is: closer than half the median distance of two of the
/// points, in the same dimension.
/// </summary>
public sealed class Remark_CrossingLines
{
    private const int Pairs = 6000;
    private const int Points = 1000;
    private const string Images = "intervals.lines-apart.images";
    private static readonly int[] Dimensions = [2, 3, 4, 8, 16, 32];

    private static readonly UnderTest<Func<double[], double[], double[], double[], double>> Distance = new(
        SegmentDistance.Of,
        ("segments-met-at-their-ends-only", (a, b, c, d) =>
            Math.Min(Math.Min(Between(a, c), Between(a, d)), Math.Min(Between(b, c), Between(b, d)))),
        ("segments-met-at-their-middles", (a, b, c, d) => Between(Toward(a, b, 0.5), Toward(c, d, 0.5))),
        ("segments-seen-in-the-first-two-coordinates", (a, b, c, d) => SegmentDistance.Of(a[..2], b[..2], c[..2], d[..2])));

    private static readonly UnderTest<Func<IReadOnlyList<double[]>, double>> Close = new(
        HalfMedian,
        ("close-as-the-median-nearest-point", points => MedianNearest([.. points])),
        ("close-as-the-whole-median", points => 2 * HalfMedian(points)));

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
                List<double[]> Grid(double[] a, double[] b) => [.. Enumerable.Range(0, 41).Select(i => Toward(a, b, i / 40.0))];
                var (first, second) = (Grid(ends[0], ends[1]), Grid(ends[2], ends[3]));
                var least = first.Min(one => second.Min(other => Between(one, other)));
                var mesh = (Between(ends[0], ends[1]) + Between(ends[2], ends[3])) / 80;
                var distance = Distance.Run(ends[0], ends[1], ends[2], ends[3]);
                return new Deviation(Math.Max(distance - least, least - distance - mesh), 1e-12);
            },
            "1e-12 above the grid's smallest, half a mesh of each segment below",
            count: 100);

    /// <summary>The share of pairs of segments that come close falls from each dimension to the next.</summary>
    [Claim("intervals.lines-apart")]
    public void SegmentsOfACube_InMoreDimensions_ComeCloseLessOften()
    {
        var shares = Dimensions.Select(dimension => Share(dimension, CloseIn(dimension))).ToList();
        Evidence.Record(new Measurement(
            $"share of close pairs of segments in {string.Join(", ", Dimensions)} dimensions",
            shares[0],
            "falls by more than 5 standard errors each time")
        {
            Samples = Pairs,
            Series = shares,
            Seed = $"{SeedOf(2)}",
            Dtype = "float64",
        });
        foreach (var (one, next) in shares.Zip(shares.Skip(1)))
        {
            // Five standard errors of the difference: one false alarm in 3 million if the shares were equal.
            var error = Math.Sqrt(((one * (1 - one)) + (next * (1 - next))) / Pairs);
            (one - next).Should().BeGreaterThan(5 * error);
        }
    }

    /// <summary>
    /// 0, 1, 3 and 7 on a line are 1, 2, 3, 4, 6 and 7 apart, of which the fourth is taken; (0, 0), (3, 4) and (0, 8) are 5, 5 and 8 apart.
    /// </summary>
    [Claim("intervals.lines-apart")]
    public void Points_ByHand_HaveTheirHalfMedian()
    {
        Close.Run([[0], [1], [3], [7]]).Should().Be(2);
        Close.Run([[0, 0], [3, 4], [0, 8]]).Should().Be(2.5);
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

    /// <summary>Where MNIST lives, 784 dimensions: of 500 pairs none is close; a share of 0.01 would show with a chance of 0.993.</summary>
    [Claim("intervals.lines-apart")]
    public void SegmentsOfACube_In784Dimensions_StayFarApart()
    {
        const int Count = 500;
        var close = CloseIn(784);
        var generator = SeedOf(784).Generator();
        var least = Enumerable.Range(0, Count)
            .Min(_ => Distance.Run(Uniform(784, generator), Uniform(784, generator), Uniform(784, generator), Uniform(784, generator)));
        Evidence.Record(new Measurement(
            $"smallest distance of {Count} pairs of segments in 784 dimensions",
            least,
            $"above {close:F2}, half the median distance of two points, which are about √(784/6) = 11.4 apart")
        {
            Samples = Count,
            Seed = $"{SeedOf(784)}",
            Dtype = "float64",
        });
        least.Should().BeGreaterThan(close);
    }

    /// <summary>The diagonals of a square cross; lifted by 1/4 they pass at 1/4; side by side or end to end they are 1 apart.</summary>
    [ClaimRows("intervals.lines-apart")]
    [InlineData(new double[] { 0, 0 }, new double[] { 1, 1 }, new double[] { 0, 1 }, new double[] { 1, 0 }, 0)]
    [InlineData(new double[] { 0, 0, 0 }, new double[] { 1, 1, 0 }, new double[] { 0, 1, 0.25 }, new double[] { 1, 0, 0.25 }, 0.25)]
    [InlineData(new double[] { 0, 0 }, new double[] { 1, 0 }, new double[] { 0, 1 }, new double[] { 1, 1 }, 1)]
    [InlineData(new double[] { 0, 0 }, new double[] { 1, 0 }, new double[] { 2, 0 }, new double[] { 3, 0 }, 1)]
    public void Segments_ByHand_HaveTheirDistances(double[] a, double[] b, double[] c, double[] d, double distance) =>
        Distance.Run(a, b, c, d).Should().BeApproximately(distance, 1e-15);

    [Claim(Images, Category = Category.Empirical)]
    public void SegmentsBetweenImages_AtLowerResolutions_ComeCloseMoreOften() =>
        Experiment.JudgeQuick(Images, IntervalClassifiers.Images, Judge);

    [Claim(Images, Category = Category.Nightly)]
    public void SegmentsBetweenImagesOfMoreDraws_AtLowerResolutions_ComeCloseMoreOften() =>
        Experiment.JudgeNightly(Images, IntervalClassifiers.Images, Judge);

    /// <summary>Shares of close pairs at 28 × 28, 14 × 14 and 7 × 7, so many draws of each.</summary>
    [ClaimRows(Images, Role.Control)]
    [InlineData(0.01, 0.02, 0.05, 5, Verdict.Reproduced)]
    [InlineData(0.01, 0.02, 0.05, 2, Verdict.Partly)] // two draws are too few
    [InlineData(0.01, 0.05, 0.02, 5, Verdict.Partly)]
    [InlineData(0.05, 0.02, 0.01, 5, Verdict.NotReproduced)]
    [InlineData(0.02, 0.02, 0.02, 5, Verdict.Inconclusive)]
    public void SyntheticShares_AreJudgedByTheRule(double at28, double at14, double at7, int count, Verdict verdict)
    {
        double[] Draws(double share) => [.. Enumerable.Range(0, count).Select(i => share + (0.001 * (i - ((count - 1) / 2.0))))];
        Decide(Draws(at28), Draws(at14), Draws(at7)).Verdict.Should().Be(verdict);
    }

    /// <summary>
    /// 1000 uniform points with random labels in 16, 8 and 4 dimensions in place of the three resolutions, three draws of each: the rule
    /// must find that paths come close more often. With the median distance to the nearest point, which grows faster with the dimension
    /// than the distance of segments, it found the contrary even of them.
    /// </summary>
    [ClaimRows(Images, Role.Control)]
    [InlineData(false, Verdict.Reproduced)]
    [InlineData(true, Verdict.NotReproduced)] // the rule until 29 November 2026
    public void UniformPoints_InFewerDimensions_AreJudgedByTheRule(bool byNearest, Verdict verdict)
    {
        double ShareOf(int dimension, int draw)
        {
            var seed = SeedOf(dimension).With("draw", draw);
            var points = Cloud(dimension, seed);
            byte[] labels = [.. Enumerable.Range(0, Points).Select(i => (byte)(i % 10))];
            return CloseShare(points, labels, byNearest ? MedianNearest(points) : HalfMedian(points), seed.With("choice", "pairs"));
        }

        double[] Draws(int dimension) => [.. Enumerable.Range(1, 3).Select(draw => ShareOf(dimension, draw))];
        Decide(Draws(16), Draws(8), Draws(4)).Verdict.Should().Be(verdict);
    }

    /// <summary>"Low" needs the dimension: in the plane most pairs come close.</summary>
    [Claim("intervals.lines-apart", Role.Control)]
    public void Plane_HighDimensionDropped_HasManyCrossings() => Share(2, HalfMedian(Cloud(2, SeedOf(2)))).Should().BeGreaterThan(0.5);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var draws = new List<(ClassifierNetwork Of, double Share)>();
        foreach (var (cell, found) in results.Select(result => (result, result.As<ClassifierNetworks>())))
        {
            if (found.Networks[0] is { Layers: 3 } network)
            {
                draws.Add((network, found.ClosePaths));
                var where = $"{network.Side} × {network.Side}, {ClassifierResult.Labels(network.RandomLabels)}";
                Evidence.Record(cell.Figure(
                    $"share of pairs of segments closer than half the median distance of two images at {where}",
                    found.ClosePaths,
                    "random labels: rises from 28 × 28 to 14 × 14 and from there to 7 × 7"));
            }
        }

        double[] At(int side) => [.. from draw in draws where draw.Of.RandomLabels && draw.Of.Side == side select draw.Share];
        return Decide(At(28), At(14), At(7));
    }

    private static (Verdict Verdict, string Reason) Decide(double[] at28, double[] at14, double[] at7)
    {
        static Statement Rises(string what, double[] from, double[] to) =>
            Statement.Within(what, ConfidenceInterval.OfDifference(to, from, 1 - (0.05 / 2)), double.Epsilon, double.PositiveInfinity);
        return Statement.Judge(
            [Rises("share of close pairs at 14 × 14 less 28 × 28", at28, at14), Rises("at 7 × 7 less 14 × 14", at14, at7)],
            new[] { at28, at14, at7 }.All(draws => draws.Length >= ClassifierResult.Needed));
    }

    private static Seed SeedOf(int dimension) => Seed.Of(("claim", "intervals.lines-apart"), ("dimensions", dimension));

    private static double Share(int dimension, double within)
    {
        var generator = SeedOf(dimension).Generator();
        double[] Point() => Uniform(dimension, generator);
        return (double)Enumerable.Range(0, Pairs).Count(_ => Distance.Run(Point(), Point(), Point(), Point()) < within) / Pairs;
    }

    private static double CloseIn(int dimension) => Close.Run(Cloud(dimension, SeedOf(dimension).With("choice", "points")));

    private static double[][] Cloud(int dimension, Seed seed)
    {
        var generator = seed.Generator();
        return [.. Enumerable.Range(0, Points).Select(_ => Uniform(dimension, generator))];
    }

    private static double[] Uniform(int dimension, Random generator) =>
        [.. Enumerable.Range(0, dimension).Select(_ => generator.NextDouble())];

    // The median distance of a point to its nearest one.
    private static double MedianNearest(double[][] points) =>
        points.Select(one => points.Where(other => other != one).Min(other => Between(one, other))).Order().ElementAt(points.Length / 2);
}
