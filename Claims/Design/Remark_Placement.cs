using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5, the invariance principle: the bound of Corollary 3.0.1 does not depend on where a generalization layer stands, and the layer
/// regularises the layers before it, not those after it. If its weights are multiplied by c, the metric pulled back to any representation
/// before it is multiplied by c², and the metric at representations after it stays the same. With a power of two for c this is exact.
/// </summary>
public sealed class Remark_Placement
{
    private const double Factor = 0.25;

    /// <summary>λ_max of the metric pulled back to the representation after so many layers (0: the inputs); square loss.</summary>
    private static readonly UnderTest<Func<FullyConnected, int, Tensor, double>> MetricBehind = new(
        LargestEigenvalueBehind,
        ("representation-metric-at-the-inputs", (network, _, point) => LargestEigenvalueBehind(network, 0, point)),
        ("representation-metric-one-layer-early", (network, layer, point) =>
            LargestEigenvalueBehind(network, Math.Max(0, layer - 1), point)),
        ("representation-metric-of-the-layer-before", (network, layer, point) => Number(MatrixNorm.Of(network.Weights[layer], 2))));

    [Claim("design.placement")]
    public void RandomNetworks_WeightsOfOneLayerScaled_FlattenWhatLiesBefore() =>
        Instances.Satisfy(
            "|λ_max(ζ) after − expected| at every representation; weights of each layer times ¼, no biases, square loss",
            NetworkAtPoint.Arbitrary,
            instance => Change(instance with { Network = SmallNetwork.WithoutBiases([.. instance.Network.Weights]) }),
            "none: multiplying by a power of two commutes with rounding",
            count: 100);

    /// <summary>The layer c·I before, between and after the others: the product is c²∏σ_l² in every place.</summary>
    [Claim("design.placement")]
    public void RandomNetworks_LayerAtEveryPlace_HasTheSameProduct() =>
        Instances.Satisfy(
            "largest |∏σ_l² with ¼I inserted − ∏σ_l²/16|",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var network = instance.Network.ToEnsemble();
                var product = Number(SpectralProduct.Of(network)) / 16;
                var errors = Enumerable.Range(0, network.Weights.Count + 1)
                    .Select(place => Math.Abs(Number(SpectralProduct.Of(Inserted(network, place))) - product));
                return new Deviation(errors.Max(), 16 * Rounding.Gamma(20) * product);
            },
            "16γ_20 of the product: the largest singular value of ¼I");

    /// <summary>
    /// x > 0, weights 2 and 3, a generalization layer ½: ζ = (2 · ½ · 3)² = 9 in both places. Behind the layer the metric is (2 · 3)² = 36
    /// if it comes first, and 1 if it comes last.
    /// </summary>
    [Claim("design.placement")]
    public void TwoPlaces_ByHand_HaveOneMetricAtTheInputs()
    {
        using var scope = NewDisposeScope();
        FullyConnected Of(params double[] weights) =>
            SmallNetwork.WithoutBiases([.. weights.Select(weight => new[,] { { weight } })]).ToEnsemble();
        var (first, last) = (Of(0.5, 2, 3), Of(2, 3, 0.5));
        new[] { first, last }.Select(network => MetricBehind.Run(network, 0, Batch([1]))).Should().Equal(9, 9);
        new[] { first, last }.Select(network => Number(SpectralProduct.Of(network))).Should().Equal(9, 9);
        MetricBehind.Run(first, 1, Batch([1])).Should().Be(36);
        MetricBehind.Run(last, 2, Batch([1])).Should().Be(0.25, "the layer alone is left after the second one");
    }

    /// <summary>With biases a smaller weight moves units across their kinks, and the metric does not scale.</summary>
    [Claim("design.placement", Role.Control)]
    public void Biases_HomogeneityDropped_AreCaught() =>
        Instances.Violate("λ_max(ζ) with biases, weights of each layer times ¼", NetworkAtPoint.Arbitrary, instance => Change(instance));

    private static Deviation Change(NetworkAtPoint instance)
    {
        using var scope = NewDisposeScope();
        var (network, point) = (instance.Network.ToEnsemble(), Batch(instance.Point));
        var layers = network.Weights.Count;
        double Error(int scaled, int layer)
        {
            var expected = MetricBehind.Run(network, layer, point) * (layer <= scaled ? Factor * Factor : 1);
            return Math.Abs(MetricBehind.Run(Scaled(network, scaled), layer, point) - expected);
        }

        var errors = from scaled in Enumerable.Range(0, layers) from layer in Enumerable.Range(0, layers) select Error(scaled, layer);
        return new Deviation(errors.Max(), 0);
    }

    private static double LargestEigenvalueBehind(FullyConnected network, int layer, Tensor point)
    {
        using var scope = NewDisposeScope();
        var representation = Enumerable.Range(0, layer).Aggregate(point, (values, i) =>
            (values.matmul(network.Weights[i].squeeze(0).mT) + network.Biases[i].squeeze(0)).relu());
        var rest = new FullyConnected([.. network.Weights.Skip(layer)], [.. network.Biases.Skip(layer)]);
        return Number(PulledBackMetric.LargestEigenvalue(rest, representation, OutputMetric.SquareLoss));
    }

    private static FullyConnected Scaled(FullyConnected network, int layer) =>
        new([.. network.Weights.Select((weight, i) => i == layer ? weight * Factor : weight)], network.Biases);

    private static FullyConnected Inserted(FullyConnected network, int place)
    {
        var width = place == 0 ? network.Shape.Inputs : network.Weights[place - 1].size(1);
        return new(
            [.. network.Weights.Take(place), (eye(width, dtype: float64) * Factor).unsqueeze(0), .. network.Weights.Skip(place)],
            [.. network.Biases.Take(place), zeros([1, width], float64), .. network.Biases.Skip(place)]);
    }
}
