using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Shared;

/// <summary>Networks that are solved by hand.</summary>
internal static class ExampleNetworks
{
    /// <summary>f(x) = ReLU(x) − ReLU(−x) = x: the identity, with both units on their kink at 0.</summary>
    internal static SmallNetwork Identity { get; } =
        SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, -1 } });

    /// <summary>
    /// f(x, y) = |x + y| − |x − y|: 0 on both axes, so both partial derivatives at the origin exist and vanish, and 2t along the
    /// diagonal (t, t), so f is not differentiable there.
    /// </summary>
    internal static SmallNetwork FlatOnTheAxes { get; } = SmallNetwork.WithoutBiases(
        new double[,] { { 1, 1 }, { -1, -1 }, { 1, -1 }, { -1, 1 } },
        new double[,] { { 1, 1, -1, -1 } });

    /// <summary>A two-layer network with one output.</summary>
    internal static SmallNetwork TwoLayers(double[,] inner, double[] biases, double[] outer, double shift = 0) =>
        new([inner, Arrays.Build(1, outer.Length, (_, column) => outer[column])], [biases, [shift]]);
}
