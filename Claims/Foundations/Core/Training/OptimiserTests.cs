using Reproduce.Claims.Shared;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>Adam's first step by hand, and the state of both optimisers; PyTorchAgreementTests compares whole runs.</summary>
[Trait("Category", "Foundation")]
public sealed class OptimiserTests
{
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

    /// <summary>A second optimiser given the first one's state continues to the last bit; without the state it does not.</summary>
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

        Tensors.Numbers(resumed).Should().Equal(Tensors.Numbers(whole));
        Tensors.Numbers(forgotten).Should().NotEqual(Tensors.Numbers(whole));
    }
}
