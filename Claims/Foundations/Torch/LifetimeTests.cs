using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>The counts below are the whole process's: no other test may run beside them.</summary>
[CollectionDefinition(nameof(LiveTensors), DisableParallelization = true)]
public sealed class LiveTensors;

/// <summary>
/// Nothing leaks: the count of live tensors returns to what it was, and memory that only libtorch sees (a reference too many on
/// the native side) is given back. The second is told from the process's resident memory, with tensors so large (8 MiB, every
/// page touched) and so many (24) that a leak is seen beside what the process needs anyway.
/// </summary>
[Trait("Category", "Foundation")]
[Collection(nameof(LiveTensors))]
public sealed class LifetimeTests
{
    private const long Large = 1 << 20;
    private const int Rounds = 24;

    private static readonly Dictionary<string, Action<Tensor>> Uses = new()
    {
        ["add_"] = t => t.add_(1).Should().BeSameAs(t),
        ["add_ of a tensor"] = t => t.add_(t, 0.5).Should().BeSameAs(t),
        ["sub_"] = t => t.sub_(1).Should().BeSameAs(t),
        ["mul_"] = t => t.mul_(2).Should().BeSameAs(t),
        ["fill_"] = t => t.fill_(2).Should().BeSameAs(t),
        ["zero_"] = t => t.zero_().Should().BeSameAs(t),
        ["copy_"] = t => t.copy_(t.clone()).Should().BeSameAs(t),
        ["requires_grad_"] = t => t.requires_grad_().Should().BeSameAs(t),
        ["a view"] = t => t.view(2, -1).t().select(0, 1),
        ["unbind"] = t => t.view(2, -1).unbind(),
        ["max along a dimension"] = t => t.view(2, -1).max(1),
        ["cat"] = t => cat([t.narrow(0, 0, 1), t.narrow(0, 1, 1)]),
        ["data"] = t => t.data<double>()[1].Should().Be(1),
        ["grad"] = t =>
        {
            var leaf = t.detach().requires_grad_();
            leaf.sum().backward();
            leaf.grad!.narrow(0, 0, 1).item<double>().Should().Be(1);
            leaf.grad = null;
        },
        ["autograd.grad"] = t =>
        {
            var leaf = t.detach().requires_grad_();
            autograd.grad([leaf.square().sum()], [leaf]).Should().ContainSingle();
        },
        ["an operator that fails"] = t => FluentActions.Invoking(() => t.mm(t)).Should().Throw<ExternalException>(),
        ["a list operator that fails"] = t => FluentActions.Invoking(() => cat([t, t], 5)).Should().Throw<ExternalException>(),
        ["a backward that fails"] = t => FluentActions.Invoking(() => t.requires_grad_().square().backward()).Should().Throw<ExternalException>(),
    };

    public static TheoryData<string> UseNames => [.. Uses.Keys];

    [Fact]
    public void Scope_AHundredThousandTensors_LeavesNone()
    {
        var before = Settled();
        using (NewDisposeScope())
        {
            using var one = ones([1]);
            for (var i = 0; i < 100; i++)
            {
                using var inner = NewDisposeScope();
                for (var j = 0; j < 1000; j++)
                {
                    _ = one + 1;
                }

                inner.DisposablesCount.Should().Be(1000);
            }

            Tensor.PeakCount.Should().BeGreaterThanOrEqualTo(before + 1000);
        }

        Settled().Should().BeLessThanOrEqualTo(before, "an earlier test's leftovers may go too");
    }

    [Fact]
    public void Tensors_NeverDisposed_AreFreedByFinalisation()
    {
        var before = Settled();
        Forget(1000);
        Settled().Should().BeLessThanOrEqualTo(before, "an earlier test's leftovers may go too");
    }

    [Fact]
    public void TotalCount_MakingAndDisposing_CountsEachOnce()
    {
        var before = Settled();
        var first = zeros([1]);
        var second = first.view(1);
        (Tensor.TotalCount - before).Should().Be(2);
        first.Dispose();
        first.Dispose();
        (Tensor.TotalCount - before).Should().Be(1);
        second.Dispose();
        (Tensor.TotalCount - before).Should().Be(0);
    }

    [Fact]
    public void InPlace_AHundredThousandTimes_MakesNoTensor()
    {
        using var t = zeros([1], float64);
        var before = Tensor.TotalCount;
        for (var i = 0; i < 100_000; i++)
        {
            t.add_(1);
        }

        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before, "a finaliser of an earlier test may run meanwhile, but nothing is made");
        t.item<double>().Should().Be(100_000);
    }

    [Theory]
    [MemberData(nameof(UseNames))]
    public void Memory_AfterUse_IsGivenBack(string use)
    {
        Settled();
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        for (var i = 0; i < Rounds; i++)
        {
            using var scope = NewDisposeScope();
            Uses[use](ones([Large], float64));
        }

        process.Refresh();
        var grown = (process.WorkingSet64 - before) / (double)(Large * sizeof(double));
        grown.Should().BeLessThan(Rounds / 2, "a leak would keep all {0} tensors; the allocators may keep a few", Rounds);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ = zeros([1]);
        }
    }

    // What earlier tests left undisposed is finalised first. Twice: a finaliser may free what keeps another alive.
    private static long Settled()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return Tensor.TotalCount;
    }
}
