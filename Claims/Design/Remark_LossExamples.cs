using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// The two generators that appendix B lists below equation 23. ½⟨x, x⟩ gives half the squared distance; Σ x log₂ x on the simplex gives
/// the Kullback–Leibler divergence in bits. The cross-entropy of a label y and a prediction f is that divergence plus the entropy of y, but
/// with the label first, while equation 21 puts the prediction first.
/// </summary>
public sealed class Remark_LossExamples
{
    private static readonly UnderTest<Func<Rational[], Rational[], Rational>> SquareLoss = new(
        ExactPairs.Square.Divergence,
        ("square-loss-without-half", (z, y) => Dot(Minus(z, y), Minus(z, y))),
        ("square-loss-of-the-norms", (z, y) => (Dot(z, z) - Dot(y, y)) / 2));

    private static readonly UnderTest<Func<double[], double[], double>> KullbackLeibler = new(
        InBits.Divergence,
        ("kl-in-nats", (z, y) => InBits.Divergence(z, y) * Math.Log(2)),
        ("kl-arguments-swapped", (z, y) => InBits.Divergence(y, z)));

    /// <summary>The loss of equation 21 for a label y and a prediction f, in the order that makes it the cross-entropy.</summary>
    private static readonly UnderTest<Func<double[], double[], double>> CrossEntropyLoss = new(
        (label, prediction) => InBits.Divergence(label, prediction),
        ("cross-entropy-prediction-first", (label, prediction) => InBits.Divergence(prediction, label)),
        ("cross-entropy-in-nats", (label, prediction) => InBits.Divergence(label, prediction) * Math.Log(2)));

    // Σ x log₂ x as a function on the simplex; its gradient log₂ x + 1/ln 2 needs every share positive.
    private static LegendrePair<double> InBits => new(
        "Σ x log₂ x",
        x => x.Sum(XLogX),
        x => [.. x.Select(share => Math.Log2(share) + (1 / Math.Log(2)))],
        n => Math.Log2(n.Sum(double.Exp2)),
        n => [.. n.Select(value => double.Exp2(value) / n.Sum(double.Exp2))]);

    [Claim("design.bregman-examples")]
    public void RandomPoints_SquareLoss_IsHalfTheSquaredDistance() =>
        ExactInstances.Satisfy(
            "d of ½⟨x, x⟩ against ½ Σ (z_i − y_i)²",
            GeneratorAtPoints.Arbitrary,
            instance =>
            {
                var squaredDistance = Rational.Sum(instance.First.Zip(instance.Second, (z, y) => (z - y) * (z - y)));
                return SquareLoss.Run(instance.First, instance.Second) == squaredDistance / 2
                    && ExactPairs.Square.ToNatural(instance.First).SequenceEqual(instance.First);
            });

    /// <summary>z = (3, 0), y = (0, 4): ½·(9 + 16) = 25/2.</summary>
    [Claim("design.bregman-examples")]
    public void ThreeFour_ByHand_HasSquareLossTwelveAndAHalf() => SquareLoss.Run([3, 0], [0, 4]).Should().Be(new Rational(25, 2));

    /// <summary>The library's square loss is the mean over n outputs, without the ½: n/2 times it is the divergence.</summary>
    [Claim("design.bregman-examples")]
    public void ThreeFour_ByHand_HasTheLibrarysMeanSquareTwelveAndAHalf()
    {
        using var scope = NewDisposeScope();
        var loss = TrainingLosses.MeanSquares.Run(tensor([3.0, 0], [1, 1, 2]), tensor([0.0, 4], [1, 1, 2]));
        Rational.Of(Tensors.Number(loss)).Should().Be(SquareLoss.Run([3, 0], [0, 4]), "n/2 is 1");
    }

    [Claim("design.bregman-examples")]
    public void RandomDistributions_Divergence_IsKullbackLeiblerInBits() =>
        Instances.Satisfy(
            "|d(z, y) − Σ z log₂(z/y)| on the simplex",
            Distributions,
            pair => Bits(pair, KullbackLeibler.Run),
            BitsTolerance);

