using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;

namespace Reproduce.Claims.Design;

/// <summary>
/// Definition B.1 and the example after it: a continuous function on the line whose derivative stays within B is B-Lipschitz. Checked on
/// polynomials and the usual activations (differentiable everywhere) and on piecewise linear functions (everywhere but at finitely many
/// points, as a ReLU is), where the largest |slope| is also the smallest constant. "Almost everywhere" would not be enough.
/// </summary>
public sealed class DefB1_LipschitzByDerivative
{
    private static readonly int[] Strides = [1, 7, 100, 1000];

    /// <summary>The bound B from the slopes of the pieces.</summary>
    private static readonly UnderTest<Func<Rational[], Rational>> Bound = new(
        slopes => slopes.Select(Rational.Abs).Aggregate(Rational.Max),
        ("lipschitz-without-magnitudes", slopes => slopes.Aggregate(Rational.Max)),
        ("lipschitz-mean-slope", slopes => Rational.Sum(slopes.Select(Rational.Abs)) / slopes.Length),
        ("lipschitz-last-slope", slopes => Rational.Abs(slopes[^1])),
        ("lipschitz-sum-of-slopes", slopes => Rational.Sum(slopes.Select(Rational.Abs))));

    [Claim("design.lipschitz-def")]
    public void RandomPolygons_LargestSlope_IsTheLipschitzConstant() =>
        ExactInstances.Satisfy(
            "largest |f(x) − f(y)|/|x − y| over knots and midpoints against the largest |slope|",
            Polygons,
            polygon => LargestQuotient(WithMidpoints(polygon.Knots)) == Bound.Run(SlopesOf(polygon.Knots)));

    /// <summary>ReLU networks on an interval: the library's largest slope is the constant.</summary>
    [Claim("design.lipschitz-def")]
    public void RandomNetworks_LibrarysLargestSlope_IsTheLipschitzConstant() =>
        ExactInstances.Satisfy(
            "the library's largest slope on an interval against the largest |slope| and quotient",
            NetworkOnInterval.Arbitrary,
            instance =>
            {
                var (network, from, to) = instance;
                var f = network.On(from, to);
                var largest = Rational.Of(LineMeasures.LargestSlope(
                    network.ToSmallNetwork(), [from.ToDouble()], [(to - from).ToDouble()], 2, 0, 1));
                return largest == Bound.Run([.. f.Slopes]) && largest == LargestQuotient([.. f.Knots.Zip(f.Values)]);
            });

    /// <summary>Through (−1, −3), (0, 0), (1, 1), (2, 0): slopes 3, 1, −1, so 3, and 3 again for the polygon upside down.</summary>
    [Claim("design.lipschitz-def")]
    public void ThreePieces_ByHand_HaveConstantThree()
    {
        (Rational X, Rational Y)[] polygon = [(-1, -3), (0, 0), (1, 1), (2, 0)];
        SlopesOf(polygon).Should().Equal(3, 1, -1);
        Bound.Run(SlopesOf(polygon)).Should().Be((Rational)3);
        Bound.Run([.. SlopesOf(polygon).Select(slope => -slope)]).Should().Be((Rational)3);
        LargestQuotient(polygon).Should().Be((Rational)3);
    }

    /// <summary>On [−1, 1] the derivative of Σ c_k x^k is at most Σ k|c_k| in magnitude.</summary>
    [Claim("design.lipschitz-def")]
    public void RandomPolynomials_BoundedDerivative_IsALipschitzConstant() =>
        ExactInstances.Satisfy(
            "|p(x) − p(y)| ≤ B|x − y| with B = Σ k|c_k| on [−1, 1]",
            Polygons,
            polygon =>
            {
                var bound = Rational.Sum(polygon.Knots.Select((knot, k) => k * Rational.Abs(knot.Y)));
                Rational Value(Rational x) => Rational.Sum(polygon.Knots.Select((knot, k) => knot.Y * Power(x, k)));
                var grid = Enumerable.Range(-4, 9).Select(step => new Rational(step, 4)).Select(x => (x, Value(x))).ToArray();
                return LargestQuotient(grid) <= bound;
            });

    /// <summary>
    /// Activations whose largest derivative is known: 1 for tanh (at 0), softplus (never reached) and sine, ¼ for the logistic function. On
    /// a grid of step h = 0.01 the largest quotient is below it, by a share of at most 10⁻⁴, since the derivative bends by at most h².
    /// </summary>
    [ClaimRows("design.lipschitz-def")]
    [InlineData("tanh", 1)]
    [InlineData("sin t", 1)]
    [InlineData("sigmoid", 0.25)]
    [InlineData("softplus", 1)]
    public void Activations_KnownDerivatives_BoundTheQuotients(string activation, double bound)
    {
        var function = Activation.NeverFalling.Concat(Activation.Falling).Single(one => one.Name == activation).Value;
        var grid = Enumerable.Range(-1200, 2401).Select(step => step / 100.0).ToArray();
        var values = grid.Select(function).ToArray();
        var quotients =
            from step in Strides
            from i in Enumerable.Range(0, grid.Length - step)
            select Math.Abs(values[i + step] - values[i]) / (grid[i + step] - grid[i]);
        var largest = quotients.Max();
        var rounding = 8 * Rounding.Unit * 13 / 0.01;
        Evidence.Record(new Measurement(
            $"largest quotient of {activation}",
            largest,
            $"at most {bound} up to {rounding:G2}: values up to 12 with a few roundings, over a step of 0.01")
        {
            Dtype = "float64",
        });
        largest.Should().BeInRange(bound * (1 - 1e-4), bound + rounding);
    }

