using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Equation 2: J = W_n Z_(n−1) W_(n−1) ⋯ Z_1 W_1 with Z_i the diagonal matrix of the active units. On small integers float64 is exact,
/// so the library's product is compared with exact derivatives without tolerance; on numbers of all sizes, with automatic
/// differentiation. On a kink the equation can fail although J exists.
/// </summary>
public sealed class Eq2_Jacobian
{
    private const string Tolerance = Rounding.JacobianTolerance;

    [Claim("slope.eq-2")]
    public void RandomNetworks_LayerProduct_IsTheAutogradJacobian() =>
        Instances.Satisfy(
            "largest entry of |product − autograd|",
            NetworkAtPoint.Arbitrary,
            instance => OffTheKinks(instance) ? AgainstAutograd(instance) : null,
            Tolerance);

    [Claim("slope.eq-2")]
    public void LatticeNetworks_LayerProduct_HasTheExactDerivatives() =>
        Instances.Satisfy(
            "entries of the product against exact derivatives along the axes",
            LatticeNetworks.Arbitrary,
            instance => LinearRegions.IsOffTheKinks(instance.Network.Exact(), Arrays.Exact(instance.Point))
                ? AgainstExactDerivatives(instance)
                : null,
            "none: sums and products of small integers are exact in float64",
            dtype: "exact (rationals)");

    /// <summary>Three replicas at four points of their own: the batched computation keeps replicas and points apart.</summary>
    [Claim("slope.eq-2")]
    public void Ensemble_OfThreeReplicasAtFourPoints_MatchesAutograd()
    {
        using var scope = NewDisposeScope();
        var seeds = Enumerable.Range(0, 3).Select(replica => Seed.Of(("replica", replica))).ToList();
        var ensemble = Initialisation.PyTorchDefault(new FullyConnectedShape(5, 7, 6, 3), seeds, float64);
        var generator = Seed.Of(("points", 0)).Generator();
        var points = tensor([.. Enumerable.Range(0, 3 * 4 * 5).Select(_ => (2 * generator.NextDouble()) - 1)], [3, 4, 5]);
        var (product, automatic) = (NetworkGeometry.Jacobians.Run(ensemble, points), Jacobian.ByAutograd(ensemble, points));
        product.shape.Should().Equal(3, 4, 3, 5);
        var error = (product - automatic).abs().max().item<double>();
        Evidence.Record(new Measurement(
            "largest entry of |product − autograd|, 3 replicas × 4 points of a 5-7-6-3 network",
            error,
            "at most 1e-14: entries below 1, 18 operations a term")
        {
            Dtype = "float64",
            Samples = 12,
        });
        error.Should().BeLessThanOrEqualTo(1e-14);
    }

    /// <summary>ReLU(2x) + ReLU(x − 3) by hand: J is 0, 2 and 3 on the three pieces.</summary>
    [Claim("slope.eq-2")]
    public void TwoUnits_ByHand_GiveTheThreePieces()
    {
        var network = new SmallNetwork([new double[,] { { 2 }, { 1 } }, new double[,] { { 1, 1 } }], [[0, -3], [0]]);
        var jacobians = Numbers(NetworkGeometry.Jacobians.Run(network.ToEnsemble(), tensor([-1.0, 1, 4], [3, 1])));
        jacobians.Should().Equal(0, 2, 3);
        Evidence.Record(new Measurement("J of ReLU(2x) + ReLU(x − 3) at −1, 1, 4", jacobians[2], "0, 2, 3 by hand")
        {
            Series = jacobians,
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// ReLU(x) − ReLU(−x) = x has J = 1 everywhere, 0 included. There both units have the value 0, and Z "depending on the value"
    /// gives either J = 0 (both off) or J = 1·1 + (−1)·(−1) = 2 (both on).
    /// </summary>
    [Claim("slope.eq-2", Role.Counterexample)]
    public void IdentityAtZero_WhereTheJacobianExists_IsMissedByEitherConvention()
    {
        Identity.DirectionalDerivative([0], [1]).Should().Equal(1.0);
        Identity.DirectionalDerivative([0], [-1]).Should().Equal([-1.0], "so f is differentiable at 0 with J = 1");

        using var ensemble = Identity.ToEnsemble();
        var bothOff = Number(NetworkGeometry.Jacobians.Run(ensemble, Batch([0])));
        var bothOn = Number(ensemble.Weights[1].bmm(ensemble.Weights[0]));
        bothOff.Should().Be(0);
        bothOn.Should().Be(2);
        Number(Jacobian.ByAutograd(ensemble, Batch([0]))).Should().Be(0, "automatic differentiation takes ReLU'(0) = 0, wrong here too");
        Evidence.Record(new Measurement(
            "eq. 2 for ReLU(x) − ReLU(−x) = x at x = 0, where J = 1", bothOff, "0 with both units off, 2 with both on")
        {
            Series = [bothOff, bothOn],
            Dtype = "exact (integers)",
        });
    }

    [Claim("slope.eq-2", Role.Control)]
    public void PointsOnKinks_HypothesisDropped_AreCaught() =>
        Instances.Violate(
            "entries of the product against exact derivatives, kinks included",
            LatticeNetworks.Arbitrary,
            AgainstExactDerivatives,
            dtype: "exact (rationals)");

    /// <summary>
    /// Where a whole layer is off, the product and the exact derivatives along the axes are 0. The instances are random networks with
    /// one hidden layer's biases lowered until it is off.
    /// </summary>
    [Claim("slope.eq-2.zero")]
    public void RandomNetworks_DeadLayer_HasNoDerivative() =>
        Instances.Satisfy(
            "the product and the derivatives along the axes where a layer is dead",
            LatticeNetworks.Arbitrary,
            instance => WithDeadLayer(instance) is { } dead ? Deviation.Exact(IsFlat(dead)) : null,
            "none: zeros are exact",
            dtype: "exact (rationals)");

    /// <summary>Every mask that is not zero has p-norm 1: a diagonal of zeros and ones.</summary>
    [Claim("slope.eq-2.zero")]
    public void RandomNetworks_LiveLayers_HaveMasksOfNormOne() =>
        Instances.Satisfy("|‖Z_i‖_p − 1| of live layers, p = 1, 2, ∞", LatticeNetworks.Arbitrary, MaskNorms, "none: ones are exact");

    /// <summary>A network whose only hidden layer is off around x = 1, and one unit of it on around x = −1.</summary>
    [Claim("slope.eq-2.zero")]
    public void DeadLayer_ByHand_IsZeroAndOneLiveUnitIsNot()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { -1 }, { -2 } }, new double[,] { { 5, 0 } });
        network.DirectionalDerivative([1], [1]).Should().Equal(0.0);
        network.DirectionalDerivative([-1], [1]).Should().Equal(-5.0);
        Numbers(NetworkGeometry.Jacobians.Run(network.ToEnsemble(), tensor([1.0, -1], [2, 1]))).Should().Equal(0, -5);
    }

