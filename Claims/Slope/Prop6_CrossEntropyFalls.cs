using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Proposition 6: at a point that is classified correctly the cross-entropy falls when f is replaced by cf, c &gt; 1. With the
/// margins m_j = f_i − f_j of the right class i the loss is log(1 + Σ exp(−m_j)), so it falls strictly as soon as every margin
/// is positive and there is another class. That form is evaluated directly, because log Σ exp rounds small losses to zero.
/// </summary>
public sealed class Prop6_CrossEntropyFalls
{
    private static readonly double[] Factors = [1.01, 1.5, 2, 10];

    /// <summary>
    /// 1/softmax_label for logits that are the given integers times log 2, at c times them: Σ_j 2^(c(f_j − f_label)), an exact fraction. It
    /// falls exactly when the loss, its logarithm, does.
    /// </summary>
    internal static readonly UnderTest<Func<int[], int, int, Rational>> Odds = new(
        (logits, label, c) => Rational.Sum(logits.Select(logit => PowerOfTwo(c * (logit - logits[label])))),
        ("odds-with-margins-negated", (logits, label, c) => Rational.Sum(logits.Select(logit => PowerOfTwo(c * (logits[label] - logit))))),
        ("odds-without-scaling-the-label", (logits, label, c) =>
            Rational.Sum(logits.Select(logit => PowerOfTwo((c * logit) - logits[label])))),
        ("odds-of-the-last-class", (logits, _, c) => Rational.Sum(logits.Select(logit => PowerOfTwo(c * (logit - logits[^1]))))));

    /// <summary>Up to six integer logits, from −8 to 8, and a factor from 2 to 5.</summary>
    internal static readonly Arbitrary<(int[] Logits, int Factor)> IntegerLogits = Arb.From(
        from classes in Gen.Choose(2, 6)
        from logits in Gen.ArrayOf(Gen.Choose(-8, 8), classes)
        from factor in Gen.Choose(2, 5)
        select (logits, factor));

    /// <summary>With integers times log 2 as logits both losses are logarithms of fractions, which are compared without rounding.</summary>
    [Claim("slope.prop-6")]
    public void IntegerLogits_RightClass_OddsFall() =>
        Instances.Satisfy(
            "Σ_j 2^(c(f_j − f_i)) against Σ_j 2^(f_j − f_i)",
            IntegerLogits,
            drawn =>
            {
                var label = Array.IndexOf(drawn.Logits, drawn.Logits.Max());
                return drawn.Logits.Count(logit => logit == drawn.Logits[label]) > 1
                    ? null
                    : Deviation.Exact(Odds.Run(drawn.Logits, label, drawn.Factor) < Odds.Run(drawn.Logits, label, 1));
            },
            "none: exact",
            dtype: "exact (rationals)");

