using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Shared;

/// <summary>The four measures as the library computes them, and their mutants, for all claims about them.</summary>
internal static class SmoothnessMeasures
{
    /// <summary>‖∇f‖ at points, [R, N].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Tensor, Tensor>> GradientNorms = new(
        GradientNorm.At,
        ("gradient-norm-squared", (network, points) => GradientNorm.At(network, points).square()),
        ("gradient-norm-of-the-sum", (network, points) => Jacobian.ByLayers(network, points).select(2, 0).sum(-1).abs()),
        ("gradient-norm-largest-entry", (network, points) => Jacobian.ByLayers(network, points).select(2, 0).abs().amax(-1)));

    /// <summary>The sampled variation of f, [R, N].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Segments, int, Tensor>> FunctionLengths = new(
        PathLength.OfFunction,
        ("function-length-from-the-ends-alone", (network, segments, _) => PathLength.OfFunction(network, segments, 2)),
        ("function-length-one-point-too-many", (network, segments, points) => PathLength.OfFunction(network, segments, points + 1)),
        ("function-length-per-step", (network, segments, points) => PathLength.OfFunction(network, segments, points) / (points - 1.0)));

    /// <summary>The sampled variation of ∇f, [R, N].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Segments, int, Tensor>> GradientLengths = new(
        PathLength.OfGradient,
        ("gradient-length-from-the-ends-alone", (network, segments, _) => PathLength.OfGradient(network, segments, 2)),
        ("gradient-length-one-point-too-many", (network, segments, points) => PathLength.OfGradient(network, segments, points + 1)),
        ("gradient-length-of-the-function", PathLength.OfFunction));

    /// <summary>The summands of WP, [R, h].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Tensor>> Summands = new(
        WeightsProduct.Summands,
        ("weights-product-squared-norms", network => network.Weights[1].select(1, 0).abs() * network.Weights[0].square().sum(-1)),
        ("weights-product-sums-of-magnitudes", network => network.Weights[1].select(1, 0).abs() * network.Weights[0].abs().sum(-1)),
        ("weights-product-without-outer-weights", network => network.Weights[0].square().sum(-1).sqrt()),
        ("weights-product-signed", network => network.Weights[1].select(1, 0) * network.Weights[0].square().sum(-1).sqrt()));

    /// <summary>The sampled variation of f on one segment.</summary>
    internal static double FunctionLength(TwoLayersOnSegment instance, int points) =>
        One(instance, (network, segment) => FunctionLengths.Run(network, segment, points));

    /// <summary>The sampled variation of ∇f on one segment.</summary>
    internal static double GradientLength(TwoLayersOnSegment instance, int points) =>
        One(instance, (network, segment) => GradientLengths.Run(network, segment, points));

    /// <summary>‖∇f‖ at one point.</summary>
    internal static double GradientNormAt(SmallNetwork network, double[] point)
    {
        using var scope = NewDisposeScope();
        return GradientNorms.Run(network.ToEnsemble(), Batch(point)).item<double>();
    }

    /// <summary>WP of one network.</summary>
    internal static double WeightsProductOf(SmallNetwork network) => SummandsOf(network).Sum();

    /// <summary>The summands of WP of one network.</summary>
    internal static double[] SummandsOf(SmallNetwork network)
    {
        using var scope = NewDisposeScope();
        return Numbers(Summands.Run(network.ToEnsemble()));
    }

    private static double One(TwoLayersOnSegment instance, Func<FullyConnected, Segments, Tensor> measure)
    {
        using var scope = NewDisposeScope();
        return measure(instance.Network.ToEnsemble(), Segment(instance.Start, instance.End)).item<double>();
    }
}
