using FsCheck;
using FsCheck.Fluent;
using Reproduce.Lines;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 3.3: among continuous piecewise linear functions through given data the linear spline has the least variation, and so has its
/// derivative. Whether others do as well depends on the data.
/// </summary>
public sealed class Eq311_Splines
{
    /// <summary>The linear spline, eq. 3.11.</summary>
    private static readonly UnderTest<Func<(Rational X, Rational Y)[], PiecewiseLinear>> Spline = new(
        data => PiecewiseLinear.Through(data),
        ("spline-with-a-point-left-out", data => data.Length > 2 ? PiecewiseLinear.Through([data[0], .. data[2..]]) : PiecewiseLinear.Through(data)),
        ("spline-labels-moved-on", data => PiecewiseLinear.Through([.. data.Select((point, i) => (point.X, data[(i + 1) % data.Length].Y))])),
        ("spline-with-an-extra-kink", data => PiecewiseLinear.Through([data[0], ((data[0].X + data[1].X) / 2, data[0].Y), .. data[1..]])),
        ("spline-that-overshoots", data => PiecewiseLinear.Through([data[0], ((data[0].X + data[1].X) / 2, Rational.Max(data[0].Y, data[1].Y) + 1), .. data[1..]])));

    /// <summary>The variation of the derivative.</summary>
    private static readonly UnderTest<Func<PiecewiseLinear, Rational>> SecondVariation = new(
        f => f.DerivativeVariation,
        ("second-variation-counts-the-ends", f => f.DerivativeVariation + Rational.Abs(f.Slopes[0]) + Rational.Abs(f.Slopes[^1])),
        ("second-variation-by-range", f => f.Slopes.Max() - f.Slopes.Min()),
        ("second-variation-of-the-function", f => f.Variation));

    /// <summary>The slopes of f inside [from, to].</summary>
    private static readonly UnderTest<Func<PiecewiseLinear, Rational, Rational, IReadOnlyList<Rational>>> SlopesInside = new(
        (f, from, to) => [.. f.Slopes.Where((_, i) => f.Knots[i] < to && f.Knots[i + 1] > from)],
        ("slopes-of-the-first-piece-inside-alone", (f, from, to) => [f.Slopes.Where((_, i) => f.Knots[i] < to && f.Knots[i + 1] > from).First()]),
        ("slopes-of-the-pieces-before", (f, from, to) => [.. f.Slopes.Select((_, i) => f.Slopes[Math.Max(0, i - 1)]).Where((_, i) => f.Knots[i] < to && f.Knots[i + 1] > from)]));

    /// <summary>f averaged over [x − h, x + h]; f runs on straight beyond its ends.</summary>
    private static readonly UnderTest<Func<PiecewiseLinear, Rational, Rational, Rational>> Smoothed = new(
        (f, h, x) => Mean(f, x - h, x + h),
        ("smoothed-over-one-side", (f, h, x) => Mean(f, x, x + h)),
        ("smoothed-not-at-all", (f, _, x) => f.At(x)));

    /// <summary>The derivative of that: continuous, and linear between the knots ± h.</summary>
    private static readonly UnderTest<Func<PiecewiseLinear, Rational, Rational, Rational>> SmoothedSlope = new(
        (f, h, x) => (f.At(x + h) - f.At(x - h)) / (2 * h),
        ("smoothed-slope-of-one-side", (f, h, x) => (f.At(x + h) - f.At(x)) / h),
        ("smoothed-slope-doubled", (f, h, x) => (f.At(x + h) - f.At(x - h)) / h));

    private static readonly Arbitrary<Interpolation> Interpolations = Arb.From(
        from count in Gen.Choose(2, 5)
        from steps in Gen.ArrayOf(Gen.Choose(1, 3), count - 1)
        from labels in Gen.ArrayOf(Gen.Choose(-3, 3), count)
        from alike in Gen.Frequency((5, Gen.Constant(1)), (1, Gen.Constant(0)))
        from thirds in Gen.ArrayOf(Gen.Choose(-4, 4), 2 * (count - 1))
        from bent in Gen.Choose(0, (1 << (2 * (count - 1))) - 1)
        select Interpolation.Of(steps, [.. labels.Select(label => label * alike)], thirds, bent));

    [Claim("smoothness.eq-3.11")]
    public void RandomData_EveryIndexThatFits_GivesTheSameValue() =>
        Instances.Satisfy("eq. 3.11 for every i with x_i ≤ x ≤ x_(i+1), against the spline", Interpolations, instance =>
            Deviation.Exact(instance.Interpolant.Knots.All(x => ByIndex(instance.Data, x).All(value => value == Spline.Run(instance.Data).At(x)))), "none: exact", dtype: "exact (rationals)");

