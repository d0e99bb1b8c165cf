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

    // The width of the bisection at the end, (4/16)/2¹⁰ = 2⁻¹² for a ray to 4.
    private static readonly double Width = WidthOf(Range);

    private delegate Tensor IntervalOf(FullyConnected network, Tensor points, Tensor directions, double backward, double forward);

    private static readonly UnderTest<IntervalOf> Interval = new(
        (network, points, directions, backward, forward) => GeneralizationInterval.Of(network, points, directions, backward, forward, Steps, Halvings),
        ("interval-of-one-ray", (network, points, directions, backward, forward) => GeneralizationInterval.Ray(network, points, directions, forward, Steps, Halvings)),
        ("interval-in-lengths-of-the-input-space", (network, points, directions, backward, forward) =>
            GeneralizationInterval.Of(network, points, directions, backward, forward, Steps, Halvings) * directions.square().sum(-1).sqrt()),
        ("interval-of-equal-outputs", (network, points, directions, backward, forward) => OnGrid(network, points, directions, forward, EqualOutputs, untilFirst: true) + OnGrid(network, points, -directions, backward, EqualOutputs, untilFirst: true)),
        ("interval-counts-every-stable-point", (network, points, directions, backward, forward) => OnGrid(network, points, directions, forward, EqualClasses, untilFirst: false) + OnGrid(network, points, -directions, backward, EqualClasses, untilFirst: false)),
        ("interval-of-the-first-class", (network, points, directions, backward, forward) =>
            OnGrid(network, points, directions, forward, (_, there) => there.argmax(-1).eq((Scalar)0), untilFirst: true) + OnGrid(network, points, -directions, backward, (_, there) => there.argmax(-1).eq((Scalar)0), untilFirst: true)));

    /// <summary>2 − |x|, written with two units, against 0: class 1 for −2 &lt; x &lt; 2, class 2 outside.</summary>
    private static SmallNetwork Hat { get; } = new([new double[,] { { 1 }, { -1 } }, new double[,] { { -1, -1 }, { 0, 0 } }], [[0, 0], [2, 0]]);

    [Claim("intervals.eq-6", Role.Repair)]
    public void RandomNetworks_SampledInterval_IsTheExactOneWhereTheGridSeesTheChange() =>
        Instances.Satisfy("sampled less exact interval, each ray to 4 in 16 steps", NetworkOnLine.Arbitrary, instance =>
        {
            var exact = new[] { 1, -1 }.Select(sign => ExactRay(instance, sign)).ToList();
            var sampled = Run(instance, 1, Range, Range);
            var error = sampled - exact.Sum(ray => ray.Length.ToDouble());

            // A change that is undone before the next point of the grid is missed: the sampled interval may then only be longer.
            return exact.All(ray => ray.IsSeen) ? new Deviation(Math.Abs(error), 2 * Width) : new Deviation(Math.Max(0, -error), 2 * Width);
        }, "two widths of the bisection, 2⁻¹¹, one a ray", count: 200);

    [Claim("intervals.eq-6", Role.Repair)]
    public void RandomNetworks_ReversedDirection_HasTheSameInterval() =>
        Instances.Satisfy("|GI along −d − GI along d|", NetworkOnLine.Arbitrary, instance => new Deviation(Math.Abs(Run(instance, -1, Range, Range) - Run(instance, 1, Range, Range)), 0), "none: the same evaluations", count: 60);

    [Claim("intervals.eq-6", Role.Repair)]
    public void RandomNetworks_LongerDirection_ShortensTheInterval() =>
        Instances.Satisfy("|c·GI along cd − GI along d|, c = 1/2, 2, 8", NetworkOnLine.Arbitrary, instance =>
        {
            var interval = Run(instance, 1, Range, Range);
            return new Deviation(new[] { 0.5, 2, 8 }.Max(c => Math.Abs((c * Run(instance, c, Range / c, Range / c)) - interval)), 0);
        }, "none: powers of two are exact", count: 40);

    /// <summary>Another point inside the same interval has the same interval: exact, by the reference, and to the bisection by the library.</summary>
    [Claim("intervals.eq-6", Role.Repair)]
    public void RandomNetworks_PointInsideTheInterval_HasTheSameInterval() =>
        Instances.Satisfy("|GI at a point inside − GI|, untruncated intervals", NetworkOnLine.Arbitrary, instance =>
        {
            var (forward, backward) = (ExactRay(instance, 1), ExactRay(instance, -1));
            var seen = forward.IsSeen && backward.IsSeen && forward.Length + backward.Length > 0;
            if (!seen)
            {
                return null;
            }

            // Half of the forward ray, rounded down to 1/64 so that float64 stays exact; the whole line is still looked at.
            var shift = Math.Floor(forward.Length.ToDouble() * 32) / 64;
            var moved = instance with { Point = Arrays.Add(instance.Point, [.. instance.Direction.Select(value => value * shift)]) };
            var (onwards, back) = (ExactRay(moved, 1, Rational.Of(Range - shift)), ExactRay(moved, -1, Rational.Of(Range + shift)));
            var total = forward.Length + backward.Length;
            return total == onwards.Length + back.Length ? Compared(Run(moved, 1, Range + shift, Range - shift)) : Deviation.Exact(false);

            // Seen from the other point a change may be undone between two points of the grid: then that interval may only be longer.
            Deviation Compared(double sampled) => onwards.IsSeen && back.IsSeen
                ? new Deviation(Math.Abs(sampled - Run(instance, 1, Range, Range)), 4 * Width)
                : new Deviation(Math.Max(0, total.ToDouble() - sampled), 2 * Width);
        }, "four widths of the bisection, 2⁻¹⁰, two an interval; two where the grid misses a change; exact for the reference", count: 100);

    /// <summary>2 − |x| against 0 at x = 1: class 1 from −2 to 2, so GI = 1 + 3 = 4 along d = 1 and 2 along d = 2; at x = 3 it is unbounded outwards.</summary>
    [Claim("intervals.eq-6", Role.Repair)]
    public void Hat_ByHand_IsFourWide()
    {
        double At(double x, double d, double backward, double forward) => Run(new NetworkOnLine(Hat, [x], [d]), 1, backward, forward);
        double[] intervals = [At(1, 1, 4, 4), At(1, 2, 4, 4), At(3, 1, 4, 8), At(2, 1, 4, 4)];
        foreach (var (interval, exact) in intervals.Zip([4.0, 2, 9, 0]))
        {
            interval.Should().BeApproximately(exact, 2 * Width, "one width a ray, and the ray to 8 is not halved");
        }

        Evidence.Record(new Measurement("GI of 2 − |x| against 0: x = 1 along 1 and 2; x = 3 seen from −4 to 8; the tie x = 2", intervals[0], "4, 2, 1 + 8 and 0 by hand, to the width of the bisection") { Series = intervals, Dtype = "float64" });
    }

    /// <summary>
    /// The same class comes back: 2 − |x| against 0 at x = −3, class 2 up to −2 and again from 2 on. Read as "for some t", equation 6 would
    /// count the stretch from 2 to 5.
    /// </summary>
    [Claim("intervals.eq-6", Role.Repair)]
    public void ClassThatComesBack_ByHand_IsNotCounted() =>
        Run(new NetworkOnLine(Hat, [-3], [1]), 1, 4, 8).Should().BeApproximately(4 + 1, WidthOf(4) + WidthOf(8));

    /// <summary>Two replicas at two points each, in one batch: every entry is its own interval.</summary>
    [Claim("intervals.eq-6", Role.Repair)]
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
    /// x &gt; 0, and outputs that differ at every other point. The interval as printed is 0; by the class it is 1 backward and unbounded forward.
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
        Evidence.Record(new Measurement("GI of (x, −x) at 1 along 1, seen from −7 to 9", 9, "0 with equal outputs as printed") { Dtype = "exact (integers)" });
    }

    [Claim("intervals.eq-6", Role.Control)]
    public void IntervalThatGrowsWithTheDirection_IsCaught() =>
        Instances.Violate("GI along 2d = 2·GI along d", NetworkOnLine.Arbitrary, instance =>
            new Deviation(Math.Abs(Run(instance, 2, Range / 2, Range / 2) - (2 * Run(instance, 1, Range, Range))), 5 * Width));

    /// <summary>Without the hypothesis that the grid sees the change, equality fails: the class is left between two points of the grid only.</summary>
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

    /// <summary>Where one output exceeds all others the interval is longer than 0 on both sides, by at least margin/(2‖W_n‖⋯‖W_1‖‖d‖).</summary>
    [Claim("intervals.segment-exists")]
    public void RandomNetworks_OffTies_HaveASegmentOnBothSides() =>
        Instances.Satisfy("a ray that is shorter than margin over twice the product of norms", NetworkOnLine.Arbitrary, instance =>
        {
            var (network, point, direction) = (instance.Network.Exact(), Arrays.Exact(instance.Point), Arrays.Exact(instance.Direction));
            var margin = ExactLine.Margin(network.Evaluate(point).Output);
            var speed = network.Weights.Aggregate(Fractions.Norm(direction), (product, weight) => product * Fractions.RowNorm(weight));
            if (margin == 0 || speed == 0)
            {
                return null;
            }

            var length = margin / (2 * speed);
            var exact = ExactLine.Ray(network, point, direction, length) == length && ExactLine.Ray(network, point, [.. direction.Select(one => -one)], length) == length;

            // The library on a slightly shorter stretch, so that rounding of the range cannot reach the tie at its end.
            var shorter = length.ToDouble() * 0.999;
            return Deviation.Exact(exact && Run(instance, 1, shorter, shorter) == 2 * shorter);
        }, "none: exact", dtype: "exact (rationals), and float64 where the class is certain", count: 100);

    /// <summary>(2x, 1) at x = 1: the tie is at 1/2. The bound gives 1/(2·2) = 1/4 on both sides; the ray towards the tie is 1/2 long.</summary>
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
    [Claim("intervals.segment-exists", Role.Counterexample)]
    public void Tie_WhicheverClassItIsGiven_MayBeAPointAlone()
    {
        foreach (var chosen in new[] { 0, 1 })
        {
            double[] row = [1, 1];
            double[] nothing = [0, 0];
            var rows = chosen == 0 ? new[] { nothing, row } : [row, nothing];
            var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, Arrays.Build(2, 2, (i, j) => rows[i][j])).Exact();
            network.Evaluate([0]).Output.Should().Equal((Rational)0, (Rational)0);
            foreach (var t in new Rational[] { new(-1, 1_000_000), new(1, 1_000_000) })
            {
                ExactLine.Largest(network.Evaluate([t]).Output).Should().Be(1 - chosen, "on either side the other class is strictly larger");
            }

            ExactLine.Pieces(network, [0], [1], 1).Single().Slope[1 - chosen].Should().Be((Rational)1, "so for every t, however small");
        }

        Evidence.Record(new Measurement("length of the segment around 0 with the class of 0: (0, |x|) if ties go to the first class, (|x|, 0) if to the second", 0, "positive, as printed") { Dtype = "exact (integers)" });
    }

    /// <summary>A strict largest output at the point, and a margin forgotten: a segment of a fixed length need not exist.</summary>
    [Claim("intervals.segment-exists", Role.Control)]
    public void FixedLength_InsteadOfOneThatDependsOnTheMargin_IsCaught() =>
        Instances.Violate("a segment of length 1/4 on both sides", NetworkOnLine.Arbitrary, instance =>
            ExactLine.Margin(instance.Network.Exact().Evaluate(Arrays.Exact(instance.Point)).Output) == 0
                ? null
                : Deviation.Exact(ExactRay(instance, 1).Length >= new Rational(1, 4) && ExactRay(instance, -1).Length >= new Rational(1, 4)), dtype: "exact (rationals)");

    /// <summary>The same check at a tie, 2 − |x| against 0 at x = 2: no segment on the outer side counts, since the point has no class.</summary>
    [Claim("intervals.segment-exists", Role.Control)]
    public void Tie_HypothesisDropped_HasNoSegment() =>
        Run(new NetworkOnLine(Hat, [2], [1]), 1, 4, 4).Should().Be(0);

    private static double WidthOf(double range) => range / Steps / (1 << Halvings);

    private static double Run(NetworkOnLine instance, double factor, double backward, double forward)
    {
        using var scope = NewDisposeScope();
        return Number(Interval.Run(instance.Network.ToEnsemble(), Batch(instance.Point), Batch([.. instance.Direction.Select(value => value * factor)]), backward, forward));
    }

    // The exact ray, and whether the class is still lost at the next point of the grid.
    private static (Rational Length, bool IsSeen) ExactRay(NetworkOnLine instance, int sign, Rational? range = null)
    {
        var whole = range ?? Rational.Of(Range);
        var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
        Rational[] direction = [.. Arrays.Exact(instance.Direction).Select(value => value * sign)];
        var length = ExactLine.Ray(network, point, direction, whole);
        if (length == whole || length == 0)
        {
            return (length, true);
        }

        var own = ExactLine.Largest(network.Evaluate(point).Output);
        var steps = length / whole * Steps;
        var next = whole * ((steps.Numerator + steps.Denominator - 1) / steps.Denominator) / Steps;
        var lost = ExactLine.Pieces(network, point, direction, whole).Where(piece => piece.End >= length && piece.Start <= next).All(piece =>
            Enumerable.Range(0, network.Outputs).Any(other => other != own
                && piece.Outputs(Rational.Max(piece.Start, length))[other] >= piece.Outputs(Rational.Max(piece.Start, length))[own]
                && piece.Outputs(piece.End < next ? piece.End : next)[other] >= piece.Outputs(piece.End < next ? piece.End : next)[own]));
        return (length, lost);
    }

    private static Tensor EqualOutputs(Tensor here, Tensor there) => here.eq(there).all(-1);

    private static Tensor EqualClasses(Tensor here, Tensor there) => here.argmax(-1).eq(there.argmax(-1));

    // Mutants: the share of the grid's points that qualify, up to the first that does not, or of all.
    private static Tensor OnGrid(FullyConnected network, Tensor points, Tensor directions, double range, Func<Tensor, Tensor, Tensor> qualifies, bool untilFirst)
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
