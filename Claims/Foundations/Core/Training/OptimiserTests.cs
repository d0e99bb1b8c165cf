using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>The optimisers' rules by hand, one or two steps with binary fractions; whole runs are PyTorchAgreementTests'.</summary>
[Trait("Category", "Foundation")]
public sealed class OptimiserTests
{
    /// <summary>θ = 8, η = μ = 1/2, λ = 1/4, g = 2: v = 2 + 2 = 4, θ = 6; then v = 2 + 2 + 1.5 = 5.5, θ = 3.25.</summary>
    [Fact]
    public void GradientDescent_WithMomentumAndWeightDecay_IsPyTorchsRule()
    {
        using var scope = NewDisposeScope();
        var parameter = tensor([8.0]);
        using var optimiser = new Sgd([parameter], 0.5, 0.5, 0.25);
        optimiser.Update([tensor([2.0])]);
        parameter.item<double>().Should().Be(6);
        optimiser.Update([tensor([2.0])]);
        parameter.item<double>().Should().Be(3.25);
    }

    /// <summary>The factor multiplies η of its own parameter and not the velocity: v = 4 both times, θ = 8 − 2 and 8 − 0.5.</summary>
    [Fact]
    public void GradientDescent_Factors_SlowTheirParameter()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (tensor([8.0]), tensor([8.0]));
        using var optimiser = new Sgd([first, second], 0.5) { Factors = [1, 0.25] };
        optimiser.Update([tensor([4.0]), tensor([4.0])]);
        (first.item<double>(), second.item<double>()).Should().Be((6, 7.5));
        optimiser.State.Select(one => one.item<double>()).Should().Equal(4, 4);
    }

    /// <summary>The first step is η against the gradient's sign, but for ε: m/(1 − β₁) = g and √(v/(1 − β₂)) = |g|.</summary>
    [Theory]
    [InlineData(2.0)]
    [InlineData(-0.001)]
    public void Adam_FirstStep_IsTheLearningRate(double gradient)
    {
        using var scope = NewDisposeScope();
        var parameter = tensor([1.0]);
        using var optimiser = new Adam([parameter], 0.125);
        optimiser.Update([tensor([gradient])]);
        parameter.item<double>().Should().BeApproximately(1 - (0.125 * gradient / (Math.Abs(gradient) + 1e-8)), 1e-15);
    }

    /// <summary>A second optimiser that gets the first one's state and learning rate goes on to the last bit; without the state it does not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void State_Copied_ContinuesExactly(bool adam)
    {
        using var scope = NewDisposeScope();
        IOptimiser Make(Tensor parameter) => adam ? new Adam([parameter], 0.1) : new Sgd([parameter], 0.1, 0.9, 0.01);
        var whole = tensor([1.0, -2, 3]);
        using var first = Make(whole);
        first.Update([tensor([1.0, 2, 3])]);
        first.Update([tensor([-0.5, 0.25, 3])]);

        var (resumed, forgotten) = (whole.clone(), whole.clone());
        using var second = Make(resumed);
        using var third = Make(forgotten);
        foreach (var (to, from) in second.State.Zip(first.State))
        {
            to.copy_(from);
        }

        foreach (var optimiser in new[] { first, second, third })
        {
            optimiser.Update([tensor([0.1, 0.2, -0.3])]);
        }

        resumed.cpu().data<double>().ToArray().Should().Equal(whole.cpu().data<double>().ToArray());
        forgotten.cpu().data<double>().ToArray().Should().NotEqual(whole.cpu().data<double>().ToArray());
    }

    /// <summary>η = 0.1 up to epoch 99, 0.01 up to 149, then 0.001.</summary>
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(99, 0.1)]
    [InlineData(100, 0.01)]
    [InlineData(149, 0.01)]
    [InlineData(150, 0.001)]
    [InlineData(199, 0.001)]
    public void LearningRateSteps_OfTheDesignPaper_FallAt100And150(int epoch, double rate)
    {
        int[] epochs = [100, 150];
        Schedules.Steps(0.1, 0.1, epochs, epoch).Should().BeApproximately(rate, 1e-17);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(250, 0.55)]
    [InlineData(500, 0.1)]
    [InlineData(900, 0.1)]
    public void ShortcutWeight_OfFigure7_FallsToOneTenthAt500(int epoch, double weight) => Schedules.ShortcutWeight(500, epoch).Should().BeApproximately(weight, 1e-15);
}
