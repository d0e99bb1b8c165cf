using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Design;

/// <summary>
/// Which gradient turns a label into the statistic of the output layer's family (below equation 2)? That depends on the label's
/// coordinates. And does a Bregman loss make the output layer an exponential family? Section 3 and the list "dually coupled" of appendix B
/// say so for every strictly convex Φ. The exponents always fit; but a family exists only where the cumulant is the logarithm of a sum of
/// exponentials with positive weights, whose even central moments are never negative: E(T − m)² = Ψ″, E(T − m)⁴ = Ψ⁗ + 3Ψ″² ≥ Ψ″².
/// </summary>
public sealed class Remark_OutputFamily
{
    /// <summary>A label that is a mean, in natural coordinates: ∇φ(y), from ψ with its conjugate φ.</summary>
    private static readonly UnderTest<Func<LegendrePair<Rational>, Rational[], Rational[]>> NaturalLabel = new(
        (loss, label) => loss.Conjugate.ToNatural(label),
        ("natural-label-by-the-cumulant", (loss, label) => loss.ToNatural(label)),
        ("natural-label-is-the-mean", (_, label) => label));

    /// <summary>A label in the coordinates of f, as a statistic of the family with cumulant ψ and natural parameter f: ∇ψ(y).</summary>
    private static readonly UnderTest<Func<LegendrePair<Rational>, Rational[], Rational[]>> Statistic = new(
        (loss, label) => loss.ToNatural(label),
        ("statistic-by-the-conjugate", (loss, label) => loss.ToMean(label)),
        ("statistic-is-the-label", (_, label) => label));

    /// <summary>−d_Φ(f, y) as a log-density in y with natural parameter f: ⟨f, ∇Φ(y)⟩ − Φ(f), and a factor of y alone.</summary>
    private static readonly UnderTest<Func<LegendrePair<Rational>, Rational[], Rational[], Rational>> DualExponent = new(
        (loss, f, y) => Dot(f, loss.ToNatural(y)) - loss.Potential(f) - loss.Cumulant(loss.ToNatural(y)),
        ("dual-exponent-of-the-label", (loss, f, y) => Dot(f, y) - loss.Potential(f) - loss.Cumulant(loss.ToNatural(y))),
        ("dual-exponent-with-the-other-cumulant", (loss, f, y) => Dot(f, loss.ToNatural(y)) - loss.Cumulant(f) - loss.Potential(y)),
        ("dual-exponent-without-its-factor", (loss, f, y) => Dot(f, loss.ToNatural(y)) - loss.Potential(f)));

    /// <summary>exp(−d(e_c, p))·exp Φ(e_c) for Φ = Σ x log x: the probability of class c.</summary>
    private static readonly UnderTest<Func<double[], int, double>> ClassProbability = new(
        (p, label) => Likelihood(p, label, logBase: Math.E),
        ("class-probability-in-bits", (p, label) => Likelihood(p, label, logBase: 2)),
        ("class-probability-by-half-the-divergence", (p, label) => Math.Sqrt(Likelihood(p, label, logBase: Math.E))));

    /// <summary>
    /// Labels that are means: d_ψ(f, ∇φ(y)) is ψ(f) − ⟨f, y⟩ + φ(y), minus a log-likelihood in f, and ∇ψ leads back to the statistic y.
    /// </summary>
    [Claim("design.fim-hessian.statistic")]
    public void RandomQuadratics_LabelsThatAreMeans_GiveTheLikelihood() =>
        ExactInstances.Satisfy(
            "d_ψ(f, ∇φ(y)) − ψ(f) + ⟨f, y⟩ = φ(y) at two f, and ∇ψ(∇φ(y)) = y",
            GeneratorAtPoints.Quadratic,
            instance => IsTheLikelihood(instance.Generator.QuadraticPair(), instance, NaturalLabel.Run));

