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
/// Definition A.1: σ_max(x), the largest root of det(σI − ζ(x)), is the operator norm of the pulled-back metric, which the paper calls its
/// flatness. The implementation's value is checked against the exact ζ = JᵀJ: elimination decides whether all roots lie below a number.
/// </summary>
public sealed class DefA1_LargestEigenvalue
{
    private static readonly UnderTest<Func<FullyConnected, Tensor, double>> LargestRoot = new(
        (network, points) => Number(PulledBackMetric.LargestEigenvalue(network, points, OutputMetric.SquareLoss)),
        ("largest-root-is-the-smallest", (network, points) => linalg.eigvalsh(Metric(network, points)).min().item<double>()),
        ("largest-root-is-the-trace", (network, points) => linalg.eigvalsh(Metric(network, points)).sum().item<double>()),
        ("largest-root-is-the-entry", (network, points) => Metric(network, points).abs().max().item<double>()));

    /// <summary>
    /// σI − ζ is positive semidefinite just above σ_max and not positive definite just below it, so the largest root lies between; and
    /// σ_max is the largest singular value of ζ, its operator norm. Dead networks with ζ = 0 are included.
    /// </summary>
    [Claim("design.def-a.1")]
    public void RandomNetworks_LargestRoot_IsTheOperatorNorm() =>
        Instances.Satisfy(
            "|σ_max − ‖ζ‖₂|, where σI − ζ changes its definiteness within the tolerance of σ_max; square loss",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                if (!OffTheKinks(instance))
                {
                    return null;
                }

                using var scope = NewDisposeScope();
                var jacobian = instance.Network.Exact().DerivativesAlongAxes(Arrays.Exact(instance.Point));
                var zeta = Fractions.PullBack(jacobian, Fractions.Identity(instance.Network.Outputs));
                var (root, allowed) = (LargestRoot.Run(instance.Network.ToEnsemble(), Batch(instance.Point)), Rounding.OfMetric(instance));
                return IsTheLargestRoot(zeta, root, allowed)
                    ? new Deviation(Math.Abs(root - OperatorNorm(zeta)), allowed)
                    : Deviation.Exact(false);
            },
            "that of design.prop-3.1",
            count: 150);

    /// <summary>(x, y) ↦ (x + y, x, y) has ζ = (2 1; 1 2), and det(σI − ζ) = (σ − 1)(σ − 3): the largest root is 3.</summary>
    [Claim("design.def-a.1")]
    public void ThreeOutputs_ByHand_HaveLargestRootThree()
    {
        using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 1, 1 }, { 1, 0 }, { 0, 1 } }).ToEnsemble();
        var root = LargestRoot.Run(ensemble, Batch([1, 1]));
        root.Should().BeApproximately(3, 64 * 3 * 3 * Rounding.Unit, "a singular value of a 3 × 2 matrix, squared");
        IsTheLargestRoot(Fractions.Of(new[,] { { 2, 1 }, { 1, 2 } }), root, 64 * 3 * 3 * Rounding.Unit).Should().BeTrue();
    }

    /// <summary>
    /// f(x) = ReLU(−x) at x = 1: J = 0, ζ = 0, and the only root of det(σI − 0) = σ is 0. Equation 12 gives 0; "the largest positive
    /// eigenvalue", as the sentence beside it says, needs ζ ≠ 0.
    /// </summary>
    [Claim("design.def-a.1", Role.Control)]
    public void DeadNetwork_NotZeroDropped_HasNoPositiveEigenvalue()
    {
        using var scope = NewDisposeScope();
        var network = SmallNetwork.WithoutBiases(new double[,] { { -1 } }, new double[,] { { 1 } });
        network.Exact().DerivativesAlongAxes([1])[0, 0].Should().Be((Rational)0);
        Number(PulledBackMetric.LargestEigenvalue(network.ToEnsemble(), Batch([1]), OutputMetric.SquareLoss)).Should().Be(0);
    }

    /// <summary>diag(1, −2) is symmetric and not positive semidefinite: its largest root is 1, its operator norm 2.</summary>
    [Claim("design.def-a.1", Role.Control)]
    public void IndefiniteMatrix_SemidefiniteDropped_HasAnotherNorm()
    {
        var matrix = Fractions.Diagonal([1, -2]);
        IsTheLargestRoot(matrix, 1, 1e-9).Should().BeTrue();
        IsTheLargestRoot(matrix, 2, 1e-9).Should().BeFalse();
        OperatorNorm(matrix).Should().Be(2);
    }

    private static double OperatorNorm(Rational[,] matrix) =>
        linalg.svdvals(tensor(Arrays.Map(matrix, entry => entry.ToDouble()))).max().item<double>();

    // No root of det(σI − ζ) is above root + allowed, and not all are below root − allowed.
    private static bool IsTheLargestRoot(Rational[,] metric, double root, double allowed) =>
        Fractions.LargestEigenvalueIsAtMost(metric, Rational.Of(root) + Rational.Of(allowed))
        && Fractions.LargestEigenvalueIsAtLeast(metric, Rational.Of(root) - Rational.Of(allowed));

    private static Tensor Metric(FullyConnected network, Tensor points) =>
        PulledBackMetric.At(network, points, OutputMetric.SquareLoss).select(0, 0).select(0, 0);
}
