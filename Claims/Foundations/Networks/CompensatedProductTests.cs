using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Networks;

/// <summary>Products of layers with nothing between them, against exact fractions.</summary>
[Trait("Category", "Foundation")]
public sealed class CompensatedProductTests
{
    /// <summary>
    /// Each entry is the exact one to a unit of rounding of itself plus (h·2⁻⁵²)² of the sum of its terms' magnitudes, the bound of the
    /// source; that of float64's own product is not met, which is the control.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 40, 3)]
    [InlineData(5, 13, 17)]
    public void Product_WhoseTermsCancel_IsTheExactOneRounded(int rows, int half, int columns)
    {
        using var scope = NewDisposeScope();
        var (left, right) = (Numbers(5, rows, half), Numbers(6, half, columns));

        // The second half takes away the first but for 2⁻⁴⁰ of it.
        var (factors, numbers) = (cat([left, left * -(1 + Math.ScaleB(1, -40))], 1), cat([right, right], 0));
        Worst(CompensatedProduct.Of(factors, numbers), factors, numbers).Should().BeLessThanOrEqualTo(1);
        if (half > 1)
        {
            Worst(factors.matmul(numbers), factors, numbers).Should().BeGreaterThan(1);
        }
    }

    [Fact]
    public void Layers_WithNothingBetween_AreOne()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (tensor([1.0, 2, -3, 4, 0.5, -1], [3, 2]), tensor([1.0, -1, 2, 0.25, 3, -2], [2, 3]));
        var (weights, biases) = CompensatedProduct.OfLayers(first, tensor([1.0, 2, 3]), second, tensor([10.0, -10]));
        weights.data<double>().ToArray().Should().Equal(second.matmul(first).data<double>().ToArray());
        biases.data<double>().ToArray().Should().Equal(15, -9.75);
    }

    // The largest error over what is allowed.
    private static double Worst(Tensor product, Tensor left, Tensor right)
    {
        var (rows, inner, columns) = ((int)left.size(0), (int)left.size(1), (int)right.size(1));
        var (a, b, found) = (Exact(left), Exact(right), Exact(product));
        var (unit, square) = (Rational.Of(Math.ScaleB(1, -52)), Rational.Of(inner * inner * Math.ScaleB(1, -104)));
        var worst = 0.0;
        for (var i = 0; i < rows * columns; i++)
        {
            Rational[] terms = [.. Enumerable.Range(0, inner).Select(k => a[(i / columns * inner) + k] * b[(k * columns) + (i % columns)])];
            var exact = Rational.Sum(terms);
            var allowed = (Rational.Abs(exact) * unit) + (Rational.Sum(terms.Select(Rational.Abs)) * square);
            worst = Math.Max(worst, (Rational.Abs(found[i] - exact) / allowed).ToDouble());
        }

        return worst;
    }

    private static Tensor Numbers(int seed, params long[] shape) => RandomTensors.Uniform(new Random(seed), float64, shape);

    private static Rational[] Exact(Tensor numbers) => [.. numbers.contiguous().data<double>().ToArray().Select(Rational.Of)];
}
