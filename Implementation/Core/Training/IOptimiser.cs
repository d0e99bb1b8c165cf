using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Changes parameters in place, step by step.</summary>
public interface IOptimiser : IDisposable
{
    /// <summary>η, at least 0; may change between steps.</summary>
    double LearningRate { get; set; }

    /// <summary>What the next step depends on besides the parameters and the learning rate, [R, …] each, changed in place: a resumed run needs it.</summary>
    IReadOnlyList<Tensor> State { get; }

    /// <summary>One step along the gradients, given in the order of the parameters.</summary>
    void Update(IReadOnlyList<Tensor> gradients);
}
