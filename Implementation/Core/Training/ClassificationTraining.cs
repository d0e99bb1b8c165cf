using MathNet.Numerics;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Settings of a classification run.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Momentum">μ.</param>
/// <param name="BatchSize">Points a step; the last batch of an epoch may be smaller and is kept.</param>
public sealed record ClassificationSettings(double LearningRate, double Momentum, int BatchSize)
{
    /// <summary>The slope paper's settings (section 3.1 and appendix A.2).</summary>
    public static ClassificationSettings SlopePaper { get; } = new(0.001, 0.8, 64);
}

/// <summary>Trains an ensemble on one data set, each replica in its own order.</summary>
public static class ClassificationTraining
{
    /// <summary>Runs one epoch: every point once, in an order that is drawn anew from each replica's generator.</summary>
    /// <param name="network">R replicas, changed in place.</param>
    /// <param name="optimiser">Over the network's parameters.</param>
    /// <param name="points">[N, n_0].</param>
    /// <param name="targets">[N, n_c]: the labels as unit vectors.</param>
    /// <param name="batchSize">Points a step.</param>
    /// <param name="orders">One generator a replica.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <returns>The mean over the epoch's steps of each replica's batch loss, R numbers.</returns>
    /// <exception cref="ArithmeticException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; the network is somewhere inside the epoch.</exception>
    public static double[] Epoch(FullyConnected network, MomentumDescent optimiser, Tensor points, Tensor targets, int batchSize, IReadOnlyList<Random> orders, CancellationToken cancellation = default)
    {
        var count = (int)points.size(0);
        var order = orders.Select(generator => Combinatorics.GeneratePermutation(count, generator)).ToArray();
        var mean = Epoch(network, optimiser, points, targets, batchSize, order, Loss.CrossEntropy, cancellation);
        for (var replica = 0; replica < mean.Length; replica++)
        {
            if (!double.IsFinite(mean[replica]))
            {
                throw new ArithmeticException($"the loss of replica {replica} became {mean[replica]}: the learning rate is too large for this network");
            }
        }

        return mean;
    }

    // The same in given orders, one a replica. The losses are summed on the device and read once.
    internal static double[] Epoch(FullyConnected network, MomentumDescent optimiser, Tensor points, Tensor targets, int batchSize, int[][] orders, Loss loss, CancellationToken cancellation)
    {
        using var epoch = NewDisposeScope();
        using var unrecorded = no_grad();
        var count = (int)points.size(0);
        var replicas = network.Replicas;
        var order = tensor([.. orders.SelectMany(one => one).Select(index => (long)index)], [replicas, count], device: points.device);
        var total = zeros([replicas], points.dtype, points.device);
        var steps = 0;
        for (var start = 0; start < count; start += batchSize, steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var size = Math.Min(batchSize, count - start);
            var chosen = order.narrow(1, start, size).flatten();
            var (gradients, losses) = BackwardPass.Run(
                network,
                points.index_select(0, chosen).reshape(replicas, size, -1),
                targets.index_select(0, chosen).reshape(replicas, size, -1),
                loss);
            optimiser.Step(gradients);
            total.add_(losses);
        }

        return [.. total.to_type(float64).cpu().data<double>().ToArray().Select(sum => sum / steps)];
    }

    /// <summary>Labels as unit vectors, [N, classes].</summary>
    public static Tensor UnitVectors(ReadOnlySpan<byte> labels, int classes, ScalarType dtype, Device? device = null)
    {
        var rows = new double[labels.Length * classes];
        for (var i = 0; i < labels.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labels[i], classes, nameof(labels));
            rows[(i * classes) + labels[i]] = 1;
        }

        return tensor(rows, [labels.Length, classes], dtype, device);
    }
}