    /// <summary>
    /// The Cantor function is continuous and has derivative 0 outside a set of length zero, yet rises from 0 to 1: c(3⁻ᵏ) = 2⁻ᵏ, so the
    /// quotients (3/2)ᵏ have no bound at all. A derivative "almost everywhere" is not enough.
    /// </summary>
    [Claim("design.lipschitz-def", Role.Control)]
    public void CantorFunction_DerivativeAlmostEverywhere_HasNoConstant()
    {
        for (var k = 1; k <= 20; k++)
        {
            var x = Power(new Rational(1, 3), k);
            (Cantor(x) / x).Should().Be(Power(new Rational(3, 2), k));
        }

        Cantor(new Rational(4, 9)).Should().Be(new Rational(1, 2), "it is flat on (1/3, 2/3)");
        Cantor(new Rational(5, 9)).Should().Be(new Rational(1, 2));
    }

    /// <summary>A step has slope 0 on both sides: 0 for x &lt; 0 and 1 from 0 on.</summary>
    [Claim("design.lipschitz-def", Role.Control)]
    public void Step_ContinuityDropped_IsCaught()
    {
        (Rational X, Rational Y)[] step = [(-1, 0), (new Rational(-1, 1000), 0), (0, 1), (1, 1)];
        (LargestQuotient(step) <= 0).Should().BeFalse("the slopes of its pieces are 0, and the quotient across is 1000");
        LargestQuotient(step).Should().Be((Rational)1000);
    }

    /// <summary>The sign of x on [−2, −1] ∪ [1, 2] is continuous with derivative 0, and its quotient over the gap is 2/2 = 1.</summary>
    [Claim("design.lipschitz-def", Role.Control)]
    public void GapInTheDomain_IntervalDropped_IsCaught() => LargestQuotient([(-2, -1), (-1, -1), (1, 1), (2, 1)]).Should().Be((Rational)1);

    /// <summary>√x has no bounded derivative: the quotients over [0, 4⁻ᵏ] are 2ᵏ.</summary>
    [Claim("design.lipschitz-def", Role.Control)]
    public void SquareRoot_BoundDropped_HasNoConstant()
    {
        for (var k = 0; k <= 20; k++)
        {
            var x = Math.Pow(4, -k);
            (Math.Sqrt(x) / x).Should().Be(Math.Pow(2, k));
        }
    }

    [Claim("design.lipschitz-def", Role.Control)]
    public void ThreeQuartersOfTheBound_IsCaught() =>
        ExactInstances.Violate(
            "¾ of the largest |slope|",
            Polygons,
            polygon => LargestQuotient(polygon.Knots) <= 3 * Bound.Run(SlopesOf(polygon.Knots)) / 4);

    private static Gen<Rational> Length =>
        Gen.Frequency((6, Gen.Choose(1, 5).Select(value => (Rational)value)), (1, Gen.Constant(new Rational(1, 1_000_000))));

    // Two to six knots with increasing abscissae, pieces as short as 10⁻⁶; integer values, with repeats.
    private static Arbitrary<Polygon> Polygons { get; } = Arb.From(
        from count in Gen.Choose(2, 6)
        from lengths in Gen.ArrayOf(Length, count)
        from heights in Gen.ArrayOf(Gen.Choose(-5, 5), count)
        select new Polygon([.. heights.Select((height, i) => (Rational.Sum(lengths.Take(i + 1)), (Rational)height))]));

    private static Rational[] SlopesOf((Rational X, Rational Y)[] polygon) =>
        [.. polygon.Zip(polygon.Skip(1), (left, right) => (right.Y - left.Y) / (right.X - left.X))];

    private static IEnumerable<(Rational X, Rational Y)> WithMidpoints((Rational X, Rational Y)[] polygon) =>
        polygon.Concat(polygon.Zip(polygon.Skip(1), (left, right) => ((left.X + right.X) / 2, (left.Y + right.Y) / 2)));

    private static Rational LargestQuotient(IEnumerable<(Rational X, Rational Y)> points)
    {
        var all = points.ToArray();
        var quotients =
            from one in all
            from other in all
            where one.X > other.X
            select Rational.Abs(one.Y - other.Y) / (one.X - other.X);
        return quotients.Aggregate(Rational.Max);
    }

    // By its ternary digits: up to the first 1, half of each digit is a binary digit.
    private static Rational Cantor(Rational x)
    {
        var (result, unit) = ((Rational)0, new Rational(1, 2));
        for (var digits = 0; digits < 60 && x != 0; digits++)
        {
            x = 3 * x;
            if (x >= 1 && x < 2)
            {
                return result + unit;
            }

            if (x >= 2)
            {
                (result, x) = (result + unit, x - 2);
            }

            unit /= 2;
        }

        return result;
    }

    private sealed record Polygon((Rational X, Rational Y)[] Knots)
    {
        public override string ToString() => string.Join(", ", Knots);
    }
}
