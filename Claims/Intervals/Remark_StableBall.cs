using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Intervals.Support.MaskedWeights;
using static Reproduce.Claims.Shared.ExactLine;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Appendix A: along a path the outputs change by at most the largest ‖W′‖_∞ of its pieces times the length, so around a point of margin κ
/// no point closer than κ/(4‖W‖_∞) changes class, if every piece on the path has ‖W′‖ ≤ 2‖W‖. One steep piece on the path is enough to
/// break it, however rare steep pieces are. Lines are cut at every kink, in exact fractions.
/// </summary>
public sealed class Remark_StableBall
{
    // The Lipschitz constant of a path from the matrices of its pieces.
    private static readonly UnderTest<Func<ReluNetwork<Rational>, IReadOnlyList<Rational[,]>, Rational>> PathConstant = new(
        (_, pieces) => pieces.Max(RowNorm),
        ("path-constant-of-the-first-piece", (_, pieces) => RowNorm(pieces[0])),
        ("path-constant-of-unmasked-weights", (network, _) => RowNorm(Unmasked(network))),
        ("path-constant-by-column-sums", (_, pieces) => pieces.Max(matrix => RowNorm(Arrays.Transpose(matrix)))),
        ("path-constant-of-the-mean-piece", (_, pieces) => Rational.Sum(pieces.Select(RowNorm)) / pieces.Count));

    // The radius from the outputs at the sample and ‖W‖.
    private static readonly UnderTest<Func<Rational[], Rational, Rational>> Radius = new(
        (outputs, norm) => Margin(outputs) / (4 * norm),
        ("radius-for-one-moving-output", (outputs, norm) => Margin(outputs) / (2 * norm)),
        ("radius-without-the-norm", (outputs, _) => Margin(outputs) / 4),
        ("radius-from-the-last-class", (outputs, norm) => (outputs.Max() - outputs.Min()) / (4 * norm)));

    /// <summary>
    /// (6v + g(u) + g(w), 4v) with g(u) = −32768·ReLU(u) + 8·ReLU(4096u − v), w = −(u + v/16384) and ReLU(v) for v: W = [0 −10; 0 4].
    /// Where v &gt; 0 the first output falls by 8v over the wedge 0 &lt; u &lt; v/4096 and, to the other side, over 0 &lt; w &lt; v/4096.
    /// </summary>
    private static SmallNetwork WedgeInFloat64 { get; } = SmallNetwork.WithoutBiases(
        new double[,] { { 0, 1 }, { 1, 0 }, { 4096, -1 }, { -1, -1 / 16384.0 }, { -4096, -1.25 } },
        new double[,] { { 6, -32768, 8, -32768, 8 }, { 4, 0, 0, 0, 0 } });

    // Between the wedges.
    private static readonly Rational[] Sample = [new(-1, 32768), 1];

    // Lines that meet a kink inside the radius and no steep piece: the point is moved to just before the line's first kink.
    private static readonly Arbitrary<NetworkOnLine> AcrossAKink = Arb.From(
        NetworkOnLine.Arbitrary.Generator.Select(BeforeItsFirstKink).Where(MeetsAKinkAndNoSteepPiece), NetworkOnLine.Arbitrary.Shrinker);

    /// <summary>u = 1 − 2·ReLU(x) + ReLU(x − 1), outputs (u, −u): W = ±(−2 + 1), so ‖W‖ = 1 and every piece has ‖W′‖ ≤ 2.</summary>
    private static ReluNetwork<Rational> TwiceTheSlope { get; } =
        new SmallNetwork([new double[,] { { 1 }, { 1 } }, new double[,] { { -2, 1 }, { 2, -1 } }], [[0, -1], [1, -1]]).Exact();

    private static ReluNetwork<Rational> Wedge { get; } = WedgeInFloat64.Exact();

