using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>The mean squared error plus λ times a measure (smoothness thesis, section 4.4).</summary>
public static class RegularisedRegression
{
    /// <summary>The gradients of each replica's mean squared error + λ·measure over its batch.</summary>
    /// <param name="network">R replicas with one output.</param>
    /// <param name="points">[R, B, n_0].</param>
    /// <param name="targets">[R, B, 1].</param>
    /// <param name="regulariser">The measure, one of <see cref="Regularisers"/>.</param>
    /// <param name="weight">λ, at least 0; at 0 the measure is not computed.</param>
    /// <returns>Gradients in the order of <see cref="FullyConnected.Parameters"/>; the errors without the measure, [R], on which the thesis stops. Both belong to the open scope.</returns>
    /// <exception cref="ArgumentException">The network has several outputs, or the shapes do not fit.</exception>
    public static (IReadOnlyList<Tensor> Gradients, Tensor Errors) Backward(FullyConnected network, Tensor points, Tensor targets, Regulariser regulariser, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        using var scope = NewDisposeScope();
        Tensor? errors = null;
        var gradients = Autograd.Backward([.. network.Parameters], () =>
        {
            var error = Losses.MeanSquaredError(network.Forward(points), targets);
            errors = error.detach().MoveToOuterDisposeScope();
            return weight > 0 ? error.add(regulariser(network, points), weight) : error;
        }).Gradients;
        return ([.. gradients.Select(one => one.MoveToOuterDisposeScope())], errors!.MoveToOuterDisposeScope());
    }
}
