using Reproduce.Claims.Shared;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>
/// PyTorch's rule, v ← μv + g and θ ← θ − ηv, run by hand for three steps: θ = 10, η = μ = 1/2, gradients 1, 2, 4. All numbers
/// are binary fractions, so nothing is rounded.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class SgdTests
{
    /// <summary>
    /// v = 1, 2.5, 5.25 and θ = 9.5, 8.25, 5.625. A velocity scaled by 1 − μ would give θ = 9.75 after the first step, Nesterov's
    /// rule 9.25, and a learning rate inside the velocity the same as here until it changes.
    /// </summary>
    [Fact]
    public void Step_ThreeTimes_IsPyTorchsRule()
    {
        using var scope = NewDisposeScope();
        var parameter = tensor([10.0]);
        using var optimiser = new Sgd([parameter], 0.5, 0.5);
        var path = new List<double>();
        foreach (var gradient in new[] { 1.0, 2, 4 })
        {
            optimiser.Update([tensor([gradient])]);
            path.Add(parameter.item<double>());
        }

        path.Should().Equal(9.5, 8.25, 5.625);
    }

    [Fact]
    public void Step_WithoutMomentum_IsGradientDescent()
    {
        using var scope = NewDisposeScope();
        var parameter = tensor([10.0]);
        using var optimiser = new Sgd([parameter], 0.25, 0);
        optimiser.Update([tensor([4.0])]);
        optimiser.Update([tensor([8.0])]);
        parameter.item<double>().Should().Be(7);
    }

    [Fact]
    public void Step_OfSeveralParameters_GivesEachItsOwnGradient()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (tensor([1.0, 2]), tensor([3.0]));
        using var optimiser = new Sgd([first, second], 1, 0.5);
        var gradients = new[] { tensor([1.0, 10]), tensor([100.0]) };
        optimiser.Update(gradients);
        optimiser.Update(gradients);
        Tensors.Numbers(first).Should().Equal(1 - 2.5, 2 - 25);
        second.item<double>().Should().Be(3 - 250);
        Tensors.Numbers(gradients[0]).Should().Equal([1, 10], "a step reads the gradients and does not keep its velocity in them");
    }

    /// <summary>θ = 8, η = μ = 1/2, λ = 1/4, g = 2: v = 2 + 2 = 4, θ = 6; then v = 2 + 2 + 1.5 = 5.5, θ = 3.25.</summary>
    [Fact]
    public void Step_WithMomentumAndWeightDecay_IsPyTorchsRule()
    {
        using var scope = NewDisposeScope();
        var parameter = tensor([8.0]);
        using var optimiser = new Sgd([parameter], 0.5, 0.5, 0.25);
        optimiser.Update([tensor([2.0])]);
        parameter.item<double>().Should().Be(6);
        optimiser.Update([tensor([2.0])]);
        parameter.item<double>().Should().Be(3.25);
    }

    /// <summary>The factor multiplies η of its parameter, not the velocity: v = 4 both times, θ = 8 − 2 and 8 − 0.5.</summary>
    [Fact]
    public void Step_WithFactors_SlowsTheirParameter()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (tensor([8.0]), tensor([8.0]));
        using var optimiser = new Sgd([first, second], 0.5) { Factors = [1, 0.25] };
        optimiser.Update([tensor([4.0]), tensor([4.0])]);
        (first.item<double>(), second.item<double>()).Should().Be((6, 7.5));
        optimiser.State.Select(one => one.item<double>()).Should().Equal(4, 4);
    }

    [Fact]
    public void Dispose_FreesTheVelocitiesAndNotTheParameters()
    {
        using var scope = NewDisposeScope();
        var parameter = tensor([1.0]);
        var before = scope.DisposablesCount;
        var optimiser = new Sgd([parameter], 1, 0.5);
        scope.DisposablesCount.Should().Be(before + 1);
        optimiser.Dispose();
        scope.DisposablesCount.Should().Be(before);
        parameter.IsInvalid.Should().BeFalse();
    }
}
