using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Intervals.Support;

/// <summary>W′, the weights with the rows of inactive units erased.</summary>
internal static class MaskedWeights
{
    /// <summary>
    /// W'_L ⋯ W'_1 at a point: the weights, with the rows of hidden units erased whose pre-activation is negative (appendix A of the
    /// paper).
    /// </summary>
    internal static Rational[,] MaskedProduct(ReluNetwork<Rational> network, Rational[] point)
    {
        var preactivations = network.Evaluate(point).Preactivations;
        bool[] Kept(int layer) => [.. preactivations[layer].Select(value => value >= 0)];
        var masked = network.Weights.Select((weight, layer) => layer < network.Layers - 1 ? Erase(weight, Kept(layer)) : weight);
        return masked.Aggregate((product, weight) => Arrays.Multiply(weight, product));
    }

    /// <summary>A matrix with the rows erased that are not kept.</summary>
    internal static Rational[,] Erase(Rational[,] matrix, bool[] kept) =>
        Arrays.Build(matrix.GetLength(0), matrix.GetLength(1), (row, column) => kept[row] ? matrix[row, column] : 0);
}
