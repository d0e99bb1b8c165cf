using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Smoothness.Support.Interpolation;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 3.3: among continuous piecewise linear functions through given data the derivative of the linear spline has the least variation.
/// Whether other derivatives have it, too, depends on the data.
/// </summary>
public sealed class Remark_MinimalSecondVariation
{
    [Claim("smoothness.spline-min-pl1")]
    public void RandomInterpolants_DerivativeVariesAtLeastAsMuchAsTheSplines() =>
        ExactInstances.Satisfy("TV(f′) of an interpolant ≥ TV of the spline's = Σ |s_(i+1) − s_i|", Interpolation.Arbitrary, instance =>
        {
            var spline = SecondVariation.Run(instance.ItsSpline);
            return SecondVariation.Run(instance.Interpolant) >= spline && spline == instance.LeastSecondVariation;
        });

    [Claim("smoothness.spline-min-pl1")]
    public void RandomInterpolants_AsNetworks_DerivativeVariesAtLeastAsMuchAsTheSplines() =>
        MeasuredInterpolants.AreAtLeastTheSpline(
            "f′", LineMeasures.GradientVariation, f => f.DerivativeVariation, one => one.LeastSecondVariation);

    /// <summary>Through (0, 0), (1, 1), (2, 0): slopes 1, −1, a variation of 2; by way of (1/2, 0) slopes 0, 2, −1: 2 + 3 = 5.</summary>
    [Claim("smoothness.spline-min-pl1")]
    public void ThreePoints_SecondVariation_ByHand()
    {
        SecondVariation.Run(Spline.Run([(0, 0), (1, 1), (2, 0)])).Should().Be((Rational)2);
        SecondVariation.Run(PiecewiseLinear.Through((0, 0), (new(1, 2), 0), (1, 1), (2, 0))).Should().Be((Rational)5);
    }

    [Claim("smoothness.spline-min-pl1", Role.Control)]
    public void MissedData_InterpolationDropped_SecondVariationIsLess() =>
        ExactInstances.Violate("TV(f′) of a function that misses the second data point ≥ the spline's", Interpolation.Arbitrary, instance =>
            instance.Missing is { } missed ? missed.DerivativeVariation >= instance.LeastSecondVariation : null);

    /// <summary>
    /// When the spline alone is minimal: data one apart with slopes from −1, 0, 1, 2, all 4² + 4³ of two or three pieces, against all
    /// interpolants whose pieces are halved with slopes s − d and s + d, d from −1, −1/2, 0, 1/2, 1. There is another minimiser exactly
    /// when an inner slope lies strictly between its neighbours.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.not-unique")]
    public void AllSmallSplines_HaveARivalExactlyWhenAnInnerSlopeLiesBetweenItsNeighbours()
    {
        List<int[]> all = [.. Tuples([-1, 0, 1, 2], 2), .. Tuples([-1, 0, 1, 2], 3), [0, 1, 1, 2], [0, 1, 0, 1], [2, 1, 0, -1]];
        all.Should().OnlyContain(slopes => HasRival(slopes) == IsBetween(slopes));
        Evidence.Record(new Measurement(
            "splines with a rival exactly when an inner slope lies strictly between its neighbours", all.Count, "all 83 that were tried")
            { Samples = all.Count, Dtype = "exact (rationals)" });
    }

    /// <summary>Slopes −1, 0, 1 (the data of eq. 3.14): |x| − 1 has slopes −1, 1 and the same variation, 2.</summary>
    [Claim("smoothness.spline-min-pl1.not-unique")]
    public void DataOfExample314_HaveARivalByHand()
    {
        SecondVariation.Run(PiecewiseLinear.Through((-2, 1), (0, -1), (2, 1))).Should().Be((Rational)2);
        SecondVariation.Run(Spline.Run(Example314.Data)).Should().Be((Rational)2);
    }

    /// <summary>The two as networks, and measured.</summary>
    [Claim("smoothness.spline-min-pl1.not-unique")]
    public void DataOfExample314_HaveAMeasuredRival()
    {
        PiecewiseLinear[] both = [PiecewiseLinear.Through((-2, 1), (0, -1), (2, 1)), Spline.Run(Example314.Data)];
        both.Select(f => LineMeasures.GradientVariation(Remark_OneDimension.Represent.Run(f).ToSmallNetwork(), [-2], [2]))
            .Should().Equal(2, 2);
    }

    /// <summary>
    /// Three data (0, 0), (1, 0), (2, 1), slopes 0 and 1: TV(f′) = 1 forces f′ ≥ 0 to have mean 0 on the first piece and f′ ≤ 1 to have
    /// mean 1 on the second, so only the spline is minimal.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.not-unique", Role.Control)]
    public void ThreeData_ConditionDropped_SplineIsTheOnlyMinimiser()
    {
        HasRival([0, 1]).Should().BeFalse();
        var minimal = Halved([0, 1]).Count(f => SecondVariation.Run(f) <= 1);
        minimal.Should().Be(1);
        Evidence.Record(new Measurement(
            "interpolants of (0, 0), (1, 0), (2, 1) with the spline's variation of f′, of 25 with halved pieces",
            minimal,
            "control: 1, the spline itself")
            { Samples = 25, Dtype = "exact (rationals)" });
    }

    [Claim("smoothness.spline-min-pl1.not-unique", Role.Control)]
    public void WeaklyBetween_StrictDropped_IsCaught() =>
        HasRival([0, 1, 1, 2]).Should().BeFalse("the inner slopes lie only weakly between their neighbours");

    private static bool HasRival(int[] slopes)
    {
        var least = Enumerable.Range(1, slopes.Length - 1).Sum(i => Math.Abs(slopes[i] - slopes[i - 1]));
        return Halved(slopes).Count(f => SecondVariation.Run(f) <= least) > 1;
    }

    private static bool IsBetween(int[] slopes) =>
        Enumerable.Range(1, Math.Max(0, slopes.Length - 2)).Any(i => (slopes[i] - slopes[i - 1]) * (slopes[i + 1] - slopes[i]) > 0);

    // Every piece [i, i + 1] in two halves with slopes s − d and s + d, d = −1, −1/2, 0, 1/2, 1.
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
}
