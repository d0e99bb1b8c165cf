using Reproduce.Measures;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>A measure of each replica that is estimated from its batch and can be differentiated in its parameters, [R].</summary>
/// <param name="network">R replicas with one output.</param>
/// <param name="batch">[R, k, n_0].</param>
public delegate Tensor Regulariser(FullyConnected network, Tensor batch);

/// <summary>
/// What the smoothness thesis adds to the loss (section 4.4). ∇f is written out by layers, so that first derivatives of what stands here are
/// enough. Where a norm is taken of 0 its gradient counts as 0, and ReLU'(0) = 0, as in PyTorch.
/// </summary>
public static class Regularisers
{
    /// <summary>The thesis samples its segments so often when it trains (section 4.4.2).</summary>
    private const int PointsOnSegment = 10;

    /// <summary>GN of the batch, (1/k) Σ ‖∇f(x_i)‖ (eq. 4.6).</summary>
    public static Tensor GradientNorm(FullyConnected network, Tensor batch)
    {
        using var scope = NewDisposeScope();
        return Measures.GradientNorm.At(network, batch).mean([1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// PL0 of the batch: the mean variation of f over the segments [x_i, x_(i+k/2)], i = 1, …, k/2, from 10 points each. This is eq. 4.7 in the
    /// repaired form of smoothness.batch-estimator. A point that an odd batch leaves over is not used; fewer than two points give 0.
    /// </summary>
    public static Tensor FunctionPathLength(FullyConnected network, Tensor batch) => OverPairs(network, batch, PathLength.OfFunction);

    /// <summary>PL1 of the batch: the same for ∇f in place of f (section 4.4.3).</summary>
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
        return measure(network, new Segments(batch.narrow(1, 0, pairs), batch.narrow(1, pairs, pairs)), PointsOnSegment).mean([1]).MoveToOuterDisposeScope();
    }
}
