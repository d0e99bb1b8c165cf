using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>The engine's 2-slopes by hand and against misuse; beside the Jacobian they stand in <see cref="Core.Geometry.SpectralSlopeTests"/>.</summary>
[Trait("Category", "Foundation")]
public sealed class SpectralSlopesTests
{
    /// <summary>
    /// By hand: diagonal matrices, of which one is zero, one has its largest entry twice and one has two that differ by a thousandth, and
    /// ((2, 1), (1, 2)) with 3. Twice 2·10⁻⁷ for the method and as much for rounding.
    /// </summary>
    [Fact]
    public void At_JacobiansByHand_IsTheirLargestSingularValue()
    {
        using var scope = NewDisposeScope();
        (double[,] Jacobian, double Slope)[] cases =
        [
            (new double[,] { { 0, 0 }, { 0, 0 } }, 0), (new double[,] { { 3, 0 }, { 0, 3 } }, 3), (new double[,] { { 1, 0 }, { 0, 1.001 } }, 1.001),
            (new double[,] { { 2, 1 }, { 1, 2 } }, 3), (new double[,] { { 5, 0 }, { 0, 4 } }, 5), (new double[,] { { 4, 3 }, { 3, -4 } }, 5), (new double[,] { { 0, 5e-3 }, { 1e-6, 0 } }, 5e-3), (new double[,] { { 3e4, 0 }, { 0, 1 } }, 3e4),
        ];
        foreach (var (jacobian, slope) in cases)
        {
            // All units are active at (1, 1) and the first layer is the identity.
            var network = new FullyConnected([eye(2).unsqueeze(0), tensor(jacobian, float32).unsqueeze(0)], [ones(1, 2), zeros(1, 2)]);
            ((double)SpectralSlopes.At(network, ones(1, 2)).item<float>()).Should().BeApproximately(slope, 1e-6 * slope);
        }
    }

    [Fact]
    public void At_WhatDoesNotFit_SaysSo()
    {
        using var scope = NewDisposeScope();
        var network = Initialisation.PyTorchDefault(new FullyConnectedShape(4, 3, 2), [Seed.Of(("test", "slopes"))], float32);
        var exact = Initialisation.PyTorchDefault(network.Shape, [Seed.Of(("test", "slopes"))], float64);
        FluentActions.Invoking(() => SpectralSlopes.At(network, zeros(2, 5))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SpectralSlopes.At(network, zeros([2, 4], float64))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SpectralSlopes.At(exact, zeros(2, 4))).Should().Throw<ArgumentException>();
    }
}