    /// <summary>Through (0, 0), (1, 2), (3, 0): at 2 it is 2 − (2 − 1) = 1; only i = 2 fits.</summary>
    [Claim("smoothness.eq-3.11")]
    public void ThreePoints_ByHand()
    {
        (Rational, Rational)[] data = [(0, 0), (1, 2), (3, 0)];
        ByIndex(data, 2).Should().Equal(1);
        Spline.Run(data).At(2).Should().Be((Rational)1);
    }

    /// <summary>Through (0, 0), (1, 1), (2, 0): at x = 1 both i = 1 and i = 2 satisfy x_i ≤ x ≤ x_(i+1), so the index is not unique.</summary>
    [Claim("smoothness.eq-3.11", Role.Counterexample)]
    public void InnerDataPoint_HasTwoIndices()
    {
        var values = ByIndex([(0, 0), (1, 1), (2, 0)], 1).ToArray();
        values.Should().Equal([1, 1], "both give the same value");
        Evidence.Record(new Measurement("indices i with x_i ≤ 1 ≤ x_(i+1) for the data at 0, 1, 2", values.Length, "1 as printed: a unique index") { Dtype = "exact (integers)" });
    }

    /// <summary>With other labels at the shared point the two pieces disagree: they have to be the pieces of one function.</summary>
    [Claim("smoothness.eq-3.11", Role.Control)]
    public void PiecesOfTwoFunctions_AreCaught() =>
        ByIndex([(0, 0), (1, 1)], 1).Should().NotEqual(ByIndex([(1, 2), (2, 0)], 1));

    [Claim("smoothness.spline-min-pl0")]
    public void RandomInterpolants_VaryAtLeastAsMuchAsTheSpline() =>
        Instances.Satisfy("TV of an interpolant ≥ TV of the spline = Σ |y_(i+1) − y_i|", Interpolations, instance =>
        {
            var spline = Eq19_TotalVariation.PartitionSum.Run(Spline.Run(instance.Data).Values);
            return Deviation.Exact(Eq19_TotalVariation.PartitionSum.Run(instance.Interpolant.Values) >= spline && spline == LeastVariation(instance.Data));
        }, "none: exact", dtype: "exact (rationals)");

    /// <summary>As two-layer networks, and measured: no less than the spline, which has Σ |y_(i+1) − y_i|.</summary>
    [Claim("smoothness.spline-min-pl0")]
    public void RandomInterpolants_AsNetworks_VaryAtLeastAsMuchAsTheSpline() =>
        Instances.Satisfy("|library's TV of f − that in fractions|, interpolant and spline, and the spline's excess", Interpolations, instance =>
            AgainstTheSpline(instance, LineMeasures.FunctionVariation, f => f.Variation, LeastVariation(instance.Data)), NetworkTolerance, count: 100);

    /// <summary>Through (0, 0), (1, 2), (2, 1): the spline varies by 2 + 1 = 3; by way of (1/2, 3) it is 3 + 1 + 1 = 5.</summary>
    [Claim("smoothness.spline-min-pl0")]
    public void ThreePoints_Variation_ByHand()
    {
        Eq19_TotalVariation.PartitionSum.Run(Spline.Run([(0, 0), (1, 2), (2, 1)]).Values).Should().Be((Rational)3);
        Eq19_TotalVariation.PartitionSum.Run(PiecewiseLinear.Through((0, 0), (new(1, 2), 3), (1, 2), (2, 1)).Values).Should().Be((Rational)5);
    }

    [Claim("smoothness.spline-min-pl0", Role.Control)]
    public void MissedData_InterpolationDropped_VariesLess() =>
        Instances.Violate("TV of a function that misses the second data point ≥ TV of the spline", Interpolations, instance =>
        {
            (Rational X, Rational Y)[] missed = [instance.Data[0], .. instance.Data.Skip(2)];
            return missed.Length < 2 ? null : Deviation.Exact(PiecewiseLinear.Through(missed).Variation >= LeastVariation(instance.Data));
        }, dtype: "exact (rationals)");

    [Claim("smoothness.spline-min-pl0.not-unique")]
    public void RandomInterpolants_AreMinimalExactlyWhenMonotoneBetweenData() =>
        Instances.Satisfy("TV of an interpolant is the spline's ⇔ it is monotone between neighbouring data", Interpolations, instance =>
            Deviation.Exact((Eq19_TotalVariation.PartitionSum.Run(instance.Interpolant.Values) == LeastVariation(instance.Data)) == instance.IsMonotoneBetweenData()), "none: exact", dtype: "exact (rationals)");

