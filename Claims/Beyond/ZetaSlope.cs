using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Beyond;

/// <summary>
/// What ties paper D to paper S: ζ = JᵀHJ, so λ_min(H)·Slope₂² ≤ λ_max(ζ) ≤ λ_max(H)·Slope₂². For the square loss H = I and both are
/// equalities. For a softmax λ_max(H) ≤ 1/2 whatever the logits, for independent logistic outputs ≤ 1/4, so the slope bounds ζ over all
/// data at once.
/// </summary>
public sealed class ZetaSlope
{
    private static readonly (OutputMetric Metric, double Largest)[] Metrics =
        [(OutputMetric.SquareLoss, 1), (OutputMetric.Softmax, 0.5), (OutputMetric.Logistic, 0.25)];

    [Claim("beyond.zeta-slope")]
    public void RandomNetworks_LargestEigenvalue_LiesBetweenTheOutputCurvaturesTimesTheSquaredSlope() =>
        Instances.Satisfy(
            "λ_max(ζ) outside [λ_min(H), λ_max(H)]·Slope₂²; square loss, softmax, logistic",
            NetworkAtPoint.Arbitrary,
            instance => Between(instance, NetworkGeometry.LargestEigenvalues.Run),
            "that of design.prop-3.1",
            count: 150);

    [Claim("beyond.zeta-slope")]
    public void RandomNetworks_LargestEigenvalue_IsThatOfTheMetricItself() =>
        Instances.Satisfy(
            "|λ_max(ζ) by the root − largest eigenvalue of ζ|",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var (ensemble, points, allowed) = (instance.Network.ToEnsemble(), Batch(instance.Point), Rounding.OfMetric(instance));
                double OfMetric(OutputMetric metric) => Number(linalg.eigvalsh(PulledBackMetric.At(ensemble, points, metric)).amax(-1));
                double Difference(OutputMetric metric) =>
                    Number(NetworkGeometry.LargestEigenvalues.Run(ensemble, points, metric)) - OfMetric(metric);
                return new Deviation(Metrics.Max(one => Math.Abs(Difference(one.Metric))), allowed);
            },
            "that of design.prop-3.1",
            count: 100);

    /// <summary>f(x, y) = 3x + 4y at the origin has the slope 5: 25 for the square loss and 25/4 for one logistic output.</summary>
    [Claim("beyond.zeta-slope")]
    public void LinearNetwork_ByHand_Has25And25Quarters()
    {
        using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 3, 4 } }).ToEnsemble();
        var origin = Batch([0, 0]);
        Number(Geometry.Slope.At(ensemble, origin)).Should().BeApproximately(5, 1e-14);
        Number(NetworkGeometry.LargestEigenvalues.Run(ensemble, origin, OutputMetric.SquareLoss)).Should().BeApproximately(25, 1e-13);
        Number(NetworkGeometry.LargestEigenvalues.Run(ensemble, origin, OutputMetric.Logistic)).Should().BeApproximately(6.25, 1e-14);
    }

    /// <summary>
    /// f(x) = (x, −x) at 0: two equal classes, H = (1 −1; −1 1)/4 with the eigenvalues 1/2 and 0, and J is its eigenvector: ½ · Slope₂² =
    /// 1.
    /// </summary>
    [Claim("beyond.zeta-slope")]
    public void TwoClasses_ByHand_AttainOneHalfOfTheSquaredSlope()
    {
        using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }).ToEnsemble();
        var eigenvalue = Number(NetworkGeometry.LargestEigenvalues.Run(ensemble, Batch([0]), OutputMetric.Softmax));
        eigenvalue.Should().BeApproximately(1, 1e-15);
        Evidence.Record(new Measurement(
            "λ_max(ζ) of (x, −x) at 0 with softmax", eigenvalue, "½·Slope₂² = 1: the constant ½ is attained")
        {
            Dtype = "float64",
        });
    }

    /// <summary>
    /// f(x) = (x, −x, −n) at 0 has the softmax (p, p, 1 − 2p), p = 1/(2 + e^(−n)), and J is the eigenvector of H to p. It comes as close to
    /// ½ as one likes; with finite logits it stays below.
    /// </summary>
    [ClaimRows("beyond.zeta-slope")]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(20)]
    public void ThreeClasses_ByHand_ApproachOneHalfOfTheSquaredSlope(double n)
    {
        using var ensemble = new SmallNetwork([new double[,] { { 1 }, { -1 }, { 0 } }], [[0, 0, -n]]).ToEnsemble();
        var share = Number(NetworkGeometry.LargestEigenvalues.Run(ensemble, Batch([0]), OutputMetric.Softmax)) / 2;
        share.Should().BeApproximately(1 / (2 + Math.Exp(-n)), 1e-15).And.BeLessThan(0.5);
    }

    [Claim("beyond.zeta-slope", Role.Control)]
    public void MaximumNormForTheTwoNorm_IsCaught() =>
        Instances.Violate("equality for the square loss with the ∞-slope", NetworkAtPoint.Arbitrary, instance =>
        {
            if (!OffTheKinks(instance))
            {
                return null;
            }

            using var scope = NewDisposeScope();
            var (ensemble, points) = (instance.Network.ToEnsemble(), Batch(instance.Point));
            var eigenvalue = Number(PulledBackMetric.LargestEigenvalue(ensemble, points, OutputMetric.SquareLoss));
            var slope = Number(Geometry.Slope.At(ensemble, points, double.PositiveInfinity));
            return new Deviation(Math.Abs(eigenvalue - (slope * slope)), Rounding.OfMetric(instance));
        });

    [Claim("beyond.zeta-slope", Role.Control)]
    public void SlopeForItsSquare_IsCaught() =>
        Instances.Violate("the slope in place of its square", NetworkAtPoint.Arbitrary, instance =>
            Between(instance, PulledBackMetric.LargestEigenvalue, power: 1));

    private static Deviation? Between(
        NetworkAtPoint instance, Func<FullyConnected, Tensor, OutputMetric, Tensor> eigenvalueOf, int power = 2)
    {
        if (!OffTheKinks(instance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var (ensemble, points, allowed) = (instance.Network.ToEnsemble(), Batch(instance.Point), Rounding.OfMetric(instance));
        var square = Math.Pow(Number(Geometry.Slope.At(ensemble, points)), power);
        return new Deviation(Metrics.Max(one => Excess(one.Metric, one.Largest)), allowed);

        double Excess(OutputMetric metric, double largest)
        {
            var curvatures = linalg.eigvalsh(metric.At(ensemble.Forward(points)));
            var (low, high) = (Number(curvatures.amin(-1)), Number(curvatures.amax(-1)));
            var eigenvalue = Number(eigenvalueOf(ensemble, points, metric));
            var outside = Math.Max(eigenvalue - (high * square), (low * square) - eigenvalue);
            return Math.Max(0, Math.Max(outside, (high - largest - (16 * Rounding.Unit)) * square));
        }
    }
}
