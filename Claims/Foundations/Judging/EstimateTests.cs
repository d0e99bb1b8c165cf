using Reproduce.Claims.Judging;

namespace Reproduce.Claims.Foundations.Judging;

/// <summary>
/// Student's tests where they have closed forms: with one degree of freedom the distribution function is 1/2 + atan(t)/π, with two it is
/// 1/2 + t/(2√(2 + t²)).
/// </summary>
[Trait("Category", "Foundation")]
public sealed class EstimateTests
{
    private const double Rounding = 1e-12;

    /// <summary>0 and 2: the mean 1, the deviation √2, the standard error 1, t = ±1 at the values themselves.</summary>
    [Fact]
    public void Mean_OfTwoValues_IsTheWorkedExample()
    {
        var mean = Estimate.OfMean([0, 2]);
        mean.Value.Should().Be(1);
        mean.Error.Should().BeApproximately(1, Rounding);
        mean.PValueOfAbove(0).Should().BeApproximately(0.25, Rounding);
        mean.PValueOfBelow(0).Should().BeApproximately(0.75, Rounding);
        mean.PValueOfDifference(0).Should().BeApproximately(0.5, Rounding);
        mean.PValueOfEquivalence(0, 2).Should().BeApproximately(0.25, Rounding, "both one-sided tests give that");
        mean.PValueOfEquivalence(0.5, 2).Should().BeGreaterThan(0.25, "the nearer margin decides");
        var interval = mean.Interval(0.5); // its ends are found by searching for a root
        interval.Low.Should().BeApproximately(0, 1e-10);
        interval.High.Should().BeApproximately(2, 1e-10);
    }

    /// <summary>
    /// Equal variances 1 of both means: the difference has 2, and Satterthwaite's 2²/(1 + 1) = 2 degrees of freedom; t = 1/√2.
    /// </summary>
    [Fact]
    public void Difference_OfTwoSamples_IsTheWorkedExample()
    {
        var difference = Estimate.OfContrast(([1, 3], 1), ([0, 2], -1));
        (difference.Value, difference.Freedom).Should().Be((1, 2));
        difference.Error.Should().BeApproximately(Math.Sqrt(2), Rounding);
        difference.PValueOfAbove(0).Should().BeApproximately(0.5 - (1 / (2 * Math.Sqrt(5))), Rounding);
        ConfidenceInterval.OfDifference([1, 3], [0, 2], 0.5).Mean.Should().Be(1);
    }

    /// <summary>Unequal ones, 1 with one degree of freedom and 3 with nine: 16/(1 + 1).</summary>
    [Fact]
    public void Welch_OfUnequalVariances_HasEightDegreesOfFreedom() =>
        Estimate.Welch(5, (1, 1), (3, 9)).Should().Be(new Estimate(5, 2, 8));

    [Fact]
    public void Contrast_OfOneSample_IsItsMean()
    {
        double[] values = [1, 2, 4, 8];
        var (one, other) = (Estimate.OfMean(values), Estimate.OfContrast((values, 1)));
        other.Freedom.Should().Be(one.Freedom);
        other.Value.Should().BeApproximately(one.Value, Rounding);
        other.Error.Should().BeApproximately(one.Error, Rounding);
    }

    [Fact]
    public void ValuesWithoutSpread_AreCertain()
    {
        var mean = Estimate.OfMean([1, 1, 1]);
        (mean.PValueOfAbove(0), mean.PValueOfAbove(1), mean.PValueOfAbove(2)).Should().Be((0, 0.5, 1));
        mean.Interval(0.95).Should().Be(new ConfidenceInterval(1, 1, 1));
        Estimate.OfContrast(([3, 3], 1), ([1, 1, 1], -1)).Should().Be(new Estimate(2, 0, 3));
    }

    [Fact]
    public void OneValueOrNone_TellsNothing()
    {
        void TellsNothing(Estimate little)
        {
            (little.PValueOfAbove(-100), little.PValueOfBelow(100), little.PValueOfDifference(0)).Should().Be((1, 1, 1));
            little.PValueOfEquivalence(-100, 100).Should().Be(1);
            little.Interval(0.95).Low.Should().Be(double.NegativeInfinity);
        }

        TellsNothing(Estimate.OfMean([5]));
        TellsNothing(Estimate.OfMean([]));
        TellsNothing(Estimate.OfContrast(([5], 1), ([1, 2, 3], -1)));
    }
}
