using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.SmoothnessMeasures;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// The four measures of the simplest functions: none is negative, constants and affine functions are perfectly smooth (chapter 3), and the
/// first-order measures do not see a tooth (section 3.1.2).
/// </summary>
public sealed class Remark_SmoothnessValues
{
    private const int Points = 9;

    /// <summary>
    /// [x]₊ − [−x]₊ − [x + 1]₊ + [−x − 1]₊ + 1 = x − (x + 1) + 1 = 0: the zero function, with two units that switch at 0.
    /// </summary>
    private static readonly OneInputNetwork Zero =
        OneInputNetwork.Of((1, 0, 1), (-1, 0, -1), (1, 1, -1), (-1, -1, 1)) with { Shift = 1 };

    [Claim("smoothness.measures-sane")]
    public void RandomNetworks_NoMeasureIsNegative() =>
        Instances.Satisfy("the least of GN, PL0, PL1, WP, with its sign turned", TwoLayersOnSegment.Arbitrary, instance =>
        {
            double[] values =
            [
                GradientNormAt(instance.Network, instance.Start),
                FunctionLength(instance, Points),
                GradientLength(instance, Points),
                .. SummandsOf(instance.Network),
            ];
            return new Deviation(values.Max(value => -value), 0);
        }, "none");

    /// <summary>
    /// Off the kinks ‖∇f‖ vanishes exactly where ∇f does, so its mean vanishes exactly when ∇f = 0 almost everywhere under P_X.
    /// </summary>
    [Claim("smoothness.measures-sane")]
    public void RandomNetworks_GradientNorm_VanishesExactlyWhereTheGradientDoes() =>
        Instances.Satisfy("GN at a point off the kinks is 0 ⇔ ∇f = 0 there", TwoLayersOnSegment.Arbitrary, instance =>
        {
            var exact = instance.Network.Exact();
            Rational[] point = Arrays.Exact(instance.Start);
            return exact.Evaluate(point).Preactivations[0].Any(value => value == 0)
                ? null
                : Deviation.Exact(
                    (GradientNormAt(instance.Network, instance.Start) == 0)
                    == exact.DerivativesAlongAxes(point).Cast<Rational>().All(entry => entry == 0));
        }, "none: whole numbers are exact", dtype: "exact (integers)");

    /// <summary>
    /// Constants and affine functions, of units that are on all along the segment or cancel: PL1 = 0 for both, GN = PL0 = 0 for constants.
    /// </summary>
    [Claim("smoothness.measures-sane")]
    public void ConstantsAndAffineFunctions_ByHand()
    {
        var constant = TwoLayers(new double[,] { { 1, 2 }, { 1, 2 } }, [3, 3], [5, -5], shift: 7);
        var affine = TwoLayers(new double[,] { { 1, -1 }, { 3, 0 } }, [100, -100], [1, 4]);
        TwoLayersOnSegment On(SmallNetwork network) => new(network, [-4, 1], [4, 3]);
        (GradientNormAt(constant, [2, 1]), FunctionLength(On(constant), Points), GradientLength(On(constant), Points))
            .Should().Be((0.0, 0.0, 0.0));
        GradientLength(On(affine), Points).Should().Be(0);
        GradientNormAt(affine, [2, 1]).Should().BeApproximately(Math.Sqrt(2), 8 * Rounding.Unit, "‖(1, −1)‖");
        FunctionLength(On(affine), Points).Should().Be(6, "|8 − 2|");
    }

    /// <summary>
    /// The zero function, written with kinks at 0. With ReLU′(0) = 1, the thesis's postulate, the formula gives the gradient
    /// 1 + 1 − 1 − 0 = 1 at 0, so GN = 1 if P_X is concentrated at 0, although the gradient is zero everywhere.
    /// </summary>
    [Claim("smoothness.measures-sane", Role.Counterexample)]
    public void ZeroFunction_WithMassOnAKink_HasGradientNormOne()
    {
        Enumerable.Range(-8, 17).Select(i => Zero.At(new Rational(i, 4))).Should().OnlyContain(value => value == 0);
        var instance = new TwoLayersOnSegment(Zero.ToSmallNetwork(), [0], [0]);
        var asPostulated = instance.Gradient(0, atZero: 1)[0];
        asPostulated.Should().Be((Rational)1);
        var byAutograd = GradientNormAt(instance.Network, [0]);
        byAutograd.Should().Be(1, "ReLU′(0) = 0 gives 0 + 0 − 1 − 0");
        Evidence.Record(new Measurement(
            "GN of the zero function with P_X concentrated on a kink",
            asPostulated.ToDouble(),
            "0 as printed: its gradient is zero almost everywhere")
            { Series = [asPostulated.ToDouble(), byAutograd], Dtype = "exact (integers)" });
    }

