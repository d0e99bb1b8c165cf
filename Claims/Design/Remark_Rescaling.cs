using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5: β before and 1/β after a nonlinearity, which by equation 20 is the ReLU of a whole layer, change neither the function nor
/// the path products nor the bound of Corollary 3.0.1, while the norm of the weights is unbounded. With a β for each unit the function and
/// the path products stay the same, but the bound does not.
/// </summary>
public sealed class Remark_Rescaling
{
    private static readonly Rational[] Factors = [2, new Rational(1, 3), 1_000_000];

    private static readonly UnderTest<Func<ReluNetwork<Rational>, int, Rational[], ReluNetwork<Rational>>> Rescale = new(
        (network, layer, factors) => Rescaled(network, layer, factors, bias: true, factor => 1 / factor),
        ("rescaled-unit-without-the-bias", (network, layer, factors) =>
            Rescaled(network, layer, factors, bias: false, factor => 1 / factor)),
        ("rescaling-not-undone", (network, layer, factors) => Rescaled(network, layer, factors, bias: true, _ => 1)),
        ("rescaling-done-twice", (network, layer, factors) => Rescaled(network, layer, factors, bias: true, factor => factor)));

    [Claim("design.rescale-invariance")]
    public void RandomNetworks_EveryLayerAndUnit_KeepOutputsAndPathProducts() =>
        ExactInstances.Satisfy(
            "outputs and products along paths before and after; one factor a layer and one a unit",
            NetworkAtPoint.Arbitrary,
            instance => ForEachHiddenLayer(instance, (network, point, layer) =>
                Uniform(network, layer).Append(PerUnit(network, layer)).All(factors =>
                {
                    var rescaled = Rescale.Run(network, layer, factors);
                    return network.Evaluate(point).Output.SequenceEqual(rescaled.Evaluate(point).Output)
                        && Products(network, point).SequenceEqual(Products(rescaled, point));
                })),
            count: 100);

    [Claim("design.rescale-invariance")]
    public void RandomNetworks_OneFactorForALayer_KeepTheSpectralProduct() =>
        Instances.Satisfy(
            "|∏σ_l² after − before|, one factor a layer",
            NetworkAtPoint.Arbitrary,
            instance => SpectralChange(instance, Uniform),
            "64Lγ_50 ∏‖W_l‖_F²: two singular values of matrices up to 6 × 6 for each of the L layers",
            count: 60);

    /// <summary>
    /// 3·ReLU(2x + 1) + 5 with β = 4: 3/4·ReLU(8x + 4) + 5. At x = 1 both give 14. The squared norm of the weights grows from 13 to
    /// 64 + 9/16, and with β = 4ᵏ beyond every bound; the product of the σ² stays 36.
    /// </summary>
    [Claim("design.rescale-invariance")]
    public void OneUnit_ByHand_KeepsTheFunctionWhileTheNormGrows()
    {
        var network = new SmallNetwork([new double[,] { { 2 } }, new double[,] { { 3 } }], [[1], [5]]).Exact();
        var rescaled = Rescale.Run(network, 0, [4]);
        rescaled.Weights[0][0, 0].Should().Be((Rational)8);
        rescaled.Biases[0][0].Should().Be((Rational)4);
        rescaled.Weights[1][0, 0].Should().Be(new Rational(3, 4));
        rescaled.Evaluate([1]).Output[0].Should().Be((Rational)14);
        double SquaredNorm(ReluNetwork<Rational> of) => Rational.Sum(of.Weights.Select(weight => weight[0, 0] * weight[0, 0])).ToDouble();
        double[] norms = [.. new long[] { 1, 4, 16, 64, 256 }.Select(factor => SquaredNorm(Rescale.Run(network, 0, [factor])))];
        norms.Should().BeInAscendingOrder().And.EndWith(262144 + (9.0 / 65536));
        Evidence.Record(new Measurement(
            "squared norm of the weights of 3 ReLU(2x + 1) + 5 with β = 256", norms[^1], "13 with β = 1; the same function")
        {
            Series = norms,
            Dtype = Fractions.Arithmetic,
        });
    }

