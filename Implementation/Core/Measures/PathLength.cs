using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Measures;

/// <summary>
/// The path lengths of the smoothness thesis, as it samples them: the variation of f (PL0, Definition 6) and of ∇f (PL1, Definition 7)
/// along segments, each from n equidistant points (eq. 3.6). The mean over segments between independent points estimates the measure.
/// </summary>
/// <remarks>
/// Each is at most the true variation, since a finer partition never lowers the sum. Both can be differentiated with respect to the
/// parameters; a difference of zero has gradient zero.
/// </remarks>
public static class PathLength
{
    // The largest number of pre-activations of a layer that are held at once; more segments are taken in parts.
    private const long MaxElements = 1L << 22;

    /// <summary>Σ ‖f(p_i) − f(p_(i−1))‖ over p_0 = b, …, p_(n−1) = a, for every segment [a, b].</summary>
    /// <param name="network">R replicas, any number of outputs.</param>
    /// <param name="segments">N segments.</param>
    /// <param name="points">n, at least 2; the thesis measures with 100 and trains with 10.</param>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">The segments' points have another shape than the network takes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">n is below 2: eq. 3.6 divides by n − 1.</exception>
    public static Tensor OfFunction(FullyConnected network, Segments segments, int points = 100) =>
        InParts(network, segments, points, first => EuclideanNorm.Of(Steps(Forward(network, first)[^1], points)));

    /// <summary>Σ ‖∇f(p_i) − ∇f(p_(i−1))‖ over the points of <see cref="OfFunction"/>.</summary>
    /// <param name="network">R replicas with one output. On a kink ReLU'(0) = 0, which is autograd's convention.</param>
    /// <param name="segments">N segments.</param>
    /// <param name="points">n, at least 2.</param>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">The network has several outputs, or the points have another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">n is below 2.</exception>
    public static Tensor OfGradient(FullyConnected network, Segments segments, int points = 100)
    {
        RequireOneOutput(network);
        return InParts(network, segments, points, first =>
        {
            var preactivations = Forward(network, first);
            var rows = first.size(1);

            // Derivatives with respect to the first pre-activations; W_1 multiplies their differences, so that equal masks give exactly 0.
            var derivative = network.Weights[^1].expand(network.Replicas, rows, -1);
            for (var i = network.Shape.Layers - 2; i >= 0; i--)
            {
                var masked = derivative * preactivations[i].gt(0.0).to_type(derivative.dtype);
                derivative = i > 0 ? masked.bmm(network.Weights[i]) : masked;
            }

            var steps = Steps(derivative, points);
            return EuclideanNorm.Of(network.Shape.Layers == 1 ? steps : AffineProduct.Linear(steps, network.Weights[0]));
        });
    }

    internal static void RequireOneOutput(FullyConnected network)
    {
        if (network.Shape.Outputs != 1)
        {
            throw new ArgumentException($"the network must have one output; {network.Shape} has {network.Shape.Outputs} outputs");
        }
    }

    // The first layer is affine, so its pre-activations at the n points interpolate those at the ends: two products for a segment, not n.
    private static Tensor InParts(FullyConnected network, Segments segments, int points, Func<Tensor, Tensor> measure)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        using var scope = NewDisposeScope();
        var (starts, ends) = (network.Spread(segments.Starts), network.Spread(segments.Ends));
        var (weights, biases) = (network.Weights[0].mT, network.Biases[0].unsqueeze(1));
        var share = arange(0, points, 1, starts.dtype, starts.device).unsqueeze(1) / (double)(points - 1);
        var part = Math.Max(1, MaxElements / ((long)network.Replicas * points * network.Shape.Widths.Max()));
        var parts = new List<Tensor>();
        for (var from = 0L; from < segments.Count; from += part)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(part, segments.Count - from);
            var atStart = AffineProduct.Of(starts.narrow(1, from, count), weights, biases).unsqueeze(2);
            var atEnd = AffineProduct.Of(ends.narrow(1, from, count), weights, biases).unsqueeze(2);
            var between = (share * atStart) + ((1.0 - share) * atEnd);
            parts.Add(measure(between.reshape(network.Replicas, count * points, -1)).sum(-1).MoveToOuterDisposeScope());
        }

        return cat([.. parts], 1).MoveToOuterDisposeScope();
    }

    // The pre-activations of all layers, the outputs last, each [R, rows, n_i].
    private static List<Tensor> Forward(FullyConnected network, Tensor first)
    {
        var preactivations = new List<Tensor> { first };
        for (var i = 1; i < network.Shape.Layers; i++)
        {
            preactivations.Add(AffineProduct.Of(preactivations[^1].relu(), network.Weights[i].mT, network.Biases[i].unsqueeze(1)));
        }

        return preactivations;
    }

    // The differences of neighbouring points: [R, N·n, k] to [R, N, n − 1, k].
    private static Tensor Steps(Tensor values, int points)
    {
        var apart = values.reshape(values.size(0), -1, points, values.size(2));
        return apart.narrow(2, 1, points - 1) - apart.narrow(2, 0, points - 1);
    }
}
