using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.ExactLine;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Appendix A, last but one paragraph: outputs that nearly agree at both ends of a segment cannot "oscillate at will" between. How far they
/// can go follows from the steepest piece, K = max ‖W′‖ times the way from either end. The class can change all the same.
/// </summary>
public sealed class Remark_EqualEnds
{
    // What ‖y − y_1‖ is at most at a share t of the segment, from K times its length and ‖y_2 − y_1‖.
    private static readonly UnderTest<Func<Rational, Rational, Rational, Rational>> Bound = new(
        (reach, apart, t) => Least(t * reach, ((1 - t) * reach) + apart),
        ("excursion-between-ends-taken-as-equal", (reach, _, t) => Least(t, 1 - t) * reach),
        ("excursion-from-the-far-end-only", (reach, apart, t) => ((1 - t) * reach) + apart),
        ("excursion-at-half-the-slope", (reach, apart, t) => Least(t * reach, ((1 - t) * reach) + apart) / 2));

    /// <summary>(1, 4·ReLU(x) − 8·ReLU(x − 1/2)): K = 4, and the outputs are (1, 0) at both ends of [0, 1].</summary>
    private static SmallNetwork UpAndDown { get; } =
        new([new double[,] { { 1 }, { 1 } }, new double[,] { { 0, 0 }, { 4, -8 } }], [[0, -0.5], [1, 0]]);

    /// <summary>u = 1/2 − ReLU(x) + 2·ReLU(x − 1/2), outputs (u, −u): K = 1, and a margin of 1 at both ends of [0, 1].</summary>
    private static SmallNetwork DownAndUp { get; } =
        new([new double[,] { { 1 }, { 1 } }, new double[,] { { -1, 2 }, { 1, -2 } }], [[0, -0.5], [0.5, -0.5]]);

    /// <summary>At all kinks of the segment, between which ‖y − y_1‖ is convex, and halfway between two.</summary>
    [Claim("intervals.equal-ends")]
    public void RandomNetworks_BetweenTwoEnds_StayWithinTheBound() =>
        Instances.Satisfy(
            "‖y − y_1‖ ≤ min(tKD, (1 − t)KD + δ) ≤ (KD + δ)/2 along a segment",
            NetworkOnLine.Arbitrary,
            instance => Excursion(instance, (reach, apart, t) =>
            {
                var bound = Bound.Run(reach, apart, t);
                return (bound, bound <= (reach + apart) / 2);
            }),
            Fractions.Exactly,
            dtype: "exact (rationals; slopes are binary fractions)");

    /// <summary>(1, 4·ReLU(x) − 8·ReLU(x − 1/2)) on [0, 1]: KD = 4, δ = 0, and the second output attains 1, 2 and 1.</summary>
    [ClaimRows("intervals.equal-ends")]
    [InlineData(0.25, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.75, 1)]
    public void UpAndDown_ByHand_AttainsTheBound(double t, int excursion)
    {
        var outputs = UpAndDown.Exact().Evaluate([Rational.Of(t)]).Output;
        outputs.Should().Equal(1, excursion);
        Bound.Run(Reach(UpAndDown, [0], [1]), 0, Rational.Of(t)).Should().Be((Rational)excursion);
    }

    /// <summary>Ends of one class with margins κ_1 and κ_2, KD below their mean: the class is kept between them.</summary>
    [Claim("intervals.equal-ends")]
    public void RandomNetworks_WithWideMarginsAtBothEnds_KeepTheClass() =>
        Instances.Satisfy(
            "another class between ends of one class with KD < (κ_1 + κ_2)/2",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, start, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
                var (outputs, reach) = (network.Evaluate(start).Output, Reach(instance.Network, instance.Point, instance.Direction));
                if (outputs.Length == 1 || reach == 0)
                {
                    return null;
                }

                var length = Least(1, Margin(outputs) * new Rational(3, 4) / reach);
                var end = network.Evaluate(Fractions.Along(start, direction, length)).Output;
                return length > 0 && Largest(end) == Largest(outputs) && length * reach < (Margin(outputs) + Margin(end)) / 2
                    ? Deviation.Exact(Ray(network, start, direction, length) == length)
                    : null;
            },
            Fractions.Exactly,
            count: 300,
            dtype: "exact (rationals; slopes are binary fractions)");

    /// <summary>u = 1/2 at both ends of [0, 1] and 0 halfway: KD = 1 = (1 + 1)/2, and the outputs tie. The sign must be strict.</summary>
    [Claim("intervals.equal-ends")]
    public void DownAndUp_ByHand_TiesWhereTheMarginsAreJustTooSmall()
    {
        Reach(DownAndUp, [0], [1]).Should().Be((Rational)1);
        Rational[] margins = [.. new Rational[] { 0, new(1, 2), 1 }.Select(x => Margin(DownAndUp.Exact().Evaluate([x]).Output))];
        margins.Should().Equal(1, 0, 1);
    }

    [Claim("intervals.equal-ends", Role.Control)]
    public void EndsTakenAsEqual_AreCaught() =>
        Instances.Violate(
            "‖y − y_1‖ ≤ min(t, 1 − t)KD",
            NetworkOnLine.Arbitrary,
            instance => Excursion(instance, (reach, _, t) => (Least(t, 1 - t) * reach, true)),
            dtype: Arithmetic);

    /// <summary>"Stable" cannot mean the class: the outputs are (1, 0) at both ends, and the other class has all of (1/4, 3/4).</summary>
    [Claim("intervals.equal-ends", Role.Control)]
    public void EqualOutputsAtBothEnds_MarginsDropped_LoseTheClassHalfOfTheWay()
    {
        var network = UpAndDown.Exact();
        network.Evaluate([0]).Output.Should().Equal(1, 0);
        network.Evaluate([1]).Output.Should().Equal(1, 0);
        (Ray(network, [0], [1], 1) + Ray(network, [1], [-1], 1)).Should().Be(new Rational(1, 2));
        Largest(network.Evaluate([new(1, 2)]).Output).Should().Be(1);
    }

    // The library's largest ∞-slope on the segment, which float64 has exactly, times the segment's length.
    private static Rational Reach(SmallNetwork network, double[] point, double[] direction) =>
        Rational.Of(LineMeasures.LargestSlope(network, point, direction, double.PositiveInfinity, 0, 1)) * Norm(Exact(direction));

    private static Rational Least(Rational one, Rational other) => one < other ? one : other;

    // Whether a bound from K·D, ‖y_2 − y_1‖ and t holds along the segment, and is itself as it should be.
    private static Deviation Excursion(NetworkOnLine instance, Func<Rational, Rational, Rational, (Rational Bound, bool IsRight)> bound)
    {
        var network = instance.Network.Exact();
        var (first, last) = (network.Evaluate(Exact(instance.Point)).Output, network.Evaluate(Exact(instance.End)).Output);
        var (reach, apart) = (Reach(instance.Network, instance.Point, instance.Direction), Norm(Minus(last, first)));
        var pieces = Pieces(network, Exact(instance.Point), Exact(instance.Direction), 1);
        return Deviation.Exact(pieces.All(piece => new[] { piece.Start, piece.Middle, piece.End }.All(t =>
        {
            var (most, isRight) = bound(reach, apart, t);
            return isRight && Norm(Minus(piece.Outputs(t), first)) <= most;
        })));
    }
}