    /// <summary>Where two neighbouring labels differ there is another: the first such piece bent, flat at first and then twice as steep.</summary>
    [Claim("smoothness.spline-min-pl0.not-unique")]
    public void RandomData_WithDifferentLabels_HaveAnotherMinimiser() =>
        Instances.Satisfy("a bent spline has the spline's variation, and other values", Interpolations, instance =>
        {
            var rising = Enumerable.Range(0, instance.Data.Length - 1).FirstOrDefault(i => instance.Data[i].Y != instance.Data[i + 1].Y, -1);
            if (rising < 0)
            {
                return null;
            }

            var middle = (instance.Data[rising].X + instance.Data[rising + 1].X) / 2;
            var bent = PiecewiseLinear.Through([.. instance.Data[..(rising + 1)], (middle, instance.Data[rising].Y), .. instance.Data[(rising + 1)..]]);
            return Deviation.Exact(Eq19_TotalVariation.PartitionSum.Run(bent.Values) == LeastVariation(instance.Data) && bent.At(middle) != Spline.Run(instance.Data).At(middle));
        }, "none: exact", dtype: "exact (rationals)");

    /// <summary>
    /// Labels all alike, (0, 0) and (1, 0): the spline is 0, of variation 0, and a function of variation 0 is constant. So the spline is
    /// the only minimiser; of all interpolants with values −4 … 4 at the thirds it alone reaches 0.
    /// </summary>
    [Claim("smoothness.spline-min-pl0.not-unique", Role.Counterexample)]
    public void EqualLabels_SplineIsTheOnlyMinimiser()
    {
        var minimal = (from first in Enumerable.Range(-4, 9)
                       from second in Enumerable.Range(-4, 9)
                       where Eq19_TotalVariation.PartitionSum.Run([0, first, second, 0]) == 0
                       select (first, second)).ToList();
        minimal.Should().Equal((0, 0));
        Evidence.Record(new Measurement("interpolants of (0, 0), (1, 0) with the spline's variation, of 81 with values −4 … 4 at the thirds", minimal.Count, "more than 1: not unique as printed") { Samples = 81, Dtype = "exact (integers)" });
    }

    [Claim("smoothness.spline-min-pl0.not-unique", Role.Control)]
    public void InterpolantsThatTurnBack_MonotoneDropped_AreCaught() =>
        Instances.Violate("every interpolant is minimal", Interpolations, instance => Deviation.Exact(instance.Interpolant.Variation == LeastVariation(instance.Data)), dtype: "exact (rationals)");

    [Claim("smoothness.spline-min-pl1")]
    public void RandomInterpolants_DerivativeVariesAtLeastAsMuchAsTheSplines() =>
        Instances.Satisfy("TV(f′) of an interpolant ≥ TV of the spline's = Σ |s_(i+1) − s_i|", Interpolations, instance =>
        {
            var spline = SecondVariation.Run(Spline.Run(instance.Data));
            return Deviation.Exact(SecondVariation.Run(instance.Interpolant) >= spline && spline == LeastSecondVariation(instance.Data));
        }, "none: exact", dtype: "exact (rationals)");

    [Claim("smoothness.spline-min-pl1")]
    public void RandomInterpolants_AsNetworks_DerivativeVariesAtLeastAsMuchAsTheSplines() =>
        Instances.Satisfy("|library's TV of f′ − that in fractions|, interpolant and spline, and the spline's excess", Interpolations, instance =>
            AgainstTheSpline(instance, LineMeasures.GradientVariation, f => f.DerivativeVariation, LeastSecondVariation(instance.Data)), NetworkTolerance, count: 100);

    /// <summary>Through (0, 0), (1, 1), (2, 0): slopes 1, −1, a variation of 2; by way of (1/2, 0) slopes 0, 2, −1: 2 + 3 = 5.</summary>
    [Claim("smoothness.spline-min-pl1")]
    public void ThreePoints_SecondVariation_ByHand()
    {
        SecondVariation.Run(Spline.Run([(0, 0), (1, 1), (2, 0)])).Should().Be((Rational)2);
        SecondVariation.Run(PiecewiseLinear.Through((0, 0), (new(1, 2), 0), (1, 1), (2, 0))).Should().Be((Rational)5);
    }

    [Claim("smoothness.spline-min-pl1", Role.Control)]
    public void MissedData_InterpolationDropped_SecondVariationIsLess() =>
        Instances.Violate("TV(f′) of a function that misses the second data point ≥ the spline's", Interpolations, instance =>
        {
            (Rational X, Rational Y)[] missed = [instance.Data[0], .. instance.Data.Skip(2)];
            return missed.Length < 2 ? null : Deviation.Exact(PiecewiseLinear.Through(missed).DerivativeVariation >= LeastSecondVariation(instance.Data));
        }, dtype: "exact (rationals)");

