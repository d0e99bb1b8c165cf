using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Proposition 3: where J is continuous and the slope at most K, f is K-Lipschitz (eq. 1). With one or two hidden layers of squares J is a
/// cubic along a segment, and Simpson's rule gets its integral (eq. 3) right without error. So the largest of the slopes at the ends
/// and in the middle already bounds the difference, and is used for K, which makes the check stronger than the claim.
/// </summary>
public sealed class Prop3_Lipschitz
{
    private static readonly Rational[] Nodes = [0, new(1, 2), 1];

    /// <summary>The largest slope at the ends and the middle of the segment, at most the largest on all of it.</summary>
    private static readonly UnderTest<Func<SmoothSegment, double, Rational>> Steepest = new(
        (segment, p) => Nodes.Max(t => Norm(JacobianAt(segment, t), p)),
        ("steepest-at-the-start", (segment, p) => Norm(JacobianAt(segment, 0), p)),
        ("steepest-half-way", (segment, p) => Norm(JacobianAt(segment, new(1, 2)), p)),
        ("steepest-of-the-transposed", (segment, p) => Nodes.Max(t => Norm(Transpose(JacobianAt(segment, t)), p))));

    /// <summary>Whether the square of the largest 2-slope at the ends and the middle is at least a number.</summary>
    private static readonly UnderTest<Func<SmoothSegment, Rational, bool>> SquareOfSteepestIsAtLeast = new(
        (segment, square) => Nodes.Any(t => SpectralNorm.SquareIsAtLeast(JacobianAt(segment, t), square)),
        ("steepest-for-p2-at-the-start", (segment, square) => SpectralNorm.SquareIsAtLeast(JacobianAt(segment, 0), square)),
        ("steepest-for-p2-half-way", (segment, square) => SpectralNorm.SquareIsAtLeast(JacobianAt(segment, new(1, 2)), square)));

    /// <summary>The integral over [0, 1] of a matrix that is a cubic in t.</summary>
    private static readonly UnderTest<Func<Func<Rational, Rational[,]>, Rational[,]>> Integral = new(
        matrix => Times(Plus(Plus(matrix(0), Times(matrix(new(1, 2)), 4)), matrix(1)), new(1, 6)),
        ("integral-by-the-midpoint", matrix => matrix(new(1, 2))),
        ("integral-by-the-ends", matrix => Times(Plus(matrix(0), matrix(1)), new(1, 2))),
        ("integral-without-its-weights", matrix => Plus(Plus(matrix(0), Times(matrix(new(1, 2)), 4)), matrix(1))));

    /// <summary>
    /// A lower bound of the integral over [0, 1] of the norm of a matrix that is linear in t: the norm is convex, so the mean over 8
    /// middles is too low.
    /// </summary>
    private static readonly UnderTest<Func<Func<Rational, Rational[,]>, double, Rational>> MeanNorm = new(
        (matrix, p) => Rational.Sum(Middles.Select(t => Norm(matrix(t), p))) / 8,
        ("mean-norm-of-the-smallest", (matrix, p) => Middles.Min(t => Norm(matrix(t), p))),
        ("mean-norm-of-the-first-half", (matrix, p) => Rational.Sum(Middles.Take(4).Select(t => Norm(matrix(t), p))) / 8));

    private static readonly Activation[] Squares = [Activation.Square];
    private static readonly double[] Orders = [1, double.PositiveInfinity];

    private static IEnumerable<Rational> Middles => Enumerable.Range(0, 8).Select(i => new Rational((2 * i) + 1, 16));

    [Claim("slope.prop-3")]
    public void RandomSmoothNetworks_DifferenceNeverExceedsTheLargestSlopeOnTheWay() =>
        Instances.Satisfy(
            "‖f(x) − f(y)‖_p against K‖x − y‖_p with K the largest of three slopes on the segment, p = 1, ∞",
            SmoothSegment.Arbitrary(2, Squares),
            segment => Deviation.Exact(Orders.All(p =>
                Norm(Difference(segment), p) <= Steepest.Run(segment, p) * Norm(segment.Direction, p))),
            "none: exact",
            count: 600,
            dtype: "exact (rationals)");

    [Claim("slope.prop-3")]
    public void RandomSmoothNetworks_ForP2_DifferenceNeverExceedsTheLargestSlopeOnTheWay() =>
        ExactInstances.Satisfy(
            "‖f(x) − f(y)‖₂ against K‖x − y‖₂ with K the largest of three slopes on the segment",
            SmoothSegment.Arbitrary(2, Squares),
            segment => SquareOfGrowth(segment) is { } square ? SquareOfSteepestIsAtLeast.Run(segment, square) : null,
            count: 600);

