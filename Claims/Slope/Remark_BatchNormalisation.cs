using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Vectors;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Section 3: batch normalisation controls the slope as regularisation does. A normalised layer is γ(Wx + b − μ)/σ + β with the mean μ and
/// the standard deviation σ of Wx + b over a batch. σ² = wᵀCw, with C the covariance of what enters the layer, so w/σ is at most
/// 1/√λ_min(C) long.
/// </summary>
public sealed class Remark_BatchNormalisation
{
    // Under the root in PyTorch.
    private const double Epsilon = 1e-5;

    /// <summary>Least and largest eigenvalue of the covariance of what enters a layer.</summary>
    private sealed record Spectrum(double Least, double Largest, double Trace);

    /// <summary>A hidden layer with its normalisation folded in, from W, b, γ and the batch.</summary>
    private static readonly UnderTest<Func<double[,], double[], double[], double[][], (double[,] Weights, double[] Biases)>> Fold = new(
        (weights, bias, gamma, batch) => Folded(weights, bias, gamma, batch, variance => 1 / Math.Sqrt(variance + Epsilon)),
        ("fold-without-dividing", (weights, bias, gamma, batch) => Folded(weights, bias, gamma, batch, _ => 1)),
        ("fold-by-the-variance", (weights, bias, gamma, batch) =>
            Folded(weights, bias, gamma, batch, variance => 1 / (variance + Epsilon))),
        ("fold-by-half-the-deviation", (weights, bias, gamma, batch) =>
            Folded(weights, bias, gamma, batch, variance => 2 / Math.Sqrt(variance + Epsilon))));

    /// <summary>Networks with four γ for each hidden layer.</summary>
    private static readonly Arbitrary<(NetworkAtPoint Instance, double[] Gammas)> Normalised = Arb.From(
        from instance in LatticeNetworks.Arbitrary.Generator
        from gammas in Gen.ArrayOf(Gen.Choose(-6, 6).Select(value => value / 4.0), 12)
        select (instance, gammas));

    /// <summary>
    /// Every hidden layer is normalised over a batch of points on the axes, the farther out the later the axis. β, which changes no
    /// derivative of its own layer, is 0.
    /// </summary>
    [Claim("slope.batch-norm")]
    public void RandomNetworks_Normalised_HaveASlopeBoundedByGamma() =>
        Instances.Satisfy(
            "excess of the 2-slope over ‖W_n‖₂ ∏ ‖γ_i‖₂/√λ_min(C_i)",
            Normalised,
            drawn => Excess(drawn, spectrum => spectrum.Least),
            "1e-8 of the bound: only λ_min above 1e-6 of the trace count, which rounding moves by less than 1e-8 of itself");

    /// <summary>
    /// W = (3, 4) and γ = 5 over the batch ±(2, 0), ±(0, 2): C = 2I, σ² = 50, and J = 5·(3, 4)/√50 is 5/√2 long: equality, up to ε.
    /// </summary>
    [Claim("slope.batch-norm")]
    public void IsotropicBatch_ByHand_AttainsTheBound()
    {
        var (weights, _) = Fold.Run(new double[,] { { 3, 4 } }, [7], [5], [[2, 0], [-2, 0], [0, 2], [0, -2]]);
        Norm(Arrays.Row(weights, 0), 2).Should().BeApproximately(5 / Math.Sqrt(2), 1e-6, "ε changes 50 to 50.00001");
    }