    /// <summary>
    /// max(0, 2x − 10) through (0, 0) and (10, 10): the chord has slope 1, and the derivative takes only the values 0 and 2. The mean value
    /// theorem does not say otherwise, since the function is not differentiable at 5, as the sketch goes on to concede.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof", Role.Counterexample)]
    public void Tooth_NeverHasTheSlopeOfItsChord()
    {
        var slopes = SlopesInside.Run(PiecewiseLinear.Through((0, 0), (5, 0), (10, 10)), 0, 10);
        slopes.Should().Equal(0, 2);
        Evidence.Record(new Measurement("values of the derivative of max(0, 2x − 10) between the data (0, 0) and (10, 10)", slopes.Count(slope => slope == 1), "takes the chord's slope 1, as the core idea has it for any function of the class") { Series = [.. slopes.Select(slope => slope.ToDouble())], Dtype = "exact (integers)" });
    }

    /// <summary>
    /// The function of eq. 3.14 has one continuous derivative and no second one at ±1, and the theorem applies: between −1 and 1 its chord
    /// is level and f′(0) = 0. One derivative is enough, where the sketch asks for two.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof", Role.Counterexample)]
    public void Example314_WithOneDerivative_MeetsTheMeanValueTheorem()
    {
        static Rational OneSided(Rational h) => (Example.Slope(1 + h) - Example.Slope(1)) / h;
        OneSided(new Rational(1, 100)).Should().Be((Rational)0);
        OneSided(new Rational(-1, 100)).Should().Be((Rational)1);
        Example.Slope(0).Should().Be((Example.Value(1) - Example.Value(-1)) / 2);
    }

    /// <summary>
    /// The way of the sketch with one derivative: f averaged over ±h has a continuous one, which takes the slope of each of its own chords. It is linear
    /// between the knots ± h, so that its values there, and that it is the derivative, can be checked exactly.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void RandomInterpolants_Smoothed_TakeTheSlopesOfTheirOwnChords() =>
        Instances.Satisfy("chord of the smoothed f between the least and the largest of its slopes there, h = 1/2, 1/64", Interpolations, instance => Deviation.Exact(Widths.All(h =>
        {
            var stations = Stations(instance, h);
            var f = instance.Interpolant;
            return stations.Zip(stations.Skip(1)).All(piece => 2 * (Smoothed.Run(f, h, piece.Second) - Smoothed.Run(f, h, piece.First)) == (piece.Second - piece.First) * (SmoothedSlope.Run(f, h, piece.First) + SmoothedSlope.Run(f, h, piece.Second)))
                && Chords(instance.Data).All(chord =>
                {
                    var slopes = stations.Where(x => chord.From <= x && x <= chord.To).Select(x => SmoothedSlope.Run(f, h, x)).ToList();
                    var own = SmoothedChord(f, h, chord.From, chord.To);
                    return slopes.Min() <= own && own <= slopes.Max();
                });
        })), "none: exact", count: 150, dtype: "exact (rationals)");

    /// <summary>
    /// The limit: smoothing does not make f′ vary more, f_h′ varies at least as much as the slopes of its own chords, and with L the largest slope of f these
    /// are off the data's by at most Lh/(x_(i+1) − x_i), which vanishes with h. So TV(f′) is at least the spline's.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void RandomInterpolants_Smoothed_TendToTheChordsOfTheData() =>
        Instances.Satisfy("TV(f′) ≥ TV(f_h′) ≥ variation of the chords of f_h; |chord of f_h − chord of f| ≤ Lh/length, h = 1/2, 1/64", Interpolations, instance => Deviation.Exact(Widths.All(h =>
        {
            var f = instance.Interpolant;
            var variation = Eq19_TotalVariation.PartitionSum.Run([.. Stations(instance, h).Select(x => SmoothedSlope.Run(f, h, x))]);
            var chords = Chords(instance.Data);
            Rational[] own = [.. chords.Select(chord => SmoothedChord(f, h, chord.From, chord.To))];
            var steepest = f.Slopes.Max(Rational.Abs);
            return f.DerivativeVariation >= variation
                && variation >= Eq19_TotalVariation.PartitionSum.Run(own)
                && chords.Select((chord, i) => Rational.Abs(own[i] - chord.Slope) * (chord.To - chord.From)).All(off => off <= steepest * h);
        })), "none: exact", count: 150, dtype: "exact (rationals)");

    /// <summary>|x| − 1 averaged over ±h is h/2 above −1 at 0, so it no longer goes through (0, −1); its slope there is 0, and h/2 at h²/2.</summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void Magnitude_SmoothedByHand_LeavesTheData()
    {
        var f = PiecewiseLinear.Through((-2, 1), (0, -1), (2, 1));
        foreach (var h in Widths)
        {
            Smoothed.Run(f, h, 0).Should().Be((h / 2) - 1);
            Smoothed.Run(f, h, -2).Should().Be((Rational)1);
            new[] { -h, 0, h * h / 2, h }.Select(x => SmoothedSlope.Run(f, h, x)).Should().Equal(-1, 0, h / 2, 1);
        }
    }

