using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Definition 1 says that gradient descent finds a local minimum. With too large a step it may find nothing, with a small one it can end on
/// a saddle. What holds: a step of at most 1/K, K a bound on the curvature, lowers F by at least α/2·‖∇F‖². All numbers are binary
/// fractions, so float64 is exact.
/// </summary>
public sealed class Def1_GradientDescent
{
    private static readonly UnderTest<Func<double[], Func<double[], double[]>, double, int, double[]>> Descend = new(
        Run,
        ("descent-uphill", (start, gradient, rate, steps) => Run(start, gradient, -rate, steps)),
        ("descent-with-momentum", (start, gradient, rate, steps) =>
            Follow(start, gradient, steps, theta => new Training.Sgd([theta], rate, momentum: 0.5))),
        ("descent-without-rate", (start, gradient, _, steps) => Run(start, gradient, 1, steps)));

    // F = ½‖Bθ‖² − ⟨g, θ⟩ with B, g and θ as drawn: ∇F = BᵀBθ − g, and K = ‖B‖² (the sum of squares) bounds the curvature.
    private static readonly Arbitrary<int[]> Quadratics = Arb.From(Gen.ArrayOf(Gen.Choose(-3, 3), 8));

    /// <summary>
    /// F(θ) = θ² with α = 1: the step θ − 2θ = −θ jumps from 1 to −1 and back. F stays 1 and stops improving at once, though every start
    /// but 0 lies above the minimum.
    /// </summary>
    [Claim("smoothness.def-1", Role.Counterexample)]
    public void Square_WithRateOne_StaysWhereItBegan()
    {
        double[] path = [.. Enumerable.Range(0, 5).Select(steps => Descend.Run([1], theta => [2 * theta[0]], 1, steps)[0])];
        path.Should().Equal(1, -1, 1, -1, 1);
        Evidence.Record(new Measurement(
            "F(θ) = θ² after 4 steps of rate 1 from θ = 1", path[^1] * path[^1], "a local minimum as printed; the only one is F(0) = 0")
            { Series = path, Dtype = "exact (integers)" });
    }

    /// <summary>F(θ) = θ³/3 with α = 1: from 1 the first step lands on 0, where the gradient vanishes and F(−ε) &lt; F(0).</summary>
    [Claim("smoothness.def-1", Role.Counterexample)]
    public void Cube_FromOne_EndsOnItsSaddle()
    {
        Descend.Run([1], theta => [theta[0] * theta[0]], 1, 3).Should().Equal(0.0);
        (Math.Pow(-0.5, 3) < 0).Should().BeTrue("so 0 is no local minimum");
    }

