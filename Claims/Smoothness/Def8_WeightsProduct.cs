using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using Reproduce.Measures;
using Reproduce.Randomness;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.SmoothnessMeasures;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Definition 8 and section 3.3: each summand of WP is a jump of the gradient; in one dimension WP is the variation of f′ (eq. 3.17), not
/// PL1 (eq. 3.18 as printed). All of this needs units with distinct kinks, which almost all networks have.
/// </summary>
public sealed class Def8_WeightsProduct
{
    /// <summary>Whether two units with one input have the same knot.</summary>
    private static readonly UnderTest<Func<Unit, Unit, bool>> SameKnot = new(
        (one, other) => one.Inner != 0 && other.Inner != 0 && one.Bias * other.Inner == other.Bias * one.Inner,
        ("same-knot-by-bias-alone", (one, other) => one.Bias == other.Bias),
        ("same-knot-up-to-sign", (one, other) =>
            one.Inner != 0 && other.Inner != 0 && Rational.Abs(one.Bias * other.Inner) == Rational.Abs(other.Bias * one.Inner)),
        ("same-knot-multiplied-straight", (one, other) => one.Bias * one.Inner == other.Bias * other.Inner));

    // Two units' (w, b) and (w, b), none of the w zero.
    private static readonly Arbitrary<int[]> UnitPairs = Arb.From(
        from inner in Gen.ArrayOf(Gen.Elements(-4, -3, -2, -1, 1, 2, 3, 4), 2)
        from biases in Gen.ArrayOf(Gen.Choose(-4, 4), 2)
        select new[] { inner[0], biases[0], inner[1], biases[1] });

    [Claim("smoothness.wp-summand")]
    public void RandomNetworks_DistinctHyperplanes_SummandIsTheJump() =>
        Instances.Satisfy(
            "|summand² − ‖jump of ∇f across the unit's hyperplane‖²|",
            TwoLayersOnSegment.Arbitrary,
            instance => Jump(instance, distinct: true),
            "8u(k + 2) of the value, k inputs: a sum of k squares, a root, a product, a square",
            count: 600);

    /// <summary>2[3x + 4y − 1]₊: ∇f is (0, 0) on one side and (6, 8) on the other, a jump of 10 = 2·5.</summary>
    [Claim("smoothness.wp-summand")]
    public void OneUnit_ByHand_JumpsByTen()
    {
        var network = TwoLayers(new double[,] { { 3, 4 } }, [-1], [2]);
        SummandsOf(network).Should().Equal(10);
        network.DerivativesAlongAxes([1, 0]).Cast<double>().Should().Equal(6, 8);
        network.DerivativesAlongAxes([0, 0]).Cast<double>().Should().Equal(0, 0);
        SummandsOf(TwoLayers(new double[,] { { 3, 4 }, { -3, 4 } }, [-1, 2], [2, -3])).Should().Equal(10, 15);
    }

    /// <summary>x = [x]₊ − [−x]₊: two summands of 1, and the gradient is 1 on both sides of 0.</summary>
    [Claim("smoothness.wp-summand", Role.Counterexample)]
    public void Identity_WithOneHyperplaneForTwoUnits_DoesNotJump()
    {
        var network = TwoLayers(new double[,] { { 1 }, { -1 } }, [0, 0], [1, -1]);
        var summands = SummandsOf(network);
        summands.Should().Equal(1, 1);
        double[] sides = [network.DerivativesAlongAxes([-1])[0, 0], network.DerivativesAlongAxes([1])[0, 0]];
        sides.Should().Equal(1, 1);
        Evidence.Record(new Measurement("jump of the gradient of [x]₊ − [−x]₊ at 0", sides[1] - sides[0], "1 for either unit as printed")
            { Series = summands, Dtype = "exact (integers)" });
    }

    [Claim("smoothness.wp-summand", Role.Control)]
    public void RandomNetworks_SharedHyperplanes_HypothesisDropped_AreCaught() =>
        Instances.Violate(
            "summand² = ‖jump‖² where another unit shares the hyperplane",
            TwoLayersOnSegment.Arbitrary,
            instance => Jump(instance, distinct: false),
            count: 1000);

    [Claim("smoothness.wp-eq-pl1")]
    public void RandomNetworks_KnotsDistinctAndInside_VariationOfTheDerivativeIsWP() =>
        ExactInstances.Satisfy(
            "TV of f′ on [a, b] = WP",
            NetworkOnInterval.Arbitrary,
            instance => HasDistinctKnotsInside(instance) ? IsVariation(instance) : null,
            count: 600);

