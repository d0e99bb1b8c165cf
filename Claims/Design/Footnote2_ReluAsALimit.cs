using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static MathNet.Numerics.SpecialFunctions;

namespace Reproduce.Claims.Design;

/// <summary>
/// Footnote 2: ReLU is the limit of smooth activations. softplus_β(t) = log(1 + exp(βt))/β lies above ReLU by log(1 + exp(−β|t|))/β, at
/// most log 2/β, which it attains at 0: the limit is uniform. So networks with softplus tend to the ReLU network uniformly, and off the
/// kinks their derivatives do, exponentially fast.
/// </summary>
public sealed class Footnote2_ReluAsALimit
{
    private static readonly double[] Sharpness = [0.5, 1, 8, 100, 1e6];

    private static readonly UnderTest<Func<double, double, double>> Softplus = new(
        (t, sharpness) => Math.Max(0, t) + (Log1p(Math.Exp(-sharpness * Math.Abs(t))) / sharpness),
        ("softplus-not-scaled-back", (t, sharpness) => Math.Max(0, sharpness * t) + Log1p(Math.Exp(-sharpness * Math.Abs(t)))),
        ("softplus-without-the-factor-inside", (t, sharpness) => (Math.Max(0, t) + Log1p(Math.Exp(-Math.Abs(t)))) / sharpness),
        ("softplus-of-one-sharpness", (t, _) => Math.Max(0, t) + Log1p(Math.Exp(-Math.Abs(t)))));

    private static readonly UnderTest<Func<double, double, double>> Derivative = new(
        (t, sharpness) => 1 / (1 + Math.Exp(-sharpness * t)),
        ("softplus-derivative-times-the-factor", (t, sharpness) => sharpness / (1 + Math.Exp(-sharpness * t))),
        ("softplus-derivative-of-one-sharpness", (t, _) => 1 / (1 + Math.Exp(-t))));

    /// <summary>On a grid of 2001 points in [−10, 10] that contains 0 the largest distance is log 2/β, at 0.</summary>
    [ClaimRows("design.relu-limit")]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(1e6)]
    public void Softplus_LiesAboveRelu_ByAtMostLogTwoOverBeta_AttainedAtZero(double sharpness)
    {
        double Distance(double t) => Softplus.Run(t, sharpness) - Math.Max(0, t);
        var distances = Enumerable.Range(-1000, 2001).Select(step => (At: step / 100.0, Distance: Distance(step / 100.0))).ToList();
        distances.Min(one => one.Distance).Should().BeGreaterThanOrEqualTo(0);
        var largest = distances.MaxBy(one => one.Distance);
        largest.At.Should().Be(0);
        (largest.Distance * sharpness).Should().BeApproximately(Math.Log(2), 4 * Rounding.Unit);
        Evidence.Record(new Measurement(
            $"largest distance of softplus from ReLU times β, β = {sharpness:G3}",
            largest.Distance * sharpness,
            "log 2 = 0.693147…, four roundings")
        {
            Samples = distances.Count,
            Dtype = "float64",
        });
    }

    /// <summary>
    /// The error at t = 1 is log(1 + exp(−β))/β, for β = 1 log(1 + 1/e) = 0.31326168751822283405.
    /// </summary>
    [Claim("design.relu-limit")]
    public void Softplus_AtOne_ByHand_IsOnePointThreeOne() =>
        Softplus.Run(1, 1).Should().BeApproximately(1.3132616875182228, 4 * Rounding.Unit * 2);

    /// <summary>
    /// In each layer an error e of the inputs becomes at most |W|e, and each activation adds log 2/β: one bound for all points.
    /// </summary>
    [Claim("design.relu-limit")]
    public void RandomNetworks_WithSoftplus_TendToTheReluNetworkUniformly() =>
        Instances.Satisfy(
            "|f_β − f| over the bound that holds for all x, β = 0.5, 1, 8, 100, 10⁶",
            NetworkAtPoint.Arbitrary,
            NetworkError,
            "1 of the bound, and the rounding of two forward passes whose values are larger by the bound");

    [ClaimRows("design.relu-limit")]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(1e6)]
    public void Derivative_OffZero_TendsToThatOfReluExponentially(double sharpness)
    {
        foreach (var t in new[] { -3, -0.5, -0.01, 0.01, 0.5, 3 })
        {
            Math.Abs(Derivative.Run(t, sharpness) - (t > 0 ? 1 : 0))
                .Should().BeLessThanOrEqualTo(Math.Exp(-sharpness * Math.Abs(t)) * (1 + (8 * Rounding.Unit)) + (2 * Rounding.Unit));
        }
    }

    [Claim("design.relu-limit")]
    public void Derivative_AtAQuarter_ByHand_IsThatOfTheLogisticFunction() =>
        Derivative.Run(0.25, 8).Should().BeApproximately(1 / (1 + Math.Exp(-2)), 2 * Rounding.Unit);

    /// <summary>At the kink every softplus has the derivative 1/2, the limit of which is neither of ReLU's one-sided derivatives.</summary>
    [Claim("design.relu-limit", Role.Control)]
    public void Derivative_AtTheKink_StaysOneHalf() =>
        Sharpness.Select(sharpness => 1 / (1 + Math.Exp(-sharpness * 0))).Should().AllBeEquivalentTo(0.5);

    /// <summary>
    /// Softmax in the sense of probabilities is not such an activation: its values lie in [0, 1], so at t = 2 it misses ReLU by at least 1
    /// for every β. The first probability of (βt, 0) is 1/(1 + exp(−βt)), which tends to the step function, ReLU's derivative.
    /// </summary>
    [Claim("design.relu-limit", Role.Control)]
    public void ProbabilityForSoftplus_IsCaught() =>
        Sharpness.Min(sharpness => Math.Abs((1 / (1 + Math.Exp(-sharpness * 2))) - 2)).Should().BeGreaterThanOrEqualTo(1);

    private static Deviation? NetworkError(NetworkAtPoint instance)
    {
        var (network, point) = instance;
        var magnitudes = network.OfMagnitudes();
        var exact = network.Evaluate(point).Output;
        var worst = new Deviation(0, 1);
        foreach (var sharpness in Sharpness)
        {
            var (values, bound) = (point, new double[point.Length]);
            for (var i = 0; i < network.Layers; i++)
            {
                values = Arrays.Add(Arrays.Multiply(network.Weights[i], values), network.Biases[i]);
                bound = Arrays.Multiply(magnitudes.Weights[i], bound);
                if (i < network.Layers - 1)
                {
                    values = [.. values.Select(value => Softplus.Run(value, sharpness))];
                    bound = [.. bound.Select(error => error + (Math.Log(2) / sharpness))];
                }
            }

            var rounding = Rounding.OfOutputs(network, point) + (8 * Rounding.Gamma(100) * bound.Max());
            var deviations = exact.Select((value, k) => new Deviation(Math.Abs(values[k] - value), bound[k] + rounding));
            worst = deviations.Aggregate(worst, Deviation.Worse);
        }

        return worst;
    }
}