    /// <summary>Before the limit the slopes are those of other chords: |x| − 1 from −2 to 0 falls by 2, smoothed by 2 − h/2.</summary>
    [Claim("smoothness.spline-min-pl1.proof", Role.Control)]
    public void RandomInterpolants_SmoothedAndTheDatasOwnChords_LimitDropped_AreCaught() =>
        Instances.Violate("the chords of the smoothed f are the data's", Interpolations, instance => Deviation.Exact(Chords(instance.Data).All(chord => SmoothedChord(instance.Interpolant, Widths[0], chord.From, chord.To) == chord.Slope)), dtype: "exact (rationals)");

    /// <summary>Another way, without a limit: between neighbouring data some slope of an interpolant is at most the chord's and some at least.</summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void RandomInterpolants_HaveSlopesOnBothSidesOfEveryChord() =>
        Instances.Satisfy("least slope between two data ≤ slope of the chord ≤ largest", Interpolations, instance => Deviation.Exact(Chords(instance.Data).All(chord =>
        {
            var slopes = SlopesInside.Run(instance.Interpolant, chord.From, chord.To);
            return slopes.Min() <= chord.Slope && chord.Slope <= slopes.Max();
        })), "none: exact", dtype: "exact (rationals)");

    /// <summary>
    /// The rest of the argument: at the chords whose slope is a turn (the first, the last, and every change of direction) take a slope of f that lies
    /// beyond the chord's. These alone vary by as much as the spline, so f′ does.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void RandomInterpolants_SlopesChosenAtTheTurns_VaryByAsMuchAsTheSpline() =>
        Instances.Satisfy("TV(f′) ≥ variation of the chosen slopes ≥ Σ |s_(i+1) − s_i|", Interpolations, instance =>
        {
            var chosen = AtTheTurns(instance);
            var variation = Rational.Sum(chosen.Zip(chosen.Skip(1), (one, next) => Rational.Abs(next - one)));
            return Deviation.Exact(instance.Interpolant.DerivativeVariation >= variation && variation >= LeastSecondVariation(instance.Data));
        }, "none: exact", dtype: "exact (rationals)");

    [Claim("smoothness.spline-min-pl1.proof", Role.Control)]
    public void RandomInterpolants_SlopeOfTheChordItself_IsCaught() =>
        Instances.Violate("some slope between two data is the chord's", Interpolations, instance => Deviation.Exact(Chords(instance.Data).All(chord => SlopesInside.Run(instance.Interpolant, chord.From, chord.To).Contains(chord.Slope))), dtype: "exact (rationals)");

    /// <summary>
    /// When the spline alone is minimal: data one apart with slopes out of −1, 0, 1, 2, all 4² + 4³ of two or three pieces, against all interpolants whose
    /// pieces are halved with slopes s − d and s + d, d out of −1, −1/2, 0, 1/2, 1. There is another minimiser exactly when an inner
    /// slope lies strictly between its neighbours.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.not-unique")]
    public void AllSmallSplines_HaveARivalExactlyWhenAnInnerSlopeLiesBetweenItsNeighbours()
    {
        var judged = 0;
        foreach (var slopes in Tuples([-1, 0, 1, 2], 2).Concat(Tuples([-1, 0, 1, 2], 3)).Append([0, 1, 1, 2]).Append([0, 1, 0, 1]).Append([2, 1, 0, -1]))
        {
            HasRival(slopes).Should().Be(IsBetween(slopes), string.Join(' ', slopes));
            judged++;
        }

        Evidence.Record(new Measurement("splines with a rival exactly when an inner slope lies strictly between its neighbours", judged, "all 83 that were tried") { Samples = judged, Dtype = "exact (rationals)" });
    }

    /// <summary>Slopes −1, 0, 1 (the data of eq. 3.14): |x| − 1 has slopes −1, 1 and the same variation, 2.</summary>
    [Claim("smoothness.spline-min-pl1.not-unique")]
    public void DataOfExample314_HaveARivalByHand()
    {
        SecondVariation.Run(PiecewiseLinear.Through((-2, 1), (0, -1), (2, 1))).Should().Be((Rational)2);
        SecondVariation.Run(Spline.Run(Example.Data)).Should().Be((Rational)2);
    }

    /// <summary>
    /// Three data (0, 0), (1, 0), (2, 1), slopes 0 and 1: TV(f′) = 1 forces f′ ≥ 0 to have mean 0 on the first piece and f′ ≤ 1 to have
    /// mean 1 on the second, so only the spline is minimal.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.not-unique", Role.Counterexample)]
    public void ThreeData_SplineIsTheOnlyMinimiser()
    {
        HasRival([0, 1]).Should().BeFalse();
        var minimal = Halved([0, 1]).Count(f => SecondVariation.Run(f) <= 1);
        minimal.Should().Be(1);
        Evidence.Record(new Measurement("interpolants of (0, 0), (1, 0), (2, 1) with the spline's variation of f′, of 25 with halved pieces", minimal, "more than 1: not unique as printed") { Samples = 25, Dtype = "exact (rationals)" });
    }

