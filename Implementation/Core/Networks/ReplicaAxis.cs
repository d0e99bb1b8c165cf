using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>Selects replicas from tensors with a leading replica axis.</summary>
internal static class ReplicaAxis
{
    /// <summary>Copies of some replicas, outside any dispose scope.</summary>
    /// <param name="tensors">[R, …] each.</param>
    /// <param name="replicas">Indices along the first axis.</param>
    internal static List<Tensor> Copies(IEnumerable<Tensor> tensors, IReadOnlyList<int> replicas)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        long[] rows = [.. replicas.Select(replica => (long)replica)];
        return [.. tensors.Select(one => one.index_select(0, tensor(rows, device: one.device)).DetachFromDisposeScope())];
    }
}
