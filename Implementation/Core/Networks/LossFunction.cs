using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>The losses of r replicas over their batches, [r], as autograd differentiates them.</summary>
/// <param name="outputs">[r, B, n_c].</param>
/// <param name="targets">[r, B, …].</param>
public delegate Tensor LossFunction(Tensor outputs, Tensor targets);
