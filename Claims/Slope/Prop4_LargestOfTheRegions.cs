using MathNet.Numerics.LinearAlgebra;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.LinearRegions;
using static Reproduce.Claims.Shared.Vectors;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Proposition 4: a ReLU network has a slope everywhere, at most the largest ‖J(R)‖_p of the regions R that touch the point. In one and two
/// dimensions the regions around a point are found by going round it, so both sides are exact for p = 1 and ∞.
/// </summary>
public sealed class Prop4_LargestOfTheRegions
{
    /// <summary>W_n Z ⋯ W_1 for a pattern.</summary>
    internal static readonly UnderTest<Func<ReluNetwork<Rational>, bool[][], Rational[,]>> PatternJacobian = new(
        Jacobian,
        ("pattern-jacobian-without-first-mask", (network, pattern) =>
            Jacobian(network, [.. pattern.Select((layer, i) => i == 0 ? [.. layer.Select(_ => true)] : layer)])),
        ("pattern-jacobian-with-inverted-masks", (network, pattern) =>
            Jacobian(network, [.. pattern.Select(layer => layer.Select(on => !on).ToArray())])));

    private static readonly UnderTest<Func<ReluNetwork<Rational>, Rational[], double, Rational>> Bound = new(
        (network, point, p) => Sectors(network, point).Max(sector => Norm(sector.Jacobian, p)),
        ("adjacent-regions-smallest", (network, point, p) => Sectors(network, point).Min(sector => Norm(sector.Jacobian, p))),
        ("adjacent-regions-first-only", (network, point, p) => Norm(Sectors(network, point)[0].Jacobian, p)),
        ("adjacent-regions-kinks-off", (network, point, p) => Norm(Jacobian(network, Pattern(network, point)), p)));

    /// <summary>J(R) of a region whose closure contains the start of the ray.</summary>
    private static readonly UnderTest<Func<ReluNetwork<Rational>, Rational[], Rational[], Rational[,]>> Ahead = new(
        (network, point, direction) => Jacobian(network, Pattern(network, point, direction, Skew(point.Length))),
        ("region-ahead-taken-behind", (network, point, direction) =>
            Jacobian(network, Pattern(network, point, [.. direction.Select(value => -value)], Skew(point.Length)))),
        ("region-ahead-beside-only", (network, point, _) => Jacobian(network, Pattern(network, point, Skew(point.Length)))));

    private static readonly double[] Orders = [1, double.PositiveInfinity];

