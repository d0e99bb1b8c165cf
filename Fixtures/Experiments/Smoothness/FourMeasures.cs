using Reproduce.Measures;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>The thesis's estimates of its four measures, of one function.</summary>
/// <param name="GN">The mean norm of the gradient at points.</param>
/// <param name="PL0">The mean variation of f along segments, 100 points each.</param>
/// <param name="PL1">The mean variation of ∇f on the same segments.</param>
/// <param name="WP">The weights product.</param>
public sealed record FourMeasures(double GN, double PL0, double PL1, double WP)
{
    /// <summary>First-order measures.</summary>
    public static IReadOnlyList<string> FirstOrder { get; } = ["GN", "PL0"];

    /// <summary>Second-order measures.</summary>
    public static IReadOnlyList<string> SecondOrder { get; } = ["PL1", "WP"];

    /// <summary>All four, in the order of the thesis's tables.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. FirstOrder, .. SecondOrder];

    /// <summary>Points for GN, and segments for PL0 and PL1 (sections 3.1.1 and 3.1.2).</summary>
    public const int Samples = 1000;

    /// <summary>Points on a segment (section 3.1.2).</summary>
    public const int PointsOnSegment = 100;

    /// <summary>
    /// Of a two-layer network: GN at the first 1000 points, PL0 and PL1 on 1000 segments between points that are drawn with replacement.
    /// </summary>
    /// <param name="network">One replica with one output.</param>
    /// <param name="points">[M, n_0].</param>
    /// <param name="generator">Draws the segments.</param>
    public static FourMeasures Of(FullyConnected network, Tensor points, Random generator)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var gradients = GradientNorm.At(network, points.narrow(0, 0, Math.Min(Samples, points.size(0))));
        var segments = Segments.Draw(points, Samples, generator);
        var jumps = (network.Weights[1].select(1, 0).unsqueeze(2) * network.Weights[0]).select(0, 0).to_type(float64);
        var lengths = new SampledLengths(Doubles(network.Weights[1]), Doubles(jumps.mm(jumps.t())), PointsOnSegment);
        var (function, gradient) = lengths.Mean(
            Doubles(network.Preactivations(segments.Starts)[0]), Doubles(network.Preactivations(segments.Ends)[0]));
        return new FourMeasures(
            gradients.to_type(float64).mean().item<double>(),
            function,
            gradient,
            WeightsProduct.Of(network).to_type(float64).item<double>());
    }

    /// <summary>One of them by its name.</summary>
    /// <exception cref="ArgumentException">There is no such measure.</exception>
    public double Of(string measure) => measure switch
    {
        "GN" => GN,
        "PL0" => PL0,
        "PL1" => PL1,
        "WP" => WP,
        _ => throw new ArgumentException($"no measure {measure}", nameof(measure)),
    };

    private static double[] Doubles(Tensor tensor) => tensor.to_type(float64).contiguous().cpu().data<double>().ToArray();
}