    [Claim("design.fim-hessian.statistic")]
    public void RandomPoints_FourthPower_LabelsThatAreMeansGiveTheLikelihood() =>
        ExactInstances.Satisfy(
            "d_ψ(f, ∇φ(y)) − ψ(f) + ⟨f, y⟩ = φ(y) at two f, ψ = ¼ Σ x⁴ and labels that are cubes",
            GeneratorAtPoints.Quadratic,
            instance => IsTheLikelihood(ExactPairs.Quartic, WithCubedLabel(instance), NaturalLabel.Run));

    /// <summary>
    /// ψ = x², φ = s²/4, label 2: ỹ = 1, and d_ψ(f, 1) = (f − 1)² = f² − 2f + 1 with φ(2) = 1. ∇ψ(1) = 2 is the label again.
    /// </summary>
    [Claim("design.fim-hessian.statistic")]
    public void SquareOfX_ByHand_HasNaturalLabelOne()
    {
        var loss = TimesTheSquare(1);
        NaturalLabel.Run(loss, [2]).Should().Equal((Rational)1);
        loss.ToNatural([1]).Should().Equal((Rational)2);
        loss.Cumulant([2]).Should().Be((Rational)1);
    }

    [Claim("design.fim-hessian.statistic")]
    public void RandomFamilies_LabelsThatAreMeans_GiveTheLikelihood() =>
        Instances.Satisfy(
            "|d_Ψ(θ, ∇Φ(y)) − (Ψ(θ) − ⟨θ, y⟩ + Φ(y))| over families in closed form",
            FamilyAtParameters.Arbitrary,
            instance =>
            {
                var (family, first, second) = instance;
                var (pair, mean, label) = (family.Pair, family.Pair.ToMean(first), family.Pair.ToMean(second));
                var difference =
                    pair.Conjugate.Divergence(first, pair.ToNatural(label)) - (pair.Potential(label) - pair.LogDensity(label, first));
                var crossTerms = Remark_DualDivergence.CrossTerms(family, first, mean, second, label);
                return new Deviation(Math.Abs(difference), family.Allowed(first, mean) + family.Allowed(second, label) + crossTerms);
            },
            Family.Tolerance + " at both parameters, plus the same for the products that mix the two");

    /// <summary>
    /// ψ = x² and its conjugate φ = s²/4, which equation 2 pairs, and a label y = 2 in the coordinates of f, with the loss
    /// d_ψ(f, y) = (f − 2)². Were ∇φ(y) = 1 the statistic, the loss would differ from ψ(f) − f·∇φ(y) = f² − f by the same amount at every
    /// f; the difference is 4 at f = 0 and 1 at f = 1. With the roles exchanged, the loss d_φ(f, 2) = (f − 2)²/4, it is 1 and ¼.
    /// </summary>
    [Claim("design.fim-hessian.statistic", Role.Control)]
    public void SquareOfX_LabelWhereThePredictionLives_HasAnotherStatistic()
    {
        var loss = TimesTheSquare(1);
        Rational Difference(LegendrePair<Rational> of, int f) => of.Divergence([f], [2]) - loss.Potential([f]) + Dot([f], loss.ToMean([2]));
        (Difference(loss, 0), Difference(loss, 1)).Should().Be(((Rational)4, (Rational)1));
        (Difference(loss.Conjugate, 0), Difference(loss.Conjugate, 1)).Should().Be(((Rational)1, new Rational(1, 4)));
        Evidence.Record(new Measurement(
            "loss minus negative log-likelihood for ψ = x², label 2, at f = 0 and f = 1",
            4,
            "the same at every f if ∇φ(y) were the statistic")
        {
            Series = [4, 1],
            Paper = "ỹ = ∇φ(y), φ conjugate to ψ",
            Dtype = Fractions.Arithmetic,
        });
    }

    /// <summary>
    /// Labels in the coordinates of f: with the statistic ∇ψ(y), the difference of the loss d_ψ(f, y) and ψ(f) − ⟨f, ∇ψ(y)⟩ is the same at
    /// every f.
    /// </summary>
    [Claim("design.fim-hessian.statistic")]
    public void RandomQuadratics_GradientOfTheCumulant_IsTheStatistic() =>
        ExactInstances.Satisfy(
            "d(f, y) − ψ(f) + ⟨f, ỹ⟩ at two f",
            GeneratorAtPoints.Quadratic,
            instance => IsTheStatistic(instance.Generator.QuadraticPair(), instance, Statistic.Run));