    /// <summary>
    /// ReLU(x − 2|y|): around the origin it is x − 2y and x + 2y on two narrow sectors, and 0 elsewhere.
    /// </summary>
    private static readonly ReluNetwork<Rational> Wedge = SmallNetwork.WithoutBiases(
        new double[,] { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } }, new double[,] { { 1, -1, -2, -2 } }, new double[,] { { 1 } }).Exact();

    /// <summary>min(ReLU(x), ReLU(y)) = a − ReLU(a − b) with a = ReLU(x), b = ReLU(y).</summary>
    private static readonly ReluNetwork<Rational> Corner = SmallNetwork.WithoutBiases(
        new double[,] { { 1, 0 }, { 0, 1 } }, new double[,] { { 1, 0 }, { 1, -1 } }, new double[,] { { 1, -1 } }).Exact();

    [Claim("slope.prop-4")]
    public void RandomNetworksInThePlane_SlopeNeverExceedsTheLargestOfTheRegionsAround() =>
        Instances.Satisfy(
            "slope by Definition 1 against the largest ‖J(R)‖_p around, p = 1, ∞",
            LatticeNetworks.InThePlane,
            instance => Deviation.Exact(Compare(instance, (slope, bound) => slope <= bound)),
            "none: exact",
            count: 200,
            dtype: "exact (rationals)");

    /// <summary>
    /// In up to four dimensions, direction by direction: the derivative exists, is J(R)v for the region R that the ray runs into, and so at
    /// most ‖J(R)‖_p‖v‖_p.
    /// </summary>
    [Claim("slope.prop-4")]
    public void RandomNetworks_EveryDirection_IsBoundedByTheRegionAhead() =>
        Instances.Satisfy(
            "f'(x; v) against J(R)v and ‖J(R)‖_p‖v‖_p along axes and diagonals, p = 1, ∞",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                return Deviation.Exact(SignedAxes(point.Length).Concat(SignVectors(point.Length)).Select(Exact).All(direction =>
                {
                    var ahead = Ahead.Run(network, point, direction);
                    var speed = network.DirectionalDerivative(point, direction);
                    return speed.SequenceEqual(Multiply(ahead, direction))
                        && Orders.All(p => Norm(speed, p) <= Norm(ahead, p) * Norm(direction, p));
                }));
            },
            "none: exact",
            count: 150,
            dtype: "exact (rationals)");

    /// <summary>
    /// For p = 2 the supremum over a sector is the largest singular value if its direction lies inside, otherwise it is at a side.
    /// </summary>
    [Claim("slope.prop-4")]
    public void RandomNetworksInThePlane_ForP2_SlopeNeverExceedsTheLargestOfTheRegionsAround() =>
        Instances.Satisfy(
            "excess of the 2-slope over 720 directions over the largest ‖J(R)‖₂ around",
            LatticeNetworks.InThePlane,
            instance =>
            {
                double Norm2(Rational[,] jacobian) => Matrix<double>.Build.DenseOfArray(Map(jacobian, entry => entry.ToDouble())).L2Norm();
                double[] Direction(int step) => [Math.Cos(step * Math.PI / 360), Math.Sin(step * Math.PI / 360)];
                var largest = Sectors(instance.Network.Exact(), Exact(instance.Point)).Max(sector => Norm2(sector.Jacobian));
                var directions = instance.Point.Length == 1 ? SignedAxes(1) : Enumerable.Range(0, 720).Select(Direction);
                var fastest = directions.Max(v => Norm(instance.Network.DirectionalDerivative(instance.Point, v), 2));
                return new Deviation(Math.Max(0, fastest - largest), Rounding.OfJacobian(instance.Network));
            },
            Rounding.JacobianTolerance,
            count: 100);

    /// <summary>The regions around by the library: its slopes at points 2⁻²⁰ away, inside each sector.</summary>
    [Claim("slope.prop-4")]
    public void RandomNetworksInThePlane_LibrarysSlopesInTheRegionsAround_AreTheBound() =>
        ExactInstances.Satisfy(
            "the largest of the library's slopes in the sectors around against the slope and the largest ‖J(R)‖_p, p = 1, ∞",
            LatticeNetworks.InThePlane,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                double[] Inside((Rational[] From, Rational[] To, Rational[,]) sector) => [.. Add(sector.From, sector.To)
                    .Zip(instance.Point, (step, value) => value + (step.ToDouble() / (1 << 20)))];
                return Orders.All(p =>
                {
                    var largest = Rational.Of(
                        Sectors(network, point).Max(sector => NetworkGeometry.MeasuredSlope(instance.Network, Inside(sector), p)));
                    return SlopeAt(network, point, p) <= largest && Bound.Run(network, point, p) == largest;
                });
            },
            count: 200);

    /// <summary>Inside a region, and on kinks in one dimension, it is an equality.</summary>
    [Claim("slope.prop-4")]
    public void RandomNetworks_InsideRegionsOrInOneDimension_BothSidesAgree() =>
        Instances.Satisfy(
            "slope by Definition 1 = largest ‖J(R)‖_p around",
            LatticeNetworks.InThePlane,
            instance => instance.Point.Length == 1 || IsOffTheKinks(instance.Network.Exact(), Exact(instance.Point))
                ? Deviation.Exact(Compare(instance, (slope, bound) => slope == bound))
                : null,
            "none: exact",
            count: 200,
            dtype: "exact (rationals)");

    /// <summary>
    /// The inequality can be strict: ReLU(x − 2|y|) at 0 moves fastest along (1, 0), at speed 1. The regions there have J = (1, ±2), whose
    /// norms are 2, √5 and 3 for p = 1, 2, ∞: their fastest directions point out of them.
    /// </summary>
    [Claim("slope.prop-4")]
    public void Wedge_ByHand_IsStrictlySlowerThanItsRegions()
    {
        Rational[] origin = [0, 0];
        Orders.Select(p => SlopeAt(Wedge, origin, p)).Should().Equal(1, 1);
        Orders.Select(p => Bound.Run(Wedge, origin, p)).Should().Equal(2, 3);

        // For p = 2 exactly: (x − 2|y|)² ≤ x² where x ≥ 2|y|, so no direction is faster than (1, 0); the two regions have the rows (1, ±2).
        Wedge.DirectionalDerivative(origin, [1, 0]).Should().Equal(1);
        var directions = Enumerable.Range(-20, 41).Select(step => new Rational(step, 20))
            .SelectMany(side => new Rational[][] { [1, side], [-1, side], [side, 1], [side, -1] });
        directions.All(direction => Square(Wedge.DirectionalDerivative(origin, direction)) <= Square(direction)).Should().BeTrue();
        var norms = Sectors(Wedge, origin).Select(sector => Square(Row(sector.Jacobian, 0))).Distinct().Order();
        norms.Should().Equal([0, 5], "‖J‖₂ of one row is its length, √5 at most");
        Evidence.Record(new Measurement(
            "slope of ReLU(x − 2|y|) at 0, p = 1, ∞ and 2", 1, "at most the 2, 3 and √5 of the regions around")
        {
            Series = [1, 2, 1, 3, 1, Math.Sqrt(norms.Last().ToDouble())],
            Dtype = "exact (rationals)",
        });

        static Rational Square(Rational[] vector) => Rational.Sum(vector.Select(value => value * value));
    }

    /// <summary>|x| has two regions at 0, with J = ±1.</summary>
    [Claim("slope.prop-4")]
    public void TwoPieces_ByHand_HaveTheSlopeOfTheSteeper()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 3 } }).Exact();
        SlopeAt(network, [0], 1).Should().Be((Rational)3);
        Bound.Run(network, [0], 1).Should().Be((Rational)3);
    }

    [Claim("slope.prop-4", Role.Control)]
    public void EqualityOnKinksInThePlane_IsCaught() =>
        Instances.Violate(
            "slope = largest ‖J(R)‖_p around, on kinks",
            LatticeNetworks.InThePlane,
            instance => Deviation.Exact(Compare(instance, (slope, bound) => slope == bound)),
            dtype: "exact (rationals)");

    /// <summary>Without piecewise linearity: √|x| has regions on both sides of 0 and no slope there, the quotient 1/√t grows.</summary>
    [Claim("slope.prop-4", Role.Control)]
    public void SquareRoot_PiecewiseLinearityDropped_HasNoSlope() =>
        (Math.Sqrt(1e-12) / 1e-12).Should().BeGreaterThan(Math.Sqrt(1e-6) / 1e-6 * 999);

    /// <summary>
    /// min(ReLU(x), ReLU(y)) is 0 around every point of the path from (−1, 2) by (−1, −1) to (2, −1), so both ends lie in one region;
    /// half-way between them, at (½, ½), it is ½.
    /// </summary>
    [Claim("slope.prop-4.proof", Role.Counterexample)]
    public void MinimumOfTwoUnits_HasARegionThatIsNotConvex()
    {
        Rational[][] path = [[-1, 2], [-1, -1], [2, -1]];
        for (var i = 0; i < 2; i++)
        {
            var breaks = Breaks(Corner, path[i], path[i + 1]);
            foreach (var t in breaks.Concat(breaks.Zip(breaks.Skip(1), (start, end) => (start + end) / 2)))
            {
                var at = Along(path[i], Minus(path[i + 1], path[i]), t);
                Corner.Evaluate(at).Output.Should().Equal(0);
                Sectors(Corner, at).Should().OnlyContain(sector => Norm(sector.Jacobian, 1) == 0, "the network is 0 all around");
            }
        }

        Rational half = new(1, 2);
        var middle = Corner.Evaluate([half, half]).Output[0];
        middle.Should().Be(half);
        Evidence.Record(new Measurement(
            "min(ReLU(x), ReLU(y)) half-way between two points of its zero region", middle.ToDouble(), "0 if regions were convex")
        {
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>The library's slope of min(ReLU(x), ReLU(y)) at corners of that path, where it is 0, and between its ends.</summary>
    [Claim("slope.prop-4.proof", Role.Counterexample)]
    public void MinimumOfTwoUnits_HasTheLibrarysSlopeZeroAtBothEnds_AndOneBetween()
    {
        var network = SmallNetwork.WithoutBiases(
            new double[,] { { 1, 0 }, { 0, 1 } }, new double[,] { { 1, 0 }, { 1, -1 } }, new double[,] { { 1, -1 } });
        double[][] points = [[-1, 2], [-1, -1], [2, -1], [0.5, 0.25]];
        points.Select(point => NetworkGeometry.MeasuredSlope(network, point, 1)).Should().Equal(0, 0, 0, 1);
    }

    /// <summary>
    /// No exact cancellation is needed: perturbed in all weights and biases, ReLU(1 − ReLU(x) − ReLU(y)) is constant around the path from
    /// (3/2, −1) by (3/2, 3/2) to (−1, 3/2), so both ends lie in one region, and has another value half-way between them, at (¼, ¼).
    /// </summary>
    [Claim("slope.prop-4.proof", Role.Counterexample)]
    public void PerturbedNetworks_HaveARegionThatIsNotConvex() =>
        Instances.Satisfy(
            "constant around the path, another value half-way between its ends",
            PerturbedCorner.Networks,
            network =>
            {
                var (start, end) = (PerturbedCorner.Path[0], PerturbedCorner.Path[^1]);
                var middle = Along(start, Minus(end, start), new Rational(1, 2));
                return Deviation.Exact(PerturbedCorner.IsConstantAroundThePath(network)
                    && network.Evaluate(middle).Output[0] != network.Evaluate(start).Output[0]);
            },
            "none: exact",
            count: 200,
            dtype: "exact (rationals)");

    /// <summary>
    /// What the proof needs is true by continuity alone: for x in the closure of a region and y inside it, f(y) − f(x) = J(R)(y − x).
    /// </summary>
    [Claim("slope.prop-4.proof", Role.Repair)]
    public void RandomNetworksInThePlane_InTheClosureOfARegion_DifferencesAreLinear() =>
        Instances.Satisfy(
            "f(y) − f(x) against J(R)(y − x) for every region R around x",
            LatticeNetworks.InThePlane,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                return Deviation.Exact(Sectors(network, point).All(sector =>
                {
                    var inward = Along(sector.From, Minus(sector.To, sector.From), new Rational(1, 3));
                    var there = Along(point, inward, FirstKink(network, point, inward) is { } kink ? kink / 2 : 1);
                    var jacobian = PatternJacobian.Run(network, Pattern(network, there));
                    var change = Minus(network.Evaluate(there).Output, network.Evaluate(point).Output);
                    return change.SequenceEqual(Multiply(jacobian, Minus(there, point)));
                }));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>With y beyond the closure it fails: |x| from −1 to 2 with J = 1.</summary>
    [Claim("slope.prop-4.proof", Role.Control)]
    public void PointOutsideTheClosure_IsCaught()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 1 } }).Exact();
        var jacobian = Jacobian(network, Pattern(network, [2]));
        Minus(network.Evaluate([2]).Output, network.Evaluate([-1]).Output).Should().NotEqual(Multiply(jacobian, [3]));
    }

    private static bool Compare(NetworkAtPoint instance, Func<Rational, Rational, bool> relation)
    {
        var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
        return Orders.All(p => relation(SlopeAt(network, point, p), Bound.Run(network, point, p)));
    }
}
