using Reproduce.Geometry;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Geometry;

/// <summary>Norms of numbers whose squares float64 cannot hold.</summary>
[Trait("Category", "Foundation")]
public sealed class ScaledNormTests
{
    public static TheoryData<double[], double> Numbers => new()
    {
        { [3, -4], 5 },
        { [0, 0, 0], 0 },
        { [-0.0], 0 },
        { [1, 2, -2, 4], 5 },
        { [-7], 7 },
        { [3e200, 4e200], 5e200 },
        { [-3e-200, 4e-200], 5e-200 },
        { [double.Epsilon, 0], double.Epsilon },
        { [double.MaxValue, 0], double.MaxValue },
        { [1e308, 1e308], 1.4142135623730951e308 },
        { [double.NegativeInfinity, 1], double.PositiveInfinity },
        { [double.NaN, 1], double.NaN },
    };

    /// <summary>To two units of rounding, alone and as a row among others of quite another size.</summary>
    [Theory]
    [MemberData(nameof(Numbers))]
    public void Norm_WhateverTheSize_IsTheRootOfTheSumOfSquares(double[] numbers, double expected)
    {
        using var scope = NewDisposeScope();
        Agree(ScaledNorm.Of(numbers));
        var others = numbers.Select((_, i) => i + 1.0);
        var rows = tensor([.. others, .. numbers, .. others], [3, numbers.Length]);
        Agree(ScaledNorm.OfRows(rows).data<double>().ToArray()[1]);

        void Agree(double found)
        {
            if (double.IsFinite(expected))
            {
                found.Should().BeApproximately(expected, 4e-16 * expected);
            }
            else
            {
                found.Should().Be(expected);
            }
        }
    }

    [Fact]
    public void Norm_OfNothing_IsZero() => ScaledNorm.Of([]).Should().Be(0);

    [Theory]
    [InlineData(5, 4)]
    [InlineData(4, 4)]
    [InlineData(0.3, 0.25)]
    [InlineData(0, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.NaN, 1)]
    public void Scale_IsThePowerOfTwoBelow(double magnitude, double expected) => ScaledNorm.Scale(magnitude).Should().Be(expected);

    [Theory]
    [InlineData(double.Epsilon, -1000)]
    [InlineData(double.MaxValue, 1000)]
    public void Scale_OfTheExtremes_HasAnInverse(double magnitude, int exponent)
    {
        ScaledNorm.Scale(magnitude).Should().Be(Math.ScaleB(1, exponent));
        double.IsNormal(1 / ScaledNorm.Scale(magnitude)).Should().BeTrue();
    }
}
