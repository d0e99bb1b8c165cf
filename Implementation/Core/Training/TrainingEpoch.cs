using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>One epoch of replicas that see the same points, each in its own order.</summary>
internal static class TrainingEpoch
{
    /// <summary>Every step of the epoch. The losses are summed on the device and read once.</summary>
    /// <param name="points">[N, n_0].</param>
    /// <param name="targets">[N, …].</param>
    /// <param name="orders">R rows of point numbers, all of the same length.</param>
    /// <param name="batchSize">Points a step; the last batch may be smaller and is used.</param>
    /// <param name="backward">From a batch [R, B, n_0] and its targets [R, B, …] to gradients and losses [R].</param>
    /// <param name="optimiser">Takes the gradients.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <returns>The mean over the steps of each replica's batch loss.</returns>
    /// <exception cref="OperationCanceledException">Cancelled during the epoch.</exception>
    internal static double[] Run(
        Tensor points,
        Tensor targets,
        int[][] orders,
        int batchSize,
        Func<Tensor, Tensor, (IReadOnlyList<Tensor> Gradients, Tensor Losses)> backward,
        IOptimiser optimiser,
        CancellationToken cancellation)
    {
        using var epoch = NewDisposeScope();
        using var unrecorded = no_grad();
        var (replicas, count) = (orders.Length, orders[0].Length);
        var order = tensor([.. orders.SelectMany(one => one).Select(index => (long)index)], [replicas, count], device: points.device);
        var total = zeros([replicas], float64, points.device);
        var steps = 0;
        for (var start = 0; start < count; start += batchSize, steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var size = Math.Min(batchSize, count - start);
            var rows = order.narrow(1, start, size).flatten();
            Tensor Gather(Tensor all) => all.index_select(0, rows).reshape([replicas, size, .. all.shape[1..]]);
            var (gradients, losses) = backward(Gather(points), Gather(targets));
            optimiser.Update(gradients);
            total.add_(losses);
        }

        return [.. total.cpu().data<double>().ToArray().Select(sum => sum / steps)];
    }
}
