using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Measures;

/// <summary>
/// WP, the weights product of a two-layer network with one output (smoothness thesis, Definition 8): a second-order measure that depends on
/// the parameters alone.
/// </summary>
public static class WeightsProduct
{
    /// <summary>WP = Σ |w2_i|·‖w1_i‖ over the hidden units, [R].</summary>
    /// <exception cref="ArgumentException">The network has not exactly two layers, or several outputs.</exception>
    public static Tensor Of(FullyConnected network)
    {
        using var scope = NewDisposeScope();
        return Summands(network).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// |w2_i|·‖w1_i‖ for every hidden unit, [R, h]: the jump of the gradient of w2_i·ReLU(⟨w1_i, x⟩ + b1_i) where the unit switches.
    /// </summary>
    /// <inheritdoc cref="Of"/>
    public static Tensor Summands(FullyConnected network)
    {
        PathLength.RequireOneOutput(network);
        if (network.Shape.Layers != 2)
        {
            throw new ArgumentException($"the weights product is defined for two-layer networks, not for {network.Shape}");
        }

        using var scope = NewDisposeScope();
        var norms = EuclideanNorm.Of(network.Weights[0]);
        return (network.Weights[1].select(1, 0).abs() * norms).MoveToOuterDisposeScope();
    }
}
