using Reproduce.Lines;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
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
        (network, point) => Signs(network.Evaluate(point).Preactivations.SkipLast(1)),
        ("pattern-of-the-first-layer-only", (network, point) => Signs(network.Evaluate(point).Preactivations.SkipLast(1).Take(1))),
        ("pattern-counts-the-active-units", (network, point) => $"{Signs(network.Evaluate(point).Preactivations.SkipLast(1)).Count(sign => sign == '1')}"),
        ("pattern-of-the-outputs", (network, point) => Signs(network.Evaluate(point).Preactivations.TakeLast(1))));

    /// <summary>
    /// Points of one line that have the same pattern: so has every point between, and the map between them is one and the same matrix.
    /// </summary>
    [Claim("intervals.regions")]
    public void RandomNetworks_PointsOfOnePattern_ShareAConvexRegionAndItsMatrix() =>
        Instances.Satisfy("two points of one pattern with another pattern halfway, or another matrix", NetworkOnLine.Arbitrary, instance =>
        {
            var network = instance.Network.Exact();
            var (point, direction) = (Arrays.Exact(instance.Point), Arrays.Exact(instance.Direction));
            var points = Pieces(network, point, direction, 4).Select(piece => Along(point, direction, piece.Middle)).ToList();
            var groups = points.GroupBy(one => Pattern.Run(network, one)).Select(group => group.ToList());
            return Deviation.Exact(groups.All(group =>
            {
                var (one, other) = (group[0], group[^1]);
                var halfway = Along(one, Minus(other, one), new Rational(1, 2));
                var change = Minus(network.Evaluate(other).Output, network.Evaluate(one).Output);
                return Pattern.Run(network, halfway) == Pattern.Run(network, one)
                    && change.SequenceEqual(Arrays.Multiply(MaskedProduct(network, halfway), Minus(other, one)));
            }));
        }, "none: exact", dtype: "exact (rationals)");

    /// <summary>
    /// Along a line: the library's pieces begin where the pattern changes in fractions, and have the Jacobian of that pattern. A unit that is 0 throughout is off.
    /// </summary>
    [Claim("intervals.regions")]
    public void RandomNetworks_MeasuredPieces_AreThePatternsOfTheLine() =>
        Instances.Satisfy("|kink of the library − t where the pattern changes in fractions|; another number of them, or another Jacobian, is 1", NetworkOnLine.Arbitrary, instance =>
        {
            var network = instance.Network.Exact();
            var (point, direction) = (Arrays.Exact(instance.Point), Arrays.Exact(instance.Direction));
            var exact = Pieces(network, point, direction, 4);
            List<ExactPiece> runs = [exact[0], .. exact.Zip(exact.Skip(1)).Where(pair => At(pair.First) != At(pair.Second)).Select(pair => pair.Second)];
            var measured = LineMeasures.Pieces.Run(instance.Network, instance.Point, instance.Direction, 0, 4);
            if (measured.Count != runs.Count)
            {
                return Deviation.Exact(false);
            }

            var agree = runs.Zip(measured).All(pair => LinearRegions.Jacobian(network, LinearRegions.Pattern(network, Along(point, direction, pair.First.Middle))).Cast<Rational>().SequenceEqual(pair.Second.Jacobian.Cast<double>().Select(Rational.Of)));
            return agree ? new Deviation(runs.Zip(measured).Max(pair => Math.Abs(pair.First.Start.ToDouble() - pair.Second.Start)), 4 * LineDecomposition.Resolution) : Deviation.Exact(false);

            string At(ExactPiece piece) => Pattern.Run(network, Along(point, direction, piece.Middle));
        }, "the library's shortest piece, 2⁻⁴⁰ of the length 4; Jacobians are exact", count: 200);

    /// <summary>
    /// One hidden layer of m units on two inputs: at most 1 + m + m(m − 1)/2 open regions, the bound for m lines in the plane, which is at
    /// most 2^m; with biases zero the lines meet in one point and there are at most 2m.
    /// </summary>
    [Claim("intervals.regions")]
    public void RandomLines_CutThePlane_IntoNoMorePartsThanAnArrangement() =>
        Instances.Satisfy("open regions of the first layer beyond the bound for lines", NetworkOnLine.Arbitrary, instance =>
        {
            var network = InThePlane(instance);
            var units = network.Biases[0].Length;
            var found = CountInThePlane(network);
            var central = CountInThePlane(network with { Biases = [new Rational[units], network.Biases[1]] });
            return Deviation.Exact(found <= 1 + units + (units * (units - 1) / 2) && found <= 1 << units && central <= 2 * units);
        }, "none: exact", count: 100, dtype: "exact (rationals)");

    /// <summary>Three lines x = 0, y = 0, x + y = 1: 7 of the 8 patterns. Without the bias 6. Two lines: all 4. On the real line, two units: 3 of 4.</summary>
    [Claim("intervals.regions")]
    public void Lines_ByHand_CutThePlaneIntoSeven()
    {
        var three = Hidden(new Rational[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }, [0, 0, -1]);
        var counts = new[]
        {
            CountInThePlane(three),
            CountInThePlane(Hidden(three.Weights[0], [0, 0, 0])),
            CountInThePlane(Hidden(new Rational[,] { { 1, 0 }, { 0, 1 } }, [0, 0])),
            CountInThePlane(Hidden(new Rational[,] { { 1, 0 }, { 2, 0 } }, [0, -1])),
        };
        counts.Should().Equal(7, 6, 4, 3);
        Evidence.Record(new Measurement("open regions of the lines x = 0, y = 0, x + y = 1", counts[0], "7 by hand, of the 2³ = 8 that the paper allows") { Series = [.. counts.Select(count => (double)count)], Dtype = "exact (integers)" });
    }

    /// <summary>As many inputs as units: the identity reaches all 2^m patterns, so the bound cannot be lowered there. m = 1 … 6.</summary>
    [Claim("intervals.regions")]
    public void IdentityWeights_ReachEveryPattern()
    {
        for (var units = 1; units <= 6; units++)
        {
            var network = Hidden(Arrays.Build(units, units, (row, column) => (Rational)(row == column ? 1 : 0)), new Rational[units]);
            Vectors.SignVectors(units).Select(signs => Pattern.Run(network, Arrays.Exact(signs))).Distinct().Should().HaveCount(1 << units);
        }
    }

    /// <summary>Two layers, 1-2-2-1: ReLU(x), ReLU(−x), then ReLU(u − 1), ReLU(v − 1): kinks at 0 and ±1, four pieces, four patterns.</summary>
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

    /// <summary>The bound by dimensions needs its dimension: three lines in the plane make more parts than three points on the real line.</summary>
    [Claim("intervals.regions", Role.Control)]
    public void BoundOfTheRealLine_InThePlane_IsCaught() =>
        Instances.Violate("m + 1 regions in the plane", NetworkOnLine.Arbitrary, instance => Deviation.Exact(CountInThePlane(InThePlane(instance)) <= InThePlane(instance).Biases[0].Length + 1), dtype: "exact (rationals)");

    /// <summary>Points of different patterns do not share a matrix.</summary>
    [Claim("intervals.regions", Role.Control)]
    public void PointsOfAnyPatterns_HypothesisDropped_AreCaught() =>
        Instances.Violate("one matrix for the first and the last piece", NetworkOnLine.Arbitrary, instance =>
        {
            var network = instance.Network.Exact();
            var (point, direction) = (Arrays.Exact(instance.Point), Arrays.Exact(instance.Direction));
            var pieces = Pieces(network, point, direction, 4);
            var (one, other) = (Along(point, direction, pieces[0].Middle), Along(point, direction, pieces[^1].Middle));
            return Deviation.Exact(Minus(network.Evaluate(other).Output, network.Evaluate(one).Output).SequenceEqual(Arrays.Multiply(MaskedProduct(network, one), Minus(other, one))));
        }, dtype: "exact (rationals)");

    private static string Signs(IEnumerable<Rational[]> preactivations) => string.Concat(preactivations.SelectMany(layer => layer).Select(value => value > 0 ? '1' : '0'));

    private static ReluNetwork<Rational> Hidden(Rational[,] weights, Rational[] biases) =>
        new([weights, Arrays.Build(1, biases.Length, (_, _) => (Rational)1)], [biases, [0]]);

    // The first layer of the instance with two inputs, repeated or left out as needed, and outputs that do not matter.
    private static ReluNetwork<Rational> InThePlane(NetworkOnLine instance)
    {
        var (weights, biases) = (instance.Network.Weights[0], instance.Network.Biases[0]);
        return Hidden(Arrays.Build(biases.Length, 2, (row, column) => Rational.Of(weights[row, column % weights.GetLength(1)]) + (column == 1 && weights.GetLength(1) == 1 ? row : 0)), Arrays.Exact(biases));
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
        return Between(crossings.Concat(upright))
            .SelectMany(x => Between(units.Where(i => weights[i, 1] != 0).Select(i => -(biases[i] + (weights[i, 0] * x)) / weights[i, 1])).Select(y => Pattern.Run(network, [x, y])))
            .Distinct()
            .Count();
    }

    // A point in each of the gaps that the cuts leave.
    private static IEnumerable<Rational> Between(IEnumerable<Rational> cuts)
    {
        var sorted = cuts.Distinct().Order().ToList();
        return sorted.Count == 0 ? [0] : [sorted[0] - 1, .. sorted.Zip(sorted.Skip(1), (one, other) => (one + other) / 2), sorted[^1] + 1];
    }
}
