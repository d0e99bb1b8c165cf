using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.LinearRegions;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Lemma 1: from every point x in every direction v the ray starts in the closure of a single region. That region is found by an
/// infinitesimal step off the ray as well. The lemma is true; its proof, and the sentence on regions and patterns that it starts from,
/// are not.
/// </summary>
public sealed class Lemma1_RayInOneRegion
{
    private static readonly UnderTest<Func<ReluNetwork<Rational>, Rational[], Rational[], (bool[][], Rational)>> Region = new(
        (network, point, direction) => (Pattern(network, point, direction, Skew(point.Length)), Length(network, point, direction)),
        ("ray-region-of-the-point-alone", (network, point, direction) => (Pattern(network, point), Length(network, point, direction))),
        ("ray-length-twice-too-far", (network, point, direction) =>
            (Pattern(network, point, direction, Skew(point.Length)), 2 * Length(network, point, direction))),
        ("ray-region-behind-the-point", (network, point, direction) =>
        {
            Rational[] backwards = [.. direction.Select(value => -value)];
            return (Pattern(network, point, backwards, Skew(point.Length)), Length(network, point, direction));
        }));

    private static readonly UnderTest<Func<ReluNetwork<Rational>, Rational[], IReadOnlyList<bool[][]>>> PatternsAround = new(
        (network, point) => Steps(point.Length).Select(step => Pattern(network, point, step, Skew(point.Length))).ToList(),
        ("patterns-around-kinks-on", (network, point) =>
            [[.. Germs(network, point).SkipLast(1).Select(layer => layer.Select(germ => Sign(germ) >= 0).ToArray())]]),
        ("patterns-around-one-side-flipped", (network, point) =>
            [.. Steps(point.Length).Select(step => Flip(Pattern(network, point, step, Skew(point.Length))))]));

    /// <summary>1 for an active unit, −1 for an inactive one, 0 on the edge, from its pre-activation.</summary>
    private static readonly UnderTest<Func<Rational, int>> Side = new(
        value => value.Numerator.Sign,
        ("side-after-the-relu", value => Rational.Max(value, 0).Numerator.Sign),
        ("side-without-an-edge", value => value > 0 ? 1 : -1));

    /// <summary>Which hidden units are on, by the library: 1 or 0 for each unit of each layer.</summary>
    private static readonly UnderTest<Func<SmallNetwork, double[], double[][]>> CellOf = new(
        MasksOf,
        ("cell-by-first-layer-only", (network, point) => [.. MasksOf(network, point).Take(1)]),
        ("cell-without-last-unit", (network, point) => [.. MasksOf(network, point).Select(layer => layer.SkipLast(1).ToArray())]),
        ("cell-with-kinks-on", (network, point) =>
            [.. PreactivationsOf(network, point).Select(layer => layer.Select(value => value >= 0 ? 1.0 : 0).ToArray())]),
        ("cell-of-the-opposite-point", (network, point) => MasksOf(network, [.. point.Select(value => -value)])));

    /// <summary>The pre-activations of the hidden layers, by the library.</summary>
    private static readonly UnderTest<Func<SmallNetwork, double[], double[][]>> Preactivations = new(
        PreactivationsOf,
        ("preactivations-after-the-relu", (network, point) =>
            [.. PreactivationsOf(network, point).Select(layer => layer.Select(value => Math.Max(value, 0)).ToArray())]),
        ("preactivations-without-biases", (network, point) => PreactivationsOf(SmallNetwork.WithoutBiases([.. network.Weights]), point)));

