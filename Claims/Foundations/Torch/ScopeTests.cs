using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// Dispose scopes behave as TorchSharp's: a tensor belongs to the innermost scope that was open on its thread when it was made,
/// and goes with it unless it was moved out. One tensor of one number a case; whether it is alive is what is checked.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ScopeTests
{
    [Fact]
    public void Scope_Closed_TakesWhatWasMadeInItAndNothingElse()
    {
        using var before = tensor(1.0);
        Tensor inside;
        using (NewDisposeScope())
        {
            inside = before + 1;
        }

        using var after = tensor(2.0);
        (before.IsInvalid, inside.IsInvalid, after.IsInvalid).Should().Be((false, true, false));
    }

    [Fact]
    public void Scopes_Nested_EachTakeTheirOwn()
    {
        using var outer = NewDisposeScope();
        var first = tensor(1.0);
        Tensor second;
        using (var inner = NewDisposeScope())
        {
            CurrentDisposeScope.Should().BeSameAs(inner);
            second = tensor(2.0);
            (inner.Contains(second), outer.Contains(second), outer.Contains(first)).Should().Be((true, false, true));
        }

        CurrentDisposeScope.Should().BeSameAs(outer);
        var third = tensor(3.0);
        (first.IsInvalid, second.IsInvalid, third.IsInvalid).Should().Be((false, true, false));
        outer.Dispose();
        (first.IsInvalid, third.IsInvalid).Should().Be((true, true));
    }

    [Fact]
    public void MoveToOuter_FromTheInnerScope_LivesAsLongAsTheOuter()
    {
        Tensor moved;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                moved = tensor(1.0).MoveToOuterDisposeScope();
                outer.Contains(moved).Should().BeTrue();
            }

            moved.item<double>().Should().Be(1);
        }

        moved.IsInvalid.Should().BeTrue();
    }

    [Fact]
    public void MoveToOuter_ThroughThreeScopes_GoesUpOneAtATime()
    {
        using var outermost = NewDisposeScope();
        using var middle = NewDisposeScope();
        using var inner = NewDisposeScope();
        var moved = tensor(1.0);
        moved.MoveToOuterDisposeScope();
        (inner.Contains(moved), middle.Contains(moved), outermost.Contains(moved)).Should().Be((false, true, false));
        moved.MoveToOuterDisposeScope();
        (inner.Contains(moved), middle.Contains(moved), outermost.Contains(moved)).Should().Be((false, false, true));
    }

    [Fact]
    public void MoveToOuter_FromTheOutermostScope_BelongsToNone()
    {
        Tensor moved;
        using (NewDisposeScope())
        {
            moved = tensor(1.0).MoveToOuterDisposeScope();
        }

        moved.item<double>().Should().Be(1);
        moved.MoveToOuterDisposeScope().Should().BeSameAs(moved);
        moved.Dispose();
    }

    [Fact]
    public void MoveToOuter_ByTheScope_IsTheSame()
    {
        using var outer = NewDisposeScope();
        Tensor moved, left;
        using (var inner = NewDisposeScope())
        {
            (moved, left) = (inner.MoveToOuter(tensor(1.0)), tensor(2.0));
            outer.Contains(moved).Should().BeTrue();
        }

        (moved.IsInvalid, left.IsInvalid).Should().Be((false, true));
        outer.Dispose();
        moved.IsInvalid.Should().BeTrue();
    }

    [Fact]
    public void Detach_InsideTwoScopes_OutlivesBoth()
    {
        Tensor byTensor, byScope;
        using (NewDisposeScope())
        {
            using var inner = NewDisposeScope();
            byTensor = tensor(1.0).DetachFromDisposeScope();
            byScope = inner.Detach(tensor(2.0));
            inner.DisposablesCount.Should().Be(0);
        }

        (byTensor.item<double>(), byScope.item<double>()).Should().Be((1, 2));
        byTensor.Dispose();
        byScope.Dispose();
    }

    [Fact]
    public void Tensor_DisposedByHand_LeavesItsScope()
    {
        using var scope = NewDisposeScope();
        var tensor = zeros([1]);
        scope.DisposablesCount.Should().Be(1);
        tensor.Dispose();
        scope.DisposablesCount.Should().Be(0);
        FluentActions.Invoking(tensor.Dispose).Should().NotThrow("disposing twice is allowed");
    }

    [Fact]
    public void Tensor_MovedThenDisposedByHand_LeavesTheOuterScope()
    {
        using var outer = NewDisposeScope();
        using var inner = NewDisposeScope();
        var tensor = zeros([1]).MoveToOuterDisposeScope();
        tensor.Dispose();
        outer.DisposablesCount.Should().Be(0);
    }

    [Fact]
    public void Scope_DisposedTwice_ClosesOnce()
    {
        using var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        inner.Dispose();
        var later = zeros([1]);
        inner.Dispose();
        CurrentDisposeScope.Should().BeSameAs(outer);
        later.IsInvalid.Should().BeFalse();
    }

    /// <summary>TorchSharp keeps the inner scope open; what it still holds goes when it is closed itself.</summary>
    [Fact]
    public void Scope_ClosedBeforeOneInsideIt_LeavesThatOneOpen()
    {
        using var outermost = NewDisposeScope();
        var outer = NewDisposeScope();
        var inOuter = zeros([1]);
        var forgotten = NewDisposeScope();
        var (inForgotten, moved) = (zeros([1]), zeros([1]));
        outer.Dispose();
        (inOuter.IsInvalid, inForgotten.IsInvalid).Should().Be((true, false));
        CurrentDisposeScope.Should().BeSameAs(forgotten);

        moved.MoveToOuterDisposeScope();
        outermost.Contains(moved).Should().BeTrue("the scope around is the nearest that is still open");
        forgotten.Dispose();
        (inForgotten.IsInvalid, moved.IsInvalid).Should().Be((true, false));
        CurrentDisposeScope.Should().BeSameAs(outermost);
    }

    [Fact]
    public void DisposeEverything_InAnOpenScope_LeavesItOpen()
    {
        using var scope = NewDisposeScope();
        var first = zeros([1]);
        scope.DisposeEverything();
        var second = zeros([1]);
        (first.IsInvalid, scope.Contains(second)).Should().Be((true, true));
    }

    [Fact]
    public void Attach_ATensorOfAnotherScope_TakesItFromThere()
    {
        var outside = zeros([1]);
        using var outer = NewDisposeScope();
        var inOuter = zeros([1]);
        using (var inner = NewDisposeScope())
        {
            inner.Attach(outside);
            inner.Attach(inOuter);
            (inner.DisposablesCount, outer.DisposablesCount).Should().Be((2, 0));
        }

        (outside.IsInvalid, inOuter.IsInvalid).Should().Be((true, true));
    }

    [Fact]
    public void Attach_SomethingElseOrToAClosedScope_IsRefused()
    {
        using var other = new MemoryStream();
        using var tensor = zeros([1]);
        var scope = NewDisposeScope();
        FluentActions.Invoking(() => scope.Attach(other)).Should().Throw<InvalidOperationException>().WithMessage("*Tensor*");
        scope.Dispose();
        FluentActions.Invoking(() => scope.Attach(tensor)).Should().Throw<ObjectDisposedException>();
        tensor.IsInvalid.Should().BeFalse();
    }

    [Fact]
    public void Scopes_OfTwoThreads_KnowNothingOfEachOther()
    {
        using var scope = NewDisposeScope();
        var foreign = default(DisposeScope);
        var made = default(Tensor);
        var thread = new Thread(() =>
        {
            foreign = CurrentDisposeScope;
            made = zeros([1]);
        });
        thread.Start();
        thread.Join();

        foreign.Should().BeNull();
        scope.Contains(made!).Should().BeFalse();
        scope.Dispose();
        made!.IsInvalid.Should().BeFalse();
        made.Dispose();
    }

    /// <summary>Operators with several results, gradients and failed calls give their tensors to the scope too.</summary>
    [Fact]
    public void Scope_EverySourceOfTensors_IsCovered()
    {
        using var scope = NewDisposeScope();
        var leaf = tensor([1.0, 2]).requires_grad_();
        var loss = leaf.square().sum();
        loss.backward();
        Tensor[] made =
        [
            .. leaf.unbind(), leaf.max(0).indexes, leaf.grad!, autograd.grad([leaf.sum()], [leaf])[0],
            leaf.view(1, 2).mT, leaf.cpu(), leaf.squeeze(),
        ];
        made.Should().OnlyContain(one => scope.Contains(one));
    }
}
