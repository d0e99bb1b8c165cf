using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Equations 2 and 6: in natural coordinates the Fisher information E[∂ log p ∂ log p] is the Hessian of the cumulant. On finitely many
/// outcomes both are fractions; the Hessian is taken from the power series of log Σ w exp⟨θ, T⟩, the expectation from the outcomes.
/// </summary>
public sealed class Eq2_FisherInformation
{
    private static readonly UnderTest<Func<FiniteFamily, Rational[,]>> Fisher = new(
        family => family.Information(),
        ("fisher-without-centring", family => Arrays.Build(family.Dimension, family.Dimension, (i, j) => family.Expect(t => t[i] * t[j]))),
        ("fisher-under-the-base-measure", family => family.Information(Times(1 / Rational.Sum(family.Base), family.Base))),
        ("fisher-diagonal", family => Arrays.Build(family.Dimension, family.Dimension, (i, j) => i == j ? family.Information()[i, i] : 0)));

    [Claim("design.fim-hessian")]
    public void RandomFamilies_FisherInformation_IsTheHessianOfTheCumulant() =>
        ExactInstances.Satisfy(
            "E[∂ log p ∂ log p] against ∇² log Σ w exp⟨θ, T⟩",
            FiniteFamily.Arbitrary,
            family => Fractions.AreEqual(Fisher.Run(family), family.CumulantHessian()));

    /// <summary>Three classes with probabilities ½, ¼, ¼ and logits for the first two: diag(p) − ppᵀ = (4, −2; −2, 3)/16.</summary>
    [Claim("design.fim-hessian")]
    public void ThreeClasses_ByHand_GiveTheMultinomialCovariance()
    {
        var fisher = Fisher.Run(new FiniteFamily([[1, 0], [0, 1], [0, 0]], [1, 1, 1], [2, 1]));
        Fractions.AreEqual(Fractions.Times(fisher, 16), Fractions.Of(new[,] { { 4, -2 }, { -2, 3 } })).Should().BeTrue();
        Evidence.Record(new Measurement("16 × Fisher information of (½, ¼, ¼), logits of the first two", 4, "4, −2, −2, 3 by hand")
        {
            Series = [4, -2, -2, 3],
            Dtype = Fractions.Arithmetic,
        });
    }

    /// <summary>The library's output metric of the softmax, at the logarithms of positive weights.</summary>
    [Claim("design.fim-hessian")]
    public void LogitForEveryClass_LibrarysOutputMetric_IsTheFisherInformation() =>
        Instances.Satisfy(
            "largest entry of |the library's H at log w − Fisher information of classes with weights w|",
            FiniteFamily.Arbitrary,
            family =>
            {
                using var scope = NewDisposeScope();
                var classes = family.Base.Length;
                int[] OneHot(int one) => [.. Enumerable.Range(0, classes).Select(other => other == one ? 1 : 0)];
                Rational[] ones = [.. family.Base.Select(_ => (Rational)1)];
                var fisher = Fisher.Run(new FiniteFamily([.. Enumerable.Range(0, classes).Select(OneHot)], ones, family.Base));
                double[] logits = [.. family.Base.Select(weight => Math.Log(weight.ToDouble()))];
                var errors = Numbers(NetworkGeometry.OutputMetrics.Run(OutputMetric.Softmax, tensor(logits)).flatten())
                    .Zip(fisher.Cast<Rational>(), (entry, exact) => Math.Abs(entry - exact.ToDouble()));
                return new Deviation(errors.Max(), 64 * Rounding.Unit * (1 + logits.Max(Math.Abs)));
            },
            "64u(1 + max |log w|): a softmax of at most six classes and a sum of six products");

    /// <summary>
    /// A logit for every one of K classes, F = diag(p) − ppᵀ: its rows sum to 0, and its first K − 1 rows and columns are positive
    /// definite, by elimination. So its rank is K − 1.
    /// </summary>
    [Claim("design.fim-hessian")]
    public void LogitForEveryClass_HasRankOneLessThanClasses() =>
        ExactInstances.Satisfy(
            "F·(1, …, 1) = 0, and F without its last row and column is positive definite; 1 to 6 classes",
            FiniteFamily.Arbitrary,
            family =>
            {
                var classes = family.Base.Length;
                Rational[] ones = [.. family.Base.Select(_ => (Rational)1)];
                int[] OneHot(int one) => [.. Enumerable.Range(0, classes).Select(other => other == one ? 1 : 0)];
                var fisher = Fisher.Run(new FiniteFamily([.. Enumerable.Range(0, classes).Select(OneHot)], family.Base, ones));
                return Arrays.Multiply(fisher, ones).All(sum => sum == 0)
                    && Fractions.IsPositive(Arrays.Build(classes - 1, classes - 1, (row, column) => fisher[row, column]), strictly: true);
            },
            count: 100);

