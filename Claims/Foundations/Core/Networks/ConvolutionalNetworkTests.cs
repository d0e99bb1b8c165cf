using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Networks;

/// <summary>The slope paper's convolutional network: its shapes, another form of it, a replica alone and among others.</summary>
[Trait("Category", "Foundation")]
public sealed class ConvolutionalNetworkTests
{
    private static readonly ConvolutionalShape Shape = new(new ImageShape(2, 6, 5), 2, 3, 4);

    /// <summary>
    /// (3, 6) on MNIST: 6·25 + 6, twice 6·6·25 + 6, and 10·(6·784) + 10 = 156 + 1812 + 47 050. (6, 24): 624 + 5·14 424 + 188 170.
    /// </summary>
    [Theory]
    [InlineData(3, 6, 49_018)]
    [InlineData(6, 24, 260_914)]
    public void ParameterShapes_OfThePapersNetworks_ByHand(int convolutions, int channels, long parameters) =>
        ParameterCount.Of(new ConvolutionalShape(new ImageShape(1, 28, 28), convolutions, channels, 10).ParameterShapes())
            .Should().Be(parameters);

    /// <summary>
    /// Against a chain of affine layers, which the exact geometry uses: sums of at most 90 products of entries below 1, so 1e-13 is ample.
    /// </summary>
    [Fact]
    public void Forward_AgainstTheLayeredNetwork_IsTheSameFunction()
    {
        using var scope = NewDisposeScope();
        using var network = Initialisation.PyTorchDefault(Shape, Seeds(0, 1), float64);
        var points = Points(2, 7);
        var outputs = network.Forward(points);
        outputs.shape.Should().Equal(2, 7, 4);
        for (var replica = 0; replica < 2; replica++)
        {
            using var layered = network.Replica(replica);
            (outputs.select(0, replica) - layered.Forward(points.select(0, replica))).abs().max().item<double>().Should().BeLessThan(1e-13);
        }

        (outputs.select(0, 0) - outputs.select(0, 1)).abs().max().item<double>().Should().BeGreaterThan(0.01, "the replicas differ");
    }

    [Fact]
    public void Forward_OfSharedPoints_IsThatOfCopies()
    {
        using var scope = NewDisposeScope();
        using var network = Initialisation.PyTorchDefault(Shape, Seeds(0, 1), float64);
        var points = Points(1, 3);
        Bits(network.Forward(points.select(0, 0))).Should().Equal(Bits(network.Forward(points.expand(2, -1, -1).contiguous())));
    }

    /// <summary>Three steps in float32. The calls for a replica do not depend on the number of replicas, so not one bit differs.</summary>
    [Fact]
    public void Replica_AloneAndAmongOthers_TrainsToTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var together = Initialisation.PyTorchDefault(Shape, Seeds(0, 1, 2), float32);
        using var alone = Initialisation.PyTorchDefault(Shape, Seeds(1), float32);
        Bits(alone.Parameters[0]).Should().Equal(Bits(together.Parameters[0].narrow(0, 1, 1)));
        using var first = new Sgd(together.Parameters, 0.1, 0.8);
        using var second = new Sgd(alone.Parameters, 0.1, 0.8);
        var points = Points(3, 8).to_type(float32);
        var targets = OneHot.Of([.. Enumerable.Range(0, 24).Select(i => (byte)(i * i % 4))], 4, float32).reshape(3, 8, 4);
        for (var step = 0; step < 3; step++)
        {
            var (gradients, losses) = BackwardPass.Run(together, points, targets, Loss.CrossEntropy);
            var (own, loss) = BackwardPass.Run(alone, points.narrow(0, 1, 1), targets.narrow(0, 1, 1), Loss.CrossEntropy);
            Bits(loss).Should().Equal(Bits(losses.narrow(0, 1, 1)));
            first.Update(gradients);
            second.Update(own);
        }

        foreach (var (mine, all) in alone.Parameters.Zip(together.Parameters))
        {
            Bits(mine).Should().Equal(Bits(all.narrow(0, 1, 1)));
        }
    }

    [Fact]
    public void Backward_LeavesNothingRecordedAndNothingBehind()
    {
        using var scope = NewDisposeScope();
        using var network = Initialisation.PyTorchDefault(Shape, Seeds(0, 1), float32);
        var points = Points(2, 4).to_type(float32);
        var targets = OneHot.Of(new byte[8], 4, float32).reshape(2, 4, 4);
        var before = scope.DisposablesCount;
        var (gradients, _) = BackwardPass.Run(network, points, targets, Loss.CrossEntropy);
        scope.DisposablesCount.Should().Be(before + gradients.Count + 1);
        network.Parameters.Should().OnlyContain(one => !one.requires_grad);
        gradients.Zip(network.Parameters).Should().OnlyContain(pair => pair.First.shape.SequenceEqual(pair.Second.shape));
    }

    [Fact]
    public void WrongShapes_AreRefused()
    {
        using var scope = NewDisposeScope();
        using var network = Initialisation.PyTorchDefault(Shape, Seeds(0, 1), float64);
        FluentActions.Invoking(() => network.Forward(zeros([3, 7, 60], float64)))
            .Should().Throw<ArgumentException>().WithMessage("*2 replicas*60 inputs*");
        FluentActions.Invoking(() => network.Forward(zeros([7, 59], float64))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new ConvolutionalNetwork(Shape, [.. network.Parameters.SkipLast(1)]))
            .Should().Throw<ArgumentException>().WithMessage("5 parameters*6");
        FluentActions.Invoking(() => new ConvolutionalNetwork(Shape with { Channels = 2 }, network.Parameters))
            .Should().Throw<ArgumentException>().WithMessage("parameter 0*");
    }

    internal static Seed[] Seeds(params int[] replicas) =>
        [.. replicas.Select(replica => Seed.Of(("test", "networks"), ("replica", replica)))];

    internal static double[] Bits(Tensor values) => values.to_type(float64).contiguous().cpu().data<double>().ToArray();

    private static Tensor Points(int replicas, int count) =>
        RandomTensors.Uniform(Seed.Of(("test", "points")).Generator(), float64, replicas, count, Shape.Image.Size);
}
