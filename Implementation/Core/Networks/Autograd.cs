using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>Gradients of whatever is not written out by hand.</summary>
public static class Autograd
{
    /// <summary>The gradients of the sum of the losses. A replica's loss depends on that replica alone, so they are each replica's own.</summary>
    /// <param name="parameters">Leaves that no graph records, as they are afterwards too: an optimiser may change them in place.</param>
    /// <param name="losses">[R], from all of the parameters.</param>
    /// <returns>Gradients in the order of the parameters, and the losses. Both belong to the open scope.</returns>
    public static (IReadOnlyList<Tensor> Gradients, Tensor Losses) Backward(IReadOnlyList<Tensor> parameters, Func<Tensor> losses)
    {
        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        try
        {
            Record(parameters, true);
            var each = losses();
            Tensor[] gradients = [.. autograd.grad([each.sum()], [.. parameters])];
            return ([.. gradients.Select(one => one.MoveToOuterDisposeScope())], each.detach().MoveToOuterDisposeScope());
        }
        finally
        {
            Record(parameters, false);
        }
    }

    private static void Record(IReadOnlyList<Tensor> parameters, bool recorded)
    {
        foreach (var parameter in parameters)
        {
            parameter.requires_grad = recorded;
        }
    }
}
