using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>One epoch of replicas that each see the points in an order of their own.</summary>
internal static class TrainingEpoch
{
    /// <summary>Every step of the epoch. The losses are summed on the device and read once.</summary>
    /// <param name="points">[N, n_0].</param>
    /// <param name="targets">[M, …].</param>
    /// <param name="orders">R rows of numbers of points, all of one length.</param>
    /// <param name="targetRows">What is added to a point's number to find its target, R numbers.</param>
    /// <param name="batchSize">Points a step; the last batch may be smaller and is kept.</param>
    /// <param name="backward">From a batch [R, B, n_0] and its targets [R, B, …] to gradients and losses [R].</param>
    /// <param name="optimiser">Takes the gradients.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <returns>The mean over the steps of each replica's batch loss.</returns>
    /// <exception cref="OperationCanceledException">Cancelled somewhere inside the epoch.</exception>
    internal static double[] Run(Tensor points, Tensor targets, int[][] orders, IReadOnlyList<long> targetRows, int batchSize, Func<Tensor, Tensor, (IReadOnlyList<Tensor> Gradients, Tensor Losses)> backward, IOptimiser optimiser, CancellationToken cancellation)
    {
        using var epoch = NewDisposeScope();
        using var unrecorded = no_grad();
        var (replicas, count) = (orders.Length, orders[0].Length);
        var order = tensor([.. orders.SelectMany(one => one).Select(index => (long)index)], [replicas, count], device: points.device);
        var targetOrder = order + tensor([.. targetRows], [replicas, 1], device: points.device);
        var total = zeros([replicas], float64, points.device);
        var steps = 0;
        for (var start = 0; start < count; start += batchSize, steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var size = Math.Min(batchSize, count - start);
            Tensor Gather(Tensor all, Tensor rows) => all.index_select(0, rows.narrow(1, start, size).flatten()).reshape([replicas, size, .. all.shape[1..]]);
            var (gradients, losses) = backward(Gather(points, order), Gather(targets, targetOrder));
            optimiser.Update(gradients);
            total.add_(losses);
        }

        return [.. total.cpu().data<double>().ToArray().Select(sum => sum / steps)];
    }
}
