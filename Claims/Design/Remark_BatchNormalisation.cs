using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5: batch normalisation hides the scale of the weights before it. With z = Uw over a batch and y = (z − mean)/√(var + ε), the
/// outputs y and the gradient at U are the same for w and aw, and the gradient at w is divided by a, if ε = 0 and a &gt; 0. When a is a
/// power of two every operation commutes with rounding, so the checks are exact. So after batch normalisation ∏σ_l² says nothing about ζ.
/// </summary>
public sealed class Remark_BatchNormalisation
{
    private static readonly double[] Scales = [1.0 / 1024, 2, Math.Pow(2, 40)];

    private static readonly UnderTest<Func<Tensor, double, Tensor>> Normalise = new(
        (values, epsilon) => Centred(values) / (Centred(values).square().mean() + epsilon).sqrt(),
        ("batch-norm-by-the-variance", (values, epsilon) => Centred(values) / (Centred(values).square().mean() + epsilon)),
        ("batch-norm-without-the-deviation", (values, _) => Centred(values)));

    /// <summary>The library's batch normalisation and ReLU of a batch of one number each, in training or not: ε is 10⁻⁵.</summary>
    private static readonly UnderTest<Func<double[], bool, double[]>> Rectified = new(
        Normalised,
        ("library-batch-norm-in-evaluation", (values, _) => Normalised(values, training: false)),
        ("library-batch-norm-with-divisor-n-minus-one", (values, training) =>
            [.. Normalised(values, training).Select(value => value * Math.Sqrt((values.Length - 1.0) / values.Length))]));

    [Claim("design.bn-scale")]
    public void RandomBatches_WithoutEpsilon_HideThePositiveScale() =>
        Instances.Satisfy(
            "outputs and input gradients at w against those at aw, weight gradients at w against a times those at aw, a = 1/1024, 2, 2⁴⁰",
            Batches,
            batch =>
            {
                var changes = Scales.Select(scale => Change(batch, scale, 0)).OfType<Deviation>().ToList();
                return changes.Count > 0 ? changes.Aggregate(Deviation.Worse) : null;
            },
            "none: multiplying by a power of two commutes with rounding",
            count: 80);

    /// <summary>
    /// The batch 0, 2 with weight 3: z = 0, 6, mean 3, variance 9, y = −1, 1, the same as with weight 1.
    /// ∂y_2/∂u_2 = w/√var · (1 − 1/2 − y_2²/2) = 0.
    /// </summary>
    [ClaimRows("design.bn-scale")]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void TwoValues_ByHand_BecomeMinusOneAndOneAtEveryScale(double weight) =>
        Numbers(Normalise.Run(tensor([0, 2 * weight]), 0)).Should().Equal(-1, 1);

    /// <summary>
    /// With ε the scale shows: the batch −1, 1 has variance 1, and with ε = 15 it becomes ∓1/√16 = ∓1/4; seven times as large,
    /// ∓7/√64 = ∓7/8. With the usual ε = 10⁻⁵ and weights of 1/1000 the outputs shrink to 0.30.
    /// </summary>
    [Claim("design.bn-scale", Role.Counterexample)]
    public void Epsilon_LetsTheScaleThrough()
    {
        Numbers(Normalise.Run(tensor([-1.0, 1]), 15)).Should().Equal(-0.25, 0.25);
        Numbers(Normalise.Run(tensor([-7.0, 7]), 15)).Should().Equal(-0.875, 0.875);
        var usual = Numbers(Normalise.Run(tensor([-1e-3, 1e-3]), 1e-5))[1];
        usual.Should().BeApproximately(1 / Math.Sqrt(11), 1e-15);
        Evidence.Record(new Measurement("output for a batch ±1/1000 with the usual ε = 10⁻⁵", usual, "1 without ε; 1/√11 = 0.3015")
        {
            Paper = "unaffected by the scale",
            Dtype = "float64",
        });
    }

    /// <summary>
    /// The library, which has that ε: ±1/1000 becomes ∓0.30, before ReLU, and ±2²⁰ and ±2⁴⁰ become ∓1, for which ε is nothing.
    /// </summary>
    [ClaimRows("design.bn-scale", Role.Counterexample)]
    [InlineData(1e-3, 0.30151134457776363)]
    [InlineData(1 << 20, 1)]
    [InlineData(1L << 40, 1)]
    public void LibrarysEpsilon_LetsSmallScalesThrough(double scale, double expected)
    {
        var outputs = Rectified.Run([-scale, scale], true);
        outputs[0].Should().Be(0);
        outputs[1].Should().BeApproximately(expected, 1e-11, "ε over 2⁴⁰ is 9·10⁻¹⁸");
    }

