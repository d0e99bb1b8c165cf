using Reproduce.Engine;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Geometry;

/// <summary>The 2-slope by the small Gram matrix against the one by the Jacobian: two replicas, 200 random points: the engine's, too, several blocks of them and a rest.</summary>
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
            var points = tensor(Enumerable.Range(0, 200 * widths[0]).Select(_ => (4 * generator.NextDouble()) - 2).ToArray(), [200, widths[0]], dtype);
            var expected = Reproduce.Geometry.Slope.At(network, points);
            foreach (var slopes in dtype == float32 ? new[] { SpectralSlope.At(network, points), SpectralSlopes.At(network, points) } : [SpectralSlope.At(network, points)])
            {
                var error = (slopes - expected).abs() / expected.amax(1).unsqueeze(1);
                error.shape.Should().Equal(2, 200);
                error.max().to_type(float64).item<double>().Should().BeLessThan(tolerance);
            }
        }
    }
}
