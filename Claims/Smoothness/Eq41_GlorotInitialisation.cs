using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using Reproduce.Randomness;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Equation 4.1: weights uniform on ±ℓ with ℓ² = 3α/(n_in + n_out), said to be Glorot's at α = 1. Glorot's variance is 2/(n_in + n_out),
/// that of the uniform distribution on ±ℓ is ℓ²/3 = α/(n_in + n_out). So the printed rule is Glorot's at α = 2, and with 6 in place of 3 at
/// α = 1.
/// </summary>
public sealed class Eq41_GlorotInitialisation
{
    private static readonly FullyConnectedShape Shape = new(300, 200, 100, 1);

    private static readonly UnderTest<Func<FullyConnectedShape, double, Seed, FullyConnected>> Initial = new(
        (shape, scale, seed) => Initialisation.VarianceScaling(shape, scale, [seed], float64),
        ("initial-weights-with-the-printed-three", (shape, scale, seed) =>
            Initialisation.VarianceScaling(shape, scale / 2, [seed], float64)),
        ("initial-weights-scaled-outside-the-root", (shape, scale, seed) =>
            Initialisation.VarianceScaling(shape, scale * scale, [seed], float64)),
        ("initial-weights-of-pytorch", (shape, _, seed) => Initialisation.PyTorchDefault(shape, [seed], float64)));

    /// <summary>
    /// A layer of 3 inputs and 3 outputs at α = 1: printed ℓ² = 3/6 = 1/2, so the variance is 1/6. Glorot's bound is √(6/6) = 1 and the
    /// variance 2/6 = 1/3. All layers differ by this factor 2, since both sides have the same denominator.
    /// </summary>
    [Claim("smoothness.init-glorot", Role.Counterexample)]
    public void ThreeInputsAndOutputs_PrintedVariance_IsHalfOfGlorots()
    {
        Rational Variance(Rational squaredBound) => squaredBound / 3;
        var printed = Variance(new Rational(3, 3 + 3));
        var glorot = new Rational(2, 3 + 3);
        printed.Should().Be(new Rational(1, 6));
        glorot.Should().Be(new Rational(1, 3));
        Variance(new Rational(6, 3 + 3)).Should().Be(glorot, "with 6 in place of 3");
        Variance(new Rational(3 * 2, 3 + 3)).Should().Be(glorot, "or at α = 2");
        Evidence.Record(new Measurement(
            "variance of equation 4.1 at α = 1 over Glorot's 2/(n_in + n_out)", (printed / glorot).ToDouble(), "1 as printed")
            { Dtype = "exact (rationals)" });
    }

    /// <summary>Every layer's weights stay inside Glorot's bound √(6/(n_in + n_out)), fill it, and have its variance.</summary>
    [Claim("smoothness.init-glorot")]
    public void EveryLayer_AtScaleOne_HasGlorotsVarianceAndBound()
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("claim", "smoothness.init-glorot"));
        var network = Initial.Run(Shape, 1, seed);
        for (var layer = 0; layer < Shape.Layers; layer++)
        {
            var units = Shape.Widths[layer] + Shape.Widths[layer + 1];
            var weights = Numbers(network.Weights[layer]);
            var (ratio, allowed) = (weights.Average(weight => weight * weight) * units / 2, AllowedShare(weights.Length));
            Evidence.Record(new Measurement(
                $"mean square over Glorot's variance, layer {layer + 1}",
                ratio,
                $"1 within {allowed:G2}: five standard errors √(4/5N), one false alarm in 1.7 million a layer; the seed is fixed")
                { Samples = weights.Length, Seed = seed.ToString(), Dtype = "float64" });
            ratio.Should().BeApproximately(1, allowed);
            weights.Max(Math.Abs).Should().BeInRange(0.9 * Math.Sqrt(6.0 / units), Math.Sqrt(6.0 / units));
            Numbers(network.Biases[layer]).Should().OnlyContain(bias => bias == 0);
        }
    }

    /// <summary>α multiplies the variance: the same seed at α = 0.01 gives every weight a tenth of its size.</summary>
    [Claim("smoothness.init-glorot")]
    public void SmallScale_OfTheSameSeed_GivesATenthOfEveryWeight()
    {
        using var scope = NewDisposeScope();
        var shape = new FullyConnectedShape(7, 5, 1);
        var seed = Seed.Of(("claim", "smoothness.init-glorot"), ("check", "scale"));
        var (small, whole) = (Initial.Run(shape, 0.01, seed), Initial.Run(shape, 1, seed));
        foreach (var (one, other) in small.Parameters.Zip(whole.Parameters))
        {
            // Each bound has two roundings, each product one.
            Numbers(one).Zip(Numbers(other))
                .Should().OnlyContain(pair => Math.Abs(pair.First - (pair.Second / 10)) <= 8 * Rounding.Unit * Math.Abs(pair.First));
        }
    }

    /// <summary>3 inputs and 3 outputs at α = 1: the bound is 1, so the weights are the generator's own numbers on ±1.</summary>
    [Claim("smoothness.init-glorot")]
    public void BoundOfOne_ByHand_LeavesTheGeneratorsNumbers()
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("claim", "smoothness.init-glorot"), ("check", "bound of one"));
        var stream = seed.Generator();
        Numbers(Initial.Run(new FullyConnectedShape(3, 3), 1, seed).Weights[0])
            .Should().Equal(Enumerable.Range(0, 9).Select(_ => (2 * stream.NextDouble()) - 1));
    }

    /// <summary>The printed constant fails the check: half the variance is more than a hundred standard errors away.</summary>
    [Claim("smoothness.init-glorot", Role.Control)]
    public void PrintedConstant_FailsTheVarianceCheck()
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("claim", "smoothness.init-glorot"));
        var weights = Numbers(Initialisation.VarianceScaling(Shape, 0.5, [seed], float64).Weights[0]);
        Math.Abs((weights.Average(weight => weight * weight) * 500 / 2) - 1).Should().BeGreaterThan(25 * AllowedShare(weights.Length));
    }

    // The mean square of N numbers uniform on ±a is a²/3 with standard error a²√(4/45N), a share of √(4/5N).
    private static double AllowedShare(int count) => 5 * Math.Sqrt(4.0 / 5 / count);
}
