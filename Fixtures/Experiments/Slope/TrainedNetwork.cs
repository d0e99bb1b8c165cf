using Reproduce.Training;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>What is known of one network after its training.</summary>
/// <param name="Architecture">Its layers and widths.</param>
/// <param name="Status">How its training ended.</param>
/// <param name="BestEpoch">The epoch with the least validation loss, from 1; 0 where there is none.</param>
/// <param name="TrainingLoss">The training loss, one an epoch.</param>
/// <param name="ValidationLoss">The mean cross-entropy, one an epoch.</param>
/// <param name="ValidationAccuracy">The validation accuracy, one an epoch.</param>
/// <param name="SlopeEpochs">After which epochs the mean slope was measured; 0 is before training.</param>
/// <param name="MeanSlope">The mean 2-slope at the slope points, one for each of them.</param>
/// <param name="SlopeDeviation">Over the points, one for each of them.</param>
/// <param name="Initial">Before training.</param>
/// <param name="Best">After <paramref name="BestEpoch"/>, the paper's optimal model; null where there is none.</param>
/// <param name="Final">At the end, the last finite one where it diverged.</param>
public sealed record TrainedNetwork(
    Architecture Architecture,
    string Status,
    int BestEpoch,
    IReadOnlyList<double> TrainingLoss,
    IReadOnlyList<double> ValidationLoss,
    IReadOnlyList<double> ValidationAccuracy,
    IReadOnlyList<int> SlopeEpochs,
    IReadOnlyList<double> MeanSlope,
    IReadOnlyList<double> SlopeDeviation,
    Snapshot Initial,
    Snapshot? Best,
    Snapshot Final)
{
    /// <summary>The digest of the last parameters (<see cref="ReplicaRecord.Digest"/>).</summary>
    public string? Digest { get; init; }
}
