using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// The factor L_p of Proposition 3.1, the product of the activations' derivatives along a path. It lies in [0, 1] if every activation is
/// 1-Lipschitz and non-decreasing; 1-Lipschitz alone gives [−1, 1]. Units appended to a path never raise it; units prepended to it can.
/// And a smaller L_p does not make a deeper network flatter, because the weights count as well.
/// </summary>
public sealed class Prop31_PathFactor
{
    private static readonly UnderTest<Func<ActivationPath, Rational>> Factor = new(
        path => path.Factor(),
        ("path-factor-as-a-sum", path => Rational.Sum(path.Steps.Select(step => Rational.Of(step.Activation.Derivative(step.At))))),
        ("path-factor-of-values", path => Fractions.Product(path.Steps.Select(step => Rational.Of(step.Activation.Value(step.At))))),
        ("path-factor-of-reciprocals", path => Fractions.Product(path.Steps.Select(step =>
            step.Activation.Derivative(step.At) is var slope && slope == 0 ? 0 : 1 / Rational.Of(slope)))));

    private static readonly UnderTest<Func<FullyConnected, Tensor, Tensor>> LargestEigenvalue = new(
        (network, points) => PulledBackMetric.LargestEigenvalue(network, points, OutputMetric.SquareLoss),
        ("metric-eigenvalue-of-the-path-factor", (network, points) =>
            PulledBackMetric.LargestEigenvalue(network, points, OutputMetric.SquareLoss).clamp_max(1)),
        ("metric-eigenvalue-unsquared", (network, points) => Geometry.Slope.At(network, points)));

    [Claim("design.path-factor")]
    public void ActivationsThatNeverFall_FactorLiesBetweenZeroAndOne() =>
        ExactInstances.Satisfy(
            "L_p in [0, 1]",
            ActivationPath.Over(Activation.NeverFalling),
            path => Between(path, 0),
            count: 600);

    [Claim("design.path-factor")]
    public void LipschitzActivations_FactorLiesBetweenMinusOneAndOne() =>
        ExactInstances.Satisfy(
            "L_p in [−1, 1]",
            ActivationPath.Over([.. Activation.NeverFalling, .. Activation.Falling]),
            path => Between(path, -1),
            count: 600);

    /// <summary>The lists are right: no secant of a listed activation is steeper than 1, and none of the first list's falls.</summary>
    [Claim("design.path-factor")]
    public void ListedActivations_AreLipschitz_AndTheirDerivativesAreTheLimitsOfSecants()
    {
        var places = Enumerable.Range(-80, 161).Select(step => (step / 16.0) + (1.0 / 64)).ToList();
        foreach (var activation in Activation.NeverFalling.Concat(Activation.Falling))
        {
            var secants = places.Zip(places.Skip(1), (from, to) => (activation.Value(to) - activation.Value(from)) / (to - from)).ToList();
            secants.Max(Math.Abs).Should().BeLessThanOrEqualTo(1 + 1e-14, activation.Name);
            (secants.Min() >= -1e-14).Should().Be(Activation.NeverFalling.Contains(activation), activation.Name);
            places.Max(at => Math.Abs(((activation.Value(at + 1e-6) - activation.Value(at - 1e-6)) / 2e-6) - activation.Derivative(at)))
                .Should().BeLessThan(1e-9, "a central difference errs by h²/6 times the third derivative and by rounding over h");
        }
    }