    /// <summary>2[x − 1]₊ − 3[−x + 2]₊ on [0, 3]: slopes 3, 5, 2. The jumps are 2 at 1 and −3 at 2: 5 in all, and WP = 2 + 3.</summary>
    [Claim("smoothness.wp-eq-pl1")]
    public void TwoUnits_ByHand_VaryByFive()
    {
        var network = OneInputNetwork.Of((1, -1, 2), (-1, 2, -3));
        network.On(0, 3).Slopes.Should().Equal(3, 5, 2);
        IsVariation(new NetworkOnInterval(network, 0, 3)).Should().BeTrue();
        WeightsProductOf(network.ToSmallNetwork()).Should().Be(5);
    }

    [Claim("smoothness.wp-eq-pl1")]
    public void RandomNetworks_KnotsDistinctAndInside_MeasuredVariationIsWP() =>
        Instances.Satisfy("|library's TV of f′ on [a, b], from its kinks, − WP|", NetworkOnInterval.Arbitrary, instance =>
        {
            if (!HasDistinctKnotsInside(instance))
            {
                return null;
            }

            var (network, product) = (instance.Network.ToSmallNetwork(), instance.Network.WeightsProduct.ToDouble());
            var measured = LineMeasures.GradientVariation(network, [instance.From.ToDouble()], [instance.To.ToDouble()]);
            return new Deviation(Math.Abs(measured - product), 8 * Rounding.Gamma(instance.Network.Units.Count + 2) * product);
        }, "8γ_k·WP, k = h + 2: the products of h units and their sum", count: 600);

    /// <summary>[x]₊ on [0, 1]: its only knot, 0, lies in [0, 1], and f′ = 1 there. TV(f′) = 0 and WP = 1.</summary>
    [Claim("smoothness.wp-eq-pl1", Role.Counterexample)]
    public void KnotOnTheEnd_ClosedIntervalAsPrinted_IsNotCounted()
    {
        var network = OneInputNetwork.Of((1, 0, 1));
        var variation = Eq315_KinkConvention.Variation(network, 0, 1, 1);
        variation.Should().Be((Rational)0);
        network.On(0, 1).DerivativeVariation.Should().Be((Rational)0);
        var product = WeightsProductOf(network.ToSmallNetwork());
        product.Should().Be(1);
        Evidence.Record(new Measurement(
            "TV of f′ for [x]₊ on [0, 1]", variation.ToDouble(), "WP = 1, as printed: the knot 0 lies in [0, 1]")
            { Series = [variation.ToDouble(), product], Dtype = "exact (integers)" });
    }

    /// <summary>[x]₊ − [x]₊ on [−1, 1]: nothing varies, and WP = 2.</summary>
    [Claim("smoothness.wp-eq-pl1", Role.Control)]
    public void RandomNetworks_CollidingKnots_HypothesisDropped_AreCaught()
    {
        IsVariation(new NetworkOnInterval(OneInputNetwork.Of((1, 0, 1), (1, 0, -1)), -1, 1)).Should().BeFalse();
        ExactInstances.Violate(
            "TV of f′ = WP with knots that collide",
            NetworkOnInterval.Arbitrary,
            instance => HasCollidingKnotsInside(instance) ? IsVariation(instance) : null,
            count: 600);
    }

    /// <summary>[x + 5]₊ on [−1, 1]: the unit is always on, f′ = 1, and WP = 1.</summary>
    [Claim("smoothness.wp-eq-pl1", Role.Control)]
    public void RandomNetworks_KnotsOutside_HypothesisDropped_AreCaught()
    {
        IsVariation(new NetworkOnInterval(OneInputNetwork.Of((1, 5, 1)), -1, 1)).Should().BeFalse();
        ExactInstances.Violate(
            "TV of f′ = WP with a knot outside",
            NetworkOnInterval.Arbitrary,
            instance => Eq315_KinkConvention.HasDistinctKnots(instance.Network) ? IsVariation(instance) : null,
            count: 600);
    }

