using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Reproduce.Randomness;

namespace Reproduce.Claims.Foundations.Core.Randomness;

/// <summary>Normal numbers, and the logarithm that they are made with, the same on every processor, against the C library's.</summary>
[Trait("Category", "Foundation")]
public sealed class StandardNormalTests
{
    [Fact]
    public void Log_OfNormalNumbers_IsWithinFourUnitsInTheLastPlace()
    {
        double[] numbers =
        [
            .. Enumerable.Range(1, 200_000).Select(i => 1e-300 * Math.Pow(1.007, i)).Where(double.IsFinite),
            1, Math.BitIncrement(1), 1.5, Math.BitIncrement(1.5), double.MaxValue,
        ];
        numbers.Max(x => Math.Abs(Logarithm.Of(x) - Math.Log(x)) / Math.BitIncrement(Math.Abs(Math.Log(x))))
            .Should().BeLessThan(4 * Math.ScaleB(1, -52));
        double[] special = [Logarithm.Of(1), Logarithm.Of(double.PositiveInfinity), Logarithm.Of(double.NaN)];
        special.Should().Equal(0, double.PositiveInfinity, double.NaN);
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
            var exact = Normal.InvCDF(0, 1, p);
            var allowed = 4 * Math.Sqrt(p * (1 - p) / count) / Normal.PDF(0, 1, exact);
            numbers[(int)(p * count)].Should().BeApproximately(exact, allowed);
        }

        numbers.Kurtosis().Should().BeApproximately(0, 4 * Math.Sqrt(24.0 / count));
    }
}
