using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Equations 3.12 and 3.13: among continuous piecewise linear functions through given data the linear spline has the least variation. So do
/// all interpolants that are monotone between neighbouring data.
/// </summary>
public sealed class Eq312_MinimalVariation
{
    [Claim("smoothness.spline-min-pl0")]
    public void RandomInterpolants_VaryAtLeastAsMuchAsTheSpline() =>
        ExactInstances.Satisfy("TV of an interpolant ≥ TV of the spline = Σ |y_(i+1) − y_i|", Interpolation.Arbitrary, instance =>
        {
            var spline = PartitionVariation.Sum.Run(instance.ItsSpline.Values);
            return PartitionVariation.Sum.Run(instance.Interpolant.Values) >= spline && spline == instance.LeastVariation;
        });

    /// <summary>As two-layer networks, and measured: no less than the spline, which has Σ |y_(i+1) − y_i|.</summary>
    [Claim("smoothness.spline-min-pl0")]
    public void RandomInterpolants_AsNetworks_VaryAtLeastAsMuchAsTheSpline() =>
        MeasuredInterpolants.AreAtLeastTheSpline("f", LineMeasures.FunctionVariation, f => f.Variation, one => one.LeastVariation);

    /// <summary>Through (0, 0), (1, 2), (2, 1): the spline varies by 2 + 1 = 3; by way of (1/2, 3) it is 3 + 1 + 1 = 5.</summary>
    [Claim("smoothness.spline-min-pl0")]
    public void ThreePoints_Variation_ByHand()
    {
        PartitionVariation.Sum.Run(Interpolation.Spline.Run([(0, 0), (1, 2), (2, 1)]).Values).Should().Be((Rational)3);
        PartitionVariation.Sum.Run(PiecewiseLinear.Through((0, 0), (new(1, 2), 3), (1, 2), (2, 1)).Values).Should().Be((Rational)5);
    }

    [Claim("smoothness.spline-min-pl0", Role.Control)]
    public void MissedData_InterpolationDropped_VariesLess() =>
        ExactInstances.Violate("TV of a function that misses the second data point ≥ TV of the spline", Interpolation.Arbitrary, instance =>
            instance.Missing is { } missed ? missed.Variation >= instance.LeastVariation : null);

    [Claim("smoothness.spline-min-pl0.not-unique")]
    public void RandomInterpolants_AreMinimalExactlyWhenMonotoneBetweenData() =>
        ExactInstances.Satisfy("an interpolant's TV is minimal ⇔ it is monotone between data", Interpolation.Arbitrary, instance =>
            (PartitionVariation.Sum.Run(instance.Interpolant.Values) == instance.LeastVariation) == instance.IsMonotoneBetweenData);

    /// <summary>As networks, measured: labels and values are whole, so that whatever turns back varies by at least 1 more.</summary>
    [Claim("smoothness.spline-min-pl0.not-unique")]
    public void RandomInterpolants_MeasuredVariation_IsMinimalExactlyWhenMonotoneBetweenData() =>
        ExactInstances.Satisfy(
            "library's TV within ½ of Σ |y_(i+1) − y_i| ⇔ monotone between data",
            Interpolation.Arbitrary,
            instance => MeasuredInterpolants
                .Compare(instance.Interpolant, LineMeasures.FunctionVariation, instance.LeastVariation).Error < 0.5
                == instance.IsMonotoneBetweenData,
            count: 100);

    /// <summary>If two neighbouring labels differ there is another: the first such piece made flat at first, then twice as steep.</summary>
    [Claim("smoothness.spline-min-pl0.not-unique")]
    public void RandomData_WithDifferentLabels_HaveAnotherMinimiser() =>
        ExactInstances.Satisfy("a bent spline has the spline's variation, and other values", Interpolation.Arbitrary, instance =>
        {
            var data = instance.Data;
            var rising = Enumerable.Range(0, data.Length - 1).FirstOrDefault(i => data[i].Y != data[i + 1].Y, -1);
            if (rising < 0)
            {
                return null;
            }

            var middle = (data[rising].X + data[rising + 1].X) / 2;
            var bent = PiecewiseLinear.Through([.. data[..(rising + 1)], (middle, data[rising].Y), .. data[(rising + 1)..]]);
            return PartitionVariation.Sum.Run(bent.Values) == instance.LeastVariation && bent.At(middle) != instance.ItsSpline.At(middle);
        });

    /// <summary>
    /// Equal labels, (0, 0) and (1, 0): the spline is 0, of variation 0, and a function of variation 0 is constant. So the spline is the
    /// only minimiser; of all interpolants with values −4 … 4 at the thirds it alone attains 0.
    /// </summary>
    [Claim("smoothness.spline-min-pl0.not-unique", Role.Control)]
    public void EqualLabels_SplineIsTheOnlyMinimiser()
    {
        var values = Enumerable.Range(-4, 9).ToList();
        var minimal = from first in values
                      from second in values
                      where PartitionVariation.Sum.Run([0, first, second, 0]) == 0
                      select (first, second);
        minimal.Should().Equal((0, 0));
        Evidence.Record(new Measurement(
            "interpolants of (0, 0), (1, 0) with the spline's variation, of 81 with values −4 … 4 at the thirds",
            minimal.Count(),
            "control: 1, the spline itself")
            { Samples = 81, Dtype = "exact (integers)" });
    }

    [Claim("smoothness.spline-min-pl0.not-unique", Role.Control)]
    public void InterpolantsThatTurnBack_MonotoneDropped_AreCaught() =>
        ExactInstances.Violate("every interpolant is minimal", Interpolation.Arbitrary, instance =>
            instance.Interpolant.Variation == instance.LeastVariation);
}