    /// <summary>
    /// [x]₊ with P_X uniform on [−1, 1]: a random segment crosses 0 with probability 1/2, so PL1 = 1/2. WP = 1, and so is the variation of
    /// f′ over the whole interval.
    /// </summary>
    [Claim("smoothness.eq-3.18", Role.Counterexample)]
    public void OneUnit_OverRandomSegments_HasHalfOfWP()
    {
        var network = OneInputNetwork.Of((1, 0, 1));
        var expected = UniformSegments.OfDerivative.Run(network.On(-1, 1));
        expected.Should().Be(new Rational(1, 2));
        var product = WeightsProductOf(network.ToSmallNetwork());
        product.Should().Be(1);

        // The library, over all segments between the middles of 20 equal parts: half of the 400 cross 0.
        using var scope = NewDisposeScope();
        double[] middles = [.. Enumerable.Range(0, 20).Select(i => ((2 * i) - 19) / 20.0)];
        var segments = new Segments(
            tensor([.. from one in middles from _ in middles select one], [400, 1]),
            tensor([.. from _ in middles from other in middles select other], [400, 1]));
        var sampled = GradientLengths.Run(network.ToSmallNetwork().ToEnsemble(), segments, 100).sum(-1).item<double>() / 400;
        sampled.Should().Be(0.5);
        Evidence.Record(new Measurement("PL1 of [x]₊, P_X uniform on [−1, 1]", expected.ToDouble(), "WP = 1, as printed")
            { Series = [expected.ToDouble(), sampled, product], Dtype = "exact (rationals)" });
    }

    /// <summary>
    /// With the superscript that equation 3.17 has, the equation is right: 2[x − 1]₊ − 3[−x + 2]₊ has PL1⁽¹⁾ = 5 = WP on [0, 3].
    /// </summary>
    [Claim("smoothness.eq-3.18")]
    public void TwoUnits_TotalVariationOfTheDerivative_IsWP() =>
        IsVariation(new NetworkOnInterval(OneInputNetwork.Of((1, -1, 2), (-1, 2, -3)), 0, 3)).Should().BeTrue();

    /// <summary>
    /// PL1 weights a unit by the probability 2F(1 − F) that a random segment crosses its knot, F the share of the interval left of it. That
    /// is at most 1/2, so in one dimension PL1 never exceeds WP/2.
    /// </summary>
    [Claim("smoothness.eq-3.18")]
    public void RandomNetworks_PL1_WeighsEveryUnitByItsChanceToBeCrossed() =>
        ExactInstances.Satisfy(
            "PL1 = Σ 2F(1 − F)|w2_i w1_i| ≤ WP/2",
            NetworkOnInterval.Arbitrary,
            instance => HasDistinctKnotsInside(instance) ? IsWeighted(instance) : null,
            count: 600);

    /// <summary>PL0 weights |f′| likewise: for f(x) = x on [0, 1] it is ∫ 2x(1 − x) dx = 1/3, the mean distance of two points.</summary>
    [Claim("smoothness.eq-3.18")]
    public void RandomNetworks_PL0_WeighsTheSlopeByTheSameChance()
    {
        UniformSegments.OfFunction.Run(OneInputNetwork.Of((1, 0, 1)).On(0, 1)).Should().Be(new Rational(1, 3));
        ExactInstances.Satisfy("PL0 = ∫ 2F(1 − F)|f′|", NetworkOnInterval.Arbitrary, instance =>
        {
            var f = instance.Network.On(instance.From, instance.To);
            var length = instance.To - instance.From;

            // ∫ 2F(1 − F) dF = F² − 2F³/3.
            Rational Weight(Rational x)
            {
                var share = (x - instance.From) / length;
                return (share * share) - (share * share * share * 2 / 3);
            }

            var pieces = f.Slopes.Select((slope, i) => Rational.Abs(slope) * length * (Weight(f.Knots[i + 1]) - Weight(f.Knots[i])));
            return UniformSegments.OfFunction.Run(f) == Rational.Sum(pieces);
        });
    }

    [Claim("smoothness.eq-3.18", Role.Control)]
    public void RandomNetworks_CollidingKnots_DistinctDropped_AreCaught() =>
        ExactInstances.Violate(
            "PL1 = Σ 2F(1 − F)|w2_i w1_i| with knots that collide",
            NetworkOnInterval.Arbitrary,
            instance => HasCollidingKnotsInside(instance) ? IsWeighted(instance) : null,
            count: 600);

