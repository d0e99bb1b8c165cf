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

    /// <summary>The activation that goes in, as an image; one pixel for a fully connected layer, whatever the layer before.</summary>
    public abstract ImageShape InputShape { get; }

    /// <summary>The activation that comes out, as an image; one pixel for a fully connected layer.</summary>
    public abstract ImageShape OutputShape { get; }

    /// <summary>W times a patch, on the CPU: where it is not zero, the rectangle that contains it.</summary>
    public abstract Patch Push(Patch change);

    /// <summary>Wᵀ times a patch of <see cref="OutputShape"/>, on the CPU.</summary>
    /// <param name="gradient">The patch.</param>
    /// <param name="image">The activation that goes in.</param>
    public abstract Patch Pull(Patch gradient, ImageShape image);

    /// <summary>The layer h ↦ |W|h + |b|, in the entries' magnitudes: how much was summed for each output. The caller owns it.</summary>
    public AffineLayer OfMagnitudes() => With(weights => weights.abs(), biases => biases.abs());

    /// <summary>The layer with its weights and biases multiplied. The caller owns it.</summary>
    public AffineLayer Times(double weights, double biases) => With(own => own * weights, own => own * biases);

    /// <summary>The largest |W_ij|.</summary>
    public abstract double LargestWeight { get; }

    /// <summary>The largest |b_i|, and the smallest that is not 0; both 0 where all are.</summary>
    public abstract (double Largest, double Smallest) BiasRange { get; }

    /// <summary>b on the CPU, an entry an output.</summary>
    public abstract double[] BiasesOfOutputs();

    private protected abstract AffineLayer With(Func<Tensor, Tensor> weights, Func<Tensor, Tensor> biases);

    /// <inheritdoc/>
    public abstract void Dispose();

    // Outlives the scope in which it is made.
    private protected static Tensor Made(Tensor parameters, Func<Tensor, Tensor> make)
    {
        using var unrecorded = no_grad();
        return make(parameters).DetachFromDisposeScope();
    }

    private protected static (double Largest, double Smallest) Range(Tensor parameters)
    {
        double[] magnitudes = [.. parameters.to_type(float64).cpu().data<double>().ToArray().Select(Math.Abs).Where(one => one > 0)];
        return magnitudes.Length == 0 ? (0, 0) : (magnitudes.Max(), magnitudes.Min());
    }

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
