using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>The gradients of each replica's loss over its batch: a training step without the update.</summary>
/// <typeparam name="TNetwork">What is trained.</typeparam>
/// <param name="network">R replicas.</param>
/// <param name="points">[R, B, n_0].</param>
/// <param name="targets">[R, B, n_c].</param>
/// <param name="chance">A generator for each replica, for dropout and the like; an epoch begins it anew.</param>
/// <returns>Gradients in the order of the parameters, shaped as they are; the losses, [R], on which a schedule stops. Both belong to the open scope.</returns>
public delegate (IReadOnlyList<Tensor> Gradients, Tensor Losses) BackwardStep<in TNetwork>(TNetwork network, Tensor points, Tensor targets, IReadOnlyList<Random> chance)
    where TNetwork : IEnsemble;
