using Reproduce.Statistics;

namespace Reproduce.Claims.Foundations.Core;

/// <summary>Kendall's τ_b on sequences short enough to count pairs by hand, and its null distribution against all permutations.</summary>
[Trait("Category", "Foundation")]
public sealed class KendallTests
{
    // A quotient of small integers and a square root: three roundings.
    private const double Allowed = 1e-15;

    [Fact]
    public void TauB_OneSwap_IsFiveToOneOfSixPairs() =>
        Kendall.TauB([1, 2, 3, 4], [1, 2, 4, 3]).Should().BeApproximately(4 / 6.0, Allowed);

    [Fact]
    public void TauB_SameOrder_IsOne() => Kendall.TauB([-1, 0.5, 7], [0, 1e-300, 1e300]).Should().Be(1);

    [Fact]
    public void TauB_Reversed_IsMinusOne() => Kendall.TauB([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]).Should().Be(-1);

    [Fact]
    public void TauB_OneSequenceNegated_ChangesSign() =>
        Kendall.TauB([3, 1, 2, 2], [1, 1, 4, 2]).Should().Be(-Kendall.TauB([3, 1, 2, 2], [-1, -1, -4, -2]));

    /// <summary>Of 6 pairs, 4 concordant, one tied in the first and one in the second: 4/√(5·5).</summary>
    [Fact]
    public void TauB_OneTieInEach_IsFourFifths() => Kendall.TauB([1, 2, 2, 3], [1, 2, 3, 3]).Should().BeApproximately(0.8, Allowed);

    /// <summary>
    /// Of 10 pairs (12, 1)(12, 1) is tied in both sequences and (2, 4)(2, 0) in the first; of the other 8, 2 are concordant:
    /// (2 − 6)/√(8·9).
    /// </summary>
    [Fact]
    public void TauB_SeveralTies_IsTheWorkedValue() =>
        Kendall.TauB([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]).Should().BeApproximately(-4 / Math.Sqrt(72), Allowed);

    [Fact]
    public void TauB_Constant_IsNotANumber()
    {
        Kendall.TauB([1, 1, 1], [1, 2, 3]).Should().Be(double.NaN);
        Kendall.TauB([1, 2, 3], [1, 1, 1]).Should().Be(double.NaN);
        Kendall.TauB([1], [1]).Should().Be(double.NaN);
    }

    [Fact]
    public void TauB_Infinities_AreOrderedLikeNumbers() =>
        Kendall.TauB([double.NegativeInfinity, 0, double.PositiveInfinity], [1, 2, 3]).Should().Be(1);

    [Fact]
    public void TauB_UnequalLengthsOrNaN_AreRefused()
    {
        FluentActions.Invoking(() => Kendall.TauB([1, 2], [1, 2, 3])).Should().Throw<ArgumentException>().WithMessage("*2 and 3*");
        FluentActions.Invoking(() => Kendall.TauB([1, 2], [1, double.NaN])).Should().Throw<ArgumentException>().WithMessage("*place 1*");
        FluentActions.Invoking(() => Kendall.TauB([double.NaN], [1])).Should().Throw<ArgumentException>().WithMessage("*place 0*");
    }

    /// <summary>At every τ that n values in some order can have, and halfway to the next.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void UpperTail_OfShortSequences_IsTheShareOfPermutations(int count)
    {
        double[] sorted = [.. Enumerable.Range(0, count).Select(i => (double)i)];
        var taus = Permutations(sorted).Select(one => Kendall.TauB(sorted, one)).ToArray();
        var step = 4.0 / (count * (count - 1));
        foreach (var tau in taus.Distinct())
        {
            var share = taus.Count(one => one >= tau - 1e-9) / (double)taus.Length;
            Kendall.UpperTail(tau, count).Should().BeApproximately(share, 1e-14, "sums of at most 22 shares");
            Kendall.UpperTail(tau - (step / 2), count).Should().BeApproximately(share, 1e-14);
        }
    }

    [Fact]
    public void UpperTail_AtTheEnds_IsOneAndOneOverFactorial()
    {
        Kendall.UpperTail(-1, 10).Should().BeApproximately(1, 1e-14);
        Kendall.UpperTail(-5, 10).Should().BeApproximately(1, 1e-14);
        Kendall.UpperTail(1, 10).Should().BeApproximately(1 / 3628800.0, 1e-20);
        Kendall.UpperTail(1.5, 10).Should().Be(0);
    }

    /// <summary>For many values τ is nearly normal with variance 2(2n + 5)/9n(n − 1); two standard deviations up lie 2.28 %.</summary>
    [Fact]
    public void UpperTail_OfManyValues_IsNearlyNormal()
    {
        const int count = 60;
        var deviation = Math.Sqrt(2.0 * ((2 * count) + 5) / (9.0 * count * (count - 1)));
        Kendall.UpperTail(2 * deviation, count).Should().BeApproximately(0.02275, 0.001);
        Kendall.UpperTail(0, count).Should().BeApproximately(0.5, 0.01);
    }

    /// <summary>τ of a constant sequence is NaN: no p-value, least of all a small one.</summary>
    [Fact]
    public void UpperTail_OfNoTau_IsNotANumber() => Kendall.UpperTail(Kendall.TauB([1, 1, 1], [1, 2, 3]), 3).Should().Be(double.NaN);

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(171)]
    public void UpperTail_CountOutOfRange_IsRefused(int count) =>
        FluentActions.Invoking(() => Kendall.UpperTail(0.5, count)).Should().Throw<ArgumentOutOfRangeException>();

    private static IEnumerable<double[]> Permutations(double[] values) =>
        values.Length == 0
            ? [[]]
            : values.SelectMany(first => Permutations([.. values.Where(one => one != first)]).Select(rest => (double[])[first, .. rest]));
}