    /// <summary>
    /// The closure of a pattern's region is cut out by weak inequalities, so it is convex, and the ends and the middle of the segment
    /// suffice. Beside the ray the signs are strict, and there the derivatives of f make up the matrix by which f moves along the ray.
    /// </summary>
    [Claim("slope.lemma-1")]
    public void RandomNetworks_EveryRay_StaysInTheClosureOfOneRegion() =>
        Instances.Satisfy(
            "x + tv in the closure of a region for all t up to the first kink",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
                return Deviation.Exact(Steps(point.Length).All(direction =>
                {
                    var (pattern, length) = Region.Run(network, point, direction);
                    return new Rational[] { 0, length / 2, length }.All(t => InClosure(network, pattern, Along(point, direction, t)))
                        && Inhabited(network, pattern, point, [direction]);
                }));
            },
            "none: exact",
            count: 200,
            dtype: "exact (rationals)");

    /// <summary>On the library's first piece of a ray f moves as the piece's Jacobian says, and as that of the region.</summary>
    [Claim("slope.lemma-1")]
    public void RandomNetworks_FirstMeasuredPieceOfARay_MovesAsTheRegion() =>
        Instances.Satisfy(
            "largest entry of |f(x + tv) − f(x) − tJv| half-way on the first piece and at its end, and of |Jv − J(R)v|",
            LatticeNetworks.Arbitrary,
            instance => Steps(instance.Point.Length).Select(direction => FirstPiece(instance, direction)).Aggregate(Deviation.Worse),
            "4 times the rounding of an output, and of a Jacobian times 4‖v‖₁",
            count: 100);

    /// <summary>
    /// |x + y| − |x − y| from 0 along the kink (1, 1): the ray is the border between 2x and 2y, and either region serves; both move by 2t.
    /// </summary>
    [Claim("slope.lemma-1")]
    public void RayAlongAKink_ByHand_LiesInTheClosureOfARegionBeside()
    {
        var network = ExampleNetworks.FlatOnTheAxes.Exact();
        var (pattern, length) = Region.Run(network, [0, 0], [1, 1]);
        length.Should().Be((Rational)1);
        Fixtures.Numbers.Arrays.Multiply(Jacobian(network, pattern), (Rational[])[1, 1]).Should().Equal(2);
        network.Evaluate([1, 1]).Output.Should().Equal(2);
    }

    [Claim("slope.lemma-1", Role.Control)]
    public void RayBeyondTheFirstKink_IsCaught()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 } }, new double[,] { { 1 } }).Exact();
        InClosure(network, Pattern(network, [-1]), [1]).Should().BeFalse("ReLU's kink at 0 lies on the way from −1 to 1");
    }

    /// <summary>
    /// The proof calls a unit inactive where f^i_j(x) &lt; 0 and on the edge where f^i_j(x) = 0. But f^i_j is the output of the ReLU and
    /// never negative, so every unit that is off counts as on the edge, and x = −1 of ReLU(x) would lie in no region.
    /// </summary>
    [Claim("slope.lemma-1.sets", Role.Counterexample)]
    public void InactiveUnits_AreNeverNegative()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 } }, new double[,] { { 1 } }).Exact();
        var after = network.Evaluate([-1]).Preactivations[0].Select(value => Rational.Max(value, 0)).ToArray();
        after.Should().Equal(0);
        SlopeAt(network, [-1], 1).Should().Be((Rational)0);
        FirstKink(network, [-1], [1]).Should().Be((Rational)1, "the region of −1 reaches up to 0");
        Evidence.Record(new Measurement("f¹(−1) of ReLU(x), a unit that is off", 0, "below 0 by the proof's definition of inactive units")
        {
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>
    /// Read with pre-activations, a unit of the first layer that is on its edge becomes active along its normal, the row of W_1, and
    /// inactive against it. The points are those of the unit's hyperplane that are nearest to the origin.
    /// </summary>
    [Claim("slope.lemma-1.sets")]
    public void RandomNetworks_EdgeUnits_SwitchAlongTheirNormals() =>
        Instances.Satisfy(
            "sign of the pre-activation at a point of its hyperplane, and a step along and against its normal",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var network = instance.Network.Exact();
                var normal = Arrays.Row(network.Weights[0], 0);
                if (normal.All(entry => entry == 0))
                {
                    return null;
                }

                var squared = Rational.Sum(normal.Select(entry => entry * entry));
                Rational At(Rational t) => network.Evaluate(Along(new Rational[normal.Length], normal, t)).Preactivations[0][0];
                var edge = -network.Biases[0][0] / squared;
                return Deviation.Exact((Side.Run(At(edge)), Side.Run(At(edge + 1)), Side.Run(At(edge - 1))) == (0, 1, -1));
            },
            "none: exact",
            dtype: "exact (rationals)");

    [Claim("slope.lemma-1.sets")]
    public void RandomNetworks_LibrarysPreactivations_HaveTheExactSides() =>
        ExactInstances.Satisfy(
            "active, inactive or on the edge by the library's pre-activations and by exact ones",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var exact = instance.Network.Exact().Evaluate(Arrays.Exact(instance.Point)).Preactivations.SkipLast(1);
                var measured = Preactivations.Run(instance.Network, instance.Point);
                return exact.Zip(measured).All(layer =>
                    layer.First.Select(Side.Run).SequenceEqual(layer.Second.Select(value => Side.Run(Rational.Of(value)))));
            });

    /// <summary>ReLU(x) by hand: inactive at −1, on the edge at 0, active at 1.</summary>
    [Claim("slope.lemma-1.sets")]
    public void OneUnit_ByHand_IsInactiveThenOnTheEdgeThenActive()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 } }, new double[,] { { 1 } }).Exact();
        new Rational[] { -1, 0, 1 }.Select(x => Side.Run(network.Evaluate([x]).Preactivations[0][0])).Should().Equal(-1, 0, 1);
    }

    /// <summary>A unit without a normal, 0·x, never leaves its edge.</summary>
    [Claim("slope.lemma-1.sets", Role.Control)]
    public void UnitWithoutANormal_NeverSwitches()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 0 } }, new double[,] { { 1 } }).Exact();
        new Rational[] { -1, 0, 1 }.Select(x => Side.Run(network.Evaluate([x]).Preactivations[0][0])).Should().Equal(0, 0, 0);
    }

    /// <summary>
    /// The proof gives x a region for every choice of each edge unit as active or inactive. The units x and 2x share their kink: at no
    /// point is one on and the other off. Of the 8 choices for x, y and x + y at the origin, (on, on, off) and (off, off, on) do not exist.
    /// </summary>
    [Claim("slope.lemma-1.proof", Role.Counterexample)]
    public void EdgeUnits_CannotBeDistributedFreely()
    {
        var twins = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { 2 } }, new double[,] { { 1, 1 } }).Exact();
        Around(twins, 1).Should().BeEquivalentTo(["11", "00"]);
        var lines = SmallNetwork.WithoutBiases(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }, new double[,] { { 1, 1, 1 } }).Exact();
        var found = Around(lines, 2);
        found.Should().HaveCount(6).And.NotContain("110").And.NotContain("001");
        Evidence.Record(new Measurement(
            "patterns around the origin of the units x, y, x + y", found.Count, "8 if edge units could be assigned freely")
        {
            Dtype = "exact (rationals)",
        });

        static HashSet<string> Around(ReluNetwork<Rational> network, int inputs)
        {
            var origin = new Rational[inputs];
            string Signs((Rational[] From, Rational[] To, Rational[,]) sector) => string.Concat(
                Pattern(network, origin, sector.From, Arrays.Minus(sector.To, sector.From))[0].Select(on => on ? '1' : '0'));
            return [.. Sectors(network, origin).Select(Signs)];
        }
    }

    /// <summary>
    /// The proof gives every edge unit a hyperplane and a normal along which it switches. The unit 0·x is on its edge everywhere and never
    /// switches; the second-layer unit ReLU(x) is on its edge for all x ≤ 0, a half-line.
    /// </summary>
    [Claim("slope.lemma-1.proof", Role.Counterexample)]
    public void EdgeUnits_NeedNotHaveAHyperplane()
    {
        var network = SmallNetwork.WithoutBiases(
            new double[,] { { 0 }, { 1 } }, new double[,] { { 0, 1 } }, new double[,] { { 1 } }).Exact();
        foreach (var x in new Rational[] { -2, -1, 0 })
        {
            var values = network.Evaluate([x]).Preactivations;
            values[0][0].Should().Be((Rational)0);
            values[1][0].Should().Be((Rational)0);
        }

        network.Evaluate([1]).Preactivations[1][0].Should().Be((Rational)1);
    }

    /// <summary>
    /// Repaired: by the signs of pre-activations, x lies in the closure of every pattern that is met infinitesimally near x, and each
    /// such pattern has a nonempty interior.
    /// </summary>
    [Claim("slope.lemma-1.proof", Role.Repair)]
    public void RandomNetworks_PatternsMetNearby_HaveThePointInTheirClosure() =>
        Instances.Satisfy(
            "x in the closure of the patterns around it, all inhabited",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
                return Deviation.Exact(PatternsAround.Run(network, point).All(pattern =>
                    InClosure(network, pattern, point) && Inhabited(network, pattern, point, Steps(point.Length))));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>The library's patterns at points so near that no other unit switches in between, and on no kink.</summary>
    [Claim("slope.lemma-1.proof", Role.Repair)]
    public void RandomNetworksInThePlane_MeasuredPatternsNearby_HaveThePointInTheirClosure() =>
        ExactInstances.Satisfy(
            "x in the closure of the library's patterns at x + 2⁻³⁰(±1, ±1009), all inhabited",
            LatticeNetworks.InThePlane,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
                return SignVectors(point.Length).All(signs =>
                {
                    double[] step = [.. signs.Select((sign, axis) => axis == 0 ? sign : 1009 * sign)];
                    var near = CellOf.Run(instance.Network, Arrays.Add(instance.Point, Arrays.Times(1.0 / (1 << 30), step)));
                    bool[][] pattern = [.. near.Select(layer => layer.Select(mask => mask > 0).ToArray())];
                    return InClosure(network, pattern, point) && Inhabited(network, pattern, point, [Arrays.Exact(step)]);
                });
            });

    /// <summary>(on, off) for the units x and 2x is met nowhere near 0.</summary>
    [Claim("slope.lemma-1.proof", Role.Control)]
    public void PatternThatDoesNotExist_IsCaught()
    {
        var twins = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { 2 } }, new double[,] { { 1, 1 } }).Exact();
        bool[][] pattern = [[true, false]];
        InClosure(twins, pattern, [0]).Should().BeTrue("the weak inequalities hold at the kink itself");
        Inhabited(twins, pattern, [0], Steps(1)).Should().BeFalse();
    }

    /// <summary>
    /// ReLU(x) − ReLU(−x) = x is affine on the whole line, one region by the paper's definition, with two patterns; 0 lies inside the
    /// region and yet on the kink of both units.
    /// </summary>
    [Claim("slope.regions", Role.Counterexample)]
    public void Identity_IsOneRegionWithTwoPatterns()
    {
        var network = ExampleNetworks.Identity.Exact();
        var (left, right) = (Pattern(network, [-1]), Pattern(network, [1]));
        left[0].Should().NotEqual(right[0]);
        Breaks(network, [-5], [5]).Should().Equal(0, new(1, 2), 1);
        foreach (var x in new Rational[] { -5, -1, 0, new(1, 3), 5 })
        {
            network.Evaluate([x]).Output.Should().Equal(x);
        }

        Evidence.Record(new Measurement(
            "patterns within the one region of ReLU(x) − ReLU(−x) = x", 2, "1 if regions corresponded to patterns")
        {
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>
    /// No exact cancellation is needed: perturbed in all weights and biases, ReLU(1 − ReLU(x) − ReLU(y)) has one region around the path
    /// from (3/2, −1) by (3/2, 3/2) to (−1, 3/2), and three patterns at these points.
    /// </summary>
    [Claim("slope.regions", Role.Counterexample)]
    public void PerturbedNetworks_HaveARegionOfThreePatterns() =>
        Instances.Satisfy(
            "constant around the path, with three patterns",
            PerturbedCorner.Networks,
            network =>
            {
                var patterns = PerturbedCorner.Path.Select(point => string.Concat(Pattern(network, point)[0])).Distinct().Count();
                return Deviation.Exact(PerturbedCorner.IsConstantAroundThePath(network) && patterns == 3);
            },
            "none: exact",
            count: 200,
            dtype: "exact (rationals)");

    /// <summary>Repaired: two points off the kinks with one pattern keep it on the segment between them, with one Jacobian.</summary>
    [Claim("slope.regions", Role.Repair)]
    public void RandomSegments_BetweenPointsOfOnePattern_AreAffine() =>
        Instances.Satisfy(
            "f is affine between points of one pattern",
            Close,
            segment =>
            {
                var network = segment.Network.Exact();
                var (from, to) = (Arrays.Exact(segment.From), Arrays.Exact(segment.To));
                if (!IsOffTheKinks(network, from) || !IsOffTheKinks(network, to))
                {
                    return null;
                }

                var (start, end) = (CellOf.Run(segment.Network, segment.From), CellOf.Run(segment.Network, segment.To));
                if (!start.Zip(end).All(pair => pair.First.SequenceEqual(pair.Second)))
                {
                    return Deviation.Exact(true);
                }

                var change = Arrays.Minus(network.Evaluate(to).Output, network.Evaluate(from).Output);
                var jacobian = Jacobian(network, Pattern(network, from));
                return Deviation.Exact(change.SequenceEqual(Fixtures.Numbers.Arrays.Multiply(jacobian, Arrays.Minus(to, from)))
                    && Breaks(network, from, to).Count == 2);
            },
            "none: exact",
            count: 600,
            dtype: "exact (rationals)");

    /// <summary>Points of two patterns: |x| is not affine from −1 to 1.</summary>
    [Claim("slope.regions", Role.Control)]
    public void PointsOfTwoPatterns_AreCaught()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 1 } }).Exact();
        var byJacobian = Fixtures.Numbers.Arrays.Multiply(Jacobian(network, Pattern(network, [-1])), (Rational[])[2]);
        byJacobian.Should().NotEqual(Arrays.Minus(network.Evaluate([1]).Output, network.Evaluate([-1]).Output));
        Breaks(network, [-1], [1]).Should().HaveCount(3);
    }

    // Segments an eighth as long, so that many stay within a pattern; off lattice points, so that few ends lie on kinks.
    private static readonly Arbitrary<NetworkOnSegment> Close = Arb.From(
        from segment in LatticeNetworks.Segments.Generator
        from sixteenths in Gen.ArrayOf(Gen.Choose(-7, 7), segment.From.Length)
        let start = segment.From.Zip(sixteenths, (value, offset) => value + (offset / 16.0)).ToArray()
        select segment with { From = start, To = [.. start.Select((value, i) => value + ((segment.To[i] - segment.From[i]) / 8))] },
        LatticeNetworks.Segments.Shrinker);

    internal static bool InClosure(ReluNetwork<Rational> network, bool[][] pattern, Rational[] point) =>
        Germs(network, point).SkipLast(1).Zip(pattern).All(layer =>
            layer.First.Zip(layer.Second).All(unit => unit.Second ? unit.First[0] >= 0 : unit.First[0] <= 0));

    private static double[][] MasksOf(SmallNetwork network, double[] point)
    {
        using var scope = NewDisposeScope();
        return [.. network.ToEnsemble().Masks(Batch(point)).Select(Numbers)];
    }

    private static double[][] PreactivationsOf(SmallNetwork network, double[] point)
    {
        using var scope = NewDisposeScope();
        return [.. network.ToEnsemble().Preactivations(Batch(point)).Select(Numbers)];
    }

    private static Deviation FirstPiece(NetworkAtPoint instance, Rational[] direction)
    {
        var (network, exact, point) = (instance.Network, instance.Network.Exact(), Arrays.Exact(instance.Point));
        double[] along = [.. direction.Select(entry => entry.ToDouble())];
        var piece = LineMeasures.Pieces.Run(network, instance.Point, along, 0, 4)[0];
        var speed = Arrays.Multiply(piece.Jacobian, along);
        var ahead = Arrays.Multiply(Jacobian(exact, Region.Run(exact, point, direction).Item1), direction);
        double Moved(double t)
        {
            var there = network.Evaluate(Arrays.Add(instance.Point, Arrays.Times(t, along))).Output;
            return Arrays.Minus(Arrays.Minus(there, network.Evaluate(instance.Point).Output), Arrays.Times(t, speed)).Max(Math.Abs);
        }

        var between = speed.Zip(ahead, (one, other) => Math.Abs(one - other.ToDouble())).Max();
        var rounding = LineMeasures.OfOutputs(network, instance.Point, along, 4) + (4 * Rounding.OfJacobian(network) * along.Sum(Math.Abs));
        return new Deviation(new[] { between, Moved(piece.End / 2), Moved(piece.End) }.Max(), 4 * rounding);
    }

    private static Rational Length(ReluNetwork<Rational> network, Rational[] point, Rational[] direction) =>
        FirstKink(network, point, direction) ?? 1;

    // Whether a point near x + step, beside the ray, has the pattern; units that are 0 all around it count as off.
    internal static bool Inhabited(ReluNetwork<Rational> network, bool[][] pattern, Rational[] point, IEnumerable<Rational[]> steps) =>
        steps.Any(step =>
        {
            var beyond = Along(point, step, (FirstKink(network, point, step) ?? 1) / 2);
            var beside = Along(beyond, Skew(point.Length), (FirstKink(network, beyond, Skew(point.Length)) ?? 1) / 2);
            return Pattern(network, beside).Zip(pattern).All(layer => layer.First.SequenceEqual(layer.Second));
        });

    // Axes and diagonals, both ways.
    private static IEnumerable<Rational[]> Steps(int inputs) => SignedAxes(inputs).Concat(SignVectors(inputs)).Select(Arrays.Exact);

    private static bool[][] Flip(bool[][] pattern) =>
        [.. pattern.Select((layer, i) => i == 0 ? [.. layer.Select((on, unit) => unit == 0 ? !on : on)] : layer)];
}