    /// <summary>
    /// [wx + b]₊ − [−wx − b]₊ = wx + b for each unit: an affine function, whose true slope does not vary. Where no two units share a knot,
    /// the formula has variation 0 over all knots exactly for the affine functions.
    /// </summary>
    [Claim("smoothness.measures-sane")]
    public void RandomAffineFunctions_DerivativeDoesNotVary() =>
        ExactInstances.Satisfy("TV of affine f's slope is 0, and by eq. 3.16 if no knot is shared", NetworkOnInterval.Arbitrary, instance =>
        {
            var affine = new OneInputNetwork(
                [.. instance.Network.Units.SelectMany(unit => new[] { unit, new Unit(-unit.Inner, -unit.Bias, -unit.Outer) })],
                instance.Network.Shift);
            var (from, to) = (instance.Network.Knots.Append(instance.From).Min() - 1, instance.Network.Knots.Append(instance.To).Max() + 1);
            var bySlope = instance.Network.On(from, to).DerivativeVariation;
            var byFormula = Eq315_KinkConvention.Variation(instance.Network, from, to, 1);
            return affine.On(from, to).DerivativeVariation == 0
                && (!Eq315_KinkConvention.HasDistinctKnots(instance.Network) || (bySlope == 0) == (byFormula == 0));
        });

    /// <summary>
    /// x = [x]₊ − [−x]₊ on [−4, 4], at nine points, 0 among them. The library's gradient there is 0 − 0 (ReLU′(0) = 0), with ReLU′(0) = 1
    /// it is 2; before and after it is 1, so in both cases it varies by 2. Every segment across 0 contains the kink, although a uniform P_X
    /// gives it no mass.
    /// </summary>
    [Claim("smoothness.measures-sane", Role.Counterexample)]
    public void Identity_OverItsKink_VariesByTwo()
    {
        var identity = OneInputNetwork.Of((1, 0, 1), (-1, 0, -1));
        var sampled = GradientLength(new TwoLayersOnSegment(identity.ToSmallNetwork(), [-4], [4]), Points);
        sampled.Should().Be(2);
        Eq315_KinkConvention.Variation(identity, -4, 4, 1).Should().Be((Rational)2);
        Eq315_KinkConvention.Variation(identity, -4, 4, 0).Should().Be((Rational)2);
        identity.On(-4, 4).DerivativeVariation.Should().Be((Rational)0, "the true gradient is 1 everywhere");
        Evidence.Record(new Measurement("variation of the gradient of x = [x]₊ − [−x]₊ over 0, by the formula", sampled, "0: x is affine")
            { Dtype = "exact (integers)" });
    }

    /// <summary>“Almost everywhere” is under P_X: [x]₊ has GN = 0 if P_X is concentrated at −1, and gradient 1 on half the line.</summary>
    [Claim("smoothness.measures-sane", Role.Control)]
    public void MassOnOnePoint_MeasureOfPointsDropped_HidesTheGradient()
    {
        var network = TwoLayers(new double[,] { { 1 } }, [0], [1]);
        (GradientNormAt(network, [-1]), GradientNormAt(network, [1])).Should().Be((0.0, 1.0));
    }

    /// <summary>The zero function [x]₊ − [x]₊ has WP = 2; the zero function 0·[x]₊ has WP = 0.</summary>
    [Claim("smoothness.measures-sane.wp", Role.Counterexample)]
    public void ZeroFunction_WrittenTwice_HasTwoWeightsProducts()
    {
        var twice = TwoLayers(new double[,] { { 1 }, { 1 } }, [0, 0], [1, -1]);
        twice.Evaluate([3]).Output.Should().Equal(0.0);
        var value = WeightsProductOf(twice);
        value.Should().Be(2);
        WeightsProductOf(TwoLayers(new double[,] { { 1 } }, [0], [0])).Should().Be(0);
        Evidence.Record(new Measurement("WP of [x]₊ − [x]₊ = 0", value, "0, if WP were a function of f that is 0 for constants")
            { Dtype = "exact (integers)" });
    }

    [Claim("smoothness.measures-sane.wp")]
    public void RandomNetworks_WithoutWeightsProduct_AreConstant() =>
        Instances.Satisfy("WP = 0 ⇒ f(a) = f(b)", TwoLayersOnSegment.Arbitrary, instance =>
        {
            // In most instances the outer weights of units with inner weights are cleared, or WP would hardly ever be 0.
            var kept = (int)Math.Abs(instance.Network.Biases[1][0]) == 3;
            var units = instance.Network.Biases[0].Length;
            bool HasInner(int unit) => instance.Inner(unit).Any(weight => weight != 0);
            var outer = Arrays.Build(1, units, (_, unit) => kept || !HasInner(unit) ? instance.Network.Weights[1][0, unit] : 0);
            var network = instance.Network with { Weights = [instance.Network.Weights[0], outer] };
            var isZero = WeightsProductOf(network) == 0;
            return Deviation.Exact(isZero == Enumerable.Range(0, units).All(unit => outer[0, unit] == 0 || !HasInner(unit))
                && (!isZero || network.Evaluate(instance.Start).Output[0] == network.Evaluate(instance.End).Output[0]));
        }, "none: whole numbers are exact", dtype: "exact (integers)");

