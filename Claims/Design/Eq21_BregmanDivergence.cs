using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Training;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Equations 21 and 24: d_Φ(z, y) = Φ(z) − Φ(y) − ⟨z − y, ∇Φ(y)⟩ is a loss (never negative, zero only at the target, convex in the
/// prediction), and its gradient in the prediction is ∇Φ(z) − ∇Φ(y). Polynomials Φ with rational coefficients make both exact.
/// </summary>
public sealed class Eq21_BregmanDivergence
{
    private static readonly UnderTest<Func<ConvexGenerator, Rational[], Rational[], Rational>> Divergence = new(
        (phi, z, y) => phi.Value(z) - phi.Value(y) - Dot(Minus(z, y), phi.Gradient(y)),
        ("bregman-gradient-at-the-first-argument", (phi, z, y) => phi.Value(z) - phi.Value(y) - Dot(Minus(z, y), phi.Gradient(z))),
        ("bregman-arguments-swapped", (phi, z, y) => phi.Value(y) - phi.Value(z) - Dot(Minus(y, z), phi.Gradient(z))),
        ("bregman-without-linear-term", (phi, z, y) => phi.Value(z) - phi.Value(y)));

    private static readonly UnderTest<Func<ConvexGenerator, Rational[], Rational[], Rational[]>> Gradient = new(
        (phi, z, y) => Minus(phi.Gradient(z), phi.Gradient(y)),
        ("bregman-gradient-without-target", (phi, z, _) => phi.Gradient(z)),
        ("bregman-gradient-sign", (phi, z, y) => Minus(phi.Gradient(y), phi.Gradient(z))),
        ("bregman-gradient-in-the-second-argument", (phi, z, y) => phi.HessianTimes(y, Minus(y, z))));

    /// <summary>The library's gradient of a loss in the prediction z: that in the biases of a layer with weights 0.</summary>
    private static readonly UnderTest<Func<double[], double[], Loss, double[]>> LibraryGradient = new(
        GradientOf,
        ("library-gradient-upwards", (z, y, loss) => Times(-1, GradientOf(z, y, loss))),
        ("library-gradient-without-target", (z, y, loss) => GradientOf(z, new double[y.Length], loss)));

    [Claim("design.bregman")]
    public void RandomGenerators_Divergence_IsPositiveExceptAtTheTarget() =>
        ExactInstances.Satisfy(
            "d(z, y) > 0 for z ≠ y, and d(y, y) = 0",
            GeneratorAtPoints.Arbitrary,
            instance => IsALoss(instance.Generator, instance.First, instance.Second));

    /// <summary>The library's mean square of two outputs, d of ½⟨x, x⟩: 0 at the target alone, and 2 &lt; (9/2 + 1/2)/2 half-way.</summary>
    [Claim("design.bregman")]
    public void MeanSquareOfTheLibrary_ByHand_IsPositiveAndStrictlyConvex()
    {
        using var scope = NewDisposeScope();
        double LossAt(double z) => Tensors.Number(TrainingLosses.MeanSquares.Run(tensor([z, 0], [1, 1, 2]), zeros([1, 1, 2], float64)));
        new double[] { 0, 1, 2, 3 }.Select(LossAt).Should().Equal(0, 0.5, 2, 4.5);
    }

    [Claim("design.bregman")]
    public void RandomGenerators_Divergence_IsStrictlyConvexInTheFirstArgument() =>
        ExactInstances.Satisfy(
            "d(sz + (1 − s)w, y) < s·d(z, y) + (1 − s)·d(w, y) for z ≠ w, 0 < s < 1",
            GeneratorAtPoints.Arbitrary,
            instance =>
            {
                var (phi, z, y, w, s) = instance;
                var between = Divergence.Run(phi, Arrays.Add(Times(s, z), Times(1 - s, w)), y);
                var chord = (s * Divergence.Run(phi, z, y)) + ((1 - s) * Divergence.Run(phi, w, y));
                return z.SequenceEqual(w) ? between == chord : between < chord;
            });

    /// <summary>Φ = x⁴, ∇Φ = 4x³: d(3, 1) = 81 − 1 − 4·2 = 72; d(1, 0) = 1 and d(0, 1) = −1 + 4 = 3, so it is not symmetric.</summary>
    [Claim("design.bregman")]
    public void FourthPower_ByHand_GivesSeventyTwoAndIsNotSymmetric()
    {
        var values = new[] { (3, 1), (1, 0), (0, 1) }.Select(pair => Fourth(pair.Item1, pair.Item2)).ToArray();
        values.Should().Equal(72, 1, 3);
        Evidence.Record(new Measurement("d(3, 1), d(1, 0), d(0, 1) of Φ = x⁴", 72, "72, 1, 3 by hand; not symmetric")
        {
            Series = [72, 1, 3],
            Dtype = Fractions.Arithmetic,
        });
    }

    /// <summary>Φ = ½x_1² in the plane is convex, not strictly: d((0, 1), (0, 0)) = 0 at different points.</summary>
    [Claim("design.bregman", Role.Control)]
    public void ConvexNotStrictly_StrictnessDropped_IsZeroElsewhere() =>
        IsALoss(new ConvexGenerator(new Rational[,] { { 1, 0 }, { 0, 0 } }, [0, 0], [0, 0], 0), [0, 1], [0, 0]).Should().BeFalse();

    /// <summary>Φ = −x⁴: d(1, 0) = −1.</summary>
    [Claim("design.bregman", Role.Control)]
    public void Concave_ConvexityDropped_IsNegative() => IsALoss(ConvexGenerator.FourthPower(-1), [1], [0]).Should().BeFalse();

    /// <summary>
    /// Φ = x² + |x| is strictly convex and has no gradient at 0. Its one-sided slopes 1 and −1 there give d(1, 0) = 2 − 1 = 1 and
    /// 2 + 1 = 3: the formula says nothing until differentiability is assumed, as appendix B does below equation 23.
    /// </summary>
    [Claim("design.bregman", Role.Control)]
    public void KinkInTheGenerator_DifferentiabilityDropped_GivesTwoValues()
    {
        LegendrePair<Rational> WithSlopeAtZero(Rational slope) =>
            new("x² + |x|", x => (x[0] * x[0]) + Rational.Abs(x[0]), _ => [slope], x => x[0], x => x);
        WithSlopeAtZero(1).Divergence([1], [0]).Should().Be((Rational)1);
        WithSlopeAtZero(-1).Divergence([1], [0]).Should().Be((Rational)3);
    }

    /// <summary>
    /// Convexity in the second argument is not claimed, and fails: Φ = x⁴, z = 3 gives 81, 72, 33 at y = 0, 1, 2, and 72 > 57.
    /// </summary>
    [Claim("design.bregman", Role.Control)]
    public void SecondArgument_IsNotConvex()
    {
        var values = Enumerable.Range(0, 3).Select(y => Fourth(3, y)).ToArray();
        values.Should().Equal(81, 72, 33);
        (2 * values[1] <= values[0] + values[2]).Should().BeFalse();
    }

    /// <summary>
    /// The derivative of the divergence along each axis, by a difference formula that is exact for polynomials of degree four.
    /// </summary>
    [Claim("design.bregman-grad")]
    public void RandomGenerators_Gradient_IsTheDifferenceOfGradients() =>
        ExactInstances.Satisfy(
            "∇ of d(·, y) at z against ∇Φ(z) − ∇Φ(y)",
            GeneratorAtPoints.Arbitrary,
            instance => IsTheDerivative(instance, Gradient.Run));

    /// <summary>Φ = x⁴ at z = 2, y = 1: 4·8 − 4·1 = 28.</summary>
    [Claim("design.bregman-grad")]
    public void FourthPower_ByHand_HasGradientTwentyEight() =>
        Gradient.Run(ConvexGenerator.FourthPower(1), [2], [1]).Should().Equal((Rational)28);

    /// <summary>
    /// The library's mean square of n outputs, n/2 times which is d of ½⟨x, x⟩, has 2/n times the gradient z − y; its cross-entropy has
    /// softmax(z) − y, for Φ = log Σ exp and a label that is a mean.
    /// </summary>
    [Claim("design.bregman-grad")]
    public void LossesOfTheLibrary_ByHand_HaveTheDifferenceAsGradient()
    {
        LibraryGradient.Run([3, 0], [0, 4], Loss.MeanSquare).Should().Equal(3, -4);
        double[] logits = [Math.Log(0.5), Math.Log(0.25), Math.Log(0.25)];
        var gradient = LibraryGradient.Run(logits, [0, 1, 0], Loss.CrossEntropy);
        Minus(gradient, [0.5, -0.75, 0.25]).Max(Math.Abs).Should().BeLessThanOrEqualTo(16 * Rounding.Unit);
    }

    /// <summary>
    /// For Φ = log Σ exp, the cumulant of the categorical distribution, with logits z and y, the gradient is softmax(z) − softmax(y);
    /// automatic differentiation of the divergence gives the same.
    /// </summary>
    [Claim("design.bregman-grad")]
    public void Logits_ByAutograd_AreTheDifferenceOfSoftmaxes() =>
        Instances.Satisfy(
            "largest entry of |autograd of d(z, y) − (softmax z − softmax y)|, Φ = log Σ exp",
            GeneratorAtPoints.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                using var recording = enable_grad();
                var (first, second) = (instance.First, instance.Second);
                var y = tensor(second.Select(value => value.ToDouble()).ToArray());
                var z = tensor(first.Select(value => value.ToDouble()).ToArray()).clone().requires_grad_();
                var slope = y.softmax(0);
                var divergence = z.logsumexp(0) - y.logsumexp(0) - ((z - y) * slope).sum();
                var error = (autograd.grad([divergence], [z])[0] - (z.softmax(0) - slope)).abs().max().item<double>();
                var range = first.Concat(second).Max(value => Math.Abs(value.ToDouble()));
                return new Deviation(error, 8 * Rounding.Gamma(first.Length + 4) * (1 + (2 * range)));
            },
            "8γ_(d+4)(1 + 2·max |logit|): an exponential of a rounded argument errs by its size");

    [Claim("design.bregman-grad", Role.Control)]
    public void GradientInTheSecondArgument_IsAnother() =>
        ExactInstances.Violate(
            "∇Φ(y) − ∇Φ(z) taken for the gradient in y",
            GeneratorAtPoints.Arbitrary,
            instance => IsTheDerivative(instance, (phi, z, y) => phi.HessianTimes(y, Minus(y, z))));

    /// <summary>
    /// With Φ = x² + |x| the divergence d(·, 1) has the slopes 1 − 3 = −2 and −1 − 3 = −4 on the two sides of 0: no gradient.
    /// </summary>
    [Claim("design.bregman-grad", Role.Control)]
    public void KinkInTheGenerator_DifferentiabilityDropped_HasTwoSlopes()
    {
        var kinked = new LegendrePair<Rational>("x² + |x|", x => (x[0] * x[0]) + Rational.Abs(x[0]), _ => [3], x => x[0], x => x);
        var step = new Rational(1, 1000);
        var right = (kinked.Divergence([step], [1]) - kinked.Divergence([0], [1])) / step;
        var left = (kinked.Divergence([0], [1]) - kinked.Divergence([-step], [1])) / step;
        (right - left).Should().Be(2 + (2 * step), "x² adds the step itself on either side");
    }

    private static Rational Fourth(int z, int y) => Divergence.Run(ConvexGenerator.FourthPower(1), [z], [y]);

    private static bool IsALoss(ConvexGenerator phi, Rational[] z, Rational[] y) =>
        Divergence.Run(phi, y, y) == 0 && (z.SequenceEqual(y) || Divergence.Run(phi, z, y) > 0);

    private static double[] GradientOf(double[] z, double[] y, Loss loss)
    {
        using var scope = NewDisposeScope();
        using var network = new SmallNetwork([new double[z.Length, 1]], [z]).ToEnsemble();
        var gradients = BackwardPass.Run(network, ones([1, 1, 1], float64), tensor(y, [1, 1, y.Length]), loss).Gradients;
        return Tensors.Numbers(gradients[1]);
    }

    private static bool IsTheDerivative(GeneratorAtPoints instance, Func<ConvexGenerator, Rational[], Rational[], Rational[]> gradient)
    {
        var (phi, z, y, _, _) = instance;
        var claimed = gradient(phi, z, y);

        // (g(−2) − 8g(−1) + 8g(1) − g(2))/12 is g′(0) for every polynomial of degree at most four.
        Rational Along(int axis, int steps)
        {
            Rational[] moved = [.. z];
            moved[axis] += steps;
            return phi.Value(moved) - phi.Value(y) - Dot(Minus(moved, y), phi.Gradient(y));
        }

        Rational Slope(int axis) => (Along(axis, -2) - (8 * Along(axis, -1)) + (8 * Along(axis, 1)) - Along(axis, 2)) / 12;
        return claimed.Index().All(one => Slope(one.Index) == one.Item);
    }
}
