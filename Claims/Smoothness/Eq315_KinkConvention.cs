using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Equations 3.15 and 3.16, f′(x) = Σ w2_i w1_i H(w1_i x + b1_i), and the remark, made three times, that the value chosen for ReLU′(0) does
/// not matter. It does not as long as no two units switch at the same place.
/// </summary>
public sealed class Eq315_KinkConvention
{
    /// <summary>Eq. 3.16 at x, with H(0) as given.</summary>
    internal static readonly UnderTest<Func<OneInputNetwork, Rational, Rational, Rational>> Derivative = new(
        (network, x, atZero) => Sum(network, x, atZero, unit => unit.Outer * unit.Inner),
        ("derivative-without-inner-weights", (network, x, atZero) => Sum(network, x, atZero, unit => unit.Outer)),
        ("derivative-step-turned-round", (network, x, atZero) => Sum(network, x, atZero, unit => unit.Outer * unit.Inner, turned: true)),
        ("derivative-with-magnitudes", (network, x, atZero) => Sum(network, x, atZero, unit => Rational.Abs(unit.Outer * unit.Inner))),
        ("derivative-step-of-two-at-zero", (network, x, atZero) => Sum(network, x, 2 * atZero, unit => unit.Outer * unit.Inner)));

    private static readonly Rational[] Conventions = [0, new(1, 2), 1];

    /// <summary>[x]₊ − [−x]₊ = x.</summary>
    private static readonly OneInputNetwork Identity = OneInputNetwork.Of((1, 0, 1), (-1, 0, -1));

    /// <summary>The total variation on [from, to] of eq. 3.16 as it stands, knots and ends included.</summary>
    internal static Rational Variation(OneInputNetwork network, Rational from, Rational to, Rational atZero) =>
        PartitionVariation.Sum.Run([.. network.Stations(from, to).Select(x => Derivative.Run(network, x, atZero))]);

    /// <summary>No two units switch at the same place.</summary>
    internal static bool HasDistinctKnots(OneInputNetwork network) => network.Knots.Distinct().Count() == network.Knots.Count;

    [Claim("smoothness.deriv-formula")]
    public void RandomNetworks_BetweenKnots_FormulaIsTheDifferenceQuotient() =>
        ExactInstances.Satisfy("eq. 3.16 = (f(x + h) − f(x − h))/2h, no knot within h of x", NetworkOnInterval.Arbitrary, instance =>
        {
            var pieces = instance.Network.On(instance.From, instance.To).Knots;
            return pieces.Zip(pieces.Skip(1)).All(piece =>
            {
                var (x, h) = ((piece.First + piece.Second) / 2, (piece.Second - piece.First) / 2);
                return Derivative.Run(instance.Network, x, 1) == (instance.Network.At(x + h) - instance.Network.At(x - h)) / (2 * h);
            });
        });

    [Claim("smoothness.deriv-formula")]
    public void RandomNetworks_BetweenKnots_FormulaIsTheLibrarysJacobian() =>
        ExactInstances.Satisfy("eq. 3.16 between knots = the library's Jacobian", NetworkOnInterval.Arbitrary, instance =>
        {
            using var scope = NewDisposeScope();
            var knots = instance.Network.On(instance.From, instance.To).Knots;
            Rational[] middles = [.. knots.Zip(knots.Skip(1), (from, to) => (from + to) / 2)];
            var points = tensor([.. middles.Select(x => x.ToDouble())], [middles.Length, 1]);
            var slopes = Tensors.Numbers(NetworkGeometry.Jacobians.Run(instance.Network.ToSmallNetwork().ToEnsemble(), points));
            return middles.Zip(slopes).All(place => Derivative.Run(instance.Network, place.First, 1) == Rational.Of(place.Second));
        });

    /// <summary>3[2x − 2]₊ − 5[4 − x]₊: 5 left of 1, 11 between 1 and 4, 6 beyond.</summary>
    [Claim("smoothness.deriv-formula")]
    public void TwoUnits_ByHand_HaveSlopesFiveElevenSix()
    {
        var network = OneInputNetwork.Of((2, -2, 3), (-1, 4, -5));
        new Rational[] { 0, 2, 5 }.Select(x => Derivative.Run(network, x, 1)).Should().Equal(5, 11, 6);
    }