    /// <summary>x = [x]₊ − [−x]₊ is affine and not constant: WP = 2, and no parametrisation has WP = 0.</summary>
    [Claim("smoothness.measures-sane.wp")]
    public void Identity_ByHand_HasTwo() =>
        WeightsProductOf(TwoLayers(new double[,] { { 1 }, { -1 } }, [0, 0], [1, -1])).Should().Be(2);

    /// <summary>With WP above 0 nothing follows: x is not constant.</summary>
    [Claim("smoothness.measures-sane.wp", Role.Control)]
    public void RandomNetworks_WithWeightsProduct_NeedNotBeConstant() =>
        Instances.Violate(
            "f(a) = f(b) without WP = 0",
            TwoLayersOnSegment.Arbitrary,
            instance =>
                Deviation.Exact(instance.Network.Evaluate(instance.Start).Output[0] == instance.Network.Evaluate(instance.End).Output[0]),
            dtype: "exact (integers)");

    /// <summary>
    /// x and max(0, 2x − 10) on [0, 10]: both rise by 10 and have mean slope 1 over evenly spaced points; the slope of the second jumps
    /// from 0 to 2. The line is written [x + 1]₊ − 1, so that no kink lies on an end of the segment.
    /// </summary>
    [Claim("smoothness.pl0-blind")]
    public void LineAndTooth_FirstOrderMeasuresAgree_SecondOrderTellThemApart()
    {
        var (line, tooth) = (Curve(1, 1), Curve(2, -10));
        double[] lengths = [FunctionLength(line, 101), FunctionLength(tooth, 101)];
        double[] norms = [MeanGradientNorm(line.Network, 10), MeanGradientNorm(tooth.Network, 10)];
        double[] second = [GradientLength(line, 101), GradientLength(tooth, 101)];
        lengths.Should().AllSatisfy(length => length.Should().BeApproximately(10, 1e-12, "a sum of 100 steps of at most 0.2 rounds"));
        norms.Should().Equal(1, 1);
        second.Should().Equal(0, 2);
        Evidence.Record(new Measurement("TV, GN and TV of f′ of x and of max(0, 2x − 10) on [0, 10]", second[1], "10 = 10; 1 = 1; 0 and 2")
            { Series = [.. lengths, .. norms, .. second], Dtype = "float64" });
    }

    /// <summary>PL0 over random segments agrees, too: 10/3 for both, because the tooth starts in the middle.</summary>
    [Claim("smoothness.pl0-blind")]
    public void LineAndTooth_OverRandomSegments_AgreeToo()
    {
        UniformSegments.OfFunction.Run(Network(1, 1).On(0, 10)).Should().Be(new Rational(10, 3));
        UniformSegments.OfFunction.Run(Network(2, -10).On(0, 10)).Should().Be(new Rational(10, 3));
    }

    /// <summary>With P_X on [0, 5] alone the gradient norms are 1 and 0.</summary>
    [Claim("smoothness.pl0-blind", Role.Control)]
    public void PointsOfTheFirstHalf_UniformDropped_GradientNormsDiffer() =>
        (MeanGradientNorm(Curve(1, 1).Network, 5), MeanGradientNorm(Curve(2, -10).Network, 5)).Should().Be((1.0, 0.0));

    /// <summary>
    /// max(0, 5x − 40) has the same ends and variation, yet PL0 = 26/15: over random segments the position of the tooth matters.
    /// </summary>
    [Claim("smoothness.pl0-blind", Role.Control)]
    public void ToothNearTheEnd_MiddleDropped_RandomSegmentsDiffer()
    {
        var late = Network(5, -40).On(0, 10);
        late.Variation.Should().Be((Rational)10);
        UniformSegments.OfFunction.Run(late).Should().Be(new Rational(26, 15));
    }

    private static OneInputNetwork Network(long slope, long bias) => OneInputNetwork.Of((slope, bias, 1));

    private static TwoLayersOnSegment Curve(double slope, double bias) =>
        new(TwoLayers(new double[,] { { slope } }, [bias], [1], shift: -Math.Max(0, bias)), [0], [10]);

    // Over the midpoints of 100 equal parts of [0, to].
    private static double MeanGradientNorm(SmallNetwork network, double to)
    {
        using var scope = NewDisposeScope();
        var points = tensor([.. Enumerable.Range(0, 100).Select(i => (i + 0.5) * to / 100)], [100, 1]);
        return GradientNorms.Run(network.ToEnsemble(), points).sum(-1).item<double>() / 100;
    }
}