    /// <summary>
    /// K cannot be smaller than the slope anywhere: close to the steepest of the three points the ratio comes within 2⁻¹⁶ H of it.
    /// </summary>
    [Claim("slope.prop-3")]
    public void RandomSmoothNetworks_NearTheSteepestPoint_TheBoundIsAttained() =>
        Instances.Satisfy(
            "K − ‖f(x + hu) − f(x)‖_p/h for the fastest axis or diagonal u",
            SmoothSegment.Arbitrary(2, Squares),
            segment =>
            {
                Rational h = new(1, 1 << 16);
                var allowed = h * segment.Network.Modulus(segment.Reach + 1) * segment.Network.Biases[^1].Length;
                Rational Fastest(Rational[] point, double p)
                {
                    var start = segment.Network.Evaluate(point);
                    var directions = (p == 1 ? Vectors.SignedAxes(point.Length) : Vectors.SignVectors(point.Length)).Select(Exact);
                    return directions.Max(v => Norm(Minus(segment.Network.Evaluate(Along(point, v, h)), start), p) / h);
                }

                return Deviation.Exact(Orders.All(p =>
                    Steepest.Run(segment, p) - Nodes.Select(segment.At).Max(point => Fastest(point, p)) <= allowed));
            },
            "none: exact; the ratio differs from the slope by at most hH/2 in the ∞-norm, as many times in the 1-norm as there are outputs",
            count: 200,
            dtype: "exact (rationals)");

    [Claim("slope.prop-3")]
    public void RandomSmoothNetworks_LargestOfTheLibrarysNorms_BoundsTheDifference() =>
        Instances.Satisfy(
            "excess of ‖f(x) − f(y)‖_p over K‖x − y‖_p with K the largest of three norms by the library, p = 1, 2, ∞",
            SmoothSegment.Arbitrary(2, Squares),
            segment => Excess(segment, [.. Nodes.Select(t => JacobianAt(segment, t))]),
            SpectralNorm.Tolerance + ", times ‖x − y‖₁",
            count: 600);

    /// <summary>x² on [0, 3]: the slope is at most 6, and 9 ≤ 6·3.</summary>
    [Claim("slope.prop-3")]
    public void Square_ByHand_IsSixLipschitzUpToThree()
    {
        var segment = Parabola(0, 3);
        Steepest.Run(segment, 1).Should().Be((Rational)6);
        Norm(Difference(segment), 1).Should().Be((Rational)9);
    }

    /// <summary>"For all x" is needed: at x alone the slope of x² at 0 is 0, and it climbs to 9.</summary>
    [Claim("slope.prop-3", Role.Control)]
    public void SlopeBoundedAtTheStartOnly_IsCaught() =>
        Instances.Violate(
            "K the slope at x",
            SmoothSegment.Arbitrary(1, Squares),
            segment => Deviation.Exact(
                Norm(Difference(segment), 1) <= Norm(JacobianAt(segment, 0), 1) * Norm(segment.Direction, 1)),
            dtype: "exact (rationals)");

    /// <summary>The same p on all three norms: (x, x) with its ∞-slope 1 is twice as long in the 1-norm.</summary>
    [Claim("slope.prop-3", Role.Control)]
    public void DifferentNormsOnTheTwoSides_AreCaught()
    {
        Rational[,] twice = { { 1 }, { 1 } };
        Norm(Multiply(twice, (Rational[])[1]), 1).Should().BeGreaterThan(Norm(twice, double.PositiveInfinity));
    }

    /// <summary>f(y) − f(x) is the integral of J along the way, times y − x, exactly, for one and two hidden layers of squares.</summary>
    [Claim("slope.prop-3.proof")]
    public void RandomSmoothNetworks_IntegralOfTheJacobian_IsTheDifference() =>
        Instances.Satisfy(
            "(∫J dt)(y − x) against f(y) − f(x)",
            SmoothSegment.Arbitrary(2, Squares),
            segment => Deviation.Exact(
                Multiply(Integral.Run(t => JacobianAt(segment, t)), segment.Direction).SequenceEqual(Difference(segment))),
            "none: exact",
            dtype: "exact (rationals)");

    [Claim("slope.prop-3.proof")]
    public void RandomSmoothNetworks_NormOfTheIntegral_IsAtMostTheIntegralOfTheNorm() =>
        Instances.Satisfy(
            "eq. 3 and 4: ‖f(y) − f(x)‖ ≤ ‖∫J‖‖y − x‖ and ‖∫J‖ ≤ ∫‖J‖, p = 1, ∞",
            SmoothSegment.Arbitrary(1, Squares),
            segment => Deviation.Exact(Orders.All(p =>
            {
                var mean = Integral.Run(t => JacobianAt(segment, t));
                return Norm(Difference(segment), p) <= Norm(mean, p) * Norm(segment.Direction, p)
                    && Norm(mean, p) <= MeanNorm.Run(t => JacobianAt(segment, t), p);
            })),
            "none: exact",
            count: 600,
            dtype: "exact (rationals)");

    [Claim("slope.prop-3.proof")]
    public void RandomSmoothNetworks_ForP2_NormOfTheIntegral_BoundsTheDifference() =>
        ExactInstances.Satisfy(
            "eq. 3: ‖f(y) − f(x)‖₂ ≤ ‖∫J‖₂‖y − x‖₂",
            SmoothSegment.Arbitrary(2, Squares),
            segment => SquareOfGrowth(segment) is { } square
                ? SpectralNorm.SquareIsAtLeast(Integral.Run(t => JacobianAt(segment, t)), square)
                : null);

