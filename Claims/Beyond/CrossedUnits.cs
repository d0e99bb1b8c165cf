using Reproduce.Claims.Beyond.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Measures;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.LineMeasures;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Beyond;

/// <summary>
/// PL1 of a two-layer network with any number of inputs: along a segment a pre-activation is affine, so a unit switches at most once, and
/// does exactly where its signs at the ends are opposite. Each switch moves ∇f by ±w2_i w1_i. So PL1 weighs the summands of WP by the
/// chances that random segments cross the units' hyperplanes.
/// </summary>
public sealed class CrossedUnits
{
    /// <summary>Σ |w2_i|‖w1_i‖ over the units that segments cross, [R, N].</summary>
    private static readonly UnderTest<Func<FullyConnected, Segments, Tensor>> CrossingSum = new(
        (network, segments) => Weighted(network, segments, (start, end) => (start * end).lt(0.0)),
        ("crossing-sum-over-all-units", (network, segments) => Weighted(network, segments, (start, _) => start.eq(start))),
        ("crossing-sum-over-units-that-switch-on", (network, segments) =>
            Weighted(network, segments, (start, end) => start.lt(0.0).logical_and(end.gt(0.0)))),
        ("crossing-sum-with-the-ends", WithTheEnds));

    /// <summary>
    /// From the pieces in fractions: the gradient moves where a unit of opposite signs switches, by the sum of all that do, and nowhere
    /// else.
    /// </summary>
    [Claim("beyond.pl1-crossing")]
    public void RandomNetworks_JumpsOfTheGradient_AreTheSumsOfTheCrossedUnits() =>
        Instances.Satisfy(
            "jumps of ∇f between pieces against Σ ±w2_i w1_i over the crossed units of the kink",
            TwoLayersOnSegment.Arbitrary,
            instance =>
            {
                var (network, start) = (instance.Network.Exact(), Arrays.Exact(instance.Start));
                var pieces = ExactLine.Pieces(network, start, Arrays.Minus(Arrays.Exact(instance.End), start), 1);
                var gradients = pieces.Select(one => Arrays.Row(LinearRegions.Jacobian(network, one.On), 0)).ToList();
                var jumps = JumpsByKink(instance);
                Rational[] JumpAt(int piece) => jumps.GetValueOrDefault(pieces[piece].Start, new Rational[start.Length]);
                return Deviation.Exact(
                    jumps.Keys.All(kink => pieces.Skip(1).Any(one => one.Start == kink))
                    && Enumerable.Range(1, pieces.Count - 1).All(i =>
                        Arrays.Minus(gradients[i], gradients[i - 1]).SequenceEqual(JumpAt(i))));
            },
            Fractions.Exactly,
            dtype: Fractions.Arithmetic);

    /// <summary>
    /// Whatever units share a kink, are 0 at an end or throughout: the norms of those sums, and never more than the crossed units'
    /// summands.
    /// </summary>
    [Claim("beyond.pl1-crossing")]
    public void RandomNetworks_Variation_IsTheNormsOfTheJumps() =>
        Instances.Satisfy(
            "|library − Σ ‖Σ ±w2_i w1_i‖ over kinks|, and its excess over the crossed units' sum",
            TwoLayersOnSegment.Arbitrary,
            instance =>
            {
                var grouped = JumpsByKink(instance).Values.Sum(ReferenceAlongLine.Length);
                return new Deviation(
                    Math.Max(Math.Abs(Measured(instance) - grouped), grouped - Crossed(instance)), OfSum(instance.Network));
            },
            Tolerance,
            count: 150);

    [Claim("beyond.pl1-crossing")]
    public void RandomNetworks_KinksDistinct_VariationIsTheCrossedUnitsSum() =>
        Instances.Satisfy(
            "|library's TV of ∇f − Σ |w2_i|‖w1_i‖ over crossed units|",
            TwoLayersOnSegment.Arbitrary,
            instance => IsDistinct(instance) ? Against(instance, Crossed(instance)) : null,
            Tolerance,
            count: 150);

