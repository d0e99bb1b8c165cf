using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Design;

/// <summary>
/// Equation 32, ⟨θ, μ⟩ − Ψ(θ) − Φ(μ) ≤ 0, with equality exactly when ∇Ψ(θ) = μ; and two remarks after it: that the left side is
/// −d_Φ(θ, μ), which mixes the two coordinate systems, and that Φ(μ) is then a negative Shannon entropy, the largest one at these moments.
/// </summary>
public sealed class Eq32_FenchelInequality
{
    private static readonly UnderTest<Func<LegendrePair<Rational>, Rational[], Rational[], Rational>> Gap = new(
        (pair, natural, mean) => pair.LogDensity(mean, natural) - pair.Potential(mean),
        ("fenchel-one-function-twice", (pair, natural, mean) => Dot(natural, mean) - pair.Potential(natural) - pair.Potential(mean)),
        ("fenchel-with-half-the-product", (pair, natural, mean) =>
            (Dot(natural, mean) / 2) - pair.Cumulant(natural) - pair.Potential(mean)),
        ("fenchel-with-a-sum", (pair, natural, mean) => Dot(natural, mean) - pair.Cumulant(natural) + pair.Potential(mean)));

    /// <summary>The gap is minus this.</summary>
    private static readonly UnderTest<Func<LegendrePair<Rational>, Rational[], Rational[], Rational>> GapDivergence = new(
        (pair, natural, mean) => pair.Divergence(mean, pair.ToMean(natural)),
        ("gap-divergence-in-mixed-coordinates", (pair, natural, mean) => pair.Divergence(natural, mean)),
        ("gap-divergence-swapped", (pair, natural, mean) => pair.Divergence(pair.ToMean(natural), mean)));

    /// <summary>−Σ p log(p/w): the entropy with respect to the base measure.</summary>
    private static readonly UnderTest<Func<double[], double[], double>> Entropy = new(
        (law, measure) => -law.Zip(measure, (p, w) => p == 0 ? 0 : p * Math.Log(p / w)).Sum(),
        ("entropy-without-the-base-measure", (law, _) => Shannon(law)),
        ("entropy-with-the-measure-inverted", (law, measure) => -law.Zip(measure, (p, w) => p == 0 ? 0 : p * Math.Log(p * w)).Sum()));

    [Claim("design.fenchel")]
    public void RandomQuadratics_Gap_IsNegativeUnlessTheMomentsMatch() =>
        ExactInstances.Satisfy(
            "⟨θ, μ⟩ − Ψ(θ) − Φ(μ) ≤ 0, zero exactly where ∇Ψ(θ) = μ",
            GeneratorAtPoints.Quadratic,
            instance => Sign(instance.Generator.QuadraticPair(), instance.First, instance.Second, Gap.Run));

    [Claim("design.fenchel")]
    public void RandomPoints_FourthPower_GapIsNegativeUnlessTheMomentsMatch() =>
        ExactInstances.Satisfy(
            "the same for Φ = ¼ Σ x⁴, θ = ∇Φ of the first point",
            GeneratorAtPoints.Quadratic,
            instance => Sign(ExactPairs.Quartic, ExactPairs.Quartic.ToNatural(instance.First), instance.Second, Gap.Run));

    /// <summary>For families of distributions the gap is minus the Kullback–Leibler divergence, here summed over the outcomes.</summary>
    [Claim("design.fenchel")]
    public void RandomCategoricals_Gap_IsMinusKullbackLeibler() =>
        Instances.Satisfy(
            "|⟨θ, μ⟩ − Ψ(θ) − Φ(μ) + Σ q log(q/p)|, q the law with mean μ, p the law at θ",
            FamilyAtParameters.Of(Family.All.Where(family => family.Pair.Name.StartsWith("categorical", StringComparison.Ordinal))),
            instance =>
            {
                var (family, natural, other) = instance;
                var (mean, matched) = (family.Pair.ToMean(other), family.Pair.ToMean(natural));
                var divergence = Complete(mean).Zip(Complete(matched), (q, p) => q * Math.Log(q / p)).Sum();
                return new Deviation(
                    Math.Abs(family.Pair.LogDensity(mean, natural) - family.Pair.Potential(mean) + divergence),
                    family.Allowed(natural, mean) + family.Allowed(natural, matched) + family.Allowed(other, mean));
            },
            Family.Tolerance);