    [Claim("smoothness.spline-min-pl1.not-unique", Role.Control)]
    public void WeaklyBetween_StrictDropped_IsCaught() =>
        HasRival([0, 1, 1, 2]).Should().BeFalse("the inner slopes lie weakly between their neighbours, which is not enough");

    /// <summary>The function of eq. 3.14: TV(f) = 1 + 1/2 + 1/2 + 1 = 3, TV(f′) = 2 since f′ climbs from −1 to 1. The spline has 2 and 2.</summary>
    [Claim("smoothness.example-3.14")]
    public void Example314_HasThreeAndTwo_ItsSplineTwoAndTwo()
    {
        Example.Data.Select(point => Example.Value(point.X)).Should().Equal(Example.Data.Select(point => point.Y), "it interpolates");

        // f is monotone on the four parts between −2, −1, 0, 1, 2, and f′ on the whole: so is every sum over a finer partition.
        foreach (var parts in new[] { 1, 2, 7, 32 })
        {
            Rational[] partition = [.. Enumerable.Range(0, (4 * parts) + 1).Select(i => -2 + new Rational(i, parts))];
            var spline = Spline.Run(Example.Data);
            Rational[] values =
            [
                Eq19_TotalVariation.PartitionSum.Run([.. partition.Select(Example.Value)]), Eq19_TotalVariation.PartitionSum.Run([.. partition.Select(Example.Slope)]),
                Eq19_TotalVariation.PartitionSum.Run(spline.Values), SecondVariation.Run(spline),
            ];
            values.Should().Equal(3, 2, 2, 2);
            Evidence.Record(new Measurement($"PL0 and PL1 of eq. 3.14 on {4 * parts} parts, then of its spline", values[0].ToDouble(), "3, 2, 2, 2") { Series = [.. values.Select(value => value.ToDouble())], Dtype = "exact (rationals)" });
        }
    }

    /// <summary>The slope used above is the derivative: on a piece of degree two at most, the symmetric difference quotient is exact.</summary>
    [Claim("smoothness.example-3.14")]
    public void Example314_Slope_IsTheDifferenceQuotient() =>
        new Rational[] { new(-3, 2), new(-1, 2), 0, new(1, 3), new(7, 4) }.Should().OnlyContain(x => (Example.Value(x + new Rational(1, 8)) - Example.Value(x - new Rational(1, 8))) * 4 == Example.Slope(x));

    /// <summary>|x| − 1 and max(|x| − 1, −1/2) are piecewise linear, as the section asks of its functions and eq. 3.14 is not: 4 and 2, 3 and 2.</summary>
    [Claim("smoothness.example-3.14")]
    public void PiecewiseLinearRivals_ByHand()
    {
        foreach (var (f, variation) in new[] { (PiecewiseLinear.Through((-2, 1), (0, -1), (2, 1)), 4), (PiecewiseLinear.Through((-2, 1), (new(-1, 2), new(-1, 2)), (new(1, 2), new(-1, 2)), (2, 1)), 3) })
        {
            Example.Data.Should().OnlyContain(point => f.At(point.X) == point.Y);
            Eq19_TotalVariation.PartitionSum.Run(f.Values).Should().Be((Rational)variation);
            SecondVariation.Run(f).Should().Be((Rational)2);
        }
    }

    /// <summary>An interpolant whose slope leaves [−1, 1], by way of (0, 1): slopes −1, 1, −1, 1, and TV(f′) = 6.</summary>
    [Claim("smoothness.example-3.14", Role.Control)]
    public void OvershootingInterpolant_IsNotMinimal() =>
        PiecewiseLinear.Through((-2, 1), (-1, 0), (0, 1), (1, 0), (2, 1)).DerivativeVariation.Should().Be((Rational)6);

    /// <summary>
    /// The thesis leaves to the reader that PL0 may be minimal and PL1 not. Two data, (0, 0) and (2, 2), and f = max(0, 2x − 2): it climbs all
    /// the way, TV = 2, the least; its slopes 0, 2 vary by 2, and the spline's by 0.
    /// </summary>
    [Claim("smoothness.exercise")]
    public void Tooth_IsMinimalForPL0AndNotForPL1()
    {
        var tooth = PiecewiseLinear.Through((0, 0), (1, 0), (2, 2));
        var spline = Spline.Run([(0, 0), (2, 2)]);
        Eq19_TotalVariation.PartitionSum.Run(tooth.Values).Should().Be(Eq19_TotalVariation.PartitionSum.Run(spline.Values)).And.Be((Rational)2);
        double[] second = [SecondVariation.Run(tooth).ToDouble(), SecondVariation.Run(spline).ToDouble()];
        second.Should().Equal(2, 0);
        Evidence.Record(new Measurement("PL1 of max(0, 2x − 2) on [0, 2], and of the spline; both have PL0 = 2", second[0], "above 0, the least") { Series = second, Dtype = "exact (integers)" });
    }

