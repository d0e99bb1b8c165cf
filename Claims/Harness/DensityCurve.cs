using MathNet.Numerics.Statistics;

namespace Reproduce.Claims.Harness;

/// <summary>The density of a sample for a figure: Gaussian kernels of Silverman's width, 0.9·min(s, IQR/1.34)·n^(−1/5).</summary>
internal static class DensityCurve
{
    private const int Places = 80;

    /// <summary>
    /// The density at equally spaced places that hold the whole sample and three widths more at both ends; null for a sample without
    /// spread.
    /// </summary>
    /// <param name="sample">Values, or equally spaced quantiles of more of them.</param>
    /// <param name="count">How many values there were.</param>
    internal static (double[] X, double[] Y)? Of(IReadOnlyList<double> sample, int count)
    {
        var spread = new[] { sample.StandardDeviation(), sample.InterquartileRange() / 1.34 }
            .Where(one => one > 0).DefaultIfEmpty(0).Min();
        if (!(spread > 0))
        {
            return null;
        }

        var width = 0.9 * spread * Math.Pow(count, -0.2);
        var (low, high) = (sample.Min() - (3 * width), sample.Max() + (3 * width));
        double[] places = [.. Enumerable.Range(0, Places).Select(i => low + ((high - low) * i / (Places - 1)))];
        return (places, Array.ConvertAll(places, x => KernelDensity.EstimateGaussian(x, width, [.. sample])));
    }
}
