using MathNet.Numerics.LinearAlgebra;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.LinearRegions;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Proposition 5: a ReLU network whose slope is at most K is K-Lipschitz. The proof cuts the segment from x to y where a unit changes
/// sign (eq. 5–9); in exact fractions the pieces can be found and added up. Where the segment runs along a kink, the region beside it
/// serves (Lemma 1).
/// </summary>
public sealed class Prop5_LipschitzOfReluNetworks
{
    /// <summary>0 = t_0 &lt; … &lt; t_m = 1 as lengths, and the Jacobian J(R_j) of each piece.</summary>
    private static readonly UnderTest<
        Func<ReluNetwork<Rational>, Rational[], Rational[], IReadOnlyList<(Rational Length, Rational[,] Jacobian)>>> Pieces = new(
        (network, from, to) => Cut(network, from, to, Breaks(network, from, to)),
        ("pieces-without-the-last-kink", (network, from, to) =>
            Cut(network, from, to, Breaks(network, from, to) is { Count: > 2 } breaks ? [.. breaks.SkipLast(2), 1] : [0, 1])),
        ("pieces-of-first-layer-kinks", (network, from, to) =>
        {
            ReluNetwork<Rational> first = new([.. network.Weights.Take(2)], [.. network.Biases.Take(2)]);
            return Cut(network, from, to, Breaks(first, from, to));
        }),
        ("pieces-of-equal-length", (network, from, to) =>
        {
            var pieces = Cut(network, from, to, Breaks(network, from, to));
            return [.. pieces.Select(piece => (new Rational(1, pieces.Count), piece.Jacobian))];
        }));

    /// <summary>The pattern of R_j for the piece from t_j to t_(j+1): the network, x, y − x, and the two.</summary>
    private static readonly UnderTest<Func<ReluNetwork<Rational>, Rational[], Rational[], Rational, Rational, bool[][]>> PieceRegion = new(
        (network, from, direction, start, end) => Beside(network, from, direction, (start + end) / 2),
        ("piece-region-half-way", (network, from, direction, _, _) => Beside(network, from, direction, new(1, 2))),
        ("piece-region-of-the-piece-before", (network, from, direction, start, _) =>
            Pattern(network, Along(from, direction, start), [.. direction.Select(value => -value)], Skew(from.Length))),
        ("piece-region-with-kinks-off", (network, from, direction, start, _) => Pattern(network, Along(from, direction, start))));

    private static readonly double[] Orders = [1, double.PositiveInfinity];

