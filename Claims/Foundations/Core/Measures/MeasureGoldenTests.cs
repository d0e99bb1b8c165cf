using Reproduce.Lines;
using Reproduce.Claims.Harness;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Measures;

/// <summary>
/// Guards every measure against silent change: its mean over 20 points or segments of a seeded network in float64. Hand-made cases and
/// exact arithmetic prove elsewhere what the numbers should be.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class MeasureGoldenTests
{
    private const int Count = 20;

    private static readonly GoldenTolerance[] Tolerances =
    [
        new("cpu", "float64", 1e-7, "bisected to 2/100/2²⁰ ≈ 2e-8: rounding at the last halving moves an interval by as much")
        {
            Values = "generalization interval from a grid*",
        },
        new(
            "cpu", "float64", 1e-11,
            "sums of at most a few hundred terms of one size, in another order with another BLAS: 1e-14, times a hundred for the roots and "
            + "eigenvalues of well-conditioned problems, times ten"),
    ];

    /// <summary>Slopes, the pulled-back metric, spectral norms and intervals of a 6-8-7-3 network, a classifier of three classes.</summary>
    [Fact]
    public void MeasuresOfThreeOutputs_AtRandomPoints_AreTheAcceptedNumbers()
    {
        using var scope = NewDisposeScope();
        using var network = Network(6, 8, 7, 3);
        var (points, ends) = (Uniform("points", 6), Uniform("ends", 6));
        var numbers = new Dictionary<string, GoldenNumber>();
        void Note(string name, Tensor values) => numbers[name] = new GoldenNumber(values.mean().item<double>());

        foreach (var p in new[] { 1, 2, double.PositiveInfinity })
        {
            Note($"slope, p = {p}", Reproduce.Geometry.Slope.At(network, points, p));
        }

        var (lower, upper) = MatrixNorm.Enclose(Jacobian.ByLayers(network, points), 3);
        Note("slope, p = 3, from below", lower);
        Note("slope, p = 3, from above", upper);
        Note("slope, p = 2, without the Jacobian", SpectralSlope.At(network, points));
        Note("product of squared spectral norms", SpectralProduct.Of(network));
        foreach (var metric in new[] { OutputMetric.SquareLoss, OutputMetric.Softmax, OutputMetric.Logistic })
        {
            Note($"pulled-back metric, {metric}: trace", PulledBackMetric.At(network, points, metric).diagonal(0, -2, -1).sum(-1));
            Note($"pulled-back metric, {metric}: largest eigenvalue", PulledBackMetric.LargestEigenvalue(network, points, metric));
        }

        Note("generalization interval from a grid, -1 to 2", GeneralizationInterval.Of(network, points, ends - points, 1, 2, 100));
        Note("exact variation of f", ExactPathLength.OfFunction(network, new Segments(points, ends)));
        Note("exact variation of the Jacobian", ExactPathLength.OfGradient(network, new Segments(points, ends)));

        using var layers = LayeredNetwork.Of(network, 0);
        using var decomposition = new LineDecomposition(layers);
        var interval = new ExactInterval(layers, points);
        var (kinks, steepest) = (new long[Count], new double[Count]);
        foreach (var pieces in decomposition.Of(points, ends - points, -1, 0, 1, 2))
        {
            interval.Add(pieces);
            AlongLines.AddKinks(pieces, 0, 1, kinks);
            AlongLines.RaiseSlope(pieces, 2, 0, 1, steepest);
        }

        var stable = interval.Forward.Zip(interval.Backward, (forward, backward) => Math.Min(forward, 2) + Math.Min(backward, 1));
        Note("exact stable stretch, -1 to 2", tensor([.. stable], float64));
        Note("kinks of a segment", tensor(kinks).to_type(float64));
        Note("largest slope of a segment, p = 2", tensor(steepest));
        Golden.Verify(numbers, Tolerances, typeof(MeasureGoldenTests));
    }

    /// <summary>The four measures of the smoothness thesis on a 6-16-1 network, sampled and exact.</summary>
    [Fact]
    public void MeasuresOfOneOutput_AtRandomPoints_AreTheAcceptedNumbers()
    {
        using var scope = NewDisposeScope();
        using var network = Network(6, 16, 1);
        var points = Uniform("points", 6);
        var segments = new Segments(points, Uniform("ends", 6));
        var numbers = new Dictionary<string, GoldenNumber>();
        void Note(string name, Tensor values) => numbers[name] = new GoldenNumber(values.mean().item<double>());

        Note("GN", GradientNorm.At(network, points));
        Note("PL0 from 100 points", PathLength.OfFunction(network, segments));
        Note("PL1 from 100 points", PathLength.OfGradient(network, segments));
        Note("PL0 from 10 points", PathLength.OfFunction(network, segments, 10));
        Note("PL1 from 10 points", PathLength.OfGradient(network, segments, 10));
        Note("PL0, exact", ExactPathLength.OfFunction(network, segments));
        Note("PL1, exact", ExactPathLength.OfGradient(network, segments));
        Note("WP", WeightsProduct.Of(network));
        Golden.Verify(numbers, Tolerances, typeof(MeasureGoldenTests));
    }

    // Four times PyTorch's weights, so that classes change and no softmax is saturated.
    private static FullyConnected Network(params int[] widths)
    {
        using var drawn = Initialisation.PyTorchDefault(new FullyConnectedShape(widths), [Seed.Of(("test", "measure golden"))], float64);
        return new FullyConnected([.. drawn.Weights.Select(weight => 4.0 * weight)], [.. drawn.Biases.Select(bias => 1.0 * bias)]);
    }

    private static Tensor Uniform(string name, int size) =>
        RandomTensors.Uniform(Seed.Of(("test", "measure golden"), ("choice", name)).Generator(), float64, Count, size);
}