    /// <summary>At 0 the identity has derivative 1. With H(0) = 1 the formula gives 1·1 + (−1)(−1) = 2, with H(0) = 0 it gives 0.</summary>
    [Claim("smoothness.deriv-formula", Role.Counterexample)]
    public void Identity_AtItsKinks_HasAnotherDerivative()
    {
        new Rational[] { -3, 0, 5 }.Select(Identity.At).Should().Equal(-3, 0, 5);
        var printed = Derivative.Run(Identity, 0, 1);
        printed.Should().Be((Rational)2);
        Derivative.Run(Identity, 0, 0).Should().Be((Rational)0);
        Evidence.Record(new Measurement("eq. 3.16 at 0 for [x]₊ − [−x]₊ = x", printed.ToDouble(), "1, the derivative of x")
            { Dtype = "exact (integers)" });
    }

    [Claim("smoothness.deriv-formula", Role.Control)]
    public void RandomNetworks_QuotientAcrossKnots_IsCaught() =>
        ExactInstances.Violate("eq. 3.16 at a knot = difference quotient around it", NetworkOnInterval.Arbitrary, instance =>
            instance.Network.Knots.All(x =>
                Derivative.Run(instance.Network, x, 1) == (instance.Network.At(x + 1) - instance.Network.At(x - 1)) / 2));

    [Claim("smoothness.kink-convention")]
    public void RandomNetworks_DistinctKnotsInside_VariationIsTheSameForEveryConvention() =>
        ExactInstances.Satisfy("TV of eq. 3.16 with H(0) = 0, 1/2, 1 = Σ |changes of slope|", NetworkOnInterval.Arbitrary, instance =>
            HasDistinctKnots(instance.Network) && instance.Network.Knots.All(knot => knot != instance.From && knot != instance.To)
                ? IsSameVariation(instance)
                : null);

    /// <summary>The library, which takes ReLU′(0) = 0, finds the same variation.</summary>
    [Claim("smoothness.kink-convention")]
    public void RandomNetworks_DistinctKnotsInside_LibrarysVariationIsTheSame() =>
        Instances.Satisfy(
            "|library's TV of f′ − Σ |changes of slope||",
            NetworkOnInterval.Arbitrary,
            instance =>
            {
                var (network, from, to) = instance;
                if (!HasDistinctKnots(network) || network.Knots.Any(knot => knot == from || knot == to))
                {
                    return null;
                }

                var measured = LineMeasures.GradientVariation(network.ToSmallNetwork(), [from.ToDouble()], [to.ToDouble()]);
                var expected = network.On(from, to).DerivativeVariation.ToDouble();
                return new Deviation(Math.Abs(measured - expected), Resolution.Of(network, from, to));
            },
            Resolution.Reason,
            count: 200);

    /// <summary>Off the kinks the convention is irrelevant, and so it is to means over a continuous P_X.</summary>
    [Claim("smoothness.kink-convention")]
    public void RandomNetworks_OffTheKnots_DerivativeIsTheSameForEveryConvention() =>
        ExactInstances.Satisfy("eq. 3.16 between knots with H(0) = 0, 1/2, 1 = slope", NetworkOnInterval.Arbitrary, instance =>
        {
            var f = instance.Network.On(instance.From, instance.To);
            var middles = f.Knots.Zip(f.Knots.Skip(1), (from, to) => (from + to) / 2);
            return middles.Zip(f.Slopes).All(piece =>
                Conventions.All(atZero => Derivative.Run(instance.Network, piece.First, atZero) == piece.Second));
        });

    /// <summary>[x]₊ on [−1, 1]: whatever H(0) from 0 to 1, f′ climbs from 0 to 1.</summary>
    [Claim("smoothness.kink-convention")]
    public void OneUnit_ByHand_VariesByOne() =>
        Conventions.Select(atZero => Variation(OneInputNetwork.Of((1, 0, 1)), -1, 1, atZero))
            .Should().OnlyContain(variation => variation == 1);