    /// <summary>
    /// Limited parameters do not limit the slope: W = (0, 1) and γ = 1 over the batch (±1, ±1/m) have σ = 1/m and J = (0, m), without ε.
    /// </summary>
    [ClaimRows("slope.batch-norm", Role.Counterexample)]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void FlatBatch_WithParametersUpToOne_HasAnUnboundedSlope(int m)
    {
        Rational[] values = [new(1, m), new(-1, m), new(1, m), new(-1, m)];
        var variance = Rational.Sum(values.Select(value => value * value)) / values.Length;
        (1 / variance).Should().Be((Rational)m * m, "‖γW/σ‖₂² = 1/σ², and the mean is 0");
        Evidence.Record(new Measurement(
            "2-slope of a normalised layer with W = (0, 1) and γ = 1, of a batch with deviations 1 and 1/m", m, "unbounded")
        {
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>
    /// Where the least eigenvalue is 0: a batch of no more points than inputs, and columns that encode one choice, which sum to 1. It is
    /// not for two points on each axis.
    /// </summary>
    [ClaimRows("slope.batch-norm", Role.Control)]
    [InlineData(3, true, new[] { 1, 0, 2, 0, 2, 5, 3, 1, 1 })]
    [InlineData(4, true, new[] { 5, 1, 0, 0, 2, 0, 1, 0, 3, 0, 0, 1, 9, 1, 0, 0, 4, 0, 1, 0, 8, 0, 0, 1 })]
    [InlineData(2, false, new[] { 1, 0, -1, 0, 0, 2, 0, -2 })]
    public void FewPointsOrOneHotColumns_HaveASingularCovariance(int inputs, bool singular, int[] points)
    {
        Rational[][] batch = [.. points.Select(value => (Rational)value).Chunk(inputs)];
        var mean = batch.Aggregate(Arrays.Add).Select(sum => sum / batch.Length).ToArray();
        Rational[][] centred = [.. batch.Select(point => Arrays.Minus(point, mean))];
        var covariance = Arrays.Build(mean.Length, mean.Length, (row, column) =>
            Rational.Sum(centred.Select(point => point[row] * point[column])) / batch.Length);
        Fractions.IsPositive(covariance, strictly: true).Should().Be(!singular);
    }

    [Claim("slope.batch-norm", Role.Control)]
    public void LargestEigenvalueForTheLeast_IsCaught() =>
        Instances.Violate("the bound with λ_max(C_i)", Normalised, drawn => Excess(drawn, spectrum => spectrum.Largest));

    private static Deviation? Excess((NetworkAtPoint Instance, double[] Gammas) drawn, Func<Spectrum, double> eigenvalue)
    {
        var network = drawn.Instance.Network;
        var (weights, biases) = (network.Weights.ToArray(), network.Biases.ToArray());
        double[][] batch =
        [
            .. SignedAxes(network.Inputs).Select(axis => axis.Select((value, index) => value * (1 + (4 * index))).ToArray()),
        ];
        var bound = Matrix<double>.Build.DenseOfArray(weights[^1]).L2Norm();
        for (var i = 0; i < network.Layers - 1; i++)
        {
            var spectrum = Of(batch);
            if (spectrum.Least <= 1e-6 * spectrum.Trace)
            {
                return null;
            }

            var gamma = drawn.Gammas[(4 * i)..((4 * i) + biases[i].Length)];
            bound *= Norm(gamma, 2) / Math.Sqrt(eigenvalue(spectrum));
            (weights[i], biases[i]) = Fold.Run(weights[i], biases[i], gamma, batch);
            batch = Array.ConvertAll(batch, point => AfterLayer(weights[i], biases[i], point));
        }

        var slope = NetworkGeometry.MeasuredSlope(new SmallNetwork(weights, biases), drawn.Instance.Point, 2);
        return new Deviation(Math.Max(0, slope - bound), 1e-8 * bound);
    }

    private static double[] AfterLayer(double[,] weights, double[] bias, double[] point) =>
        [.. Arrays.Add(Arrays.Multiply(weights, point), bias).Select(value => Math.Max(0, value))];

    private static Spectrum Of(double[][] batch)
    {
        var points = Matrix<double>.Build.DenseOfRowArrays(batch);
        var means = points.ColumnSums() / points.RowCount;
        var centred = Matrix<double>.Build.Dense(points.RowCount, points.ColumnCount, (row, column) => points[row, column] - means[column]);
        var covariance = centred.TransposeThisAndMultiply(centred) / points.RowCount;
        var eigenvalues = covariance.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).ToList();
        return new(eigenvalues.Min(), eigenvalues.Max(), covariance.Trace());
    }

    // factor gives 1/σ from the variance.
    private static (double[,] Weights, double[] Biases) Folded(
        double[,] weights, double[] bias, double[] gamma, double[][] batch, Func<double, double> factor)
    {
        var values = batch.Select(point => Arrays.Add(Arrays.Multiply(weights, point), bias)).ToList();
        double[] means = [.. bias.Select((_, unit) => values.Average(value => value[unit]))];
        double Scale(int unit) => gamma[unit] * factor(values.Average(value => Math.Pow(value[unit] - means[unit], 2)));
        return (
            Arrays.Build(bias.Length, weights.GetLength(1), (row, column) => Scale(row) * weights[row, column]),
            [.. bias.Select((value, unit) => Scale(unit) * (value - means[unit]))]);
    }
}
