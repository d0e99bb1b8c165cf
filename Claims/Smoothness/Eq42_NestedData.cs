using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Equation 4.2: if the data are nested and training picks the interpolating function of smallest S, then S grows with the data. This is a
/// fact about minima over shrinking sets, checked on finite families with any S, and on the real line, where the linear spline minimises
/// the total variation of f and of f′.
/// </summary>
public sealed class Eq42_NestedData
{
    // The index of the member that training picks: from the members' values, one row each, their S, and the samples.
    private static readonly UnderTest<Func<int[][], int[], IReadOnlyList<(int Place, int Value)>, int>> Training = new(
        (family, measure, samples) => Fitting(family, samples).MinBy(member => measure[member]),
        ("training-picks-the-roughest", (family, measure, samples) => Fitting(family, samples).MaxBy(member => measure[member])),
        ("training-fits-the-newest-sample-only", (family, measure, samples) =>
            Fitting(family, [samples[^1]]).MinBy(member => measure[member])),
        ("training-picks-the-first-that-fits", (family, _, samples) => Fitting(family, samples).First()));

    // ∫|f′| of the linear spline through points with different x.
    private static readonly UnderTest<Func<(Rational X, Rational Y)[], Rational>> SplineVariation = new(
        points => Variation(Sorted(points)),
        ("spline-variation-in-order-of-arrival", points => Variation([.. points.Select(point => point.Y)])),
        ("spline-variation-as-net-change", points => Rational.Abs(Sorted(points)[^1] - Sorted(points)[0])));

    // The total variation of the derivative of the linear spline.
    private static readonly UnderTest<Func<(Rational X, Rational Y)[], Rational>> SplineBending = new(
        points => Variation(Slopes(points)),
        ("spline-bending-as-net-change", points => Rational.Abs(Slopes(points)[^1] - Slopes(points)[0])),
        ("spline-bending-of-second-differences", points => Variation(Differences(Sorted(points)))));

    private sealed record Family(int[][] Values, int[] Measure, int Target)
    {
        public override string ToString()
        {
            var values = string.Join(" | ", Values.Select(row => string.Join(' ', row)));
            return $"values {values}, S = {string.Join(' ', Measure)}, data from member {Target}";
        }
    }

