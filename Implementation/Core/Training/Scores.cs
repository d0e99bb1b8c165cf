using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Loss and accuracy of classifiers.</summary>
public static class Scores
{
    // Points at once: bounds the memory of the activations.
    private const int Block = 2000;

    /// <summary>The mean cross-entropy and the share of points whose largest logit is the label's.</summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[N, n_0], N ≥ 1.</param>
    /// <param name="labels">[N], int64.</param>
    /// <returns>One a replica.</returns>
    public static Validation[] Of(IEnsemble network, Tensor points, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var count = points.size(0);
        var losses = zeros([network.Replicas], float64, points.device);
        var hits = zeros([network.Replicas], float64, points.device);
        for (long start = 0; start < count; start += Block)
        {
            using var block = NewDisposeScope();
            var size = Math.Min(Block, count - start);
            var logits = network.Forward(points.narrow(0, start, size));
            var wanted = labels.narrow(0, start, size).unsqueeze(0).expand(network.Replicas, size);
            losses.add_(CrossEntropy.Of(logits, wanted).to_type(float64).sum(1));
            hits.add_(logits.argmax(-1).eq(wanted).to_type(float64).sum(1));
        }

        var (loss, hit) = (losses.cpu().data<double>().ToArray(), hits.cpu().data<double>().ToArray());
        return [.. loss.Zip(hit, (sum, right) => new Validation(sum / count, right / count))];
    }
}