    /// <summary>Square loss: θ = 3, μ = 1 gives 3 − 9/2 − 1/2 = −2; θ = μ = 3 gives 9 − 9/2 − 9/2 = 0.</summary>
    [Claim("design.fenchel")]
    public void SquareLoss_ByHand_IsMinusTwoAndZero()
    {
        Gap.Run(ExactPairs.Square, [3], [1]).Should().Be((Rational)(-2));
        Gap.Run(ExactPairs.Square, [3], [3]).Should().Be((Rational)0);
    }

    [Claim("design.fenchel", Role.Control)]
    public void NotConjugate_DualityDropped_IsCaught() =>
        ExactInstances.Violate(
            "⟨θ, μ⟩ − Ψ(θ) − ½Φ(μ)",
            GeneratorAtPoints.Quadratic,
            instance => Sign(
                instance.Generator.QuadraticPair(),
                instance.First,
                instance.Second,
                (pair, natural, mean) => pair.LogDensity(mean, natural) - (pair.Potential(mean) / 2)));

    /// <summary>
    /// Poisson: Ψ = e^θ, Φ = μ log μ − μ. At θ = 0, μ = 1 the moments match and the gap is 0 − 1 + 1 = 0. But d_Φ(0, 1) =
    /// Φ(0) − Φ(1) − (0 − 1)·log 1 = 0 + 1 + 0 = 1. At θ = −1, a parameter like any other, Φ(θ) does not exist.
    /// </summary>
    [Claim("design.fenchel.divergence", Role.Counterexample)]
    public void PoissonAtMeanOne_PrintedDivergence_IsOneWhereTheGapIsZero()
    {
        var poisson = Family.All.Single(family => family.Pair.Name == "Poisson").Pair;
        (poisson.LogDensity([1], [0]) - poisson.Potential([1])).Should().Be(0);
        poisson.Divergence([0], [1]).Should().Be(1);
        double.IsNaN(poisson.Divergence([-1], [1])).Should().BeTrue();
        Evidence.Record(new Measurement("d(θ, μ) of the Poisson family at θ = 0, μ = 1", 1, "0, minus the right side of equation 32")
        {
            Paper = "the right side of (32) is −d(θ, μ)",
            Dtype = "exact (integers)",
        });
    }

    [Claim("design.fenchel.divergence")]
    public void RandomQuadratics_Gap_IsMinusTheDivergenceOfMeans() =>
        ExactInstances.Satisfy(
            "gap = −d_Φ(μ, ∇Ψ(θ)) = −d_Ψ(θ, ∇Φ(μ))",
            GeneratorAtPoints.Quadratic,
            instance => IsMinusDivergence(instance.Generator.QuadraticPair(), instance.First, instance.Second));

    [Claim("design.fenchel.divergence")]
    public void RandomPoints_FourthPower_GapIsMinusTheDivergenceOfMeans() =>
        ExactInstances.Satisfy(
            "the same for Φ = ¼ Σ x⁴",
            GeneratorAtPoints.Quadratic,
            instance => IsMinusDivergence(ExactPairs.Quartic, ExactPairs.Quartic.ToNatural(instance.First), instance.Second));

    /// <summary>Φ = ¼x⁴, θ = 8, μ = 1: 8 − 12 − ¼ = −17/4, and d(1, 2) = ¼ − 4 + 8 = 17/4.</summary>
    [Claim("design.fenchel.divergence")]
    public void FourthPower_ByHand_IsSeventeenQuarters() =>
        GapDivergence.Run(ExactPairs.Quartic, [8], [1]).Should().Be(new Rational(17, 4));