    /// <summary>z = (½, ¼, ⅛, ⅛), y = (⅛, ½, ¼, ⅛): ½·2 + ¼·(−1) + ⅛·(−1) + 0 = 5/8 bits; the other way round ½.</summary>
    [Claim("design.bregman-examples")]
    public void PowersOfTwo_ByHand_GiveFiveEighthsOfABit()
    {
        KullbackLeibler.Run(Halves, Shifted)
            .Should().BeApproximately(0.625, 16 * Rounding.Unit, "only 1/ln 2 is not exact, and its multiples cancel");
        Evidence.Record(new Measurement(
            "d(z, y) of (½, ¼, ⅛, ⅛) and (⅛, ½, ¼, ⅛)", KullbackLeibler.Run(Halves, Shifted), "5/8 bits by hand")
        {
            Dtype = "float64",
        });
    }

    /// <summary>
    /// Off the simplex the divergence has another term (Σ y − Σ z)/ln 2: z = (1, 1), y = (½, ½) gives 2·1 + (1 − 2)/ln 2 = 0.557, not 2.
    /// </summary>
    [Claim("design.bregman-examples", Role.Control)]
    public void PointsOffTheSimplex_ConstraintDropped_AreCaught()
    {
        Bits(new TwoLaws([1, 1], [0.5, 0.5]), InBits.Divergence)!.Value.Within.Should().BeFalse();
        InBits.Divergence([1, 1], [0.5, 0.5]).Should().BeApproximately(2 - (1 / Math.Log(2)), 1e-14);
    }

    [Claim("design.bregman-examples", Role.Control)]
    public void NaturalLogarithm_PrintedBaseDropped_IsCaught() =>
        Instances.Violate("Σ x ln x against bits", Distributions, pair => Bits(pair, (z, y) => InBits.Divergence(z, y) * Math.Log(2)));

    /// <summary>
    /// The loss d(f, y), prediction first as in equations 21 and 22. For a one-hot label (1, 0) and the prediction (½, ½) the cross-entropy
    /// is 1 bit and the loss infinite, because ∇Φ does not exist at the label. For the soft label y = (½, ¼, ⅛, ⅛), at f = (⅛, ½, ¼, ⅛) the
    /// cross-entropy is 19/8 and the loss ½; at f = y they are 7/4 and 0. So the difference, 15/8 and 7/4, is not a function of y.
    /// </summary>
    [Claim("design.bregman-examples.cross-entropy", Role.Counterexample)]
    public void PredictionFirst_IsNotTheCrossEntropy()
    {
        InBits.Divergence([0.5, 0.5], [1, 0]).Should().Be(double.PositiveInfinity);
        CrossEntropy([1, 0], [0.5, 0.5]).Should().Be(1);

        var tolerance = 16 * Rounding.Unit;
        (CrossEntropy(Halves, Shifted), CrossEntropy(Halves, Halves)).Should().Be((2.375, 1.75));
        InBits.Divergence(Shifted, Halves).Should().BeApproximately(0.5, tolerance);
        InBits.Divergence(Halves, Halves).Should().Be(0);
        Evidence.Record(new Measurement(
            "cross-entropy minus loss in bits, label (½, ¼, ⅛, ⅛), at f = (⅛, ½, ¼, ⅛) and f = y",
            1.875,
            "equal if the loss were the cross-entropy up to the label's entropy")
        {
            Series = [1.875, 1.75],
            Dtype = "float64",
        });
    }

    /// <summary>Label first: the cross-entropy −Σ y log₂ f is d(y, f) plus the entropy of y, which is 0 for a one-hot label.</summary>
    [Claim("design.bregman-examples.cross-entropy")]
    public void RandomDistributions_LabelFirst_IsTheCrossEntropyLessTheEntropy() =>
        Instances.Satisfy(
            "|d(y, f) + H(y) − cross-entropy| in bits",
            Distributions,
            pair => AgainstCrossEntropy(pair, CrossEntropyLoss.Run),
            BitsTolerance);