    /// <summary>Where J is linear in t: the mean of ‖J‖₂ over 8 middles is at most its integral.</summary>
    [Claim("slope.prop-3.proof")]
    public void RandomSmoothNetworks_ForP2_NormOfTheIntegral_IsAtMostTheIntegralOfTheNorm() =>
        Instances.Satisfy(
            "eq. 4: excess of ‖∫J‖₂ over ∫‖J‖₂",
            SmoothSegment.Arbitrary(1, Squares),
            segment =>
            {
                var mean = Integral.Run(t => JacobianAt(segment, t));
                var parts = Middles.Select(t => JacobianAt(segment, t)).ToList();
                var excess = SpectralNorm.Of(mean) - parts.Average(part => SpectralNorm.Of(part));
                return new Deviation(Math.Max(0, excess), SpectralNorm.Rounding(mean) + parts.Average(part => SpectralNorm.Rounding(part)));
            },
            SpectralNorm.Tolerance);

    [Claim("slope.prop-3.proof")]
    public void RandomSmoothNetworks_LibrarysNormOfTheIntegral_BoundsTheDifference() =>
        Instances.Satisfy(
            "eq. 3: excess of ‖f(y) − f(x)‖_p over ‖∫J‖_p‖y − x‖_p by the library, p = 1, 2, ∞",
            SmoothSegment.Arbitrary(2, Squares),
            segment => Excess(segment, [Integral.Run(t => JacobianAt(segment, t))]),
            SpectralNorm.Tolerance + ", times ‖y − x‖₁",
            count: 600);

    /// <summary>x² from −1 to 1: J = 2(2t − 1) integrates to 0 = f(1) − f(−1), and |J| to 1, so Jensen's step is strict.</summary>
    [Claim("slope.prop-3.proof")]
    public void Square_ByHand_IntegratesToZero()
    {
        var segment = Parabola(-1, 1);
        Integral.Run(t => JacobianAt(segment, t))[0, 0].Should().Be((Rational)0);
        MeanNorm.Run(t => JacobianAt(segment, t), 1)
            .Should().Be((Rational)1, "the middles miss the kink of |J| at ½, and are exact elsewhere");
    }

    [Claim("slope.prop-3.proof", Role.Control)]
    public void JensenReversed_IsCaught() =>
        Instances.Violate(
            "‖∫J‖ ≥ ∫‖J‖",
            SmoothSegment.Arbitrary(1, Squares),
            segment => Deviation.Exact(
                Norm(JacobianAt(segment, new(1, 2)), 1) >= Rational.Sum(Middles.Select(t => Norm(JacobianAt(segment, t), 1))) / 8),
            dtype: "exact (rationals)");

    /// <summary>
    /// A continuous J is needed for the integral: Cantor's staircase has J = 0 outside a set of length 0, an integral of 0, and a
    /// difference of 1. J = 0 is looked at in the middles of flat steps.
    /// </summary>
    [ClaimRows("slope.prop-3.proof", Role.Control)]
    [InlineData(1, 2)]
    [InlineData(1, 6)]
    [InlineData(5, 6)]
    [InlineData(1, 18)]
    public void CantorStaircase_ContinuityOfTheJacobianDropped_IsCaught(int numerator, int denominator)
    {
        var (middle, h) = (new Rational(numerator, denominator), new Rational(1, 1000));
        Staircase.At(middle + h, 40).Should().Be(Staircase.At(middle - h, 40));
        (Staircase.At(1, 40) - Staircase.At(0, 40)).Should().Be((Rational)1);
    }

    private static Rational[,] JacobianAt(SmoothSegment segment, Rational t) =>
        segment.Network.Jacobian(segment.At(t), segment.Network.Activation.Derivative);

    private static Rational[] Difference(SmoothSegment segment) =>
        Minus(segment.Network.Evaluate(segment.To), segment.Network.Evaluate(segment.From));

    // Of the difference over the largest norm of some Jacobians times the way.
    private static Deviation Excess(SmoothSegment segment, IReadOnlyList<Rational[,]> jacobians)
    {
        double Length(Rational[] vector, double p) => Vectors.Norm([.. vector.Select(entry => entry.ToDouble())], p);
        var (difference, direction) = (Difference(segment), segment.Direction);
        double Over(double p) =>
            Length(difference, p) - (jacobians.Max(jacobian => NetworkGeometry.MeasuredNorm(jacobian, p)) * Length(direction, p));
        return new Deviation(
            Math.Max(0, Vectors.ClosedForms.Max(Over)), jacobians.Max(SpectralNorm.Rounding) * Length(direction, 1));
    }

    // ‖f(y) − f(x)‖₂²/‖y − x‖₂²; null where the segment is a point.
    private static Rational? SquareOfGrowth(SmoothSegment segment)
    {
        var length = SpectralNorm.Square(segment.Direction);
        return length == 0 ? null : SpectralNorm.Square(Difference(segment)) / length;
    }

    private static SmoothSegment Parabola(Rational from, Rational to) =>
        new(new SmoothNetwork(Activation.Square, [new Rational[,] { { 1 } }, new Rational[,] { { 1 } }], [[0], [0]]), [from], [to]);
}