    [Claim("design.fim-hessian.statistic")]
    public void RandomPoints_FourthPower_GradientOfTheCumulantIsTheStatistic() =>
        ExactInstances.Satisfy(
            "d(f, y) − ψ(f) + ⟨f, ỹ⟩ at two f, ψ = ¼ Σ x⁴ and labels that are cubes",
            GeneratorAtPoints.Quadratic,
            instance => IsTheStatistic(ExactPairs.Quartic, WithCubedLabel(instance), Statistic.Run));

    /// <summary>ψ = x², y = 2: the statistic is 4, and (f − 2)² − f² + 4f = 4 for every f.</summary>
    [Claim("design.fim-hessian.statistic")]
    public void SquareOfX_ByHand_HasStatisticFour() => Statistic.Run(TimesTheSquare(1), [2]).Should().Equal((Rational)4);

    [Claim("design.fim-hessian.statistic", Role.Control)]
    public void ConjugatesGradient_IsCaught() =>
        ExactInstances.Violate(
            "ỹ = ∇φ(y)",
            GeneratorAtPoints.Quadratic,
            instance => IsTheStatistic(instance.Generator.QuadraticPair(), instance, (loss, label) => loss.ToMean(label)));

    /// <summary>
    /// The label 1 of a binary classifier is a mean on the edge: ∇φ(1) = log(1/0) is infinite, while ψ(f) − f·1 + φ(1), the loss, is log 2
    /// at f = 0.
    /// </summary>
    [Claim("design.fim-hessian.statistic", Role.Control)]
    public void ClassLabel_InsideTheDomainDropped_HasNoNaturalCoordinate()
    {
        var bernoulli = Family.All.Single(family => family.Pair.Name == "Bernoulli").Pair;
        bernoulli.ToNatural([1])[0].Should().Be(double.PositiveInfinity);
        (bernoulli.Potential([1]) - bernoulli.LogDensity([1], [0])).Should().BeApproximately(Math.Log(2), 1e-15);
    }

    /// <summary>Cross-entropy in nats on k classes: exp(−d)·b are the class probabilities themselves.</summary>
    [Claim("design.loss-defines-family")]
    public void RandomClasses_NaturalLogarithm_GivesTheProbabilities() =>
        Instances.Satisfy(
            "|exp(−d(e_c, p))·b − p_c|, and |Σ − 1|",
            FiniteFamily.Arbitrary,
            family =>
            {
                var p = family.Probabilities.Select(share => share.ToDouble()).ToArray();
                return p.Min() > 0 && p.Length > 1 ? Sums(p, ClassProbability.Run) : null;
            },
            "256u: p log p and its exponential, on at most 6 classes, with |log p| · p below 1");

    /// <summary>The library's cross-entropy is that divergence: at log p it gives −log p_c for the label c.</summary>
    [Claim("design.loss-defines-family")]
    public void RandomClasses_ExponentialOfTheLibrarysLoss_IsTheProbability() =>
        Instances.Satisfy(
            "largest |exp(−the library's loss at log p for the label c) − p_c|",
            FiniteFamily.Arbitrary,
            family =>
            {
                double[] p = [.. family.Probabilities.Select(share => share.ToDouble())];
                double[] logits = [.. p.Select(share => Math.Log(share))];
                var errors = TrainingLosses.OfEveryLabel(logits).Zip(p, (loss, share) => Math.Abs(Math.Exp(-loss) - share));
                return new Deviation(errors.Max(), 64 * Rounding.Unit * (1 + logits.Max(Math.Abs)));
            },
            "64u(1 + max |log p|): a logarithm, the log-softmax of at most six classes and an exponential");

    /// <summary>Two classes of ½: 1/2 + 1/2.</summary>
    [Claim("design.loss-defines-family")]
    public void TwoClasses_ByHand_HaveAHalfEach() => ClassProbability.Run([0.5, 0.5], 0).Should().BeApproximately(0.5, 1e-15);

