using Reproduce.Measures;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>A measure of each replica, estimated from its batch and differentiable with respect to its parameters, [R].</summary>
/// <param name="network">R replicas with one output.</param>
/// <param name="batch">[R, k, n_0].</param>
public delegate Tensor Regulariser(FullyConnected network, Tensor batch);

/// <summary>
/// The terms that the smoothness thesis adds to the loss (section 4.4). ∇f is computed layer by layer, so that training needs only first
/// derivatives. The gradient of a norm at 0 is taken as 0, and ReLU'(0) = 0, as in PyTorch.
/// </summary>
public static class Regularisers
{
    // The samples of a segment in training (section 4.4.2).
    private const int PointsOnSegment = 10;

    /// <summary>GN of the batch, (1/k) Σ ‖∇f(x_i)‖ (eq. 4.6).</summary>
    public static Tensor GradientNorm(FullyConnected network, Tensor batch)
    {
        using var scope = NewDisposeScope();
        return Measures.GradientNorm.At(network, batch).mean([1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// PL0 of the batch: the mean variation of f over the segments [x_i, x_(i+k/2)], i = 1, …, k/2, from 10 points each. This is eq. 4.7 in
    /// the repaired form of smoothness.batch-estimator. The last point of an odd batch is not used; fewer than two points give 0.
    /// </summary>
    public static Tensor FunctionPathLength(FullyConnected network, Tensor batch) => OverPairs(network, batch, PathLength.OfFunction);

    /// <summary>PL1 of the batch: the mean variation of ∇f over the segments of <see cref="FunctionPathLength"/> (section 4.4.3).</summary>
    public static Tensor GradientPathLength(FullyConnected network, Tensor batch) => OverPairs(network, batch, PathLength.OfGradient);

    /// <summary>WP, which needs no batch (section 4.4.4).</summary>
    public static Tensor WeightsProduct(FullyConnected network, Tensor batch) => Measures.WeightsProduct.Of(network);

    private static Tensor OverPairs(FullyConnected network, Tensor batch, Func<FullyConnected, Segments, int, Tensor> measure)
    {
        var pairs = batch.size(1) / 2;
        if (pairs == 0)
        {
            return zeros([network.Replicas], batch.dtype, batch.device);
        }

        using var scope = NewDisposeScope();
        var segments = new Segments(batch.narrow(1, 0, pairs), batch.narrow(1, pairs, pairs));
        return measure(network, segments, PointsOnSegment).mean([1]).MoveToOuterDisposeScope();
    }
}
