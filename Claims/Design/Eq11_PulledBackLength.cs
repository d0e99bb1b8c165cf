using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Equation 11: a small step dx in the input moves the output distribution by ds² = dxᵀJᵀ(∇²Ψ)J dx, twice the Kullback–Leibler divergence
/// to leading order. Checked for categorical outputs on networks, and by hand for the square loss.
/// </summary>
public sealed class Eq11_PulledBackLength
{
    /// <summary>ds² of the categorical output with logits f(x), from the probabilities and dθ = J dx.</summary>
    private static readonly UnderTest<Func<double[], double[], double>> SquaredLength = new(
        (p, step) => Variance(p, step),
        ("length-without-the-output-metric", (_, step) => Dot(step, step)),
        ("length-with-a-diagonal-metric", (p, step) => p.Zip(step, (share, change) => share * (1 - share) * change * change).Sum()),
        ("length-without-centring", (p, step) => p.Zip(step, (share, change) => share * change * change).Sum()));

    /// <summary>
    /// Twice the divergence of p at θ from p at θ + δ, δ = Jv·ε, against the form. The third derivative of Ψ along δ is a third central
    /// moment of numbers in an interval of the length r of δ's range, at most r³/4, so the two differ by at most r³/12.
    /// </summary>
    [Claim("design.eq-11")]
    public void RandomNetworks_TwiceTheDivergence_IsThePulledBackLength() =>
        Instances.Satisfy(
            "|2·KL(p_θ ‖ p_(θ+δ)) − ds²|, δ = J·e_1 scaled to a range of 1/1024",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                var logits = instance.Network.Evaluate(instance.Point).Output;
                var change = Arrays.Column(instance.Network.DerivativesAlongAxes(instance.Point), 0);
                var range = change.Max() - change.Min();
                if (!OffTheKinks(instance) || range == 0)
                {
                    return null;
                }

                // The same network with a smaller last layer, where the softmax would be saturated.
                logits = Times(20 / Math.Max(20, logits.Max(Math.Abs)), logits);

                // Logits matter up to a common constant, which would only add rounding.
                var step = change.Select(value => (value - change.Min()) / (1024 * range)).ToArray();
                var p = Softmax(logits);
                var divergence = p.Zip(Softmax(Arrays.Add(logits, step)), (one, other) => one * Math.Log(one / other)).Sum();
                var rounding = 64 * Rounding.Unit * (1 + logits.Max(Math.Abs));
                return new Deviation(Math.Abs((2 * divergence) - SquaredLength.Run(p, step)), (Math.Pow(1.0 / 1024, 3) / 12) + rounding);
            },
            "r³/12 with r = 1/1024, plus 64u(1 + max |f|): each logarithm of a ratio errs by a few u times the logits",
            count: 900);

    /// <summary>
    /// Logits (2x, 0) at x = 0: p = (½, ½), Jv = (2, 0), ds² = 4·¼ = 1 per unit of dx². For the square loss ds² = ‖J dx‖² exactly:
    /// f(x) = 2x moves by 2 and 2² = 4.
    /// </summary>
    [Claim("design.eq-11")]
    public void TwoLogits_ByHand_HaveUnitLength()
    {
        SquaredLength.Run([0.5, 0.5], [2, 0]).Should().Be(1);
        SquaredLength.Run([0.5, 0.25, 0.25], [0, 4, 0]).Should().Be(3, "¼·16 − (¼·4)²");
        (2 * ExactPairs.Square.Divergence([2], [0])).Should().Be((Rational)4);
    }

    /// <summary>The library's output metric along the same steps of the logits.</summary>
    [ClaimRows("design.eq-11")]
    [InlineData(new[] { 0.5, 0.5 }, new[] { 2.0, 0 }, 1)]
    [InlineData(new[] { 0.5, 0.25, 0.25 }, new[] { 0, 4.0, 0 }, 3)]
    [InlineData(new[] { 0.25, 0.25, 0.25, 0.25 }, new[] { 1.0, 1, 1, 1 }, 0)]
    public void StepsOfLogits_ByHand_HaveTheLibrarysLength(double[] p, double[] step, double expected)
    {
        using var scope = NewDisposeScope();
        var metric = NetworkGeometry.OutputMetrics.Run(OutputMetric.Softmax, tensor([.. p.Select(share => Math.Log(share))]));
        Tensors.Number(tensor(step).dot(metric.mv(tensor(step)))).Should().BeApproximately(expected, 64 * Rounding.Unit * 4);
        SquaredLength.Run(p, step).Should().BeApproximately(expected, 64 * Rounding.Unit * 4);
    }

    /// <summary>ReLU(2x) at its kink: the slope 2 of the right side predicts 4 for the step −1, which moves nothing.</summary>
    [Claim("design.eq-11", Role.Control)]
    public void StepAcrossAKink_SmoothnessDropped_HasNoSuchLength()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 2 } }, new double[,] { { 1 } }).Exact();
        var slope = network.DerivativesAlongAxes([0])[0, 0];
        (slope * slope).Should().Be((Rational)4);
        (2 * ExactPairs.Square.Divergence(network.Evaluate([-1]).Output, network.Evaluate([0]).Output)).Should().Be((Rational)0);
    }

    [Claim("design.eq-11", Role.Control)]
    public void EuclideanOutput_MetricDropped_IsCaught() =>
        Instances.Violate("‖δ‖² for a categorical output", NetworkAtPoint.Arbitrary, instance =>
        {
            var logits = instance.Network.Evaluate(instance.Point).Output;
            if (logits.Length < 2 || logits.Max(Math.Abs) > 20)
            {
                return null;
            }

            var (p, step) = (Softmax(logits), logits.Select((_, i) => i == 0 ? 1.0 / 1024 : 0).ToArray());
            var divergence = p.Zip(Softmax(Arrays.Add(logits, step)), (one, other) => one * Math.Log(one / other)).Sum();
            return new Deviation(
                Math.Abs((2 * divergence) - Dot(step, step)),
                (Math.Pow(1.0 / 1024, 3) / 12) + (64 * Rounding.Unit * (1 + logits.Max(Math.Abs))));
        });

    private static double[] Softmax(double[] logits)
    {
        var exponentials = logits.Select(value => Math.Exp(value - logits.Max())).ToArray();
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }

    private static double Variance(double[] p, double[] values)
    {
        var mean = Dot(p, values);
        return p.Zip(values, (share, value) => share * (value - mean) * (value - mean)).Sum();
    }
}
