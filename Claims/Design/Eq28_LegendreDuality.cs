using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Design;

/// <summary>
/// Equations 28 to 31: ∇Ψ takes natural to mean parameters and ∇Φ back, so ⟨t, θ⟩ − Ψ(θ) = Φ(μ) + ⟨t − μ, ∇Φ(μ)⟩. Equation 31 goes one
/// step further and subtracts Φ(μ) where −d_Φ(t, μ) needs Φ(t).
/// </summary>
public sealed class Eq28_LegendreDuality
{
    private static readonly UnderTest<Func<FiniteFamily, Rational[]>> Mean = new(
        family => family.Mean,
        ("mean-under-the-base-measure", family => (family with { Odds = [.. family.Odds.Select(_ => (Rational)1)] }).Mean),
        ("mean-not-normalised", family => Times(family.Normaliser, family.Mean)));

    private static readonly UnderTest<Func<Family, double[], double[]>> Natural = new(
        (family, mean) => family.Pair.ToNatural(mean),
        ("natural-by-the-mean-map", (family, mean) => family.Pair.ToMean(mean)));

    /// <summary>The right side of equation 30.</summary>
    private static readonly UnderTest<Func<LegendrePair<Rational>, Rational[], Rational[], Rational>> Rewritten = new(
        (pair, t, mean) => pair.Potential(mean) + Dot(Minus(t, mean), pair.ToNatural(mean)),
        ("log-likelihood-without-the-mean", (pair, t, mean) => pair.Potential(mean) + Dot(t, pair.ToNatural(mean))),
        ("log-likelihood-with-the-cumulant-of-the-mean", (pair, t, mean) => Dot(t, pair.ToNatural(mean)) - pair.Cumulant(mean)));

    /// <summary>The left side of equation 31, repaired.</summary>
    private static readonly UnderTest<Func<LegendrePair<Rational>, Rational[], Rational[], Rational[], Rational>> Centred = new(
        (pair, t, natural, _) => pair.LogDensity(t, natural) - pair.Potential(t),
        ("centred-by-the-mean", (pair, t, natural, mean) => pair.LogDensity(t, natural) - pair.Potential(mean)),
        ("not-centred", (pair, t, natural, _) => pair.LogDensity(t, natural)));

    /// <summary>E[T] summed over the outcomes against the derivative of log Σ w exp⟨θ, T⟩ from its power series.</summary>
    [Claim("design.legendre")]
    public void RandomFamilies_Mean_IsTheGradientOfTheCumulant() =>
        ExactInstances.Satisfy(
            "E[T] = ∇Ψ(θ) on finitely many outcomes",
            FiniteFamily.Arbitrary,
            family => Mean.Run(family).SequenceEqual(
                Enumerable.Range(0, family.Dimension).Select(axis => family.CumulantDerivatives(family.Axis(axis))[0])));

    /// <summary>Three classes with odds 2 : 1 : 1 have the means ½ and ¼; log(½/¼) = log 2 and log(¼/¼) = 0 lead back.</summary>
    [Claim("design.legendre")]
    public void ThreeClasses_ByHand_GoThereAndBack()
    {
        Mean.Run(new FiniteFamily([[1, 0], [0, 1], [0, 0]], [1, 1, 1], [2, 1])).Should().Equal(new Rational(1, 2), new Rational(1, 4));
        Natural.Run(Family.All.Single(family => family.Pair.Name == "categorical of 3"), [0.5, 0.25]).Should().Equal(Math.Log(2), 0);
    }

    [Claim("design.legendre")]
    public void RandomFamilies_NaturalOfTheMean_IsTheParameter() =>
        Instances.Satisfy(
            "largest entry of |∇Φ(∇Ψ(θ)) − θ|",
            FamilyAtParameters.Arbitrary,
            instance =>
            {
                var (family, natural, _) = instance;
                var mean = family.Pair.ToMean(natural);
                return new Deviation(
                    Natural.Run(family, mean).Zip(natural, (back, one) => Math.Abs(back - one)).Max(),
                    family.Allowed(natural, mean));
            },
            Family.Tolerance);

