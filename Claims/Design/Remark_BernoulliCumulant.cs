using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Design.Support.VectorAlgebra;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 3 gives the binary classifier's output the natural parameter θ = log(p/(1 − p)) and the cumulant −log θ. For a cumulant
/// exp(tθ − ψ) sums to 1 over the labels t = 0, 1, and ψ′(θ) = p. With r = exp θ a fraction, exp ψ is a fraction for the right ψ.
/// </summary>
public sealed class Remark_BernoulliCumulant
{
    /// <summary>exp ψ(θ) from r = exp θ.</summary>
    private static readonly UnderTest<Func<Rational, Rational>> Normaliser = new(
        odds => 1 + odds,
        ("bernoulli-normaliser-of-the-other-class", odds => 1 + (1 / odds)),
        ("bernoulli-normaliser-without-one", odds => odds),
        ("bernoulli-normaliser-of-two-trials", odds => (1 + odds) * (1 + odds)));

    /// <summary>
    /// p = ½ is θ = 0, where −log θ is infinite, and p = ¼ is θ = −log 3, where it is undefined. At p = ¾, θ = log 3: the slope of −log θ
    /// is −1/log 3 = −0.91, not a probability, and exp(tθ − ψ) sums to (1 + 3)·log 3 = 4.39.
    /// </summary>
    [Claim("design.bernoulli-cumulant", Role.Counterexample)]
    public void MinusLogOfTheLogOdds_IsNoCumulant()
    {
        double Printed(double theta) => -Math.Log(theta);
        Printed(Math.Log(0.5 / 0.5)).Should().Be(double.PositiveInfinity);
        double.IsNaN(Printed(Math.Log(0.25 / 0.75))).Should().BeTrue();

        var theta = Math.Log(3);
        var total = Enumerable.Range(0, 2).Sum(t => Math.Exp((t * theta) - Printed(theta)));
        total.Should().BeApproximately(4 * theta, 1e-14, "(e⁰ + e^θ)·θ with five roundings of numbers below 5");
        total.Should().BeGreaterThan(4);
        (-1 / theta).Should().BeNegative("a mean of labels 0 and 1 lies between them");
        Evidence.Record(new Measurement(
            "total probability under exp(tθ + log θ) at p = ¾",
            total,
            "must be 1; at p = ½ the printed cumulant is infinite, below it undefined")
        {
            Paper = "ψ(θ) = −log θ",
            Dtype = "float64",
        });
    }

    /// <summary>
    /// No base measure helps: with weights a, b on the labels the cumulant is log(a + b·exp θ), which is finite for every θ and increasing.
    /// At θ = 0 exp ψ is a + b; exp(−log 0) is infinite.
    /// </summary>
    [Claim("design.bernoulli-cumulant", Role.Counterexample)]
    public void AnyBaseMeasure_HasARisingCumulant() =>
        ExactInstances.Satisfy(
            "ψ′ = b·r/(a + b·r) for labels with weights a, b: between 0 and 1, where −log θ falls",
            FiniteFamily.Arbitrary,
            family =>
            {
                var weighted = new FiniteFamily([[0], [1]], [family.Base[0], family.Base[^1]], [family.Odds[0]]);
                var slope = weighted.CumulantDerivatives([1])[0];
                return slope > 0 && slope < 1 && slope == weighted.Mean[0];
            });

    /// <summary>ψ(θ) = log(1 + exp θ) = −log(1 − p): probabilities sum to 1, the mean is p, and exp ψ = 1/(1 − p).</summary>
    [Claim("design.bernoulli-cumulant", Role.Repair)]
    public void RandomOdds_LogOnePlusExp_IsTheCumulant() =>
        ExactInstances.Satisfy(
            "exp ψ = Σ exp(tθ) over the labels = 1/(1 − p), and ψ′ = p",
            FiniteFamily.Arbitrary,
            family => IsTheCumulant(family.Odds[0], Normaliser.Run));

    /// <summary>Its second derivative, p(1 − p), is the library's output metric for one logistic output.</summary>
    [Claim("design.bernoulli-cumulant", Role.Repair)]
    public void RandomOdds_LibrarysLogisticMetric_IsTheSecondDerivative() =>
        Instances.Satisfy(
            "|the library's H at log r − ψ″|",
            FiniteFamily.Arbitrary,
            family =>
            {
                using var scope = NewDisposeScope();
                var (odds, logit) = (family.Odds[0], Math.Log(family.Odds[0].ToDouble()));
                var metric = Tensors.Number(NetworkGeometry.OutputMetrics.Run(OutputMetric.Logistic, tensor([logit])));
                var expected = FiniteFamily.Binomial(1, odds).CumulantHessian()[0, 0].ToDouble();
                return new Deviation(Math.Abs(metric - expected), 16 * Rounding.Unit * (1 + Math.Abs(logit)));
            },
            "16u(1 + |log r|): a logarithm, an exponential, and a quotient below ¼");

    /// <summary>p = ¾, r = 3: exp ψ = 4 and the labels have probabilities 1/4 and 3/4.</summary>
    [Claim("design.bernoulli-cumulant", Role.Repair)]
    public void ThreeToOne_ByHand_HasNormaliserFour() => Normaliser.Run(3).Should().Be((Rational)4);

    /// <summary>The binomial distribution of n trials, which the paper names, has n times the cumulant.</summary>
    [Claim("design.bernoulli-cumulant", Role.Repair)]
    public void Binomial_HasNTimesTheCumulant()
    {
        foreach (var trials in Enumerable.Range(0, 7))
        {
            FiniteFamily.Binomial(trials, new Rational(2, 3)).Normaliser.Should().Be(Power(Normaliser.Run(new Rational(2, 3)), trials));
        }
    }

    [Claim("design.bernoulli-cumulant", Role.Control)]
    public void CumulantOfTwoTrials_IsCaught() =>
        ExactInstances.Violate(
            "2·log(1 + exp θ) for one label",
            FiniteFamily.Arbitrary,
            family => IsTheCumulant(family.Odds[0], odds => (1 + odds) * (1 + odds)));

    private static bool IsTheCumulant(Rational odds, Func<Rational, Rational> normaliser)
    {
        // The sum over the labels, and the slope of its logarithm by the power series, are independent of the formula log(1 + exp θ).
        var labels = FiniteFamily.Binomial(1, odds);
        var (total, p) = (normaliser(odds), odds / (1 + odds));
        return total == labels.Normaliser && total == 1 / (1 - p) && labels.CumulantDerivatives([1])[0] == p;
    }
}
