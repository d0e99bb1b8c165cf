using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// An affine map h ↦ Wh + b between two layers, known by what it does to rows: a convolution never writes its W down. Activations are
/// flattened, channels first.
/// </summary>
public abstract class AffineLayer : IDisposable
{
    /// <summary>The number of entries of h.</summary>
    public abstract int Inputs { get; }

    /// <summary>The number of entries of Wh + b.</summary>
    public abstract int Outputs { get; }

    /// <summary>In words, such as <c>Linear 784→256</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Wh + b for every row h, [N, in] to [N, out].</summary>
    public abstract Tensor Apply(Tensor rows);

    /// <summary>Wh for every row h, [N, in] to [N, out].</summary>
    public abstract Tensor Multiply(Tensor rows);

    /// <summary>Wᵀg for every row g, [N, out] to [N, in].</summary>
    public abstract Tensor MultiplyTransposed(Tensor rows);

    /// <summary>Rows of W, [K, in].</summary>
    /// <param name="units">K numbers of outputs, int64.</param>
    public abstract Tensor Rows(Tensor units);

    /// <summary>Columns of W as rows, [K, out].</summary>
    /// <param name="units">K numbers of inputs, int64.</param>
    public abstract Tensor Columns(Tensor units);

    /// <summary>Adds a column of W times a factor, on the CPU.</summary>
    /// <param name="unit">The number of an input.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="sum">[out], float64.</param>
    public abstract void AddColumn(int unit, double factor, Span<double> sum);

    /// <summary>Σ_j |W_ij| for every output i, and |b_i|, each [out].</summary>
    public abstract (Tensor Weights, Tensor Biases) Magnitudes();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Throws where a parameter is NaN or infinite.</summary>
    private protected static void RequireFinite(string what, params Tensor[] parameters)
    {
        using var scope = NewDisposeScope();
        if (parameters.Any(one => !one.isfinite().all().item<bool>()))
        {
            throw new ArgumentException($"{what}: weights or biases are NaN or infinite");
        }
    }
}
