using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Lines;
using static Reproduce.Claims.Intervals.Support.MaskedWeights;
using static Reproduce.Claims.Shared.ExactLine;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Appendix A: the input space falls into at most 2^m parts on which the first layer's mask is fixed, and into finitely many on which the
/// whole network is linear. The open parts are counted exactly in the plane: between two neighbouring crossings of lines, a vertical
/// line meets every part of that strip, and between two neighbouring points on it every point lies in the same part.
/// </summary>
public sealed class Remark_Regions
{
    // Which hidden units are on at a point; the part that holds the point.
    private static readonly UnderTest<Func<ReluNetwork<Rational>, Rational[], string>> Pattern = new(
        (network, point) => Signs(Hidden(network, point)),
        ("pattern-of-the-first-layer-only", (network, point) => Signs(Hidden(network, point).Take(1))),
        ("pattern-counts-the-active-units", (network, point) => $"{Signs(Hidden(network, point)).Count(sign => sign == '1')}"),
        ("pattern-of-the-outputs", (network, point) => Signs(network.Evaluate(point).Preactivations.TakeLast(1))));

    /// <summary>
    /// Points with the same pattern, two on each piece of a line and one beside it: so has the point halfway between two of them, and the
    /// map between them is one and the same matrix.
    /// </summary>
    [Claim("intervals.regions")]
    public void RandomNetworks_PointsOfOnePattern_ShareAConvexRegionAndItsMatrix() =>
        Instances.Satisfy(
            "two points of one pattern with another pattern halfway, or another matrix",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, point, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
                var points = Pieces(network, point, direction, 4).SelectMany(piece => PointsOf(network, point, direction, piece));
                var groups = points.GroupBy(one => Pattern.Run(network, one)).Select(group => (Pattern: group.Key, Points: group.ToList()));
                return Deviation.Exact(groups.All(group => group.Points.Zip(group.Points.Skip(1)).All(pair =>
                {
                    var halfway = Along(pair.First, Minus(pair.Second, pair.First), new Rational(1, 2));
                    return Pattern.Run(network, halfway) == group.Pattern && IsLinear(network, halfway, pair.First, pair.Second);
                })));
            },
            Fractions.Exactly,
            dtype: Arithmetic);

    /// <summary>
    /// Along a line: the library's pieces begin where the pattern changes in fractions, and have the Jacobian of that pattern. A unit that
    /// is 0 throughout is off.
    /// </summary>
    [Claim("intervals.regions")]
    public void RandomNetworks_MeasuredPieces_AreThePatternsOfTheLine() =>
        Instances.Satisfy(
            "|kink of the library − t where the pattern changes in fractions|; another number of them, or another Jacobian, is 1",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, point, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
                Rational[] Inside(ExactPiece piece) => Along(point, direction, piece.Middle);
                string At(ExactPiece piece) => Pattern.Run(network, Inside(piece));
                Rational[,] JacobianOf(ExactPiece piece) => LinearRegions.Jacobian(network, LinearRegions.Pattern(network, Inside(piece)));
                var exact = Pieces(network, point, direction, 4);
                var changes = exact.Zip(exact.Skip(1)).Where(pair => At(pair.First) != At(pair.Second)).Select(pair => pair.Second);
                List<ExactPiece> runs = [exact[0], .. changes];
                var measured = LineMeasures.Pieces.Run(instance.Network, instance.Point, instance.Direction, 0, 4);
                var agree = measured.Count == runs.Count
                    && runs.Zip(measured).All(pair => AreEqual(JacobianOf(pair.First), Map(pair.Second.Jacobian, Rational.Of)));
                return agree
                    ? new Deviation(
                        runs.Zip(measured).Max(pair => Math.Abs(pair.First.Start.ToDouble() - pair.Second.Start)),
                        4 * LineDecomposition.Resolution)
                    : Deviation.Exact(false);
            },
            "the library's shortest piece, 2⁻⁴⁰ of the length 4; Jacobians are exact",
            count: 200);

    /// <summary>
    /// One hidden layer of m units on two inputs: at most 1 + m + m(m − 1)/2 open regions, the bound for m lines in the plane, which is at
    /// most 2^m; with biases zero the lines meet in one point and there are at most 2m.
    /// </summary>
    [Claim("intervals.regions")]
    public void RandomLines_CutThePlane_IntoNoMorePartsThanAnArrangement() =>
        Instances.Satisfy(
            "open regions of the first layer beyond the bound for lines",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var network = InThePlane(instance);
                var units = network.Biases[0].Length;
                var found = CountInThePlane(network);
                var central = CountInThePlane(network with { Biases = [new Rational[units], network.Biases[1]] });
                return Deviation.Exact(found <= 1 + units + (units * (units - 1) / 2) && found <= 1 << units && central <= 2 * units);
            },
            Fractions.Exactly,
            count: 100,
            dtype: Arithmetic);

    /// <summary>Lines ax + by + c = 0 and the parts into which they cut the plane.</summary>
    [ClaimRows("intervals.regions")]
    [InlineData("x = 0, y = 0, x + y = 1", new[] { 1, 0, 0, 0, 1, 0, 1, 1, -1 }, 7)]
    [InlineData("x = 0, y = 0, x + y = 0", new[] { 1, 0, 0, 0, 1, 0, 1, 1, 0 }, 6)]
    [InlineData("x = 0, y = 0", new[] { 1, 0, 0, 0, 1, 0 }, 4)]
    [InlineData("x = 0, 2x = 1", new[] { 1, 0, 0, 2, 0, -1 }, 3)]
    public void Lines_ByHand_CutThePlane(string lines, int[] coefficients, int parts)
    {
        int[][] rows = [.. coefficients.Chunk(3)];
        var count = CountInThePlane(OneHiddenLayer(
            Build(rows.Length, 2, (row, column) => (Rational)rows[row][column]), [.. rows.Select(row => (Rational)row[2])]));
        Evidence.Record(new Measurement(
            $"open regions of the lines {lines}", count, $"{parts} by hand, of the {1 << rows.Length} that the paper allows")
        {
            Dtype = "exact (integers)",
        });
        count.Should().Be(parts);
    }

    /// <summary>As many inputs as units: the identity reaches all 2^m patterns, so the bound cannot be lowered there.</summary>
    [ClaimRows("intervals.regions")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void IdentityWeights_ReachEveryPattern(int units)
    {
        var network = OneHiddenLayer(Identity(units), new Rational[units]);
        Vectors.SignVectors(units).Select(signs => Pattern.Run(network, Exact(signs))).Distinct().Should().HaveCount(1 << units);
    }

    /// <summary>
    /// Two layers, 1-2-2-1: ReLU(x), ReLU(−x), then ReLU(u − 1), ReLU(v − 1): kinks at 0 and ±1, four pieces, four patterns.
    /// </summary>
    [Claim("intervals.regions")]
    public void TwoHiddenLayers_ByHand_HaveFourPieces()
    {
        var network = new SmallNetwork(
            [new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 0 }, { 0, 1 } }, new double[,] { { 1, 1 } }],
            [[0, 0], [-1, -1], [0]]).Exact();
        var pieces = Pieces(network, [-3], [1], 6);
        pieces.Select(piece => piece.End).Should().Equal(2, 3, 4, 6);
        pieces.Select(piece => Pattern.Run(network, [piece.Middle - 3])).Distinct().Should().HaveCount(4);
    }

    /// <summary>The bound depends on the dimension: three lines in the plane make more parts than three points on the real line.</summary>
    [Claim("intervals.regions", Role.Control)]
    public void BoundOfTheRealLine_InThePlane_IsCaught() =>
        Instances.Violate(
            "m + 1 regions in the plane",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var network = InThePlane(instance);
                return Deviation.Exact(CountInThePlane(network) <= network.Biases[0].Length + 1);
            },
            dtype: Arithmetic);

    /// <summary>Points of different patterns do not share a matrix.</summary>
    [Claim("intervals.regions", Role.Control)]
    public void PointsOfAnyPatterns_HypothesisDropped_AreCaught() =>
        Instances.Violate(
            "one matrix for the first and the last piece",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, point, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
                var pieces = Pieces(network, point, direction, 4);
                var one = Along(point, direction, pieces[0].Middle);
                return Deviation.Exact(IsLinear(network, one, one, Along(point, direction, pieces[^1].Middle)));
            },
            dtype: Arithmetic);

    private static IEnumerable<Rational[]> Hidden(ReluNetwork<Rational> network, Rational[] point) =>
        network.Evaluate(point).Preactivations.SkipLast(1);

    // Two points of a piece, and one beside its middle: halfway to the first kink along an axis.
    private static Rational[][] PointsOf(ReluNetwork<Rational> network, Rational[] point, Rational[] direction, ExactPiece piece)
    {
        var (middle, axis) = (Along(point, direction, piece.Middle), Exact(Vectors.Axis(point.Length, 0)));
        return
        [
            Along(point, direction, (piece.Start + piece.Middle) / 2),
            Along(point, direction, (piece.Middle + piece.End) / 2),
            Along(middle, axis, Pieces(network, middle, axis, 4)[0].Middle),
        ];
    }

    private static string Signs(IEnumerable<Rational[]> preactivations) =>
        string.Concat(preactivations.SelectMany(layer => layer).Select(value => value > 0 ? '1' : '0'));

    // The outputs change from one point to another as the masked product at a third says.
    private static bool IsLinear(ReluNetwork<Rational> network, Rational[] at, Rational[] one, Rational[] other) =>
        Minus(network.Evaluate(other).Output, network.Evaluate(one).Output)
            .SequenceEqual(Multiply(MaskedProduct(network, at), Minus(other, one)));

    private static ReluNetwork<Rational> OneHiddenLayer(Rational[,] weights, Rational[] biases) =>
        new([weights, Build(1, biases.Length, (_, _) => (Rational)1)], [biases, [0]]);

    // The first layer of the instance with two inputs, repeated or left out as needed, and outputs that do not matter.
    private static ReluNetwork<Rational> InThePlane(NetworkOnLine instance)
    {
        var (weights, biases) = (instance.Network.Weights[0], instance.Network.Biases[0]);
        var inputs = weights.GetLength(1);
        return OneHiddenLayer(
            Build(biases.Length, 2, (row, column) => Rational.Of(weights[row, column % inputs]) + (column == 1 && inputs == 1 ? row : 0)),
            Exact(biases));
    }

    private static int CountInThePlane(ReluNetwork<Rational> network)
    {
        var (weights, biases) = (network.Weights[0], network.Biases[0]);
        var units = Enumerable.Range(0, biases.Length).ToList();
        var crossings = from i in units
                        from j in units
                        where i < j
                        let determinant = (weights[i, 0] * weights[j, 1]) - (weights[i, 1] * weights[j, 0])
                        where determinant != 0
                        select ((weights[i, 1] * biases[j]) - (weights[j, 1] * biases[i])) / determinant;
        var upright = from i in units where weights[i, 1] == 0 && weights[i, 0] != 0 select -biases[i] / weights[i, 0];
        var patterns = from x in Between(crossings.Concat(upright))
                       let heights = from i in units where weights[i, 1] != 0 select -(biases[i] + (weights[i, 0] * x)) / weights[i, 1]
                       from y in Between(heights)
                       select Pattern.Run(network, [x, y]);
        return patterns.Distinct().Count();
    }

    // A point in each of the gaps that the cuts leave.
    private static IEnumerable<Rational> Between(IEnumerable<Rational> cuts)
    {
        var sorted = cuts.Distinct().Order().ToList();
        return sorted.Count == 0 ? [0] : [sorted[0] - 1, .. sorted.Zip(sorted.Skip(1), (one, other) => (one + other) / 2), sorted[^1] + 1];
    }
}
