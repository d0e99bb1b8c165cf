using Reproduce.Claims.Harness;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Claims.Shared;

/// <summary>The losses that the library trains with, and their mutants, for all claims about them.</summary>
internal static class TrainingLosses
{
    /// <summary>The cross-entropy of logits for one-hot labels, [R, N].</summary>
    internal static readonly UnderTest<Func<Tensor, Tensor, Tensor>> CrossEntropies = new(
        Loss.CrossEntropy.Of,
        ("loss-to-the-base-2", (logits, targets) => Loss.CrossEntropy.Of(logits, targets) / Math.Log(2)),
        ("loss-without-logarithm", (logits, targets) => (targets * logits.softmax(-1)).sum(-1).neg()),
        ("loss-without-normalisation", (logits, targets) => (targets * logits).sum(-1).neg()));

    /// <summary>The mean over the outputs of (f(x) − y)², [R, N].</summary>
    internal static readonly UnderTest<Func<Tensor, Tensor, Tensor>> MeanSquares = new(
        Loss.MeanSquare.Of,
        ("mean-square-summed", (outputs, targets) => (outputs - targets).square().sum(-1)),
        ("mean-square-of-magnitudes", (outputs, targets) => (outputs - targets).abs().mean([-1])));

    /// <summary>The cross-entropy of one point for each label.</summary>
    internal static double[] OfEveryLabel(double[] logits)
    {
        using var scope = NewDisposeScope();
        var classes = logits.Length;
        var labels = eye(classes, dtype: float64).unsqueeze(0);
        return Tensors.Numbers(CrossEntropies.Run(tensor(logits).expand(1, classes, classes), labels).flatten());
    }
}
