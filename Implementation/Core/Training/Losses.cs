using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>The losses of the papers, each the mean over a replica's batch.</summary>
public static class Losses
{
    /// <summary>Softmax and cross-entropy.</summary>
    /// <param name="logits">[R, B, n_c].</param>
    /// <param name="labels">[R, B], int64.</param>
    /// <returns>[R].</returns>
    public static Tensor MeanCrossEntropy(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return CrossEntropy.Of(logits, labels).mean([1]).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of (f(x) − y)² over points and outputs, as PyTorch's MSELoss: no factor 1/2.</summary>
    /// <param name="outputs">[R, B, n_c].</param>
    /// <param name="targets">[R, B, n_c].</param>
    /// <returns>[R].</returns>
    /// <exception cref="ArgumentException">The shapes differ: one would be spread over the other.</exception>
    public static Tensor MeanSquaredError(Tensor outputs, Tensor targets)
    {
        if (!outputs.shape.SequenceEqual(targets.shape))
        {
            throw new ArgumentException($"outputs [{string.Join(", ", outputs.shape)}] and targets [{string.Join(", ", targets.shape)}]");
        }

        using var scope = NewDisposeScope();
        return (outputs - targets).square().mean([1, 2]).MoveToOuterDisposeScope();
    }
}
