using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5: β before and 1/β behind a nonlinearity, which by equation 20 is the ReLU of a whole layer, leave the function, the path products
/// and the bound of Corollary 3.0.1 as they are, while the norm of the weights has no bound. With a β for each unit, function and path
/// products stay, and the bound does not.
/// </summary>
public sealed class Remark_Rescaling
{
    private static readonly Rational[] Factors = [2, new Rational(1, 3), 1_000_000];

    private static readonly UnderTest<Func<ReluNetwork<Rational>, int, Rational[], ReluNetwork<Rational>>> Rescale = new(
        (network, layer, factors) => Rescaled(network, layer, factors, bias: true, factor => 1 / factor),
        ("rescaled-unit-without-the-bias", (network, layer, factors) => Rescaled(network, layer, factors, bias: false, factor => 1 / factor)),
        ("rescaling-not-undone", (network, layer, factors) => Rescaled(network, layer, factors, bias: true, _ => 1)),
        ("rescaling-done-twice", (network, layer, factors) => Rescaled(network, layer, factors, bias: true, factor => factor)));

    [Claim("design.rescale-invariance")]
    public void RandomNetworks_EveryLayerAndUnit_KeepOutputsAndPathProducts() =>
        Instances.Satisfy(
            "outputs and products along paths before and after; one factor a layer and one a unit",
            NetworkAtPoint.Arbitrary,
            instance => ForEachHiddenLayer(instance, (network, point, layer) => Uniform(network, layer).Append(PerUnit(network, layer)).All(factors =>
            {
                var rescaled = Rescale.Run(network, layer, factors);
                return network.Evaluate(point).Output.SequenceEqual(rescaled.Evaluate(point).Output)
                    && Products(network, point).SequenceEqual(Products(rescaled, point));
            })),
            Fractions.Exactly,
            count: 100,
            dtype: Fractions.Arithmetic);

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
        double[] norms = [.. new long[] { 1, 4, 16, 64, 256 }.Select(factor => Rescale.Run(network, 0, [factor]).Weights.Select(weight => weight[0, 0] * weight[0, 0]).Aggregate((sum, square) => sum + square).ToDouble())];
        norms.Should().BeInAscendingOrder().And.EndWith(262144 + (9.0 / 65536));
        Evidence.Record(new Measurement("squared norm of the weights of 3 ReLU(2x + 1) + 5 with β = 256", norms[^1], "13 with β = 1; the same function") { Series = norms, Dtype = Fractions.Arithmetic });
    }

    /// <summary>
    /// W_1 = I, W_2 = 2I: ∏σ_l² = 4. The factor 2 for the first unit alone gives diag(2, 1) and diag(1, 2): the same function, the same path
    /// products, and ∏σ_l² = 16. That the factors cancel along the paths is not enough for the bound.
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
        Evidence.Record(new Measurement("∏σ_l² after one of two units is rescaled by 2", after, "control: 4 before; the function and the path products are the same") { Dtype = "float64" });
    }

    /// <summary>No line through (w_1, w_2) = (4, 4) keeps w_2·ReLU(w_1 x): the orbit (8, 2), (16, 1) is a hyperbola, and half-way between the two, at (12, 3/2), the slope is 18.</summary>
    [Claim("design.rescale-invariance", Role.Control)]
    public void MidpointOfTheOrbit_CurveTakenForAPlane_IsCaught()
    {
        ReluNetwork<Rational> Of(Rational inner, Rational outer) => new([new[,] { { inner } }, new[,] { { outer } }], [[0], [0]]);
        Of(8, 2).Evaluate([1]).Output[0].Should().Be((Rational)16);
        Of(16, 1).Evaluate([1]).Output[0].Should().Be((Rational)16);
        Of(12, new Rational(3, 2)).Evaluate([1]).Output[0].Should().Be((Rational)18);
    }

    [Claim("design.rescale-invariance", Role.Control)]
    public void NegativeFactor_IsCaught() =>
        Instances.Violate(
            "β = −1",
            NetworkAtPoint.Arbitrary,
            instance => ForEachHiddenLayer(instance, (network, point, layer) =>
                network.Evaluate(point).Output.SequenceEqual(Rescaled(network, layer, Same(network, layer, -1), bias: true, factor => 1 / factor).Evaluate(point).Output)),
            count: 100,
            dtype: Fractions.Arithmetic);

    [Claim("design.rescale-invariance", Role.Control)]
    public void FactorForEachUnit_ChangesTheSpectralProduct() =>
        Instances.Violate("∏σ_l² with a factor for each unit", NetworkAtPoint.Arbitrary, instance => SpectralChange(instance, (network, layer) => [PerUnit(network, layer)]), count: 100);

    private static IEnumerable<Rational[]> Uniform(ReluNetwork<Rational> network, int layer) => Factors.Select(factor => Same(network, layer, factor));

    private static Rational[] PerUnit(ReluNetwork<Rational> network, int layer) => [.. Enumerable.Range(0, network.Biases[layer].Length).Select(unit => new Rational(unit + 2, 3))];

    private static Rational[] Same(ReluNetwork<Rational> network, int layer, Rational factor) => [.. Enumerable.Repeat(factor, network.Biases[layer].Length)];

    // The products of weights along all paths, with the activations' derivatives, in one order for all networks of a shape.
    private static IEnumerable<Rational> Products(ReluNetwork<Rational> network, Rational[] point) =>
        LayerChain.Of(network, point).Paths().SelectMany(path => new[] { path.Weights, path.Factor });

    private static ReluNetwork<Rational> Rescaled(ReluNetwork<Rational> network, int layer, Rational[] factors, bool bias, Func<Rational, Rational> behind) => new(
        [.. network.Weights.Select((weight, i) =>
            i == layer ? Arrays.Build(weight.GetLength(0), weight.GetLength(1), (row, column) => factors[row] * weight[row, column])
            : i == layer + 1 ? Arrays.Build(weight.GetLength(0), weight.GetLength(1), (row, column) => weight[row, column] * behind(factors[column]))
            : weight)],
        [.. network.Biases.Select((values, i) => i == layer && bias ? values.Zip(factors, (value, factor) => value * factor).ToArray() : values)]);

    private static Deviation? ForEachHiddenLayer(NetworkAtPoint instance, Func<ReluNetwork<Rational>, Rational[], int, bool> holds) =>
        instance.Network.Layers < 2 || instance.Network.Biases.Aggregate(instance.Network.Inputs, (count, bias) => Math.Min(count, 1000) * bias.Length) > 300
            ? null
            : Deviation.Exact(Enumerable.Range(0, instance.Network.Layers - 1).All(layer => holds(instance.Network.Exact(), Arrays.Exact(instance.Point), layer)));

    private static Deviation? SpectralChange(NetworkAtPoint instance, Func<ReluNetwork<Rational>, int, IEnumerable<Rational[]>> factorsOf)
    {
        if (instance.Network.Layers < 2)
        {
            return null;
        }

        var network = instance.Network.Exact();
        var before = SpectralProductOf(network);
        var scale = instance.Network.Weights.Aggregate(1.0, (product, weight) => product * weight.Cast<double>().Sum(entry => entry * entry));
        var change = factorsOf(network, 0).Max(factors => Math.Abs(SpectralProductOf(Rescale.Run(network, 0, factors)) - before));
        return new Deviation(change, 64 * network.Layers * Rounding.Gamma(50) * scale);
    }

    private static double SpectralProductOf(ReluNetwork<Rational> network)
    {
        using var scope = NewDisposeScope();
        return Number(SpectralProduct.Of(new SmallNetwork([.. network.Weights.Select(weight => Arrays.Map(weight, value => value.ToDouble()))], [.. network.Biases.Select(bias => bias.Select(value => value.ToDouble()).ToArray())]).ToEnsemble()));
    }
}
