using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.SmoothnessMeasures;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 3.3: with one input and P_X uniform on [a, b] the gradient norm is the variation divided by b − a, and two-layer networks are
/// the continuous piecewise linear functions.
/// </summary>
public sealed class Remark_OneDimension
{
    /// <summary>A two-layer network for a piecewise linear function that goes on beyond its ends with its outer slopes.</summary>
    internal static readonly UnderTest<Func<PiecewiseLinear, OneInputNetwork>> Represent = new(
        f => Network(f, f.Slopes[0], piece => f.Slopes[piece] - f.Slopes[piece - 1]),
        ("representation-slopes-for-jumps", f => Network(f, f.Slopes[0], piece => f.Slopes[piece])),
        ("representation-flat-on-the-left", f => Network(f, 0, piece => f.Slopes[piece] - f.Slopes[piece - 1])),
        ("representation-without-value-at-the-start", f =>
            Network(f, f.Slopes[0], piece => f.Slopes[piece] - f.Slopes[piece - 1]) with { Shift = 0 }));

    /// <summary>Functions of 1 to 6 pieces: steps of x and values.</summary>
    private static readonly Arbitrary<PiecewiseLinear> Functions = Arb.From(
        from pieces in Gen.Choose(1, 6)
        from start in Gen.Choose(-5, 5)
        from steps in Gen.ArrayOf(Gen.Choose(1, 4), pieces)
        from values in Gen.ArrayOf(Gen.Choose(-4, 4), pieces + 1)
        select new PiecewiseLinear(
            [.. Enumerable.Range(0, pieces + 1).Select(i => (Rational)(start + steps.Take(i).Sum()))],
            [.. values.Select(value => (Rational)value)]));

    [Claim("smoothness.gn-pl0")]
    public void RandomNetworks_MeanGradientNorm_IsTheVariationOverTheLength() =>
        ExactInstances.Satisfy("mean |f′| (eq. 3.16 between knots) = TV(f)/(b − a) (eq. 1.10)", NetworkOnInterval.Arbitrary, instance =>
        {
            var values = instance.Network.On(instance.From, instance.To).Values;
            return MeanSlope(instance, _ => 1) == PartitionVariation.Sum.Run(values) / (instance.To - instance.From);
        });

    /// <summary>GN = 1 for both, exactly and by the library at the midpoints of 64 equal parts.</summary>
    [ClaimRows("smoothness.gn-pl0")]
    [InlineData("max(0, 2x − 10)", 10, new long[] { 2, -10, 1 })]
    [InlineData("[x]₊ − 2[x − 1]₊", 2, new long[] { 1, 0, 1, 1, -1, -2 })]
    public void ToothAndTent_ByHand_HaveOne(string name, int end, long[] units)
    {
        using var scope = NewDisposeScope();
        var network = OneInputNetwork.Of([.. units.Chunk(3).Select(unit => (unit[0], unit[1], unit[2]))]);
        MeanSlope(new NetworkOnInterval(network, 0, end), _ => 1).Should().Be((Rational)1, name);
        var points = tensor([.. Enumerable.Range(0, 64).Select(i => (i + 0.5) * end / 64)], [64, 1]);
        (GradientNorms.Run(network.ToSmallNetwork().ToEnsemble(), points).sum(-1).item<double>() / 64).Should().Be(1);
    }


    /// <summary>With density 2x on [0, 1] in place of 1 the mean slope of [x − 1/2]₊ is 3/4, and its variation 1/2.</summary>
    [Claim("smoothness.gn-pl0", Role.Control)]
    public void RandomNetworks_OtherDensity_UniformDropped_AreCaught()
    {
        var half = new NetworkOnInterval(new OneInputNetwork([new Unit(1, new Rational(-1, 2), 1)], 0), 0, 1);
        MeanSlope(half, middle => 2 * middle).Should().Be(new Rational(3, 4));
        ExactInstances.Violate("mean |f′| = TV(f)/(b − a) for the density 2(x − a)/(b − a)²", NetworkOnInterval.Arbitrary, instance =>
            MeanSlope(instance, middle => 2 * middle)
            == instance.Network.On(instance.From, instance.To).Variation / (instance.To - instance.From));
    }

    /// <summary>A step has f′ = 0 wherever f′ exists, so GN = 0, and yet it varies by 1: f has to be continuous.</summary>
    [Claim("smoothness.gn-pl0", Role.Control)]
    public void Step_ContinuousDropped_IsCaught() =>
        PartitionVariation.Sum.Run([0, 0, 1, 1]).Should().NotBe((Rational)0);