    /// <summary>The check of dead layers on a kink: Z = 0 by its values, and the derivative is 1.</summary>
    [Claim("slope.eq-2.zero", Role.Control)]
    public void PointOnAKink_HypothesisDropped_IsCaught() =>
        IsFlat(new NetworkAtPoint(Identity, [0])).Should().BeFalse();

    /// <summary>At x = 0 the identity of slope.eq-2 has Z = 0 and yet J = 1: the statement needs a point off the kinks.</summary>
    [Claim("slope.eq-2.zero", Role.Counterexample)]
    public void IdentityAtZero_WithAllUnitsAtZero_HasAJacobianOfOne()
    {
        Numbers(Identity.ToEnsemble().Masks(Batch([0]))[0]).Should().Equal(0, 0);
        var derivative = Identity.DirectionalDerivative([0], [1])[0];
        derivative.Should().Be(1);
        Identity.DirectionalDerivative([0], [-1]).Should().Equal(-1.0);
        Evidence.Record(new Measurement("J of ReLU(x) − ReLU(−x) at x = 0, where Z = 0", derivative, "0 as published")
        {
            Dtype = "exact (integers)",
        });
    }

    [Claim("slope.eq-2.zero", Role.Control)]
    public void NoDeadLayer_HypothesisDropped_IsCaught() =>
        Instances.Violate("J = 0 although every layer has an active unit", NetworkAtPoint.Arbitrary, instance =>
        {
            using var scope = NewDisposeScope();
            var ensemble = instance.Network.ToEnsemble();
            var alive = ensemble.Masks(Batch(instance.Point)).All(mask => mask.max().item<double>() == 1);
            return alive ? new Deviation(Jacobian.ByLayers(ensemble, Batch(instance.Point)).abs().max().item<double>(), 0) : null;
        });

    private static Deviation AgainstAutograd(NetworkAtPoint instance)
    {
        using var scope = NewDisposeScope();
        var ensemble = instance.Network.ToEnsemble();
        var points = Batch(instance.Point);
        var error = (NetworkGeometry.Jacobians.Run(ensemble, points) - Jacobian.ByAutograd(ensemble, points)).abs().max().item<double>();
        return new Deviation(error, Rounding.OfJacobian(instance.Network));
    }

    private static Deviation? AgainstExactDerivatives(NetworkAtPoint instance)
    {
        using var scope = NewDisposeScope();
        var product = Numbers(NetworkGeometry.Jacobians.Run(instance.Network.ToEnsemble(), Batch(instance.Point))).Select(Rational.Of);
        var derivatives = instance.Network.Exact().DerivativesAlongAxes(Arrays.Exact(instance.Point));
        return Deviation.Exact(product.SequenceEqual(derivatives.Cast<Rational>()));
    }

    // The biases of the middle hidden layer lowered until all its units are off.
    private static NetworkAtPoint? WithDeadLayer(NetworkAtPoint instance)
    {
        var network = instance.Network;
        if (network.Layers == 1)
        {
            return null;
        }

        var layer = (network.Layers - 1) / 2;
        var reach = network.Evaluate(instance.Point).Preactivations[layer].Max(Math.Abs);
        double[][] biases = [.. network.Biases];
        biases[layer] = [.. biases[layer].Select(bias => bias - (2 * reach) - 1)];
        return instance with { Network = network with { Biases = biases } };
    }

    private static bool IsFlat(NetworkAtPoint instance)
    {
        using var scope = NewDisposeScope();
        var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
        var derivatives = SignedAxes(point.Length).SelectMany(axis => network.DirectionalDerivative(point, Arrays.Exact(axis)));
        return derivatives.All(speed => speed == 0)
            && Numbers(NetworkGeometry.Jacobians.Run(instance.Network.ToEnsemble(), Batch(instance.Point))).All(entry => entry == 0);
    }

    private static Deviation? MaskNorms(NetworkAtPoint instance)
    {
        using var scope = NewDisposeScope();
        var masks = NetworkGeometry.Masks.Run(instance.Network.ToEnsemble(), Batch(instance.Point));
        var live = masks.Where(mask => mask.max().item<double>() > 0).ToList();
        var norms = from mask in live
                    let diagonal = eye(mask.size(2), dtype: float64) * mask.squeeze(0)
                    from p in ClosedForms
                    select Number(MatrixNorm.Of(diagonal, p));
        return live.Count == 0 ? null : new Deviation(norms.Max(norm => Math.Abs(norm - 1)), 0);
    }
}
