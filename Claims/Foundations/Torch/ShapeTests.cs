using TorchSharp;
using static Reproduce.Claims.Foundations.Torch.Worked;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// Properties common to the operators: dimensions counted from the end, kept dimensions, broadcasting, and the shapes without elements or
/// without dimensions, on a 2 × 3 × 4 tensor of 0, 1, …, 23 whose every element differs.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ShapeTests
{
    private static readonly Worked Of = new(float64);

    private static readonly Dictionary<string, Func<Tensor, long, bool, Tensor>> Reductions = new()
    {
        ["sum"] = (t, dim, keep) => t.sum(dim, keep),
        ["mean"] = (t, dim, keep) => t.mean([dim], keep),
        ["prod"] = (t, dim, keep) => t.prod(dim, keep),
        ["max"] = (t, dim, keep) => t.max(dim, keep).values,
        ["min"] = (t, dim, keep) => t.min(dim, keep).values,
        ["argmax"] = (t, dim, keep) => t.argmax(dim, keep),
        ["all"] = (t, dim, keep) => t.all(dim, keep),
        ["any"] = (t, dim, keep) => t.any(dim, keep),
        ["logsumexp"] = (t, dim, keep) => t.logsumexp(dim, keep),
    };

    private static readonly Dictionary<string, Func<Tensor, long, Tensor>> Along = new()
    {
        ["softmax"] = (t, dim) => t.softmax(dim),
        ["log_softmax"] = (t, dim) => t.log_softmax(dim),
        ["amax"] = (t, dim) => t.amax(dim),
        ["amin"] = (t, dim) => t.amin(dim),
        ["select"] = (t, dim) => t.select(dim, 1),
        ["narrow"] = (t, dim) => t.narrow(dim, 1, 1),
        ["index_select"] = (t, dim) => t.index_select(dim, tensor([1L, 0L])),
        ["transpose"] = (t, dim) => t.transpose(dim, 0),
        ["unbind"] = (t, dim) => t.unbind(dim)[1],
        ["cat"] = (t, dim) => cat([t, t], dim),
        ["flatten"] = (t, dim) => t.flatten(0, dim),
    };

    public static TheoryData<string> ReductionNames => [.. Reductions.Keys];

    public static TheoryData<string> AlongNames => [.. Along.Keys];

    [Theory]
    [MemberData(nameof(ReductionNames))]
    public void Reduction_KeepingItsDimension_LeavesASizeOfOneThere(string name)
    {
        using var scope = NewDisposeScope();
        var t = Of.Counting(2, 3, 4);
        for (var dim = 0; dim < 3; dim++)
        {
            var without = t.shape.Where((_, i) => i != dim);
            Reductions[name](t, dim, false).shape.Should().Equal(without);
            Reductions[name](t, dim, true).shape.Should().Equal(t.shape.Select((size, i) => i == dim ? 1 : size));
            Elements(Reductions[name](t, dim, true)).Should().Equal(Elements(Reductions[name](t, dim, false)));
        }
    }

    [Theory]
    [MemberData(nameof(ReductionNames))]
    public void Reduction_DimensionFromTheEnd_IsTheSame(string name)
    {
        using var scope = NewDisposeScope();
        var t = Of.Counting(2, 3, 4);
        for (var dim = 0; dim < 3; dim++)
        {
            Elements(Reductions[name](t, dim - 3, false)).Should().Equal(Elements(Reductions[name](t, dim, false)));
        }
    }

    [Theory]
    [MemberData(nameof(AlongNames))]
    public void Dimension_FromTheEnd_IsTheSame(string name)
    {
        using var scope = NewDisposeScope();
        var t = Of.Counting(2, 3, 4);
        for (var dim = 0; dim < 3; dim++)
        {
            Along[name](t, dim - 3).shape.Should().Equal(Along[name](t, dim).shape);
            Elements(Along[name](t, dim - 3)).Should().Equal(Elements(Along[name](t, dim)));
        }
    }

    [Fact]
    public void Size_OfEveryDimension_CountsFromBothEnds()
    {
        using var t = Of.Counting(2, 3, 4);
        new[] { t.size(0), t.size(1), t.size(2), t.size(-1), t.size(-2), t.size(-3) }.Should().Equal(2, 3, 4, 4, 3, 2);
        (t.ndim, t.dim(), t.numel()).Should().Be((3, 3, 24));
        t.stride().Should().Equal(12, 4, 1);
    }

    [Fact]
    public void Operands_OfDifferentShapes_AreBroadcast()
    {
        using var scope = NewDisposeScope();
        var column = Of.Matrix(new double[,] { { 1 }, { 2 } });
        Of.Is(column + Of.Vector(10, 20, 30), new double[,] { { 11, 21, 31 }, { 12, 22, 32 } });
        Of.Is(column * Of.Number(3), new double[,] { { 3 }, { 6 } });
        Of.Is(column.maximum(Of.Vector(1.5, 3)), new[,] { { 1.5, 3 }, { 2, 3 } });
        Of.Is(where(column.gt(1.5), Of.Vector(7, 8), Of.Number(0)), new double[,] { { 0, 0 }, { 7, 8 } });
        matmul(Of.Counting(2, 1, 3, 4), Of.Counting(5, 4, 2)).shape.Should().Equal(2, 5, 3, 2);
        Of.Is(Of.Matrix(new double[,] { { 0, 0 }, { 1, 1 } }).add_(Of.Vector(1, 2)), new double[,] { { 1, 2 }, { 2, 3 } });
    }

    /// <summary>Sums and products over nothing are the neutral elements; there is no mean.</summary>
    [Fact]
    public void EmptyTensors_AreReducedToNeutralElements()
    {
        using var scope = NewDisposeScope();
        var nothing = Of.Vector();
        nothing.shape.Should().Equal(0);
        nothing.numel().Should().Be(0);
        nothing.data<double>().ToArray().Should().BeEmpty();
        Of.Is(nothing.sum(), 0);
        Of.Is(nothing.prod(), 1);
        Of.Is(nothing.mean(), double.NaN);
        Of.Is(nothing.logsumexp(0), double.NegativeInfinity);
        Truth(nothing.gt(0.0).all(), true);
        Truth(nothing.gt(0.0).any(), false);
        Of.Is(cat([nothing, Of.Vector(1)]), [1]);
        Of.Is(nothing + 1, []);
    }

    [Fact]
    public void Products_OverAnEmptyDimension_AreZero()
    {
        using var scope = NewDisposeScope();
        Of.Is(zeros([2, 0], float64).mm(zeros([0, 3], float64)), new double[2, 3]);
        Of.Is(zeros([1, 2, 0], float64).bmm(zeros([1, 0, 2], float64)), new double[1, 2, 2]);
        Of.Is(zeros([2, 3], float64).narrow(0, 1, 0).sum(dim: 0), [0, 0, 0]);
    }

    [Fact]
    public void Number_WithoutDimensions_HasOneElement()
    {
        using var scope = NewDisposeScope();
        var number = Of.Number(3);
        number.shape.Should().BeEmpty();
        number.item<double>().Should().Be(3);
        Of.Is(number.reshape(1, 1), new double[,] { { 3 } });
        Of.Is(number.unsqueeze(0), [3]);
        Of.Is(number.amax(), 3);
    }
}