    /// <summary>It is no accident: of the random interpolants with the spline's PL0, some have more than its PL1.</summary>
    [Claim("smoothness.exercise", Role.Control)]
    public void RandomInterpolants_MinimalForPL0_AreNotAllMinimalForPL1() =>
        Instances.Violate("minimal PL0 ⇒ minimal PL1", Interpolations, instance =>
            instance.Interpolant.Variation == LeastVariation(instance.Data) ? Deviation.Exact(instance.Interpolant.DerivativeVariation == LeastSecondVariation(instance.Data)) : null, dtype: "exact (rationals)");

    /// <summary>The tooth and the spline as networks, and measured: 2 and 2 of f, 2 and 0 of f′.</summary>
    [Claim("smoothness.exercise")]
    public void Tooth_AsANetwork_IsMinimalForPL0AndNotForPL1()
    {
        var networks = new[] { PiecewiseLinear.Through((0, 0), (1, 0), (2, 2)), Spline.Run([(0, 0), (2, 2)]) }.Select(f => Remark_OneDimension.Represent.Run(f).ToSmallNetwork()).ToList();
        networks.Select(network => LineMeasures.FunctionVariation(network, [0], [2])).Should().Equal(2, 2);
        networks.Select(network => LineMeasures.GradientVariation(network, [0], [2])).Should().Equal(2, 0);
    }

    private const string NetworkTolerance = "2⁻⁴⁰ of 1 plus the sum of |w2|(|w1|·|x| + |b1| + |w1|), far above what 15 units round";

    // The network of f has its own numbers rounded: kinks are in thirds.
    private static Deviation AgainstTheSpline(Interpolation instance, Func<Fixtures.Networks.SmallNetwork, double[], double[], double> measure, Func<PiecewiseLinear, Rational> exact, Rational least)
    {
        Deviation Of(PiecewiseLinear f, Rational expected)
        {
            var (network, from, to) = (Remark_OneDimension.Represent.Run(f), f.Knots[0].ToDouble(), f.Knots[^1].ToDouble());
            var size = 1 + network.Units.Sum(unit => (Rational.Abs(unit.Outer) * (Rational.Abs(unit.Inner) + Rational.Abs(unit.Bias))).ToDouble() * (1 + Math.Abs(from) + Math.Abs(to)));
            return new Deviation(Math.Abs(measure(network.ToSmallNetwork(), [from], [to]) - expected.ToDouble()), LineDecomposition.Resolution * size);
        }

        return Deviation.Worse(Of(Spline.Run(instance.Data), least), exact(instance.Interpolant) >= least ? Of(instance.Interpolant, exact(instance.Interpolant)) : Deviation.Exact(false));
    }

    private static Rational LeastVariation((Rational X, Rational Y)[] data) => Rational.Sum(data.Zip(data.Skip(1), (one, next) => Rational.Abs(next.Y - one.Y)));

    private static Rational LeastSecondVariation((Rational X, Rational Y)[] data)
    {
        var slopes = Chords(data).Select(chord => chord.Slope).ToList();
        return Rational.Sum(slopes.Zip(slopes.Skip(1), (one, next) => Rational.Abs(next - one)));
    }

    private static List<(Rational From, Rational To, Rational Slope)> Chords((Rational X, Rational Y)[] data) =>
        [.. data.Zip(data.Skip(1), (one, next) => (one.X, next.X, (next.Y - one.Y) / (next.X - one.X)))];

    private static readonly Rational[] Widths = [new(1, 2), new(1, 64)];

    private static Rational Mean(PiecewiseLinear f, Rational from, Rational to)
    {
        Rational[] cuts = [from, .. f.Knots.Where(knot => knot > from && knot < to), to];
        return Rational.Sum(cuts.Zip(cuts.Skip(1), (one, next) => (next - one) * (f.At(one) + f.At(next)))) / (2 * (to - from));
    }

    private static Rational SmoothedChord(PiecewiseLinear f, Rational h, Rational from, Rational to) => (Smoothed.Run(f, h, to) - Smoothed.Run(f, h, from)) / (to - from);

    // The data, and where the slope of the smoothed f turns.
    private static Rational[] Stations(Interpolation instance, Rational h)
    {
        var (first, last) = (instance.Data[0].X, instance.Data[^1].X);
        var turns = instance.Interpolant.Knots.Skip(1).SkipLast(1).SelectMany(knot => new[] { knot - h, knot + h }).Where(x => x > first && x < last);
        return [.. instance.Data.Select(point => point.X).Concat(turns).Distinct().Order()];
    }

