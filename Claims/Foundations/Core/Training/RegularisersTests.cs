using Reproduce.Claims.Shared;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>
/// f(x) = ReLU(x) + ReLU(−x) = |x| and a batch −1, 2, 1, 4, whose pairs are (−1, 1) and (2, 4): all measures and their gradients by hand.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class RegularisersTests
{
    /// <summary>
    /// Ten points on [−1, 1] are ±1, ±7/9, …, ±1/9: the steps of |x| sum to 8/9 + 0 + 8/9. On [2, 4] they sum to 2. The mean is 17/9.
    /// Equation 4.7 as printed, with a second end for every point, would count twice as much.
    /// </summary>
    [Fact]
    public void FunctionPathLength_ByHand_Is17Ninths() =>
        Value(Regularisers.FunctionPathLength).Should().BeApproximately(17.0 / 9, 8 * Math.ScaleB(1, -53));

    /// <summary>The derivative jumps by 2 on the first segment and nowhere on the second.</summary>
    [Fact]
    public void GradientPathLength_ByHand_IsOne() => Value(Regularisers.GradientPathLength).Should().Be(1);

    [Fact]
    public void GradientNorm_ByHand_IsOne() => Value(Regularisers.GradientNorm).Should().Be(1);

    [Fact]
    public void WeightsProduct_ByHand_IsTwo() => Value(Regularisers.WeightsProduct).Should().Be(2);

    /// <summary>
    /// The jump on the first segment is |w2_1·w1_1 − w2_2·w1_2|, half of which counts: ∂/∂w1 = (1/2, −1/2), ∂/∂w2 = (1/2, −1/2)·(1,
    /// −1). The second segment's steps are 0, where the root alone would have a gradient of NaN. The targets are met, so the error has
    /// no gradient.
    /// </summary>
    [Fact]
    public void GradientPathLength_Differentiated_IsTheWorkedValueAndNotNaN()
    {
        using var scope = NewDisposeScope();
        using var network = Absolute();
        var (gradients, errors) = Gradients(network, Batch(), Batch().abs(), Regularisers.GradientPathLength, 1);
        Tensors.Numbers(gradients[0]).Should().Equal(0.5, -0.5);
        Tensors.Numbers(gradients[1]).Should().Equal(0, 0);
        Tensors.Numbers(gradients[2]).Should().Equal(0.5, 0.5);
        Tensors.Numbers(gradients[3]).Should().Equal(0);
        Tensors.Numbers(errors).Should().Equal(0);
    }

    /// <summary>
    /// Where the network is 0 everywhere every norm is of 0, and no gradient is NaN. WP = Σ |w2|·‖w1‖ has the gradient 0 there.
    /// </summary>
    [Theory]
    [InlineData("GN")]
    [InlineData("PL0")]
    [InlineData("PL1")]
    [InlineData("WP")]
    public void ZeroNetwork_EveryMeasure_HasTheGradientZero(string measure)
    {
        using var scope = NewDisposeScope();
        using var network = new FullyConnected(
            [zeros([1, 2, 1], float64), zeros([1, 1, 2], float64)],
            [zeros([1, 2], float64), zeros([1, 1], float64)]);
        var (gradients, _) = Gradients(network, Batch(), zeros([1, 4, 1], float64), Named(measure), 1);
        gradients.SelectMany(Tensors.Numbers).Should().OnlyContain(one => one == 0);
    }

    /// <summary>λ = 1/4 of the gradient by hand, added to the error's: with targets of |x| − 1 all errors are 1, so 2·mean(∂f).</summary>
    [Fact]
    public void Weight_MultipliesTheMeasureAndNotTheError()
    {
        using var scope = NewDisposeScope();
        using var network = Absolute();
        var (gradients, errors) = Gradients(network, Batch(), Batch().abs() - 1.0, Regularisers.GradientPathLength, 0.25);
        Tensors.Numbers(gradients[3]).Should().Equal(2);

        // ∂f/∂w1_1 = x where x > 0, mean (2 + 1 + 4)/4; ∂f/∂w1_2 = x where x < 0, mean −1/4.
        Tensors.Numbers(gradients[0]).Should().Equal(3.5 + 0.125, -0.5 - 0.125);
        Tensors.Numbers(errors).Should().Equal(1);
    }

    /// <summary>Of three points the last stays over; of one there is no pair.</summary>
    [Fact]
    public void OddBatch_LeavesAPointOver()
    {
        using var scope = NewDisposeScope();
        using var network = Absolute();
        Tensors.Numbers(Regularisers.FunctionPathLength(network, tensor([2.0, 5, 9], [1, 3, 1])))[0].Should().BeApproximately(3, 1e-14);
        Tensors.Numbers(Regularisers.FunctionPathLength(network, tensor([2.0], [1, 1, 1]))).Should().Equal(0);
    }

    /// <summary>
    /// The replica that is trained among three others takes the steps that it takes alone. Replicas share batched products, whose
    /// libraries may sum in another order at another size: three steps of sums of at most 160 products of about 1 in float64 leave
    /// 1e-12.
    /// </summary>
    [Theory]
    [InlineData("GN")]
    [InlineData("PL0")]
    [InlineData("PL1")]
    [InlineData("WP")]
    public void Replica_AloneAndAmongOthers_TrainsAlike(string measure)
    {
        using var scope = NewDisposeScope();
        var regulariser = Named(measure);
        var seed = Seed.Of(("test", "regularisers"));
        Seed[] seeds = [.. Enumerable.Range(0, 4).Select(replica => seed.With("replica", replica))];
        using var together = Initialisation.VarianceScaling(new FullyConnectedShape(5, 16, 1), 1, seeds, float64);
        using var alone = Initialisation.VarianceScaling(new FullyConnectedShape(5, 16, 1), 1, [seeds[2]], float64);
        using var first = new Sgd(together.Parameters, 0.1);
        using var second = new Sgd(alone.Parameters, 0.1);
        var points = RandomTensors.Uniform(seed.Generator(), float64, 4, 8, 5);
        var targets = points.narrow(2, 0, 1).sign();
        for (var step = 0; step < 3; step++)
        {
            var (gradients, errors) = Gradients(together, points, targets, regulariser, 0.1);
            var (own, error) = Gradients(alone, points.narrow(0, 2, 1), targets.narrow(0, 2, 1), regulariser, 0.1);
            (error - errors.narrow(0, 2, 1)).abs().max().item<double>().Should().BeLessThan(1e-12);
            first.Update(gradients);
            second.Update(own);
        }

        foreach (var (mine, all) in alone.Parameters.Zip(together.Parameters))
        {
            (mine - all.narrow(0, 2, 1)).abs().max().item<double>().Should().BeLessThan(1e-12);
        }
    }

    private static (IReadOnlyList<Tensor> Gradients, Tensor Errors) Gradients(
        FullyConnected network, Tensor points, Tensor targets, Regulariser regulariser, double weight) =>
        BackwardPass.Run(network, points, targets, Loss.MeanSquare, () => regulariser(network, points) * weight);

    private static Regulariser Named(string measure) => measure switch
    {
        "GN" => Regularisers.GradientNorm,
        "PL0" => Regularisers.FunctionPathLength,
        "PL1" => Regularisers.GradientPathLength,
        _ => Regularisers.WeightsProduct,
    };

    private static double Value(Regulariser regulariser)
    {
        using var scope = NewDisposeScope();
        using var network = Absolute();
        return regulariser(network, Batch()).item<double>();
    }

    private static FullyConnected Absolute() =>
        new([tensor([1.0, -1], [1, 2, 1]), tensor([1.0, 1], [1, 1, 2])], [zeros([1, 2], float64), zeros([1, 1], float64)]);

    private static Tensor Batch() => tensor([-1.0, 2, 1, 4], [1, 4, 1]);
}
