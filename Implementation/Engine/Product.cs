using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Engine;

/// <summary>
/// The product of matrices that all training is made of. Each entry is summed by fused multiply-adds in the order of the summed index, starting from zero, and
/// vectors run along the other index. So an entry has the same bits whatever the vectors' width, the blocks' size and whoever else is computed.
/// </summary>
internal static unsafe class Product
{
    /// <summary>Columns come in multiples of this.</summary>
    internal const int ColumnStep = 16;

    // Six rows by two lanes: twelve sums that wait for one another's multiply-adds, which take four cycles on two ports. The last rows come in fours where that leaves
    // fewer to compute in vain.
    private const int Most = 6;
    private const int Fewer = 4;

    /// <summary>columns rounded up to whole steps.</summary>
    internal static int Padded(int columns) => (columns + ColumnStep - 1) / ColumnStep * ColumnStep;

    /// <summary>target[i, j] takes Σ_k left[i, k] · right[k, j].</summary>
    /// <typeparam name="TTerms">Where the terms' rows of the right factor lie.</typeparam>
    /// <typeparam name="TFinish">What becomes of a sum.</typeparam>
    /// <param name="left">Rows by terms.</param>
    /// <param name="right">Terms by columns.</param>
    /// <param name="terms">From one term to the next.</param>
    /// <param name="target">Rows by columns.</param>
    /// <param name="targetRow">From one row to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="columns">A multiple of <see cref="ColumnStep"/>.</param>
    /// <param name="finish">What becomes of a sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TTerms, TFinish>(LeftFactor left, float* right, TTerms terms, float* target, nint targetRow, int rows, int columns, TFinish finish)
        where TTerms : struct, ITerms
        where TFinish : struct, IFinish
    {
        var column = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; column + 64 <= columns; column += 64)
            {
                Block<WideLanes, TTerms, TFinish>(left, right + column, terms, target + column, targetRow, rows, finish);
            }

            for (; column + 32 <= columns; column += 32)
            {
                Block<MiddleLanes, TTerms, TFinish>(left, right + column, terms, target + column, targetRow, rows, finish);
            }
        }

        for (; column < columns; column += ColumnStep)
        {
            Block<NarrowLanes, TTerms, TFinish>(left, right + column, terms, target + column, targetRow, rows, finish);
        }
    }

    // Two lanes' columns, all rows. A block that has fewer rows than it computes does its first row several times, and stores it once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<TLanes, TTerms, TFinish>(LeftFactor left, float* right, TTerms terms, float* target, nint targetRow, int rows, TFinish finish)
        where TLanes : struct, ILanes<TLanes>
        where TTerms : struct, ITerms
        where TFinish : struct, IFinish
    {
        var (count, step) = (terms.Count, left.Term);
        for (int row = 0, here; row < rows; row += here)
        {
            here = rows - row is 7 or 8 ? Fewer : Math.Min(Most, rows - row);
            var l0 = left.First + (row * left.Row);
            var l1 = here > 1 ? l0 + left.Row : l0;
            var l2 = here > 2 ? l1 + left.Row : l0;
            var l3 = here > 3 ? l2 + left.Row : l0;
            var l4 = here > 4 ? l3 + left.Row : l0;
            var l5 = here > 5 ? l4 + left.Row : l0;
            var t = target + (row * targetRow);
            for (var i = 0; i < here; i++)
            {
                finish.Expect<TLanes>(t + (i * targetRow));
            }

            TLanes a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
            TLanes b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
            nint place = 0;
            for (var term = 0; here <= Fewer && term < count; term++)
            {
                var r = terms.At(right, term);
                var (first, second) = (TLanes.Load(r), TLanes.Load(r + TLanes.Count));
                var factor = TLanes.All(l0[place]);
                a0 = TLanes.MultiplyAdd(factor, first, a0);
                b0 = TLanes.MultiplyAdd(factor, second, b0);
                factor = TLanes.All(l1[place]);
                a1 = TLanes.MultiplyAdd(factor, first, a1);
                b1 = TLanes.MultiplyAdd(factor, second, b1);
                factor = TLanes.All(l2[place]);
                a2 = TLanes.MultiplyAdd(factor, first, a2);
                b2 = TLanes.MultiplyAdd(factor, second, b2);
                factor = TLanes.All(l3[place]);
                a3 = TLanes.MultiplyAdd(factor, first, a3);
                b3 = TLanes.MultiplyAdd(factor, second, b3);
                place += step;
            }

            for (var term = 0; here > Fewer && term < count; term++)
            {
                var r = terms.At(right, term);
                var (first, second) = (TLanes.Load(r), TLanes.Load(r + TLanes.Count));
                var factor = TLanes.All(l0[place]);
                a0 = TLanes.MultiplyAdd(factor, first, a0);
                b0 = TLanes.MultiplyAdd(factor, second, b0);
                factor = TLanes.All(l1[place]);
                a1 = TLanes.MultiplyAdd(factor, first, a1);
                b1 = TLanes.MultiplyAdd(factor, second, b1);
                factor = TLanes.All(l2[place]);
                a2 = TLanes.MultiplyAdd(factor, first, a2);
                b2 = TLanes.MultiplyAdd(factor, second, b2);
                factor = TLanes.All(l3[place]);
                a3 = TLanes.MultiplyAdd(factor, first, a3);
                b3 = TLanes.MultiplyAdd(factor, second, b3);
                factor = TLanes.All(l4[place]);
                a4 = TLanes.MultiplyAdd(factor, first, a4);
                b4 = TLanes.MultiplyAdd(factor, second, b4);
                factor = TLanes.All(l5[place]);
                a5 = TLanes.MultiplyAdd(factor, first, a5);
                b5 = TLanes.MultiplyAdd(factor, second, b5);
                place += step;
            }

            finish.Take(a0, t, row);
            finish.Take(b0, t + TLanes.Count, row);
            if (here > 1)
            {
                t += targetRow;
                finish.Take(a1, t, row + 1);
                finish.Take(b1, t + TLanes.Count, row + 1);
            }

            if (here > 2)
            {
                t += targetRow;
                finish.Take(a2, t, row + 2);
                finish.Take(b2, t + TLanes.Count, row + 2);
            }

            if (here > 3)
            {
                t += targetRow;
                finish.Take(a3, t, row + 3);
                finish.Take(b3, t + TLanes.Count, row + 3);
            }

            if (here > 4)
            {
                t += targetRow;
                finish.Take(a4, t, row + 4);
                finish.Take(b4, t + TLanes.Count, row + 4);
            }

            if (here > 5)
            {
                t += targetRow;
                finish.Take(a5, t, row + 5);
                finish.Take(b5, t + TLanes.Count, row + 5);
            }
        }
    }
}
