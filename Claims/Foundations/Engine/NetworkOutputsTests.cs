using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>
/// Outputs by the engine against those of libtorch in float64: two replicas, more points than a block, with a rest. Sums of up to 126
/// products through at most four layers of numbers below 1: 10⁻⁵ covers rounding.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class NetworkOutputsTests
{
    private static readonly Seed[] Seeds = [Seed.Of(("test", "first")), Seed.Of(("test", "second"))];

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 3)]
    [InlineData(3, 3, 2)]
    public void OfConvolutions_AreThoseOfTheNetwork(int channels, int convolutions, int inside)
    {
        using var scope = NewDisposeScope();
        var shape = new ConvolutionalShape(new ImageShape(channels, 7, 6), convolutions, inside, 3);
        using var network = Initialisation.PyTorchDefault(shape, Seeds, float32, CPU);
        using var exact = new ConvolutionalNetwork(shape, [.. network.Parameters.Select(one => one.to_type(float64))]);
        var points = Points(shape.Image.Size);
        AreEqual(NetworkOutputs.Of(network, points), exact.Forward(points.to_type(float64)));
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(54, 25, 3)]
    [InlineData(54, 67, 19, 3)]
    [InlineData(7, 33, 1, 100, 2)]
    public void OfConnectedLayers_AreThoseOfTheNetwork(params int[] widths)
    {
        using var scope = NewDisposeScope();
        var shape = new FullyConnectedShape(widths);
        using var network = Initialisation.PyTorchDefault(shape, Seeds, float32, CPU);
        using var exact = new FullyConnected(
            [.. network.Weights.Select(one => one.to_type(float64))], [.. network.Biases.Select(one => one.to_type(float64))]);
        var points = Points(widths[0]);
        AreEqual(NetworkOutputs.Of(network, points), exact.Forward(points.to_type(float64)));
    }

    [Fact]
    public void OfPointsThatDoNotFit_AreRefused()
    {
        using var scope = NewDisposeScope();
        using var network = Initialisation.PyTorchDefault(new FullyConnectedShape(4, 3, 2), Seeds, float32, CPU);
        FluentActions.Invoking(() => NetworkOutputs.Of(network, zeros(2, 5))).Should().Throw<ArgumentException>()
            .WithMessage("points must be [N, 4], not*");
        FluentActions.Invoking(() => NetworkOutputs.Of(network, zeros([2, 4], float64))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => NetworkOutputs.Classify(network, zeros(2, 4), [0, 1]))
            .Should().Throw<ArgumentException>("there are two replicas");
    }

    private static Tensor Points(int inputs) => RandomTensors.Uniform(Seeds[0].With("choice", "points").Generator(), float32, 150, inputs);

    private static void AreEqual(Tensor outputs, Tensor expected)
    {
        outputs.shape.Should().Equal(expected.shape);
        (outputs - expected).abs().max().item<double>().Should().BeLessThan(1e-5 * expected.abs().max().item<double>());
    }
}