    /// <summary>
    /// Where a family exists, Ψ⁗ + 3Ψ″² is its fourth central moment, which is at least Ψ″².
    /// </summary>
    [Claim("design.loss-defines-family")]
    public void RandomFamilies_FourthDerivative_IsTheFourthMoment() =>
        ExactInstances.Satisfy(
            "Ψ⁗ + 3Ψ″² = E(T − m)⁴ ≥ (E(T − m)²)² along the first parameter",
            FiniteFamily.Arbitrary,
            family =>
            {
                var derivatives = family.CumulantDerivatives(family.Axis(0));
                var mean = family.Mean[0];
                var (second, fourth) = (derivatives[1], derivatives[3] + (3 * derivatives[1] * derivatives[1]));
                return fourth == family.Expect(t => Power(t[0] - mean, 4)) && fourth >= second * second;
            });

    /// <summary>
    /// The loss with Φ = ¾|x|^(4/3), strictly convex and differentiable, has Ψ = θ⁴/4. A family with this cumulant would have variance
    /// Ψ″(0) = 3·0² = 0 at θ = 0, so one outcome with all the weight, so the same mean at every θ; but Ψ′(0) = 0 and Ψ′(1) = 1. The other
    /// way round the loss with Φ = x⁴/4 would need Φ as cumulant. Its Hessian 3x² vanishes at 0, so it is no metric tensor there either.
    /// </summary>
    [Claim("design.loss-defines-family", Role.Counterexample)]
    public void FourthPower_HasNoFamily()
    {
        var quartic = ConvexGenerator.FourthPower(new Rational(1, 4));
        quartic.HessianTimes([0], [1]).Should().Equal((Rational)0);
        (quartic.Gradient([0])[0], quartic.Gradient([1])[0]).Should().Be(((Rational)0, (Rational)1));
        Evidence.Record(new Measurement(
            "variance at θ = 0 under the cumulant θ⁴/4",
            0,
            "the mean moves from 0 to 1 between θ = 0 and θ = 1, which zero variance forbids")
        {
            Paper = "a Bregman loss defines an exponential family in the output layer",
            Dtype = Fractions.Arithmetic,
        });
    }

    /// <summary>
    /// The paper's own example, Φ = Σ x log₂ x. For two classes of ½ equation 25 gives each exp(−1) = 0.37, in all 2/e = 0.74. No base
    /// measure repairs it: exp Ψ(θ) = (1 + 2^θ)^s with s = 1/ln 2 = 1.44. A sum of exponentials with positive weights satisfies Σ c_i c_j
    /// exp Ψ(θ_i + θ_j) ≥ 0 for all c. With c = (−1, 3, −3, 1), 2^θ = (1, 2, 3, 4)/16, the terms of order 0, 1, 2 of (1 + x)^s cancel, and
    /// that of order 3 has the coefficient s(s − 1)(s − 2)/6 &lt; 0: the sum is −1.1e-7. With the natural logarithm s = 1 and it is 0.
    /// </summary>
    [Claim("design.loss-defines-family", Role.Counterexample)]
    public void KullbackLeiblerInBits_HasNoFamily()
    {
        var total = 2 * Likelihood([0.5, 0.5], 0, logBase: 2);
        total.Should().BeApproximately(2 / Math.E, 1e-15);

        var bits = QuadraticForm(1 / Math.Log(2));
        var rounding = 64 * 8 * 2 * Rounding.Unit;
        bits.Should().BeLessThan(-1e-7 + rounding, "16 terms of at most 9·1.1, each with a few roundings, leave 1e-13");
        Math.Abs(QuadraticForm(1)).Should().BeLessThan(rounding, "0 up to rounding");
        Evidence.Record(new Measurement(
            "Σ c_i c_j exp Ψ(θ_i + θ_j) for the Kullback–Leibler divergence in bits",
            bits,
            "at least 0 for every family; 0 with the natural logarithm")
        {
            Uncertainty = rounding,
            Paper = "Φ = Σ x log₂ x",
            Dtype = "float64",
        });
        Evidence.Record(new Measurement("total probability of two classes of ½ by equation 25 in bits", total, "1") { Dtype = "float64" });
    }

