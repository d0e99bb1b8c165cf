using Reproduce.Claims.Harness;
using Reproduce.Claims.Slope;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using TorchSharp;
using static Reproduce.Claims.Design.VectorAlgebra;
using static Reproduce.Claims.Slope.Networks;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// What the pulled-back metric measures and how appendix A writes it. Equation 11: a small step dx in the input moves the output
/// distribution by ds² = dxᵀJᵀ(∇²Ψ)J dx, twice the Kullback–Leibler divergence to leading order. Definition A.1: its largest eigenvalue.
/// </summary>
public sealed class PulledBackLength
{
    private const string Exact = "exact (rationals)";

    /// <summary>ds² of the categorical output with logits f(x), from the probabilities and dθ = J dx.</summary>
    private static readonly UnderTest<Func<double[], double[], double>> SquaredLength = new(
        (p, step) => Variance(p, step),
        ("length-without-the-output-metric", (_, step) => Dot(step, step)),
        ("length-with-a-diagonal-metric", (p, step) => p.Zip(step, (share, change) => share * (1 - share) * change * change).Sum()),
        ("length-without-centring", (p, step) => p.Zip(step, (share, change) => share * change * change).Sum()));

    private static readonly UnderTest<Func<Tensor, double>> LargestRoot = new(
        metric => linalg.eigvalsh(metric).max().item<double>(),
        ("largest-root-is-the-smallest", metric => linalg.eigvalsh(metric).min().item<double>()),
        ("largest-root-is-the-trace", metric => linalg.eigvalsh(metric).sum().item<double>()),
        ("largest-root-is-the-entry", metric => metric.abs().max().item<double>()));

    /// <summary>
    /// Twice the divergence of p at θ from p at θ + δ, δ = Jv·ε, against the form. The third derivative of Ψ along δ is a third central
    /// moment of numbers in an interval of the length r of δ's range, at most r³/4, so the two differ by at most r³/12.
    /// </summary>
    [Claim("design.eq-11")]
    public void RandomNetworks_TwiceTheDivergence_IsThePulledBackLength() =>
        Instances.Satisfy(
            "|2·KL(p_θ ‖ p_(θ+δ)) − ds²|, δ = J·e_1 scaled to a range of 1/1024",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                var logits = instance.Network.Evaluate(instance.Point).Output;
                var change = Arrays.Column(instance.Network.DerivativesAlongAxes(instance.Point), 0);
                var range = change.Max() - change.Min();
                if (!OffTheKinks(instance) || range == 0)
                {
                    return null;
                }

                // The same network with a smaller last layer, where the softmax would be saturated.
                logits = Times(20 / Math.Max(20, logits.Max(Math.Abs)), logits);

                // Logits matter up to a common constant, which would only add rounding.
                var step = change.Select(value => (value - change.Min()) / (1024 * range)).ToArray();
                var p = Softmax(logits);
                var divergence = p.Zip(Softmax(Arrays.Add(logits, step)), (one, other) => one * Math.Log(one / other)).Sum();
                var rounding = 64 * Rounding.Unit * (1 + logits.Max(Math.Abs));
                return new Deviation(Math.Abs((2 * divergence) - SquaredLength.Run(p, step)), (Math.Pow(1.0 / 1024, 3) / 12) + rounding);
            },
            "r³/12 with r = 1/1024, plus 64u(1 + max |f|): each logarithm of a ratio errs by a few u times the logits",
            count: 900);

    /// <summary>
    /// Logits (2x, 0) at x = 0: p = (½, ½), Jv = (2, 0), ds² = 4·¼ = 1 per unit of dx². For the square loss ds² = ‖J dx‖² exactly:
    /// f(x) = 2x moves by 2 and 2² = 4.
    /// </summary>
    [Claim("design.eq-11")]
    public void TwoLogits_ByHand_HaveUnitLength()
    {
        SquaredLength.Run([0.5, 0.5], [2, 0]).Should().Be(1);
        SquaredLength.Run([0.5, 0.25, 0.25], [0, 4, 0]).Should().Be(3, "¼·16 − (¼·4)²");
        (2 * ExactPairs.Square.Divergence([2], [0])).Should().Be((Rational)4);
    }

    /// <summary>ReLU(2x) at its kink: the slope 2 of the right side predicts 4 for the step −1, which moves nothing.</summary>
    [Claim("design.eq-11", Role.Control)]
    public void StepAcrossAKink_SmoothnessDropped_HasNoSuchLength()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 2 } }, new double[,] { { 1 } }).Exact();
        var slope = network.DerivativesAlongAxes([0])[0, 0];
        (slope * slope).Should().Be((Rational)4);
        (2 * ExactPairs.Square.Divergence(network.Evaluate([-1]).Output, network.Evaluate([0]).Output)).Should().Be((Rational)0);
    }

    [Claim("design.eq-11", Role.Control)]
    public void EuclideanOutput_MetricDropped_IsCaught() =>
        Instances.Violate("‖δ‖² for a categorical output", NetworkAtPoint.Arbitrary, instance =>
        {
            var logits = instance.Network.Evaluate(instance.Point).Output;
            if (logits.Length < 2 || logits.Max(Math.Abs) > 20)
            {
                return null;
            }

            var (p, step) = (Softmax(logits), logits.Select((_, i) => i == 0 ? 1.0 / 1024 : 0).ToArray());
            var divergence = p.Zip(Softmax(Arrays.Add(logits, step)), (one, other) => one * Math.Log(one / other)).Sum();
            return new Deviation(Math.Abs((2 * divergence) - Dot(step, step)), (Math.Pow(1.0 / 1024, 3) / 12) + (64 * Rounding.Unit * (1 + logits.Max(Math.Abs))));
        });

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

    private const double SpectralTolerance = 1e-13;

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

    private static double[] Softmax(double[] logits)
    {
        var exponentials = logits.Select(value => Math.Exp(value - logits.Max())).ToArray();
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }

    private static double Variance(double[] p, double[] values)
    {
        var mean = Dot(p, values);
        return p.Zip(values, (share, value) => share * (value - mean) * (value - mean)).Sum();
    }
}
