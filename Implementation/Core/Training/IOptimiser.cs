using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Updates parameters in place.</summary>
public interface IOptimiser : IDisposable
{
    /// <summary>η, at least 0; may change between steps.</summary>
    double LearningRate { get; set; }

    /// <summary>
    /// What the next step depends on besides the parameters and the learning rate, each [R, …] and changed in place; a resumed run needs
    /// it.
    /// </summary>
    IReadOnlyList<Tensor> State { get; }

    /// <summary>Takes a step; the gradients are in the order of the parameters.</summary>
    void Update(IReadOnlyList<Tensor> gradients);
}