    /// <summary>
    /// The identity on [−1, 1] has f′ = 1, so TV(f′) = 0. With H(0) = 1 the formula reads 1, 2, 1 and varies by 2; with H(0) = 0 it reads
    /// 1, 0, 1 and does so, too; only 1/2 is right.
    /// </summary>
    [Claim("smoothness.kink-convention", Role.Counterexample)]
    public void Identity_UnderThePostulate_VariesByTwo()
    {
        var variations = Conventions.Select(atZero => Variation(Identity, -1, 1, atZero)).ToArray();
        variations.Should().Equal(2, 0, 2);
        Identity.On(-1, 1).DerivativeVariation.Should().Be((Rational)0);
        Evidence.Record(new Measurement(
            "TV on [−1, 1] of eq. 3.16 for [x]₊ − [−x]₊ = x with ReLU′(0) = 1",
            variations[2].ToDouble(),
            "0, the variation of the derivative of x: \"inconsequential\" as printed")
            { Series = [.. variations.Select(value => value.ToDouble())], Dtype = "exact (integers)" });
    }

    [Claim("smoothness.kink-convention", Role.Control)]
    public void RandomNetworks_CollidingKnots_HypothesisDropped_IsCaught() =>
        ExactInstances.Violate(
            "TV of eq. 3.16 = sum of the changes of slope, for knots that collide",
            NetworkOnInterval.Arbitrary,
            instance => HasDistinctKnots(instance.Network) ? null : IsSameVariation(instance),
            count: 600);

    /// <summary>A kink on the end of the interval: [x]₊ on [0, 1] varies by 0 with H(0) = 1 and by 1 with H(0) = 0.</summary>
    [Claim("smoothness.kink-convention", Role.Control)]
    public void KnotOnTheEnd_InsideDropped_IsCaught() =>
        Conventions.Select(atZero => Variation(OneInputNetwork.Of((1, 0, 1)), 0, 1, atZero)).Should().Equal(1, new Rational(1, 2), 0);

    /// <summary>
    /// ReLU averaged over ±h has a continuous derivative, and H(0) = 1/2. The derivative of the identity is then 1 everywhere. But that of
    /// 2[x]₊ − [2x]₊ = 0 rises to 1/2, falls to −1/2 and returns: it varies by 2 for every h, where equation 3.16 is right.
    /// </summary>
    [ClaimRows("smoothness.kink-convention", Role.Control)]
    [InlineData(1)]
    [InlineData(1024)]
    public void SmoothedReLU_DistinctKnotsDropped_MendsOneNetworkAndSpoilsAnother(int inverse)
    {
        var h = new Rational(1, inverse);
        Rational Step(Rational z) => (Rational.Max(0, z + h) - Rational.Max(0, z - h)) / (2 * h);
        Rational Slope(OneInputNetwork network, Rational x) =>
            Rational.Sum(network.Units.Select(unit => unit.Outer * unit.Inner * Step((unit.Inner * x) + unit.Bias)));
        Rational[] places = [-h, -h / 2, 0, h / 2, h];
        places.Select(x => Slope(Identity, x)).Should().OnlyContain(slope => slope == 1);
        var zero = OneInputNetwork.Of((1, 0, 2), (2, 0, -1));
        places.Select(zero.At).Should().OnlyContain(value => value == 0);
        PartitionVariation.Sum.Run([.. places.Select(x => Slope(zero, x))]).Should().Be((Rational)2);
        Variation(zero, -1, 1, 1).Should().Be((Rational)0);
    }

    private static bool IsSameVariation(NetworkOnInterval instance)
    {
        var slopes = instance.Network.On(instance.From, instance.To).DerivativeVariation;
        return Conventions.All(atZero => Variation(instance.Network, instance.From, instance.To, atZero) == slopes);
    }

    private static Rational Sum(OneInputNetwork network, Rational x, Rational atZero, Func<Unit, Rational> size, bool turned = false) =>
        Rational.Sum(network.Units.Select(unit =>
        {
            var inside = (unit.Inner * x) + unit.Bias;
            return inside == 0 ? atZero * size(unit) : inside > 0 != turned ? size(unit) : 0;
        }));
}
