using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.SmoothnessMeasures;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 4.4.2: PL0 of a function that fits comes down to 1, “as opposed to 0 in other measures”. WP does not come down to 0 unless all
/// labels are equal; in one dimension, with P_X uniform, neither does GN, and PL1⁽¹⁾ does only for data on a line.
/// </summary>
public sealed class Eq48_OtherMeasures
{
    /// <summary>2[x]₊ − 1, through (0, −1) and (1, 1).</summary>
    private static readonly SmallNetwork Ramp = TwoLayers(new double[,] { { 1 } }, [0], [2], shift: -1);

    /// <summary>Labels −1, 1 at 0, 1: the labels are 2 apart and the points 1, so no fit has WP or GN below 2. The ramp has 2.</summary>
    [Claim("smoothness.pl0-bound.others", Role.Counterexample)]
    public void TwoLabels_Ramp_HasTheLeastWeightsProductAndGradientNorm()
    {
        Values(Ramp, 0, 1).Should().Equal(-1, 1);
        var product = WeightsProductOf(Ramp);
        product.Should().Be(2);
        Enumerable.Range(1, 8).Average(x => GradientNormAt(Ramp, [x / 8.0])).Should().Be(2);
        Evidence.Record(new Measurement("least WP of a network through (0, −1) and (1, 1)", product, "0 as printed")
            { Dtype = "exact (integers)" });
    }

    /// <summary>Labels 1, −1, −1, 1 at 0, 1, 2, 3: the spline has slopes −2, 0, 2, which vary by 4, and no fit varies less.</summary>
    [Claim("smoothness.pl0-bound.others", Role.Counterexample)]
    public void FourLabels_Spline_HasTheLeastSecondVariation()
    {
        var spline = Interpolation.Spline.Run([(0, 1), (1, -1), (2, -1), (3, 1)]);
        var network = Remark_OneDimension.Represent.Run(spline).ToSmallNetwork();
        Values(network, 0, 1, 2, 3).Should().Equal(1, -1, -1, 1);
        var variation = LineMeasures.GradientVariation(network, [0], [3]);
        variation.Should().Be(4);
        MeanSlope(spline).Should().Be(new Rational(4, 3));
        Evidence.Record(new Measurement("least TV(f′) of a function through 1, −1, −1, 1 at 0, 1, 2, 3", variation, "0 as printed")
            { Dtype = "exact (integers)" });
    }

    [Claim("smoothness.pl0-bound.others", Role.Repair)]
    public void RandomNetworks_WeightsProduct_IsAtLeastTheSlopeBetweenTwoPoints() =>
        Instances.Satisfy("|f(b) − f(a)| less WP·‖b − a‖", TwoLayersOnSegment.Arbitrary, instance =>
        {
            var bound = SlopeBound(instance);
            return new Deviation(
                Math.Max(0, Rise(instance) - bound), 8 * Rounding.Gamma(instance.Network.Weights[0].Length) * Math.Abs(bound));
        }, "8γ_k of the bound, k the number of inner weights: roots of whole numbers, products and a sum");

    /// <summary>−2[3x + 4y]₊ falls by 50 from (0, 0) to (3, 4), which are 5 apart; WP = 2·5 = 10 is attained.</summary>
    [Claim("smoothness.pl0-bound.others", Role.Repair)]
    public void OneUnit_AlongItsGradient_AttainsTheBound()
    {
        var instance = new TwoLayersOnSegment(TwoLayers(new double[,] { { 3, 4 } }, [0], [-2]), [0, 0], [3, 4]);
        Rise(instance).Should().Be(50);
        SlopeBound(instance).Should().Be(50);
    }

    [Claim("smoothness.pl0-bound.others", Role.Repair)]
    public void RandomInterpolants_GradientNormAndSecondVariation_AreAtLeastTheSplines() =>
        ExactInstances.Satisfy(
            "GN ≥ Σ |y_(i+1) − y_i|/(x_n − x_1) and TV(f′) ≥ that of the spline, 0 only for equal labels and for data on a line",
            Interpolation.Arbitrary,
            instance =>
            {
                var (f, spline, data) = (instance.Interpolant, instance.ItsSpline, instance.Data);
                var least = instance.LeastVariation / (data[^1].X - data[0].X);
                var isOnALine = instance.Chords.All(chord => chord.Slope == instance.Chords[0].Slope);
                return MeanSlope(f) >= least
                    && MeanSlope(spline) == least
                    && f.DerivativeVariation >= spline.DerivativeVariation
                    && (least == 0) == data.All(point => point.Y == data[0].Y)
                    && (spline.DerivativeVariation == 0) == isOnALine;
            });

    /// <summary>[x]₊ does not fit the labels −1, 1 at 0, 1, and has WP = 1, below the bound 2.</summary>
    [Claim("smoothness.pl0-bound.others", Role.Control)]
    public void OneUnit_FitDropped_IsBelowTheBound() =>
        WeightsProductOf(TwoLayers(new double[,] { { 1 } }, [0], [1])).Should().BeLessThan(WeightsProductOf(Ramp));

    /// <summary>[6x − 2]₊ − [6x − 4]₊ − 1 fits these labels and is flat at both points: GN over the data alone is 0.</summary>
    [Claim("smoothness.pl0-bound.others", Role.Control)]
    public void FlatAtTheData_UniformDropped_HasNoGradientNorm()
    {
        var network = TwoLayers(new double[,] { { 6 }, { 6 } }, [-2, -4], [1, -1], shift: -1);
        Values(network, 0, 1).Should().Equal(-1, 1);
        (GradientNormAt(network, [0]), GradientNormAt(network, [1])).Should().Be((0.0, 0.0));
    }

    [Claim("smoothness.pl0-bound.others", Role.Control)]
    public void RandomNetworks_HalfOfTheWeightsProduct_IsCaught() =>
        Instances.Violate(
            "|f(b) − f(a)| ≤ WP/2·‖b − a‖",
            TwoLayersOnSegment.Arbitrary,
            instance => Deviation.Exact(Rise(instance) <= SlopeBound(instance) / 2),
            count: 1000);

    private static IEnumerable<double> Values(SmallNetwork network, params double[] points) =>
        points.Select(x => network.Evaluate([x]).Output[0]);

    private static double Rise(TwoLayersOnSegment instance) =>
        Math.Abs(instance.Network.Evaluate(instance.End).Output[0] - instance.Network.Evaluate(instance.Start).Output[0]);

    private static double SlopeBound(TwoLayersOnSegment instance) =>
        WeightsProductOf(instance.Network) * Math.Sqrt(instance.Start.Zip(instance.End, (a, b) => (b - a) * (b - a)).Sum());

    // GN for P_X uniform on the interval of f.
    private static Rational MeanSlope(PiecewiseLinear f) =>
        Rational.Sum(f.Slopes.Select((slope, i) => Rational.Abs(slope) * (f.Knots[i + 1] - f.Knots[i]))) / (f.Knots[^1] - f.Knots[0]);
}
