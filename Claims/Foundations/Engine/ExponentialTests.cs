using System.Runtime.Intrinsics;
using Reproduce.Engine;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>The exponential that is the same on every processor, against the C library's in float64.</summary>
[Trait("Category", "Foundation")]
public sealed class ExponentialTests
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

    private static float Exp(float x) => Exponential.Of(Vector256.Create(x))[0];
}
