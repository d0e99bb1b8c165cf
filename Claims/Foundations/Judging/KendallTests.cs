using Reproduce.Randomness;
using Reproduce.Claims.Judging;

namespace Reproduce.Claims.Foundations.Judging;

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

    /// <summary>Against a comparison of all pairs: ties in one, the other and both, infinities, both zeros, increasing runs.</summary>
    [Fact]
    public void Count_OfRandomSequences_IsThatOfAllPairs()
    {
        var generator = Seed.Of(("test", "Kendall.Count")).Generator();
        double[] special = [double.NegativeInfinity, -1, -0.0, 0.0, 1e-300, 1, 1e300, double.PositiveInfinity];
        for (var i = 0; i < 2000; i++)
        {
            var (count, values) = (generator.Next(0, 40), generator.Next(1, 20));
            double Draw() => generator.Next(3) == 0 ? special[generator.Next(special.Length)] : generator.Next(values);
            double[] first = [.. Enumerable.Range(0, count).Select(_ => Draw())];
            double[] second = [.. first.Select(value => generator.Next(4) == 0 ? value : Draw())];
            Kendall.Count(first, second).Should().Be(ByAllPairs(first, second));
        }
    }

    /// <summary>
    /// (1, 5)(1, 5)(2, 5)(2, 4): of 6 pairs (1, 2) is tied in both, (3, 4) in the first, (1, 3) and (2, 3) in the second; (1, 4) and
    /// (2, 4) are discordant.
    /// </summary>
    [Fact]
    public void Count_FourPoints_IsTheWorkedOne()
    {
        Kendall.Count([1, 1, 2, 2], [5, 5, 5, 4])
            .Should().Be(new PairCounts(Pairs: 6, TiedFirst: 2, TiedSecond: 3, TiedBoth: 1, Discordant: 2));
        Kendall.Count([], []).Should().Be(new PairCounts(0, 0, 0, 0, 0));
        Kendall.Count([3], [7]).Should().Be(new PairCounts(0, 0, 0, 0, 0));
    }

    /// <summary>
    /// 200 000 values have 2·10¹⁰ pairs, more than 32 bits, and the product under the root 4·10²⁰, more than 64. In blocks of 1000
    /// equal values the first has 200·499 500 ties.
    /// </summary>
    [Fact]
    public void Count_OfManyValues_DoesNotOverflow()
    {
        const int count = 200_000;
        double[] up = [.. Enumerable.Range(0, count).Select(i => (double)i)];
        double[] down = [.. up.Reverse()];
        double[] blocks = [.. up.Select(value => Math.Floor(value / 1000))];
        const long pairs = 19_999_900_000;
        Kendall.Count(up, down).Should().Be(new PairCounts(pairs, 0, 0, 0, pairs));
        Kendall.Count(blocks, up).Should().Be(new PairCounts(pairs, 200 * 499_500L, 0, 0, 0));
        Kendall.TauB(up, down).Should().Be(-1);
        Kendall.TauB(blocks, blocks).Should().Be(1);
        Kendall.TauB(up, blocks).Should().BeApproximately(Math.Sqrt((pairs - (200 * 499_500.0)) / pairs), Allowed);
    }

    [Fact]
    public void Tau_WithATie_StaysBelowOne()
    {
        Kendall.Tau([1, 1, 2], [1, 1, 2]).Should().Be(2 / 3.0);
        Kendall.Tau([1], [1]).Should().Be(double.NaN);
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
    public void UpperTail_OfNaN_IsNotANumber() => Kendall.UpperTail(Kendall.TauB([1, 1, 1], [1, 2, 3]), 3).Should().Be(double.NaN);

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(171)]
    public void UpperTail_CountOutOfRange_IsRefused(int count) =>
        FluentActions.Invoking(() => Kendall.UpperTail(0.5, count)).Should().Throw<ArgumentOutOfRangeException>();

    private static PairCounts ByAllPairs(double[] first, double[] second)
    {
        long pairs = 0, tiedFirst = 0, tiedSecond = 0, tiedBoth = 0, discordant = 0;
        for (var j = 0; j < first.Length; j++)
        {
            for (var i = 0; i < j; i++)
            {
                pairs++;
                tiedFirst += first[i] == first[j] ? 1 : 0;
                tiedSecond += second[i] == second[j] ? 1 : 0;
                tiedBoth += first[i] == first[j] && second[i] == second[j] ? 1 : 0;
                discordant += (first[i] < first[j] && second[i] > second[j]) || (first[i] > first[j] && second[i] < second[j]) ? 1 : 0;
            }
        }

        return new PairCounts(pairs, tiedFirst, tiedSecond, tiedBoth, discordant);
    }

    private static IEnumerable<double[]> Permutations(double[] values) =>
        values.Length == 0
            ? [[]]
            : values.SelectMany(first => Permutations([.. values.Where(one => one != first)]).Select(rest => (double[])[first, .. rest]));
}
