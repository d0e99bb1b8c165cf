using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// Products of matrices as if they were computed in twice the precision of float64 and then rounded (Ogita, Rump and Oishi, Accurate Sum
/// and Dot Product, 2005, Algorithm 5.3): two layers that are multiplied into one keep what large weights of opposite sign leave.
/// </summary>
public static class CompensatedProduct
{
    /// <summary>W₂W₁ and W₂b₁ + b₂, the layer that does what two layers do with nothing between them.</summary>
    /// <param name="first">W₁, [h, n].</param>
    /// <param name="firstBiases">b₁, [h].</param>
    /// <param name="second">W₂, [m, h].</param>
    /// <param name="secondBiases">b₂, [m].</param>
    public static (Tensor Weights, Tensor Biases) OfLayers(Tensor first, Tensor firstBiases, Tensor second, Tensor secondBiases)
    {
        using var scope = NewDisposeScope();
        var biases = Of(cat([second, secondBiases.unsqueeze(-1)], 1), cat([firstBiases, ones(1, firstBiases.dtype)]).unsqueeze(-1));
        return (Of(second, first).MoveToOuterDisposeScope(), biases.squeeze(-1).MoveToOuterDisposeScope());
    }

    /// <summary>The product.</summary>
    /// <param name="left">[m, h], float64.</param>
    /// <param name="right">[h, n], float64.</param>
    public static Tensor Of(Tensor left, Tensor right)
    {
        var (rows, inner, columns) = ((int)left.size(0), (int)left.size(1), (int)right.size(1));
        var (factors, numbers) = (left.contiguous().data<double>().ToArray(), right.contiguous().data<double>().ToArray());
        var product = new double[rows * columns];
        Parallel.For(0, rows, row =>
        {
            var rests = new double[columns];
            var sums = product.AsSpan(row * columns, columns);
            for (var k = 0; k < inner; k++)
            {
                Add(factors[(row * inner) + k], numbers.AsSpan(k * columns, columns), sums, rests);
            }

            for (var column = 0; column < columns; column++)
            {
                sums[column] += rests[column];
            }
        });
        return tensor(product, [rows, columns]);
    }

    // factor · numbers onto sums, and what rounding takes from the products and the sums onto rests.
    private static void Add(double factor, ReadOnlySpan<double> numbers, Span<double> sums, Span<double> rests)
    {
        var some = MemoryMarshal.Cast<double, Vector<double>>(numbers);
        var into = MemoryMarshal.Cast<double, Vector<double>>(sums);
        var left = MemoryMarshal.Cast<double, Vector<double>>(rests);
        var factors = new Vector<double>(factor);
        for (var i = 0; i < some.Length; i++)
        {
            var product = factors * some[i];
            var sum = into[i] + product;
            var added = sum - into[i];
            var lost = (into[i] - (sum - added)) + (product - added);
            left[i] += lost + Vector.FusedMultiplyAdd(factors, some[i], -product);
            into[i] = sum;
        }

        for (var i = some.Length * Vector<double>.Count; i < numbers.Length; i++)
        {
            var product = factor * numbers[i];
            var sum = sums[i] + product;
            var added = sum - sums[i];
            var lost = (sums[i] - (sum - added)) + (product - added);
            rests[i] += lost + Math.FusedMultiplyAdd(factor, numbers[i], -product);
            sums[i] = sum;
        }
    }
}
