using Reproduce.Claims.Judging;

namespace Reproduce.Claims.Foundations.Judging;

/// <summary>Exact tests on samples that are counted by hand.</summary>
[Trait("Category", "Foundation")]
public sealed class SmallSampleTests
{
    /// <summary>1, 2 before 3, 4, 5 is one of ten ways; with the 2 tied to a 2 on the other side two ways are as low.</summary>
    [Fact]
    public void RankSum_ByHand()
    {
        RankSum.LowerTail([1, 2], [3, 4, 5]).Should().BeApproximately(0.1, 1e-15);
        RankSum.LowerTail([1, 2], [2, 4, 5]).Should().BeApproximately(0.2, 1e-15);
        RankSum.LowerTail([4, 5], [1, 2, 3]).Should().BeApproximately(1, 1e-15);
        RankSum.LowerTail([7, 7], [7, 7, 7]).Should().BeApproximately(1, 1e-15);
    }

    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(1, 3, 0.875)]
    [InlineData(3, 3, 0.125)]
    public void HeadsOfFairCoins_OrMore_AreAsLikelyAsCounted(int heads, int coins, double chance) =>
        BinomialTest.UpperTail(heads, coins, 0.5).Should().BeApproximately(chance, 1e-14);

    [Fact]
    public void DistributionFunctions_OfTwoSamples_AreAsFarApartAsCounted()
    {
        KolmogorovSmirnov.Distance([1, 2], [3, 4]).Should().Be(1);
        KolmogorovSmirnov.Distance([2, 1], [3, 2]).Should().Be(0.5);
        KolmogorovSmirnov.Distance([1, 2, 2, 3], [3, 2, 1, 2]).Should().Be(0);
        KolmogorovSmirnov.Distance([1, 1, 1, 2], [1, 2]).Should().Be(0.25);
    }

    /// <summary>The step from 0 to 1 at 1/2 is 1/2 from the uniform law on either side; steps at 0.1 and 0.2 leave 0.8.</summary>
    [Fact]
    public void DistributionFunctions_OfASampleAndTheUniformLaw_AreAsFarApartAsCounted()
    {
        KolmogorovSmirnov.Distance([0.5], value => value).Should().Be(0.5);
        KolmogorovSmirnov.Distance([0.2, 0.1], value => value).Should().Be(0.8);
    }
}
