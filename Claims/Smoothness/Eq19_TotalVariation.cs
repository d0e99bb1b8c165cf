using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 1.6: the total variation as a supremum of sums over partitions (eq. 1.10 to 1.13), as an integral (eq. 1.9), its least value
/// between given ends (eq. 1.15) and who attains it (eq. 1.16). A function is given by its values along a partition.
/// </summary>
public sealed class Eq19_TotalVariation
{
    // Eq. 1.13 for one partition: the same with the Euclidean norm.
    private static readonly UnderTest<Func<IReadOnlyList<double[]>, double>> CurveSum = new(
        points => Pairs(points).Sum(Distance),
        ("curve-by-largest-coordinate", points => Pairs(points).Sum(pair => Difference(pair).Max(Math.Abs))),
        ("curve-by-sum-of-coordinates", points => Pairs(points).Sum(pair => Difference(pair).Sum(Math.Abs))),
        ("curve-from-end-to-end", points => Distance((points[0], points[^1]))));

    // Values along a partition, and which points a coarser one keeps.
    private static readonly Arbitrary<(int[] Values, int Kept)> Functions = Arb.From(
        from length in Gen.Choose(2, 8)
        from values in Gen.ArrayOf(Gen.Choose(-3, 3), length)
        from kept in Gen.Choose(0, (1 << length) - 1)
        select (values, kept));

