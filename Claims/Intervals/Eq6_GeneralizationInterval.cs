using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Equation 6 and the abstract: the generalization interval, and that it is never empty. The library looks at the line on a grid and
/// halves the step with the first change; the reference cuts the line at every kink, in exact arithmetic. All numbers are small
/// fractions with denominators that are powers of two, so float64 makes no error of its own.
/// </summary>
public sealed class Eq6_GeneralizationInterval
{
    private const double Range = 4;
    private const int Steps = 16;
    private const int Halvings = 10;

    // Of directions.
    private static readonly double[] Factors = [0.5, 2, 8];

    // The width of the bisection at the end, (4/16)/2¹⁰ = 2⁻¹² for a ray to 4.
    private static readonly double Width = WidthOf(Range);

    private delegate Tensor IntervalOf(FullyConnected network, Tensor points, Tensor directions, double backward, double forward);

    private static readonly UnderTest<IntervalOf> Interval = new(
        Sampled,
        ("interval-of-one-ray", (network, points, directions, _, forward) =>
            GeneralizationInterval.Ray(network, points, directions, forward, Steps, Halvings)),
        ("interval-in-lengths-of-the-input-space", (network, points, directions, backward, forward) =>
            Sampled(network, points, directions, backward, forward) * directions.square().sum(-1).sqrt()),
        ("interval-of-equal-outputs", OnGrid((here, there) => here.eq(there).all(-1))),
        ("interval-counts-every-stable-point", OnGrid((here, there) => here.argmax(-1).eq(there.argmax(-1)), untilFirst: false)),
        ("interval-of-the-first-class", OnGrid((_, there) => there.argmax(-1).eq((Scalar)0))));

    /// <summary>2 − |x|, written with two units, against 0: class 1 for −2 &lt; x &lt; 2, class 2 outside.</summary>
    private static SmallNetwork Hat { get; } =
        new([new double[,] { { 1 }, { -1 } }, new double[,] { { -1, -1 }, { 0, 0 } }], [[0, 0], [2, 0]]);

