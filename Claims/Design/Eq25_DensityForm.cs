using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Design;

/// <summary>
/// Equations 25 to 27: the density of an exponential family is exp(−d_Φ(t, μ))·b(t) with b = exp Φ(t). For the binomial distribution every
/// factor is a fraction: exp Φ(t) = (t/n)^t((n − t)/n)^(n − t). The form needs Φ(t) finite, and a density with respect to the base measure.
/// </summary>
public sealed class Eq25_DensityForm
{
    /// <summary>log of the density in the form of equation 25, with respect to the base measure.</summary>
    private static readonly UnderTest<Func<LegendrePair<double>, double[], double[], double>> LogDensity = new(
        (pair, t, mean) => pair.Potential(t) - pair.Divergence(t, mean),
        ("density-without-its-factor", (pair, t, mean) => -pair.Divergence(t, mean)),
        ("density-with-the-factor-of-the-mean", (pair, t, mean) => pair.Potential(mean) - pair.Divergence(t, mean)),
        ("density-with-the-inverse-factor", (pair, t, mean) => -pair.Potential(t) - pair.Divergence(t, mean)));

    /// <summary>b(t) of equation 25 for the binomial distribution of n trials with respect to counting.</summary>
    private static readonly UnderTest<Func<int, int, Rational>> FactorForCounting = new(
        (trials, t) => FiniteFamily.Choose(trials, t) * ExpPotential(trials, t),
        ("base-factor-without-the-measure", ExpPotential),
        ("base-factor-by-the-measure-twice", (trials, t) =>
            FiniteFamily.Choose(trials, t) * FiniteFamily.Choose(trials, t) * ExpPotential(trials, t)));

    /// <summary>Against the textbooks' densities, at every statistic where Φ is finite, its boundary included.</summary>
    [Claim("design.expfam-25")]
    public void RandomFamilies_BregmanForm_IsTheTextbookDensity() =>
        Instances.Satisfy(
            "|Φ(t) − d(t, μ) − log density|, densities with respect to the base measure",
            FamilyAtParameters.Arbitrary,
            instance => Worst(instance, (family, t, mean, _) => Math.Abs(LogDensity.Run(family.Pair, t, mean) - family.LogMass(t, mean))),
            Family.Tolerance + ", times 1 + ‖t‖");

    [Claim("design.expfam-25")]
    public void RandomFamilies_BregmanForm_IsTheExponentialForm() =>
        Instances.Satisfy(
            "|Φ(t) − d(t, μ) − (⟨t, θ⟩ − Ψ(θ))|",
            FamilyAtParameters.Arbitrary,
            instance => Worst(
                instance,
                (family, t, mean, natural) => Math.Abs(LogDensity.Run(family.Pair, t, mean) - family.Pair.LogDensity(t, natural))),
            Family.Tolerance + ", times 1 + ‖t‖");

    /// <summary>
    /// Poisson with mean 1, t = 0: d = Φ(0) − Φ(1) − (0 − 1)·log 1 = 1 and Φ(0) = 0, so the density is e⁻¹, as it should be.
    /// </summary>
    [Claim("design.expfam-25")]
    public void PoissonZero_ByHand_IsExpMinusOne()
    {
        var poisson = Family.All.Single(family => family.Pair.Name == "Poisson").Pair;
        poisson.Divergence([0], [1]).Should().Be(1);
        LogDensity.Run(poisson, [0], [1]).Should().Be(-1);
        LogDensity.Run(poisson, [2], [1]).Should().BeApproximately(-1, 1e-15, "μ² e^(−μ) at μ = 1, without the 1/2! of the base measure");
    }

