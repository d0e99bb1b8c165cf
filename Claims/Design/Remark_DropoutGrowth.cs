using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5: dropout slows the growth of the weights into the dropped units. The mean step is q times the step without dropout if the
/// derivative of the loss does not depend on the mask. For the square loss it does, and the weights can end larger than without dropout.
/// </summary>
public sealed class Remark_DropoutGrowth
{
    /// <summary>The mean over all masks of a step of rate 1 on the weights into the units, for a loss with this derivative in f.</summary>
    private static readonly UnderTest<Func<Units, Func<Rational, Rational>, Rational[]>> MeanStep = new(
        (units, slope) => MeanOverMasks(units, slope, keep => keep),
        ("mean-step-without-dropout", (units, slope) => MeanOverMasks(units, slope, _ => 1)),
        ("mean-step-of-the-dropped", (units, slope) => MeanOverMasks(units, slope, keep => 1 - keep)));

    [Claim("design.dropout-growth")]
    public void RandomUnits_OneSlopeForAllMasks_StepByTheirShareOfTheStepWithoutDropout() =>
        ExactInstances.Satisfy(
            "mean step of every unit against q times the step without dropout; loss −3f",
            Units.Arbitrary,
            units => MeanStep.Run(units, _ => -3).SequenceEqual(
                units.Keep.Zip(Step(units, _ => -3, EveryUnit(units)), (keep, step) => keep * step)));

    /// <summary>One unit, f = 2·ReLU(3), loss 5f: a step of −10, and with q = ⅓ of −10/3 on average.</summary>
    [Claim("design.dropout-growth")]
    public void OneUnit_ByHand_StepsByAThird() =>
        MeanStep.Run(new Units([3], [2], [new Rational(1, 3)]), _ => 5).Should().Equal(new Rational(-10, 3));

    /// <summary>
    /// f = w_1 + w_2, target 1, q = ½. At (½, ½) the step without dropout is 0. With dropout f is 1, ½, ½ or 0; where one unit is left it
    /// steps by ½, so the mean is ⅛. At (⅔, ⅔) the steps are −⅓ with both units and ⅓ with one, and the mean is 0. There ∏σ_l² =
    /// (4/9 + 4/9)·2 = 16/9, and at (½, ½) it is 1.
    /// </summary>
    [Claim("design.dropout-growth", Role.Counterexample)]
    public void TwoUnits_SquareLoss_EndWithLargerWeights()
    {
        Units At(Rational weight) => new([weight, weight], [1, 1], [new(1, 2), new(1, 2)]);
        Rational Slope(Rational output) => output - 1;
        var (without, with) = (new Rational(1, 2), new Rational(2, 3));
        Step(At(without), Slope, [true, true]).Should().Equal(0, 0);
        MeanStep.Run(At(without), Slope).Should().Equal(new Rational(1, 8), new Rational(1, 8));
        MeanStep.Run(At(with), Slope).Should().Equal(0, 0);
        (2 * 2 * with * with).Should().Be(new Rational(16, 9));
        Evidence.Record(new Measurement("weights at rest with dropout, f = w_1 + w_2, q = ½", with.ToDouble(), "½ without dropout")
        {
            Paper = "slows the growth of the weight parameters",
            Dtype = Fractions.Arithmetic,
        });
    }

    [Claim("design.dropout-growth", Role.Control)]
    public void SquareLoss_OneSlopeDropped_IsCaught() =>
        ExactInstances.Violate(
            "the mean step is no larger than without dropout, square loss with target 1",
            Units.Arbitrary,
            units => IsNoLarger(MeanOverMasks(units, f => f - 1, keep => keep), Step(units, f => f - 1, EveryUnit(units))));

    /// <summary>Outputs divided by q: the mean step is as large as without dropout, −10.</summary>
    [Claim("design.dropout-growth", Role.Control)]
    public void OutputsDividedByTheShare_AreNotSlowed()
    {
        var third = new Rational(1, 3);
        MeanOverMasks(new Units([3], [2 / third], [third]), _ => 5, keep => keep).Should().Equal((Rational)(-10));
    }

    private static bool IsNoLarger(Rational[] left, Rational[] right) =>
        left.Zip(right).All(pair => Rational.Abs(pair.First) <= Rational.Abs(pair.Second));

    private static bool[] EveryUnit(Units units) => [.. units.Keep.Select(_ => true)];

    // −∂L/∂w for every weight w into a unit, f = Σ v·ReLU(w) over the units that are kept.
    private static Rational[] Step(Units units, Func<Rational, Rational> slope, bool[] kept)
    {
        var output = Rational.Sum(kept.Select((keep, unit) => keep ? units.Out[unit] * Rational.Max(0, units.In[unit]) : 0));
        return [.. kept.Select((keep, unit) => keep && units.In[unit] > 0 ? -slope(output) * units.Out[unit] : 0)];
    }

    private static Rational[] MeanOverMasks(Units units, Func<Rational, Rational> slope, Func<Rational, Rational> probability)
    {
        var mean = new Rational[units.Keep.Length];
        for (var mask = 0; mask < 1 << mean.Length; mask++)
        {
            bool[] kept = [.. mean.Select((_, unit) => (mask >> unit & 1) == 1)];
            var weight = Fractions.Product(units.Keep.Select((keep, unit) => kept[unit] ? probability(keep) : 1 - probability(keep)));
            mean = Arrays.Add(mean, Arrays.Times(weight, Step(units, slope, kept)));
        }

        return mean;
    }

    /// <summary>Hidden units of one input 1: weights in and out, and the probabilities of being kept.</summary>
    private sealed record Units(Rational[] In, Rational[] Out, Rational[] Keep)
    {
        internal static Arbitrary<Units> Arbitrary { get; } = Arb.From(
            from count in Gen.Choose(1, 5)
            from weights in Gen.ArrayOf(Gen.Choose(-3, 6), count)
            from slopes in Gen.ArrayOf(Gen.Choose(-3, 3), count)
            from tenths in Gen.ArrayOf(Gen.Choose(1, 9), count)
            select new Units(Fractions.Of(weights), Fractions.Of(slopes), [.. tenths.Select(tenth => new Rational(tenth, 10))]));

        public override string ToString() => $"weights in {Text(In)}, out {Text(Out)}, kept with {Text(Keep)}";
    }
}
