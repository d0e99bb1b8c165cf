using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.VectorAlgebra;

namespace Reproduce.Claims.Design;

/// <summary>
/// Equations 2 and 6: in natural coordinates the Fisher information E[∂ log p ∂ log p] is the Hessian of the cumulant. On finitely many
/// outcomes both are fractions; the Hessian is taken from the power series of log Σ w exp⟨θ, T⟩, the expectation from the outcomes. The
/// same sums serve equation 10 (change of coordinates) and the remark on what the curvature of the output depends on.
/// </summary>
public sealed class FisherInformation
{
    private const string Exact = "exact (rationals)";

    private static readonly UnderTest<Func<FiniteFamily, Rational[,]>> Fisher = new(
        family => OfScores(family, family.Probabilities),
        ("fisher-without-centring", family => Arrays.Build(family.Dimension, family.Dimension, (i, j) => family.Expect(t => t[i] * t[j]))),
        ("fisher-under-the-base-measure", family => OfScores(family, Times(1 / Sum(family.Base), family.Base))),
        ("fisher-diagonal", family => Arrays.Build(family.Dimension, family.Dimension, (i, j) => i == j ? OfScores(family, family.Probabilities)[i, i] : 0)));

    private static readonly UnderTest<Func<Rational[,], Rational[,], Rational[,]>> Pullback = new(
        (metric, jacobian) => Arrays.Multiply(Arrays.Transpose(jacobian), Arrays.Multiply(metric, jacobian)),
        ("metric-pulled-back-by-the-transpose", (metric, jacobian) => Arrays.Multiply(jacobian, Arrays.Multiply(metric, Arrays.Transpose(jacobian)))),
        ("metric-pulled-back-once", (metric, jacobian) => Arrays.Multiply(metric, jacobian)));

    private static readonly UnderTest<Func<Rational, Rational>> Curvature = new(
        odds => odds / ((1 + odds) * (1 + odds)),
        ("curvature-from-the-residual", odds => 1 / ((1 + odds) * (1 + odds))),
        ("curvature-without-square", odds => odds / (1 + odds)));

    [Claim("design.fim-hessian")]
    public void RandomFamilies_FisherInformation_IsTheHessianOfTheCumulant() =>
        Instances.Satisfy("E[∂ log p ∂ log p] against ∇² log Σ w exp⟨θ, T⟩", FiniteFamily.Arbitrary, family => Deviation.Exact(Same(Fisher.Run(family), family.CumulantHessian())), "none: exact", dtype: Exact);

    /// <summary>Three classes with probabilities ½, ¼, ¼ and logits for the first two: diag(p) − ppᵀ = (4, −2; −2, 3)/16.</summary>
    [Claim("design.fim-hessian")]
    public void ThreeClasses_ByHand_GiveTheMultinomialCovariance()
    {
        var fisher = Fisher.Run(new FiniteFamily([[1, 0], [0, 1], [0, 0]], [1, 1, 1], [2, 1]));
        Same(fisher, new[,] { { new Rational(4, 16), new Rational(-2, 16) }, { new Rational(-2, 16), new Rational(3, 16) } }).Should().BeTrue();
        Evidence.Record(new Measurement("16 × Fisher information of (½, ¼, ¼), logits of the first two", 4, "4, −2, −2, 3 by hand") { Series = [4, -2, -2, 3], Dtype = Exact });
    }

    /// <summary>
    /// The normal distribution with both parameters free, t = (x, x²): ∇²Ψ in closed form against the covariance of (x, x²) from the moments
    /// E x^(k+1) = m·E x^k + k·s·E x^(k−1). For mean 1 and variance 2 both are (2, 4; 4, 16).
    /// </summary>
    [Claim("design.fim-hessian")]
    public void NormalMeanAndVariance_ClosedForm_IsTheCovarianceOfTheMoments()
    {
        Same(NormalHessian(1, 2), new Rational[,] { { 2, 4 }, { 4, 16 } }).Should().BeTrue();
        foreach (var mean in new Rational[] { -3, 0, 1, new(2, 7), 1000 })
        {
            foreach (var variance in new Rational[] { 2, new(1, 9), new(1, 1_000_000) })
            {
                var moments = new Rational[] { 1, mean, 0, 0, 0 };
                for (var k = 1; k < 4; k++)
                {
                    moments[k + 1] = (mean * moments[k]) + (k * variance * moments[k - 1]);
                }

                Same(NormalHessian(mean, variance), Arrays.Build(2, 2, (i, j) => moments[i + j + 2] - (moments[i + 1] * moments[j + 1]))).Should().BeTrue($"at mean {mean}, variance {variance}");
            }
        }
    }

