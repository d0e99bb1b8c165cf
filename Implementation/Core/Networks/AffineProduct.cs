using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>The maps of one layer for several replicas.</summary>
internal static class AffineProduct
{
    /// <summary>
    /// rows · factor + biases for each replica. Two operators in place of <c>baddbmm</c>, because TorchSharp 0.107.0 passes its arguments
    /// in the wrong order: <c>baddbmm(c, a, b)</c> is b + c·a.
    /// </summary>
    /// <param name="rows">[R, N, I].</param>
    /// <param name="factor">[R, I, O].</param>
    /// <param name="biases">[R, 1, O].</param>
    /// <returns>[R, N, O].</returns>
    internal static Tensor Of(Tensor rows, Tensor factor, Tensor biases) => rows.bmm(factor).add_(biases);

    /// <summary>rows · factor for each replica.</summary>
    /// <param name="rows">[R, N, M, I].</param>
    /// <param name="factor">[R, I, O].</param>
    /// <returns>[R, N, M, O].</returns>
    internal static Tensor Linear(Tensor rows, Tensor factor) =>
        rows.flatten(1, 2).bmm(factor).reshape(rows.size(0), rows.size(1), rows.size(2), -1);
}