    /// <summary>
    /// The sense in which the mapping is one-to-one: adding an affine function to Φ changes no divergence, and the corresponding shift of θ
    /// and weights exp⟨a, t⟩ on the base measure change no probability.
    /// </summary>
    [Claim("design.expfam-25")]
    public void AffineChangeOfPhi_ChangesNeitherDivergencesNorProbabilities()
    {
        ExactInstances.Satisfy(
            "d of Φ against d of Φ + affine",
            GeneratorAtPoints.Quadratic,
            instance =>
            {
                var bare = instance.Generator with { Linear = new Rational[instance.Generator.Dimension], Constant = 0 };
                Rational Divergence(ConvexGenerator phi) => phi.QuadraticPair().Divergence(instance.First, instance.Second);
                return Divergence(instance.Generator) == Divergence(bare);
            },
            count: 100);
        ExactInstances.Satisfy(
            "probabilities with base weights w·2^(T·1) and odds r/2 against those with w and r",
            FiniteFamily.Arbitrary,
            family =>
            {
                var tilted = family with
                {
                    Base = [.. family.Base.Select((weight, k) => weight * Power(2, family.Statistics[k].Sum()))],
                    Odds = Times(new Rational(1, 2), family.Odds),
                };
                return tilted.Probabilities.SequenceEqual(family.Probabilities);
            },
            count: 100);
    }

    /// <summary>
    /// The normal distribution with mean and variance free is a regular family with t = (x, x²) and Φ(m, s) = −½ log(s − m²) − ½. Every
    /// outcome has s − m² = x² − x² = 0, so Φ(t) is infinite at all of them and equation 25 reads 0·∞. From the definition: the sup over θ
    /// of ⟨t, θ⟩ − Ψ(θ), the log-density at x, is unbounded as the variance shrinks around x; at x = 1 it is ½ log(1/variance).
    /// </summary>
    [Claim("design.expfam-25", Role.Counterexample)]
    public void NormalWithBothParameters_StatisticOnTheBoundary_HasNoSuchForm()
    {
        var normal = Family.All[^1].Pair;
        foreach (var x in new[] { -3.0, 0, 1, 2 })
        {
            normal.Potential([x, x * x]).Should().Be(double.PositiveInfinity);
            double.IsNaN(LogDensity.Run(normal, [x, x * x], [0, 1])).Should().BeTrue("it subtracts infinity from infinity");
        }

        foreach (var power in new[] { 1, 2, 5 })
        {
            // Mean 1 and variance 4^−power: θ = (1, −½)·4^power.
            var scale = Math.Pow(4, power);
            normal.LogDensity([1, 1], [scale, -scale / 2])
                .Should().BeApproximately(power * Math.Log(2), 1e-12, "½ log 4^power, from differences of numbers up to 512");
        }

        normal.LogDensity([1, 1], [0, -0.5]).Should().Be(-0.5, "the density itself is finite: exp(−½) at mean 0, variance 1");
        Evidence.Record(new Measurement(
            "Φ(t) at every outcome of the normal distribution with mean and variance free",
            double.PositiveInfinity,
            "equation 25 needs it finite"));
    }

    /// <summary>
    /// For that family the check fails on (x, x²), which lies outside dom Φ, and passes on (0, 1), which lies inside.
    /// </summary>
    [Claim("design.expfam-25", Role.Control)]
    public void StatisticOutsideTheDomain_IsCaught()
    {
        var normal = Family.All[^1];
        double Error(double[] t) => Math.Abs(LogDensity.Run(normal.Pair, t, [0, 1]) - normal.Pair.LogDensity(t, [0, -0.5]));
        Deviation At(double[] t) => new(Error(t), normal.Allowed([0, -0.5], [0, 1]));
        At([1, 1]).Within.Should().BeFalse();
        At([0, 1]).Within.Should().BeTrue();
    }

    [Claim("design.expfam-25", Role.Control)]
    public void DivergenceSwapped_IsCaught() =>
        Instances.Violate(
            "Φ(t) − d(μ, t)",
            FamilyAtParameters.Arbitrary,
            instance => Worst(
                instance,
                (family, t, mean, _) => Math.Abs(family.Pair.Potential(t) - family.Pair.Divergence(mean, t) - family.LogMass(t, mean))));

    /// <summary>
    /// With b(t) = C(n, t)·exp Φ(t) the form gives the binomial probabilities C(n, t)p^t q^(n−t), which sum to 1 and have the mean μ.
    /// </summary>
    [Claim("design.expfam-25.base-factor")]
    public void RandomBinomials_FactorWithTheMeasure_GivesTheProbabilities() =>
        ExactInstances.Satisfy(
            "Σ exp(−d)·b = 1, Σ t·exp(−d)·b = μ and every term",
            Binomials,
            instance => IsBinomial(instance, FactorForCounting.Run));