    private static readonly Arbitrary<int[][]> Curves = Arb.From(
        from dimension in Gen.Choose(1, 3)
        from length in Gen.Choose(2, 7)
        from points in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(-9, 9), dimension), length)
        select points);

    [Claim("smoothness.tv-def")]
    public void RandomFunctions_FinerPartition_NeverLowersTheSum() =>
        ExactInstances.Satisfy("sum over a partition against a finer one, eq. 1.10", Functions, function =>
            PartitionVariation.Sum.Run(Coarser(function)) <= PartitionVariation.Sum.Run(Numbers(function.Values)));

    /// <summary>For piecewise linear f no partition exceeds ∫|f′| = Σ |slope|·length, and the one at the knots attains it.</summary>
    [Claim("smoothness.tv-def")]
    public void RandomNetworks_Supremum_IsTheIntegralOfTheDerivative() =>
        ExactInstances.Satisfy("sup of eq. 1.10 = ∫|f′|, eq. 1.9", NetworkOnInterval.Arbitrary, instance =>
        {
            var f = instance.Network.On(instance.From, instance.To);
            var integral = Rational.Sum(f.Slopes.Select((slope, i) => Rational.Abs(slope) * (f.Knots[i + 1] - f.Knots[i])));
            Rational[] grid = [.. Enumerable.Range(0, 8).Select(i => instance.From + (new Rational(i, 7) * (instance.To - instance.From)))];
            return PartitionVariation.Sum.Run(f.Values) == integral
                && PartitionVariation.Sum.Run([.. grid.Select(instance.Network.At)]) <= integral;
        });

    /// <summary>The library's variation of f, from all kinks, is that supremum.</summary>
    [Claim("smoothness.tv-def")]
    public void RandomNetworks_LibrarysVariation_IsTheSupremum() =>
        Instances.Satisfy(
            "|library's TV of f − eq. 1.10 at the knots|",
            NetworkOnInterval.Arbitrary,
            instance =>
            {
                var (network, from, to) = instance;
                var measured = LineMeasures.FunctionVariation(network.ToSmallNetwork(), [from.ToDouble()], [to.ToDouble()]);
                var supremum = PartitionVariation.Sum.Run(network.On(from, to).Values).ToDouble();
                return new Deviation(Math.Abs(measured - supremum), Resolution.Of(network, from, to));
            },
            Resolution.Reason,
            count: 200);

    /// <summary>
    /// f = x³ − 3x on [−2, 2] goes from −2 up to 2, down to −2 and up to 2: 4 + 4 + 4 = 12 = ∫|3x² − 3|. The partition (−2, −1, 1, 2)
    /// attains it, and so do equidistant ones of 4n pieces, which contain −1 and 1; that of 3 pieces misses them and gives 292/27. f′ goes
    /// from 9 down to −3 and back: 24 = ∫|6x|, which is eq. 3.10.
    /// </summary>
    [Claim("smoothness.tv-def")]
    public void Cubic_ByHand_IsTwelve()
    {
        static Rational F(Rational x) => (x * x * x) - (3 * x);
        Rational Sum(params Rational[] partition) => PartitionVariation.Sum.Run([.. partition.Select(F)]);
        Sum(-2, -1, 1, 2).Should().Be((Rational)12);
        foreach (var n in new[] { 1, 4, 25 })
        {
            Sum([.. Enumerable.Range(0, (4 * n) + 1).Select(i => -2 + new Rational(i, n))]).Should().Be((Rational)12);
        }

        // F(−2/3) = 46/27 and F(2/3) = −46/27: up 100/27, down 92/27, up 100/27.
        Sum(-2, new(-2, 3), new(2, 3), 2).Should().Be(new Rational(292, 27));
        var second = PartitionVariation.Sum.Run([.. new Rational[] { -2, -1, 0, 1, 2 }.Select(x => (3 * x * x) - 3)]);
        second.Should().Be((Rational)24);
        Evidence.Record(new Measurement(
            "total variation of x³ − 3x on [−2, 2], and of its derivative", Sum(-2, -1, 1, 2).ToDouble(), "12 = ∫|3x² − 3|, 24 = ∫|6x|")
            { Series = [Sum(-2, -1, 1, 2).ToDouble(), second.ToDouble()], Dtype = "exact (rationals)" });
    }

    /// <summary>|x| on [−2, 2]: (−2, 0, 2) gives 4, and no partition out of all 2¹⁵ with points on the quarters gives more.</summary>
    [Claim("smoothness.tv-def")]
    public void AbsoluteValue_ByHand_IsFour()
    {
        PartitionVariation.Sum.Run([2, 0, 2]).Should().Be((Rational)4);
        int Sum(int kept)
        {
            int[] values = [.. Enumerable.Range(0, 17).Where(i => i is 0 or 16 || (kept >> (i - 1) & 1) == 1).Select(i => Math.Abs(i - 8))];
            return values.Zip(values.Skip(1), (one, next) => Math.Abs(next - one)).Sum();
        }

        var largest = Enumerable.Range(0, 1 << 15).Max(Sum);
        largest.Should().Be(16, "in quarters");
    }

    /// <summary>The Heaviside step on [−1, 1] rises once, by 1, whatever the partition.</summary>
    [Claim("smoothness.tv-def")]
    public void Heaviside_ByHand_IsOne() =>
        Enumerable.Range(1, 30)
            .Select(pieces => Enumerable.Range(0, pieces + 1).Select(i => (Rational)(2 * i >= pieces ? 1 : 0)))
            .Select(values => PartitionVariation.Sum.Run([.. values]))
            .Should().OnlyContain(sum => sum == 1);

    /// <summary>
    /// (|t|, t) on [−1, 1] has length 2√2: (−1, 0, 1) attains it, and a step from s to t is never longer than √2·|t − s|, in squares
    /// (|t| − |s|)² + (t − s)² ≤ 2(t − s)².
    /// </summary>
    [Claim("smoothness.tv-def")]
    public void Corner_ByHand_IsTwoRootsOfTwo()
    {
        var sum = CurveSum.Run([[1, -1], [0, 0], [1, 1]]);
        sum.Should().BeApproximately(2 * Math.Sqrt(2), 8 * Rounding.Unit * 3, "two roots and a sum round");
        Rational[] grid = [.. Enumerable.Range(-10, 21).Select(i => new Rational(i, 10))];
        var steps = from s in grid from t in grid select (Across: Rational.Abs(t) - Rational.Abs(s), Along: t - s);
        steps.Should().OnlyContain(step => (step.Across * step.Across) + (step.Along * step.Along) <= 2 * step.Along * step.Along);
        Evidence.Record(new Measurement("total variation of (|t|, t) on [−1, 1]", sum, "2√2 = 2.828427") { Dtype = "float64" });
    }

    /// <summary>The circle: n chords sum to 2n·sin(π/n), below 2π by π³/(3n²) to first order, so the supremum is the arc length.</summary>
    [ClaimRows("smoothness.tv-def")]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Circle_InscribedPolygons_TendToItsLength(int n)
    {
        var angles = Enumerable.Range(0, n + 1).Select(i => 2 * Math.PI * i / n);
        var sum = CurveSum.Run([.. angles.Select(angle => new[] { Math.Cos(angle), Math.Sin(angle) })]);
        sum.Should().BeApproximately(2 * n * Math.Sin(Math.PI / n), 8 * Rounding.Gamma(n + 8) * 2 * Math.PI);
        ((2 * Math.PI) - sum).Should().BeInRange(0, Math.Pow(Math.PI, 3) / (3.0 * n * n));
    }

    /// <summary>The integral form needs differentiability everywhere: the step has f′ = 0 off 0 and yet varies by 1.</summary>
    [Claim("smoothness.tv-def", Role.Control)]
    public void Heaviside_DifferentiableDropped_BreaksTheIntegralForm() =>
        PartitionVariation.Sum.Run([0, 0, 1, 1]).Should().NotBe((Rational)0, "the integral of |f′| where it exists");

    [Claim("smoothness.tv-def", Role.Control)]
    public void SquaredSteps_AreCaught() =>
        ExactInstances.Violate("Σ (f(x_i) − f(x_(i−1)))² under refinement", Functions, function =>
        {
            var (fine, coarse) = (Numbers(function.Values), Coarser(function));
            Rational Squares(IReadOnlyList<Rational> values) => Rational.Sum(PartitionVariation.Steps(values).Select(step => step * step));
            return Squares(coarse) <= Squares(fine);
        });

    [Claim("smoothness.tv-min")]
    public void RandomFunctions_VaryAtLeastByTheDistanceOfTheEnds() =>
        ExactInstances.Satisfy("TV ≥ |c_a − c_b|, one output", Functions, function =>
            PartitionVariation.Sum.Run(Numbers(function.Values)) >= Rational.Abs(function.Values[^1] - function.Values[0]));

    /// <summary>The library's sum over five points of a segment, which divide it by dyadic fractions.</summary>
    [Claim("smoothness.tv-min")]
    public void RandomNetworks_LibrarysSampledVariation_IsAtLeastTheDistanceOfTheEnds() =>
        ExactInstances.Satisfy("the library's sum over 5 points ≥ |f(b) − f(a)|", TwoLayersOnSegment.Arbitrary, instance =>
        {
            var slice = instance.Slice();
            return Rational.Of(SmoothnessMeasures.FunctionLength(instance, 5)) >= Rational.Abs(slice.At(1) - slice.At(0));
        });

    [Claim("smoothness.tv-min")]
    public void RandomCurves_AreAtLeastAsLongAsTheDistanceOfTheEnds() =>
        Instances.Satisfy(
            "‖c_a − c_b‖ less the length of a curve",
            Curves,
            points => new Deviation(Distance((Doubles(points)[0], Doubles(points)[^1])) - CurveSum.Run(Doubles(points)), Rounds(points)),
            "8γ_k times the sum of all coordinates' magnitudes, k the numbers summed");

    [Claim("smoothness.tv-min")]
    public void RandomEnds_StraightLine_AttainsTheMinimum() =>
        Instances.Satisfy("|length of the straight line in 1 to 7 steps − ‖c_a − c_b‖|", Curves, points =>
        {
            var (start, end) = (Doubles(points)[0], Doubles(points)[^1]);
            var steps = points.Length - 1;
            double[] At(int i) => [.. start.Zip(end, (from, to) => from + ((to - from) * i / steps))];
            List<double[]> line = [.. Enumerable.Range(0, steps + 1).Select(At)];
            return new Deviation(Math.Abs(CurveSum.Run(line) - Distance((start, end))), Rounds(points));
        }, "8γ_k times the sum of all coordinates' magnitudes, k the numbers summed");

    /// <summary>From (0, 0) to (3, 4): 5 straight ahead, 7 by way of (3, 0).</summary>
    [Claim("smoothness.tv-min")]
    public void ThreeFourFive_ByHand()
    {
        CurveSum.Run([[0, 0], [3, 4]]).Should().Be(5);
        CurveSum.Run([[0, 0], [3, 0], [3, 4]]).Should().Be(7);
    }

    /// <summary>With the ends left free a constant varies less than the distance of two given values.</summary>
    [Claim("smoothness.tv-min", Role.Control)]
    public void FreeEnds_HypothesisDropped_IsCaught() =>
        ExactInstances.Violate("TV ≥ |c_a − c_b| with other ends than the function's", Functions, function =>
            PartitionVariation.Sum.Run(Numbers(function.Values)) >= Rational.Abs(function.Values[^1] - function.Values[0] + 3));

    /// <summary>All 4⁶ + … + 4² functions with 2 to 6 values in 0, 1, 2, 3.</summary>
    [Claim("smoothness.tv-monotone")]
    public void AllSmallFunctions_AreMinimalExactlyWhenMonotone()
    {
        var judged = 0;
        foreach (var values in AllFunctions())
        {
            IsMinimal(values).Should().Be(IsMonotone(values), string.Join(' ', values));
            judged++;
        }

        Evidence.Record(new Measurement("functions with 2 to 6 values in 0…3 that are minimal exactly when monotone", judged, "all 5456")
            { Samples = judged, Dtype = "exact (integers)" });
        judged.Should().Be(5456);
    }

    [Claim("smoothness.tv-monotone")]
    public void RandomFunctions_AreMinimalExactlyWhenMonotone() =>
        ExactInstances.Satisfy("TV = |c_a − c_b| exactly for weakly monotone functions", Functions, function =>
        {
            // Half of the instances are sorted, so that both cases are common.
            int[] values = function.Kept % 2 == 0 ? function.Values : [.. function.Values.Order()];
            return IsMinimal(values) == IsMonotone(values);
        });

    /// <summary>As networks, measured: with whole values a function that turns back varies by at least 1 more than the least.</summary>
    [Claim("smoothness.tv-monotone")]
    public void RandomInterpolants_LibrarysVariation_IsMinimalExactlyWhenMonotone() =>
        ExactInstances.Satisfy("library's TV within ½ of |c_a − c_b| ⇔ weakly monotone", Interpolation.Arbitrary, instance =>
        {
            var f = instance.Interpolant;
            var network = Remark_OneDimension.Represent.Run(f).ToSmallNetwork();
            var measured = LineMeasures.FunctionVariation(network, [f.Knots[0].ToDouble()], [f.Knots[^1].ToDouble()]);
            var isMinimal = Math.Abs(measured - Math.Abs((f.Values[^1] - f.Values[0]).ToDouble())) < 0.5;
            return isMinimal == (f.Slopes.All(slope => slope >= 0) || f.Slopes.All(slope => slope <= 0));
        }, count: 100);

    /// <summary>(0, 1, 1, 3) and its reverse vary by 3, the least; (0, 2, 1, 3) varies by 5.</summary>
    [Claim("smoothness.tv-monotone")]
    public void ThreeFunctions_ByHand()
    {
        PartitionVariation.Sum.Run([0, 1, 1, 3]).Should().Be((Rational)3);
        PartitionVariation.Sum.Run([3, 1, 1, 0]).Should().Be((Rational)3);
        PartitionVariation.Sum.Run([0, 2, 1, 3]).Should().Be((Rational)5);
    }

    /// <summary>
    /// In the plane monotone coordinates are not enough: (0, 0), (1, 0), (1, 1) has length 2, above √2. The curve has to follow the segment
    /// without turning back.
    /// </summary>
    [Claim("smoothness.tv-monotone", Role.Control)]
    public void Plane_OneOutputDropped_MonotoneCoordinatesAreLonger() =>
        CurveSum.Run([[0, 0], [1, 0], [1, 1]]).Should().BeGreaterThan(1.5, "√2 = 1.41… is the least");

    /// <summary>Strictly monotone is too much to ask: (0, 1, 1, 3) is minimal.</summary>
    [Claim("smoothness.tv-monotone", Role.Control)]
    public void StrictlyMonotone_IsCaught() =>
        ExactInstances.Violate("TV = |c_a − c_b| exactly for strictly monotone functions", Functions, function =>
            IsMinimal(function.Values)
                == (Ordered(function.Values, (one, next) => one < next) || Ordered(function.Values, (one, next) => one > next)));

    private static IEnumerable<int[]> AllFunctions() =>
        from length in Enumerable.Range(2, 5)
        from code in Enumerable.Range(0, 1 << (2 * length))
        select Enumerable.Range(0, length).Select(i => code >> (2 * i) & 3).ToArray();

    private static bool IsMinimal(int[] values) => PartitionVariation.Sum.Run(Numbers(values)) == Math.Abs(values[^1] - values[0]);

    private static bool IsMonotone(int[] values) =>
        Ordered(values, (one, next) => one <= next) || Ordered(values, (one, next) => one >= next);

    private static bool Ordered(int[] values, Func<int, int, bool> order) => values.Zip(values.Skip(1), order).All(holds => holds);

    private static Rational[] Numbers(int[] values) => [.. values.Select(value => (Rational)value)];

    private static Rational[] Coarser((int[] Values, int Kept) function) =>
        Numbers([.. function.Values.Where((_, i) => i == 0 || i == function.Values.Length - 1 || (function.Kept >> i & 1) == 1)]);

    private static IEnumerable<(double[] From, double[] To)> Pairs(IReadOnlyList<double[]> points) => points.Zip(points.Skip(1));

    private static IEnumerable<double> Difference((double[] From, double[] To) pair) => pair.From.Zip(pair.To, (from, to) => to - from);

    private static double Distance((double[] From, double[] To) pair) => Math.Sqrt(Difference(pair).Sum(step => step * step));

    private static List<double[]> Doubles(int[][] points) => [.. points.Select(point => point.Select(value => (double)value).ToArray())];

    private static double Rounds(int[][] points)
    {
        var sizes = points.SelectMany(point => point).ToList();
        return 8 * Rounding.Gamma(sizes.Count + 8) * sizes.Sum(Math.Abs);
    }
}