    [Claim("design.fenchel.divergence", Role.Control)]
    public void MixedCoordinates_AreCaught() =>
        ExactInstances.Violate("gap = −d_Φ(θ, μ)", GeneratorAtPoints.Quadratic, instance =>
        {
            var (pair, natural, mean) = (instance.Generator.QuadraticPair(), instance.First, instance.Second);
            return pair.LogDensity(mean, natural) - pair.Potential(mean) == -pair.Divergence(natural, mean);
        });

    /// <summary>
    /// With the entropy H taken with respect to the base measure w, Φ(μ) = ⟨θ, μ⟩ − Ψ(θ) is −H, and moving the law along (1, −2, 1), which
    /// keeps the total and the mean of an equally spaced statistic, only lowers H.
    /// </summary>
    [Claim("design.fenchel.entropy")]
    public void RandomFamilies_EntropyOverTheBaseMeasure_IsMinusPhiAndMaximal() =>
        Instances.Satisfy(
            "|Φ(μ) + H|, and the excess of H over that of the family's law at equal moments",
            FiniteFamily.Arbitrary,
            family => OfEntropy(family, Entropy.Run),
            EntropyTolerance);

    /// <summary>
    /// Labels 0, 1, 2 with equal weights at θ = 0: the uniform law, Φ(1) = −log 3. The law (¼, ½, ¼) has the same mean and the entropy
    /// 3/2·log 2 = 1.040 &lt; log 3 = 1.099.
    /// </summary>
    [Claim("design.fenchel.entropy")]
    public void UniformOnThree_ByHand_HasEntropyLogThree()
    {
        var third = 1.0 / 3;
        Entropy.Run([third, third, third], [1, 1, 1]).Should().BeApproximately(Math.Log(3), 1e-15);
        Entropy.Run([0.25, 0.5, 0.25], [1, 1, 1]).Should().BeApproximately(1.5 * Math.Log(2), 1e-15);

        // The same law with its own weights 1, 2, 1: −Σ p log(p/w) = log 4.
        Entropy.Run([0.25, 0.5, 0.25], [1, 2, 1]).Should().BeApproximately(Math.Log(4), 1e-15);
    }

    /// <summary>
    /// The binomial distribution of two trials of ½, a family that the paper names: Φ(1) = −Ψ(0) = −2 in bits, but its Shannon entropy is
    /// ¼·2 + ½·1 + ¼·2 = 3/2 bits. Nor is it maximal: the uniform law on 0, 1, 2 has the same mean 1 and log₂ 3 = 1.58 bits.
    /// </summary>
    [Claim("design.fenchel.entropy", Role.Counterexample)]
    public void TwoTrials_ShannonEntropy_IsNeitherMinusPhiNorMaximal()
    {
        var law = FiniteFamily.Binomial(2, 1);
        law.Normaliser.Should().Be((Rational)4, "so Ψ(0) = log 4 and Φ(1) = 0·1 − log 4, −2 in bits");
        law.Mean.Should().Equal((Rational)1);
        var bits = Shannon([.. law.Probabilities.Select(p => p.ToDouble())]) / Math.Log(2);
        bits.Should().BeApproximately(1.5, 1e-15);
        (Shannon([1.0 / 3, 1.0 / 3, 1.0 / 3]) / Math.Log(2)).Should().BeGreaterThan(1.58);
        Evidence.Record(new Measurement(
            "Shannon entropy in bits of two trials of ½", bits, "2 if Φ(1) were its negative; the uniform law with the same mean has 1.585")
        {
            Paper = "Φ(μ) is a negative Shannon entropy and maximal",
            Series = [bits, 2, Math.Log2(3)],
            Dtype = "float64",
        });
    }

