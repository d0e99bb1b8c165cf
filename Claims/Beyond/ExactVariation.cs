using Reproduce.Claims.Beyond.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.LineMeasures;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Beyond;

/// <summary>
/// PL0, PL1 and generalization intervals without sampling, for networks of any depth: the library, which cuts a line at every kink in
/// float64, against exact fractions; and what the papers' estimates are beside them. f is affine between kinks, so its variation is that
/// of the kinks, ∇f varies at kinks only, and the class is lost inside a piece where two affine outputs meet.
/// </summary>
public sealed class ExactVariation
{
    // n − 1 is a prime that the kinks of small whole numbers rarely have in their denominators.
    private static readonly int[] Points = [2, 12, 102];

    /// <summary>||x| − 1| with two hidden layers: slopes −1, 1, −1, 1 with kinks at −1, 0, 1.</summary>
    private static SmallNetwork W { get; } = new(
        [new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 1 }, { -1, -1 } }, new double[,] { { 1, 1 } }],
        [[0, 0], [-1, 1], [0]]);

    [Claim("beyond.exact-tv")]
    public void RandomSegments_VariationOfF_IsTheReferences() =>
        Instances.Satisfy(
            "|library − TV of f in fractions|",
            LatticeNetworks.Segments,
            segment =>
            {
                var pieces = Reference(segment);
                return new Deviation(
                    Math.Abs(OfFunction(segment) - ReferenceAlongLine.FunctionVariation(pieces)), OfVariation(segment, pieces.Count));
            },
            "4√n_c times the number of pieces times the rounding of an output",
            count: 150);

    [Claim("beyond.exact-tv")]
    public void RandomSegments_VariationOfTheJacobian_IsTheReferences() =>
        Instances.Satisfy(
            "|library − TV of the Jacobian in fractions|",
            LatticeNetworks.Segments,
            segment =>
            {
                var pieces = Reference(segment);
                return new Deviation(
                    Math.Abs(OfGradient(segment) - ReferenceAlongLine.GradientVariation(segment.Network.Exact(), pieces)),
                    OfGradientVariation(segment, pieces.Count));
            },
            "4 times the number of pieces times " + Rounding.JacobianTolerance,
            count: 150);

    [Claim("beyond.exact-tv")]
    public void RandomLines_Interval_IsTheReferences() =>
        Instances.Satisfy(
            "library outside of what an exact ray of a lead that is moved by its rounding allows, range [−1, 2]",
            NetworkOnLine.Arbitrary,
            instance => Interval(instance, 1, 2),
            "4u of the range, beside the rounding of an output in the lead",
            count: 150);

    /// <summary>Below by at most TV(f′ along the segment)/(2(n − 1)) ≤ PL1·‖b − a‖/(2(n − 1)), above never.</summary>
    [Claim("beyond.exact-tv")]
    public void RandomSegments_SampledVariationOfF_IsBelowByAtMostTheBound() =>
        Instances.Satisfy(
            "TV − TV(J)‖b − a‖/(2(n − 1)) ≤ sampled ≤ TV, n = 2, 12, 102",
            LatticeNetworks.Segments,
            segment =>
            {
                var (function, slack) = (OfFunction(segment), OfGradient(segment) * Length(segment) / 2);
                var rounding = OfVariation(segment, Reference(segment).Count + 102);
                return Points.Select(n =>
                {
                    var missing = function - Sampled(segment, n, PathLength.OfFunction);
                    return new Deviation(Math.Max(0, Math.Max(-missing, missing - (slack / (n - 1)))), rounding);
                }).Aggregate(Deviation.Worse);
            },
            "4√n_c times the number of pieces and points times the rounding of an output",
            count: 60);

    /// <summary>
    /// For the first output. A point that lies on a kink of several units may have a gradient that no piece has; where one does, and at
    /// the ends, the instance is left out. Where no two kinks fall between neighbouring points the sum is exact.
    /// </summary>
    [Claim("beyond.exact-tv")]
    public void RandomSegments_SampledVariationOfTheGradient_IsBelowAndExactWhereKinksAreApart() =>
        Instances.Satisfy(
            "sampled ≤ TV of ∇f, equal where no two kinks share a part; n = 2, 12, 102",
            LatticeNetworks.Segments,
            whole => OfSampledGradient(whole with { Network = FirstOutput(whole.Network) }),
            "4 times the number of pieces times " + Rounding.JacobianTolerance,
            count: 200);

    /// <summary>The grid sees a change too late or not at all, never too early.</summary>
    [Claim("beyond.exact-tv")]
    public void RandomLines_SampledInterval_IsNeverShorter() =>
        Instances.Satisfy(
            "exact less sampled interval, range [−1, 2], 8 steps a ray and 6 halvings",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                if (instance.Network.Outputs == 1 || !IsLostClearly(instance, 1) || !IsLostClearly(instance, -1))
                {
                    return null;
                }

                using var scope = NewDisposeScope();
                var (network, point, direction) = (instance.Network, instance.Point, instance.Direction);
                var (backward, forward) = Stretch(network, point, direction, 1, 2);
                var sampled = Number(GeneralizationInterval.Of(network.ToEnsemble(), Batch(point), Batch(direction), 1, 2, 8, 6));
                return new Deviation(Math.Max(0, backward + forward - sampled), 4.0 / 8 / 64);
            },
            "4/8/2⁶, more than the widths of the two bisections, 3/8/2⁶; rounding moves the exact one by less than 2·10⁻⁶",
            count: 60);

    /// <summary>
    /// ||x| − 1| from −2 to 2: f goes 1, 0, 1, 0, 1 and ∇f −1, 1, −1, 1, so 4 and 6. Of the 99 parts between 100 points three hold a kink,
    /// at 3/4, 1/2 and 1/4 of the part, 4/99 long: of f 2·(1/4 + 1/2 + 1/4)·4/99 = 8/99 are lost, of ∇f nothing.
    /// </summary>
    [Claim("beyond.exact-tv")]
    public void ThreeKinks_ByHand_VaryByFourAndSix()
    {
        double[] measured = [FunctionVariation(W, [-2], [2]), GradientVariation(W, [-2], [2])];
        measured.Should().Equal(4, 6);
        var segment = new NetworkOnSegment(W, [-2], [2]);
        double[] sampled = [Sampled(segment, 100, PathLength.OfFunction), Sampled(segment, 100, PathLength.OfGradient)];
        sampled[0].Should().BeApproximately(4 - (8.0 / 99), OfVariation(segment, 100));
        sampled[1].Should().Be(6);
        Evidence.Record(new Measurement(
            "TV of f and of ∇f for ||x| − 1| on [−2, 2], then what 100 points see",
            measured[0],
            "4 and 6 by hand; 4 − 8/99 and 6 sampled")
        {
            Series = [.. measured, .. sampled],
            Dtype = "float64",
        });
    }

    /// <summary>Class 2 of (1, x) for x &gt; 1 only: from 0 along 2 the ray is 1/2, backward the range.</summary>
    [Claim("beyond.exact-tv")]
    public void OneTie_ByHand_HasOneAndAHalf() =>
        Stretch(new SmallNetwork([new double[,] { { 0 }, { 1 } }], [[1, 0]]), [0], [2], 1, 2).Should().Be((1.0, 0.5));

    /// <summary>
    /// [x]₊ − [−x]₊ from −1 to 1 with n = 3: f(x) = x has one gradient, 1, and TV 0. At the sampled point 0 both units are off by the
    /// convention, and the sampled sum is 1 + 1: on a shared kink the estimate can exceed the variation.
    /// </summary>
    [Claim("beyond.exact-tv", Role.Control)]
    public void SampleOnASharedKink_HypothesisDropped_ExceedsTheVariation()
    {
        GradientVariation(Identity, [-1], [1]).Should().Be(0);
        Sampled(new NetworkOnSegment(Identity, [-1], [1]), 3, PathLength.OfGradient).Should().Be(2);
    }

    [Claim("beyond.exact-tv", Role.Control)]
    public void TwelvePoints_AsTheVariation_AreCaught() =>
        Instances.Violate("sampled variation of f with 12 points = TV", LatticeNetworks.Segments, segment =>
        {
            var pieces = Reference(segment);
            var missing = ReferenceAlongLine.FunctionVariation(pieces) - Sampled(segment, 12, PathLength.OfFunction);
            return new Deviation(Math.Abs(missing), OfVariation(segment, pieces.Count + 12));
        });

    [Claim("beyond.exact-tv", Role.Control)]
    public void HalfTheBound_IsCaught() =>
        Instances.Violate("TV − sampled ≤ TV(J)‖b − a‖/(4(n − 1)), n = 2", LatticeNetworks.Segments, segment =>
        {
            var missing = OfFunction(segment) - Sampled(segment, 2, PathLength.OfFunction);
            var bound = OfGradient(segment) * Length(segment) / 4;
            return new Deviation(Math.Max(0, missing - bound), OfVariation(segment, Reference(segment).Count));
        }, count: 1000);

    [Claim("beyond.exact-tv", Role.Control)]
    public void RayOfOneSide_AsBoth_IsCaught() =>
        Instances.Violate("the backward ray taken for the forward one", NetworkOnLine.Arbitrary, instance =>
            Interval(instance with { Direction = Arrays.Times(-1, instance.Direction) }, 2, 2, turned: true));

    /// <summary>
    /// The library's other interval, from all kinks of the line: no grid, so no change is missed. Ties at the point have none.
    /// </summary>
    [Claim("intervals.eq-6")]
    public void RandomNetworks_IntervalBothWays_IsThatOfEquation6() =>
        Instances.Satisfy(
            "interval from all kinks outside of what an exact ray of a lead that is moved by its rounding allows, each ray to 4",
            NetworkOnLine.Arbitrary,
            instance => Interval(instance, 4, 4),
            "4u of the range, beside the rounding of an output in the lead",
            count: 200);

    /// <summary>What rounding does to a sum over pieces: each end of a piece is off by that of an output, in each of n_c outputs.</summary>
    private static double OfVariation(NetworkOnSegment segment, int pieces)
    {
        var output = OfOutputs(segment.Network, segment.From, Arrays.Minus(segment.To, segment.From), 1);
        return 4 * pieces * Math.Sqrt(segment.Network.Outputs) * output;
    }

    /// <summary>
    /// The library's interval against the exact rays; null without classes or where rounding may decide between two at the point.
    /// </summary>
    private static Deviation? Interval(NetworkOnLine instance, double backward, double forward, bool turned = false)
    {
        if (instance.Network.Outputs == 1)
        {
            return null;
        }

        var (network, point, direction) = (instance.Network.Exact(), Arrays.Exact(instance.Point), Arrays.Exact(instance.Direction));
        var measured = Stretch(instance.Network, instance.Point, instance.Direction, backward, forward);
        if (ExactLine.Margin(network.Evaluate(point).Output) == 0)
        {
            return new Deviation(measured.Backward + measured.Forward, 0);
        }

        var along = turned ? Arrays.Times(-1, direction) : direction;
        var furthest = Math.Max(backward, forward);
        var slack = OfOutputs(instance.Network, instance.Point, instance.Direction, furthest);
        if (ReferenceAlongLine.Ray(network, point, along, forward, slack) is not { } ahead
            || ReferenceAlongLine.Ray(network, point, Arrays.Times(-1, along), backward, slack) is not { } back)
        {
            return null;
        }

        static double Outside(double value, (double Least, double Largest) allowed) =>
            Math.Max(0, Math.Max(allowed.Least - value, value - allowed.Largest));
        return new Deviation(
            Math.Max(Outside(measured.Forward, ahead), Outside(measured.Backward, back)), 4 * Rounding.Unit * furthest);
    }

    // A lead that touches 0 or stays there is known to rounding only.
    private static bool IsLostClearly(NetworkOnLine instance, int sign)
    {
        var slack = OfOutputs(instance.Network, instance.Point, instance.Direction, 2);
        var direction = Arrays.Times(sign, Arrays.Exact(instance.Direction));
        var ray = ReferenceAlongLine.Ray(instance.Network.Exact(), Arrays.Exact(instance.Point), direction, 2, slack);
        return ray is { } found && found.Largest - found.Least < 1e-6;
    }

    private static double OfFunction(NetworkOnSegment segment) => FunctionVariation(segment.Network, segment.From, segment.To);

    private static double OfGradient(NetworkOnSegment segment) => GradientVariation(segment.Network, segment.From, segment.To);

    private static double Length(NetworkOnSegment segment) => Norm(Arrays.Minus(segment.To, segment.From), 2);

    private static double OfGradientVariation(NetworkOnSegment segment, int pieces) => 4 * pieces * Rounding.OfJacobian(segment.Network);

    private static IReadOnlyList<ExactPiece> Reference(NetworkOnSegment segment)
    {
        var from = Arrays.Exact(segment.From);
        return ExactLine.Pieces(segment.Network.Exact(), from, Arrays.Minus(Arrays.Exact(segment.To), from), 1);
    }

    private static double Sampled(NetworkOnSegment segment, int n, Func<FullyConnected, Segments, int, Tensor> estimate)
    {
        using var scope = NewDisposeScope();
        return Number(estimate(segment.Network.ToEnsemble(), Segment(segment.From, segment.To), n));
    }

    private static Deviation? OfSampledGradient(NetworkOnSegment segment)
    {
        var (network, from) = (segment.Network.Exact(), Arrays.Exact(segment.From));
        var direction = Arrays.Minus(Arrays.Exact(segment.To), from);
        var pieces = Reference(segment);
        bool HasAPiecesPattern(Rational t)
        {
            var pattern = LinearRegions.Pattern(network, Fractions.Along(from, direction, t));
            bool HasIt(ExactPiece piece) => piece.On.Zip(pattern).All(layer => layer.First.SequenceEqual(layer.Second));
            return pieces.Any(one => one.Start <= t && t <= one.End && HasIt(one));
        }

        // Inside a piece it is that piece's.
        var borders = pieces.Select(one => one.Start).Append(1).ToList();
        var judged = Points.Where(n => borders.All(t => (t * (n - 1)).Denominator != 1 || HasAPiecesPattern(t))).ToList();
        if (judged.Count == 0)
        {
            return null;
        }

        var (exact, rounding) = (OfGradient(segment), OfGradientVariation(segment, pieces.Count));
        var kinks = ReferenceAlongLine.Kinks(pieces);
        return judged.Select(n =>
        {
            var points = Enumerable.Range(0, n).Select(i => new Rational(i, n - 1)).ToList();
            var areApart = kinks.Zip(kinks.Skip(1)).All(pair => points.Any(t => pair.First < t && t < pair.Second));
            var excess = Sampled(segment, n, PathLength.OfGradient) - exact;
            return new Deviation(areApart ? Math.Abs(excess) : Math.Max(0, excess), rounding);
        }).Aggregate(Deviation.Worse);
    }

    private static SmallNetwork FirstOutput(SmallNetwork network) => new(
        [.. network.Weights.SkipLast(1), Arrays.Build(1, network.Weights[^1].GetLength(1), (_, column) => network.Weights[^1][0, column])],
        [.. network.Biases.SkipLast(1), [network.Biases[^1][0]]]);
}
