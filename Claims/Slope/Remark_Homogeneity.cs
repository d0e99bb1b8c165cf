using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// After Proposition 7: Slope_cf = c·Slope_f for c &gt; 0. The map cf is built along each direction of Proposition 7, so that the
/// factor sits in a different layer each time.
/// </summary>
public sealed class Remark_Homogeneity
{
    private const string Tolerance = "8γ_k max(1, |c|) times the sum of the entries of |W_n|⋯|W_1|";

    /// <summary>The factor of Slope_f when f is multiplied by c.</summary>
    private static readonly UnderTest<Func<double, double>> Factor = new(
        Math.Abs,
        ("slope-factor-with-its-sign", c => c),
        ("slope-factor-squared", c => c * c),
        ("slope-factor-one", _ => 1));

    [Claim("slope.homogeneous")]
    public void RandomNetworks_PositiveFactor_MultipliesTheSlope() =>
        Instances.Satisfy(
            "|Slope_cf − c·Slope_f|, c = 0.25, 3, 1000, every layer, p = 1, 2, ∞",
            NetworkAtPoint.Arbitrary,
            instance => Scaled(instance, [0.25, 3, 1000], Factor.Run, ClosedForms),
            Tolerance,
            count: 75);

    /// <summary>On small integers nothing is rounded for p = 1 and ∞.</summary>
    [Claim("slope.homogeneous")]
    public void LatticeNetworks_PositiveFactor_MultipliesTheSlopeExactly() =>
        Instances.Satisfy(
            "Slope_cf against c·Slope_f, c = 0.25, 3, every layer, p = 1, ∞",
            LatticeNetworks.Arbitrary,
            instance => Scaled(instance, [0.25, 3], Factor.Run, [1, double.PositiveInfinity]) is { } scaling
                ? Deviation.Exact(scaling.Error == 0)
                : null,
            "none: small integers are exact in float64",
            count: 150);

    /// <summary>(x, y) ↦ 2x + y has 2-slope √5; its triple has 3√5.</summary>
    [Claim("slope.homogeneous")]
    public void LinearMap_ByHand_Triples()
    {
        double Slope(double c)
        {
            using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 2 * c, c } }).ToEnsemble();
            return Number(NetworkGeometry.Slopes.Run(ensemble, Batch([1, 1]), 2));
        }

        Slope(1).Should().BeApproximately(Math.Sqrt(5), 8 * Rounding.Unit * 3);
        Slope(3).Should().BeApproximately(3 * Math.Sqrt(5), 8 * Rounding.Unit * 9);
    }

    [Claim("slope.homogeneous", Role.Control)]
    public void NegativeFactor_HypothesisDropped_IsCaught() =>
        Instances.Violate(
            "Slope_(−2f) = −2·Slope_f",
            NetworkAtPoint.Arbitrary,
            instance => Scaled(instance, [-2], c => c, ClosedForms, lastLayerOnly: true));

    /// <summary>With |c| in place of c the statement also covers negative factors, at the last layer.</summary>
    [Claim("slope.homogeneous")]
    public void RandomNetworks_NegativeFactor_MultipliesByItsMagnitude() =>
        Instances.Satisfy(
            "|Slope_cf − |c|·Slope_f|, c = −2",
            NetworkAtPoint.Arbitrary,
            instance => Scaled(instance, [-2], Factor.Run, ClosedForms, lastLayerOnly: true),
            Tolerance,
            count: 100);

    private static Deviation? Scaled(
        NetworkAtPoint instance, double[] factors, Func<double, double> expected, double[] orders, bool lastLayerOnly = false)
    {
        if (!OffTheKinks(instance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var ensemble = instance.Network.ToEnsemble();
        var points = Batch(instance.Point);
        var rounding = Rounding.OfJacobian(instance.Network);
        var worst = new Deviation(0, rounding);
        foreach (var p in orders)
        {
            var slope = Number(NetworkGeometry.Slopes.Run(ensemble, points, p));
            for (var layer = lastLayerOnly ? ensemble.Shape.Layers : 1; layer <= ensemble.Shape.Layers; layer++)
            {
                foreach (var c in factors)
                {
                    var scaled = ScalingDirection.Move(ensemble, ScalingDirection.Of(ensemble, layer), c - 1);
                    var error = Math.Abs(Number(NetworkGeometry.Slopes.Run(scaled, points, p)) - (expected(c) * slope));
                    worst = Deviation.Worse(worst, new Deviation(error, rounding * Math.Max(1, Math.Abs(c))));
                }
            }
        }

        return worst;
    }
}
