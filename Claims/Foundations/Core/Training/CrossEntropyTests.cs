using MathNet.Numerics.Random;
using Reproduce.Claims.Shared;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>
/// Cross-entropy and its gradients against PyTorch's and against difference quotients, in float64. The fixture is two replicas of a 4 −
/// 6 − 5 − 3 network on batches of 7 random points with random labels.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class CrossEntropyTests
{
    private const int Replicas = 2;
    private const int Batch = 7;

    private static readonly FullyConnectedShape Shape = new(4, 6, 5, 3);

    /// <summary>Logits (0, ln 3): probabilities 1/4 and 3/4.</summary>
    [Fact]
    public void Of_TwoClassesByHand_IsTheLogarithmOfTheProbability()
    {
        using var scope = NewDisposeScope();
        var logits = tensor([0, Math.Log(3), 0, Math.Log(3)], [1, 2, 2]);
        var losses = Loss.CrossEntropy.Of(logits, eye(2, dtype: float64).unsqueeze(0));
        losses.shape.Should().Equal(1, 2);
        var numbers = Tensors.Numbers(losses);
        numbers[0].Should().BeApproximately(Math.Log(4), 1e-15);
        numbers[1].Should().BeApproximately(Math.Log(4.0 / 3), 1e-15);
    }

    /// <summary>The exponentials of these logits are not doubles; the losses are: 2000 for the wrong class, 0 for the right one.</summary>
    [Fact]
    public void Of_LargeLogits_DoesNotOverflow()
    {
        using var scope = NewDisposeScope();
        var logits = tensor([1000.0, -1000, 1000, -1000], [1, 2, 2]);
        Tensors.Numbers(Loss.CrossEntropy.Of(logits, eye(2, dtype: float64).unsqueeze(0))).Should().Equal(0, 2000);
    }

    /// <summary>Gradients of at most 10, through three layers of sums of at most 7 terms: 1e-14 absolute.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Backward_OfARandomBatch_IsThatOfPyTorch(int seed)
    {
        using var scope = NewDisposeScope();
        var (network, points, labels, targets) = Problem(seed);
        var (gradients, losses) = BackwardPass.Run(network, points, targets, Loss.CrossEntropy);

        Tensor[] parameters = [.. network.Parameters.Select(one => one.detach().clone().requires_grad_())];
        var recorded = new FullyConnected([.. parameters.Where((_, i) => i % 2 == 0)], [.. parameters.Where((_, i) => i % 2 == 1)]);
        var each = nn.functional.cross_entropy(recorded.Forward(points).flatten(0, 1), labels.flatten(), reduction: nn.Reduction.None);
        var expected = each.reshape(Replicas, Batch).mean([1]);
        var autograds = autograd.grad([expected.sum()], parameters);

        losses.shape.Should().Equal(Replicas);
        Near(losses, expected.detach(), 1e-14);
        gradients.Should().HaveSameCount(parameters);
        for (var i = 0; i < parameters.Length; i++)
        {
            gradients[i].shape.Should().Equal(parameters[i].shape);
            Near(gradients[i], autograds[i], 1e-14);
        }
    }

    /// <summary>Central differences at h = 1e-5: h² times third derivatives below 100, and rounding u/h, make 1e-8.</summary>
    [Fact]
    public void Backward_OfARandomBatch_IsTheDifferenceQuotient()
    {
        const double step = 1e-5;
        using var scope = NewDisposeScope();
        var (network, points, _, targets) = Problem(3);
        var gradients = BackwardPass.Run(network, points, targets, Loss.CrossEntropy).Gradients;
        foreach (var (parameter, gradient) in network.Parameters.Zip(gradients))
        {
            var count = (int)(parameter.numel() / Replicas);
            for (var replica = 0; replica < Replicas; replica++)
            {
                for (var i = 0; i < count; i++)
                {
                    using var inner = NewDisposeScope();
                    var place = parameter.select(0, replica).reshape(-1).narrow(0, i, 1);
                    var before = place.item<double>();
                    place.fill_(before + step);
                    var above = Losses()[replica];
                    place.fill_(before - step);
                    var below = Losses()[replica];
                    place.fill_(before);
                    var quotient = (above - below) / (2 * step);
                    gradient.select(0, replica).reshape(-1).narrow(0, i, 1).item<double>().Should().BeApproximately(quotient, 1e-8);
                }
            }
        }

        double[] Losses() => Tensors.Numbers(BackwardPass.Run(network, points, targets, Loss.CrossEntropy).Losses);
    }

    /// <summary>A pre-activation of exactly 0 passes no gradient back: f = 3·ReLU(x − 1), at x = 1, one class more than f.</summary>
    [Fact]
    public void Backward_OnAKink_PassesNothing()
    {
        using var scope = NewDisposeScope();
        var network = new FullyConnected(
            [tensor([1.0], [1, 1, 1]), tensor([3.0, 0], [1, 2, 1])],
            [tensor([-1.0], [1, 1]), tensor([0.0, 0], [1, 2])]);
        var gradients = BackwardPass.Run(network, tensor([1.0], [1, 1, 1]), tensor([1.0, 0], [1, 1, 2]), Loss.CrossEntropy).Gradients;
        Tensors.Numbers(gradients[0]).Should().Equal(0);
        Tensors.Numbers(gradients[1]).Should().Equal(0);
        Tensors.Numbers(gradients[2]).Should().Equal(0, 0);
        Tensors.Numbers(gradients[3]).Should().Equal(-0.5, 0.5);
    }

    [Fact]
    public void Backward_OfOneLayer_IsByHand()
    {
        // Zero parameters give probabilities of 1/2, so δ = (1/2 − target)/2 and dW = δᵀx.
        using var scope = NewDisposeScope();
        var network = new FullyConnected([zeros([1, 2, 2], float64)], [zeros([1, 2], float64)]);
        var (points, targets) = (tensor([4.0, 0, 0, 8], [1, 2, 2]), tensor([1.0, 0, 0, 1], [1, 2, 2]));
        var (gradients, losses) = BackwardPass.Run(network, points, targets, Loss.CrossEntropy);
        Tensors.Numbers(gradients[0]).Should().Equal(-1, 2, 1, -2);
        Tensors.Numbers(gradients[1]).Should().Equal(0, 0);
        Tensors.Numbers(losses)[0].Should().BeApproximately(Math.Log(2), 1e-15);
    }

    [Fact]
    public void Backward_InFloat32_StaysThere()
    {
        using var scope = NewDisposeScope();
        var (network, points, _, targets) = Problem(4, float32);
        var (gradients, losses) = BackwardPass.Run(network, points, targets, Loss.CrossEntropy);
        losses.dtype.Should().Be(float32);
        gradients.Should().OnlyContain(one => one.dtype == float32);
    }

    private static (FullyConnected Network, Tensor Points, Tensor Labels, Tensor Targets) Problem(int seed, ScalarType? dtype = null)
    {
        var generator = new Xoshiro256StarStar(seed);
        Seed[] seeds = [.. Enumerable.Range(0, Replicas).Select(i => Seed.Of(("test", "cross-entropy"), ("seed", seed), ("replica", i)))];
        double[] points = [.. generator.NextDoubles(Replicas * Batch * Shape.Inputs).Select(one => (4 * one) - 2)];
        byte[] labels = [.. Enumerable.Range(0, Replicas * Batch).Select(_ => (byte)generator.Next(Shape.Outputs))];
        var type = dtype ?? float64;
        return (
            Initialisation.PyTorchDefault(Shape, seeds, type),
            tensor(points, [Replicas, Batch, Shape.Inputs], type),
            tensor([.. labels.Select(one => (long)one)], [Replicas, Batch]),
            OneHot.Of(labels, Shape.Outputs, type).reshape(Replicas, Batch, -1));
    }

    private static void Near(Tensor actual, Tensor expected, double allowed) =>
        (actual - expected).abs().max().item<double>().Should().BeLessThanOrEqualTo(allowed);
}
