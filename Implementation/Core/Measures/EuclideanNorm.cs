using static TorchSharp.torch;

namespace Reproduce.Measures;

/// <summary>The Euclidean norm of rows, with gradient 0 at 0: a subgradient, where the root alone would give NaN.</summary>
internal static class EuclideanNorm
{
    /// <summary>√Σ x² over the last axis. Squares that underflow count as 0.</summary>
    internal static Tensor Of(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var squares = rows.square().sum(-1);
        var none = squares.eq(0.0);
        return squares.masked_fill(none, 1.0).sqrt().masked_fill(none, 0.0).MoveToOuterDisposeScope();
    }
}
