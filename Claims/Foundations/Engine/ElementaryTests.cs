using System.Runtime.Intrinsics;
using Reproduce.Engine;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>The engine's exponential and logarithm against the C library's in float64.</summary>
[Trait("Category", "Foundation")]
public sealed class ElementaryTests
{
    /// <summary>Every 97th float32 between −60 and 0, and the ends.</summary>
    [Fact]
    public void Exp_OfNumbersUpToZero_IsWithinTwoUnitsInTheLastPlace()
    {
        var worst = 0.0;
        for (var bits = BitConverter.SingleToInt32Bits(-1e-30f); bits <= BitConverter.SingleToInt32Bits(-60f); bits += 97)
        {
            var x = BitConverter.Int32BitsToSingle(bits);
            var exact = Math.Exp(x);
            worst = Math.Max(worst, Math.Abs(Exp(x) - exact) / (MathF.BitIncrement((float)exact) - (float)exact));
        }

        worst.Should().BeLessThan(2);
        (Exp(0), Exp(-0f), Exp(-60.001f), Exp(float.NegativeInfinity)).Should().Be((1, 1, 0, 0));
        Exp(float.NaN).Should().Be(float.NaN);
    }

    [Fact]
    public void Log_OfNormalNumbers_IsWithinFourUnitsInTheLastPlace()
    {
        var numbers = Enumerable.Range(1, 200_000).Select(i => 1e-300 * Math.Pow(1.007, i)).Where(double.IsFinite).Append(1).Append(Math.BitIncrement(1)).Append(1.5).Append(Math.BitIncrement(1.5)).Append(double.MaxValue);
        numbers.Max(x => Math.Abs(ElementaryFunctions.Log(x) - Math.Log(x)) / Math.BitIncrement(Math.Abs(Math.Log(x)))).Should().BeLessThan(4 * Math.ScaleB(1, -52));
        (ElementaryFunctions.Log(1), ElementaryFunctions.Log(double.PositiveInfinity), ElementaryFunctions.Log(double.NaN)).Should().Be((0, double.PositiveInfinity, double.NaN));
    }

    private static float Exp(float x) => ElementaryFunctions.Exp(Vector256.Create(x))[0];
}