    [Claim("design.legendre")]
    public void RandomFamilies_MeanOfTheNatural_IsTheMean() =>
        Instances.Satisfy(
            "largest entry of |∇Ψ(∇Φ(μ)) − μ|",
            FamilyAtParameters.Arbitrary,
            instance =>
            {
                var (family, natural, _) = instance;
                var mean = family.Pair.ToMean(natural);
                return new Deviation(
                    family.Pair.ToMean(Natural.Run(family, mean)).Zip(mean, (back, one) => Math.Abs(back - one)).Max(),
                    family.Allowed(natural, mean) * (1 + mean.Sum(Math.Abs)));
            },
            Family.Tolerance + ", times 1 + ‖μ‖ for the second derivative of Ψ");

    /// <summary>Footnote 21: Φ(μ) = ⟨θ, μ⟩ − Ψ(θ) at θ = ∇Φ(μ), and no other θ gives more, which makes Φ the conjugate of Ψ.</summary>
    [Claim("design.legendre")]
    public void RandomFamilies_Supremum_IsAttainedAtTheNaturalParameter() =>
        Instances.Satisfy(
            "|⟨θ, μ⟩ − Ψ(θ) − Φ(μ)|, and the excess of ⟨θ′, μ⟩ − Ψ(θ′) over Φ(μ)",
            FamilyAtParameters.Arbitrary,
            instance =>
            {
                var (family, natural, other) = instance;
                var mean = family.Pair.ToMean(natural);
                var value = family.Pair.Potential(mean);
                return Deviation.Worse(
                    new Deviation(Math.Abs(family.Pair.LogDensity(mean, Natural.Run(family, mean)) - value), family.Allowed(natural, mean)),
                    new Deviation(
                        Math.Max(0, family.Pair.LogDensity(mean, other) - value),
                        family.Allowed(natural, mean) + family.Allowed(other, mean)));
            },
            Family.Tolerance);

    [Claim("design.legendre")]
    public void RandomQuadratics_LogLikelihood_IsRewrittenExactly() =>
        ExactInstances.Satisfy(
            "⟨t, θ⟩ − Ψ(θ) = Φ(μ) + ⟨t − μ, ∇Φ(μ)⟩ and both maps invert each other",
            GeneratorAtPoints.Quadratic,
            instance =>
            {
                var (pair, t, natural) = (instance.Generator.QuadraticPair(), instance.First, instance.Second);
                var mean = pair.ToMean(natural);
                return pair.ToNatural(mean).SequenceEqual(natural) && pair.LogDensity(t, natural) == Rewritten.Run(pair, t, mean);
            });

    /// <summary>Ψ = ½θ², θ = μ = 2, t = 3: 6 − 2 = 4 on the left, 2 + 1·2 = 4 on the right.</summary>
    [Claim("design.legendre")]
    public void SquareLoss_ByHand_HasLogLikelihoodFour()
    {
        ExactPairs.Square.LogDensity([3], [2]).Should().Be((Rational)4);
        Rewritten.Run(ExactPairs.Square, [3], [2]).Should().Be((Rational)4);
    }

    /// <summary>
    /// A logit for each of two classes: the means (½, ½) fill no open set, and Φ = Σ x log x, differentiated as if they did, gives
    /// log ½ + 1 = 0.307 twice for θ = (1, 1).
    /// </summary>
    [Claim("design.legendre", Role.Control)]
    public void LogitForEveryClass_InteriorDropped_LeadsElsewhere()
    {
        double[] natural = [1, 1];
        double[] mean = [.. natural.Select(value => Math.Exp(value) / natural.Sum(Math.Exp))];
        mean.Should().Equal(0.5, 0.5);
        mean.Select(share => Math.Log(share) + 1).Should().AllSatisfy(back => back.Should().BeApproximately(0.3068528194400547, 1e-15));
    }

