using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static Reproduce.Claims.Foundations.Core.Networks.ConvolutionalNetworkTests;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Networks;

/// <summary>The design paper's residual fully connected networks: their printed sizes, and what passes through shortcuts alone.</summary>
[Trait("Category", "Foundation")]
public sealed class ResidualNetworkTests
{
    /// <summary>Figs. 2 and 4 print 119 hidden layers, 36 160 parameters, and skips over every two and every seven hidden layers.</summary>
    [Theory]
    [InlineData(2, 59, 2)]
    [InlineData(4, 16, 7)]
    public void Figures2And4_HaveThePrintedSizes(int figure, int skips, int layers)
    {
        var shape = OfFigure(figure);
        shape.HiddenLayers.Should().Be(119);
        ParameterCount.Of(shape.ParameterShapes()).Should().Be(36_160);
        shape.Blocks.Where(block => block.Shortcut == Shortcut.Identity)
            .Should().HaveCount(skips).And.OnlyContain(block => block.Layers == layers);
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
        network.InGeneralizationLayer.Zip(network.Parameters).Where(pair => pair.First).Sum(pair => pair.Second.numel())
            .Should().Be(6 * 306);
    }

    /// <summary>Blocks of zeros between layers of ones give 17·ReLU(x); each of three generalization layers halves it.</summary>
    [Theory]
    [InlineData(2, 1.0)]
    [InlineData(4, 0.0)]
    [InlineData(7, 0.125)]
    public void Shortcuts_Alone_PassWhatTheyWeigh(int figure, double factor)
    {
        using var scope = NewDisposeScope();
        var shape = OfFigure(figure);
        Tensor[] parameters = [.. shape.ParameterShapes().Select(size => zeros([1, .. size], float64))];
        parameters[0].fill_(1);
        parameters[2 * shape.HiddenLayers].fill_(1);
        using var network = new ResidualNetwork(shape, parameters) { ShortcutWeight = 0.5 };
        Bits(network.Forward(tensor([4.0, -4], [2, 1]))).Should().Equal(17 * 4 * factor, 0);
    }

    /// <summary>Three steps in float64. A batched product sums each replica's entries separately: 1e-13 allows for another order.</summary>
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

    private static ResidualShape OfFigure(int figure) =>
        figure switch { 2 => ResidualShape.Figure2, 4 => ResidualShape.Figure4, _ => ResidualShape.Figure7 };
}
