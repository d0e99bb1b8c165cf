using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Back-propagation through a fully connected network by autograd, for all replicas in batched products on any device.</summary>
public static class BackwardPass
{
    /// <summary>
    /// The gradients of each replica's mean loss over its batch, in the order of <see cref="FullyConnected.Parameters"/>, and the
    /// losses. ReLU has derivative 0 at 0, as in PyTorch.
    /// </summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[R, B, n_0].</param>
    /// <param name="targets">[R, B, n_c]: labels as unit vectors, or numbers to regress.</param>
    /// <param name="loss">Which.</param>
    /// <returns>Gradients shaped as the parameters; the mean loss of each replica, [R]. Both belong to the open scope.</returns>
    public static (IReadOnlyList<Tensor> Gradients, Tensor Losses) Run(FullyConnected network, Tensor points, Tensor targets, Loss loss) => Autograd.Backward([.. network.Parameters], () =>
    {
        var outputs = network.Forward(points);
        return loss == Loss.MeanSquare ? Losses.MeanSquaredError(outputs, targets) : (targets * outputs.log_softmax(-1)).sum(-1).mean([1]).neg();
    });
}