    /// <summary>
    /// W_1 = I, W_2 = 2I: ∏σ_l² = 4. The factor 2 for the first unit alone gives diag(2, 1) and diag(1, 2): the same function, the same
    /// path products, but ∏σ_l² = 16. That the factors cancel along the paths does not preserve the bound.
    /// </summary>
    [Claim("design.rescale-invariance", Role.Control)]
    public void OneUnitOfTwo_OneFactorForTheLayerDropped_RaisesTheBound()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1, 0 }, { 0, 1 } }, new double[,] { { 2, 0 }, { 0, 2 } }).Exact();
        var rescaled = Rescale.Run(network, 0, [2, 1]);
        Products(rescaled, [1, 1]).Should().Equal(Products(network, [1, 1]));
        var (before, after) = (SpectralProductOf(network), SpectralProductOf(rescaled));
        before.Should().BeApproximately(4, 1e-14);
        after.Should().BeApproximately(16, 1e-13);
        Evidence.Record(new Measurement(
            "∏σ_l² after one of two units is rescaled by 2", after, "control: 4 before; the function and the path products are the same")
        {
            Dtype = "float64",
        });
    }

    /// <summary>
    /// The weights (w_1, w_2) with the same w_2·ReLU(w_1 x) form a hyperbola, not a plane: (8, 2) and (16, 1) have the slope 16, and the
    /// midpoint (12, 3/2) has 18.
    /// </summary>
    [Claim("design.rescale-invariance", Role.Counterexample)]
    public void MidpointOfTheOrbit_CurveTakenForAPlane_IsCaught()
    {
        ReluNetwork<Rational> Of(Rational inner, Rational outer) => new([new[,] { { inner } }, new[,] { { outer } }], [[0], [0]]);
        Of(8, 2).Evaluate([1]).Output[0].Should().Be((Rational)16);
        Of(16, 1).Evaluate([1]).Output[0].Should().Be((Rational)16);
        Of(12, new Rational(3, 2)).Evaluate([1]).Output[0].Should().Be((Rational)18);
    }

    [Claim("design.rescale-invariance", Role.Control)]
    public void NegativeFactor_IsCaught() =>
        ExactInstances.Violate(
            "β = −1",
            NetworkAtPoint.Arbitrary,
            instance => ForEachHiddenLayer(instance, (network, point, layer) =>
            {
                var rescaled = Rescaled(network, layer, Same(network, layer, -1), bias: true, factor => 1 / factor);
                return network.Evaluate(point).Output.SequenceEqual(rescaled.Evaluate(point).Output);
            }),
            count: 100);

    [Claim("design.rescale-invariance", Role.Control)]
    public void FactorForEachUnit_ChangesTheSpectralProduct() =>
        Instances.Violate(
            "∏σ_l² with a factor for each unit",
            NetworkAtPoint.Arbitrary,
            instance => SpectralChange(instance, (network, layer) => [PerUnit(network, layer)]),
            count: 100);

    private static IEnumerable<Rational[]> Uniform(ReluNetwork<Rational> network, int layer) =>
        Factors.Select(factor => Same(network, layer, factor));

    private static Rational[] PerUnit(ReluNetwork<Rational> network, int layer) =>
        [.. Enumerable.Range(0, network.Biases[layer].Length).Select(unit => new Rational(unit + 2, 3))];

    private static Rational[] Same(ReluNetwork<Rational> network, int layer, Rational factor) =>
        [.. Enumerable.Repeat(factor, network.Biases[layer].Length)];

    // The products of weights along all paths, with the activations' derivatives, in one order for all networks of a shape.
    private static IEnumerable<Rational> Products(ReluNetwork<Rational> network, Rational[] point) =>
        LayerChain.Of(network, point).Paths().SelectMany(path => new[] { path.Weights, path.Factor });

    private static ReluNetwork<Rational> Rescaled(
        ReluNetwork<Rational> network, int layer, Rational[] factors, bool bias, Func<Rational, Rational> after)
    {
        Rational[,] Weight(Rational[,] weight, int i) =>
            i == layer ? Arrays.Multiply(Fractions.Diagonal(factors), weight)
            : i == layer + 1 ? Arrays.Multiply(weight, Fractions.Diagonal([.. factors.Select(after)]))
            : weight;
        Rational[] Bias(Rational[] values, int i) =>
            i == layer && bias ? [.. values.Zip(factors, (value, factor) => value * factor)] : values;
        return new([.. network.Weights.Select(Weight)], [.. network.Biases.Select(Bias)]);
    }

    // Only networks of at most 300 paths.
    private static bool? ForEachHiddenLayer(NetworkAtPoint instance, Func<ReluNetwork<Rational>, Rational[], int, bool> holds)
    {
        var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
        var paths = instance.Network.Biases.Aggregate(instance.Network.Inputs, (count, bias) => Math.Min(count, 1000) * bias.Length);
        return instance.Network.Layers < 2 || paths > 300
            ? null
            : Enumerable.Range(0, instance.Network.Layers - 1).All(layer => holds(network, point, layer));
    }

    private static Deviation? SpectralChange(NetworkAtPoint instance, Func<ReluNetwork<Rational>, int, IEnumerable<Rational[]>> factorsOf)
    {
        if (instance.Network.Layers < 2)
        {
            return null;
        }

        var network = instance.Network.Exact();
        var before = SpectralProductOf(network);
        double SquaredNorm(double[,] weight) => weight.Cast<double>().Sum(entry => entry * entry);
        var scale = instance.Network.Weights.Aggregate(1.0, (product, weight) => product * SquaredNorm(weight));
        var change = factorsOf(network, 0).Max(factors => Math.Abs(SpectralProductOf(Rescale.Run(network, 0, factors)) - before));
        return new Deviation(change, 64 * network.Layers * Rounding.Gamma(50) * scale);
    }

    private static double SpectralProductOf(ReluNetwork<Rational> network)
    {
        using var scope = NewDisposeScope();
        var rounded = new SmallNetwork(
            [.. network.Weights.Select(weight => Arrays.Map(weight, value => value.ToDouble()))],
            [.. network.Biases.Select(bias => bias.Select(value => value.ToDouble()).ToArray())]);
        return Number(Cor301_LargestEigenvalue.Bound.Run(rounded.ToEnsemble()));
    }
}
