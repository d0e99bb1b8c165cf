using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>The 2-slope at many points on any device, for measuring during training: <see cref="Slope.At"/> without writing the Jacobians down.</summary>
public static class SpectralSlope
{
    // Numbers between two products that stay in the cache: so many points at once as have no more.
    private const int Near = 1 << 18;

    /// <summary>
    /// The square root of the largest eigenvalue of JJᵀ = P (W_1 W_1ᵀ) Pᵀ, where J = P W_1: the middle is computed once, and no matrix has
    /// a row of n_0 entries for each point.
    /// </summary>
    /// <remarks>Squares are not scaled, so slopes must lie well inside the square root of the element type's range; the relative error
    /// is about that of J's entries times (‖P‖‖W_1‖/‖J‖)², once more than over the Jacobian itself.</remarks>
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
        var block = Math.Max(1, Near / (replicas * outputs * network.Shape.Widths.Skip(1).Max()));
        for (long start = 0; start < count; start += block)
        {
            using var inner = NewDisposeScope();
            var size = Math.Min(block, count - start);
            var masks = all.Select(mask => mask.narrow(1, start, size).unsqueeze(2)).ToArray();
            var product = network.Weights[^1].unsqueeze(1) * masks[^1];
            for (var i = masks.Length - 1; i > 0; i--)
            {
                product = product.reshape(replicas, size * outputs, -1).bmm(network.Weights[i]).reshape(replicas, size, outputs, -1) * masks[i - 1];
            }

            var half = product.reshape(replicas, size * outputs, -1).bmm(first).reshape(replicas, size, outputs, -1);
            largest.Add(linalg.eigvalsh(half.matmul(product.mT)).amax(-1).clamp_min(0.0).MoveToOuterDisposeScope());
        }

        return cat([.. largest], 1).sqrt().MoveToOuterDisposeScope();
    }
}
