using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static Reproduce.Claims.Foundations.Core.Networks.ConvolutionalNetworkTests;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Networks;

/// <summary>The design paper's residual fully connected networks: their sizes as printed, and what passes through shortcuts alone.</summary>
[Trait("Category", "Foundation")]
public sealed class ResidualNetworkTests
{
    /// <summary>Figs. 2 and 4 print 119 hidden layers and 36 160 parameters; skips over every second, and over every seventh hidden layer.</summary>
    [Fact]
    public void Figures2And4_HaveThePrintedSizes()
    {
        foreach (var shape in new[] { ResidualShape.Figure2, ResidualShape.Figure4 })
        {
            shape.HiddenLayers.Should().Be(119);
            ParameterCount.Of(shape.ParameterShapes()).Should().Be(36_160);
        }

        ResidualShape.Figure2.Blocks.Should().HaveCount(59).And.OnlyContain(block => block.Layers == 2);
        ResidualShape.Figure4.Blocks.Where(block => block.Shortcut == Shortcut.Identity).Should().HaveCount(16).And.OnlyContain(block => block.Layers == 7);
    }

    /// <summary>Footnote 13: 90 hidden layers of width 17, 45 skip connections, of which 3 belong to GL.</summary>
    [Fact]
    public void Figure7_HasThePrintedSkips()
    {
        var blocks = ResidualShape.Figure7.Blocks;
        blocks.Sum(block => block.Layers).Should().Be(90);
        blocks.Should().HaveCount(45).And.OnlyContain(block => block.Shortcut != Shortcut.None);
        blocks.Count(block => block.Shortcut == Shortcut.Weighted).Should().Be(3);
        using var scope = NewDisposeScope();
        using var network = Initialisation.PyTorchDefault(ResidualShape.Figure7, Seeds(0), float64);
        network.InGeneralizationLayer.Should().HaveCount(network.Parameters.Count);
        network.InGeneralizationLayer.Zip(network.Parameters).Where(pair => pair.First).Sum(pair => pair.Second.numel()).Should().Be(6 * 306);
    }

    /// <summary>All blocks' layers zero, first and last layer of ones: 17·ReLU(x), and each of the three generalization layers multiplies by ν = 1/2.</summary>
    [Fact]
    public void Shortcuts_Alone_PassWhatTheyWeigh()
    {
        using var scope = NewDisposeScope();
        foreach (var (shape, factor) in new[] { (ResidualShape.Figure2, 1.0), (ResidualShape.Figure4, 0.0), (ResidualShape.Figure7, 0.125) })
        {
            Tensor[] parameters = [.. shape.ParameterShapes().Select((size, i) => i == 0 || i == (2 * shape.HiddenLayers) ? ones([1, .. size], float64) : zeros([1, .. size], float64))];
            using var network = new ResidualNetwork(shape, parameters) { ShortcutWeight = 0.5 };
            Bits(network.Forward(tensor([4.0, -4], [2, 1]))).Should().Equal(17 * 4 * factor, 0);
        }
    }

    /// <summary>Three steps in float64. A batched product sums each replica's entries by itself: 1e-13 leaves room for another order at another size.</summary>
    [Fact]
    public void Replica_AloneAndAmongOthers_TrainsAlike()
    {
        using var scope = NewDisposeScope();
        using var together = Initialisation.PyTorchDefault(ResidualShape.Figure7, Seeds(0, 1, 2), float64);
        using var alone = Initialisation.PyTorchDefault(ResidualShape.Figure7, Seeds(1), float64);
        using var first = new Sgd(together.Parameters, 1e-3);
        using var second = new Sgd(alone.Parameters, 1e-3);
        var points = arange(-8, 8, 1, float64).reshape(1, 16, 1).expand(3, -1, -1).contiguous();
        for (var step = 0; step < 3; step++)
        {
            first.Update(BackwardPass.Run(together, points, points, Loss.MeanSquare).Gradients);
            second.Update(BackwardPass.Run(alone, points.narrow(0, 1, 1), points.narrow(0, 1, 1), Loss.MeanSquare).Gradients);
        }

        foreach (var (mine, all) in alone.Parameters.Zip(together.Parameters))
        {
            (mine - all.narrow(0, 1, 1)).abs().max().item<double>().Should().BeLessThan(1e-13);
        }
    }
}