    /// <summary>
    /// This does not depend on the start: from every start in (0, 1] the iterates θ − θ² stay positive and fall like 1/n, so a random start
    /// in that interval ends on the saddle almost surely.
    /// </summary>
    [ClaimRows("smoothness.def-1", Role.Counterexample)]
    [InlineData(1 / 16.0)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.875)]
    public void Cube_FromAnIntervalOfStarts_TendsToItsSaddle(double start) =>
        Descend.Run([start], theta => [theta[0] * theta[0]], 1, 1000)[0]
            .Should().BeInRange(0.5 / 1100, 1 / 1000.0, "1/θ grows by 1/(1 − θ), slightly more than 1, in each step");

    /// <summary>
    /// With α = 1/2 as well, and on [0, 1] the curvature 2θ is at most 1/α: 1/θ grows by 1/(2 − θ), slightly more than 1/2, in each step.
    /// </summary>
    [ClaimRows("smoothness.def-1", Role.Counterexample)]
    [InlineData(1 / 16.0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Cube_WithAShortStep_TendsToItsSaddleAllTheSame(double start) =>
        Descend.Run([start], theta => [theta[0] * theta[0]], 0.5, 1000)[0].Should().BeInRange(1 / 600.0, 1 / 500.0);

    [Claim("smoothness.def-1", Role.Repair)]
    public void Quadratics_RateBelowTheInverseCurvature_LowersFBySoMuch() =>
        Instances.Satisfy(
            "F after a step of rate at most 1/K against F − α/2·‖∇F‖²",
            Quadratics,
            numbers => Falls(numbers, bound => 1 / bound),
            "none: exact",
            dtype: "exact (binary fractions)");

    [Claim("smoothness.def-1", Role.Repair)]
    public void IndefiniteQuadratics_RateBelowTheInverseCurvature_LowersFBySoMuch() =>
        Instances.Satisfy(
            "F, the difference of two squares, after a step of rate at most 1/K against F − α/2·‖∇F‖²",
            Quadratics,
            numbers => Falls(numbers, bound => 1 / bound, second: -1),
            "none: exact",
            dtype: "exact (binary fractions)");

    /// <summary>
    /// x² − y² has K = 2. With α = 1/2 the step from (1, 0) ends on (0, 0), a stationary point; F falls from 1 to 0 = 1 − α/2·‖(2, 0)‖², as
    /// it should, and is below 0 beside it.
    /// </summary>
    [Claim("smoothness.def-1", Role.Repair)]
    public void SaddleOfTwoSquares_WithRateOneOverK_IsReached()
    {
        static double F(double[] theta) => Square(theta[0]) - Square(theta[1]);
        var end = Descend.Run([1, 0], theta => [2 * theta[0], -2 * theta[1]], 0.5, 1);
        end.Should().Equal(0.0, 0.0);
        (F([1, 0]) - F(end)).Should().Be(0.5 / 2 * 4);
        F([0, 0.125]).Should().BeNegative("so (0, 0) is no local minimum");
    }

    /// <summary>F(θ) = θ² with α = 1/4 from 8: 8 − 16/4 = 4, then 2, then 1. With α = 1/2 one step reaches the minimum.</summary>
    [Claim("smoothness.def-1", Role.Repair)]
    public void Square_WithAShortStep_HalvesOrArrives()
    {
        Descend.Run([8], theta => [2 * theta[0]], 0.25, 3).Should().Equal(1.0);
        Descend.Run([8], theta => [2 * theta[0]], 0.5, 1).Should().Equal(0.0);
    }

    [Claim("smoothness.def-1", Role.Control)]
    public void Quadratics_LongStep_HypothesisDropped_IsCaught() =>
        Instances.Violate(
            "F after a step of rate 4/K",
            Quadratics,
            numbers => Falls(numbers, bound => 4 / bound),
            dtype: "exact (binary fractions)");

    // F = ½(Bθ)_1² ± ½(Bθ)_2² − ⟨g, θ⟩, the sign that of second.
    private static Deviation? Falls(int[] numbers, Func<double, double> rate, int second = 1)
    {
        var (a, b, c, d) = (numbers[0], numbers[1], numbers[2], numbers[3]);
        double F(double[] theta) =>
            (0.5 * (Square((a * theta[0]) + (b * theta[1])) + (second * Square((c * theta[0]) + (d * theta[1])))))
            - (numbers[4] * theta[0]) - (numbers[5] * theta[1]);
        double[] Gradient(double[] theta)
        {
            var (one, other) = ((a * theta[0]) + (b * theta[1]), second * ((c * theta[0]) + (d * theta[1])));
            return [(a * one) + (c * other) - numbers[4], (b * one) + (d * other) - numbers[5]];
        }

        double[] start = [numbers[6], numbers[7]];
        var curvature = (a * a) + (b * b) + (c * c) + (d * d);
        var alpha = rate(Math.Pow(2, Math.Ceiling(Math.Log2(Math.Max(1, curvature)))));
        var next = Descend.Run(start, Gradient, alpha, 1);
        return Deviation.Exact(F(next) <= F(start) - (alpha / 2 * Gradient(start).Sum(Square)));
    }

    private static double Square(double value) => value * value;

    private static double[] Run(double[] start, Func<double[], double[]> gradient, double rate, int steps) =>
        Follow(start, gradient, steps, theta => new Training.Sgd([theta], rate));

    private static double[] Follow(double[] start, Func<double[], double[]> gradient, int steps, Func<Tensor, Training.Sgd> descentOf)
    {
        using var scope = NewDisposeScope();
        var theta = tensor(start);
        using var descent = descentOf(theta);
        for (var step = 0; step < steps; step++)
        {
            descent.Update([tensor(gradient(theta.cpu().data<double>().ToArray()))]);
        }

        return theta.cpu().data<double>().ToArray();
    }
}
