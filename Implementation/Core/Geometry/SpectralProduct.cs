using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// ∏σ_l², the data-independent factor in the bound of Corollary 3.0.1 (design paper, equation 5), where σ_l is the largest singular value
/// of W_l. The paper says eigenvalue, with which the bound is false (see design.cor-3.0.1).
/// </summary>
public static class SpectralProduct
{
    /// <summary>The product over all layers.</summary>
    /// <param name="network">R replicas.</param>
    /// <returns>[R].</returns>
    public static Tensor Of(FullyConnected network)
    {
        using var scope = NewDisposeScope();
        var factors = network.Weights.Select(weight => MatrixNorm.Of(weight, 2).square());
        return factors.Aggregate((product, factor) => product * factor).MoveToOuterDisposeScope();
    }
}
