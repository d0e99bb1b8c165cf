using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// Numbers in and out: what a tensor made from C# holds, and what <c>data</c> and <c>item</c> read from it, for every layout in
/// memory. The fixture is the matrix ((1, 2, 3), (4, 5, 6)), contiguous, transposed, sliced and expanded.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class DataTests
{
    private static readonly double[,] Matrix = { { 1, 2, 3 }, { 4, 5, 6 } };

    [Fact]
    public void Tensor_FromEveryKindOfNumber_HasItsType()
    {
        using var scope = NewDisposeScope();
        (tensor(1.5).dtype, tensor(1.5).item<double>()).Should().Be((float64, 1.5));
        (tensor(1.5f).dtype, tensor(1.5f).item<float>()).Should().Be((float32, 1.5f));
        (tensor(3L).dtype, tensor(3L).item<long>()).Should().Be((int64, 3));
        (tensor([1.5]).dtype, tensor([1.5f]).dtype, tensor([3L]).dtype).Should().Be((float64, float32, int64));
        tensor(1.5).shape.Should().BeEmpty();
        tensor([1.5]).shape.Should().Equal(1);
        tensor(Matrix).shape.Should().Equal(2, 3);
    }

    [Fact]
    public void Tensor_WithDimensions_IsFilledRowByRow()
    {
        using var scope = NewDisposeScope();
        tensor([1.0, 2, 3, 4, 5, 6], [2, 3]).data<double>()[1, 0].Should().Be(4);
        tensor([1f, 2, 3, 4, 5, 6], [3, 2]).data<float>()[1, 0].Should().Be(3);
        tensor([1L, 2, 3, 4, 5, 6], [1, 6]).data<long>()[0, 5].Should().Be(6);
        tensor(Matrix).data<double>().ToArray().Should().Equal(1, 2, 3, 4, 5, 6);
    }

    [Fact]
    public void Tensor_WithAnotherType_IsConverted()
    {
        using var scope = NewDisposeScope();
        tensor([1.25, -2.75], float32).data<float>().ToArray().Should().Equal(1.25f, -2.75f);
        tensor([1.25, -2.75], int64).data<long>().ToArray().Should().Equal(1, -2);
        tensor([0L, 7], torch.@bool).data<bool>().ToArray().Should().Equal(false, true);
        tensor([0L, 255], uint8).data<byte>().ToArray().Should().Equal(0, 255);
        tensor(7L, int32).item<int>().Should().Be(7);
        tensor(0.1, float32).item<float>().Should().Be(0.1f);
    }

    /// <summary>The last row of the matrix alone: its memory starts after three numbers.</summary>
    [Fact]
    public void Bytes_OfARow_AreItsOwnMemory()
    {
        using var scope = NewDisposeScope();
        var matrix = tensor(Matrix);
        var row = matrix.select(0, 1);
        MemoryMarshal.Cast<byte, double>(row.bytes)[2] = 9;
        matrix.data<double>().ToArray().Should().Equal(1, 2, 3, 4, 5, 9);
        row.bytes = MemoryMarshal.AsBytes([7.0, 8, 9]).ToArray();
        matrix.data<double>().ToArray().Should().Equal(1, 2, 3, 7, 8, 9);
        FluentActions.Invoking(() => row.bytes = new byte[8]).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => matrix.t().bytes.Length).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Tensor_FromAnArray_IsACopy()
    {
        double[] source = [1, 2];
        using var copy = tensor(source);
        source[0] = 9;
        copy.data<double>().ToArray().Should().Equal(1, 2);
    }

    [Fact]
    public void Factories_WithoutAType_MakeFloat32()
    {
        using var scope = NewDisposeScope();
        new[] { zeros([1]).dtype, ones([1]).dtype, empty([1]).dtype, eye(1).dtype, full([1], 0.5).dtype }
            .Should().AllBeEquivalentTo(float32);
        arange(0, 3, 1).dtype.Should().Be(int64);
    }

    [Fact]
    public void Data_OfATransposedTensor_IsReadRowByRow()
    {
        using var scope = NewDisposeScope();
        var turned = tensor(Matrix).t();
        turned.is_contiguous().Should().BeFalse();
        var data = turned.data<double>();
        data.ToArray().Should().Equal(1, 4, 2, 5, 3, 6);
        data.Count.Should().Be(6);
        data[2, 1].Should().Be(6);
        data.Should().Equal(1, 4, 2, 5, 3, 6);
    }

    [Fact]
    public void Data_OfASlice_StartsAtTheSlice()
    {
        using var scope = NewDisposeScope();
        tensor(Matrix).narrow(1, 1, 2).data<double>().ToArray().Should().Equal(2, 3, 5, 6);
        tensor(Matrix).select(0, 1).data<double>().ToArray().Should().Equal(4, 5, 6);
        tensor(Matrix).select(1, 2).data<double>().ToArray().Should().Equal(3, 6);
    }

    [Fact]
    public void Data_OfAnExpandedTensor_RepeatsItsElements()
    {
        using var scope = NewDisposeScope();
        tensor([1.0, 2]).unsqueeze(1).expand(2, 3).data<double>().ToArray().Should().Equal(1, 1, 1, 2, 2, 2);
    }

    [Fact]
    public void Data_OfThreeDimensionsPermuted_IsReadRowByRow()
    {
        using var scope = NewDisposeScope();
        var permuted = arange(0, 24, 1).reshape(2, 3, 4).permute(2, 0, 1);
        permuted.data<long>().ToArray().Should().Equal(permuted.contiguous().data<long>().ToArray());
        permuted.data<long>()[3, 1, 2].Should().Be(23);
        permuted.data<long>()[3, 0, 1].Should().Be(7);
    }

    [Fact]
    public void Data_Written_ChangesTheTensor()
    {
        using var scope = NewDisposeScope();
        var matrix = tensor(Matrix);
        var data = matrix.t().data<double>();
        data[2, 0] = 30;
        matrix.data<double>()[0, 2].Should().Be(30);
    }

    /// <summary>Given an offset, the accessor of a transposed tensor counts wrongly (TorchSharp 0.107.0); Core gives none.</summary>
    [Fact]
    public void CopyToAndFrom_WholeContiguousTensor_MovesEveryNumber()
    {
        using var scope = NewDisposeScope();
        var matrix = tensor(Matrix);
        var numbers = new double[6];
        matrix.data<double>().CopyTo(numbers);
        numbers.Should().Equal(1, 2, 3, 4, 5, 6);
        matrix.data<double>().CopyFrom([7, 8, 9, 10, 11, 12]);
        matrix.data<double>().ToArray().Should().Equal(7, 8, 9, 10, 11, 12);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 3)]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void Data_IndexOutsideTheShape_IsRefused(long row, long column)
    {
        using var matrix = tensor(Matrix);
        FluentActions.Invoking(() => matrix.data<double>()[row, column]).Should().Throw<IndexOutOfRangeException>();
        FluentActions.Invoking(() => matrix.data<double>()[row, column] = 1).Should().Throw<IndexOutOfRangeException>();
    }
}