    [Claim("design.loss-defines-family", Role.Control)]
    public void LogarithmToBaseTwo_IsCaught() =>
        Instances.Violate(
            "Σ x log₂ x",
            FiniteFamily.Arbitrary,
            family => family.Probabilities.Length > 1
                ? Sums([.. family.Probabilities.Select(share => share.ToDouble())], (p, label) => Likelihood(p, label, logBase: 2))
                : null);

    /// <summary>
    /// −d(f, y) = ⟨f, ∇Φ(y)⟩ − Φ(f) − Ψ(∇Φ(y)): natural parameter f, cumulant Φ, statistic ∇Φ(y); and read in f, cumulant Ψ, statistic f.
    /// </summary>
    [Claim("design.dual-family")]
    public void RandomQuadratics_Exponents_FitBothReadings() =>
        ExactInstances.Satisfy(
            "−d(f, y) against the exponent of the list's second item",
            GeneratorAtPoints.Quadratic,
            instance =>
            {
                var loss = instance.Generator.QuadraticPair();
                return DualExponent.Run(loss, instance.First, instance.Second) == -loss.Divergence(instance.First, instance.Second);
            });

    /// <summary>Φ = ¼x⁴, f = 2, y = 1: 2·1 − 4 − ¾ = −11/4, and d(2, 1) = 11/4.</summary>
    [Claim("design.dual-family")]
    public void FourthPower_ByHand_IsElevenQuarters()
    {
        DualExponent.Run(ExactPairs.Quartic, [2], [1]).Should().Be(new Rational(-11, 4));
        ExactPairs.Quartic.Divergence([2], [1]).Should().Be(new Rational(11, 4));
    }

    /// <summary>
    /// Outcomes −1, 0, 1 with weights 1, 18, 1: a family like any other, Ψ = log((18 + 2 cosh θ)/20) with Ψ″ = 1/10, Ψ‴ = 0,
    /// Ψ⁗ = 1/10 − 3/100 = 7/100 at θ = 0. Its conjugate has Φ″ = 1/Ψ″ = 10 and Φ⁗ = −Ψ⁗/Ψ″⁴ = −700 at μ = 0. A family with cumulant Φ
    /// would have there the fourth central moment −700 + 3·10² = −400.
    /// </summary>
    [Claim("design.dual-family", Role.Counterexample)]
    public void RareOutcomes_DualCumulant_WouldHaveANegativeFourthMoment()
    {
        var family = new FiniteFamily([[-1], [0], [1]], [1, 18, 1], [1]);
        var derivatives = family.CumulantDerivatives([1]);
        derivatives.Should().Equal(0, new Rational(1, 10), 0, new Rational(7, 100));
        FourthMomentOfTheDual(derivatives).Should().Be((Rational)(-400));
        Evidence.Record(new Measurement(
            "fourth central moment under the dual cumulant, weights 1, 18, 1 on −1, 0, 1", -400, "cannot be negative")
        {
            Paper = "d_Ψ(∇Φ(y), ∇Φ(f)) defines a dually coupled exponential family",
            Dtype = Fractions.Arithmetic,
        });
    }

    /// <summary>
    /// Where both are cumulants nothing is negative: Bernoulli at ½ has Ψ″ = ¼, Ψ⁗ = −1/8, so Φ″ = 4, Φ⁗ = 32 and 32 + 48 = 80 ≥ 16.
    /// </summary>
    [Claim("design.dual-family")]
    public void Bernoulli_DualCumulant_HasAFourthMomentOfEighty()
    {
        var derivatives = FiniteFamily.Binomial(1, 1).CumulantDerivatives([1]);
        derivatives.Should().Equal(new Rational(1, 2), new Rational(1, 4), 0, new Rational(-1, 8));
        FourthMomentOfTheDual(derivatives).Should().Be((Rational)80);
    }

