using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Training;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Equation 1.8, L + λS: where a perfect fit exists, the minimiser need not be one. Its S is at most that of the smoothest perfect fit, and
/// its loss at most λ times what it saves in S.
/// </summary>
public sealed class Eq18_Regularisation
{
    private static readonly UnderTest<Func<IReadOnlyList<Model>, Rational, Model>> Best = new(
        (models, lambda) => models.MinBy(model => model.Loss + (lambda * model.Penalty))!,
        ("regularisation-without-penalty", (models, _) => models.MinBy(model => model.Loss)!),
        ("regularisation-without-loss", (models, _) => models.MinBy(model => model.Penalty)!),
        ("regularisation-penalty-rewarded", (models, lambda) => models.MinBy(model => model.Loss - (lambda * model.Penalty))!));

    // The minimiser of (⟨θ, x⟩ − y)² + λ‖θ‖², one data point.
    private static readonly UnderTest<Func<Rational[], Rational, Rational, Rational[]>> Ridge = new(
        (x, y, lambda) => [.. x.Select(entry => entry * y / (Dot(x, x) + lambda))],
        ("ridge-half-the-penalty", (x, y, lambda) => [.. x.Select(entry => entry * y / (Dot(x, x) + (lambda / 2)))]),
        ("ridge-ignores-the-penalty", (x, y, _) => [.. x.Select(entry => entry * y / Dot(x, x))]));

    /// <summary>The library's gradient in θ of (θ − 1)² + λθ²: f(x) = θx, the data point (1, 1), the mean square and S = θ².</summary>
    private static readonly UnderTest<Func<double, double, double>> Gradient = new(
        GradientOf,
        ("regularised-gradient-without-the-penalty", (theta, _) => GradientOf(theta, 0)),
        ("regularised-gradient-with-half-the-penalty", (theta, lambda) => GradientOf(theta, lambda / 2)));

    // Pairs of a loss and a penalty; the loss of the first is set to 0, so a perfect fit exists.
    private static readonly Arbitrary<int[]> Models = Arb.From(
        from count in Gen.Choose(1, 6)
        from numbers in Gen.ArrayOf(Gen.Choose(0, 9), 2 * count)
        select numbers);

    private static readonly Rational[] Lambdas = [new(1, 100), new(1, 3), 1, 7];

    /// <summary>
    /// f_θ(x) = θx, one data point (1, 1), S = θ², λ = 1: (θ − 1)² + θ² is least at θ = 1/2, where it is 1/2. The only perfect fit is
    /// θ = 1, where it is 1.
    /// </summary>
    [Claim("smoothness.eq-1.8", Role.Counterexample)]
    public void OneWeight_OneDataPoint_StopsHalfWay()
    {
        var theta = Ridge.Run([1], 1, 1)[0];
        Rational Regularised(Rational value) => ((value - 1) * (value - 1)) + (value * value);
        theta.Should().Be(new Rational(1, 2));
        Regularised(theta).Should().Be(new Rational(1, 2));
        Regularised(1).Should().Be((Rational)1);
        Evidence.Record(new Measurement("minimiser of (θ − 1)² + θ²", theta.ToDouble(), "1, the perfect fit, as printed")
            { Dtype = "exact (rationals)" });
    }

