using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Engine;

/// <summary>
/// The matrix product that all training consists of. Each entry is summed by fused multiply-adds in the order of the summed index, from
/// zero on, and vectors run along the columns. So an entry has the same bits whatever the width of the vectors, the size of the blocks and
/// what else is computed beside it.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>The number of columns is a multiple of this.</summary>
    internal const int ColumnStep = 16;

    // Six rows by two vectors: twelve independent sums hide the four cycles of a multiply-add on two ports. The last rows are taken by
    // fours where that computes fewer in vain.
    private const int LargeBlock = 6;
    private const int SmallBlock = 4;

    /// <summary>The columns rounded up to a multiple of <see cref="ColumnStep"/>.</summary>
    internal static int Padded(int columns) => (columns + ColumnStep - 1) / ColumnStep * ColumnStep;

    /// <summary>target[i, j] takes Σ_k left[i, k] · right[k, j].</summary>
    /// <typeparam name="TRows">How the right operand is addressed.</typeparam>
    /// <typeparam name="TEpilogue">What is done with a sum.</typeparam>
    /// <param name="left">Rows by terms.</param>
    /// <param name="right">Terms by columns.</param>
    /// <param name="rightRows">The rows of the right operand.</param>
    /// <param name="target">Rows by columns.</param>
    /// <param name="targetStride">From one row of the target to the next, in floats.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns, a multiple of <see cref="ColumnStep"/>.</param>
    /// <param name="epilogue">What is done with a sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TRows, TEpilogue>(
        LeftOperand left,
        float* right,
        TRows rightRows,
        float* target,
        nint targetStride,
        int rows,
        int columns,
        TEpilogue epilogue)
        where TRows : struct, IRightRows
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        var column = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; column + 64 <= columns; column += 64)
            {
                Block<Lanes32, TRows, TEpilogue>(left, right + column, rightRows, target + column, targetStride, rows, epilogue);
            }

            for (; column + 32 <= columns; column += 32)
            {
                Block<Lanes16, TRows, TEpilogue>(left, right + column, rightRows, target + column, targetStride, rows, epilogue);
            }
        }

        for (; column < columns; column += ColumnStep)
        {
            Block<Lanes8, TRows, TEpilogue>(left, right + column, rightRows, target + column, targetStride, rows, epilogue);
        }
    }

    // The columns of two vectors, all rows. A block with fewer rows than it computes repeats its first row, and stores it once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<TLanes, TRows, TEpilogue>(
        LeftOperand left, float* right, TRows rightRows, float* target, nint targetStride, int rows, TEpilogue epilogue)
        where TLanes : struct, ILanes<TLanes>
        where TRows : struct, IRightRows
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        var (count, step) = (rightRows.Count, left.TermStride);
        for (int row = 0, here; row < rows; row += here)
        {
            here = rows - row is 7 or 8 ? SmallBlock : Math.Min(LargeBlock, rows - row);
            var l0 = left.First + (row * left.RowStride);
            var l1 = here > 1 ? l0 + left.RowStride : l0;
            var l2 = here > 2 ? l1 + left.RowStride : l0;
            var l3 = here > 3 ? l2 + left.RowStride : l0;
            var l4 = here > 4 ? l3 + left.RowStride : l0;
            var l5 = here > 5 ? l4 + left.RowStride : l0;
            var t = target + (row * targetStride);
            for (var i = 0; i < here; i++)
            {
                TEpilogue.Prefetch<TLanes>(epilogue, t + (i * targetStride));
            }

            TLanes a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
            TLanes b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
            nint place = 0;
            for (var term = 0; here <= SmallBlock && term < count; term++)
            {
                var r = rightRows.Row(right, term);
                var (first, second) = (TLanes.Load(r), TLanes.Load(r + TLanes.Count));
                var factor = TLanes.Broadcast(l0[place]);
                a0 = TLanes.MultiplyAdd(factor, first, a0);
                b0 = TLanes.MultiplyAdd(factor, second, b0);
                factor = TLanes.Broadcast(l1[place]);
                a1 = TLanes.MultiplyAdd(factor, first, a1);
                b1 = TLanes.MultiplyAdd(factor, second, b1);
                factor = TLanes.Broadcast(l2[place]);
                a2 = TLanes.MultiplyAdd(factor, first, a2);
                b2 = TLanes.MultiplyAdd(factor, second, b2);
                factor = TLanes.Broadcast(l3[place]);
                a3 = TLanes.MultiplyAdd(factor, first, a3);
                b3 = TLanes.MultiplyAdd(factor, second, b3);
                place += step;
            }

            for (var term = 0; here > SmallBlock && term < count; term++)
            {
                var r = rightRows.Row(right, term);
                var (first, second) = (TLanes.Load(r), TLanes.Load(r + TLanes.Count));
                var factor = TLanes.Broadcast(l0[place]);
                a0 = TLanes.MultiplyAdd(factor, first, a0);
                b0 = TLanes.MultiplyAdd(factor, second, b0);
                factor = TLanes.Broadcast(l1[place]);
                a1 = TLanes.MultiplyAdd(factor, first, a1);
                b1 = TLanes.MultiplyAdd(factor, second, b1);
                factor = TLanes.Broadcast(l2[place]);
                a2 = TLanes.MultiplyAdd(factor, first, a2);
                b2 = TLanes.MultiplyAdd(factor, second, b2);
                factor = TLanes.Broadcast(l3[place]);
                a3 = TLanes.MultiplyAdd(factor, first, a3);
                b3 = TLanes.MultiplyAdd(factor, second, b3);
                factor = TLanes.Broadcast(l4[place]);
                a4 = TLanes.MultiplyAdd(factor, first, a4);
                b4 = TLanes.MultiplyAdd(factor, second, b4);
                factor = TLanes.Broadcast(l5[place]);
                a5 = TLanes.MultiplyAdd(factor, first, a5);
                b5 = TLanes.MultiplyAdd(factor, second, b5);
                place += step;
            }

            epilogue.Apply(a0, t, row);
            epilogue.Apply(b0, t + TLanes.Count, row);
            if (here > 1)
            {
                t += targetStride;
                epilogue.Apply(a1, t, row + 1);
                epilogue.Apply(b1, t + TLanes.Count, row + 1);
            }

            if (here > 2)
            {
                t += targetStride;
                epilogue.Apply(a2, t, row + 2);
                epilogue.Apply(b2, t + TLanes.Count, row + 2);
            }

            if (here > 3)
            {
                t += targetStride;
                epilogue.Apply(a3, t, row + 3);
                epilogue.Apply(b3, t + TLanes.Count, row + 3);
            }

            if (here > 4)
            {
                t += targetStride;
                epilogue.Apply(a4, t, row + 4);
                epilogue.Apply(b4, t + TLanes.Count, row + 4);
            }

            if (here > 5)
            {
                t += targetStride;
                epilogue.Apply(a5, t, row + 5);
                epilogue.Apply(b5, t + TLanes.Count, row + 5);
            }
        }
    }
}
