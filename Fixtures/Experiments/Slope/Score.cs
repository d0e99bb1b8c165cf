using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Training;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>How a classifier does on its validation set.</summary>
/// <param name="Accuracy">The share classified rightly.</param>
/// <param name="Loss">The mean cross-entropy.</param>
/// <param name="PrintedLoss">
/// In the unit of the paper's Tables 2 and 4: the batches' mean cross-entropies, summed, over the number of points; batches of 64 in the
/// order of the set.
/// </param>
/// <param name="LossDeviation">The deviation of the points' cross-entropies.</param>
public sealed record Score(double Accuracy, double Loss, double PrintedLoss, double LossDeviation)
{
    /// <summary>From every point's cross-entropy.</summary>
    /// <param name="found">In the order of the set.</param>
    /// <param name="batchSize">Points a batch.</param>
    public static Score Of(Classification found, int batchSize)
    {
        var losses = found.CrossEntropies;
        var mean = losses.Average();
        return new(
            found.Accuracy, mean, losses.Chunk(batchSize).Sum(batch => batch.Average()) / losses.Count,
            Math.Sqrt(losses.Sum(loss => (loss - mean) * (loss - mean)) / Math.Max(1, losses.Count - 1)));
    }

    internal static Score Of(IEnsemble network, TrainingSet set, int batchSize) =>
        Of(NetworkOutputs.Classify(network, set.Validation, set.ValidationLabels), batchSize);
}
