using Reproduce.Engine;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>
/// Jacobians by the engine's convolutions against a chain of affine layers in float64: two replicas, more points than a block.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ConvolutionalJacobianTests
{
    /// <summary>
    /// Sums of up to 100 products through at most four layers of numbers below 1: 10⁻⁵ covers rounding, and a wrong tap is off by 10⁻³
    /// of the largest entry.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 3)]
    [InlineData(3, 3, 2)]
    public void At_RandomPoints_IsTheProductOfTheLayers(int channels, int convolutions, int inside)
    {
        using var scope = NewDisposeScope();
        var shape = new ConvolutionalShape(new ImageShape(channels, 7, 6), convolutions, inside, 3);
        using var network = Initialisation.PyTorchDefault(shape, [Seed.Of(("test", "first")), Seed.Of(("test", "second"))], float32, CPU);
        var points = ConvolutionalEnsembleTests.Data(shape).Points.repeat(2, 1);
        points.add_(0.1);
        var jacobians = ConvolutionalJacobian.At(network, points);
        for (var replica = 0; replica < 2; replica++)
        {
            using var chain = network.Replica(replica);
            var expected = Jacobian.ByLayers(chain, points.to_type(float64));
            jacobians[replica].shape.Should().Equal(expected.shape);
            (jacobians[replica] - expected).abs().max().item<double>().Should().BeLessThan(1e-5 * expected.abs().max().item<double>());
        }
    }

    [Fact]
    public void At_PointsThatDoNotFit_AreRefused()
    {
        using var scope = NewDisposeScope();
        var shape = new ConvolutionalShape(new ImageShape(1, 7, 6), 1, 1, 3);
        using var network = Initialisation.PyTorchDefault(shape, [Seed.Of(("test", "first"))], float32, CPU);
        FluentActions.Invoking(() => ConvolutionalJacobian.At(network, zeros(2, 41))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => ConvolutionalJacobian.At(network, zeros([2, 42], float64))).Should().Throw<ArgumentException>();
    }
}