    /// <summary>Labels drawn from another parameter than the model's: E[score scoreᵀ] is then no Hessian of Ψ.</summary>
    [Claim("design.fim-hessian", Role.Control)]
    public void LabelsOfAnotherParameter_ModelsOwnLawDropped_IsCaught() =>
        Instances.Violate("expectation under exp θ = 2 … 2 of the score at θ", FiniteFamily.Arbitrary, family => Deviation.Exact(Same(OfScores(family, (family with { Odds = [.. family.Odds.Select(_ => (Rational)2)] }).Probabilities), family.CumulantHessian())), dtype: Exact);

    /// <summary>Bernoulli in the coordinate p: the score is 1/p or −1/(1 − p), so the information at p = ¼ is 4 + 4/3 = 16/3; Ψ″ is 3/16.</summary>
    [Claim("design.fim-hessian", Role.Control)]
    public void MeanCoordinate_NaturalDropped_IsCaught()
    {
        var p = new Rational(1, 4);
        var information = (p * (1 / p) * (1 / p)) + ((1 - p) * (1 / (1 - p)) * (1 / (1 - p)));
        information.Should().Be(new Rational(16, 3));
        FiniteFamily.Binomial(1, p / (1 - p)).CumulantHessian()[0, 0].Should().Be(new Rational(3, 16));
    }

    /// <summary>
    /// At the edge of the parameters nothing is left: p_k ∝ k⁻³ on 1, 2, 3, … is the end θ = 0 of a family, its second moment is the
    /// harmonic series, and no Fisher information exists. A tenfold cut adds log 10 each time.
    /// </summary>
    [Claim("design.fim-hessian", Role.Control)]
    public void EdgeOfTheParameters_RegularityDropped_HasNoInformation()
    {
        double SecondMoment(int cut) => Enumerable.Range(1, cut).Sum(k => 1.0 / k) / Enumerable.Range(1, cut).Sum(k => Math.Pow(k, -3));
        (SecondMoment(100_000) - SecondMoment(10_000)).Should().BeApproximately(Math.Log(10) / 1.2020569031595942, 1e-4, "the harmonic sums differ by log 10 − 4.5e-5, ζ(3) = 1.2020569…");
    }

    /// <summary>
    /// θ = Bx for a whole matrix B turns the statistics T into TB. The information of that family, computed from its own outcomes, is
    /// BᵀFB for every B, and positive definite again where B is invertible and F was.
    /// </summary>
    [Claim("design.eq-10")]
    public void RandomFamilies_LinearChangeOfCoordinates_TransformsTheInformation() =>
        Instances.Satisfy(
            "information in x against JᵀFJ, θ = Bx, det B ≠ 0",
            FiniteFamily.Arbitrary,
            family =>
            {
                var change = ChangeOf(family.Dimension);
                var inside = InCoordinates(family, change);
                var outside = family with { Odds = [.. change.Select(row => row.Select((power, j) => Power(family.Odds[j], power)).Aggregate((Rational)1, (product, factor) => product * factor))] };
                return Deviation.Exact(Same(OfScores(inside, inside.Probabilities), Pullback.Run(OfScores(outside, outside.Probabilities), Jacobian(change))));
            },
            "none: exact",
            dtype: Exact);

    /// <summary>Bernoulli at p = ¼: F = 3/16 in θ, dθ/dp = 1/(p(1 − p)) = 16/3, so 3/16·(16/3)² = 16/3 = 1/(p(1 − p)) in p.</summary>
    [Claim("design.eq-10")]
    public void BernoulliInMeanCoordinates_ByHand_HasSixteenThirds()
    {
        Pullback.Run(new[,] { { new Rational(3, 16) } }, new[,] { { new Rational(16, 3) } })[0, 0].Should().Be(new Rational(16, 3));

        // Three classes ½, ¼, ¼: from the scores 1/μ_i and −1/μ_3 the information in μ is diag(1/μ) + 1/μ_3.
        var jacobian = new Rational[,] { { 2 + 4, 4 }, { 4, 4 + 4 } };
        var outer = new FiniteFamily([[1, 0], [0, 1], [0, 0]], [1, 1, 1], [2, 1]);
        Same(Pullback.Run(OfScores(outer, outer.Probabilities), jacobian), jacobian).Should().BeTrue();
    }

    /// <summary>B = (1, 1; 1, 1): the direction (1, −1) has no length, so what is pulled back is no metric and fixes no distances.</summary>
    [Claim("design.eq-10", Role.Control)]
    public void SingularChange_InvertibilityDropped_IsNoMetric()
    {
        var family = new FiniteFamily([[1, 0], [0, 1], [0, 0]], [1, 1, 1], [1, 1]);
        var pulled = Pullback.Run(OfScores(family, family.Probabilities), new Rational[,] { { 1, 1 }, { 1, 1 } });
        Form([1, -1], pulled, [1, -1]).Should().Be((Rational)0);
        Form([1, -1], OfScores(family, family.Probabilities), [1, -1]).Should().NotBe((Rational)0);
    }

