using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>The slope of a network (slope paper, Definition 1): the operator p-norm of its Jacobian (Proposition 1).</summary>
public static class Slope
{
    /// <summary>The p-slope at every point.</summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[N, n_0] or [R, N, n_0], off the kinks; on a kink the Jacobian follows autograd's convention.</param>
    /// <param name="p">1, 2 or ∞.</param>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">p has no closed form, or the points have another shape.</exception>
    public static Tensor At(FullyConnected network, Tensor points, double p = 2)
    {
        using var scope = NewDisposeScope();
        return MatrixNorm.Of(Jacobian.ByLayers(network, points), p).MoveToOuterDisposeScope();
    }
}
