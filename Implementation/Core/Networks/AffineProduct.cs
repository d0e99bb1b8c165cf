using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>The affine map of one layer for several replicas.</summary>
internal static class AffineProduct
{
    /// <summary>
    /// rows · factor + biases for each replica. Two operators where <c>baddbmm</c> would be one: TorchSharp 0.107.0 hands its arguments on in another
    /// order, so <c>baddbmm(c, a, b)</c> is b + c·a.
    /// </summary>
    /// <param name="rows">[R, N, I].</param>
    /// <param name="factor">[R, I, O].</param>
    /// <param name="biases">[R, 1, O].</param>
    /// <returns>[R, N, O].</returns>
    internal static Tensor Of(Tensor rows, Tensor factor, Tensor biases) => rows.bmm(factor).add_(biases);
}
