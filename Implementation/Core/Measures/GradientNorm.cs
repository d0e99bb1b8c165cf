using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Measures;

/// <summary>GN, the expected norm of the gradient (smoothness thesis, Definition 4): a first-order measure.</summary>
public static class GradientNorm
{
    /// <summary>
    /// ‖∇f(x)‖ at every point. The mean over points drawn from P_X estimates GN without bias (eq. 3.1 and 4.6); its standard error is the
    /// standard deviation over the points divided by the root of their number.
    /// </summary>
    /// <param name="network">R replicas with one output.</param>
    /// <param name="points">[N, n_0] or [R, N, n_0], off the kinks; on a kink ReLU'(0) = 0, which is autograd's convention.</param>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">The network has several outputs, or the points have another shape.</exception>
    public static Tensor At(FullyConnected network, Tensor points)
    {
        PathLength.RequireOneOutput(network);
        using var scope = NewDisposeScope();
        return EuclideanNorm.Of(Jacobian.ByLayers(network, points).select(2, 0)).MoveToOuterDisposeScope();
    }
}
