using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// An affine map h ↦ Wh + b between two layers, known by what it does to rows: a convolution never writes its W down. Activations are
/// flattened, channels first.
/// </summary>
public abstract class AffineLayer : IDisposable
{
    private const int LargestStep = 1000;

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

    /// <summary>The layer with its weights and biases times powers of two, given by their exponents. The caller owns it.</summary>
    public AffineLayer TimesPowersOfTwo(int weights, int biases) => With(own => Scaled(own, weights), own => Scaled(own, biases));

    /// <summary>The largest |W_ij|, and the smallest that is not 0; both 0 where all are.</summary>
    public abstract (double Largest, double Smallest) WeightRange { get; }

    /// <summary>The same of |b_i|.</summary>
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

    // In steps, each a power that float64 has: subnormal weights need more than it has.
    private static Tensor Scaled(Tensor numbers, int exponent)
    {
        var result = numbers.clone();
        while (exponent != 0)
        {
            var step = Math.Clamp(exponent, -LargestStep, LargestStep);
            result.mul_(Math.ScaleB(1, step));
            exponent -= step;
        }

        return result;
    }

    private protected static (double Largest, double Smallest) Range(Tensor parameters)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var magnitudes = parameters.to_type(float64).abs();
        var largest = magnitudes.max().item<double>();
        return largest > 0
            ? (largest, magnitudes.masked_fill(magnitudes.eq(0), double.PositiveInfinity).min().item<double>())
            : (0, 0);
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
