using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>The largest eigenvalue of many small positive semidefinite matrices, several at once in the lanes of a vector.</summary>
internal static class LargestEigenvalue
{
    /// <summary>
    /// A matrix squared often enough is, up to scale, the projection on the eigenvectors of its largest eigenvalue λ; the column with the
    /// largest diagonal entry is taken as v, and vᵀAv/vᵀv given back. On another device than the CPU: by decomposition.
    /// </summary>
    /// <remarks>
    /// Squaring ends after twenty times, or when the others' share s of the trace is at most 1/100 before the last squaring, which leaves them
    /// amplitudes of at most s² beside v's: an error of at most n s⁴ λ = n·10⁻⁸ λ. After twenty times, with x = λ_2/λ, it is at most n λ x^(2·2²⁰) (1 − x)
    /// over all others, at worst n·2·10⁻⁷ λ, where the two nearly agree.
    /// </remarks>
    /// <param name="matrices">[…, n, n], float32 or float64.</param>
    /// <returns>[…]; 0 where the matrix is zero, NaN where it holds a NaN.</returns>
    internal static Tensor Of(Tensor matrices)
    {
        using var scope = NewDisposeScope();
        // In float64 the error of the squarings would be far above rounding.
        if (matrices.dtype != float32 || matrices.device_type != DeviceType.CPU)
        {
            return linalg.eigvalsh(matrices).amax(-1).clamp_min(0.0).MoveToOuterDisposeScope();
        }

        var n = (int)matrices.size(-1);
        var shape = matrices.shape[..^2];
        var count = (int)(matrices.numel() / (n * n));
        var values = zeros(shape, float32, CPU);
        var source = matrices.reshape(count, n * n).t().contiguous();
        Fill(MemoryMarshal.Cast<byte, float>(source.bytes), MemoryMarshal.Cast<byte, float>(values.bytes), n, count);
        return values.MoveToOuterDisposeScope();
    }

    // Entry (i, j) of matrix k stands at source[(i n + j) count + k].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(ReadOnlySpan<float> source, Span<float> values, int n, int count)
    {
        var lanes = Vector<float>.Count;
        var (given, power, square) = (new Vector<float>[n * n], new Vector<float>[n * n], new Vector<float>[n * n]);
        Span<float> buffer = stackalloc float[lanes];
        buffer.Clear();
        for (var start = 0; start < count; start += lanes)
        {
            var size = Math.Min(lanes, count - start);
            for (var i = 0; i < given.Length; i++)
            {
                if (size == lanes)
                {
                    given[i] = Vector.LoadUnsafe(in source[(i * count) + start]);
                    continue;
                }

                source.Slice((i * count) + start, size).CopyTo(buffer);
                given[i] = new Vector<float>(buffer);
            }

            given.CopyTo(power, 0);
            Scale(power, n);
            for (var squaring = 0; squaring < 20; squaring++)
            {
                Square(power, square, n);
                (power, square) = (square, power);

                // The trace of a square is the sum of the squared shares, at most the largest of them.
                if (!Vector.LessThanAny(Scale(power, n), new Vector<float>(0.99f)))
                {
                    break;
                }
            }

            Rayleigh(given, power, n).CopyTo(buffer);
            buffer[..size].CopyTo(values[start..]);
        }
    }

    // Over the trace, which lies between the largest eigenvalue and n times it; a zero matrix stays zero. Gives the trace.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector<float> Scale(Vector<float>[] matrix, int n)
    {
        var trace = Vector<float>.Zero;
        for (var i = 0; i < n; i++)
        {
            trace += matrix[(i * n) + i];
        }

        var factor = Vector<float>.One / Vector.ConditionalSelect(Vector.GreaterThan(trace, Vector<float>.Zero), trace, Vector<float>.One);
        for (var i = 0; i < matrix.Length; i++)
        {
            matrix[i] *= factor;
        }

        return trace;
    }

    // Four entries of a row at a time, so that their sums do not wait for themselves.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square(Vector<float>[] matrix, Vector<float>[] square, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var row = matrix.AsSpan(i * n, n);
            for (var j = 0; j <= i; j += 4)
            {
                var row0 = matrix.AsSpan(j * n, n);
                var row1 = matrix.AsSpan(Math.Min(j + 1, i) * n, n);
                var row2 = matrix.AsSpan(Math.Min(j + 2, i) * n, n);
                var row3 = matrix.AsSpan(Math.Min(j + 3, i) * n, n);
                Vector<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                for (var k = 0; k < row.Length; k++)
                {
                    var factor = row[k];
                    sum0 = Vector.FusedMultiplyAdd(factor, row0[k], sum0);
                    sum1 = Vector.FusedMultiplyAdd(factor, row1[k], sum1);
                    sum2 = Vector.FusedMultiplyAdd(factor, row2[k], sum2);
                    sum3 = Vector.FusedMultiplyAdd(factor, row3[k], sum3);
                }

                Set(i, j, sum0);
                Set(i, Math.Min(j + 1, i), sum1);
                Set(i, Math.Min(j + 2, i), sum2);
                Set(i, Math.Min(j + 3, i), sum3);
            }
        }

        void Set(int i, int j, Vector<float> sum) => (square[(i * n) + j], square[(j * n) + i]) = (sum, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector<float> Rayleigh(Vector<float>[] matrix, Vector<float>[] power, int n)
    {
        var (largest, column) = (power[0], power[..n]);
        for (var i = 1; i < n; i++)
        {
            var better = Vector.GreaterThan(power[(i * n) + i], largest);
            largest = Vector.ConditionalSelect(better, power[(i * n) + i], largest);
            for (var j = 0; j < n; j++)
            {
                column[j] = Vector.ConditionalSelect(better, power[(i * n) + j], column[j]);
            }
        }

        var (product, norm) = (Vector<float>.Zero, Vector<float>.Zero);
        for (var i = 0; i < n; i++)
        {
            var row = Vector<float>.Zero;
            for (var j = 0; j < n; j++)
            {
                row += matrix[(i * n) + j] * column[j];
            }

            product += column[i] * row;
            norm += column[i] * column[i];
        }

        return Vector.Max(Vector<float>.Zero, product / Vector.ConditionalSelect(Vector.Equals(norm, Vector<float>.Zero), Vector<float>.One, norm));
    }
}
