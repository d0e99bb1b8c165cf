using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>Matrix products in float32 whose bits are the same on every processor, for what is computed before training.</summary>
public static unsafe class MatrixProduct
{
    /// <summary>left · right; each entry is summed by fused multiply-adds in the order of the summed index.</summary>
    /// <param name="left">[M, K], float32, on the CPU.</param>
    /// <param name="right">[K, C] or [N, K, C], float32, on the CPU.</param>
    /// <returns>[M, C] or [N, M, C].</returns>
    /// <exception cref="ArgumentException">Shapes, element types or devices do not fit.</exception>
    public static Tensor Of(Tensor left, Tensor right)
    {
        NativeFloats.Require(left, right);
        if (left.ndim != 2 || right.ndim is not (2 or 3) || left.size(1) != right.size(-2))
        {
            throw new ArgumentException($"the product of {left} and {right} does not exist");
        }

        using var scope = NewDisposeScope();
        using var memory = new NativeFloats();
        var (rows, terms, columns) = ((int)left.size(0), (int)left.size(1), (int)right.size(-1));
        var (a, b) = (left.contiguous(), right.contiguous());
        var result = empty([.. right.shape[..^2], rows, columns], float32, CPU);
        var padded = Gemm.Padded(columns);
        var (given, sums) = ((nint)memory.Allocate((nint)terms * padded), (nint)memory.Allocate((nint)rows * padded));
        for (long i = 0; i < right.numel() / (terms * columns); i++)
        {
            Move(NativeFloats.Of(b) + (i * terms * columns), columns, (float*)given, padded, terms, columns);
            var operand = new LeftOperand(NativeFloats.Of(a), terms);
            Gemm.Run(operand, (float*)given, new StridedRows(terms, padded), (float*)sums, padded, rows, padded, default(Identity));
            Move((float*)sums, padded, NativeFloats.Of(result) + (i * rows * columns), columns, rows, columns);
        }

        return result.MoveToOuterDisposeScope();
    }

    private static void Move(float* from, int fromRow, float* to, int toRow, int rows, int columns)
    {
        for (nint row = 0; row < rows; row++)
        {
            new Span<float>(from + (row * fromRow), columns).CopyTo(new Span<float>(to + (row * toRow), columns));
        }
    }
}
