using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>R replicas of one architecture, trained side by side, as a training loop and an optimiser see them.</summary>
public interface IEnsemble : IDisposable
{
    /// <summary>R.</summary>
    int Replicas { get; }

    /// <summary>The learned tensors in PyTorch's order, each [R, …]. Optimisers change them in place.</summary>
    IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>What else training changes, such as running means, each [R, …]. A copy of a network needs both.</summary>
    IReadOnlyList<Tensor> Statistics { get; }

    /// <summary>The outputs in evaluation, [R, N, n_c].</summary>
    /// <param name="points">[N, n_0] for all replicas or [R, N, n_0]; images are flattened, channels first.</param>
    Tensor Forward(Tensor points);

    /// <summary>
    /// The outputs in a training step, [R, B, n_c], differentiable by autograd. They equal those in evaluation unless a network uses batch
    /// normalisation, dropout and the like.
    /// </summary>
    /// <param name="points">[R, B, n_0].</param>
    Tensor ForwardInTraining(Tensor points) => Forward(points);

    /// <summary>An ensemble of the same class with the same settings, from copies of some of the replicas.</summary>
    /// <param name="replicas">Their indices, ascending.</param>
    IEnsemble Subset(IReadOnlyList<int> replicas);
}
