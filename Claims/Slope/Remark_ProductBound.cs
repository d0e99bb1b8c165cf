using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Below equation 2: ‖J‖_p ≤ ‖W_n‖_p ⋯ ‖W_1‖_p. For p = 1, 2, ∞ both sides have closed forms. For other p the left side is a
/// lower bound that a vector attains and each factor on the right an upper bound, so a violation found would be certain, while
/// a violation smaller than the width of the enclosures would go unseen; the width is recorded.
/// </summary>
public sealed class Remark_ProductBound
{
    private const string Tolerance = Rounding.JacobianTolerance;
    private static readonly double[] OtherOrders = [1.5, 4];

    /// <summary>‖W_1‖_p, …, ‖W_n‖_p, for p without a closed form from above.</summary>
    private static readonly UnderTest<Func<IReadOnlyList<Tensor>, double, IEnumerable<double>>> Factors = new(
        UpperBounds,
        ("product-without-the-first-layer", (weights, p) =>
            UpperBounds([.. weights.Skip(weights.Count > 1 ? 1 : 0)], p)),
        ("product-of-transposed-norms", (weights, p) => UpperBounds([.. weights.Select(weight => weight.mT)], p)),
        ("product-of-spectral-norms-for-all-p", (weights, _) => weights.Select(weight => Number(MatrixNorm.Of(weight, 2)))),
        ("product-of-largest-entries", (weights, _) => weights.Select(weight => weight.abs().max().item<double>())));

    [Claim("slope.product-bound")]
    public void RandomNetworks_SlopeNeverExceedsTheProductOfNorms() =>
        Instances.Satisfy(
            "excess of ‖J‖_p over ∏‖W_i‖_p, p = 1, 2, ∞",
            NetworkAtPoint.Arbitrary,
            instance => Excess(instance, ClosedForms),
            Tolerance);

    [Claim("slope.product-bound")]
    public void RandomNetworks_ForOtherP_SlopeNeverExceedsTheProductOfNorms() =>
        Instances.Satisfy(
            "certain excess of ‖J‖_p over ∏‖W_i‖_p, p = 1.5, 4",
            NetworkAtPoint.Arbitrary,
            instance => Excess(instance, OtherOrders),
            Tolerance,
            count: 40);

    /// <summary>
    /// On kinks, where eq. 2 says nothing: no one-sided derivative along the signed axes (p = 1) and the sign vectors (p = ∞) is
    /// faster than the product, so where f is differentiable on a kink the bound holds too. No instance is left out.
    /// </summary>
    [Claim("slope.product-bound")]
    public void RandomNetworks_OnAndOffKinks_NoDirectionIsFasterThanTheProduct() =>
        Instances.Satisfy(
            "‖f'(x; v)‖_p/‖v‖_p against ∏‖W_i‖_p, p = 1, ∞",
            LatticeNetworks.Arbitrary,
            instance => Deviation.Exact(NoDirectionIsFaster(instance)),
            "none: small integers are exact in float64",
            dtype: "exact (rationals)");

    /// <summary>One unit a layer and positive numbers: the bound is an equality, 2·3·4 = 24.</summary>
    [Claim("slope.product-bound")]
    public void OneWideNetwork_ByHand_AttainsTheBound()
    {
        using var ensemble =
            SmallNetwork.WithoutBiases(new double[,] { { 2 } }, new double[,] { { 3 } }, new double[,] { { 4 } }).ToEnsemble();
        double[] slopes = [.. ClosedForms.Select(p => Number(Geometry.Slope.At(ensemble, Batch([1]), p)))];
        slopes.Should().Equal(24, 24, 24);
        Evidence.Record(new Measurement(
            "slope of 4 ReLU(3 ReLU(2x)) at 1; the series has p = 1, 2, ∞", slopes[1], "the product of the norms, 24: equality")
        {
            Series = slopes,
            Dtype = "float64",
        });
    }

    /// <summary>With a dead layer the slope is 0 and the bound unchanged; the step ‖Z‖_p = 1 is then an inequality.</summary>
    [Claim("slope.product-bound")]
    public void DeadLayer_ByHand_IsBelowTheBound()
    {
        using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 2 } }, new double[,] { { 3 } }).ToEnsemble();
        Number(Geometry.Slope.At(ensemble, Batch([-1]), 2)).Should().Be(0);
    }

    [Claim("slope.product-bound")]
    public void WidthOfTheEnclosure_ForOtherP_IsKnown()
    {
        var generator = Randomness.Seed.Of(("claim", "slope.product-bound"), ("quantity", "width")).Generator();
        foreach (var p in OtherOrders)
        {
            using var scope = NewDisposeScope();
            var matrices = tensor([.. Enumerable.Range(0, 100 * 5 * 5).Select(_ => (2 * generator.NextDouble()) - 1)], [100, 5, 5]);
            var (lower, upper) = MatrixNorm.Enclose(matrices, p);
            var width = (upper / lower).max().item<double>() - 1;
            Evidence.Record(new Measurement(
                $"widest relative enclosure of a random 5 × 5 matrix, p = {p}",
                width,
                "below 0.5: how sharp the check for other p is; no claim of the paper rests on it")
            {
                Samples = 100,
                Dtype = "float64",
            });
            width.Should().BeInRange(0, 0.5);
        }
    }

    /// <summary>No smaller constant will do: where the bound is an equality, nine tenths of it are too little.</summary>
    [Claim("slope.product-bound", Role.Control)]
    public void NineTenthsOfTheProduct_AreCaught() =>
        Instances.Violate("‖J‖_p ≤ 0.9 ∏‖W_i‖_p", NetworkAtPoint.Arbitrary, instance => Excess(instance, ClosedForms, share: 0.9));

    private static IEnumerable<double> UpperBounds(IReadOnlyList<Tensor> weights, double p) =>
        weights.Select(weight => Number(MatrixNorm.Enclose(weight, p, iterations: 0).Upper));

    private static bool NoDirectionIsFaster(NetworkAtPoint instance)
    {
        using var scope = NewDisposeScope();
        var weights = instance.Network.ToEnsemble().Weights;
        var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
        bool Holds(IEnumerable<double[]> directions, double p)
        {
            var product = Rational.Of(Factors.Run(weights, p).Aggregate(1.0, (product, norm) => product * norm));
            return directions.Select(Arrays.Exact)
                .All(v => Fractions.Norm(network.DirectionalDerivative(point, v), p) <= product * Fractions.Norm(v, p));
        }

        return Holds(SignedAxes(point.Length), 1) && Holds(SignVectors(point.Length), double.PositiveInfinity);
    }

    private static Deviation? Excess(NetworkAtPoint instance, double[] orders, double share = 1)
    {
        if (!OffTheKinks(instance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var ensemble = instance.Network.ToEnsemble();
        var jacobian = Jacobian.ByLayers(ensemble, Batch(instance.Point));
        var allowed = Rounding.OfJacobian(instance.Network);
        var worst = new Deviation(0, allowed);
        foreach (var p in orders)
        {
            var bound = Factors.Run(ensemble.Weights, p).Aggregate(share, (product, norm) => product * norm);
            var slope = Number(ClosedForms.Contains(p)
                ? NetworkGeometry.Slopes.Run(ensemble, Batch(instance.Point), p)
                : MatrixNorm.Enclose(jacobian, p, iterations: 20).Lower);
            worst = Deviation.Worse(worst, new Deviation(Math.Max(0, slope - bound), allowed));
        }

        return worst;
    }
}
