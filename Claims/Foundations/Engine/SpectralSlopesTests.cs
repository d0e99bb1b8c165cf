using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>
/// The engine's 2-slopes by hand, and what they refuse; <see cref="Core.Geometry.SpectralSlopeTests"/> compares them with the Jacobian.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class SpectralSlopesTests
{
    /// <summary>
    /// Among them zero, an entry twice and two entries that differ by a thousandth. Twice 2·10⁻⁷ for the method and as much for
    /// rounding.
    /// </summary>
    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(3, 0, 0, 3, 3)]
    [InlineData(1, 0, 0, 1.001, 1.001)]
    [InlineData(2, 1, 1, 2, 3)]
    [InlineData(5, 0, 0, 4, 5)]
    [InlineData(4, 3, 3, -4, 5)]
    [InlineData(0, 5e-3, 1e-6, 0, 5e-3)]
    [InlineData(3e4, 0, 0, 1, 3e4)]
    public void At_JacobianByHand_IsItsLargestSingularValue(double a, double b, double c, double d, double slope)
    {
        using var scope = NewDisposeScope();

        // All units are active at (1, 1) and the first layer is the identity.
        var jacobian = tensor([a, b, c, d], [1, 2, 2], float32);
        var network = new FullyConnected([eye(2).unsqueeze(0), jacobian], [ones(1, 2), zeros(1, 2)]);
        ((double)SpectralSlopes.At(network, ones(1, 2)).item<float>()).Should().BeApproximately(slope, 1e-6 * slope);
    }

    [Fact]
    public void At_ArgumentsThatDoNotFit_AreRefused()
    {
        using var scope = NewDisposeScope();
        var network = Initialisation.PyTorchDefault(new FullyConnectedShape(4, 3, 2), [Seed.Of(("test", "slopes"))], float32);
        var exact = Initialisation.PyTorchDefault(network.Shape, [Seed.Of(("test", "slopes"))], float64);
        FluentActions.Invoking(() => SpectralSlopes.At(network, zeros(2, 5))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SpectralSlopes.At(network, zeros([2, 4], float64))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SpectralSlopes.At(exact, zeros(2, 4))).Should().Throw<ArgumentException>();
    }
}