    /// <summary>
    /// Knots collide exactly where b_i w_j = b_j w_i, an equation that most parameters violate. Among all (w_i, b_i, w_j, b_j) in
    /// {±1, …, ±N}⁴ the share that satisfies it falls with N.
    /// </summary>
    [Claim("smoothness.knots-distinct")]
    public void WholeNumberParameters_ShareOfCollisions_FallsWithTheirRange()
    {
        double[] shares = [.. Enumerable.Range(0, 4).Select(power => 1 << power).Select(largest =>
        {
            int[] range = [.. Enumerable.Range(-largest, (2 * largest) + 1).Where(value => value != 0)];
            Unit[] units = [.. from w in range from b in range select new Unit(w, b, 1)];
            return units.Sum(one => units.Count(other => SameKnot.Run(one, other))) / Math.Pow(units.Length, 2);
        })];
        Evidence.Record(new Measurement(
            "share of colliding knots among whole-number parameters up to 1, 2, 4, 8", shares[^1], "falls: 1/2, 3/16, …")
            { Series = shares, Dtype = "exact (integers)" });
        shares[0].Should().Be(0.5);
        shares[1].Should().Be(3 / 16.0, "of 16 ratios w : b in {±1, ±2}², ±1 each occur 4 times, ±2 and ±1/2 twice: (2·16 + 4·4)/256");
        shares.Should().BeInDescendingOrder();
        shares[^1].Should().BeLessThan(shares[0] / 10);
    }

    /// <summary>
    /// Weights and biases from a normal distribution: no two knots collide, compared exactly. Two float64 draws satisfy the equation with
    /// probability below 10⁻¹⁴, so 40 000 pairs raise a false alarm once in 10⁹ runs; the seed is fixed.
    /// </summary>
    [Claim("smoothness.knots-distinct")]
    public void NormalParameters_NoTwoKnotsCollide()
    {
        var seed = Seed.Of(("claim", "smoothness.knots-distinct"), ("quantity", "normal"));
        var normal = new Normal(0, 1, seed.Generator());
        var pairs = 0;
        var collisions = 0;
        for (var network = 0; network < 20; network++)
        {
            Rational Drawn() => Rational.Of(normal.Sample());
            Unit[] units = [.. Enumerable.Range(0, 64).Select(_ => new Unit(Drawn(), Drawn(), 1))];
            for (var i = 0; i < units.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    pairs++;
                    collisions += SameKnot.Run(units[i], units[j]) ? 1 : 0;
                }
            }
        }

