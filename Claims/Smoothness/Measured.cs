using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>The four measures as the library computes them, with wrong ones in their place, for all claims about them.</summary>
internal static class Measured
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
        ("function-length-per-step", (network, segments, points) => PathLength.OfFunction(network, segments, points) / (double)(points - 1)));

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

    /// <summary>One segment as a batch.</summary>
    internal static Segments Segment(double[] start, double[] end) => new(tensor(start).unsqueeze(0), tensor(end).unsqueeze(0));

    /// <summary>The sampled variation of f on one segment.</summary>
    internal static double FunctionLength(TwoLayersOnSegment instance, int points) => One(instance, (network, segment) => FunctionLengths.Run(network, segment, points));

    /// <summary>The sampled variation of ∇f on one segment.</summary>
    internal static double GradientLength(TwoLayersOnSegment instance, int points) => One(instance, (network, segment) => GradientLengths.Run(network, segment, points));

    /// <summary>‖∇f‖ at one point.</summary>
    internal static double GradientNormAt(SmallNetwork network, double[] point)
    {
        using var scope = NewDisposeScope();
        return GradientNorms.Run(network.ToEnsemble(), tensor(point).unsqueeze(0)).item<double>();
    }

    /// <summary>WP of one network.</summary>
    internal static double WeightsProductOf(SmallNetwork network) => SummandsOf(network).Sum();

    /// <summary>The summands of WP of one network.</summary>
    internal static double[] SummandsOf(SmallNetwork network)
    {
        using var scope = NewDisposeScope();
        return Summands.Run(network.ToEnsemble()).cpu().data<double>().ToArray();
    }

    /// <summary>A two-layer network with one output.</summary>
    internal static SmallNetwork TwoLayers(double[,] inner, double[] biases, double[] outer, double shift = 0) =>
        new([inner, Fixtures.Numbers.Arrays.Build(1, outer.Length, (_, column) => outer[column])], [biases, [shift]]);

    private static double One(TwoLayersOnSegment instance, Func<FullyConnected, Segments, Tensor> measure)
    {
        using var scope = NewDisposeScope();
        return measure(instance.Network.ToEnsemble(), Segment(instance.Start, instance.End)).item<double>();
    }
}
