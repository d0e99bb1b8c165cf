using Reproduce.Fixtures.Experiments.Design.Zeta;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Experiments.Design;

/// <summary>A generalization layer's network without its skip connection, against the network with it.</summary>
[Trait("Category", "Foundation")]
public sealed class SkipAsUnitsTests
{
    /// <summary>
    /// Outputs and, by automatic differentiation, Jacobians, in float64: sums of at most 12 products through four layers.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0.1)]
    [InlineData(0)]
    public void OutputsAndJacobians_AreThoseOfTheResidualNetwork(double strength)
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("test", "skip as units"));
        var network = Initialisation.PyTorchDefault(new ResidualShape(7, 6, 3, [(2, Shortcut.Weighted)]), [seed], float64);
        network.ShortcutWeight = strength;
        var generator = seed.With("use", "points").Generator();
        var points = tensor([.. Enumerable.Range(0, 20 * 7).Select(_ => (4 * generator.NextDouble()) - 2)], [20, 7], float64);

        var same = SkipAsUnits.Of([.. network.Parameters.Select(one => one.squeeze(0))], strength);

        same.Shape.Widths.Should().Equal(7, 6, 12, 6, 3);
        (same.Forward(points) - network.Forward(points)).abs().max().item<double>().Should().BeLessThan(1e-13);
        var input = points.clone().requires_grad_();
        var outputs = network.Forward(input).squeeze(0);
        Tensor Row(int k) => autograd.grad([outputs.select(1, k).sum()], [input], retain_graph: true)[0];
        var jacobian = stack([.. Enumerable.Range(0, 3).Select(Row)], 1);
        (Jacobian.ByLayers(same, points).squeeze(0) - jacobian).abs().max().item<double>().Should().BeLessThan(1e-13);
    }
}
