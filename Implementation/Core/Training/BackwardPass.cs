using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Back-propagation by autograd, for every network, loss and device. ReLU has derivative 0 at 0, as in PyTorch.</summary>
public static class BackwardPass
{
    /// <summary>
    /// The gradients of each replica's mean loss over its batch. A replica's loss depends on that replica alone, so the gradients of the
    /// sum of all losses are those of each.
    /// </summary>
    /// <param name="network">R replicas. Outside this call no graph records their parameters, so an optimiser may change them.</param>
    /// <param name="points">[R, B, n_0].</param>
    /// <param name="targets">[R, B, n_c]: one-hot labels or regression targets.</param>
    /// <param name="loss">The loss of a point.</param>
    /// <param name="penalty">[R], added before differentiating and not to the losses that are returned; called once.</param>
    /// <returns>Gradients in the order and shapes of the parameters; mean losses, [R]. Both belong to the open scope.</returns>
    public static (IReadOnlyList<Tensor> Gradients, Tensor Losses) Run(
        IEnsemble network, Tensor points, Tensor targets, Loss loss, Func<Tensor>? penalty = null)
    {
        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        try
        {
            Record(network, true);
            var losses = loss.Of(network.ForwardInTraining(points), targets).mean([1]);
            var differentiated = penalty is null ? losses : losses + penalty();
            Tensor[] gradients = [.. autograd.grad([differentiated.sum()], [.. network.Parameters])];
            return ([.. gradients.Select(one => one.MoveToOuterDisposeScope())], losses.detach().MoveToOuterDisposeScope());
        }
        finally
        {
            Record(network, false);
        }
    }

    private static void Record(IEnsemble network, bool recorded)
    {
        foreach (var parameter in network.Parameters)
        {
            parameter.requires_grad = recorded;
        }
    }
}
