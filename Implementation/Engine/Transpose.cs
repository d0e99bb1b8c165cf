using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reproduce.Engine;

/// <summary>Transposes matrices.</summary>
internal static unsafe class Transpose
{
    // A cache line, so that a line of the target is written while it is in the cache.
    private const int ColumnStep = 16;

    /// <summary>to[j, i] = from[i, j].</summary>
    /// <param name="from">Rows by columns.</param>
    /// <param name="fromStride">From one row to the next, in floats.</param>
    /// <param name="to">Columns by rows.</param>
    /// <param name="toStride">From one row of the target to the next, in floats.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(float* from, nint fromStride, float* to, nint toStride, int rows, int columns)
    {
        var wholeRows = Avx.IsSupported ? rows / 8 * 8 : 0;
        for (var column = 0; column < columns; column += ColumnStep)
        {
            var end = Math.Min(columns, column + ColumnStep);
            for (var row = 0; row < wholeRows; row += 8)
            {
                var place = column;
                for (; place + 8 <= end; place += 8)
                {
                    EightByEight(from + (row * fromStride) + place, fromStride, to + (place * toStride) + row, toStride);
                }

                OneByOne(from, fromStride, to, toStride, row, row + 8, place, end);
            }

            OneByOne(from, fromStride, to, toStride, wholeRows, rows, column, end);
        }
    }

    private static void OneByOne(float* from, nint fromStride, float* to, nint toStride, int row, int rowEnd, int column, int columnEnd)
    {
        for (; column < columnEnd; column++)
        {
            for (var i = row; i < rowEnd; i++)
            {
                to[(column * toStride) + i] = from[(i * fromStride) + column];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightByEight(float* from, nint fromStride, float* to, nint toStride)
    {
        var (r0, r1) = (Vector256.Load(from), Vector256.Load(from + fromStride));
        var (r2, r3) = (Vector256.Load(from + (2 * fromStride)), Vector256.Load(from + (3 * fromStride)));
        var (r4, r5) = (Vector256.Load(from + (4 * fromStride)), Vector256.Load(from + (5 * fromStride)));
        var (r6, r7) = (Vector256.Load(from + (6 * fromStride)), Vector256.Load(from + (7 * fromStride)));

        // Pairs, then fours, then halves.
        var (t0, t1, t2, t3) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1), Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        var (t4, t5, t6, t7) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5), Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));
        const byte Low = 0b01_00_01_00;
        const byte High = 0b11_10_11_10;
        var (u0, u1, u2, u3) = (Avx.Shuffle(t0, t2, Low), Avx.Shuffle(t0, t2, High), Avx.Shuffle(t1, t3, Low), Avx.Shuffle(t1, t3, High));
        var (u4, u5, u6, u7) = (Avx.Shuffle(t4, t6, Low), Avx.Shuffle(t4, t6, High), Avx.Shuffle(t5, t7, Low), Avx.Shuffle(t5, t7, High));
        Avx.Permute2x128(u0, u4, 0x20).Store(to);
        Avx.Permute2x128(u1, u5, 0x20).Store(to + toStride);
        Avx.Permute2x128(u2, u6, 0x20).Store(to + (2 * toStride));
        Avx.Permute2x128(u3, u7, 0x20).Store(to + (3 * toStride));
        Avx.Permute2x128(u0, u4, 0x31).Store(to + (4 * toStride));
        Avx.Permute2x128(u1, u5, 0x31).Store(to + (5 * toStride));
        Avx.Permute2x128(u2, u6, 0x31).Store(to + (6 * toStride));
        Avx.Permute2x128(u3, u7, 0x31).Store(to + (7 * toStride));
    }
}
