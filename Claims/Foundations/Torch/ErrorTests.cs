#if TORCH_SYSTEM
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// Every wrong use is an exception, never a crash: what libtorch refuses is an <see cref="ExternalException"/> that begins with
/// the operator's name and carries libtorch's reason, what C# can see is refused by C#. The thread works on as before.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ErrorTests
{
    // What is done; what refuses it; a fragment of the reason that libtorch has kept over its versions.
    private static readonly Dictionary<string, (Action Wrong, string Operator, string Reason)> Refused = new()
    {
        // Shapes.
        ["mm of 2×3 and 2×3"] = (() => Matrix().mm(Matrix()), "aten::mm", "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"),
        ["matmul of 2×3 and 2×3"] = (() => Matrix().matmul(Matrix()), "aten::matmul", "cannot be multiplied"),
        ["mv of a vector that is too short"] = (() => Matrix().mv(Vector(1, 2)), "aten::mv", "size mismatch"),
        ["bmm of matrices"] = (() => Matrix().bmm(Matrix()), "aten::bmm", "must be a 3D tensor"),
        ["baddbmm of batches of 1 and 2"] = (() => baddbmm(zeros([1, 1, 1]), zeros([1, 1, 1]), zeros([2, 1, 1])), "aten::baddbmm", "batch"),
        ["dot of 2 and 3 numbers"] = (() => Vector(1, 2).dot(Vector(1, 2, 3)), "aten::dot", "same number of elements"),
        ["sum of 2 and 3 numbers"] = (() => _ = Vector(1, 2) + Vector(1, 2, 3), "aten::add.Tensor", "must match the size of tensor b (3)"),
        ["in-place sum that would grow"] = (() => Vector(1).add_(Vector(1, 2)), "aten::add_.Tensor", "doesn't match the broadcast shape"),
        ["reshape of 6 to 4"] = (() => Matrix().reshape(4), "aten::reshape", "shape '[4]' is invalid for input of size 6"),
        ["view across strides"] = (() => Matrix().t().view(6), "aten::view", "view size is not compatible"),
        ["expand of 3 to 4"] = (() => Vector(1, 2, 3).expand(4), "aten::expand", "expanded size"),
        ["permute with a repeated dimension"] = (() => Matrix().permute(0, 0), "aten::permute", "dim"),
        ["t of three dimensions"] = (() => zeros([1, 1, 1]).t(), "aten::t", "expects a tensor with <= 2 dimensions"),
        ["cat of nothing"] = (() => cat([]), "aten::cat", "non-empty list of Tensors"),
        ["stack of unequal shapes"] = (() => stack([Vector(1), Vector(1, 2)]), "aten::stack", "equal size"),
        ["copy of 3 numbers into 2"] = (() => Vector(1, 2).copy_(Vector(1, 2, 3)), "aten::copy_", "must match the size"),
        ["amax of nothing"] = (() => Vector().amax(), "aten::amax", "numel() == 0"),
        ["max of nothing along a dimension"] = (() => Vector().max(0), "aten::max.dim", "dim 0"),
        ["eigenvalues of 2×3"] = (() => linalg.eigvalsh(Matrix()), "aten::linalg_eigvalsh", "square matrices"),
        ["singular values of a vector"] = (() => linalg.svdvals(Vector(1, 2)), "aten::linalg_svdvals", "at least 2 dimensions"),
        ["a negative size"] = (() => zeros([2, -1]), "aten::zeros", "negative dimension"),
        ["tensor of an array in a negative shape"] = (() => tensor([1.0], [-1, -1]), "aten::empty.memory_format", "negative dimension"),

        // Places.
        ["dimension 2 of a matrix"] = (() => Matrix().sum(2), "aten::sum.dim_IntList", "Dimension out of range (expected to be in range of [-2, 1], but got 2)"),
        ["dimension −3 of a matrix"] = (() => Matrix().transpose(-3, 0), "aten::transpose.int", "but got -3"),
        ["index_select of index 3 of 3"] = (() => Vector(1, 2, 3).index_select(0, tensor([3L])), "aten::index_select", "index out of range"),
        ["index_select of index −1"] = (() => Vector(1, 2, 3).index_select(0, tensor([-1L])), "aten::index_select", "index out of range"),
        ["gather of index 3 of 3"] = (() => Vector(1, 2, 3).gather(0, tensor([3L])), "aten::gather", "index 3 is out of bounds for dimension 0 with size 3"),
        ["select of index 3 of 3"] = (() => Vector(1, 2, 3).select(0, 3), "aten::select.int", "index 3 out of range"),
        ["narrow past the end"] = (() => Vector(1, 2, 3).narrow(0, 2, 2), "aten::narrow", "exceeds dimension size (3)"),
        ["narrow of a negative length"] = (() => Vector(1, 2, 3).narrow(0, 0, -1), "aten::narrow", "length"),

        // Element types.
        ["mm of float32 and float64"] = (() => Matrix().mm(Matrix().t().to(float32)), "aten::mm", "expected "),
        ["index_select by real numbers"] = (() => Vector(1, 2).index_select(0, Vector(1)), "aten::index_select", "dtype int32"),
        ["gather by real numbers"] = (() => Vector(1, 2).gather(0, Vector(1)), "aten::gather", "int64"),
        ["where by real numbers"] = (() => where(Vector(1), Vector(1), Vector(1)), "aten::where.self", "boolean tensor"),
        ["mean of integers"] = (() => tensor([1L, 2L]).mean(), "aten::mean", "floating point"),
        ["softmax of integers"] = (() => tensor([1L, 2L]).softmax(0), "aten::softmax.int", "not implemented for 'Long'"),
        ["real number into integers, in place"] = (() => tensor([1L]).add_(0.5), "aten::add_.Scalar", "can't be cast"),
        ["gradients of integers"] = (() => tensor([1L]).requires_grad_(), "requires_grad", "floating point"),
        ["tensor of integers that requires gradients"] = (() => tensor([1L], requires_grad: true), "requires_grad", "floating point"),

        // Values.
        ["eigenvalues of NaN"] = (() => linalg.eigvalsh(full([3, 3], double.NaN, float64)), "aten::linalg_eigvalsh", "converge"),
        ["singular values of NaN"] = (() => linalg.svdvals(full([3, 3], double.NaN, float64)), "aten::linalg_svdvals", "converge"),
        ["arange with a step of 0"] = (() => arange(0, 1, 0), "aten::arange.start_step", "step must be nonzero"),
        ["a petabyte"] = (() => zeros([1L << 47], float64), "aten::zeros", "memory"),
        ["more bytes than 64 bits count"] = (() => empty([1L << 32, 1L << 32], float64), "aten::empty.memory_format", "overflow"),
        ["null in the place of a tensor"] = (() => Vector(1).add((Tensor)null!), "aten::add.Tensor", "Tensor"),

        // Gradients.
        ["backward from two numbers"] = (() => Vector(1, 2).requires_grad_().square().backward(), "backward", "scalar outputs"),
        ["backward without a graph"] = (() => Vector(1).sum().backward(), "backward", "does not require grad"),
        ["backward under no_grad"] = (
            () =>
            {
                using var unrecorded = no_grad();
                Vector(1).requires_grad_().sum().backward();
            },
            "backward", "does not require grad"),
        ["backward twice"] = (
            () =>
            {
                var loss = Vector(1).requires_grad_().square().sum();
                loss.backward();
                loss.backward();
            },
            "backward", "a second time"),
        ["gradient that is missing"] = (() => autograd.grad([Vector(1).requires_grad_().sum()], [Vector(1).requires_grad_()]), "autograd.grad", "not have been used"),
        ["gradient of what requires none"] = (() => autograd.grad([Vector(1).requires_grad_().sum()], [Vector(1)]), "autograd.grad", "does not require grad"),
        ["leaf changed in place"] = (() => Vector(1).requires_grad_().add_(1), "aten::add_.Scalar", "leaf Variable that requires grad"),
        ["operand changed before backward"] = (
            () =>
            {
                var square = Vector(2).requires_grad_().mul(1);
                var loss = square.square().sum();
                square.add_(1);
                loss.backward();
            },
            "backward", "modified by an inplace operation"),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void Libtorch_WrongUse_IsRefusedByNameAndReason(string name)
    {
        using var scope = NewDisposeScope();
        var (wrong, refuser, reason) = Refused[name];
        var message = FluentActions.Invoking(wrong).Should().ThrowExactly<ExternalException>().Which.Message;
        message.Should().StartWith($"{refuser}: ").And.Contain(reason);
        message.Should().NotContain("Exception raised from", "the reason comes without libtorch's stack");
        ShouldStillWork();
    }

    [Fact]
    public void Cuda_WhereThereIsNone_IsRefused()
    {
        Assert.SkipWhen(cuda_is_available(), "this machine has a CUDA device");
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => zeros([1], device: CUDA)).Should().ThrowExactly<ExternalException>().WithMessage("aten::zeros: *CUDA*");
        FluentActions.Invoking(() => Vector(1).to(CUDA)).Should().ThrowExactly<ExternalException>().WithMessage("aten::to.device: *CUDA*");
        ShouldStillWork();
    }

    [Fact]
    public void DisposedTensor_AnyUse_IsRefused()
    {
        using var scope = NewDisposeScope();
        var disposed = Vector(1);
        disposed.Dispose();
        var uses = new Action[]
        {
            () => _ = disposed.shape, () => _ = disposed.dtype, () => disposed.item<double>(), () => disposed.data<double>(), () => disposed.exp(),
            () => disposed.add_(1), () => Vector(1).add(disposed), () => disposed.backward(), () => _ = disposed.grad, () => disposed.requires_grad_(),
            () => cat([Vector(1), disposed]), () => autograd.grad([disposed], [disposed]), () => _ = disposed.Handle,
        };
        foreach (var use in uses)
        {
            use.Should().Throw<ObjectDisposedException>();
        }

        ShouldStillWork();
    }

    /// <summary>Its memory is libtorch's again: a read would give anything.</summary>
    [Fact]
    public void Data_ReadAfterItsTensorWasDisposed_IsRefused()
    {
        var disposed = Vector(1, 2);
        var data = disposed.data<double>();
        disposed.Dispose();
        FluentActions.Invoking(() => data.ToArray()).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => data[0]).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => data.CopyTo(new double[2])).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void Item_OfManyOrNone_IsRefused()
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => Vector(1, 2).item<double>()).Should().Throw<ArgumentException>().WithMessage("*2 elements*");
        FluentActions.Invoking(() => Vector().item<double>()).Should().Throw<ArgumentException>().WithMessage("*0 elements*");
    }

    [Fact]
    public void Data_OfAnotherType_IsRefused()
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => Vector(1).data<float>()).Should().Throw<ArgumentException>().WithMessage("*Float64*Single*");
        FluentActions.Invoking(() => Vector(1).data<long>()).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Vector(1).item<float>()).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Vector(1).gt(0.0).data<byte>()).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => tensor([1L]).data<int>()).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Tensor_ArrayOfAnotherLengthThanItsShape_IsRefused()
    {
        FluentActions.Invoking(() => tensor([1.0, 2.0, 3.0], [2, 2])).Should().Throw<ArgumentException>().WithMessage("*3 elements*[2, 2]*");
        FluentActions.Invoking(() => tensor([1f], [0])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => tensor([1L, 2L], [])).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Call_WithMoreSizesThanTheBindingCarries_IsRefused()
    {
        using var scope = NewDisposeScope();
        var sixteen = Enumerable.Repeat(1L, 16).ToArray();
        Vector(1).reshape(sixteen).ndim.Should().Be(16);
        FluentActions.Invoking(() => Vector(1).reshape([.. sixteen, 1])).Should().Throw<ArgumentException>();
        ShouldStillWork();
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    [InlineData("cuda:0:1")]
    public void Device_NotOneOfTheKnown_IsRefused(string description) =>
        FluentActions.Invoking(() => device(description)).Should().Throw<ArgumentException>().WithMessage($"'{description}'*");

    /// <summary>The reason is kept per thread: a failure on one thread does not overwrite another's.</summary>
    [Fact]
    public void Failures_OnTwoThreadsAtOnce_KeepTheirOwnReasons()
    {
        using var start = new Barrier(2);
        var shapes = new[] { "(2x3 and 2x3)", "(3x2 and 3x2)" };
        var threads = new Thread[2];
        var foreign = 0;
        for (var i = 0; i < 2; i++)
        {
            var own = i;
            threads[i] = new Thread(() =>
            {
                using var scope = NewDisposeScope();
                var matrix = own == 0 ? Matrix() : Matrix().t();
                start.SignalAndWait();
                for (var round = 0; round < 50; round++)
                {
                    try
                    {
                        matrix.mm(matrix);
                    }
                    catch (ExternalException exception) when (exception.Message.Contains(shapes[own], StringComparison.Ordinal))
                    {
                        continue;
                    }
                    catch (ExternalException)
                    {
                    }

                    Interlocked.Increment(ref foreign);
                }
            });
            threads[i].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
        foreign.Should().Be(0);
    }

    private static void ShouldStillWork() => (Vector(1, 2) + Vector(10, 20)).data<double>().ToArray().Should().Equal(11, 22);

    private static Tensor Vector(params double[] values) => tensor(values);

    private static Tensor Matrix() => tensor(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });
}
#endif