    /// <summary>
    /// Label 1, whose likelihood grows without end in θ. The predictions p = ¾ and p = ¼ have the same curvature 3/16 though one is close to
    /// the label and the other is not; for the square loss it is 1 at every prediction and every label.
    /// </summary>
    [Claim("design.output-curvature", Role.Counterexample)]
    public void OppositePredictions_HaveTheSameCurvature()
    {
        var (near, far) = (FiniteFamily.Binomial(1, 3), FiniteFamily.Binomial(1, new Rational(1, 3)));
        near.Mean[0].Should().Be(new Rational(3, 4));
        far.Mean[0].Should().Be(new Rational(1, 4));
        near.CumulantHessian()[0, 0].Should().Be(new Rational(3, 16));
        far.CumulantHessian()[0, 0].Should().Be(new Rational(3, 16));
        Evidence.Record(new Measurement("curvature of the output at p = ¾ and p = ¼, label 1", 3.0 / 16, "as printed it tells how close the prediction is to the maximum-likelihood estimate") { Series = [3.0 / 16, 3.0 / 16], Dtype = Exact });
    }

    /// <summary>The curvature is the variance of the label under the prediction, p(1 − p), and knows nothing of the label that came.</summary>
    [Claim("design.output-curvature", Role.Repair)]
    public void RandomPredictions_Curvature_IsTheVarianceOfTheLabel() =>
        Instances.Satisfy(
            "curvature at odds r against E(y − p)², and against the curvature at 1/r",
            FiniteFamily.Arbitrary,
            family =>
            {
                var odds = family.Odds[0];
                var p = odds / (1 + odds);
                var variance = (p * (1 - p) * (1 - p)) + ((1 - p) * p * p);
                return Deviation.Exact(Curvature.Run(odds) == variance && Curvature.Run(1 / odds) == variance && FiniteFamily.Binomial(1, odds).CumulantHessian()[0, 0] == variance);
            },
            "none: exact",
            dtype: Exact);

    /// <summary>The squared residual does know the label, and is another number: 1/16 at p = ¾ and 9/16 at p = ¼ for label 1.</summary>
    [Claim("design.output-curvature", Role.Control)]
    public void SquaredResidual_IsNotTheCurvature()
    {
        var (near, far) = (new Rational(1, 4), new Rational(3, 4));
        (near * near).Should().NotBe(new Rational(3, 16));
        (far * far).Should().NotBe(near * near);
    }

    // E[score scoreᵀ] under the given law, with the score T − S′/S at the family's parameter.
    private static Rational[,] OfScores(FiniteFamily family, Rational[] law)
    {
        var normaliser = family.Normaliser;
        var weights = family.Weights;
        Rational[] slope = [.. Enumerable.Range(0, family.Dimension).Select(i => Sum(weights.Select((w, k) => w * family.Statistics[k][i])) / normaliser)];
        var scores = family.Statistics.Select(row => row.Select((entry, i) => entry - slope[i]).ToArray()).ToArray();
        return Arrays.Build(family.Dimension, family.Dimension, (i, j) => Sum(law.Select((p, k) => p * scores[k][i] * scores[k][j])));
    }

    // The closed form for Ψ = −θ1²/(4θ2) − ½ log(−2θ2) at θ1 = m/s, θ2 = −1/(2s).
    private static Rational[,] NormalHessian(Rational mean, Rational variance)
    {
        var (one, two) = (mean / variance, -1 / (2 * variance));
        var mixed = one / (2 * two * two);
        return new[,] { { -1 / (2 * two), mixed }, { mixed, (-one * one / (2 * two * two * two)) + (1 / (2 * two * two)) } };
    }

    // Unit upper triangular with a −1 on the diagonal: invertible, not symmetric.
    private static int[][] ChangeOf(int dimension) =>
        [.. Enumerable.Range(0, dimension).Select(row => Enumerable.Range(0, dimension).Select(column => row == column ? (row == 1 ? -1 : 1) : column > row ? 2 : 0).ToArray())];

    private static Rational[,] Jacobian(int[][] change) => Arrays.Build(change.Length, change.Length, (row, column) => (Rational)change[row][column]);

    private static FiniteFamily InCoordinates(FiniteFamily family, int[][] change) =>
        family with { Statistics = [.. family.Statistics.Select(row => Enumerable.Range(0, change.Length).Select(column => row.Select((entry, i) => entry * change[i][column]).Sum()).ToArray())] };
}
