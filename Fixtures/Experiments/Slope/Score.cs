using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>How a classifier does on its validation set.</summary>
/// <param name="Accuracy">The share classified rightly.</param>
/// <param name="Loss">The mean cross-entropy.</param>
/// <param name="PrintedLoss">As the paper's Tables 2 and 4 have it: the batches' mean cross-entropies, summed, over the number of points; batches of 64 in the order of the set.</param>
/// <param name="LossDeviation">Of the points' cross-entropies.</param>
public sealed record Score(double Accuracy, double Loss, double PrintedLoss, double LossDeviation)
{
    // Points at once: bounds the memory of the activations.
    private const int Block = 1000;

    /// <summary>From every point's cross-entropy.</summary>
    /// <param name="losses">In the order of the set.</param>
    /// <param name="hits">How many points are classified rightly.</param>
    /// <param name="batchSize">Of the paper's program.</param>
    public static Score Of(IReadOnlyList<double> losses, int hits, int batchSize)
    {
        var mean = losses.Average();
        return new(
            hits / (double)losses.Count, mean, losses.Chunk(batchSize).Sum(batch => batch.Average()) / losses.Count,
            Math.Sqrt(losses.Sum(loss => (loss - mean) * (loss - mean)) / Math.Max(1, losses.Count - 1)));
    }

    internal static Score Of(IEnsemble network, TrainingSet set, int batchSize)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var targets = OneHot.Of(set.ValidationLabels, set.Classes, float32, set.Validation.device).unsqueeze(0);
        var losses = new List<double>();
        var hits = 0;
        for (var start = 0; start < set.ValidationLabels.Length; start += Block)
        {
            using var block = NewDisposeScope();
            var size = Math.Min(Block, set.ValidationLabels.Length - start);
            var (logits, wanted) = (network.Forward(set.Validation.narrow(0, start, size)), targets.narrow(1, start, size));
            losses.AddRange(Training.Loss.CrossEntropy.Of(logits, wanted).flatten().to_type(float64).cpu().data<double>());
            hits += (int)logits.argmax(-1).eq(wanted.argmax(-1)).sum().item<long>();
        }

        return Of(losses, hits, batchSize);
    }
}
