using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// The directions of Proposition 7 of the slope paper: along v_i the network function f is multiplied by a constant, because ReLU is
/// positively homogeneous.
/// </summary>
public static class ScalingDirection
{
    /// <summary>
    /// v_i, in the order of <see cref="FullyConnected.Parameters"/>: W_i and b_i themselves, the biases of the layers after i, and
    /// zero elsewhere. The parameters θ + (c − 1)v_i give c·f for every c ≥ 0, and for every c at the last layer.
    /// </summary>
    /// <param name="network">The network at θ.</param>
    /// <param name="layer">i, from 1 to the number of layers.</param>
    public static IReadOnlyList<Tensor> Of(FullyConnected network, int layer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layer, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, network.Shape.Layers);
        var direction = new List<Tensor>();
        for (var i = 1; i <= network.Shape.Layers; i++)
        {
            var (weight, bias) = (network.Weights[i - 1], network.Biases[i - 1]);
            direction.Add(i == layer ? weight.clone() : zeros_like(weight));
            direction.Add(i >= layer ? bias.clone() : zeros_like(bias));
        }

        return direction;
    }

    /// <summary>The network at θ + step·direction.</summary>
    public static FullyConnected Move(FullyConnected network, IReadOnlyList<Tensor> direction, double step)
    {
        var moved = network.Parameters.Select((parameter, i) => parameter.add(direction[i], step)).ToList();
        return new FullyConnected([.. moved.Where((_, i) => i % 2 == 0)], [.. moved.Where((_, i) => i % 2 == 1)]);
    }
}
