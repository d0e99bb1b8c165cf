using System.Runtime.Intrinsics;
using MathNet.Numerics.Statistics;
using Reproduce.Engine;
using Reproduce.Randomness;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>The exponential and the logarithm that are the same everywhere against the C library's in float64, and the normal numbers made of the latter.</summary>
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
        numbers.Max(x => Math.Abs(Logarithm.Of(x) - Math.Log(x)) / Math.BitIncrement(Math.Abs(Math.Log(x)))).Should().BeLessThan(4 * Math.ScaleB(1, -52));
        (Logarithm.Of(1), Logarithm.Of(double.PositiveInfinity), Logarithm.Of(double.NaN)).Should().Be((0, double.PositiveInfinity, double.NaN));
    }

    /// <summary>100 000 numbers: deciles within 4 standard errors, each √(p(1 − p)/n) over the density.</summary>
    [Fact]
    public void StandardNormal_OfManyNumbers_HasTheNormalsDeciles()
    {
        const int count = 100_000;
        var generator = Seed.Of(("test", "normal")).Generator();
        double[] numbers = [.. Enumerable.Range(0, count).Select(_ => StandardNormal.Next(generator)).Order()];
        for (var p = 0.1; p < 0.95; p += 0.1)
        {
            var exact = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, p);
            numbers[(int)(p * count)].Should().BeApproximately(exact, 4 * Math.Sqrt(p * (1 - p) / count) / MathNet.Numerics.Distributions.Normal.PDF(0, 1, exact));
        }

        numbers.Kurtosis().Should().BeApproximately(0, 4 * Math.Sqrt(24.0 / count));
    }

    private static float Exp(float x) => Exponential.Of(Vector256.Create(x))[0];
}
