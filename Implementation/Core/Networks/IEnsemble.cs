using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>R replicas of one architecture that train side by side: what a training loop and an optimiser need to know of them.</summary>
public interface IEnsemble : IDisposable
{
    /// <summary>R.</summary>
    int Replicas { get; }

    /// <summary>What is learned, in PyTorch's order, each [R, …]. Optimisers change it in place.</summary>
    IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>What training changes besides, such as running means, each [R, …]. A copy of a network needs both.</summary>
    IReadOnlyList<Tensor> Statistics { get; }

    /// <summary>The outputs in evaluation, [R, N, n_c].</summary>
    /// <param name="points">[N, n_0] for all replicas or [R, N, n_0]; images are flattened, channels first.</param>
    Tensor Forward(Tensor points);

    /// <summary>
    /// The outputs in a training step, [R, B, n_c], through which autograd goes back. They are those in evaluation unless a network
    /// normalises batches, drops nodes and the like.
    /// </summary>
    /// <param name="points">[R, B, n_0].</param>
    Tensor ForwardInTraining(Tensor points) => Forward(points);

    /// <summary>An ensemble of the same class from copies of some of the replicas, with the same settings.</summary>
    /// <param name="replicas">Their places, ascending.</param>
    IEnsemble Subset(IReadOnlyList<int> replicas);
}
