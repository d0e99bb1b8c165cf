using Reproduce.Claims.Shared;
using Reproduce.Measures;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Measures;

/// <summary>Path lengths of several replicas on several segments, each worked out by hand.</summary>
[Trait("Category", "Foundation")]
public sealed class ExactPathLengthTests
{
    /// <summary>f = |x| and f = 3|x − 1|, on [−1, 2], [0, 2] and the point 1: a kink at an end or a lone point adds nothing.</summary>
    [Fact]
    public void Lengths_OfTwoReplicas_AreThoseOfEach()
    {
        using var scope = NewDisposeScope();
        using var network = new FullyConnected(
            [tensor([1.0, -1, 3, -3], [2, 2, 1]), ones([2, 1, 2], float64)],
            [tensor([0.0, 0, -3, 3], [2, 2]), zeros([2, 1], float64)]);
        var segments = new Segments(tensor([-1.0, 0, 1], [3, 1]), tensor([2.0, 2, 1], [3, 1]));
        var (function, gradient) = (ExactPathLength.OfFunction(network, segments), ExactPathLength.OfGradient(network, segments));
        function.shape.Should().Equal(2, 3);
        Near(function, [3, 2, 0, 9, 6, 0]);
        Near(gradient, [2, 0, 0, 6, 6, 0]);
    }

    /// <summary>Each replica on segments of its own, in float32 as trained.</summary>
    [Fact]
    public void Lengths_OnSegmentsOfEachReplica_InFloat32()
    {
        using var scope = NewDisposeScope();
        using var network = new FullyConnected(
            [tensor(new float[] { 1, -1, 3, -3 }).reshape(2, 2, 1), ones([2, 1, 2], float32)],
            [tensor(new float[] { 0, 0, -3, 3 }).reshape(2, 2), zeros([2, 1], float32)]);
        var segments = new Segments(tensor(new float[] { -1, 2 }).reshape(2, 1, 1), tensor(new float[] { 1, -1 }).reshape(2, 1, 1));
        Near(ExactPathLength.OfFunction(network, segments), [2, 9]);
        Near(ExactPathLength.OfGradient(network, segments), [2, 6]);
    }

    /// <summary>f = max(0, 1 + 2⁻⁶⁰x) on [−1, 2], [2, −4] and the point 1: the outputs are 2⁶⁰ times what they vary by.</summary>
    [Fact]
    public void Lengths_OfOutputsFarAboveTheirVariation_AreThoseOfTheRates()
    {
        using var scope = NewDisposeScope();
        using var network = new FullyConnected(
            [tensor([Math.Pow(2, -60)], [1, 1, 1]), ones([1, 1, 1], float64)], [ones([1, 1], float64), zeros([1, 1], float64)]);
        var segments = new Segments(tensor([-1.0, 2, 1], [3, 1]), tensor([2.0, -4, 1], [3, 1]));
        Tensors.Numbers(ExactPathLength.OfFunction(network, segments)).Should().Equal(Math.ScaleB(3, -60), Math.ScaleB(6, -60), 0);
    }

    // A handful of operations on numbers up to 9.
    private static void Near(Tensor found, double[] expected) =>
        Tensors.Numbers(found).Should().Equal(expected, (one, other) => Math.Abs(one - other) <= 1e-14);
}
