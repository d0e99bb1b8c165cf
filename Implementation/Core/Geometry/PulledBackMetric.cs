using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// The metric of the output layer pulled back to the inputs, ζ(x) = J(x)ᵀ H(f(x)) J(x) (design paper, equations 3 and 9): to second order,
/// the divergence between the predictions at x and x + dx is ½ dxᵀ ζ(x) dx.
/// </summary>
public static class PulledBackMetric
{
    /// <summary>ζ at every point.</summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[N, n_0] or [R, N, n_0], off the kinks.</param>
    /// <param name="metric">H.</param>
    /// <returns>[R, N, n_0, n_0], symmetric and positive semidefinite.</returns>
    /// <exception cref="ArgumentException">The points have another shape.</exception>
    public static Tensor At(FullyConnected network, Tensor points, OutputMetric metric)
    {
        using var scope = NewDisposeScope();
        var root = Root(network, points, metric);
        return root.mT.matmul(root).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// σ_max(x) of Definition A.1, the largest eigenvalue of ζ, without forming ζ: with H = AᵀA it is ‖AJ‖₂², and AJ has only n_c rows.
    /// </summary>
    /// <inheritdoc cref="At" path="/param"/>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">The points have another shape.</exception>
    public static Tensor LargestEigenvalue(FullyConnected network, Tensor points, OutputMetric metric)
    {
        using var scope = NewDisposeScope();
        return MatrixNorm.Of(Root(network, points, metric), 2).square().MoveToOuterDisposeScope();
    }

    private static Tensor Root(FullyConnected network, Tensor points, OutputMetric metric) =>
        metric.Root(network.Forward(points)).matmul(Jacobian.ByLayers(network, points));
}
