using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Shared;

/// <summary>
/// What the library computes of a network at points, from its masks to the pulled-back metric, and the mutants, for all claims about it.
/// </summary>
internal static class NetworkGeometry
{
    /// <summary>The diagonals of Z_1, …, Z_(n−1), each [R, N, n_i].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Tensor, IReadOnlyList<Tensor>>> Masks = new(
        (network, points) => network.Masks(points),
        ("masks-as-values", (network, points) => [.. network.Preactivations(points).Select(values => values.relu())]),
        ("masks-divided-by-their-share", (network, points) =>
            [.. network.Masks(points).Select(mask => mask / mask.mean([2]).unsqueeze(2).clamp_min(1e-9))]));

    /// <summary>J = W_n Z_(n−1) W_(n−1) ⋯ Z_1 W_1, [R, N, n_c, n_0].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Tensor, Tensor>> Jacobians = new(
        Jacobian.ByLayers,
        ("jacobian-without-masks", Unmasked),
        ("jacobian-without-first-mask", (network, points) => Masked(network, points, (i, mask) => i == 0 ? ones_like(mask) : mask)),
        ("jacobian-with-inactive-units", (network, points) => Masked(network, points, (_, mask) => 1.0 - mask)),
        ("jacobian-at-the-first-point", (network, points) => Masked(network, points, (_, mask) => mask.narrow(1, 0, 1).expand(mask.shape))),
        ("jacobian-masked-without-biases", (network, points) => Masked(network, points, masksOf: WithoutBiases(network).Masks(points))));

    /// <summary>‖A‖_p over the last two dimensions, p = 1, 2, ∞.</summary>
    internal static readonly UnderTest<Func<Tensor, double, Tensor>> Norms = new(
        MatrixNorm.Of,
        ("norm-of-the-transposed", (matrices, p) => MatrixNorm.Of(matrices.mT, p)),
        ("norm-of-signed-sums", (matrices, p) =>
            p == 1 ? matrices.sum(-2).amax(-1) : double.IsPositiveInfinity(p) ? matrices.sum(-1).amax(-1) : matrices.sum([-2, -1])),
        ("norm-over-all-entries", (matrices, p) =>
            p == 1 ? matrices.abs().sum([-2, -1])
            : p == 2 ? matrices.square().sum([-2, -1]).sqrt()
            : matrices.abs().amax(-2, -1)),
        ("norm-of-the-best-column", (matrices, p) =>
            p == 1 ? matrices.abs().sum(-2).amax(-1)
            : p == 2 ? matrices.square().sum(-2).sqrt().amax(-1)
            : matrices.abs().amax(-2, -1)));

    /// <summary>The p-slope, [R, N].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Tensor, double, Tensor>> Slopes = new(
        Geometry.Slope.At,
        ("measured-slope-squared", (network, points, p) => Geometry.Slope.At(network, points, p).square()),
        ("measured-slope-of-the-transposed", (network, points, p) => MatrixNorm.Of(Jacobian.ByLayers(network, points).mT, p)),
        ("measured-slope-without-masks", (network, points, p) => MatrixNorm.Of(Unmasked(network, points), p)));

    /// <summary>H at outputs, […, n_c, n_c].</summary>
    internal static readonly UnderTest<Func<OutputMetric, Tensor, Tensor>> OutputMetrics = new(
        (metric, outputs) => metric.At(outputs),
        ("output-metric-as-its-root", (metric, outputs) => metric.Root(outputs)),
        ("output-metric-of-plain-probabilities", (metric, outputs) =>
            metric.At(outputs) + (outputs.softmax(-1).unsqueeze(-1) * outputs.softmax(-1).unsqueeze(-2))));

    /// <summary>λ_max(ζ), [R, N].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Tensor, OutputMetric, Tensor>> LargestEigenvalues = new(
        PulledBackMetric.LargestEigenvalue,
        ("zeta-eigenvalue-unsquared", (network, points, metric) => PulledBackMetric.LargestEigenvalue(network, points, metric).sqrt()),
        ("zeta-eigenvalue-as-the-trace", (network, points, metric) =>
            PulledBackMetric.At(network, points, metric).diagonal(0, 2, 3).sum(-1)),
        ("zeta-eigenvalue-without-the-output-metric", (network, points, _) =>
            PulledBackMetric.LargestEigenvalue(network, points, OutputMetric.SquareLoss)));

    /// <summary>The p-slope of one network at one point.</summary>
    internal static double MeasuredSlope(SmallNetwork network, double[] point, double p)
    {
        using var scope = NewDisposeScope();
        return Number(Slopes.Run(network.ToEnsemble(), Batch(point), p));
    }

    /// <summary>‖A‖_p of one matrix, rounded to float64.</summary>
    internal static double MeasuredNorm(Rational[,] matrix, double p)
    {
        using var scope = NewDisposeScope();
        return Number(Norms.Run(tensor(Arrays.Map(matrix, entry => entry.ToDouble())), p));
    }

    // The mutants' Jacobians.
    private static Tensor Unmasked(FullyConnected network, Tensor points) => Masked(network, points, (_, mask) => ones_like(mask));

    private static FullyConnected WithoutBiases(FullyConnected network) =>
        new([.. network.Weights], [.. network.Biases.Select(bias => zeros_like(bias))]);

    private static Tensor Masked(
        FullyConnected network, Tensor points, Func<int, Tensor, Tensor>? change = null, IReadOnlyList<Tensor>? masksOf = null)
    {
        var masks = (masksOf ?? network.Masks(points)).Select((mask, i) => change is null ? mask : change(i, mask)).ToList();
        var (replicas, count) = (network.Replicas, network.Spread(points).size(1));
        var product = network.Weights[^1].unsqueeze(1).expand(replicas, count, network.Shape.Outputs, -1);
        for (var i = masks.Count - 1; i >= 0; i--)
        {
            product = (product * masks[i].unsqueeze(2)).matmul(network.Weights[i].unsqueeze(1));
        }

        return product.clone();
    }
}
