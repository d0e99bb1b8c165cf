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

    /// <summary>One forward pass in training and the gradients of each replica's loss.</summary>
    /// <param name="points">[R, B, n_0].</param>
    /// <param name="targets">[R, B, …].</param>
    /// <param name="loss">Called with some of the replicas, all that it needs of each along the first axis.</param>
    /// <returns>Gradients shaped as the parameters; the losses, [R]. Both belong to the open scope.</returns>
    (IReadOnlyList<Tensor> Gradients, Tensor Losses) Backward(Tensor points, Tensor targets, Loss loss);
}

/// <summary>The losses of r replicas over their batches, [r].</summary>
/// <param name="outputs">[r, B, n_c].</param>
/// <param name="targets">[r, B, …].</param>
public delegate Tensor Loss(Tensor outputs, Tensor targets);