    [Claim("design.bn-scale", Role.Control)]
    public void EpsilonOfOne_Dropped_IsCaught() => Instances.Violate("ε = 1", Batches, batch => Change(batch, 2, 1));

    [Claim("design.bn-scale", Role.Control)]
    public void NegativeScale_FlipsTheOutputs_AndIsCaught() => Instances.Violate("a = −2", Batches, batch => Change(batch, -2, 0));

    /// <summary>A batch of one: variance 0, and 0/0 without ε, so the claim needs a batch that is not constant.</summary>
    [Claim("design.bn-scale", Role.Control)]
    public void ConstantBatch_HasNoOutput() =>
        double.IsNaN(Numbers(Normalise.Run(tensor([2.0]), 0))[0]).Should().BeTrue();

    /// <summary>
    /// The inputs ±1/128 and one weight w: y = ±1 whatever w is, so the slope is 128 and ζ = 16 384, while ∏σ_l² = w² is 2⁻²⁰, 1 or 2²⁰.
    /// </summary>
    [ClaimRows("design.bn-product", Role.Counterexample)]
    [InlineData(1.0 / 1024)]
    [InlineData(1)]
    [InlineData(1024)]
    public void OneUnit_AtEveryScale_HasOneMetricAndAnyProduct(double weight)
    {
        using var scope = NewDisposeScope();
        double[] inputs = [-1.0 / 128, 1.0 / 128];
        var outputs = Numbers(Normalise.Run(tensor(inputs) * weight, 0));
        var slope = (outputs[1] - outputs[0]) / (inputs[1] - inputs[0]);
        slope.Should().Be(128);
        using var network = SmallNetwork.WithoutBiases(new[,] { { weight } }).ToEnsemble();
        var product = Number(Cor301_LargestEigenvalue.Bound.Run(network));
        product.Should().Be(weight * weight);
        Evidence.Record(new Measurement($"ζ after batch normalisation for a weight of {weight}", slope * slope, $"∏σ_l² = {product:G4}")
        {
            Paper = "stabilising ∏σ_l² slows the way to complex functions",
            Dtype = "float64",
        });
    }

    /// <summary>
    /// What is stabilised: the gradient is orthogonal to the weights, so a step of plain descent never makes them shorter, and it is as
    /// much shorter as they are longer (design.bn-scale), so they grow ever more slowly.
    /// </summary>
    [Claim("design.bn-product", Role.Repair)]
    public void RandomBatches_WithoutEpsilon_HaveAGradientOrthogonalToTheWeights() =>
        Instances.Satisfy("|⟨w, gradient at w⟩|", Batches, unit => Radial(unit, 0), RadialTolerance, count: 150);

    /// <summary>Inputs (−1, 1), w = 2, y = ∓1: dy/dw = 0, as the scale does not matter.</summary>
    [Claim("design.bn-product", Role.Repair)]
    public void OneWeight_ByHand_HasNoGradient() =>
        Pass(new LinearUnit([-1, 1], [2]), 1, 0)!.Value.WeightGradient.Should().Equal(0);

    /// <summary>
    /// So the direction of the weights, which alone matters, turns a²-fold more slowly at aw: a step of rate η from there leads to a times
    /// the weights to which a step of rate η/a² leads from w.
    /// </summary>
    [Claim("design.bn-product", Role.Repair)]
    public void RandomBatches_StepFromLargerWeights_IsAStepOfASmallerRate() =>
        Instances.Satisfy(
            "weights after a step of rate 1/10 from aw against a times those after 1/(10a²) from w, a = 1/1024, 2, 2⁴⁰",
            Batches,
            unit =>
            {
                using var scope = NewDisposeScope();
                using var recording = enable_grad();
                double[]? After(double scale, double rate) => Pass(unit, scale, 0) is { } pass
                    ? [.. unit.Weights.Zip(pass.WeightGradient, (weight, slope) => (scale * weight) - (rate * slope))]
                    : null;
                Deviation? At(double scale) => After(scale, 0.1) is { } larger && After(1, 0.1 / (scale * scale)) is { } smaller
                    ? new Deviation(Largest(larger, smaller, scale), 0)
                    : null;
                var changes = Scales.Select(At).OfType<Deviation>().ToList();
                return changes.Count > 0 ? changes.Aggregate(Deviation.Worse) : null;
            },
            "none: multiplying by a power of two commutes with rounding",
            count: 80);

