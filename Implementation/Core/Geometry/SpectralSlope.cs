using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// The 2-slope at many points on any device, fast enough to measure during training: <see cref="Slope.At"/> without forming Jacobians.
/// </summary>
public static class SpectralSlope
{
    // The size of intermediate results that stay in the cache; it bounds the number of points at once.
    private const int CachedElements = 1 << 18;

    /// <summary>
    /// The square root of the largest eigenvalue of JJᵀ = P (W_1 W_1ᵀ) Pᵀ, where J = P W_1: the middle factor is computed once, and no
    /// matrix has n_0 entries for each point.
    /// </summary>
    /// <remarks>
    /// Squares are not scaled, so slopes must lie well inside the square root of the element type's range. The relative error is about that
    /// of J's entries times (‖P‖‖W_1‖/‖J‖)², one factor more than by way of the Jacobian.
    /// </remarks>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[N, n_0] or [R, N, n_0], off the kinks.</param>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">The points have another shape.</exception>
    public static Tensor At(FullyConnected network, Tensor points)
    {
        using var scope = NewDisposeScope();
        var all = network.Masks(points);
        if (all.Count == 0)
        {
            return Slope.At(network, points).MoveToOuterDisposeScope();
        }

        var first = network.Weights[0].bmm(network.Weights[0].mT);
        var (replicas, count, outputs) = (network.Replicas, all[0].size(1), network.Shape.Outputs);
        var largest = new List<Tensor>();
        var block = Math.Max(1, CachedElements / (replicas * outputs * network.Shape.Widths.Skip(1).Max()));
        for (long start = 0; start < count; start += block)
        {
            using var inner = NewDisposeScope();
            var size = Math.Min(block, count - start);
            var masks = all.Select(mask => mask.narrow(1, start, size).unsqueeze(2)).ToArray();
            var product = network.Weights[^1].unsqueeze(1) * masks[^1];
            for (var i = masks.Length - 1; i > 0; i--)
            {
                product = AffineProduct.Linear(product, network.Weights[i]) * masks[i - 1];
            }

            var half = AffineProduct.Linear(product, first);
            largest.Add(linalg.eigvalsh(half.matmul(product.mT)).amax(-1).clamp_min(0.0).MoveToOuterDisposeScope());
        }

        return cat([.. largest], 1).sqrt().MoveToOuterDisposeScope();
    }
}