    private static IEnumerable<Rational> ByIndex((Rational X, Rational Y)[] data, Rational x) =>
        from pair in data.Zip(data.Skip(1))
        where pair.First.X <= x && x <= pair.Second.X
        select pair.First.Y + ((pair.Second.Y - pair.First.Y) / (pair.Second.X - pair.First.X) * (x - pair.First.X));

    private static List<Rational> AtTheTurns(Interpolation instance)
    {
        // Runs of equal slopes count once: what matters is whether the next different slope goes back.
        var chords = Chords(instance.Data);
        var chosen = new List<Rational>();
        for (var i = 0; i < chords.Count; i++)
        {
            var (before, after) = (chords.Take(i).LastOrDefault(chord => chord.Slope != chords[i].Slope), chords.Skip(i).FirstOrDefault(chord => chord.Slope != chords[i].Slope));
            var (comes, goes) = (before == default ? 0 : chords[i].Slope.CompareTo(before.Slope), after == default ? 0 : chords[i].Slope.CompareTo(after.Slope));
            if (comes != 0 && goes != 0 && comes != goes)
            {
                continue;
            }

            var slopes = SlopesInside.Run(instance.Interpolant, chords[i].From, chords[i].To);
            chosen.Add(comes + goes >= 0 ? slopes.Max() : slopes.Min());
        }

        return chosen;
    }

    private static bool HasRival(int[] slopes)
    {
        var least = Enumerable.Range(1, slopes.Length - 1).Sum(i => Math.Abs(slopes[i] - slopes[i - 1]));
        return Halved(slopes).Count(f => SecondVariation.Run(f) <= least) > 1;
    }

    private static bool IsBetween(int[] slopes) =>
        Enumerable.Range(1, Math.Max(0, slopes.Length - 2)).Any(i => (slopes[i] - slopes[i - 1]) * (slopes[i + 1] - slopes[i]) > 0);

    // Every piece [i, i + 1] in two halves of slopes s − d and s + d, d = −1, −1/2, 0, 1/2, 1.
    private static IEnumerable<PiecewiseLinear> Halved(int[] slopes) => Tuples([-2, -1, 0, 1, 2], slopes.Length).Select(halves =>
    {
        List<(Rational, Rational)> points = [(0, 0)];
        Rational y = 0;
        for (var i = 0; i < slopes.Length; i++)
        {
            points.Add((i + new Rational(1, 2), y + ((slopes[i] - new Rational(halves[i], 2)) / 2)));
            y += slopes[i];
            points.Add((i + 1, y));
        }

        return PiecewiseLinear.Through([.. points]);
    });

    private static IEnumerable<int[]> Tuples(int[] values, int length) =>
        length == 0 ? [[]] : from head in Tuples(values, length - 1) from last in values select head.Append(last).ToArray();

    /// <summary>Data, and a piecewise linear function through them with up to two more knots between neighbours.</summary>
    private sealed record Interpolation((Rational X, Rational Y)[] Data, PiecewiseLinear Interpolant)
    {
        internal static Interpolation Of(int[] steps, int[] labels, int[] thirds, int bent)
        {
            (Rational X, Rational Y)[] data = [.. labels.Select((label, i) => ((Rational)steps.Take(i).Sum(), (Rational)label))];
            List<(Rational X, Rational Y)> points = [data[0]];
            for (var i = 1; i < data.Length; i++)
            {
                for (var third = 0; third < 2; third++)
                {
                    var place = (2 * (i - 1)) + third;
                    if ((bent >> place & 1) == 1)
                    {
                        points.Add((data[i - 1].X + ((data[i].X - data[i - 1].X) * new Rational(third + 1, 3)), thirds[place]));
                    }
                }

                points.Add(data[i]);
            }

            return new Interpolation(data, PiecewiseLinear.Through([.. points]));
        }

        internal bool IsMonotoneBetweenData() => Data.Zip(Data.Skip(1)).All(pair =>
        {
            var signs = Interpolant.Slopes.Where((_, i) => Interpolant.Knots[i] >= pair.First.X && Interpolant.Knots[i + 1] <= pair.Second.X).Select(slope => slope.CompareTo(0)).Where(sign => sign != 0).Distinct();
            return signs.Count() <= 1;
        });

        public override string ToString() => $"data {PiecewiseLinear.Through(Data)}, interpolant {Interpolant}";
    }

    /// <summary>Equation 3.14.</summary>
    private static class Example
    {
        internal static (Rational X, Rational Y)[] Data { get; } = [(-2, 1), (-1, 0), (1, 0), (2, 1)];

        internal static Rational Value(Rational x) => Rational.Abs(x) >= 1 ? Rational.Abs(x) - 1 : ((x * x) - 1) / 2;

        internal static Rational Slope(Rational x) => Rational.Abs(x) < 1 ? x : x > 0 ? 1 : -1;
    }
}
