using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core;

/// <summary>The 2-slope by the small Gram matrix against the one by the Jacobian: two replicas, 30 random points.</summary>
[Trait("Category", "Foundation")]
public sealed class SpectralSlopeTests
{
    /// <summary>
    /// ‖P‖‖W_1‖/‖J‖ stays below 30 for such networks, so its square lets 1e-16 grow to 1e-13 in float64 and 6e-8 to 5e-5 in float32; times 20 for the sums.
    /// </summary>
    [Theory]
    [InlineData(7, 20, 3)]
    [InlineData(7, 20, 11, 3)]
    [InlineData(7, 20, 11, 5, 3)]
    [InlineData(7, 3)]
    [InlineData(2, 4, 9)]
    public void At_RandomPoints_IsTheLargestSingularValueOfTheJacobian(params int[] widths)
    {
        using var scope = NewDisposeScope();
        foreach (var (dtype, tolerance) in new[] { (float64, 1e-11), (float32, 1e-3) })
        {
            var seed = Seed.Of(("test", "spectral slope"));
            var network = Initialisation.PyTorchDefault(new FullyConnectedShape(widths), [seed.With("replica", 0), seed.With("replica", 1)], dtype);
            var generator = seed.With("use", "points").Generator();
            var points = tensor(Enumerable.Range(0, 30 * widths[0]).Select(_ => (4 * generator.NextDouble()) - 2).ToArray(), [30, widths[0]], dtype);
            var expected = Geometry.Slope.At(network, points);
            var error = (SpectralSlope.At(network, points) - expected).abs() / expected.amax(1).unsqueeze(1);
            error.shape.Should().Equal(2, 30);
            error.max().to_type(float64).item<double>().Should().BeLessThan(tolerance);
        }
    }

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
            ((double)SpectralSlope.At(network, ones(1, 2)).item<float>()).Should().BeApproximately(slope, 1e-6 * slope);
        }
    }
}