    /// <summary>For ReLU the library's masks are the derivatives; a path has one unit of each hidden layer.</summary>
    [Claim("design.path-factor")]
    public void RandomReluNetworks_LibrarysMasks_MultiplyToFactorsBetweenZeroAndOne() =>
        ExactInstances.Satisfy(
            "smallest and largest product of the library's masks along a path in [0, 1]",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var masks = MasksOf(instance);
                return masks.Aggregate(1.0, (product, layer) => product * layer.Min()) >= 0
                    && masks.Aggregate(1.0, (product, layer) => product * layer.Max()) <= 1;
            });

    /// <summary>ReLU at 2, tanh at 0 and a leaky ReLU of slope 1/128 at −1: L_p = 1 · 1 · 1/128.</summary>
    [Claim("design.path-factor")]
    public void ThreeUnits_ByHand_GiveOneOver128() =>
        Factor.Run(new ActivationPath([(Activation.NeverFalling[1], 2), (Activation.NeverFalling[4], 0), (Activation.NeverFalling[2], -1)]))
            .Should().Be(new Rational(1, 128));

    /// <summary>
    /// a(t) = −t is 1-Lipschitz, with |a(s) − a(t)| = |s − t|, and its derivative is −1: one such unit gives L_p = −1. So does sin t at π,
    /// with the derivative cos π, and |t| at −1.
    /// </summary>
    [Claim("design.path-factor", Role.Counterexample)]
    public void Negation_WhichIsLipschitz_HasFactorMinusOne()
    {
        Factor.Run(new ActivationPath([(Activation.Sine, Math.PI)])).Should().Be((Rational)(-1));
        Factor.Run(new ActivationPath([(Activation.Magnitude, -1)])).Should().Be((Rational)(-1));
        var factor = Factor.Run(new ActivationPath([(Activation.Negation, 1)]));
        factor.Should().Be((Rational)(-1));
        Evidence.Record(new Measurement("L_p of one unit with a(t) = −t", factor.ToDouble(), "Proposition 3.1 says 0 ≤ L_p ≤ 1")
        {
            Paper = "0 ≤ L_p ≤ 1",
            Dtype = "exact (integers)",
        });
    }

    [Claim("design.path-factor", Role.Control)]
    public void ActivationsThatFall_MonotonyDropped_AreCaught() =>
        ExactInstances.Violate(
            "L_p with decreasing activations",
            ActivationPath.Over(Activation.Falling),
            path => Between(path, 0));

    /// <summary>2t and SiLU are steeper than 1 somewhere: L_p = 2, and above 1.09 at t = 2.4. SiLU also falls: below 0 at t = −2.</summary>
    [Claim("design.path-factor", Role.Control)]
    public void SteepActivations_LipschitzDropped_LeaveTheRange()
    {
        new ActivationPath([(Activation.Doubling, 1)]).Factor().Should().Be((Rational)2);
        Activation.Silu.Derivative(2.4).Should().BeGreaterThan(1.09);
        Activation.Silu.Derivative(-2).Should().BeLessThan(0);
        Evidence.Record(new Measurement(
            "largest derivative of SiLU, a variant of ReLU",
            Activation.Silu.Derivative(2.4),
            "above 1: not every variant of ReLU is 1-Lipschitz")
        {
            Paper = "ReLU, tanh and their variants: in [0, 1]",
            Dtype = "float64",
        });
    }

    [Claim("design.depth-shrinks")]
    public void UnitsAddedBehind_FactorNeverGrows() =>
        ExactInstances.Satisfy(
            "L_p after k units is at least that after k + 1, and larger where the added derivative is below 1 and L_p was not 0",
            ActivationPath.Over(Activation.NeverFalling),
            path => Enumerable.Range(1, path.Steps.Count - 1).All(units =>
            {
                var (before, after) = (Factor.Run(path.Prefix(units)), Factor.Run(path.Prefix(units + 1)));
                var (activation, at) = path.Steps[units];
                return activation.Derivative(at) < 1 && before > 0 ? after < before : after <= before;
            }),
            count: 600);

    [Claim("design.depth-shrinks")]
    public void RandomReluNetworks_ProductsOfTheLibrarysMasks_NeverGrowLayerByLayer() =>
        ExactInstances.Satisfy(
            "largest product of the library's masks through k + 1 hidden layers at most that through k",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var masks = MasksOf(instance);
                double Largest(int layers) => masks.Take(layers).Aggregate(1.0, (product, layer) => product * layer.Max());
                return Enumerable.Range(0, masks.Count).All(layers => Largest(layers + 1) <= Largest(layers));
            });

    /// <summary>Leaky ReLUs of slope 1/128 at −1, one after another: 1/128, 1/16384, …</summary>
    [Claim("design.depth-shrinks")]
    public void LeakyUnits_ByHand_ShrinkGeometrically() =>
        Enumerable.Range(1, 3).Select(units => Factor.Run(Repeated(Activation.NeverFalling[2], -1, units)))
            .Should().Equal(new Rational(1, 128), new Rational(1, 16384), new Rational(1, 2097152));

    /// <summary>ReLU(⋯ReLU(x)) at x = 1: L_p = 1 at every depth, so it does not get smaller.</summary>
    [Claim("design.depth-shrinks", Role.Counterexample)]
    public void ActiveReluUnits_AtEveryDepth_KeepFactorOne()
    {
        var factors = Enumerable.Range(1, 10).Select(units => Factor.Run(Repeated(Activation.Relu, 1, units))).ToList();
        factors.Should().AllBeEquivalentTo((Rational)1);
        Evidence.Record(new Measurement("L_p of an active ReLU path of depth 10", 1, "the deeper, the smaller, the paper says")
        {
            Paper = "smaller with depth",
            Series = [.. factors.Select(factor => factor.ToDouble())],
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// One layer, ReLU(x) at x = −1: L_p = 0. Two layers, ReLU(ReLU(−x)) at x = −1: both units are at 1 and L_p = 1. The deeper
    /// network has the larger factor.
    /// </summary>
    [Claim("design.depth-shrinks", Role.Counterexample)]
    public void LayerAddedBefore_RaisesTheFactorFromZeroToOne()
    {
        Factor.Run(new ActivationPath([(Activation.Relu, -1)])).Should().Be((Rational)0);
        Factor.Run(new ActivationPath([(Activation.Relu, 1), (Activation.Relu, 1)])).Should().Be((Rational)1);
    }

    [Claim("design.depth-shrinks", Role.Control)]
    public void SteepUnits_LipschitzDropped_Grow() =>
        ExactInstances.Violate(
            "L_p with units 2t after the others",
            ActivationPath.Over([Activation.Doubling, Activation.Silu]),
            path => Enumerable.Range(1, path.Steps.Count - 1).All(units =>
                Rational.Abs(path.Prefix(units + 1).Factor()) <= Rational.Abs(path.Prefix(units).Factor())));

    /// <summary>
    /// n layers ReLU(2·) at x = 1: every L_p is 1, f(x) = 2ⁿx for x > 0, and the largest eigenvalue of ζ is 4ⁿ. Deeper networks have no
    /// larger L_p, and are ever steeper.
    /// </summary>
    [Claim("design.depth-shrinks.simpler", Role.Counterexample)]
    public void DoublingLayers_DeeperWithTheSameFactor_AreEverSteeper()
    {
        double[] eigenvalues = [.. Enumerable.Range(1, 8).Select(layers =>
        {
            using var ensemble = SmallNetwork.WithoutBiases([.. Enumerable.Repeat(new double[,] { { 2 } }, layers)]).ToEnsemble();
            return Number(LargestEigenvalue.Run(ensemble, Batch([1])));
        })];
        eigenvalues.Should().Equal(4, 16, 64, 256, 1024, 4096, 16384, 65536);
        Evidence.Record(new Measurement(
            "largest eigenvalue of ζ for 8 layers ReLU(2·), where L_p = 1", eigenvalues[^1], "the deeper, the flatter, the paper says")
        {
            Paper = "simpler with depth",
            Series = eigenvalues,
            Dtype = "exact (integers)",
        });
    }

    /// <summary>A ReLU and a layer of spectral norm at most 1, appended to a network, never raise the largest eigenvalue of ζ.</summary>
    [Claim("design.depth-shrinks.simpler", Role.Repair)]
    public void LayerOfNormOneBehind_NeverRaisesTheEigenvalue() =>
        Instances.Satisfy(
            "excess of the deeper network's largest eigenvalue, square loss",
            NetworkAtPoint.Arbitrary,
            instance => Deeper(instance, OfNormOne),
            "216 times that of design.prop-3.1 for the shallow network: the entries of a 6 × 6 matrix of norm 1 sum to at most 6√6",
            count: 150);

    /// <summary>(x, y) ↦ (3x, 4y) has 16; after it ReLU and the average ½(u + v) of norm 1/√2: f = 1.5x + 2y with 25/4, less.</summary>
    [Claim("design.depth-shrinks.simpler", Role.Repair)]
    public void AverageBehind_ByHand_LowersTheEigenvalue()
    {
        double[,] stretch = { { 3, 0 }, { 0, 4 } };
        using var shallow = SmallNetwork.WithoutBiases(stretch).ToEnsemble();
        using var deep = SmallNetwork.WithoutBiases(stretch, new[,] { { 0.5, 0.5 } }).ToEnsemble();
        Number(LargestEigenvalue.Run(shallow, Batch([1, 1]))).Should().BeApproximately(16, 1e-13);
        Number(LargestEigenvalue.Run(deep, Batch([1, 1]))).Should().BeApproximately(6.25, 1e-14);
    }

    [Claim("design.depth-shrinks.simpler", Role.Control)]
    public void LayerOfAnyNormBehind_IsCaught() =>
        Instances.Violate(
            "a layer of norm 2 after the others",
            NetworkAtPoint.Arbitrary,
            instance => Deeper(instance, weight => 2.0 * OfNormOne(weight)));

    private static bool Between(ActivationPath path, int lowest)
    {
        var factor = Factor.Run(path);
        return factor >= lowest && factor <= 1;
    }

    private static Tensor OfNormOne(Tensor weight) => weight / MatrixNorm.Of(weight, 2).clamp_min(1e-300).unsqueeze(-1).unsqueeze(-1);

    private static ActivationPath Repeated(Activation activation, double at, int units) =>
        new([.. Enumerable.Repeat((activation, at), units)]);

    private static List<double[]> MasksOf(NetworkAtPoint instance)
    {
        using var scope = NewDisposeScope();
        return [.. NetworkGeometry.Masks.Run(instance.Network.ToEnsemble(), Batch(instance.Point)).Select(Numbers)];
    }

    // The network without its last layer against the whole, the last layer changed first.
    private static Deviation? Deeper(NetworkAtPoint instance, Func<Tensor, Tensor> change)
    {
        var (network, point) = instance;
        if (network.Layers < 2 || !OffTheKinks(instance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var shallow = new SmallNetwork([.. network.Weights.SkipLast(1)], [.. network.Biases.SkipLast(1)]);
        using var ensemble = network.ToEnsemble();
        var deep = new FullyConnected([.. ensemble.Weights.SkipLast(1), change(ensemble.Weights[^1])], ensemble.Biases);
        var excess = Number(LargestEigenvalue.Run(deep, Batch(point))) - Number(LargestEigenvalue.Run(shallow.ToEnsemble(), Batch(point)));
        return new Deviation(Math.Max(0, excess), 216 * Rounding.OfMetric(instance with { Network = shallow }));
    }
}
