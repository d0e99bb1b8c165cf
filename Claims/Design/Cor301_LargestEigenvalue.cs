using MathNet.Numerics.LinearAlgebra;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Corollary 3.0.1 bounds the largest eigenvalue of ζ by σ_ψ C ∏σ_l². With σ_l the largest eigenvalue of the weights, as printed, no
/// constant C suffices: a nilpotent layer has only the eigenvalue 0, yet is not constant. With the largest singular value C = 1 suffices
/// for every 1-Lipschitz activation, and no smaller constant does.
/// </summary>
public sealed class Cor301_LargestEigenvalue
{
    /// <summary>∏σ_l² by the library, [R].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Tensor>> Bound = new(
        SpectralProduct.Of,
        ("spectral-product-unsquared", network => SpectralProduct.Of(network).sqrt()),
        ("spectral-product-without-the-last-layer", network =>
            SpectralProduct.Of(network) / MatrixNorm.Of(network.Weights[^1], 2).square().clamp_min(1e-300)),
        ("spectral-product-of-row-norms", network =>
            network.Weights.Select(weight => weight.square().sum(-1).amax(-1)).Aggregate((product, factor) => product * factor)));

    /// <summary>σ_ψ, the largest eigenvalue of H at the outputs.</summary>
    private static readonly UnderTest<Func<FullyConnected, Tensor, OutputMetric, double>> OutputFactor = new(
        (network, points, metric) => Number(linalg.eigvalsh(metric.At(network.Forward(points))).amax(-1)),
        ("output-factor-of-the-pulled-back-metric", OfThePulledBackMetric),
        ("output-factor-as-the-smallest", (network, points, metric) =>
            Number(linalg.eigvalsh(metric.At(network.Forward(points))).amin(-1))));

    /// <summary>
    /// One linear layer (u, v) ↦ (v, 0), W = (0 1; 0 0), square loss: both eigenvalues of W are 0, so the bound is 0 for every C. ζ = WᵀW =
    /// diag(0, 1) has the largest eigenvalue 1.
    /// </summary>
    [Claim("design.cor-3.0.1", Role.Counterexample)]
    public void NilpotentLayer_WithEigenvaluesZero_HasMetricOne()
    {
        double[,] shift = { { 0, 1 }, { 0, 0 } };
        var weight = Arrays.Map(shift, Rational.Of);
        Fractions.Product(weight, weight).Cast<Rational>()
            .Should().AllBeEquivalentTo((Rational)0, "W² = 0, so that every eigenvalue of W is 0");
        var zeta = Fractions.PullBack(weight, Fractions.Identity(2));
        zeta.Cast<Rational>().Should().Equal(0, 0, 0, 1);
        Evidence.Record(new Measurement(
            "largest eigenvalue of ζ for W = (0 1; 0 0), square loss",
            1,
            "σ_ψ C ∏σ_l² = 0 with σ_l the largest eigenvalue of W_l, whatever C")
        {
            Paper = "at most σ_ψ C ∏σ_l²",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// Symmetric weights do not help: diag(−m, 1) has the largest eigenvalue 1, so the bound is C, while λ_max(ζ) = m²: no C is enough.
    /// </summary>
    [ClaimRows("design.cor-3.0.1", Role.Counterexample)]
    [InlineData(1, 1)]
    [InlineData(10, 100)]
    [InlineData(100, 10_000)]
    public void SymmetricLayers_WithLargestEigenvalueOne_HaveMetricsWithoutBound(int size, int square)
    {
        var weight = Fractions.Diagonal([-size, 1]);
        Fractions.LargestEigenvalueIsAtMost(weight, 1).Should().BeTrue();
        Fractions.LargestEigenvalueIsAtLeast(Fractions.PullBack(weight, Fractions.Identity(2)), square).Should().BeTrue();
    }

    [Claim("design.cor-3.0.1", Role.Repair)]
    public void RandomReluNetworks_LargestEigenvalue_IsAtMostTheProductOfSingularValues() =>
        Instances.Satisfy(
            "excess of λ_max(ζ) over σ_ψ ∏σ_l²; square loss, softmax, logistic",
            NetworkAtPoint.Arbitrary,
            instance => Excess(instance, Bound.Run),
            "that of design.prop-3.1",
            count: 150);

    /// <summary>Every 1-Lipschitz activation, decreasing ones included: derivatives in [−1, 1], also after the last layer.</summary>
    [Claim("design.cor-3.0.1", Role.Repair)]
    public void RandomChains_OfLipschitzActivations_StayBelowTheProductOfSingularValues() =>
        Instances.Satisfy(
            "excess of λ_max(ζ) over σ_ψ ∏σ_l²",
            LayerChain.OfAnySign,
            chain => Excess(chain, chain.Weights),
            "64γ_20 times σ_ψ ∏‖W_l‖_F²: eigenvalues and singular values of matrices up to 4 × 4");

    /// <summary>3·ReLU(2x) at 1: ζ = 36 = 2² · 3². So no C below 1 will do, and C = 1 is the smallest.</summary>
    [Claim("design.cor-3.0.1", Role.Repair)]
    public void OneWideNetwork_ByHand_AttainsTheBoundWithCOne()
    {
        using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 2 } }, new double[,] { { 3 } }).ToEnsemble();
        Number(PulledBackMetric.LargestEigenvalue(ensemble, Batch([1]), OutputMetric.SquareLoss)).Should().Be(36);
        Number(Bound.Run(ensemble)).Should().Be(36);
        Evidence.Record(new Measurement("λ_max(ζ) of 3 ReLU(2x) at 1", 36, "∏σ_l² = 36: the constant C = 1 is the smallest")
        {
            Paper = "a positive constant C",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// The layer (u, v) ↦ (u + v, u + v) has the singular value 2 and rows of norm √2: ζ = (2 2; 2 2) with the eigenvalue 4.
    /// </summary>
    [Claim("design.cor-3.0.1", Role.Repair)]
    public void RepeatedRow_ByHand_AttainsTheBound()
    {
        using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 1, 1 }, { 1, 1 } }).ToEnsemble();
        Number(PulledBackMetric.LargestEigenvalue(ensemble, Batch([1, 1]), OutputMetric.SquareLoss)).Should().BeApproximately(4, 1e-14);
        Number(Bound.Run(ensemble)).Should().BeApproximately(4, 1e-14);
    }

    /// <summary>a(t) = 2t is not 1-Lipschitz: W = 1 gives ζ = 4, and the bound is 1.</summary>
    [Claim("design.cor-3.0.1", Role.Control)]
    public void SteepActivation_LipschitzDropped_IsCaught() =>
        Excess(new LayerChain([Fractions.Identity(1)], [[2]], Fractions.Identity(1), 1)).Within.Should().BeFalse();

    /// <summary>
    /// A skip connection, x + 0·x: one path bypasses the weights, so ζ = 1, while the product over the layers is 0. The paper's own
    /// generalization layer has one.
    /// </summary>
    [Claim("design.cor-3.0.1", Role.Control)]
    public void SkipConnection_OneUnitALayerDropped_IsCaught() =>
        Excess(new LayerChain([Fractions.Identity(1)], [[1]], Fractions.Identity(1), 1), layers: [Fractions.Of(new[,] { { 0 } })])
            .Within.Should().BeFalse();

    [Claim("design.cor-3.0.1", Role.Control)]
    public void LargestEntryForTheSingularValue_IsCaught() =>
        Instances.Violate(
            "∏ (largest entry)²",
            NetworkAtPoint.Arbitrary,
            instance => Excess(instance, network =>
                network.Weights.Select(weight => weight.abs().amax(-2, -1).square()).Aggregate((product, factor) => product * factor)));

    [Claim("design.cor-3.0.1.output-metric")]
    public void RandomReluNetworks_FactorOfTheOutputMetric_BoundsTheEigenvalue() =>
        Instances.Satisfy(
            "excess of λ_max(ζ) over σ_ψ ∏σ_l² with σ_ψ of ζ_ψ; square loss, softmax, logistic",
            NetworkAtPoint.Arbitrary,
            instance => Excess(instance, Bound.Run),
            "that of design.prop-3.1",
            count: 150);

    /// <summary>
    /// f(x) = εx, square loss: ζ_ψ = 1, ζ = ε² and ∏σ_l² = ε². With σ_ψ = 1 the bound is attained. With the printed σ_ψ, the largest
    /// eigenvalue of ζ, it is C·ε⁴, and C has to be 1/ε² at least.
    /// </summary>
    [ClaimRows("design.cor-3.0.1.output-metric", Role.Counterexample)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(20)]
    public void SmallSlope_WithThePulledBackMetricForTheOutputs_NeedsAnUnboundedConstant(int power)
    {
        var slope = Math.Pow(2, -power);
        using var ensemble = SmallNetwork.WithoutBiases(new[,] { { slope } }).ToEnsemble();
        var (points, metric) = (Batch([1]), OutputMetric.SquareLoss);
        var (largest, product) = (OfThePulledBackMetric(ensemble, points, metric), Number(Bound.Run(ensemble)));
        largest.Should().Be(slope * slope);
        (OutputFactor.Run(ensemble, points, metric) * product).Should().Be(largest);
        var constant = largest / (OfThePulledBackMetric(ensemble, points, metric) * product);
        constant.Should().Be(Math.Pow(4, power));
        Evidence.Record(new Measurement($"the C that f(x) = 2^−{power} x needs with σ_ψ from ζ", constant, "1 with σ_ψ from ζ_ψ")
        {
            Paper = "σ_ψ(x) denotes the largest eigenvalue of the outer layer metric tensor ζ(x)",
            Dtype = "float64 (powers of two)",
        });
    }

    [Claim("design.cor-3.0.1.output-metric", Role.Control)]
    public void PulledBackMetricForTheOutputs_IsCaught() =>
        Instances.Violate(
            "λ_max(ζ) over λ_max(ζ) ∏σ_l²",
            NetworkAtPoint.Arbitrary,
            instance => Excess(instance, Bound.Run, OfThePulledBackMetric));

    private static double OfThePulledBackMetric(FullyConnected network, Tensor points, OutputMetric metric) =>
        Number(PulledBackMetric.LargestEigenvalue(network, points, metric));

    private static Deviation? Excess(
        NetworkAtPoint instance,
        Func<FullyConnected, Tensor> bound,
        Func<FullyConnected, Tensor, OutputMetric, double>? outputFactor = null)
    {
        if (!OffTheKinks(instance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var ensemble = instance.Network.ToEnsemble();
        var points = Batch(instance.Point);
        var allowed = Rounding.OfMetric(instance);
        var product = Number(bound(ensemble));
        var excess = new[] { OutputMetric.SquareLoss, OutputMetric.Softmax, OutputMetric.Logistic }.Max(metric =>
        {
            var factor = (outputFactor ?? OutputFactor.Run)(ensemble, points, metric);
            return OfThePulledBackMetric(ensemble, points, metric) - (factor * product);
        });
        return new Deviation(Math.Max(0, excess), allowed);
    }

    private static Deviation Excess(LayerChain chain, IReadOnlyList<Rational[,]>? layers = null)
    {
        var weights = (layers ?? chain.Weights).Select(Real).ToList();
        var largest = Real(chain.Zeta).Evd(Symmetricity.Symmetric).EigenValues.Max(value => value.Real);
        double Product(Func<Matrix<double>, double> norm) =>
            weights.Aggregate(chain.MetricNorm.ToDouble(), (product, weight) => product * Math.Pow(norm(weight), 2));
        var (bound, scale) = (Product(weight => weight.L2Norm()), Product(weight => weight.FrobeniusNorm()));
        return new Deviation(Math.Max(0, largest - bound), 64 * Rounding.Gamma(20) * scale);
    }

    private static Matrix<double> Real(Rational[,] matrix) =>
        Matrix<double>.Build.DenseOfArray(Arrays.Map(matrix, value => value.ToDouble()));
}