    /// <summary>
    /// Two trials with μ = 1, t = 1: d(1, 1) = 0 and exp Φ(1) = ½·½ = ¼, so equations 25 and 27 give ¼. Equation 26 has the measure's
    /// weight C(2, 1) = 2 in it and gives ½.
    /// </summary>
    [Claim("design.expfam-25.base-factor", Role.Counterexample)]
    public void TwoTrials_PrintedFactor_GivesAQuarterForAHalf()
    {
        (ExpMinusDivergence(2, 1, 1) * ExpPotential(2, 1)).Should().Be(new Rational(1, 4));
        FiniteFamily.Binomial(2, 1).Probabilities.Should().Equal(new Rational(1, 4), new Rational(1, 2), new Rational(1, 4));
        Rational.Sum(Enumerable.Range(0, 3).Select(t => ExpMinusDivergence(2, t, 1) * ExpPotential(2, t)))
            .Should().Be(new Rational(3, 4), "so the printed density does not sum to 1");
        Evidence.Record(new Measurement("exp(−d)·exp Φ at t = 1 for two trials of ½", 0.25, "½ by equation 26")
        {
            Paper = "b_Φ = exp Φ",
            Dtype = Fractions.Arithmetic,
        });
    }

    /// <summary>One trial has weights 1 and 1, and the printed factor is right: Bernoulli.</summary>
    [Claim("design.expfam-25.base-factor")]
    public void OneTrial_ByHand_NeedsNoMeasure()
    {
        FactorForCounting.Run(1, 0).Should().Be((Rational)1);
        FactorForCounting.Run(1, 1).Should().Be((Rational)1);
        ExpMinusDivergence(1, 1, new Rational(3, 4)).Should().Be(new Rational(3, 4));
    }

    [Claim("design.expfam-25.base-factor", Role.Control)]
    public void MeasureDropped_IsCaught() =>
        ExactInstances.Violate(
            "b = exp Φ for every number of trials",
            Binomials,
            instance => IsBinomial(instance, ExpPotential));

    private static Arbitrary<(int Trials, Rational Share)> Binomials { get; } = Arb.From(
        from trials in Gen.Choose(1, 9)
        from denominator in Gen.Frequency((5, Gen.Choose(2, 30)), (1, Gen.Constant(1_000_000)))
        from numerator in Gen.Choose(1, denominator - 1)
        select (trials, new Rational(numerator, denominator)));

    private static bool IsBinomial((int Trials, Rational Share) instance, Func<int, int, Rational> factor)
    {
        var (trials, share) = instance;
        Rational Density(int t) => ExpMinusDivergence(trials, t, trials * share) * factor(trials, t);
        Rational Probability(int t) => FiniteFamily.Choose(trials, t) * Power(share, t) * Power(1 - share, trials - t);
        var outcomes = Enumerable.Range(0, trials + 1).ToList();
        return outcomes.All(t => Density(t) == Probability(t))
            && Rational.Sum(outcomes.Select(Density)) == 1
            && Rational.Sum(outcomes.Select(t => t * Density(t))) == trials * share;
    }

    // exp(−d(t, μ)) = (μ/t)^t ((n − μ)/(n − t))^(n − t), since the linear terms of the divergence cancel.
    private static Rational ExpMinusDivergence(int trials, int t, Rational mean) =>
        (t == 0 ? 1 : Power(mean / t, t)) * (t == trials ? 1 : Power((trials - mean) / (trials - t), trials - t));

    // exp Φ(t), Φ(t) = t log(t/n) + (n − t) log((n − t)/n).
    private static Rational ExpPotential(int trials, int t) =>
        Power(new Rational(t, trials), t) * Power(new Rational(trials - t, trials), trials - t);

    private static Deviation? Worst(FamilyAtParameters instance, Func<Family, double[], double[], double[], double> error)
    {
        var (family, natural) = (instance.Family, instance.First);
        var mean = family.Pair.ToMean(natural);
        return family.Statistics.Count == 0
            ? null
            : family.Statistics.Select(Of).Aggregate(Deviation.Worse);

        Deviation Of(double[] t) => new(error(family, t, mean, natural), family.Allowed(natural, mean) * (1 + t.Sum(Math.Abs)));
    }
}
