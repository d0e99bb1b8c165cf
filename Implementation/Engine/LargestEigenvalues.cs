using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Engine;

/// <summary>The largest eigenvalues of many small positive semidefinite matrices, eight at once in the lanes of a vector.</summary>
internal static unsafe class LargestEigenvalues
{
    private const int Lanes = 8;

    /// <summary>
    /// A matrix A squared often enough is, up to scale, the projection on the eigenvectors of its largest eigenvalue λ. With the column of
    /// the largest diagonal entry as v, the result is the Rayleigh quotient vᵀAv/vᵀv: 0 where A is zero, NaN where it holds a NaN.
    /// </summary>
    /// <remarks>
    /// A is squared twenty times, or until the other eigenvalues' share s of the trace is at most 1/100 before the last squaring. The
    /// latter leaves them amplitudes of at most s² relative to v's, an error of at most n s⁴ λ = n·10⁻⁸ λ. After twenty squarings, with x
    /// = λ_2/λ, the error is at most n λ x^(2·2²⁰) (1 − x), at worst n·2·10⁻⁷ λ, where the two eigenvalues nearly agree.
    /// </remarks>
    /// <param name="matrices">Entry (i, j) of matrix k stands at (i n + j) count + k.</param>
    /// <param name="n">The rows of a matrix.</param>
    /// <param name="count">The number of matrices, a multiple of eight.</param>
    /// <param name="values">The eigenvalues, one a matrix.</param>
    /// <param name="memory">Room for three matrices of eight lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Of(float* matrices, int n, int count, float* values, float* memory)
    {
        var given = (Vector256<float>*)memory;
        var power = given + (n * n);
        var square = power + (n * n);
        for (var start = 0; start < count; start += Lanes)
        {
            for (var i = 0; i < n * n; i++)
            {
                power[i] = given[i] = Vector256.Load(matrices + ((nint)i * count) + start);
            }

            Scale(power, n);
            for (var squaring = 0; squaring < 20; squaring++)
            {
                Square(power, square, n);
                var former = power;
                power = square;
                square = former;

                // The trace of a square is the sum of the squared shares, at most the largest of them.
                if (!Vector256.LessThanAny(Scale(power, n), Vector256.Create(0.99f)))
                {
                    break;
                }
            }

            Rayleigh(given, power, square, n).Store(values + start);
        }
    }

    // Divides by the trace, which lies between the largest eigenvalue and n times it; a zero matrix stays zero. Returns the trace.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Scale(Vector256<float>* matrix, int n)
    {
        var trace = Vector256<float>.Zero;
        for (var i = 0; i < n; i++)
        {
            trace += matrix[(i * n) + i];
        }

        var isPositive = Vector256.GreaterThan(trace, Vector256<float>.Zero);
        var factor = Vector256<float>.One / Vector256.ConditionalSelect(isPositive, trace, Vector256<float>.One);
        for (var i = 0; i < n * n; i++)
        {
            matrix[i] *= factor;
        }

        return trace;
    }

    // Four entries of a row at a time, so that their sums are independent.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square(Vector256<float>* matrix, Vector256<float>* square, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var row = matrix + (i * n);
            for (var j = 0; j <= i; j += 4)
            {
                var (j1, j2, j3) = (Math.Min(j + 1, i), Math.Min(j + 2, i), Math.Min(j + 3, i));
                var row0 = matrix + (j * n);
                var row1 = matrix + (j1 * n);
                var row2 = matrix + (j2 * n);
                var row3 = matrix + (j3 * n);
                Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                for (var k = 0; k < n; k++)
                {
                    sum0 = Vector256.FusedMultiplyAdd(row[k], row0[k], sum0);
                    sum1 = Vector256.FusedMultiplyAdd(row[k], row1[k], sum1);
                    sum2 = Vector256.FusedMultiplyAdd(row[k], row2[k], sum2);
                    sum3 = Vector256.FusedMultiplyAdd(row[k], row3[k], sum3);
                }

                square[(i * n) + j] = square[(j * n) + i] = sum0;
                square[(i * n) + j1] = square[(j1 * n) + i] = sum1;
                square[(i * n) + j2] = square[(j2 * n) + i] = sum2;
                square[(i * n) + j3] = square[(j3 * n) + i] = sum3;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Rayleigh(Vector256<float>* matrix, Vector256<float>* power, Vector256<float>* column, int n)
    {
        var largest = power[0];
        for (var j = 0; j < n; j++)
        {
            column[j] = power[j];
        }

        for (var i = 1; i < n; i++)
        {
            var better = Vector256.GreaterThan(power[(i * n) + i], largest);
            largest = Vector256.ConditionalSelect(better, power[(i * n) + i], largest);
            for (var j = 0; j < n; j++)
            {
                column[j] = Vector256.ConditionalSelect(better, power[(i * n) + j], column[j]);
            }
        }

        var (product, norm) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var i = 0; i < n; i++)
        {
            var row = Vector256<float>.Zero;
            for (var j = 0; j < n; j++)
            {
                row = Vector256.FusedMultiplyAdd(matrix[(i * n) + j], column[j], row);
            }

            product = Vector256.FusedMultiplyAdd(column[i], row, product);
            norm = Vector256.FusedMultiplyAdd(column[i], column[i], norm);
        }

        var isNegative = Vector256.LessThan(product, Vector256<float>.Zero);
        var value = product / Vector256.ConditionalSelect(Vector256.Equals(norm, Vector256<float>.Zero), Vector256<float>.One, norm);
        return Vector256.ConditionalSelect(isNegative, Vector256<float>.Zero, value);
    }
}
