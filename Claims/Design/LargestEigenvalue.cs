using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using TorchSharp;
using static Reproduce.Claims.Design.VectorAlgebra;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Definition A.1: σ_max(x), the largest root of det(σI − ζ(x)), is the operator norm of the pulled-back metric, which the paper calls its
/// flatness. Where the root lies is decided by exact elimination.
/// </summary>
public sealed class LargestEigenvalue
{
    private const double SpectralTolerance = 1e-13;

    private const string Exact = "exact (rationals)";

    private static readonly UnderTest<Func<Tensor, double>> LargestRoot = new(
        metric => linalg.eigvalsh(metric).max().item<double>(),
        ("largest-root-is-the-smallest", metric => linalg.eigvalsh(metric).min().item<double>()),
        ("largest-root-is-the-trace", metric => linalg.eigvalsh(metric).sum().item<double>()),
        ("largest-root-is-the-entry", metric => metric.abs().max().item<double>()));

    /// <summary>
    /// Where ζ ≠ 0, the largest root of det(σI − ζ) is positive, σI − ζ is positive definite just above it and not just below it (exact
    /// elimination), and it is the operator norm, which the paper calls flatness. ζ = JᵀJ, the square loss.
    /// </summary>
    [Claim("design.def-a.1")]
    public void RandomNetworks_LargestRoot_IsTheOperatorNorm() =>
        Instances.Satisfy(
            "σ_max of ζ = JᵀJ: |σ_max − ‖ζ‖₂|, and σI − ζ changes its definiteness there",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var exact = instance.Network.Exact();
                var jacobian = exact.DerivativesAlongAxes([.. instance.Point.Select(Rational.Of)]);
                var metric = Arrays.Multiply(Arrays.Transpose(jacobian), jacobian);
                var trace = Sum(Enumerable.Range(0, metric.GetLength(0)).Select(i => metric[i, i]));
                if (trace == 0)
                {
                    return null;
                }

                // In units of the trace, which bounds the largest eigenvalue on both sides up to the dimension; rounded once, then exact again.
                var rounded = Arrays.Map(metric, entry => (entry / trace).ToDouble());
                var (scaled, matrix) = (Arrays.Map(rounded, Rational.Of), tensor(rounded));
                var root = LargestRoot.Run(matrix);
                var (above, below) = (Rational.Of(root + SpectralTolerance), Rational.Of(root - SpectralTolerance));
                var definite = IsPositiveDefinite(above, scaled) && !IsPositiveDefinite(below, scaled) && root > SpectralTolerance;
                return definite ? new Deviation(Math.Abs(root - linalg.svdvals(matrix).max().item<double>()), SpectralTolerance) : Deviation.Exact(false);
            },
            "10⁻¹³ of the trace: a backward stable solver on at most 6 × 6 errs by some 50u");

    /// <summary>(2, 1; 1, 2) has det(σI − ζ) = (σ − 1)(σ − 3): the largest root is 3.</summary>
    [Claim("design.def-a.1")]
    public void TwoByTwo_ByHand_HasLargestRootThree() =>
        LargestRoot.Run(tensor(new double[,] { { 2, 1 }, { 1, 2 } })).Should().BeApproximately(3, 3 * SpectralTolerance);

    /// <summary>
    /// f(x) = ReLU(−x) at x = 1: J = 0, ζ = 0, and det(σI − 0) = σ has the only root 0. "The largest positive eigenvalue" does not exist,
    /// while equation 12 gives 0.
    /// </summary>
    [Claim("design.def-a.1", Role.Counterexample)]
    public void DeadNetwork_HasNoPositiveEigenvalue()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { -1 } }, new double[,] { { 1 } }).Exact();
        var slope = network.DerivativesAlongAxes([1])[0, 0];
        slope.Should().Be((Rational)0);
        LargestRoot.Run(tensor(new double[,] { { (slope * slope).ToDouble() } })).Should().Be(0);
        Evidence.Record(new Measurement("largest root of det(σI − ζ) for ReLU(−x) at x = 1", 0, "as printed, the largest positive eigenvalue") { Dtype = Exact });
    }

    /// <summary>diag(1, −2) is symmetric and not positive semidefinite: its largest root is 1, its operator norm 2.</summary>
    [Claim("design.def-a.1", Role.Control)]
    public void IndefiniteMatrix_SemidefiniteDropped_HasAnotherNorm()
    {
        var matrix = tensor(new double[,] { { 1, 0 }, { 0, -2 } });
        LargestRoot.Run(matrix).Should().Be(1);
        linalg.svdvals(matrix).max().item<double>().Should().Be(2);
    }

    // All pivots of σI − ζ positive, by elimination.
    private static bool IsPositiveDefinite(Rational root, Rational[,] metric)
    {
        var size = metric.GetLength(0);
        var matrix = Arrays.Build(size, size, (row, column) => (row == column ? root : 0) - metric[row, column]);
        for (var pivot = 0; pivot < size; pivot++)
        {
            if (matrix[pivot, pivot] <= 0)
            {
                return false;
            }

            for (var row = pivot + 1; row < size; row++)
            {
                var share = matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = pivot; column < size; column++)
                {
                    matrix[row, column] -= share * matrix[pivot, column];
                }
            }
        }

        return true;
    }
}
