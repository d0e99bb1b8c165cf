using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>The gradients of each replica's loss over its batch: a training step without the update.</summary>
/// <typeparam name="TNetwork">The class of the networks.</typeparam>
/// <param name="network">R replicas.</param>
/// <param name="points">[R, B, n_0].</param>
/// <param name="targets">[R, B, n_c].</param>
/// <param name="generators">One for each replica, for dropout and the like, new in every epoch.</param>
/// <returns>
/// Gradients in the order and shapes of the parameters; losses, [R], which a schedule compares with its target. Both belong to the open
/// scope.
/// </returns>
public delegate (IReadOnlyList<Tensor> Gradients, Tensor Losses) BackwardStep<in TNetwork>(
    TNetwork network, Tensor points, Tensor targets, IReadOnlyList<Random> generators)
    where TNetwork : IEnsemble;
