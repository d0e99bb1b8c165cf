using Reproduce.Claims.Judging;

namespace Reproduce.Claims.Foundations.Judging;

/// <summary>Exact tests on samples counted by hand.</summary>
[Trait("Category", "Foundation")]
public sealed class SmallSampleTests
{
    /// <summary>1, 2 below 3, 4, 5 is one of ten arrangements; with the 2 tied to a 2 of the other sample, two are as low.</summary>
    [Theory]
    [InlineData(new double[] { 1, 2 }, new double[] { 3, 4, 5 }, 0.1)]
    [InlineData(new double[] { 1, 2 }, new double[] { 2, 4, 5 }, 0.2)]
    [InlineData(new double[] { 4, 5 }, new double[] { 1, 2, 3 }, 1)]
    [InlineData(new double[] { 7, 7 }, new double[] { 7, 7, 7 }, 1)]
    public void RankSum_LowerTail_IsThatCounted(double[] sample, double[] other, double expected) =>
        RankSum.LowerTail(sample, other).Should().BeApproximately(expected, 1e-15);

    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(1, 3, 0.875)]
    [InlineData(3, 3, 0.125)]
    public void BinomialTest_OfFairCoins_IsTheChanceOfAsManyHeadsOrMore(int heads, int coins, double chance) =>
        BinomialTest.UpperTail(heads, coins, 0.5).Should().BeApproximately(chance, 1e-14);

    [Theory]
    [InlineData(new double[] { 1, 2 }, new double[] { 3, 4 }, 1)]
    [InlineData(new double[] { 2, 1 }, new double[] { 3, 2 }, 0.5)]
    [InlineData(new double[] { 1, 2, 2, 3 }, new double[] { 3, 2, 1, 2 }, 0)]
    [InlineData(new double[] { 1, 1, 1, 2 }, new double[] { 1, 2 }, 0.25)]
    public void DistributionFunctions_OfTwoSamples_AreAsFarApartAsCounted(double[] sample, double[] other, double distance) =>
        KolmogorovSmirnov.Distance(sample, other).Should().Be(distance);

    /// <summary>The step from 0 to 1 at 1/2 is 1/2 from the uniform law on either side; steps at 0.1 and 0.2 leave 0.8.</summary>
    [Fact]
    public void DistributionFunctions_OfASampleAndTheUniformLaw_AreAsFarApartAsCounted()
    {
        KolmogorovSmirnov.Distance([0.5], value => value).Should().Be(0.5);
        KolmogorovSmirnov.Distance([0.2, 0.1], value => value).Should().Be(0.8);
    }
}