    [Claim("slope.prop-5")]
    public void RandomSegments_IncrementsOfThePieces_AddUpToTheDifference() =>
        Instances.Satisfy(
            "Σ J(R_j)(y − x)(t_(j+1) − t_j) against f(y) − f(x)",
            LatticeNetworks.Segments,
            segment =>
            {
                var (network, from, to) = (segment.Network.Exact(), Exact(segment.From), Exact(segment.To));
                var increments = Pieces.Run(network, from, to)
                    .Select(piece => Multiply(Times(piece.Jacobian, piece.Length), Minus(to, from)));
                var change = Minus(network.Evaluate(to).Output, network.Evaluate(from).Output);
                return Deviation.Exact(increments.Aggregate(Add).SequenceEqual(change));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>Each line of eq. 5–9, with K the largest slope of a region on the segment: stronger than a K for the whole space.</summary>
    [Claim("slope.prop-5")]
    public void RandomSegments_EveryStepOfTheChain_Holds() =>
        Instances.Satisfy(
            "eq. 5–9 with K the largest slope on the segment, p = 1, ∞",
            LatticeNetworks.Segments,
            segment => Deviation.Exact(Orders.All(p => Chain(segment, p))),
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>
    /// For p = 2, where norms are rounded: ‖f(x) − f(y)‖₂ against the largest singular value of a region on the segment.
    /// </summary>
    [Claim("slope.prop-5")]
    public void RandomSegments_ForP2_AreShorterThanTheSlopeAllows() =>
        Instances.Satisfy(
            "excess of ‖f(x) − f(y)‖₂ over K‖x − y‖₂",
            LatticeNetworks.Segments,
            segment =>
            {
                var (network, from, to) = (segment.Network.Exact(), Exact(segment.From), Exact(segment.To));
                double Norm2(Rational[,] jacobian) => Matrix<double>.Build.DenseOfArray(Map(jacobian, entry => entry.ToDouble())).L2Norm();
                var largest = Pieces.Run(network, from, to).Max(piece => Norm2(piece.Jacobian));
                double Length(Rational[] vector) => Vectors.Norm([.. vector.Select(value => value.ToDouble())], 2);
                var change = Minus(network.Evaluate(to).Output, network.Evaluate(from).Output);
                var excess = Length(change) - (largest * Length(Minus(to, from)));
                return new Deviation(Math.Max(0, excess), Rounding.OfJacobian(segment.Network) * Length(Minus(to, from)));
            },
            Rounding.JacobianTolerance + ", times ‖x − y‖₂");

    /// <summary>The sum, and the bound by the largest slope on the segment, with the library's pieces.</summary>
    [Claim("slope.prop-5")]
    public void RandomSegments_MeasuredPieces_AddUpAndBoundTheDifference() =>
        Instances.Satisfy(
            "|Σ J(y − x)(t_(j+1) − t_j) − (f(y) − f(x))|_∞ over the library's pieces, and excess of ‖f(y) − f(x)‖_p over K‖y − x‖_p, "
                + "p = 1, 2, ∞",
            LatticeNetworks.Segments,
            segment =>
            {
                var direction = Minus(segment.To, segment.From);
                var pieces = LineMeasures.Pieces.Run(segment.Network, segment.From, direction, 0, 1);
                var sum = pieces.Select(piece => Times(piece.End - piece.Start, Multiply(piece.Jacobian, direction))).Aggregate(Add);
                var difference = Minus(segment.Network.Evaluate(segment.To).Output, segment.Network.Evaluate(segment.From).Output);
                double Allowed(double p) =>
                    LineMeasures.LargestSlope(segment.Network, segment.From, direction, p, 0, 1) * Vectors.Norm(direction, p);
                var excess = Vectors.ClosedForms.Max(p => Vectors.Norm(difference, p) - Allowed(p));
                var rounding = LineMeasures.OfOutputs(segment.Network, segment.From, direction, 1)
                    + (Rounding.OfJacobian(segment.Network) * Vectors.Norm(direction, 1));
                var allowed = 4 * pieces.Count * rounding;
                return new Deviation(Math.Max(excess, Minus(sum, difference).Max(Math.Abs)), allowed);
            },
            "4 times the pieces times the rounding of an output and of a Jacobian times ‖y − x‖₁",
            count: 150);

    /// <summary>
    /// f(x) = ReLU(x) + 3 ReLU(x − 1) from −1 to 2: slopes 0, 1, 4 on thirds, so f(2) − f(−1) = 0 + 1 + 4 = 5 ≤ 4·3.
    /// </summary>
    [Claim("slope.prop-5")]
    public void TwoKinks_ByHand_GiveThreePieces()
    {
        var network = new SmallNetwork([new double[,] { { 1 }, { 1 } }, new double[,] { { 1, 3 } }], [[0, -1], [0]]).Exact();
        var pieces = Pieces.Run(network, [-1], [2]);
        pieces.Should().OnlyContain(piece => piece.Length == new Rational(1, 3));
        pieces.Select(piece => piece.Jacobian[0, 0]).Should().Equal(0, 1, 4);
        network.Evaluate([2]).Output.Should().Equal(5);
    }

    /// <summary>The smallest slope on the segment is no Lipschitz constant.</summary>
    [Claim("slope.prop-5", Role.Control)]
    public void SmallestSlopeOnTheWay_IsCaught() =>
        Instances.Violate(
            "K the smallest slope of a region on the segment",
            LatticeNetworks.Segments,
            segment =>
            {
                var (network, from, to) = (segment.Network.Exact(), Exact(segment.From), Exact(segment.To));
                var smallest = Cut(network, from, to, Breaks(network, from, to)).Min(piece => Norm(piece.Jacobian, 1));
                var change = Minus(network.Evaluate(to).Output, network.Evaluate(from).Output);
                return Deviation.Exact(Norm(change, 1) <= smallest * Norm(Minus(to, from), 1));
            },
            dtype: "exact (rationals)");

    /// <summary>
    /// K as the bound of the slope almost everywhere is not enough without piecewise linearity: Cantor's staircase is continuous, flat
    /// outside a set of length 0, and climbs from 0 to 1.
    /// </summary>
    [Claim("slope.prop-5", Role.Control)]
    public void CantorStaircase_FlatAlmostEverywhere_ClimbsAllTheSame()
    {
        // After k halvings the steps that are already flat cover 1 − (2/3)ᵏ of [0, 1].
        Staircase.At(1, 30).Should().Be((Rational)1);
        Staircase.At(new(1, 2), 30).Should().Be(new Rational(1, 2));
        Staircase.At(new(4, 10), 30).Should().Be(Staircase.At(new(6, 10), 30), "0.4 and 0.6 lie on the flat middle third");
        Enumerable.Range(0, 30).Aggregate((Rational)1, (left, _) => left * new Rational(2, 3))
            .Should().BeLessThan(new Rational(1, 100_000));
    }

    /// <summary>
    /// |y| is 0 along y = 0, and around each point there it is y above and −y below: no region contains a part of the segment.
    /// </summary>
    [ClaimRows("slope.prop-5.proof", Role.Counterexample)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void SegmentAlongAKink_LiesInNoRegion(int x)
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 0, 1 }, { 0, -1 } }, new double[,] { { 1, 1 } }).Exact();
        network.Evaluate([x, 0]).Output.Should().Equal(0);
        GradientsAround(network, [x, 0]).Should().BeEquivalentTo(["0 1", "0 -1"]);
    }