    /// <summary>The label (0, 1, 0) and the prediction (½, ¼, ¼): −log₂ ¼ = 2 bits.</summary>
    [Claim("design.bregman-examples.cross-entropy")]
    public void OneHotLabel_ByHand_CostsTwoBits() =>
        CrossEntropyLoss.Run([0, 1, 0], [0.5, 0.25, 0.25])
            .Should().BeApproximately(2, 16 * Rounding.Unit, "only 1/ln 2 is not exact, and its multiples cancel");

    /// <summary>The library's cross-entropy, in nats, of logits log f.</summary>
    [ClaimRows("design.bregman-examples.cross-entropy")]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    public void OneHotLabels_ByHand_CostTheLibraryAsManyBits(int label, double bits)
    {
        double[] prediction = [0.5, 0.25, 0.25];
        var loss = TrainingLosses.OfEveryLabel([.. prediction.Select(share => Math.Log(share))])[label] / Math.Log(2);
        double[] oneHot = [.. prediction.Select((_, index) => index == label ? 1.0 : 0)];
        loss.Should().BeApproximately(bits, 64 * Rounding.Unit);
        CrossEntropyLoss.Run(oneHot, prediction).Should().BeApproximately(loss, 64 * Rounding.Unit);
    }

    [Claim("design.bregman-examples.cross-entropy", Role.Control)]
    public void PredictionFirst_OnRandomDistributions_IsCaught() =>
        Instances.Violate(
            "d(f, y) + H(y)",
            Distributions,
            pair => AgainstCrossEntropy(pair, (label, prediction) => InBits.Divergence(prediction, label)));

    private const string BitsTolerance = "32γ_(d+4) Σ (z + y)(2 + |log₂ z| + |log₂ y|): each term is formed once";

    private static double[] Halves => [0.5, 0.25, 0.125, 0.125];

    private static double[] Shifted => [0.125, 0.5, 0.25, 0.125];

    // Two distributions on 1 to 6 classes; the second has no empty class, the first may be one-hot. Shares down to about 10⁻⁶.
    private static Arbitrary<TwoLaws> Distributions { get; } = Arb.From(
        from classes in Gen.Choose(1, 6)
        from first in Gen.ArrayOf(Gen.Frequency((1, Gen.Constant(0)), (4, Gen.Choose(1, 1_000_000)), (1, Gen.Constant(1))), classes)
        from second in Gen.ArrayOf(Gen.Frequency((4, Gen.Choose(1, 1_000_000)), (1, Gen.Constant(1))), classes)
        where first.Sum() > 0
        select new TwoLaws(Normalised(first), Normalised(second)));

    private static double[] Normalised(int[] counts) => [.. counts.Select(count => count / (double)counts.Sum())];

    private static double XLogX(double value) => value == 0 ? 0 : value * Math.Log2(value);

    private static double CrossEntropy(double[] label, double[] prediction) =>
        -label.Zip(prediction, (y, f) => y == 0 ? 0 : y * Math.Log2(f)).Sum();

    private static Deviation? Bits(TwoLaws pair, Func<double[], double[], double> divergence)
    {
        var direct = pair.First.Zip(pair.Second, (z, y) => z == 0 ? 0 : z * Math.Log2(z / y)).Sum();
        return pair.First.Contains(0) ? null : new Deviation(Math.Abs(divergence(pair.First, pair.Second) - direct), Allowed(pair));
    }

    private static Deviation? AgainstCrossEntropy(TwoLaws pair, Func<double[], double[], double> loss)
    {
        var (label, prediction) = pair;
        var entropy = -label.Sum(XLogX);
        return new Deviation(Math.Abs(loss(label, prediction) + entropy - CrossEntropy(label, prediction)), Allowed(pair));
    }

    private static double Allowed(TwoLaws pair) =>
        32 * Rounding.Gamma(pair.First.Length + 4) * pair.First.Zip(pair.Second, (z, y) =>
            (z + y) * (2 + (z == 0 ? 0 : Math.Abs(Math.Log2(z))) + Math.Abs(Math.Log2(y)))).Sum();

    private sealed record TwoLaws(double[] First, double[] Second)
    {
        public override string ToString() => $"{Text(First)} and {Text(Second)}";
    }
}