    /// <summary>
    /// 2 to 12 functions on 2 to 5 points with values 0 … 2, S with ties; the data are a member's own values, so some member fits.
    /// </summary>
    private static readonly Arbitrary<Family> Families = Arb.From(
        from members in Gen.Choose(2, 12)
        from places in Gen.Choose(2, 5)
        from values in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(0, 2), places), members)
        from measure in Gen.ArrayOf(Gen.Choose(0, 9), members)
        from target in Gen.Choose(0, members - 1)
        select new Family(values, measure, target));

    /// <summary>3 to 7 points with distinct x in random order, with values −4 … 4 or on a straight line.</summary>
    private static readonly Arbitrary<(Rational X, Rational Y)[]> Points = Arb.From(
        from places in Gen.Shuffle(Enumerable.Range(-6, 13).ToArray())
        from count in Gen.Choose(3, 7)
        from values in Gen.Frequency(
            (4, Gen.ArrayOf(Gen.Choose(-4, 4), count)),
            (1, Gen.Choose(-2, 2).Select(slope => places.Take(count).Select(x => slope * x).ToArray())))
        select places.Take(count).Zip(values, (x, y) => ((Rational)x, (Rational)y)).ToArray());

    [Claim("smoothness.monotone-chain")]
    public void RandomFamilies_SmoothestInterpolants_GrowRougherWithTheData() =>
        Instances.Satisfy(
            "S(f_1) ≤ S(f_2) ≤ … for nested samples, each f_i fitting its own",
            Families,
            family => Deviation.Exact(IsChain(family, nested: true)),
            "none: integers",
            dtype: "exact (integers)");

    /// <summary>
    /// On the line the linear spline minimises both measures (smoothness.spline-min-*): another point never lowers either.
    /// </summary>
    [Claim("smoothness.monotone-chain")]
    public void RandomPoints_Splines_GrowRougherWithEveryPoint() =>
        ExactInstances.Satisfy("a spline's ∫|f′| and TV(f′) do not fall when a point is added", Points, points =>
        {
            var prefixes = Enumerable.Range(2, points.Length - 1).Select(count => points[..count]).ToList();
            bool Grows(Func<(Rational X, Rational Y)[], Rational> measure) =>
                prefixes.Zip(prefixes.Skip(1)).All(pair => measure(pair.First) <= measure(pair.Second));
            return Grows(SplineVariation.Run) && Grows(SplineBending.Run);
        });

    /// <summary>As networks, measured by the library: both variations are those of the chain at every length.</summary>
    [Claim("smoothness.monotone-chain")]
    public void RandomPoints_SplinesAsNetworks_HaveTheChainsVariations() =>
        Instances.Satisfy("|library's TV of f and f′ of a spline − that in fractions|, for 2, 3, … points", Points, points =>
            Enumerable.Range(2, points.Length - 1).Select(count => points[..count]).Select(some =>
            {
                var spline = PiecewiseLinear.Through([.. some.OrderBy(point => point.X)]);
                return Deviation.Worse(
                    MeasuredInterpolants.Compare(spline, LineMeasures.FunctionVariation, SplineVariation.Run(some)),
                    MeasuredInterpolants.Compare(spline, LineMeasures.GradientVariation, SplineBending.Run(some)));
            }).Aggregate(Deviation.Worse), Resolution.Reason, count: 60);

    /// <summary>
    /// Points (0, 0), (4, 0), then (1, 3), then (2, 0): ∫|f′| is 0, 6, 6; the slopes are 0; 3, −1; 3, −3, 0, with bends 0, 4, 9.
    /// </summary>
    [Claim("smoothness.monotone-chain")]
    public void FourPoints_ByHand_GiveTheChain()
    {
        (Rational, Rational)[] points = [(0, 0), (4, 0), (1, 3), (2, 0)];
        var chain = Enumerable.Range(2, 3).Select(count => points[..count]).ToList();
        chain.Select(SplineVariation.Run).Should().Equal(0, 6, 6);
        chain.Select(SplineBending.Run).Should().Equal(0, 4, 9);
        Evidence.Record(new Measurement("total variation of f′ of the spline through 2, 3, 4 points", 9, "0, 4, 9 by hand; non-decreasing")
            { Series = [0, 4, 9], Dtype = "exact (integers)" });
    }

    /// <summary>If samples are replaced instead of added, the sets of interpolants no longer shrink.</summary>
    [Claim("smoothness.monotone-chain", Role.Control)]
    public void SamplesThatAreReplaced_NestingDropped_AreCaught() =>
        Instances.Violate(
            "S(f_1) ≤ S(f_2) ≤ … for single samples",
            Families,
            family => Deviation.Exact(IsChain(family, nested: false)),
            dtype: "exact (integers)");

    /// <summary>Without minimality: the interpolating polynomial may bend less when a point is added.</summary>
    [Claim("smoothness.monotone-chain", Role.Control)]
    public void PolynomialsOfGrowingDegree_MinimalityDropped_AreCaught() =>
        ExactInstances.Violate("TV(f′) on [−6, 6] of the parabola through three points ≤ that of the cubic through four", Points, points =>
            points.Length < 4 ? null : CubicBending(points[..3]) <= CubicBending(points[..4]));

    private static bool IsChain(Family family, bool nested)
    {
        var samples = family.Values[family.Target].Select((value, place) => (Place: place, Value: value)).ToArray();
        var previous = int.MinValue;
        for (var count = 1; count <= samples.Length; count++)
        {
            var data = nested ? samples[..count] : [samples[count - 1]];
            var picked = Training.Run(family.Values, family.Measure, data);
            if (data.Any(sample => family.Values[picked][sample.Place] != sample.Value) || family.Measure[picked] < previous)
            {
                return false;
            }

            previous = family.Measure[picked];
        }

        return true;
    }

    private static IEnumerable<int> Fitting(int[][] family, IReadOnlyList<(int Place, int Value)> samples) =>
        Enumerable.Range(0, family.Length).Where(member => samples.All(sample => family[member][sample.Place] == sample.Value));

    private static Rational[] Differences(Rational[] values) => [.. values.Zip(values.Skip(1), (one, next) => next - one)];

    private static Rational Variation(Rational[] values) => Rational.Sum(Differences(values).Select(Rational.Abs));

    private static Rational[] Sorted((Rational X, Rational Y)[] points) => [.. points.OrderBy(point => point.X).Select(point => point.Y)];

    private static Rational[] Slopes((Rational X, Rational Y)[] points)
    {
        var sorted = points.OrderBy(point => point.X).ToArray();
        return [.. sorted.Zip(sorted.Skip(1), (one, next) => (next.Y - one.Y) / (next.X - one.X))];
    }

    // ∫|f″| over [−6, 6] of the polynomial through three or four points, by Newton's divided differences: f″ is linear in x.
    private static Rational CubicBending((Rational X, Rational Y)[] points)
    {
        Rational Divided(int from, int to) =>
            from == to ? points[from].Y : (Divided(from + 1, to) - Divided(from, to - 1)) / (points[to].X - points[from].X);
        var (square, cube) = (Divided(0, 2), points.Length > 3 ? Divided(0, 3) : 0);

        // f″ = 2·square + cube·(6x − 2(x_0 + x_1 + x_2)).
        Rational Second(Rational x) => (2 * square) + (cube * ((6 * x) - (2 * (points[0].X + points[1].X + points[2].X))));
        var (left, right) = (Second(-6), Second(6));
        return left * right >= 0
            ? 6 * (Rational.Abs(left) + Rational.Abs(right))
            : 6 * ((left * left) + (right * right)) / (Rational.Abs(left) + Rational.Abs(right));
    }
}