    /// <summary>
    /// |x + y| − |x − y| from (−1, 0) to (1, 0) is 0, a single section; around the ends f is −2y and 2y. Equation 6 stands all the same:
    /// both gradients vanish along the segment.
    /// </summary>
    [Claim("slope.prop-5.proof", Role.Counterexample)]
    public void OneSection_FromRegionToRegion_LiesInTheClosureOfNeither()
    {
        var network = ExampleNetworks.FlatOnTheAxes.Exact();
        new Rational[] { -1, new(-1, 2), 0, new(1, 2), 1 }.SelectMany(x => network.Evaluate([x, 0]).Output)
            .Should().OnlyContain(output => output == 0);
        GradientsAround(network, [-1, 0]).Should().BeEquivalentTo(["0 -2"]);
        GradientsAround(network, [1, 0]).Should().BeEquivalentTo(["0 2"]);
        Evidence.Record(new Measurement("regions around the ends of a segment with one linear section", 2, "1 as printed")
        {
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>
    /// The closure of a pattern is convex, so the ends suffice; the pattern is met beside the piece, and moves f by
    /// J(R_j)(y − x)(t_(j+1) − t_j).
    /// </summary>
    [Claim("slope.prop-5.proof")]
    public void RandomSegments_EveryPiece_LiesInTheClosureOfARegionThatMovesIt() =>
        ExactInstances.Satisfy(
            "each piece in the closure of a region with f(x_(j+1)) − f(x_j) = J(R_j)(y − x)(t_(j+1) − t_j)",
            LatticeNetworks.Segments,
            segment =>
            {
                var (network, from, to) = (segment.Network.Exact(), Exact(segment.From), Exact(segment.To));
                var (direction, breaks) = (Minus(to, from), Breaks(network, from, to));
                return breaks.Zip(breaks.Skip(1)).All(piece =>
                {
                    var (start, end) = piece;
                    var (first, last) = (Along(from, direction, start), Along(from, direction, end));
                    var pattern = PieceRegion.Run(network, from, direction, start, end);
                    var change = Minus(network.Evaluate(last).Output, network.Evaluate(first).Output);
                    return Lemma1_RayInOneRegion.InClosure(network, pattern, first)
                        && Lemma1_RayInOneRegion.InClosure(network, pattern, last)
                        && Lemma1_RayInOneRegion.Inhabited(network, pattern, first, [direction])
                        && Multiply(Times(Jacobian(network, pattern), end - start), direction).SequenceEqual(change);
                });
            });

    /// <summary>The library's pieces, one by one, and not only their sum.</summary>
    [Claim("slope.prop-5.proof")]
    public void RandomSegments_EveryMeasuredPiece_MovesAsItsJacobian() =>
        Instances.Satisfy(
            "largest |f(x_(j+1)) − f(x_j) − J(y − x)(t_(j+1) − t_j)|_∞ of the library's pieces",
            LatticeNetworks.Segments,
            segment =>
            {
                var (network, direction) = (segment.Network, Minus(segment.To, segment.From));
                double[] At(double t) => network.Evaluate(Add(segment.From, Arrays.Times(t, direction))).Output;
                double Error(MeasuredPiece piece)
                {
                    var change = Arrays.Times(piece.End - piece.Start, Multiply(piece.Jacobian, direction));
                    return Minus(Minus(At(piece.End), At(piece.Start)), change).Max(Math.Abs);
                }

                var rounding = LineMeasures.OfOutputs(network, segment.From, direction, 1)
                    + (Rounding.OfJacobian(network) * Vectors.Norm(direction, 1));
                return new Deviation(
                    LineMeasures.Pieces.Run(network, segment.From, direction, 0, 1).Max(Error), 4 * rounding);
            },
            "4 times the rounding of an output and of a Jacobian times ‖y − x‖₁",
            count: 150);

    /// <summary>One region for the whole segment is not enough.</summary>
    [Claim("slope.prop-5.proof", Role.Control)]
    public void WholeSegment_Uncut_IsCaught() =>
        ExactInstances.Violate(
            "the segment in the closure of the region in which it begins",
            LatticeNetworks.Segments,
            segment =>
            {
                var (network, from, to) = (segment.Network.Exact(), Exact(segment.From), Exact(segment.To));
                return Lemma1_RayInOneRegion.InClosure(network, Pattern(network, from, Minus(to, from), Skew(from.Length)), to);
            });

    // f's gradients in the sectors around a point, for a network with one output.
    private static IEnumerable<string> GradientsAround(ReluNetwork<Rational> network, Rational[] point) =>
        Sectors(network, point).Select(sector => string.Join(' ', Row(sector.Jacobian, 0))).Distinct();

    private static bool Chain(NetworkOnSegment segment, double p)
    {
        var (network, from, to) = (segment.Network.Exact(), Exact(segment.From), Exact(segment.To));
        var direction = Minus(to, from);
        var (pieces, at) = (Pieces.Run(network, from, to), (Rational)0);
        var (triangle, linear, normed, bounded) = ((Rational)0, (Rational)0, (Rational)0, (Rational)0);
        var largest = pieces.Max(piece => Norm(piece.Jacobian, p));
        foreach (var (length, jacobian) in pieces)
        {
            Rational[] At(Rational t) => network.Evaluate(Along(from, direction, t)).Output;
            var (start, end) = (At(at), At(at + length));
            triangle += Norm(Minus(end, start), p);
            linear += Norm(Multiply(jacobian, direction), p) * length;
            normed += Norm(jacobian, p) * Norm(direction, p) * length;
            bounded += largest * length * Norm(direction, p);
            at += length;
        }

        return Norm(Minus(network.Evaluate(to).Output, network.Evaluate(from).Output), p) <= triangle
            && triangle == linear && linear <= normed && normed <= bounded && bounded == largest * Norm(direction, p);
    }

    // The region of a piece is the one beside its middle, off the segment.
    private static IReadOnlyList<(Rational Length, Rational[,] Jacobian)> Cut(
        ReluNetwork<Rational> network, Rational[] from, Rational[] to, IReadOnlyList<Rational> breaks)
    {
        var direction = Minus(to, from);
        Rational[,] JacobianAt(Rational t) => Jacobian(network, Beside(network, from, direction, t));
        return [.. breaks.Zip(breaks.Skip(1), (start, end) => (end - start, JacobianAt((start + end) / 2)))];
    }

    private static bool[][] Beside(ReluNetwork<Rational> network, Rational[] from, Rational[] direction, Rational t) =>
        Pattern(network, Along(from, direction, t), direction, Skew(from.Length));
}