    [Claim("design.fenchel.entropy", Role.Control)]
    public void BaseMeasureDropped_IsCaught() =>
        Instances.Violate("Shannon entropy", FiniteFamily.Arbitrary, family => OfEntropy(family, (law, _) => Shannon(law)));

    /// <summary>At other moments nothing is claimed: Bernoulli of ¾ has 0.56, of ½ it has log 2 = 0.69.</summary>
    [Claim("design.fenchel.entropy", Role.Control)]
    public void OtherMoments_HypothesisDropped_MayHaveMoreEntropy() => Shannon([0.5, 0.5]).Should().BeGreaterThan(Shannon([0.25, 0.75]));

    private const string EntropyTolerance = "16γ_(K+4)·Σ p(1 + |log p| + |log w|)";

    private static bool Sign(
        LegendrePair<Rational> pair,
        Rational[] natural,
        Rational[] mean,
        Func<LegendrePair<Rational>, Rational[], Rational[], Rational> gap)
    {
        var matched = pair.ToMean(natural);
        return gap(pair, natural, matched) == 0 && (matched.SequenceEqual(mean) || gap(pair, natural, mean) < 0);
    }

    private static bool IsMinusDivergence(LegendrePair<Rational> pair, Rational[] natural, Rational[] mean)
    {
        var gap = pair.LogDensity(mean, natural) - pair.Potential(mean);
        return gap == -GapDivergence.Run(pair, natural, mean) && gap == -pair.Conjugate.Divergence(natural, pair.ToNatural(mean));
    }

    // Outcomes 0, 1, …, K − 1 with the instance's base weights and first odds; K ≥ 3 leaves room beside the family at equal moments.
    private static Deviation? OfEntropy(FiniteFamily instance, Func<double[], double[], double> entropy)
    {
        var count = instance.Base.Length;
        if (count < 3 || instance.Odds[0] > 9 || instance.Odds[0] < new Rational(1, 9))
        {
            return null;
        }

        var family = new FiniteFamily([.. Enumerable.Range(0, count).Select(value => new[] { value })], instance.Base, [instance.Odds[0]]);
        var law = family.Probabilities;
        var potential = (family.Mean[0].ToDouble() * Math.Log(family.Odds[0].ToDouble())) - Math.Log(family.Normaliser.ToDouble());
        var measure = family.Base.Select(weight => weight.ToDouble()).ToArray();
        double Of(IEnumerable<Rational> shares) => entropy([.. shares.Select(share => share.ToDouble())], measure);
        double Term(Rational p, double w) => p.ToDouble() * (1 + Math.Abs(Math.Log(p.ToDouble())) + Math.Abs(Math.Log(w)));
        var product = family.Mean[0].ToDouble() * Math.Abs(Math.Log(family.Odds[0].ToDouble()));
        var allowed = 16 * Rounding.Gamma(count + 4) * (1 + Math.Abs(potential) + law.Zip(measure, Term).Sum() + product);
        var worst = new Deviation(Math.Abs(potential + Of(law)), allowed);
        for (var first = 0; first + 2 < count; first++)
        {
            // Half as far as (1, −2, 1) or its opposite can go with positive shares.
            var (up, down) = (law[first + 1] / 4, Minimum(law[first], law[first + 2]) / 2);
            foreach (var step in new[] { up, -down })
            {
                var moved = law.Select((share, k) => share + ((k == first || k == first + 2 ? 1 : k == first + 1 ? -2 : 0) * step));
                worst = Deviation.Worse(worst, new Deviation(Math.Max(0, Of(moved) - Of(law)), allowed));
            }
        }

        return worst;
    }

    private static Rational Minimum(Rational left, Rational right) => left < right ? left : right;

    private static double Shannon(double[] law) => -law.Sum(p => p == 0 ? 0 : p * Math.Log(p));

    private static double[] Complete(double[] mean) => [.. mean, 1 - mean.Sum()];
}
