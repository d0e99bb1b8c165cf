using MathNet.Numerics.Statistics;
using Reproduce.Engine;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>How the p-slope of one network is distributed over points.</summary>
/// <param name="Mean">Over the points.</param>
/// <param name="Deviation">Over the points.</param>
/// <param name="Quantiles">100 quantiles, at 0.005, 0.015, …, 0.995.</param>
public sealed record SlopeDistribution(double Mean, double Deviation, IReadOnlyList<double> Quantiles)
{
    private const int Count = 100;

    // Entries of Jacobians at once, and points of a convolutional network, whose Jacobians take a second or two on a core; cancellation is
    // checked between blocks.
    private const long Block = 4_000_000;
    private const long ConvolutionalBlock = 50;

    /// <summary>The distribution of these slopes.</summary>
    public static SlopeDistribution Of(double[] slopes)
    {
        var sorted = slopes.Order().ToArray();
        double Quantile(int i) => SignificantDigits.Six(sorted[(int)((i + 0.5) / Count * sorted.Length)]);
        return new(slopes.Average(), ArrayStatistics.StandardDeviation(slopes), [.. Enumerable.Range(0, Count).Select(Quantile)]);
    }

    /// <summary>The Wasserstein-1 distance, to the accuracy of the quantiles.</summary>
    public double DistanceTo(SlopeDistribution other) =>
        Quantiles.Zip(other.Quantiles, (mine, others) => Math.Abs(mine - others)).Average();

    /// <summary>The 2-slope at every point, by the fastest way there is.</summary>
    /// <param name="network">One replica.</param>
    /// <param name="points">[N, n_0].</param>
    /// <param name="cancellation">Checked between blocks of points of convolutional networks.</param>
    internal static double[] Spectral(IEnsemble network, Tensor points, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        return network switch
        {
            FullyConnected connected when points.device_type == DeviceType.CPU => Numbers(SpectralSlopes.At(connected, points)),
            FullyConnected connected => Numbers(SpectralSlope.At(connected, points)),
            _ => Norms(network, points, cancellation, 2)[0],
        };
    }

    /// <summary>The distributions of p-slopes from the same Jacobians.</summary>
    /// <param name="network">One replica.</param>
    /// <param name="points">[N, n_0].</param>
    /// <param name="cancellation">Checked between blocks of points.</param>
    /// <param name="orders">Each p.</param>
    internal static SlopeDistribution[] Of(IEnsemble network, Tensor points, CancellationToken cancellation, params double[] orders) =>
        [.. Norms(network, points, cancellation, orders).Select(Of)];

    private static double[][] Norms(IEnsemble network, Tensor points, CancellationToken cancellation, params double[] orders)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var convolutional = network as ConvolutionalNetwork;
        var isOnCpu = points.device_type == DeviceType.CPU;
        using var chain = isOnCpu ? null : convolutional?.Replica(0);
        var size = convolutional is not null && isOnCpu
            ? ConvolutionalBlock
            : Math.Clamp(Block / (10 * Math.Max(chain?.Widest ?? 0, points.size(1))), 1, points.size(0));
        var slopes = orders.Select(_ => new List<double>()).ToArray();
        for (long start = 0; start < points.size(0); start += size)
        {
            cancellation.ThrowIfCancellationRequested();
            using var block = NewDisposeScope();
            var some = points.narrow(0, start, Math.Min(size, points.size(0) - start));
            var jacobians = convolutional is null ? Jacobian.ByLayers((FullyConnected)network, some)
                : isOnCpu ? ConvolutionalJacobian.At(convolutional, some)
                : Jacobian.ByLayers(chain!, some.to_type(float64));
            for (var i = 0; i < orders.Length; i++)
            {
                slopes[i].AddRange(Numbers(MatrixNorm.Of(jacobians, orders[i])));
            }
        }

        return Array.ConvertAll(slopes, list => list.ToArray());
    }

    private static double[] Numbers(Tensor slopes) => slopes.flatten().to_type(float64).cpu().data<double>().ToArray();
}
