using MathNet.Numerics.Random;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// Automatic differentiation against central differences in float64. A function takes one vector of parameters, splits and
/// shapes it, and gives one number; the parameters are drawn from [−1, 1] with a fixed seed and are off every kink and tie.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class GradientTests
{
    private const double Step = 1e-5;

    // Central differences at step h of functions whose value and third derivative are at most about 10: h²·10 = 1e-9 from the
    // curvature, u·10/h = 1e-10 from rounding.
    private const double Allowed = 1e-8;

    private static readonly Dictionary<string, (int Parameters, Func<Tensor, Tensor> Function)> Functions = new()
    {
        ["relu network"] = (17, p => Piece(p, 0, 3, 2).matmul(Piece(p, 6, 2, 4)).relu().matmul(Piece(p, 13, 4, 1)).square().sum()),
        ["log-softmax and gather"] = (6, p => Piece(p, 0, 2, 3).log_softmax(-1).gather(-1, tensor([2L, 0L], [2, 1])).mean().neg()),
        ["softmax"] = (4, p => (p.softmax(0) * tensor([1.0, 2, 3, 4])).sum()),
        ["tanh"] = (3, p => (p.tanh() * p).sum()),
        ["pow"] = (3, p => ((p + 2).pow(1.5) + (p + 2).pow(p)).sum()),
        ["exp, log, sqrt, reciprocal"] = (3, p => (p.exp() + (p + 2).log() + (p + 2).sqrt() + (p + 2).reciprocal()).prod()),
        ["matmul"] = (10, p => (Piece(p, 0, 2, 3).matmul(Piece(p, 6, 3, 1)) * Piece(p, 8, 2, 1)).sum()),
        ["bmm"] = (16, p => Piece(p, 0, 2, 2, 2).bmm(Piece(p, 8, 2, 2, 2).mT).square().sum()),
        ["logsumexp"] = (6, p => Piece(p, 0, 2, 3).logsumexp(1).prod()),
        ["amax off ties"] = (6, p => Piece(p, 0, 2, 3).amax(-1).square().sum()),
        ["amin, maximum, clamp_min, abs"] = (6, p => (p.amin() * p.maximum(-p).sum()) + p.clamp_min(0.1).sum() + (p.abs() * p).sum()),
        ["broadcast division"] = (5, p => (Piece(p, 0, 2, 1) / (Piece(p, 2, 3) + 3)).sum()),
        ["where and masked_fill"] = (4, p => where(p.detach().gt(0), p.square(), 3 * p).masked_fill(p.detach().lt(-0.5), 7).sum()),
        ["selection"] = (6, p => Piece(p, 0, 2, 3).index_select(1, tensor([2L, 2L, 0L])).square().sum()
            + (Piece(p, 0, 2, 3).select(1, 1) * p.narrow(0, 4, 2)).sum()),
        ["shape"] = (6, p => (cat([Piece(p, 0, 2, 3).t().reshape(6), p.flatten()]) * arange(0, 12, 1, float64)).sum()
            + stack([p, p.square()]).permute(1, 0).mean([0]).prod()),
        ["diagonal, outer, dot"] = (4, p => (p.outer(p.square()).diagonal(1).sum() * p.dot(p + 1)) + p.unbind()[2]),
        ["singular values"] = (6, p => linalg.svdvals(Piece(p, 0, 2, 3)).amax()),
        ["eigenvalues"] = (4, p => linalg.eigvalsh(Piece(p, 0, 2, 2) + Piece(p, 0, 2, 2).t()).amax()),
    };

    public static TheoryData<string> FunctionNames => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(FunctionNames))]
    public void Gradient_OfAComposedFunction_IsTheDifferenceQuotient(string name)
    {
        using var scope = NewDisposeScope();
        var (count, function) = Functions[name];
        var generator = new Xoshiro256StarStar(7);
        double[] place = [.. Enumerable.Range(0, count).Select(_ => (2 * generator.NextDouble()) - 1)];
        var parameters = tensor(place, requires_grad: true);

        var gradient = autograd.grad([function(parameters)], [parameters])[0].data<double>().ToArray();

        gradient.Should().HaveCount(count).And.Contain(one => one != 0);
        for (var i = 0; i < count; i++)
        {
            var quotient = (At(place, i, Step) - At(place, i, -Step)) / (2 * Step);
            gradient[i].Should().BeApproximately(quotient, Allowed * Math.Max(1, Math.Abs(quotient)), $"parameter {i}");
        }

        double At(double[] from, int index, double step)
        {
            double[] moved = [.. from];
            moved[index] += step;
            using var unrecorded = no_grad();
            return function(tensor(moved)).item<double>();
        }
    }

    /// <summary>PyTorch's convention: 0 at the kink.</summary>
    [Fact]
    public void Gradient_OfReluAtZero_IsZero()
    {
        using var scope = NewDisposeScope();
        var x = tensor([-1.0, 0, 2], requires_grad: true);
        autograd.grad([x.relu().sum()], [x])[0].data<double>().ToArray().Should().Equal(0, 0, 1);
    }

    [Fact]
    public void Grad_BackwardTwice_Accumulates()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1.0, 3], requires_grad: true);
        x.grad.Should().BeNull();
        x.square().sum().backward();
        x.grad!.data<double>().ToArray().Should().Equal(2, 6);
        (10 * x).sum().backward();
        x.grad!.data<double>().ToArray().Should().Equal(12, 16);
        x.grad = null;
        x.grad.Should().BeNull();
        x.sum().backward();
        x.grad!.data<double>().ToArray().Should().Equal(1, 1);
    }

    [Fact]
    public void Grad_SetByHand_IsWhatBackwardAddsTo()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1.0, 3], requires_grad: true);
        x.grad = tensor([100.0, 200]);
        x.sum().backward();
        x.grad!.data<double>().ToArray().Should().Equal(101, 201);
    }

    [Fact]
    public void AutogradGrad_OfSeveral_LeavesGradAlone()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (tensor([2.0], requires_grad: true), tensor([5.0], requires_grad: true));
        var gradients = autograd.grad([(x * y).sum(), (3 * x).sum()], [y, x]);
        gradients.Select(one => one.item<double>()).Should().Equal(2, 8);
        (x.grad, y.grad).Should().Be((null, null));
    }

    [Fact]
    public void AutogradGrad_WithOutputGradients_WeightsTheOutputs()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1.0, 2, 3], requires_grad: true);
        autograd.grad([x.square()], [x], [tensor([1.0, 0, 10])])[0].data<double>().ToArray().Should().Equal(2, 0, 60);
    }

    [Fact]
    public void AutogradGrad_CreatingAGraph_CanBeDifferentiatedAgain()
    {
        using var scope = NewDisposeScope();
        var x = tensor([2.0], requires_grad: true);
        var first = autograd.grad([x.pow(3).sum()], [x], create_graph: true)[0];
        first.item<double>().Should().Be(12);
        autograd.grad([first.sum()], [x])[0].item<double>().Should().Be(12);
    }

    [Fact]
    public void AutogradGrad_RetainingTheGraph_CanBeRepeated()
    {
        using var scope = NewDisposeScope();
        var x = tensor([3.0], requires_grad: true);
        var y = x.square().sum();
        autograd.grad([y], [x], retain_graph: true)[0].item<double>().Should().Be(6);
        autograd.grad([y], [x])[0].item<double>().Should().Be(6);
    }

    [Fact]
    public void AutogradGrad_UnusedInputAllowed_IsInvalid()
    {
        using var scope = NewDisposeScope();
        var (used, unused) = (tensor([3.0], requires_grad: true), tensor([4.0], requires_grad: true));
        var gradients = autograd.grad([used.square().sum()], [unused, used], allow_unused: true);
        gradients[0].IsInvalid.Should().BeTrue("TorchSharp gives an invalid tensor, not null");
        gradients[1].item<double>().Should().Be(6);
    }

    [Fact]
    public void GradMode_Nested_IsRestoredStepByStep()
    {
        is_grad_enabled().Should().BeTrue();
        using (no_grad())
        {
            is_grad_enabled().Should().BeFalse();
            using (enable_grad())
            {
                is_grad_enabled().Should().BeTrue();
                using (enable_grad(false))
                {
                    is_grad_enabled().Should().BeFalse();
                }

                is_grad_enabled().Should().BeTrue();
            }

            is_grad_enabled().Should().BeFalse();
            using (no_grad())
            {
                is_grad_enabled().Should().BeFalse();
            }

            is_grad_enabled().Should().BeFalse();
        }

        is_grad_enabled().Should().BeTrue();
    }

    [Fact]
    public void NoGrad_OverACalculation_RecordsNothing()
    {
        using var scope = NewDisposeScope();
        var x = tensor([3.0], requires_grad: true);
        using (no_grad())
        {
            x.square().requires_grad.Should().BeFalse();
            x.add_(1).item<double>().Should().Be(4, "a leaf may be changed in place where nothing is recorded");
        }

        x.square().requires_grad.Should().BeTrue();
        x.square().detach().requires_grad.Should().BeFalse();
        (x.is_leaf, x.square().is_leaf).Should().Be((true, false));
    }

    [Fact]
    public void GradMode_OfAnotherThread_IsItsOwn()
    {
        using var unrecorded = no_grad();
        var elsewhere = false;
        var thread = new Thread(() => elsewhere = is_grad_enabled());
        thread.Start();
        thread.Join();
        elsewhere.Should().BeTrue();
    }

    private static Tensor Piece(Tensor parameters, long start, params long[] shape) =>
        parameters.narrow(0, start, shape.Aggregate(1L, (product, size) => product * size)).view(shape);
}