    [Claim("slope.prop-6")]
    public void RandomNetworks_RightClass_LossFallsStrictly() =>
        Instances.Satisfy(
            "loss at cf over loss at f, c = 1.01, 1.5, 2, 10",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                var logits = instance.Network.Evaluate(instance.Point).Output;
                var label = Array.IndexOf(logits, logits.Max());
                var margins = Margins(logits, label);

                // Below 1e-3 the fall drowns in rounding; beyond 60 the loss at 10f underflows.
                return margins.Length > 0 && margins.Min() is > 1e-3 and < 60 ? Ratio(logits, label) : null;
            },
            "below 1 − 1e-9: with at most 6 classes and margins above 0.001 the factor 1.01 lowers the loss by more than 1e-6 of itself",
            count: 600);

    [Claim("slope.prop-6")]
    public void RandomNetworks_LibraryLoss_IsTheMarginForm() =>
        Instances.Satisfy(
            "|cross-entropy − log(1 + Σ exp(−m_j))|",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                var logits = instance.Network.Evaluate(instance.Point).Output;
                var loss = TrainingLosses.OfEveryLabel(logits)[0];
                return new Deviation(Math.Abs(loss - Loss(logits, 0)), 8 * Rounding.Gamma(logits.Length + 2) * (1 + logits.Max(Math.Abs)));
            },
            "8γ_k(1 + max |f_j|): log Σ exp subtracts the largest logit");

    /// <summary>Logits (1, 0), label 0: log(1 + e⁻¹) = 0.313… falls to log(1 + e⁻²) = 0.126… at c = 2.</summary>
    [Claim("slope.prop-6")]
    public void TwoClasses_ByHand_FallFromLogOnePlusInverseE()
    {
        // To 20 digits log(1 + e⁻¹) = 0.31326168751822283405 and log(1 + e⁻²) = 0.12692801104297249644; exp and log1p round twice.
        Loss([1, 0], 0).Should().BeApproximately(0.31326168751822283, 4 * Rounding.Unit * 0.32);
        Loss([2, 0], 0).Should().BeApproximately(0.12692801104297250, 4 * Rounding.Unit * 0.13);
    }

    /// <summary>A tie for the first place with a class below: (1, 1, 0) still falls, towards log 2.</summary>
    [Claim("slope.prop-6")]
    public void TieWithAThirdClassBelow_ByHand_FallsTowardsLogTwo()
    {
        var losses = new[] { 1.0, 2, 10, 30 }.Select(c => Loss([c, c, 0], 0)).ToArray();
        losses.Should().BeInDescendingOrder();
        losses[^1].Should().BeApproximately(Math.Log(2), 1e-12);
    }

    /// <summary>Logits (0, 0) under an argmax that breaks ties in favour of the label: the loss stays log 2 for every c.</summary>
    [Claim("slope.prop-6", Role.Control)]
    public void TieOfAllClasses_StrictnessDropped_DoesNotFall()
    {
        Ratio([0, 0], 0).Within.Should().BeFalse();
        Loss([0, 0], 0).Should().Be(Math.Log(2));
    }

    /// <summary>With a single class the loss is 0 and cannot fall.</summary>
    [Claim("slope.prop-6", Role.Control)]
    public void SingleClass_SecondClassDropped_DoesNotFall()
    {
        Loss([3], 0).Should().Be(0);
        Loss([6], 0).Should().Be(0, "it does not fall");
    }

    /// <summary>
    /// A wrong class: (0, 1) with label 0 rises at once; (0, 1, −1 twenty times) with label 0 falls at first, from log 11.08 at
    /// c = 1 to log 10.66 at c = 1.1, and rises in the end. So the hypothesis is sufficient and needed, and not an equivalence.
    /// </summary>
    [Claim("slope.prop-6", Role.Control)]
    public void WrongClass_HypothesisDropped_MayRiseOrFall()
    {
        Ratio([0, 1], 0).Within.Should().BeFalse();
        double[] many = [0, 1, .. Enumerable.Repeat(-1.0, 20)];
        double[] losses = [.. new[] { 1, 1.1, 10 }.Select(c => Loss(Times(many, c), 0))];
        losses[1].Should().BeLessThan(losses[0]);
        losses[2].Should().BeGreaterThan(losses[0]);
        Evidence.Record(new Measurement(
            "loss of a wrong class at c = 1, 1.1, 10 with logits (0, 1, −1 × 20)", losses[1], "falls, then rises")
        {
            Series = losses,
            Dtype = "float64",
        });
    }

    [Claim("slope.prop-6", Role.Control)]
    public void AnyClass_HypothesisDropped_IsCaught() =>
        Instances.Violate(
            "the odds of the first class, right or not",
            IntegerLogits,
            drawn => Deviation.Exact(Odds.Run(drawn.Logits, 0, drawn.Factor) < Odds.Run(drawn.Logits, 0, 1)),
            dtype: "exact (rationals)");

    /// <summary>
    /// Logits (0, 1, −2)·log 2 with label 0: the differences sum to −1, and to −2 at c = 2, so the proof's sum inequality holds. The
    /// odds are 1 + 2 + ¼ = 13/4, and 1 + 4 + 1/16 = 81/16 at c = 2: the loss rises. (The point is classified wrongly, as it has to be.)
    /// </summary>
    [Claim("slope.prop-6.proof", Role.Counterexample)]
    public void SumOfDifferences_FallsWhereTheLossRises()
    {
        int[] logits = [0, 1, -2];
        (2 * logits.Sum()).Should().BeLessThan(logits.Sum());
        Odds.Run(logits, 0, 1).Should().Be(new Rational(13, 4));
        Odds.Run(logits, 0, 2).Should().Be(new Rational(81, 16));
        Evidence.Record(new Measurement(
            "1/softmax of label 0 at c = 1 and 2 with logits (0, 1, −2)·log 2",
            81.0 / 16,
            "below 13/4 if the sum inequality were equivalent")
        {
            Series = [13.0 / 4, 81.0 / 16],
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>
    /// Repaired: exponentials first, sums after. Every term 2^(c(f_j − f_i)) of another class is below 2^(f_j − f_i) where f_j &lt; f_i.
    /// </summary>
    [Claim("slope.prop-6.proof", Role.Repair)]
    public void IntegerLogits_RightClass_EveryTermFalls() =>
        Instances.Satisfy(
            "2^(c(f_j − f_i)) against 2^(f_j − f_i) for each j, and their sums",
            IntegerLogits,
            drawn =>
            {
                var label = Array.IndexOf(drawn.Logits, drawn.Logits.Max());
                var others = drawn.Logits.Where((_, index) => index != label).ToArray();
                bool Falls(int[] some, int own) => Odds.Run(some, own, drawn.Factor) < Odds.Run(some, own, 1);
                return others.Contains(drawn.Logits[label])
                    ? null
                    : Deviation.Exact(others.All(other => Falls([drawn.Logits[label], other], 0)) && Falls(drawn.Logits, label));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>The same with the library's loss: that of each pair of classes falls, and that of all.</summary>
    [Claim("slope.prop-6.proof", Role.Repair)]
    public void IntegerLogits_RightClass_EveryTermOfTheLibrarysLossFalls() =>
        ExactInstances.Satisfy(
            "the cross-entropy at c against c = 1, of the right class with each other one, and of all classes",
            IntegerLogits,
            drawn =>
            {
                var largest = drawn.Logits.Max();
                var others = drawn.Logits.Where(logit => logit < largest).ToArray();
                double LossAt(int c, IEnumerable<int> against) =>
                    TrainingLosses.OfEveryLabel([.. against.Prepend(largest).Select(logit => c * logit * Math.Log(2))])[0];
                bool Falls(params int[] against) => LossAt(drawn.Factor, against) < LossAt(1, against);
                return others.Length < drawn.Logits.Length - 1 ? null : others.All(other => Falls(other)) && Falls(others);
            });

    /// <summary>One direction does follow, by convexity: where the loss falls, the differences sum to less than 0.</summary>
    [Claim("slope.prop-6.proof", Role.Repair)]
    public void IntegerLogits_WhereTheOddsFall_DifferencesSumToLessThanZero() =>
        Instances.Satisfy(
            "Σ(f_j − f_i) < 0 wherever the odds of any class fall",
            IntegerLogits,
            drawn => ForEveryClass(drawn, (fall, sum) => !fall || sum < 0),
            "none: exact",
            dtype: "exact (rationals)");

    [Claim("slope.prop-6.proof", Role.Control)]
    public void Equivalence_IsCaught() =>
        Instances.Violate(
            "the odds of any class fall wherever Σ(f_j − f_i) < 0",
            IntegerLogits,
            drawn => ForEveryClass(drawn, (fall, sum) => sum >= 0 || fall),
            dtype: "exact (rationals)");

    private static Rational PowerOfTwo(int exponent) =>
        exponent >= 0 ? System.Numerics.BigInteger.One << exponent : new Rational(1, System.Numerics.BigInteger.One << -exponent);

    private static Deviation Ratio(double[] logits, int label) =>
        new(Factors.Max(c => Loss(Times(logits, c), label) / Loss(logits, label)), 1 - 1e-9);

    // The odds fall, and the differences' sum, of every class.
    private static Deviation ForEveryClass((int[] Logits, int Factor) drawn, Func<bool, int, bool> holds) =>
        Deviation.Exact(Enumerable.Range(0, drawn.Logits.Length).All(label => holds(
            Odds.Run(drawn.Logits, label, drawn.Factor) < Odds.Run(drawn.Logits, label, 1),
            drawn.Logits.Sum(other => other - drawn.Logits[label]))));

    private static double[] Margins(double[] logits, int label) =>
        [.. logits.Where((_, index) => index != label).Select(other => logits[label] - other)];

    // log(1 + s) with s = Σ exp(−m_j); MathNet has no log1p, and log(1 + s) alone loses small s.
    private static double Loss(double[] logits, int label)
    {
        var margins = Margins(logits, label);
        var largest = Math.Max(0, margins.Select(margin => -margin).DefaultIfEmpty(0).Max());
        var rest = margins.Sum(margin => Math.Exp(-margin - largest)) + (Math.Exp(-largest) - 1);
        return largest > 0 ? largest + Math.Log(1 + rest) : MathNet.Numerics.SpecialFunctions.Log1p(rest);
    }

    private static double[] Times(double[] logits, double factor) => [.. logits.Select(value => factor * value)];
}