    /// <summary>
    /// Weights k⁻⁴ on k = 1, 2, 3, …: θ ≤ 0, and at θ = 0 the mean is ζ(3)/ζ(4) = 1.11. For μ = 2 the supremum of 2θ − Ψ(θ) is at the end
    /// θ = 0, because its slope 2 − Ψ′ is positive throughout. So ∇Φ(2) = 0 while ∇Ψ(0) = 1.11: without an open set of parameters (a
    /// regular family) the maps do not invert each other.
    /// </summary>
    [Claim("design.legendre", Role.Control)]
    public void ClosedSetOfParameters_RegularityDropped_IsNotInverted()
    {
        double Sum(double natural, int power) => Enumerable.Range(1, 20_000).Sum(k => Math.Exp(natural * k) * Math.Pow(k, power));
        double MeanAt(double natural) => Sum(natural, -3) / Sum(natural, -4);
        MeanAt(0).Should().BeApproximately(1.2020569031595942 / 1.0823232337111382, 1e-8, "ζ(3)/ζ(4); the tails hold 1e-9");
        foreach (var natural in new[] { 0, -0.01, -0.1, -1, -10 })
        {
            MeanAt(natural).Should().BeLessThan(2);
        }
    }

    /// <summary>
    /// Square loss, so Φ = Ψ = ½x² and θ = μ. t = 0, μ = 2: the left side is 0 − 2 − 2 = −4, the right −d(0, 2) = −2. At t = 4 the left
    /// side is 8 − 2 − 2 = 4, positive, which no −d can be.
    /// </summary>
    [Claim("design.eq-31", Role.Counterexample)]
    public void SquareLoss_PrintedForm_GivesMinusFourForMinusTwo()
    {
        Rational Printed(Rational t, Rational mean) => ExactPairs.Square.LogDensity([t], [mean]) - ExactPairs.Square.Potential([mean]);
        Printed(0, 2).Should().Be((Rational)(-4));
        (-ExactPairs.Square.Divergence([0], [2])).Should().Be((Rational)(-2));
        Printed(4, 2).Should().Be((Rational)4);
        Evidence.Record(new Measurement("⟨t, θ⟩ − Ψ(θ) − Φ(μ) for the square loss at t = 0, μ = 2", -4, "−d(t, μ) = −2")
        {
            Paper = "⟨t, θ⟩ − Ψ(θ) − Φ(μ) = −d(t, μ)",
            Dtype = Fractions.Arithmetic,
        });
    }

    [Claim("design.eq-31")]
    public void RandomQuadratics_CentredByTheStatistic_IsMinusTheDivergence() =>
        ExactInstances.Satisfy(
            "⟨t, θ⟩ − Ψ(θ) − Φ(t) = −d(t, μ)",
            GeneratorAtPoints.Quadratic,
            instance => IsMinusTheDivergence(instance.Generator.QuadraticPair(), instance.First, instance.Second, Centred.Run));

    [Claim("design.eq-31")]
    public void RandomPoints_FourthPower_IsMinusTheDivergence() =>
        ExactInstances.Satisfy(
            "⟨t, θ⟩ − Ψ(θ) − Φ(t) = −d(t, μ), Φ = ¼ Σ x⁴",
            GeneratorAtPoints.Quadratic,
            instance => IsMinusTheDivergence(ExactPairs.Quartic, instance.First, instance.Second, Centred.Run));

    /// <summary>The same numbers repaired: t = 0, μ = 2 gives 0 − 2 − 0 = −2.</summary>
    [Claim("design.eq-31")]
    public void SquareLoss_RepairedByHand_GivesMinusTwo() => Centred.Run(ExactPairs.Square, [0], [2], [2]).Should().Be((Rational)(-2));

    [Claim("design.eq-31", Role.Control)]
    public void CentredByTheMean_IsCaught() =>
        ExactInstances.Violate(
            "⟨t, θ⟩ − Ψ(θ) − Φ(μ)",
            GeneratorAtPoints.Quadratic,
            instance => IsMinusTheDivergence(
                instance.Generator.QuadraticPair(),
                instance.First,
                instance.Second,
                (pair, t, natural, mean) => pair.LogDensity(t, natural) - pair.Potential(mean)));

    private static bool IsMinusTheDivergence(
        LegendrePair<Rational> pair,
        Rational[] t,
        Rational[] mean,
        Func<LegendrePair<Rational>, Rational[], Rational[], Rational[], Rational> left) =>
        left(pair, t, pair.ToNatural(mean), mean) == -pair.Divergence(t, mean);
}
