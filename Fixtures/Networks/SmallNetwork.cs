using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Networks;

/// <summary>A <see cref="ReluNetwork{T}"/> in float64, which can be passed to the library under test.</summary>
/// <param name="Weights">W_1, …, W_n as [n_i, n_(i−1)].</param>
/// <param name="Biases">b_1, …, b_n.</param>
public sealed record SmallNetwork(IReadOnlyList<double[,]> Weights, IReadOnlyList<double[]> Biases)
    : ReluNetwork<double>(Weights, Biases)
{
    /// <summary>A network with zero biases.</summary>
    public static SmallNetwork WithoutBiases(params double[][,] weights) =>
        new(weights, [.. weights.Select(one => new double[one.GetLength(0)])]);

    /// <summary>The same network in exact arithmetic.</summary>
    public ReluNetwork<Rational> Exact() =>
        new([.. Weights.Select(weight => Arrays.Map(weight, Rational.Of))], [.. Biases.Select(Arrays.Exact)]);

    /// <summary>
    /// The least magnitude of a hidden pre-activation, relative to what it would be if no terms cancelled in this layer or the layers
    /// before. Each operation changes that ratio by at most a few units in the last place; 0 is on a kink.
    /// </summary>
    public double KinkMargin(double[] point)
    {
        var sizes = OfMagnitudes().Evaluate([.. point.Select(Math.Abs)]).Preactivations;
        return Evaluate(point).Preactivations.SkipLast(1)
            .SelectMany((layer, i) => layer.Zip(sizes[i], (value, size) => size == 0 ? 0 : Math.Abs(value) / size))
            .DefaultIfEmpty(double.PositiveInfinity)
            .Min();
    }

    /// <summary>
    /// The network with all numbers replaced by their magnitudes. At a point replaced by its magnitudes, its values are what they would be
    /// if no terms cancelled, which is the scale of the rounding errors.
    /// </summary>
    public SmallNetwork OfMagnitudes() =>
        new([.. Weights.Select(weight => Arrays.Map(weight, Math.Abs))], [.. Biases.Select(bias => bias.Select(Math.Abs).ToArray())]);

    /// <summary>The same network in float64, as an ensemble of one.</summary>
    public FullyConnected ToEnsemble() => new(
        [.. Weights.Select(one => tensor(one).unsqueeze(0))],
        [.. Biases.Select(one => tensor(one).unsqueeze(0))]);
}