    /// <summary>
    /// Of four points all 16 pairs: PL1 = Σ 2pq·|w2_i|‖w1_i‖, p and q the shares of points on either side, where kinks are distinct; at
    /// most WP/2 in any case.
    /// </summary>
    [Claim("beyond.pl1-crossing")]
    public void RandomNetworks_PL1_IsAWeightedMeanOfCrossingChances_AtMostHalfOfWP() =>
        Instances.Satisfy(
            "|PL1 over all pairs of four points − Σ 2pq·summand|, or its excess over that and over WP/2",
            TwoLayersOnSegment.Arbitrary,
            instance =>
            {
                var (start, end) = (instance.Start, instance.End);
                double[][] points = [start, end, Arrays.Times(-1, end), Arrays.Minus(Arrays.Times(2, start), end)];
                var pairs = points.SelectMany(one => points.Select(other => instance with { Start = one, End = other })).ToList();
                using var scope = NewDisposeScope();
                var starts = stack([.. pairs.Select(pair => tensor(pair.Start))]);
                var ends = stack([.. pairs.Select(pair => tensor(pair.End))]);
                var mean = Numbers(GradientVariations.Run(instance.Network.ToEnsemble(), new Segments(starts, ends))).Average();
                var exact = instance.Network.Exact();
                var before = points.Select(point => exact.Evaluate(Arrays.Exact(point)).Preactivations[0]).ToList();
                double ChanceOfCrossing(int unit) => 2 * before.Count(one => one[unit] > 0) * before.Count(one => one[unit] < 0) / 16.0;
                var summands = SmoothnessMeasures.SummandsOf(instance.Network);
                var weighted = summands.Select((summand, unit) => summand * ChanceOfCrossing(unit)).Sum();
                var excess = Math.Max(0, Math.Max(mean - weighted, weighted - (summands.Sum() / 2)));
                return new Deviation(
                    pairs.All(IsDistinct) ? Math.Max(excess, Math.Abs(mean - weighted)) : excess, OfSum(instance.Network));
            },
            Tolerance,
            count: 60);

    /// <summary>
    /// 2[3x + 4y − 5]₊ − [x − 1]₊ + [y + 9]₊ from (0, 0) to (2, 2): the first unit goes from −5 to 9 and moves ∇f by 2·5 at t = 5/14, the
    /// second from −1 to 1 by 1 at 1/2, the third stays on. So 11, and WP = 12.
    /// </summary>
    [Claim("beyond.pl1-crossing")]
    public void ThreeUnits_ByHand_VaryByEleven()
    {
        var network = TwoLayers(new double[,] { { 3, 4 }, { 1, 0 }, { 0, 1 } }, [-5, -1, 9], [2, -1, 1]);
        var instance = new TwoLayersOnSegment(network, [0, 0], [2, 2]);
        double[] values = [Measured(instance), Crossed(instance), SmoothnessMeasures.WeightsProductOf(network)];
        values[0].Should().BeApproximately(11, OfSum(network));
        values[1..].Should().Equal(11, 12);
        Evidence.Record(new Measurement(
            "TV of ∇f for 2[3x + 4y − 5]₊ − [x − 1]₊ + [y + 9]₊ from (0, 0) to (2, 2)",
            values[0],
            "11 by hand: the units crossed; WP = 12")
        {
            Series = values,
            Dtype = "float64",
        });
    }

    /// <summary>
    /// x = [x]₊ − [−x]₊ from −1 to 1: both units are crossed, 1 + 1, and ∇f does not vary. With + in place of − the jumps add up to 2.
    /// </summary>
    [Claim("beyond.pl1-crossing", Role.Control)]
    public void SharedKink_DistinctDropped_IsCaught()
    {
        var identity = new TwoLayersOnSegment(Identity, [-1], [1]);
        Crossed(identity).Should().Be(2);
        Measured(identity).Should().Be(0);
        GradientVariation(TwoLayers(new double[,] { { 1 }, { -1 } }, [0, 0], [1, 1]), [-1], [1]).Should().Be(2);
        Instances.Violate(
            "TV of ∇f = Σ over crossed units where kinks are shared",
            TwoLayersOnSegment.Arbitrary,
            instance => IsDistinct(instance) ? null : Against(instance, Crossed(instance)),
            count: 1000);
    }