    [Claim("intervals.eq-6")]
    public void RandomNetworks_SampledInterval_IsTheExactOneWhereTheGridSeesTheChange() =>
        Instances.Satisfy(
            "sampled less exact interval, each ray to 4 in 16 steps",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (forward, backward) = (ExactRay(instance, 1), ExactRay(instance, -1));
                var error = Run(instance, 1, Range, Range) - (forward.Length.ToDouble() + backward.Length.ToDouble());

                // A change that is undone before the next point of the grid is missed: the sampled interval may then only be longer.
                return new Deviation(forward.IsSeen && backward.IsSeen ? Math.Abs(error) : Math.Max(0, -error), 2 * Width);
            },
            "two widths of the bisection, 2⁻¹¹, one a ray",
            count: 200);

    [Claim("intervals.eq-6")]
    public void RandomNetworks_ReversedDirection_HasTheSameInterval() =>
        Instances.Satisfy(
            "|GI along −d − GI along d|",
            NetworkOnLine.Arbitrary,
            instance => new Deviation(Math.Abs(Run(instance, -1, Range, Range) - Run(instance, 1, Range, Range)), 0),
            "none: the same evaluations",
            count: 60);

    [Claim("intervals.eq-6")]
    public void RandomNetworks_LongerDirection_ShortensTheInterval() =>
        Instances.Satisfy(
            "|c·GI along cd − GI along d|, c = 1/2, 2, 8",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var interval = Run(instance, 1, Range, Range);
                return new Deviation(Factors.Max(c => Math.Abs((c * Run(instance, c, Range / c, Range / c)) - interval)), 0);
            },
            "none: powers of two are exact",
            count: 40);

    /// <summary>
    /// Another point inside the same interval has the same interval: exact, by the reference, and to the bisection by the library.
    /// </summary>
    [Claim("intervals.eq-6")]
    public void RandomNetworks_PointInsideTheInterval_HasTheSameInterval() =>
        Instances.Satisfy(
            "|GI at a point inside − GI|, untruncated intervals",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (forward, backward) = (ExactRay(instance, 1), ExactRay(instance, -1));
                var total = forward.Length + backward.Length;
                if (!forward.IsSeen || !backward.IsSeen || total == 0)
                {
                    return null;
                }

                // Half of the forward ray, rounded down to 1/64 so that float64 stays exact; the whole line is still looked at.
                var shift = Math.Floor(forward.Length.ToDouble() * 32) / 64;
                var moved = instance with { Point = Arrays.Add(instance.Point, Arrays.Times(shift, instance.Direction)) };
                var (onwards, back) = (ExactRay(moved, 1, Rational.Of(Range - shift)), ExactRay(moved, -1, Rational.Of(Range + shift)));
                if (total != onwards.Length + back.Length)
                {
                    return Deviation.Exact(false);
                }

                // Seen from the other point a change may be undone between two points of the grid: then that interval may only be longer.
                var sampled = Run(moved, 1, Range + shift, Range - shift);
                return onwards.IsSeen && back.IsSeen
                    ? new Deviation(Math.Abs(sampled - Run(instance, 1, Range, Range)), 4 * Width)
                    : new Deviation(Math.Max(0, total.ToDouble() - sampled), 2 * Width);
            },
            "four widths of the bisection, 2⁻¹⁰, two an interval; two where the grid misses a change; exact for the reference",
            count: 100);

    /// <summary>2 − |x| against 0: class 1 from −2 to 2. At x = 1 GI = 1 + 3; at x = 3 it is unbounded outwards; x = 2 is a tie.</summary>
    [ClaimRows("intervals.eq-6")]
    [InlineData(1, 1, 4, 4)]
    [InlineData(1, 2, 4, 2)]
    [InlineData(3, 1, 8, 9)]
    [InlineData(2, 1, 4, 0)]
    public void Hat_ByHand_HasItsInterval(double x, double d, double forward, double exact)
    {
        var interval = Run(new NetworkOnLine(Hat, [x], [d]), 1, 4, forward);
        Evidence.Record(new Measurement(
            $"GI of 2 − |x| against 0 at x = {x} along {d}, seen from −4 to {forward}",
            interval,
            $"{exact} by hand, to the width of the bisection")
        {
            Dtype = "float64",
        });
        interval.Should().BeApproximately(exact, 2 * Width, "one width a ray, and the ray to 8 is not halved");
    }

    /// <summary>
    /// The same class comes back: 2 − |x| against 0 at x = −3, class 2 up to −2 and again from 2 on. Read as "for some t", equation 6 would
    /// also count what lies between 2 and 5.
    /// </summary>
    [Claim("intervals.eq-6")]
    public void ClassThatComesBack_ByHand_IsNotCounted() =>
        Run(new NetworkOnLine(Hat, [-3], [1]), 1, 4, 8).Should().BeApproximately(4 + 1, WidthOf(4) + WidthOf(8));

    /// <summary>Two replicas at two points each, in one batch: every entry is its own interval.</summary>
    [Claim("intervals.eq-6")]
    public void Ensemble_OfTwoReplicasAtTwoPoints_KeepsThemApart()
    {
        using var scope = NewDisposeScope();
        var wide = new SmallNetwork(Hat.Weights, [Hat.Biases[0], [3, 0]]);
        var ensemble = new FullyConnected(
            [.. Hat.Weights.Zip(wide.Weights, (one, other) => stack([tensor(one), tensor(other)]))],
            [.. Hat.Biases.Zip(wide.Biases, (one, other) => stack([tensor(one), tensor(other)]))]);
        var intervals = Interval.Run(ensemble, tensor([1.0, 0], [2, 1]), tensor([1.0, 2], [2, 1]), 8, 8);
        intervals.shape.Should().Equal(2, 2);
        Numbers(intervals).Zip([4.0, 2, 6, 3]).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) <= 2 * WidthOf(8));
    }

    /// <summary>
    /// The printed condition f(x₀ + td; θ) = f(x₀; θ), with f the outputs as section 3.1 defines it: (x, −x) at x₀ = 1 has class 1 for all
    /// x &gt; 0, and outputs that differ at every other point. The interval as printed is 0; by the class it is 1 backward and unbounded
    /// forward.
    /// </summary>
    [Claim("intervals.eq-6", Role.Counterexample)]
    public void PrintedEquality_OfOutputs_LeavesASinglePoint()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }).Exact();
        var slope = ExactLine.Pieces(network, [1], [1], 1).Single().Slope;
        slope.Should().Equal(1, -1);
        slope.Should().NotContain((Rational)0, "so no t other than 0 leaves the outputs as they are");
        ExactLine.Ray(network, [1], [-1], 8).Should().Be((Rational)1);
        ExactLine.Ray(network, [1], [1], 8).Should().Be((Rational)8, "the class never changes");
        Evidence.Record(new Measurement("GI of (x, −x) at 1 along 1, seen from −7 to 9", 9, "0 with equal outputs as printed")
        {
            Dtype = "exact (integers)",
        });
    }

    [Claim("intervals.eq-6", Role.Control)]
    public void IntervalThatGrowsWithTheDirection_IsCaught() =>
        Instances.Violate("GI along 2d = 2·GI along d", NetworkOnLine.Arbitrary, instance =>
            new Deviation(Math.Abs(Run(instance, 2, Range / 2, Range / 2) - (2 * Run(instance, 1, Range, Range))), 5 * Width));

    /// <summary>
    /// Without the hypothesis that the grid sees the change, equality fails: the class is left between two points of the grid only.
    /// </summary>
    [Claim("intervals.eq-6", Role.Control)]
    public void ChangeBetweenTwoPointsOfTheGrid_IsMissed()
    {
        // |64x − 6| − 1 against 0: class 2 for 5/64 < x < 7/64 only, between the grid's first two points, 0 and 1/4.
        var network = new SmallNetwork([new double[,] { { 64 }, { -64 } }, new double[,] { { 1, 1 }, { 0, 0 } }], [[-6, 6], [-1, 0]]);
        var instance = new NetworkOnLine(network, [0], [1]);
        ExactRay(instance, 1).Should().Be((new Rational(5, 64), false));
        Number(GeneralizationInterval.Ray(network.ToEnsemble(), Batch([0]), Batch([1]), Range, Steps)).Should().Be(Range);
        LineMeasures.Stretch(network, [0], [1], Range, Range).Forward.Should().Be(5 / 64.0, "it is found where all kinks are");
    }

    /// <summary>
    /// Where one output exceeds all others the interval is longer than 0 on both sides, by at least margin/(2‖W_n‖⋯‖W_1‖‖d‖).
    /// </summary>
    [Claim("intervals.segment-exists")]
    public void RandomNetworks_OffTies_HaveASegmentOnBothSides() =>
        Instances.Satisfy(
            "a ray that is shorter than margin over twice the product of norms",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
                var direction = Arrays.Exact(instance.Direction);
                var margin = ExactLine.Margin(network.Evaluate(point).Output);
                var speed = network.Weights.Aggregate(Fractions.Norm(direction), (product, weight) => product * Fractions.RowNorm(weight));
                if (margin == 0 || speed == 0)
                {
                    return null;
                }

                var length = margin / (2 * speed);
                bool IsKept(Rational[] along) => ExactLine.Ray(network, point, along, length) == length;

                // The library on slightly shorter rays, so that rounding of the range cannot reach the tie at its end.
                var shorter = length.ToDouble() * 0.999;
                return Deviation.Exact(
                    IsKept(direction) && IsKept(Arrays.Times(-1, direction)) && Run(instance, 1, shorter, shorter) == 2 * shorter);
            },
            "none: exact",
            dtype: "exact (rationals), and float64 where the class is certain",
            count: 100);

    /// <summary>
    /// (2x, 1) at x = 1: the tie is at 1/2. The bound gives 1/(2·2) = 1/4 on both sides; the ray towards the tie is 1/2 long.
    /// </summary>
    [Claim("intervals.segment-exists")]
    public void LineWithATie_ByHand_HasAHalf()
    {
        var network = new SmallNetwork([new double[,] { { 2 }, { 0 } }], [[0, 1]]);
        ExactLine.Ray(network.Exact(), [1], [-1], 4).Should().Be(new Rational(1, 2));
        Run(new NetworkOnLine(network, [1], [1]), 1, 4, 4).Should().BeApproximately(4.5, 2 * Width);
    }

    /// <summary>
    /// At a tie a rule must choose. If it gives the outputs (0, 0) the first class, (0, |x|) at 0 has that class at the point alone and the
    /// second on both sides; if it gives them the second, (|x|, 0) does the same. Two hidden units, weights ±1.
    /// </summary>
    [ClaimRows("intervals.segment-exists", Role.Counterexample)]
    [InlineData(0)]
    [InlineData(1)]
    public void Tie_WhicheverClassItIsGiven_MayBeAPointAlone(int chosen)
    {
        var other = 1 - chosen;
        var outer = Arrays.Build(2, 2, (row, _) => row == other ? 1.0 : 0);
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, outer).Exact();
        Rational small = new(1, 1_000_000);
        network.Evaluate([0]).Output.Should().Equal((Rational)0, (Rational)0);
        ExactLine.Largest(network.Evaluate([-small]).Output).Should().Be(other, "on either side the other class is strictly larger");
        ExactLine.Largest(network.Evaluate([small]).Output).Should().Be(other);
        ExactLine.Pieces(network, [0], [1], 1).Single().Slope[other].Should().Be((Rational)1, "so for every t, however small");
        Evidence.Record(new Measurement(
            $"segment of the class of 0 around 0: {(chosen == 0 ? "(0, |x|)" : "(|x|, 0)")}, ties going to class {chosen + 1}",
            0,
            "positive, as printed")
        {
            Dtype = "exact (integers)",
        });
    }

    /// <summary>A strict largest output at the point, and a margin forgotten: a segment of a fixed length need not exist.</summary>
    [Claim("intervals.segment-exists", Role.Control)]
    public void FixedLength_InsteadOfOneThatDependsOnTheMargin_IsCaught() =>
        Instances.Violate(
            "a segment of length 1/4 on both sides",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                bool IsLong(int sign) => ExactRay(instance, sign).Length >= new Rational(1, 4);
                return ExactLine.Margin(instance.Network.Exact().Evaluate(Arrays.Exact(instance.Point)).Output) == 0
                    ? null
                    : Deviation.Exact(IsLong(1) && IsLong(-1));
            },
            dtype: Fractions.Arithmetic);

    /// <summary>
    /// The same check at a tie, 2 − |x| against 0 at x = 2: no segment on the outer side counts, since the point has no class.
    /// </summary>
    [Claim("intervals.segment-exists", Role.Control)]
    public void Tie_HypothesisDropped_HasNoSegment() =>
        Run(new NetworkOnLine(Hat, [2], [1]), 1, 4, 4).Should().Be(0);

    private static double WidthOf(double range) => range / Steps / (1 << Halvings);

    private static double Run(NetworkOnLine instance, double factor, double backward, double forward)
    {
        using var scope = NewDisposeScope();
        var directions = Batch(Arrays.Times(factor, instance.Direction));
        return Number(Interval.Run(instance.Network.ToEnsemble(), Batch(instance.Point), directions, backward, forward));
    }

    // The exact ray, and whether the class is still lost at the next point of the grid.
    private static (Rational Length, bool IsSeen) ExactRay(NetworkOnLine instance, int sign, Rational? range = null)
    {
        var whole = range ?? Rational.Of(Range);
        var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
        var direction = Arrays.Times(sign, Arrays.Exact(instance.Direction));
        var length = ExactLine.Ray(network, point, direction, whole);
        if (length == whole || length == 0)
        {
            return (length, true);
        }

        var own = ExactLine.Largest(network.Evaluate(point).Output);
        var steps = length / whole * Steps;
        var next = whole * ((steps.Numerator + steps.Denominator - 1) / steps.Denominator) / Steps;
        var pieces = ExactLine.Pieces(network, point, direction, whole).Where(piece => piece.End >= length && piece.Start <= next);
        return (length, pieces.All(IsLost));

        // One other output is as large at both ends of what lies between the change and the grid's point.
        bool IsLost(ExactPiece piece)
        {
            var first = piece.Outputs(Rational.Max(piece.Start, length));
            var last = piece.Outputs(piece.End < next ? piece.End : next);
            return Enumerable.Range(0, network.Outputs).Any(other =>
                other != own && first[other] >= first[own] && last[other] >= last[own]);
        }
    }

    private static Tensor Sampled(FullyConnected network, Tensor points, Tensor directions, double backward, double forward) =>
        GeneralizationInterval.Of(network, points, directions, backward, forward, Steps, Halvings);

    // Mutants: the share of the grid's points that qualify, up to the first that does not, or of all.
    private static IntervalOf OnGrid(Func<Tensor, Tensor, Tensor> qualifies, bool untilFirst = true) =>
        (network, points, directions, backward, forward) =>
            RayOnGrid(network, points, directions, forward, qualifies, untilFirst)
            + RayOnGrid(network, points, -directions, backward, qualifies, untilFirst);

    private static Tensor RayOnGrid(
        FullyConnected network, Tensor points, Tensor directions, double range, Func<Tensor, Tensor, Tensor> qualifies, bool untilFirst)
    {
        var (starts, along) = (network.Spread(points), network.Spread(directions));
        var here = network.Forward(starts);
        var length = zeros([network.Replicas, starts.size(1)], float64);
        var alive = ones_like(length);
        for (var k = 1; k <= Steps; k++)
        {
            var qualified = qualifies(here, network.Forward(starts + (along * (range * k / Steps)))).to_type(float64);
            alive = untilFirst ? alive * qualified : qualified;
            length = length + (alive * (range / Steps));
        }

        return length;
    }
}