    [Claim("intervals.bounded")]
    public void RandomNetworks_AlongALine_ChangeByAtMostTheSteepestPiece() =>
        Instances.Satisfy(
            "‖f(x) − f(y)‖_∞ ≤ max ‖W′‖_∞ ‖x − y‖_∞",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, start, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
                var constant = PathConstant.Run(network, MatricesAlong(network, start, direction, 1));
                return Deviation.Exact(Change(network, start, direction) <= constant * Norm(direction));
            },
            Fractions.Exactly,
            dtype: Arithmetic);

    /// <summary>
    /// Without biases f(0) = 0, and the ray from the origin lies in one region: ‖f(x)‖_∞ ≤ ‖W′‖_∞ ‖x‖_∞ with the W′ of x.
    /// </summary>
    [Claim("intervals.bounded")]
    public void RandomNetworksWithoutBiases_AreBoundedByTheirOwnRegion() =>
        Instances.Satisfy(
            "‖f(x)‖_∞ ≤ ‖W′(x)‖_∞ ‖x‖_∞",
            NetworkOnLine.WithoutBiases,
            instance =>
            {
                var (network, x) = (instance.Network.Exact(), Exact(instance.Point));
                var constant = PathConstant.Run(network, [MaskedProduct(network, x)]);
                return Deviation.Exact(Norm(network.Evaluate(x).Output) <= constant * Norm(x));
            },
            Fractions.Exactly,
            dtype: Arithmetic);

    /// <summary>3·ReLU(x) + ReLU(−x) from −1 to 2: the pieces have 1 and 3, the change is 5 and at most 3·3.</summary>
    [Claim("intervals.bounded")]
    public void TwoPieces_ByHand_AreBoundedByThree()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 3, 1 } }).Exact();
        var pieces = MatricesAlong(network, [-1], [3], 1);
        pieces.Select(RowNorm).Should().Equal(1, 3);
        PathConstant.Run(network, pieces).Should().Be((Rational)3);
        (network.Evaluate([2]).Output[0] - network.Evaluate([-1]).Output[0]).Should().Be((Rational)5);
    }

    /// <summary>The library's largest ∞-slope on the path, which float64 has exactly, is such a constant too.</summary>
    [Claim("intervals.bounded")]
    public void RandomNetworks_AlongALine_ChangeByAtMostTheMeasuredSlope() =>
        Instances.Satisfy(
            "‖f(x) − f(y)‖_∞ ≤ L ‖x − y‖_∞, L the library's largest ∞-slope on the segment",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, point, direction) = (instance.Network, instance.Point, instance.Direction);
                var slope = LineMeasures.LargestSlope(network, point, direction, double.PositiveInfinity, 0, 1);
                return Deviation.Exact(
                    Change(network.Exact(), Exact(point), Exact(direction)) <= Rational.Of(slope) * Norm(Exact(direction)));
            },
            Fractions.Exactly,
            dtype: "exact (rationals; slopes are binary fractions)");

    /// <summary>So on a path the matrix changes by at most twice the constant: the bound that section 3.3 refers to.</summary>
    [Claim("intervals.bounded")]
    public void RandomNetworks_MatricesOfAPath_DifferByAtMostTwiceTheConstant() =>
        Instances.Satisfy(
            "‖W′_r − W′_s‖_∞ ≤ 2 max ‖W′‖_∞, r the first and s the last piece",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, start, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
                var pieces = MatricesAlong(network, start, direction, 4);
                return Deviation.Exact(RowNorm(Fractions.Minus(pieces[^1], pieces[0])) <= 2 * PathConstant.Run(network, pieces));
            },
            Fractions.Exactly,
            count: 150,
            dtype: Arithmetic);

    /// <summary>|x| from −1/n to 1/n: the matrix goes from −1 to 1, by twice the constant 1, however close to 0 the points are.</summary>
    [ClaimRows("intervals.bounded")]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void Magnitude_ByHand_ChangesItsMatrixByTwiceTheConstant(int n)
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 1 } }).Exact();
        Rational near = new(1, n);
        var pieces = MatricesAlong(network, [-near], [2 * near], 1);
        pieces.Select(matrix => matrix[0, 0]).Should().Equal(-1, 1);
        PathConstant.Run(network, pieces).Should().Be((Rational)1);
    }

    /// <summary>‖W_L ⋯ W_1‖ without masks is no such constant: |x| has 0.</summary>
    [Claim("intervals.bounded", Role.Control)]
    public void UnmaskedProduct_AsTheConstant_IsCaught() =>
        Instances.Violate(
            "‖f(x) − f(y)‖_∞ ≤ ‖W_L⋯W_1‖_∞ ‖x − y‖_∞",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, start, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
                return Deviation.Exact(Change(network, start, direction) <= RowNorm(Unmasked(network)) * Norm(direction));
            },
            dtype: Arithmetic);

    /// <summary>The path is shortened to just inside the radius; instances with a steep piece on it, or W = 0, are left out.</summary>
    [Claim("intervals.stable-ball")]
    public void RandomNetworks_WithoutASteepPieceOnTheWay_KeepTheClass() =>
        Instances.Satisfy(
            "another class inside the radius",
            NetworkOnLine.Arbitrary,
            instance => KeepsItsClass(instance, steepAllowed: false),
            Fractions.Exactly,
            count: 600,
            dtype: Arithmetic);

    /// <summary>
    /// The same with the library's pieces: the condition from the largest ∞-slope of the path, which float64 has exactly, and the class
    /// from its interval.
    /// </summary>
    [Claim("intervals.stable-ball")]
    public void RandomNetworks_WithoutASteepMeasuredPiece_KeepTheClass() =>
        Instances.Satisfy(
            "the radius less the interval that the library finds on a path without a steep piece",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                if (LengthInside(instance) is not { } exact)
                {
                    return null;
                }

                var (network, point, direction, length) = (instance.Network, instance.Point, instance.Direction, exact.ToDouble());
                var slope = LineMeasures.LargestSlope(network, point, direction, double.PositiveInfinity, 0, length);
                return Rational.Of(slope) > 2 * RowNorm(Unmasked(network.Exact()))
                    ? null
                    : new Deviation(length - LineMeasures.Stretch(network, point, direction, length, length).Forward, 0);
            },
            "none: a thousandth of the radius is left, and rounding is far below",
            count: 600);

    /// <summary>The same where the path crosses a kink: of unselected paths hardly one in twenty does so inside the radius.</summary>
    [Claim("intervals.stable-ball")]
    public void RandomNetworks_AcrossAKinkWithoutASteepPiece_KeepTheClass() =>
        Instances.Satisfy(
            "another class inside the radius, on paths that cross a kink",
            AcrossAKink,
            instance => MeetsAKinkAndNoSteepPiece(instance) ? KeepsItsClass(instance, steepAllowed: false) : null,
            Fractions.Exactly,
            count: 200,
            dtype: Arithmetic);

    /// <summary>
    /// The wedge network between the wedges, where ‖W′‖ = 6: a path that ends before a wedge has 6, one that ends inside it 32774.
    /// </summary>
    [ClaimRows("intervals.stable-ball")]
    [InlineData(1 / 65536.0, 6)]
    [InlineData(3 / 65536.0, 32774)]
    public void Wedge_MeasuredSteepestPiece_IsThatOfThePath(double length, double slope) =>
        LineMeasures.LargestSlope(WedgeInFloat64, [-1 / 32768.0, 1], [1, 0], double.PositiveInfinity, 0, length).Should().Be(slope);

    /// <summary>
    /// At x = 0 the margin is 2 and the radius 1/2; at 1/2 − 1/1000 the class is kept, at 1/2 the outputs tie. So neither the strict sign
    /// nor the 4 can be improved.
    /// </summary>
    [Claim("intervals.stable-ball")]
    public void TwiceTheSlope_ByHand_TiesExactlyAtTheRadius()
    {
        RowNorm(Unmasked(TwiceTheSlope)).Should().Be((Rational)1);
        MatricesAlong(TwiceTheSlope, [0], [1], 1).Max(RowNorm).Should().Be((Rational)2);
        var radius = Radius.Run(TwiceTheSlope.Evaluate([0]).Output, 1);
        Largest(TwiceTheSlope.Evaluate([radius - new Rational(1, 1000)]).Output).Should().Be(0, "the point lies inside the radius");
        Margin(TwiceTheSlope.Evaluate([new Rational(1, 2)]).Output).Should().Be((Rational)0);
        radius.Should().Be(new Rational(1, 2));
    }

    /// <summary>(1, x, −9): ‖W‖ = 1, the margin at 0 is that over the runner-up, 1, and the radius 1/4, not 10/4.</summary>
    [Claim("intervals.stable-ball")]
    public void ThreeClasses_ByHand_AreHeldAgainstTheRunnerUp()
    {
        var network = new SmallNetwork([new double[,] { { 0 }, { 1 }, { 0 } }], [[1, 0, -9]]).Exact();
        var radius = Radius.Run(network.Evaluate([0]).Output, RowNorm(Unmasked(network)));
        Largest(network.Evaluate([radius - new Rational(1, 1000)]).Output).Should().Be(0);
        radius.Should().Be(new Rational(1, 4));
    }

    /// <summary>
    /// The printed conclusion rests on 99 % of the inputs having ‖W′‖ ≤ 2‖W‖ and on few exceptions along the path. The wedge network:
    /// ‖W‖ = 10. Its steep part, four wedges, is 1/8192 of the square [−1, 1]² and 5/1024 of the ball around the sample. At the sample the
    /// outputs are (6, 4), margin κ = 2, radius 1/20. At (1/2048, 1), 17/32768 away, they are (−2, 4): the other class, with one steep
    /// piece on the path. The same holds with a ReLU on the outputs, (6, 4) and (0, 4).
    /// </summary>
    [Claim("intervals.stable-ball", Role.Counterexample)]
    public void OneSteepPiece_InAHundredthOfTheInputs_ChangesTheClass()
    {
        Rational[] x = [new(1, 2048), 1];
        RowNorm(Unmasked(Wedge)).Should().Be((Rational)10);
        Wedge.Evaluate(Sample).Output.Should().Equal(6, 4);
        Wedge.Evaluate(x).Output.Should().Equal(-2, 4);
        Norm(Minus(x, Sample)).Should().BeLessThan(WedgeRadius);
        MatricesAlong(Wedge, Sample, Minus(x, Sample), 1).Select(RowNorm).Should().Equal(6, 32774, 4);
        var (ofSquare, ofBall) = (SteepShareOfTheSquare(), SteepShareOfTheBall());
        ofSquare.Should().Be(new Rational(1, 8192));
        ofBall.Should().Be(new Rational(5, 1024));
        Evidence.Record(new Measurement(
            "share of the ball, and of [−1, 1]², with ‖W′‖ > 2‖W‖ in a network that changes class at a hundredth of the radius",
            ofBall.ToDouble(),
            "at most 0.01 is assumed; the class must then be kept, as printed")
        {
            Dtype = Arithmetic,
            Series = [ofBall.ToDouble(), ofSquare.ToDouble()],
        });
    }

    /// <summary>
    /// Not on rare paths only: of the ball around the sample all but a strip 3v/16384 wide has the other class, 8177/8192 of it. The
    /// strip's width is linear in v, so its mean is that of the widths at the lower and at the upper end.
    /// </summary>
    [Claim("intervals.stable-ball", Role.Counterexample)]
    public void BallBetweenTheWedges_IsLostButForAStrip()
    {
        var kept = OfTheBall(KeptWidth);
        Evidence.Record(new Measurement(
            "share of the ball around the sample with the other class",
            (1 - kept).ToDouble(),
            "0 as printed; “most portion” of the domain is classified correctly")
        {
            Dtype = Arithmetic,
        });
        (1 - kept).Should().Be(new Rational(8177, 8192));
    }

    [Claim("intervals.stable-ball", Role.Control)]
    public void SteepPieceOnTheWay_HypothesisDropped_IsCaught()
    {
        var instance = new NetworkOnLine(WedgeInFloat64, [-1 / 32768.0, 1], [1, 0]);
        KeepsItsClass(instance, steepAllowed: true)!.Value.Within.Should().BeFalse();
        KeepsItsClass(instance, steepAllowed: false).Should().BeNull();
    }

    /// <summary>Twice the radius, with the same pieces allowed: the class can change.</summary>
    [Claim("intervals.stable-ball", Role.Control)]
    public void TwiceTheRadius_IsCaught() =>
        Largest(TwiceTheSlope.Evaluate([new Rational(999, 1000)]).Output).Should().Be(1);

    // What of a direction lies just inside the radius; null without a class, or where W = 0.
    private static Rational? LengthInside(NetworkOnLine instance)
    {
        var network = instance.Network.Exact();
        var (outputs, norm) = (network.Evaluate(Exact(instance.Point)).Output, RowNorm(Unmasked(network)));
        return norm == 0 || outputs.Length == 1 || Margin(outputs) == 0
            ? null
            : Radius.Run(outputs, norm) / Norm(Exact(instance.Direction)) * new Rational(999, 1000);
    }

    private static Deviation? KeepsItsClass(NetworkOnLine instance, bool steepAllowed)
    {
        var (network, start, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
        var steep = 2 * RowNorm(Unmasked(network));
        if (LengthInside(instance) is not { } length
            || (!steepAllowed && MatricesAlong(network, start, direction, length).Any(matrix => RowNorm(matrix) > steep)))
        {
            return null;
        }

        return Deviation.Exact(Ray(network, start, direction, length) == length);
    }

    // ‖f(x + d) − f(x)‖_∞.
    private static Rational Change(ReluNetwork<Rational> network, Rational[] start, Rational[] direction) =>
        Norm(Minus(network.Evaluate(Arrays.Add(start, direction)).Output, network.Evaluate(start).Output));

    private static Rational[,] Unmasked(ReluNetwork<Rational> network) =>
        network.Weights.Aggregate((product, weight) => Arrays.Multiply(weight, product));

    private static IReadOnlyList<Rational[,]> MatricesAlong(
        ReluNetwork<Rational> network, Rational[] start, Rational[] direction, Rational range) =>
        [.. Pieces(network, start, direction, range).Select(piece => MaskedProduct(network, Along(start, direction, piece.Middle)))];

    private static Rational WedgeRadius => Margin(Wedge.Evaluate(Sample).Output) / (4 * RowNorm(Unmasked(Wedge)));

    // How much of the ball's chord at a height has class 1: on a piece its lead is affine.
    private static Rational KeptWidth(Rational height)
    {
        return Rational.Sum(Pieces(Wedge, [Sample[0] - WedgeRadius, height], [1, 0], 2 * WedgeRadius).Select(Kept));

        static Rational Kept(ExactPiece piece)
        {
            Rational Lead(Rational t) => piece.Outputs(t)[0] - piece.Outputs(t)[1];
            var (first, last) = (Rational.Max(0, Lead(piece.Start)), Rational.Max(0, Lead(piece.End)));
            var change = Rational.Abs(Lead(piece.End) - Lead(piece.Start));
            return first > 0 && last > 0 ? piece.End - piece.Start : change == 0 ? 0 : (piece.End - piece.Start) * (first + last) / change;
        }
    }

    // The wedge network is the same at every scale v > 0 and at every scale v < 0, so the steep part of a horizontal line is proportional
    // to |v|: its integral over v from −1 to 1 is half of what it is at v = 1 and v = −1, and the square has area 4.
    private static Rational SteepShareOfTheSquare() => (SteepWidth(-1, 1, 2) + SteepWidth(-1, -1, 2)) / 2 / 4;

    private static Rational SteepShareOfTheBall() =>
        OfTheBall(height => SteepWidth(Sample[0] - WedgeRadius, height, 2 * WedgeRadius));

    // The share of the ball whose chords have so much of something, which is linear in their height.
    private static Rational OfTheBall(Func<Rational, Rational> width) =>
        (width(Sample[1] - WedgeRadius) + width(Sample[1] + WedgeRadius)) / 2 / (2 * WedgeRadius);

    // How much of a horizontal line from a point is steep.
    private static Rational SteepWidth(Rational left, Rational height, Rational length) =>
        Rational.Sum(
            from piece in Pieces(Wedge, [left, height], [1, 0], length)
            where RowNorm(MaskedProduct(Wedge, [left + piece.Middle, height])) > 20
            select piece.End - piece.Start);

    private static NetworkOnLine BeforeItsFirstKink(NetworkOnLine instance)
    {
        var (network, start, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
        var norm = RowNorm(Unmasked(network));
        if (norm == 0)
        {
            return instance;
        }

        var kink = Pieces(network, start, direction, 4)[0].End;
        var radius = Margin(network.Evaluate(Along(start, direction, kink)).Output) / (4 * norm) / Norm(direction);
        return instance with { Point = [.. Along(start, direction, kink - (radius / 2)).Select(value => value.ToDouble())] };
    }

    private static bool MeetsAKinkAndNoSteepPiece(NetworkOnLine instance)
    {
        if (LengthInside(instance) is not { } length)
        {
            return false;
        }

        var network = instance.Network.Exact();
        var matrices = MatricesAlong(network, Exact(instance.Point), Exact(instance.Direction), length);
        return matrices.Count > 1 && matrices.All(matrix => RowNorm(matrix) <= 2 * RowNorm(Unmasked(network)));
    }
}