    [Claim("design.dual-family", Role.Control)]
    public void LabelTakenForItsStatistic_IsCaught() =>
        ExactInstances.Violate("⟨f, y⟩ − Φ(f) − Ψ(∇Φ(y))", GeneratorAtPoints.Quadratic, instance =>
        {
            var (loss, f, y) = (instance.Generator.QuadraticPair(), instance.First, instance.Second);
            return Dot(f, y) - loss.Potential(f) - loss.Cumulant(loss.ToNatural(y)) == -loss.Divergence(f, y);
        });

    private static GeneratorAtPoints WithCubedLabel(GeneratorAtPoints instance) =>
        instance with { Second = ExactPairs.Quartic.ToNatural(instance.Second) };

    // c·x² with its conjugate s²/(4c).
    private static LegendrePair<Rational> TimesTheSquare(Rational factor) =>
        new("c·x²", x => factor * x[0] * x[0], x => [2 * factor * x[0]], s => s[0] * s[0] / (4 * factor), s => [s[0] / (2 * factor)]);

    private static bool IsTheLikelihood(
        LegendrePair<Rational> loss, GeneratorAtPoints instance, Func<LegendrePair<Rational>, Rational[], Rational[]> natural)
    {
        var label = instance.Second;
        var outcome = natural(loss, label);
        bool Fits(Rational[] f) => loss.Divergence(f, outcome) - loss.Potential(f) + Dot(f, label) == loss.Cumulant(label);
        return Fits(instance.First) && Fits(instance.Third) && loss.ToNatural(outcome).SequenceEqual(label);
    }

    private static bool IsTheStatistic(
        LegendrePair<Rational> loss, GeneratorAtPoints instance, Func<LegendrePair<Rational>, Rational[], Rational[]> statistic)
    {
        var label = instance.Second;
        var outcome = statistic(loss, label);
        Rational Difference(Rational[] f) => loss.Divergence(f, label) - loss.Potential(f) + Dot(f, outcome);
        return Difference(instance.First) == Difference(instance.Third);
    }

    // Φ(e_c) = 0, and d(e_c, p) = −log p_c: from the definition, with the gradient log p + 1/ln(base).
    private static double Likelihood(double[] p, int label, double logBase)
    {
        double Log(double value) => Math.Log(value) / Math.Log(logBase);
        var pair = new LegendrePair<double>(
            "Σ x log x",
            x => x.Sum(share => share == 0 ? 0 : share * Log(share)),
            x => [.. x.Select(share => Log(share) + (1 / Math.Log(logBase)))],
            _ => double.NaN,
            x => x);
        return Math.Exp(-pair.Divergence(Vectors.Axis(p.Length, label), p));
    }

    private static Deviation Sums(double[] p, Func<double[], int, double> probability)
    {
        var likelihoods = p.Select((_, label) => probability(p, label)).ToArray();
        var worst = likelihoods.Zip(p, (one, share) => Math.Abs(one - share)).Max();
        return new Deviation(Math.Max(worst, Math.Abs(likelihoods.Sum() - 1)), 256 * Rounding.Unit);
    }

    // Σ c_i c_j (1 + x_i x_j)^s with x = 2^θ.
    private static double QuadraticForm(double exponent)
    {
        var (c, x) = (new double[] { -1, 3, -3, 1 }, new[] { 1.0 / 16, 2.0 / 16, 3.0 / 16, 4.0 / 16 });
        var terms =
            from i in Enumerable.Range(0, 4)
            from j in Enumerable.Range(0, 4)
            select c[i] * c[j] * Math.Pow(1 + (x[i] * x[j]), exponent);
        return terms.Sum();
    }

    // For Φ conjugate to Ψ: Φ″ = 1/Ψ″ and Φ⁗ = 3Ψ‴²/Ψ″⁵ − Ψ⁗/Ψ″⁴, and Φ⁗ + 3Φ″² would be the moment.
    private static Rational FourthMomentOfTheDual(Rational[] derivatives)
    {
        var (second, third, fourth) = (derivatives[1], derivatives[2], derivatives[3]);
        return (3 * third * third / Power(second, 5)) - (fourth / Power(second, 4)) + (3 / (second * second));
    }


}