    /// <summary>The library's gradient vanishes there, at 1/(1 + λ), and is 2λ at the perfect fit.</summary>
    [ClaimRows("smoothness.eq-1.8", Role.Counterexample)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1.0 / 1024 / 1024)]
    public void OneWeight_LibrarysGradient_VanishesShortOfThePerfectFit(double lambda)
    {
        Gradient.Run(1 / (1 + lambda), lambda).Should().BeApproximately(0, 8 * Rounding.Unit);
        Gradient.Run(1, lambda).Should().Be(2 * lambda);
    }

    /// <summary>A small λ does not help: (θ − 1)² + λθ² is least at 1/(1 + λ), short of the perfect fit at every λ &gt; 0.</summary>
    [ClaimRows("smoothness.eq-1.8", Role.Counterexample)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void OneWeight_SmallLambda_StillMisses(int inverse)
    {
        var lambda = new Rational(1, inverse);
        var theta = Ridge.Run([1], 1, lambda)[0];
        theta.Should().Be(new Rational(inverse, inverse + 1));
        (theta - 1 + (lambda * theta)).Should().Be((Rational)0, "half the derivative of the convex sum vanishes");
    }

    /// <summary>Two models, a perfect fit with S = 2 and a loss of 1 with S = 0: at λ = 1 the second wins, 1 against 2.</summary>
    [Claim("smoothness.eq-1.8", Role.Counterexample)]
    public void TwoModels_TheOneThatMisses_Wins() =>
        Best.Run([new Model(0, 2), new Model(1, 0)], 1).Should().Be(new Model(1, 0));

    [Claim("smoothness.eq-1.8", Role.Repair)]
    public void RandomModels_Minimiser_PaysForItsLossWithLessOfS() =>
        ExactInstances.Satisfy("S ≤ S* and L ≤ λ(S* − S), S* the least of a perfect fit", Models, numbers =>
            Bounded(Read(numbers, perfect: true)));

    /// <summary>When λS* is below every positive loss, the minimiser is a perfect fit with the least S.</summary>
    [Claim("smoothness.eq-1.8", Role.Repair)]
    public void RandomModels_SmallLambda_GivesTheSmoothestPerfectFit() =>
        ExactInstances.Satisfy("the printed sentence, λ small", Models, numbers =>
        {
            var models = Read(numbers, perfect: true);
            var best = Best.Run(models, new Rational(1, 1 + Smoothest(models).Numerator));
            return best.Loss == 0 && best.Penalty == Smoothest(models);
        });

    /// <summary>
    /// (θ_1 + 2θ_2 − 5)²: the smallest perfect fit is (1, 2), ‖θ‖² = 5. The minimisers 5/(5 + λ)·(1, 2) are shorter, stationary, and
    /// tend to it: at λ = 5, 5/9, 5/99 the factor is 1/2, 9/10, 99/100.
    /// </summary>
    [ClaimRows("smoothness.eq-1.8", Role.Repair)]
    [InlineData(5, 1, 1, 2)]
    [InlineData(5, 9, 9, 10)]
    [InlineData(5, 99, 99, 100)]
    public void TwoWeights_LambdaToZero_TendToTheSmallestPerfectFit(int numerator, int denominator, int part, int whole)
    {
        var (lambda, factor) = (new Rational(numerator, denominator), new Rational(part, whole));
        var theta = Ridge.Run([1, 2], 5, lambda);
        theta.Should().Equal(factor, 2 * factor);
        var residual = Dot(theta, [1, 2]) - 5;
        Arrays.Pair(theta, [1, 2], (entry, x) => (residual * x) + (lambda * entry))
            .Should().OnlyContain(value => value == 0, "half the gradient vanishes, and the sum of squares is convex");
        (residual * residual <= lambda * (5 - Dot(theta, theta))).Should().BeTrue();
    }

    /// <summary>Without a perfect fit there is no S* to serve as a bound, and the minimiser's loss does not tend to 0 with λ.</summary>
    [Claim("smoothness.eq-1.8", Role.Control)]
    public void NoPerfectFit_HypothesisDropped_LossStays()
    {
        Best.Run([new Model(1, 3), new Model(2, 1)], new Rational(1, 1000)).Loss.Should().Be((Rational)1);
        ExactInstances.Violate("S ≤ S*, L ≤ λ(S* − S) with the least loss above 0", Models, numbers =>
            Bounded([.. Read(numbers, perfect: true).Select(model => model with { Loss = model.Loss + 1 })]));
    }

    [Claim("smoothness.eq-1.8", Role.Control)]
    public void LambdaNotSmall_HypothesisDropped_IsCaught() =>
        ExactInstances.Violate("the printed sentence at λ = 1", Models, numbers => Best.Run(Read(numbers, perfect: true), 1).Loss == 0);

    private static List<Model> Read(int[] numbers, bool perfect) =>
        [.. Enumerable.Range(0, numbers.Length / 2).Select(i => new Model(i == 0 && perfect ? 0 : numbers[2 * i], numbers[(2 * i) + 1]))];

    private static Rational Smoothest(IReadOnlyList<Model> models)
    {
        var least = models.Min(model => model.Loss);
        return models.Where(model => model.Loss == least).Min(model => model.Penalty);
    }

    private static double GradientOf(double theta, double lambda)
    {
        using var scope = NewDisposeScope();
        using var network = SmallNetwork.WithoutBiases(new[,] { { theta } }).ToEnsemble();
        var one = ones([1, 1, 1], float64);
        var penalised = BackwardPass.Run(network, one, one, Loss.MeanSquare, () => lambda * network.Weights[0].square().sum([1, 2]));
        return penalised.Gradients[0].item<double>();
    }

    private static bool Bounded(IReadOnlyList<Model> models) => Lambdas.All(lambda =>
    {
        var (best, least) = (Best.Run(models, lambda), Smoothest(models));
        return best.Penalty <= least && best.Loss <= lambda * (least - best.Penalty);
    });

    /// <summary>What the regularised loss sees of a model.</summary>
    private sealed record Model(Rational Loss, Rational Penalty);
}
