using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>A loss function: a number for every point, of which training minimises the mean over a batch.</summary>
public sealed class Loss
{
    private readonly Func<Tensor, Tensor, Tensor> _ofPoints;

    private Loss(Func<Tensor, Tensor, Tensor> ofPoints) => _ofPoints = ofPoints;

    /// <summary>Softmax followed by cross-entropy, −Σ_k y_k log softmax_k(f(x)) (slope paper, section 3.1).</summary>
    public static Loss CrossEntropy { get; } = new((logits, targets) => (targets * logits.log_softmax(-1)).sum(-1).neg());

    /// <summary>(f(x) − y)², averaged over the outputs as PyTorch's MSELoss has it: no factor 1/2 (thesis, section 4.1).</summary>
    public static Loss MeanSquare { get; } = new((outputs, targets) => (outputs - targets).square().mean([-1]));

    /// <summary>The loss of every point.</summary>
    /// <param name="outputs">f(x), [R, N, n_c].</param>
    /// <param name="targets">y, [R, N, n_c]: one-hot labels or regression targets.</param>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">The shapes differ, so that one would be broadcast.</exception>
    public Tensor Of(Tensor outputs, Tensor targets)
    {
        if (!outputs.shape.SequenceEqual(targets.shape))
        {
            throw new ArgumentException(
                $"outputs [{string.Join(", ", outputs.shape)}] and targets [{string.Join(", ", targets.shape)}] differ in shape");
        }

        using var scope = NewDisposeScope();
        return _ofPoints(outputs, targets).MoveToOuterDisposeScope();
    }
}