    /// <summary>[x]₊ from 0 to 1: off at 0 by the convention, on at 1, and ∇f = 1 in between.</summary>
    [Claim("beyond.pl1-crossing", Role.Control)]
    public void UnitThatIsZeroAtAnEnd_OppositeSignsDropped_IsCaught() =>
        Instances.Violate("the same, with a unit that is 0 at one end counted as off there", TwoLayersOnSegment.Arbitrary, instance =>
            IsDistinct(instance) ? Against(instance, SumOver(instance, WithTheEnds)) : null);

    /// <summary>
    /// Ends that are not drawn independently from one law: from −1 to 1 always, [x]₊ is crossed with chance 1, more than 1/2.
    /// </summary>
    [Claim("beyond.pl1-crossing", Role.Control)]
    public void DependentEnds_ExceedHalfOfWP()
    {
        var ramp = TwoLayers(new double[,] { { 1 } }, [0], [1]);
        GradientVariation(ramp, [-1], [1]).Should().BeGreaterThan(0.5 * SmoothnessMeasures.WeightsProductOf(ramp));
    }

    private const string Tolerance = "8γ_k·WP, k = (n_0 + 1)(h + 1): norms of rows, an orthonormal factor, and sums over h units";

    private static double OfSum(SmallNetwork network)
    {
        var (inner, outer, units) = (network.Weights[0], network.Weights[1], network.Biases[0].Length);
        var sum = Enumerable.Range(0, units).Sum(unit => Math.Abs(outer[0, unit]) * Norm(Arrays.Row(inner, unit), 2));
        return 8 * Rounding.Gamma((network.Inputs + 1) * (units + 1)) * sum;
    }

    private static double Measured(TwoLayersOnSegment instance) => GradientVariation(instance.Network, instance.Start, instance.End);

    private static Deviation Against(TwoLayersOnSegment instance, double sum) =>
        new(Math.Abs(sum - Measured(instance)), OfSum(instance.Network));

    private static double Crossed(TwoLayersOnSegment instance) => SumOver(instance, CrossingSum.Run);

    private static double SumOver(TwoLayersOnSegment instance, Func<FullyConnected, Segments, Tensor> sum)
    {
        using var scope = NewDisposeScope();
        return Number(sum(instance.Network.ToEnsemble(), Segment(instance.Start, instance.End)));
    }

    // ±w2_i w1_i of all units with opposite signs at the ends, added up by kink; + where the unit switches on.
    private static Dictionary<Rational, Rational[]> JumpsByKink(TwoLayersOnSegment instance)
    {
        var jumps = new Dictionary<Rational, Rational[]>();
        foreach (var (unit, index) in instance.Slice().Units.Select((unit, index) => (unit, index)).Where(one => IsCrossed(one.unit)))
        {
            var jump = Arrays.Times(unit.Outer * unit.Inner.Numerator.Sign, instance.Inner(index));
            jumps[unit.Knot!.Value] = jumps.TryGetValue(unit.Knot.Value, out var others) ? Arrays.Add(others, jump) : jump;
        }

        return jumps;
    }

    private static bool IsDistinct(TwoLayersOnSegment instance)
    {
        var kinks = instance.Slice().Units.Where(IsCrossed).Select(unit => unit.Knot).ToList();
        return kinks.Distinct().Count() == kinks.Count;
    }

    private static bool IsCrossed(Unit unit) => unit.Bias * (unit.Inner + unit.Bias) < 0;

    // Wrong where a unit is 0 at an end.
    private static Tensor WithTheEnds(FullyConnected network, Segments segments) =>
        Weighted(network, segments, (start, end) => start.gt(0.0).ne(end.gt(0.0)));

    private static Tensor Weighted(FullyConnected network, Segments segments, Func<Tensor, Tensor, Tensor> isCounted)
    {
        var counted = isCounted(network.Preactivations(segments.Starts)[0], network.Preactivations(segments.Ends)[0]).to_type(float64);
        return (counted * WeightsProduct.Summands(network).unsqueeze(1)).sum(-1);
    }
}