        Evidence.Record(new Measurement("colliding knots of 20 networks of 64 units, weights and biases normal", collisions, "none")
            { Samples = pairs, Seed = seed.ToString(), Dtype = "exact (rationals)" });
        collisions.Should().Be(0);
    }

    /// <summary>
    /// The hypothesis on the biases matters: with normal weights and biases −1, 0 or 1 two knots collide exactly where both biases are
    /// 0, in about a ninth of the pairs.
    /// </summary>
    [Claim("smoothness.knots-distinct")]
    public void NormalWeightsAndDiscreteBiases_KnotsCollideExactlyAtZeroBiases()
    {
        var generator = Seed.Of(("claim", "smoothness.knots-distinct"), ("quantity", "discrete biases")).Generator();
        var normal = new Normal(0, 1, generator);
        Unit[] units = [.. Enumerable.Range(0, 64).Select(_ => new Unit(Rational.Of(normal.Sample()), generator.Next(3) - 1, 1))];
        var pairs = (from i in Enumerable.Range(0, units.Length) from j in Enumerable.Range(0, i) select (units[i], units[j])).ToList();
        pairs.Should().OnlyContain(pair => SameKnot.Run(pair.Item1, pair.Item2) == (pair.Item1.Bias == 0 && pair.Item2.Bias == 0));
        pairs.Should().Contain(pair => SameKnot.Run(pair.Item1, pair.Item2));
    }

    /// <summary>That on the weights does not: with weights ±1 or ±2 and normal biases no two knots collide.</summary>
    [Claim("smoothness.knots-distinct")]
    public void DiscreteWeightsAndNormalBiases_NoTwoKnotsCollide()
    {
        var normal = new Normal(0, 1, Seed.Of(("claim", "smoothness.knots-distinct"), ("quantity", "discrete weights")).Generator());
        int[] weights = [-2, -1, 1, 2];
        Unit[] units = [.. Enumerable.Range(0, 64).Select(i => new Unit(weights[i % 4], Rational.Of(normal.Sample()), 1))];
        (from i in Enumerable.Range(0, units.Length) from j in Enumerable.Range(0, i) select SameKnot.Run(units[i], units[j]))
            .Should().OnlyContain(same => !same);
    }

    /// <summary>[x + 2]₊ and [2x + 4]₊ switch at −2, and so does [−x − 2]₊; [x − 2]₊ and [2x + 2]₊ do not.</summary>
    [ClaimRows("smoothness.knots-distinct")]
    [InlineData(2, 4, true)]
    [InlineData(-1, -2, true)]
    [InlineData(1, -2, false)]
    [InlineData(2, 2, false)]
    [InlineData(0, 2, false)]
    [InlineData(2, 1, false)]
    public void OneUnit_AgainstAnother_SharesItsKnotOrNot(int inner, int bias, bool isShared) =>
        SameKnot.Run(new Unit(1, 2, 1), new Unit(inner, bias, 1)).Should().Be(isShared);

    /// <summary>The library cuts the line there: two units that share their knot make two pieces, others three.</summary>
    [Claim("smoothness.knots-distinct")]
    public void RandomUnits_LibrarysPieces_AreTwoExactlyWhereKnotsCollide() =>
        ExactInstances.Satisfy(
            "pieces on [−5, 5] of the sum of two units whose knots are within",
            UnitPairs,
            numbers =>
            {
                var (one, other) = (new Unit(numbers[0], numbers[1], 1), new Unit(numbers[2], numbers[3], 1));
                return MeasuredPieces(one, other) == (SameKnot.Run(one, other) ? 2 : 3);
            });

    /// <summary>With zero biases, the thesis's initialisation, all knots are 0: all of them collide.</summary>
    [Claim("smoothness.knots-distinct", Role.Control)]
    public void NormalWeightsAndZeroBiases_RandomBiasDropped_AllCollide()
    {
        var normal = new Normal(0, 1, Seed.Of(("claim", "smoothness.knots-distinct"), ("quantity", "zero biases")).Generator());
        Unit[] units = [.. Enumerable.Range(0, 16).Select(_ => new Unit(Rational.Of(normal.Sample()), 0, 1))];
        (from one in units from other in units select SameKnot.Run(one, other)).Should().OnlyContain(same => same);
    }

    [Claim("smoothness.knots-distinct.proof")]
    public void RandomUnits_KnotOrBiasNotZero_AtMostOneWeightCollides() =>
        ExactInstances.Satisfy(
            "at most one weight w_j puts −b_j/w_j on a given c_i; it is w_j itself when the knots collide",
            UnitPairs,
            numbers => numbers[1] == 0 && numbers[3] == 0 ? null : AtMostOneWeight(numbers));

    /// <summary>The same by the number of the library's pieces.</summary>
    [Claim("smoothness.knots-distinct.proof")]
    public void RandomUnits_KnotOrBiasNotZero_AtMostOneWeightSavesTheLibraryAPiece() =>
        ExactInstances.Satisfy(
            "at most one weight w_j leaves two pieces on [−5, 5]",
            UnitPairs,
            numbers => numbers[1] == 0 && numbers[3] == 0 ? null : Enumerable.Range(-4, 9).Where(weight => weight != 0)
                .Count(weight => MeasuredPieces(new Unit(numbers[0], numbers[1], 1), new Unit(weight, numbers[3], 1)) == 2) <= 1,
            count: 100);

    /// <summary>c_i = −2 and b_j = 6: −6/w = −2 for w = 3 only. c_i = 0 and b_j = 6, or c_i = −2 and b_j = 0: for no w.</summary>
    [Claim("smoothness.knots-distinct.proof")]
    public void ThreeCases_ByHand()
    {
        Weights(new Unit(1, 2, 1), 6).Should().Equal(3);
        Weights(new Unit(1, 0, 1), 6).Should().BeEmpty();
        Weights(new Unit(1, 2, 1), 0).Should().BeEmpty();
    }

    /// <summary>c_i = 0 and b_j = 0, as at the thesis's own initialisation: every weight puts the second knot on the first.</summary>
    [Claim("smoothness.knots-distinct.proof", Role.Control)]
    public void BothBiasesZero_EveryWeightCollides()
    {
        var weights = Weights(new Unit(1, 0, 1), 0);
        weights.Should().HaveCount(24);
        Evidence.Record(new Measurement(
            "weights out of −12 … 12 without 0 that give −b_j/w_j = c_i for b_i = b_j = 0", weights.Count, "control: all 24, not one")
            { Dtype = "exact (integers)" });
    }

    [Claim("smoothness.knots-distinct.proof", Role.Control)]
    public void RandomUnits_BothBiasesZeroAllowed_IsCaught() =>
        ExactInstances.Violate("at most one weight collides, whatever the biases", UnitPairs, numbers => AtMostOneWeight(numbers));

    private static int MeasuredPieces(Unit one, Unit other) =>
        LineMeasures.Pieces.Run(new OneInputNetwork([one, other], 0).ToSmallNetwork(), [0], [1], -5, 5).Count;

    private static bool AtMostOneWeight(int[] numbers)
    {
        var (one, other) = (new Unit(numbers[0], numbers[1], 1), new Unit(numbers[2], numbers[3], 1));
        var weights = Weights(one, other.Bias);
        return weights.Count <= 1 && weights.Contains(numbers[2]) == (one.Knot == other.Knot);
    }

    private static List<int> Weights(Unit one, Rational bias) =>
        [.. Enumerable.Range(-12, 25).Where(weight => weight != 0 && SameKnot.Run(one, new Unit(weight, bias, 1)))];

    // Exactly, at a point of the hyperplane of the unit whose index is the sum of the start modulo the number of units; null where there is
    // no such point.
    private static Deviation? Jump(TwoLayersOnSegment instance, bool distinct)
    {
        var network = instance.Network.Exact();
        var unit = (int)Math.Abs(instance.Start.Sum()) % instance.Network.Biases[0].Length;
        var normal = instance.Inner(unit);
        var squares = Dot(normal, normal);
        if (squares == 0)
        {
            return null;
        }

        Rational[] start = Arrays.Exact(instance.Start);
        var away = network.Evaluate(start).Preactivations[0][unit] / squares;
        Rational[] Beside(Rational share) => Arrays.Pair(start, normal, (entry, weight) => entry + ((share - away) * weight));
        var there = network.Evaluate(Beside(0)).Preactivations[0];
        var others = Enumerable.Range(0, there.Length)
            .Where(other => other != unit && instance.Inner(other).Any(weight => weight != 0)).ToList();
        if (others.Any(other => there[other] == 0) == distinct)
        {
            return null;
        }

        // Small enough that no other unit switches in between.
        var steps = others.Where(other => there[other] != 0 && Dot(instance.Inner(other), normal) != 0)
            .Select(other => Rational.Abs(there[other] / Dot(instance.Inner(other), normal)) / 2);
        var step = steps.Append((Rational)1).Min();
        var (before, after) = (network.DerivativesAlongAxes(Beside(-step)), network.DerivativesAlongAxes(Beside(step)));
        var jump = Enumerable.Range(0, normal.Length).Select(input => after[0, input] - before[0, input])
            .Aggregate((Rational)0, (sum, entry) => sum + (entry * entry)).ToDouble();
        return new Deviation(
            Math.Abs(Math.Pow(SummandsOf(instance.Network)[unit], 2) - jump), 8 * Rounding.Unit * (normal.Length + 2) * jump);
    }

    private static bool IsInside(NetworkOnInterval instance) =>
        instance.Network.Knots.All(knot => knot > instance.From && knot < instance.To);

    private static bool HasDistinctKnotsInside(NetworkOnInterval instance) =>
        IsInside(instance) && Eq315_KinkConvention.HasDistinctKnots(instance.Network);

    private static bool HasCollidingKnotsInside(NetworkOnInterval instance) =>
        IsInside(instance) && !Eq315_KinkConvention.HasDistinctKnots(instance.Network);

    // Whole numbers and eighths, so the library's WP is exact, too.
    private static Rational LibrarysProduct(NetworkOnInterval instance) =>
        Rational.Of(WeightsProductOf(instance.Network.ToSmallNetwork()));

    private static bool IsVariation(NetworkOnInterval instance) =>
        Eq315_KinkConvention.Variation(instance.Network, instance.From, instance.To, 1) == LibrarysProduct(instance);

    private static bool IsWeighted(NetworkOnInterval instance)
    {
        var expected = UniformSegments.OfDerivative.Run(instance.Network.On(instance.From, instance.To));
        var weighted = Rational.Sum(instance.Network.Units.Where(unit => unit.Knot is not null).Select(unit =>
        {
            var share = (unit.Knot!.Value - instance.From) / (instance.To - instance.From);
            return 2 * share * (1 - share) * Rational.Abs(unit.Outer * unit.Inner);
        }));
        return expected == weighted && expected <= LibrarysProduct(instance) / 2;
    }
}
