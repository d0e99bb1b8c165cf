using Reproduce.Lines;
using Reproduce.Geometry;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Measures;

/// <summary>
/// The path lengths of the smoothness thesis without sampling: the variation of f (PL0, Definition 6) and of ∇f (PL1, Definition 7) along
/// segments, from all kinks. <see cref="PathLength"/> is the thesis's estimate of them.
/// </summary>
public static class ExactPathLength
{
    /// <summary>The total variation of f along every segment.</summary>
    /// <param name="network">R replicas, any number of outputs.</param>
    /// <param name="segments">N segments.</param>
    /// <returns>[R, N], float64.</returns>
    /// <exception cref="ArgumentException">The segments' points have another shape than the network takes.</exception>
    public static Tensor OfFunction(FullyConnected network, Segments segments) =>
        ByReplica(network, segments, (pieces, directions, totals) => AlongLines.AddFunctionVariation(pieces, directions, 0, 1, totals));

    /// <summary>The total variation of the Jacobian along every segment in the Frobenius norm; for one output that of ∇f.</summary>
    /// <inheritdoc cref="OfFunction"/>
    public static Tensor OfGradient(FullyConnected network, Segments segments) =>
        ByReplica(network, segments, (pieces, _, totals) => AlongLines.AddGradientVariation(pieces, 0, 1, totals));

    private static Tensor ByReplica(FullyConnected network, Segments segments, Action<LinePieces, Tensor, double[]> add)
    {
        using var scope = NewDisposeScope();
        var (starts, ends) = (network.Spread(segments.Starts).to_type(float64), network.Spread(segments.Ends).to_type(float64));
        var totals = new List<Tensor>();
        for (var replica = 0; replica < network.Replicas; replica++)
        {
            using var inner = NewDisposeScope();
            using var one = LayeredNetwork.Of(network, replica);
            using var decomposition = new LineDecomposition(one);
            var total = new double[segments.Count];
            var from = starts.select(0, replica);
            var directions = ends.select(0, replica) - from;
            foreach (var pieces in decomposition.Of(from, directions, 0, 1))
            {
                add(pieces, directions, total);
            }

            totals.Add(tensor(total, device: starts.device).MoveToOuterDisposeScope());
        }

        return stack(totals).MoveToOuterDisposeScope();
    }
}
