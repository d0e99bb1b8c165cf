using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static Reproduce.Claims.Foundations.Core.Networks.ConvolutionalNetworkTests;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Networks;

/// <summary>
/// Residual networks: where all convolutions are zero, what passes through the shortcuts is known by hand; a replica trains the same alone
/// and among others. PyTorchAgreementTests compares whole runs, batch normalisation included.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class CifarResNetTests
{
    /// <summary>
    /// Convolutions of zero leave β of the first batch norm, here 1 … 16, to the shortcuts. Option A puts it into channels 8 … 23 of 32,
    /// then 24 … 39 of 64; the classifier reads channels 23 … 32. ν = 1/2 halves it once, in place of the second stage's three blocks.
    /// </summary>
    [Theory]
    [InlineData(false, 1.0)]
    [InlineData(true, 0.5)]
    public void Shortcuts_OfOptionA_PadEquallyBeforeAndAfter(bool generalizationLayer, double factor)
    {
        using var scope = NewDisposeScope();
        using var network = Zero(new CifarResNetShape(20, generalizationLayer: generalizationLayer));
        network.ShortcutWeight = 0.5;
        double[] expected = [.. Enumerable.Range(0, 10).Select(i => factor * i)];
        Bits(network.Forward(ones([2, 3 * 64], float64))).Should().Equal([.. expected, .. expected]);
    }

    /// <summary>Two more convolutions without a shortcut: none of β passes.</summary>
    [Fact]
    public void ExtraConvolutions_HaveNoShortcut()
    {
        using var scope = NewDisposeScope();
        using var network = Zero(new CifarResNetShape(20, 2));
        Bits(network.Forward(ones([1, 3 * 64], float64))).Should().OnlyContain(one => one == 0);
    }

    /// <summary>GL drops two of the three blocks of the second stage: 4 convolutions, each 32·32·9 + 64 with its batch norm.</summary>
    [Fact]
    public void GeneralizationLayer_HasFewerParameters_AsFigure6Says()
    {
        var shape = new CifarResNetShape(20, generalizationLayer: true);
        (269_722 - ParameterCount.Of(shape)).Should().Be(4 * ((32 * 32 * 9) + 64));
        shape.Layers.Should().Be(16);
        using var scope = NewDisposeScope();
        using var network = Initialisation.He(shape, Seeds(0), float32);
        network.InGeneralizationLayer.Zip(network.Parameters).Where(pair => pair.First).Sum(pair => pair.Second.numel())
            .Should().Be((16 * 32 * 9) + (32 * 32 * 9) + (4 * 32));
        network.InGeneralizationLayer.Should().HaveCount(network.Parameters.Count);
    }

    /// <summary>Two steps in float32: losses, parameters and running statistics, to the last bit.</summary>
    [Fact]
    public void Replica_AloneAndAmongOthers_TrainsToTheSameBits()
    {
        using var scope = NewDisposeScope();
        var shape = new CifarResNetShape(8, 2);
        using var together = Initialisation.He(shape, Seeds(0, 1), float32);
        using var alone = Initialisation.He(shape, Seeds(1), float32);
        using var first = new Sgd(together.Parameters, 0.1, 0.9, 1e-4);
        using var second = new Sgd(alone.Parameters, 0.1, 0.9, 1e-4);
        var kept = together.DrawKeptNodes(0.5, [.. Seeds(3, 4).Select(seed => seed.Generator())]);
        (together.KeptNodes, alone.KeptNodes) = (kept, kept.narrow(0, 1, 1));
        var points = RandomTensors.Uniform(Seeds(5)[0].Generator(), float32, 2, 2, 3072);
        var targets = OneHot.Of([1, 2, 3, 4], 10, float32).reshape(2, 2, 10);
        for (var step = 0; step < 2; step++)
        {
            var (gradients, losses) = BackwardPass.Run(together, points, targets, Loss.CrossEntropy);
            var (own, loss) = BackwardPass.Run(alone, points.narrow(0, 1, 1), targets.narrow(0, 1, 1), Loss.CrossEntropy);
            Bits(loss).Should().Equal(Bits(losses.narrow(0, 1, 1)));
            first.Update(gradients);
            second.Update(own);
        }

        foreach (var (mine, all) in alone.Parameters.Concat(alone.Statistics).Zip(together.Parameters.Concat(together.Statistics)))
        {
            Bits(mine).Should().Equal(Bits(all.narrow(0, 1, 1)));
        }
    }

    /// <summary>Training changes the running statistics, evaluation does not, and it ignores dropped nodes.</summary>
    [Fact]
    public void Evaluation_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var network = Initialisation.He(new CifarResNetShape(8, 2), Seeds(0), float64);
        var points = (arange(0, 2 * 3072, 1, float64) / 3072.0).reshape(1, 2, 3072);
        var before = network.Statistics.Select(Bits).ToList();
        var outputs = Bits(network.Forward(points));
        network.KeptNodes = zeros([1, 1, 64, 8, 8], float64);
        Bits(network.Forward(points)).Should().Equal(outputs);
        network.Statistics.Select(Bits).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
        BackwardPass.Run(network, points, OneHot.Of([0, 0], 10, float64).unsqueeze(0), Loss.CrossEntropy);
        Bits(network.Statistics[0]).Should().NotEqual(before[0]);
    }

    /// <summary>
    /// A quarter of 2 · 4096 nodes is dropped: within 5 standard deviations of 0.25, √(0.25 · 0.75/8192) = 0.0048; false alarms 6e-7.
    /// </summary>
    [Fact]
    public void DrawKeptNodes_DropsTheShareAndKeepsTheExpectation()
    {
        using var scope = NewDisposeScope();
        using var network = Initialisation.He(new CifarResNetShape(8, 2), Seeds(0, 1), float64);
        var kept = network.DrawKeptNodes(0.25, [.. Seeds(1, 2).Select(seed => seed.Generator())]);
        kept.shape.Should().Equal(2, 1, 64, 8, 8);
        var values = Bits(kept);
        values.Should().OnlyContain(one => one == 0 || one == 1 / 0.75);
        values.Count(one => one == 0).Should().BeInRange((int)(8192 * (0.25 - 0.024)), (int)(8192 * (0.25 + 0.024)));
        Bits(kept.select(0, 0)).Should().NotEqual(Bits(kept.select(0, 1)));
        FluentActions.Invoking(() => network.DrawKeptNodes(1, [])).Should().Throw<ArgumentOutOfRangeException>();
    }

    /// <summary>
    /// He: variance 2/fan_in. For the 9216 entries of a 32·32·9 kernel the mean square deviates by √(2/9216) = 0.015, relatively; five of
    /// these are 0.075.
    /// </summary>
    [Fact]
    public void He_DrawsTheVarianceAndLeavesBatchNormNeutral()
    {
        using var scope = NewDisposeScope();
        using var network = Initialisation.He(new CifarResNetShape(8), Seeds(0), float64);
        var kernels = network.Parameters.First(one => one.shape.SequenceEqual([1, 32, 32, 3, 3]));
        (Bits(kernels).Average(one => one * one) * 288 / 2).Should().BeApproximately(1, 0.075);
        Bits(network.Parameters[1]).Should().OnlyContain(one => one == 1);
        Bits(network.Parameters[2]).Should().OnlyContain(one => one == 0);
        Bits(network.Parameters[^1]).Should().OnlyContain(one => Math.Abs(one) <= 0.125).And.Contain(one => Math.Abs(one) > 0.01);
    }

    private static CifarResNet Zero(CifarResNetShape shape)
    {
        Tensor[] parameters = [.. shape.ParameterShapes().Select(size => zeros([1, .. size], float64))];
        parameters[2].copy_(arange(1, 17, 1, float64));
        for (var i = 0; i < 10; i++)
        {
            parameters[^2].select(1, i).select(1, 23 + i).fill_(1);
        }

        return new CifarResNet(shape, parameters, side: 8);
    }
}
