using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// Euclidean norms whose squares may exceed float64, or vanish, where the norm itself does not. Scaling by powers of two rounds nothing.
/// </summary>
public static class ScaledNorm
{
    // Neither a power of two with this exponent nor its inverse leaves float64.
    private const int LargestExponent = 1000;

    /// <summary>The norm of some numbers.</summary>
    public static double Of(ReadOnlySpan<double> numbers)
    {
        var largest = 0.0;
        foreach (var number in numbers)
        {
            largest = Math.Max(largest, Math.Abs(number));
        }

        if (largest == 0 || !double.IsFinite(largest))
        {
            return largest;
        }

        var (scale, sum) = (Scale(largest), 0.0);
        foreach (var number in numbers)
        {
            var scaled = number / scale;
            sum += scaled * scaled;
        }

        return Math.Sqrt(sum) * scale;
    }

    /// <summary>The norms of rows, [K, n] to [K], in float64.</summary>
    public static Tensor OfRows(Tensor rows)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        double[] scales = [.. rows.abs().amax(-1).cpu().data<double>().ToArray().Select(Scale)];
        var scale = tensor(scales, device: rows.device);
        return ((rows / scale.unsqueeze(-1)).square().sum(-1).sqrt() * scale).MoveToOuterDisposeScope();
    }

    /// <summary>The power of two at or below a magnitude, as far as its inverse is a number; 1 for 0 and for what is not finite.</summary>
    public static double Scale(double magnitude) =>
        magnitude > 0 && double.IsFinite(magnitude)
            ? Math.ScaleB(1, Math.Clamp(Math.ILogB(magnitude), -LargestExponent, LargestExponent))
            : 1;
}
