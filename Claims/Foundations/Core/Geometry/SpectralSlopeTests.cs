using Reproduce.Engine;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Geometry;

/// <summary>
/// The 2-slope by the small Gram matrix, the engine's included, against the Jacobian's: two replicas at 200 random points, which fill
/// several blocks and part of another. ‖P‖‖W_1‖/‖J‖ stays below 30 for such networks, so its square lets 1e-16 grow to 1e-13 in
/// float64 and 6e-8 to 5e-5 in float32; times 20 for the sums.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class SpectralSlopeTests
{
    public static TheoryData<int[]> Widths => new(new int[][] { [7, 20, 3], [7, 20, 11, 3], [7, 20, 11, 5, 3], [7, 3], [2, 4, 9] });

    [Theory]
    [MemberData(nameof(Widths))]
    public void At_RandomPointsInFloat64_IsTheLargestSingularValueOfTheJacobian(int[] widths) =>
        ErrorAtRandomPoints(SpectralSlope.At, widths, float64).Should().BeLessThan(1e-11);

    [Theory]
    [MemberData(nameof(Widths))]
    public void At_RandomPointsInFloat32_IsTheLargestSingularValueOfTheJacobian(int[] widths) =>
        ErrorAtRandomPoints(SpectralSlope.At, widths, float32).Should().BeLessThan(1e-3);

    [Theory]
    [MemberData(nameof(Widths))]
    public void At_RandomPointsOnTheEngine_IsTheLargestSingularValueOfTheJacobian(int[] widths) =>
        ErrorAtRandomPoints(SpectralSlopes.At, widths, float32).Should().BeLessThan(1e-3);

    // The largest error, relative to the largest slope of the replica.
    private static double ErrorAtRandomPoints(Func<FullyConnected, Tensor, Tensor> slope, int[] widths, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("test", "spectral slope"));
        Seed[] seeds = [seed.With("replica", 0), seed.With("replica", 1)];
        var network = Initialisation.PyTorchDefault(new FullyConnectedShape(widths), seeds, dtype);
        var points = 2 * RandomTensors.Uniform(seed.With("use", "points").Generator(), dtype, 200, widths[0]);
        var expected = Reproduce.Geometry.Slope.At(network, points);
        var error = (slope(network, points) - expected).abs() / expected.amax(1).unsqueeze(1);
        error.shape.Should().Equal(2, 200);
        return error.max().to_type(float64).item<double>();
    }
}
