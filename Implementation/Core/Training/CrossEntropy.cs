using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Softmax followed by cross-entropy.</summary>
public static class CrossEntropy
{
    /// <summary>−log softmax_label(logits) of every point.</summary>
    /// <param name="logits">[R, N, n_c].</param>
    /// <param name="labels">[R, N], int64.</param>
    /// <returns>[R, N].</returns>
    public static Tensor Of(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return logits.log_softmax(-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1).neg().MoveToOuterDisposeScope();
    }
}