    [Claim("smoothness.piecewise-linear")]
    public void RandomFunctions_Network_IsTheFunctionEverywhere() =>
        ExactInstances.Satisfy("network against function at knots, between them and beyond the ends", Functions, f =>
        {
            var network = Represent.Run(f);
            var between = f.Knots.Zip(f.Knots.Skip(1), (from, to) => (from + (2 * to)) / 3);
            return f.Knots.Concat(between).Concat([f.Knots[0] - 7, f.Knots[^1] + 7]).All(x => network.At(x) == f.At(x));
        });

    /// <summary>The library's value of the network, whose numbers are rounded: slopes are in twelfths.</summary>
    [Claim("smoothness.piecewise-linear")]
    public void RandomFunctions_LibrarysNetwork_IsTheFunctionEverywhere() =>
        Instances.Satisfy(
            "|library's value − f(x)| at knots, between them and beyond the ends",
            Functions,
            f =>
            {
                var network = Represent.Run(f).ToSmallNetwork();
                Deviation At(Rational x)
                {
                    double[] point = [x.ToDouble()];
                    var error = Math.Abs(Def2_NetworkForms.Forward.Run(network, point) - f.At(x).ToDouble());
                    return new Deviation(error, Rounding.OfOutputs(network, point));
                }

                var between = f.Knots.Zip(f.Knots.Skip(1), (from, to) => (from + (2 * to)) / 3);
                return f.Knots.Concat(between).Concat([f.Knots[0] - 7, f.Knots[^1] + 7]).Select(At).Aggregate(Deviation.Worse);
            },
            "8γ_k times the value of the network of magnitudes: rounding of a forward pass and of the numbers that go in",
            count: 100);

    /// <summary>Through (0, 1), (1, 3), (2, 0): 1 + 2[x]₊ − 2[−x]₊ − 5[x − 1]₊.</summary>
    [Claim("smoothness.piecewise-linear")]
    public void TwoPieces_ByHand()
    {
        var network = Represent.Run(PiecewiseLinear.Through((0, 1), (1, 3), (2, 0)));
        new Rational[] { -1, 0, new(1, 2), 1, 2, 3 }.Select(network.At).Should().Equal(-1, 1, 2, 3, 0, -3);
        network.Units.Should().Equal(new Unit(1, 0, 2), new Unit(-1, 0, -2), new Unit(1, -1, -5));
    }

    /// <summary>A network has finitely many pieces: the one for four teeth of a sawtooth misses the fifth.</summary>
    [Claim("smoothness.piecewise-linear", Role.Control)]
    public void Saw_FinitelyManyPiecesDropped_IsMissed()
    {
        var network = Represent.Run(PiecewiseLinear.Through([.. Enumerable.Range(0, 9).Select(i => ((Rational)i, (Rational)(i % 2)))]));
        network.At(7).Should().Be((Rational)1);
        network.At(10).Should().NotBe((Rational)0, "the sawtooth is back at 0");
    }

    /// <summary>A step from 0 to 1 at 0 is not continuous: a network through its values at −1, 0 and 1 is wrong at −1/2.</summary>
    [Claim("smoothness.piecewise-linear", Role.Control)]
    public void Step_ContinuousDropped_IsMissed() =>
        Represent.Run(PiecewiseLinear.Through((-1, 0), (0, 1), (1, 1))).At(new Rational(-1, 2)).Should().NotBe((Rational)0);

    // ∫ |f′| · density / (b − a); the density is linear, so its mean on a piece is its value in the middle.
    private static Rational MeanSlope(NetworkOnInterval instance, Func<Rational, Rational> density)
    {
        var knots = instance.Network.On(instance.From, instance.To).Knots;
        var length = instance.To - instance.From;
        return Rational.Sum(knots.Zip(knots.Skip(1), (from, to) =>
        {
            var middle = (from + to) / 2;
            var slope = Rational.Abs(Eq315_KinkConvention.Derivative.Run(instance.Network, middle, 1));
            return slope * density((middle - instance.From) / length) * (to - from);
        })) / length;
    }

    // f(x_1) + s_1 (x − x_1) takes two units, and each later knot one.
    private static OneInputNetwork Network(PiecewiseLinear f, Rational left, Func<int, Rational> jump) => new(
        [
            new Unit(1, -f.Knots[0], f.Slopes[0]),
            new Unit(-1, f.Knots[0], -left),
            .. Enumerable.Range(1, f.Slopes.Count - 1).Select(piece => new Unit(1, -f.Knots[piece], jump(piece))),
        ],
        f.Values[0]);
}
