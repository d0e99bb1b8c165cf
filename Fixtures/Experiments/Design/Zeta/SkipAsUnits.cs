using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design.Zeta;

/// <summary>
/// A network with one generalization layer as a network without skip connections: the activations x before the layer are not negative, so
/// units ReLU(x) beside the layer's own carry them past it, and νI is part of the weights behind. Outputs and Jacobians are the same.
/// </summary>
public static class SkipAsUnits
{
    /// <summary>The network without skip connections; its second hidden layer has twice the width.</summary>
    /// <param name="parameters">
    /// W_1, b_1, …, W_4, b_4 of one replica with a <see cref="Shortcut.Weighted"/> block of two layers between the first and the last.
    /// </param>
    /// <param name="strength">ν.</param>
    public static FullyConnected Of(IReadOnlyList<Tensor> parameters, double strength)
    {
        using var scope = NewDisposeScope();
        var (weights, biases) = (parameters[2], parameters[3]);
        var identity = eye(weights.size(1), dtype: weights.dtype, device: weights.device);
        var network = FullyConnected.OfReplica(
        [
            parameters[0],
            parameters[1],
            cat([weights, identity], 0),
            cat([biases, zeros_like(parameters[1])], 0),
            cat([parameters[4], identity * strength], 1),
            .. parameters.Skip(5),
        ]);
        foreach (var parameter in network.Parameters)
        {
            parameter.MoveToOuterDisposeScope();
        }

        return network;
    }
}
