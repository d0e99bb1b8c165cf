using MathNet.Numerics;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

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
    public static double[] Epoch(FullyConnected network, IOptimiser optimiser, Tensor points, Tensor targets, int batchSize, IReadOnlyList<Random> orders, CancellationToken cancellation = default)
    {
        var count = (int)points.size(0);
        var order = orders.Select(generator => Combinatorics.GeneratePermutation(count, generator)).ToArray();
        var mean = TrainingEpoch.Run(points, targets, order, new long[orders.Count], batchSize, (batch, wanted) => BackwardPass.Run(network, batch, wanted, Loss.CrossEntropy), optimiser, cancellation);
        for (var replica = 0; replica < mean.Length; replica++)
        {
            if (!double.IsFinite(mean[replica]))
            {
                throw new ArithmeticException($"the loss of replica {replica} became {mean[replica]}: the learning rate is too large for this network");
            }
        }

        return mean;
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