    /// <summary>
    /// The normal distribution with both parameters free, t = (x, x²): ∇²Ψ in closed form against the covariance of (x, x²) from the
    /// moments E x^(k+1) = m·E x^k + k·s·E x^(k−1). For mean 1 and variance 2 both are (2, 4; 4, 16).
    /// </summary>
    [Claim("design.fim-hessian")]
    public void NormalMeanAndVariance_ClosedForm_IsTheCovarianceOfTheMoments()
    {
        Fractions.AreEqual(NormalHessian(1, 2), new Rational[,] { { 2, 4 }, { 4, 16 } }).Should().BeTrue();
        foreach (var mean in new Rational[] { -3, 0, 1, new(2, 7), 1000 })
        {
            foreach (var variance in new Rational[] { 2, new(1, 9), new(1, 1_000_000) })
            {
                var moments = new Rational[] { 1, mean, 0, 0, 0 };
                for (var k = 1; k < 4; k++)
                {
                    moments[k + 1] = (mean * moments[k]) + (k * variance * moments[k - 1]);
                }

                var covariance = Arrays.Build(2, 2, (i, j) => moments[i + j + 2] - (moments[i + 1] * moments[j + 1]));
                Fractions.AreEqual(NormalHessian(mean, variance), covariance).Should().BeTrue($"at mean {mean}, variance {variance}");
            }
        }
    }

    /// <summary>Labels drawn at a parameter other than the model's: E[score scoreᵀ] is then not the Hessian of Ψ.</summary>
    [Claim("design.fim-hessian", Role.Control)]
    public void LabelsOfAnotherParameter_ModelsOwnLawDropped_IsCaught() =>
        ExactInstances.Violate(
            "expectation under exp θ = 2 … 2 of the score at θ",
            FiniteFamily.Arbitrary,
            family =>
            {
                var other = family with { Odds = [.. family.Odds.Select(_ => (Rational)2)] };
                return Fractions.AreEqual(family.Information(other.Probabilities), family.CumulantHessian());
            });

    /// <summary>
    /// Bernoulli in the coordinate p: the score is 1/p or −1/(1 − p), so the information at p = ¼ is 4 + 4/3 = 16/3; Ψ″ is 3/16.
    /// </summary>
    [Claim("design.fim-hessian", Role.Control)]
    public void MeanCoordinate_NaturalDropped_IsCaught()
    {
        var p = new Rational(1, 4);
        var information = (p * (1 / p) * (1 / p)) + ((1 - p) * (1 / (1 - p)) * (1 / (1 - p)));
        information.Should().Be(new Rational(16, 3));
        FiniteFamily.Binomial(1, p / (1 - p)).CumulantHessian()[0, 0].Should().Be(new Rational(3, 16));
    }

    /// <summary>
    /// On the boundary of the parameters it fails: p_k ∝ k⁻³ on 1, 2, 3, … is the end θ = 0 of a family whose second moment is the harmonic
    /// series, so there is no Fisher information. Each tenfold longer partial sum adds log 10.
    /// </summary>
    [Claim("design.fim-hessian", Role.Control)]
    public void EdgeOfTheParameters_RegularityDropped_HasNoInformation()
    {
        const double Zeta3 = 1.2020569031595942;
        double SecondMoment(int cut) => Enumerable.Range(1, cut).Sum(k => 1.0 / k) / Enumerable.Range(1, cut).Sum(k => Math.Pow(k, -3));
        (SecondMoment(100_000) - SecondMoment(10_000))
            .Should().BeApproximately(Math.Log(10) / Zeta3, 1e-4, "the harmonic sums differ by log 10 − 4.5e-5");
    }

    // The closed form for Ψ = −θ1²/(4θ2) − ½ log(−2θ2) at θ1 = m/s, θ2 = −1/(2s).
    private static Rational[,] NormalHessian(Rational mean, Rational variance)
    {
        var (one, two) = (mean / variance, -1 / (2 * variance));
        var mixed = one / (2 * two * two);
        return new[,] { { -1 / (2 * two), mixed }, { mixed, (-one * one / (2 * two * two * two)) + (1 / (2 * two * two)) } };
    }
}