    [Claim("design.bn-product", Role.Control)]
    public void EpsilonOfOne_HasARadialGradient() => Instances.Violate("⟨w, gradient at w⟩, ε = 1", Batches, unit => Radial(unit, 1));

    private const string RadialTolerance = "64γ_20 n³c², c = 1 + max Σ|u_i w_i|/sd: the values are centred and divided by their deviation";

    private static Deviation? Radial(LinearUnit unit, double epsilon)
    {
        using var scope = NewDisposeScope();
        if (Pass(unit, 1, epsilon) is not { } pass)
        {
            return null;
        }

        var (inputs, count) = (unit.Weights.Length, unit.Entries.Length / unit.Weights.Length);
        double Value(int row, Func<double, double> change) =>
            unit.Weights.Select((weight, i) => change(unit.Entries[(row * inputs) + i] * weight)).Sum();
        double[] values = [.. Enumerable.Range(0, count).Select(row => Value(row, one => one))];
        var deviation = Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2)));
        var condition = 1 + (Enumerable.Range(0, count).Max(row => Value(row, Math.Abs)) / deviation);
        var radial = unit.Weights.Zip(pass.WeightGradient, (weight, slope) => weight * slope).Sum();
        return new Deviation(Math.Abs(radial), 64 * Rounding.Gamma(20) * Math.Pow(count, 3) * condition * condition);
    }

    private static double[] Normalised(double[] values, bool training)
    {
        using var scope = NewDisposeScope();
        var (one, zero) = (ones([1], float64), zeros([1], float64));
        BatchNormalisation parameters = new(one, zero, zero.clone(), one.clone());
        var images = tensor(values, [values.Length, 1, 1, 1]);
        return Numbers(new TorchImageOperators().NormaliseAndRectify(images, parameters, shortcut: null, weight: 1, training).flatten());
    }

    private static Tensor Centred(Tensor values) => values - values.mean();

    private static Arbitrary<LinearUnit> Batches { get; } = Arb.From(
        from count in Gen.Choose(2, 6)
        from inputs in Gen.Choose(1, 4)
        from entries in Gen.ArrayOf(Gen.Choose(-2000, 2000).Select(value => value / 1000.0), count * inputs)
        from weights in Gen.ArrayOf(Gen.Choose(-2000, 2000).Select(value => value / 1000.0), inputs)
        from shift in Gen.Elements(0.0, 0, 0, 1000)
        select new LinearUnit([.. entries.Select(entry => entry + shift)], weights));

    private static Deviation? Change(LinearUnit unit, double scale, double epsilon)
    {
        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        var (before, after) = (Pass(unit, 1, epsilon), Pass(unit, scale, epsilon));
        if (before is null || after is null)
        {
            return null;
        }

        var outputs = Largest(before.Value.Outputs, after.Value.Outputs, 1);
        var inputs = Largest(before.Value.InputGradient, after.Value.InputGradient, 1);
        var weights = Largest(before.Value.WeightGradient, after.Value.WeightGradient, scale);
        return new Deviation(Math.Max(outputs, Math.Max(inputs, weights)), 0);
    }

    private static double Largest(double[] before, double[] after, double factor) =>
        before.Zip(after, (one, other) => Math.Abs(one - (factor * other))).Max();

    // Gradients of the sum of k·y_k: the plain sum of the outputs is 0 whatever the inputs.
    private static (double[] Outputs, double[] InputGradient, double[] WeightGradient)? Pass(LinearUnit unit, double scale, double epsilon)
    {
        var inputs = tensor(unit.Entries, [unit.Entries.Length / unit.Weights.Length, unit.Weights.Length]).requires_grad_();
        var weights = (scale * tensor(unit.Weights)).requires_grad_();
        var values = inputs.mv(weights);
        if (Centred(values).square().mean().item<double>() == 0)
        {
            return null;
        }

        var outputs = Normalise.Run(values, epsilon);
        var order = tensor([.. Enumerable.Range(1, (int)inputs.size(0)).Select(k => (double)k)]);
        var gradients = autograd.grad([(outputs * order).sum()], [inputs, weights]);
        return (Numbers(outputs.detach()), Numbers(gradients[0].contiguous().flatten()), Numbers(gradients[1].contiguous()));
    }

    private sealed record LinearUnit(double[] Entries, double[] Weights)
    {
        public override string ToString() =>
            $"inputs [{string.Join(' ', Entries)}] in rows of {Weights.Length}, weights [{string.Join(' ', Weights)}]";
    }
}
