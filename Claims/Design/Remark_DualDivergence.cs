using System.Numerics;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Design;

/// <summary>
/// The display "duality" below equation 24: d_Φ(z, y) = d_Ψ(∇Φ(y), ∇Φ(z)), with the arguments exchanged. For quadratic and quartic Φ
/// both sides are fractions; the families in closed form follow in float64.
/// </summary>
public sealed class Remark_DualDivergence
{
    private static readonly UnderTest<Func<LegendrePair<Rational>, Rational[], Rational[], Rational>> Dual = new(
        OnTheDualSide,
        ("dual-arguments-kept", (pair, z, y) => OnTheDualSide(pair, y, z)),
        ("dual-of-the-function-itself", (pair, z, y) => pair.Divergence(pair.ToNatural(y), pair.ToNatural(z))));

    [Claim("design.bregman-dual")]
    public void RandomQuadratics_BothSides_AreTheSameFraction() =>
        ExactInstances.Satisfy(
            "d_Φ(z, y) = d_Ψ(∇Φ(y), ∇Φ(z))",
            GeneratorAtPoints.Quadratic,
            instance => Agree(instance.Generator.QuadraticPair(), instance.First, instance.Second));

    /// <summary>¼x⁴ and ¾θ^(4/3): its Hessian vanishes at 0, and ∇Φ maps fractions to cubes of fractions.</summary>
    [Claim("design.bregman-dual")]
    public void RandomPoints_FourthPower_BothSidesAreTheSameFraction() =>
        ExactInstances.Satisfy(
            "d_Φ(z, y) = d_Ψ(∇Φ(y), ∇Φ(z)), Φ = ¼ Σ x⁴",
            GeneratorAtPoints.Quadratic,
            instance => Agree(ExactPairs.Quartic, instance.First, instance.Second));

    /// <summary>
    /// Φ = ¼x⁴, z = 2, y = 1: d_Φ = 4 − ¼ − 1·1 = 11/4. On the other side θ_y = 1, θ_z = 8, Ψ = ¾ and 12, ∇Ψ(8) = 2:
    /// d_Ψ(1, 8) = ¾ − 12 + 7·2 = 11/4. With the arguments kept d_Ψ(8, 1) = 12 − ¾ − 7·1 = 17/4.
    /// </summary>
    [Claim("design.bregman-dual")]
    public void FourthPower_ByHand_IsElevenQuarters()
    {
        ExactPairs.Quartic.Divergence([2], [1]).Should().Be(new Rational(11, 4));
        Dual.Run(ExactPairs.Quartic, [2], [1]).Should().Be(new Rational(11, 4));
    }

    [Claim("design.bregman-dual")]
    public void RandomFamilies_BothSides_Agree() =>
        Instances.Satisfy(
            "|d_Φ(μ, μ′) − d_Ψ(θ′, θ)| over families in closed form",
            FamilyAtParameters.Arbitrary,
            instance =>
            {
                var (family, first, second) = instance;
                var (z, y) = (family.Pair.ToMean(first), family.Pair.ToMean(second));
                return new Deviation(
                    Math.Abs(family.Pair.Divergence(z, y) - OnTheDualSide(family.Pair, z, y)),
                    family.Allowed(first, z) + family.Allowed(second, y) + CrossTerms(family, first, z, second, y));
            },
            Family.Tolerance + " at both parameters, plus the same for the products that mix the two");

    /// <summary>
    /// The simplex, where Φ = Σ x log x has no interior and Ψ = log Σ exp is not strictly convex: log x plus any constant serves as ∇Φ,
    /// and d_Ψ(log y, log z) is still the Kullback–Leibler divergence. z = (½, ½), y = (¼, ¾): ½ log 2 + ½ log ⅔ = ½ log 4/3.
    /// </summary>
    [ClaimRows("design.bregman-dual")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-2.5)]
    public void Simplex_ByHand_AnyConstantInTheGradientServes(double constant)
    {
        double LogSumExp(double[] n) => Math.Log(n.Sum(Math.Exp));
        var pair = new LegendrePair<double>(
            "simplex",
            x => x.Sum(Family.XLogX),
            x => [.. x.Select(value => Math.Log(value) + constant)],
            LogSumExp,
            n => [.. n.Select(value => Math.Exp(value - LogSumExp(n)))]);
        OnTheDualSide(pair, [0.5, 0.5], [0.25, 0.75])
            .Should().BeApproximately(Math.Log(4.0 / 3) / 2, 1e-14, "a dozen roundings of numbers below 5");
    }

    [Claim("design.bregman-dual", Role.Control)]
    public void ArgumentsKept_IsCaught() =>
        ExactInstances.Violate(
            "d_Ψ(∇Φ(z), ∇Φ(y))",
            GeneratorAtPoints.Quadratic,
            instance => ExactPairs.Quartic.Divergence(instance.First, instance.Second)
                == OnTheDualSide(ExactPairs.Quartic, instance.Second, instance.First));

    /// <summary>
    /// Huber's function (½x² up to 1, then |x| − ½) is convex but not strictly: ∇Φ(2) = 1, and Ψ = ½θ² on [−1, 1] has only a one-sided
    /// slope there. d_Φ(2, 0) = 3/2, d_Ψ(0, 1) = 0 − ½ + 1·1 = ½.
    /// </summary>
    [Claim("design.bregman-dual", Role.Control)]
    public void HuberFunction_StrictnessDropped_HasAnotherDual()
    {
        Rational Value(Rational x) => Rational.Abs(x) > 1 ? Rational.Abs(x) - new Rational(1, 2) : x * x / 2;
        Rational Slope(Rational x) => Rational.Abs(x) > 1 ? x / Rational.Abs(x) : x;
        var huber = new LegendrePair<Rational>("Huber", x => Value(x[0]), x => [Slope(x[0])], n => n[0] * n[0] / 2, n => n);
        huber.Divergence([2], [0]).Should().Be(new Rational(3, 2));
        Agree(huber, [2], [0]).Should().BeFalse();
    }

    internal static T OnTheDualSide<T>(LegendrePair<T> pair, T[] first, T[] second)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T> =>
        pair.Conjugate.Divergence(pair.ToNatural(second), pair.ToNatural(first));

    // The divergence multiplies one point's parameters with the other's means.
    internal static double CrossTerms(Family family, double[] first, double[] z, double[] second, double[] y) =>
        family.Allowed(first, y) + family.Allowed(second, z);

    private static bool Agree(LegendrePair<Rational> pair, Rational[] z, Rational[] y) =>
        pair.Divergence(z, y) == Dual.Run(pair, z, y);
}
