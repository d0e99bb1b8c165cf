using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Definition 9, and τ_b, which is introduced below it for ties. The library counts pairs by sorting, the reference compares all of them.
/// τ is a fraction and τ_b the root of one, so their extremes are settled in integers.
/// </summary>
public sealed class Def9_RankCorrelation
{
    private const double Unit = Rounding.Unit;

    private static readonly UnderTest<Func<double[], double[], double>> Tau = new(
        (first, second) => Kendall.Tau(first, second),
        ("tau-with-ties-as-concordant", (first, second) =>
            Over(first, second, counts => counts.Pairs, counts => counts.Pairs - (2 * counts.Discordant))),
        ("tau-over-all-ordered-pairs", (first, second) => Kendall.Tau(first, second) * (first.Length - 1) / first.Length),
        ("tau-corrected-for-ties", (first, second) => Kendall.TauB(first, second)));

    private static readonly UnderTest<Func<double[], double[], double>> TauB = new(
        (first, second) => Kendall.TauB(first, second),
        ("tau-b-without-ties", (first, second) => Kendall.Tau(first, second)),
        ("tau-b-with-one-sequences-ties", (first, second) => Over(first, second, counts => counts.Pairs - counts.TiedFirst)),
        ("tau-b-over-the-pairs-that-are-tied-in-neither", (first, second) =>
            Over(first, second, counts => counts.Concordant + counts.Discordant)));

    /// <summary>Two sequences of 2 to 12 values: with many ties, all different, constant, increasing, or with infinities.</summary>
    private static readonly Arbitrary<(double[] First, double[] Second)> Sequences = Arb.From(
        from count in Gen.Choose(2, 12)
        from first in Values(count)
        from second in Values(count)
        select (first, second));

    [Claim("smoothness.kendall")]
    public void RandomSequences_Tau_IsTheSumOfSignsOverAllPairs() =>
        Instances.Satisfy("|τ − Σ sign·sign / C(n, 2)|", Sequences, pair =>
        {
            var (balance, pairs, _, _) = ByAllPairs(pair.First, pair.Second);
            return new Deviation(Math.Abs(Tau.Run(pair.First, pair.Second) - (balance / (double)pairs)), 0);
        }, "none: one division of integers");

    /// <summary>Between −1 and 1; at 1 exactly when no values are tied and the orders agree, at −1 when they are opposite.</summary>
    [Claim("smoothness.kendall")]
    public void RandomSequences_Tau_HasItsExtremesAtEqualAndOppositeOrders() =>
        Instances.Satisfy("τ outside [−1, 1], or ±1 for other orders", Sequences, pair =>
        {
            var signs = SignPairs(pair.First, pair.Second).ToList();
            var tau = Tau.Run(pair.First, pair.Second);
            return Deviation.Exact(tau is >= -1 and <= 1
                && tau == 1 == signs.All(sign => sign.First * sign.Second == 1)
                && tau == -1 == signs.All(sign => sign.First * sign.Second == -1));
        }, "none: exact");

    /// <summary>Swapping two increasing neighbours adds one inversion and lowers τ_inc by 2/C(n, 2).</summary>
    [Claim("smoothness.kendall")]
    public void RandomSequences_OneInversionMore_LowersTauByTwoPairs() =>
        Instances.Satisfy("|τ_inc before − τ_inc after − 2/C(n, 2)| when two increasing neighbours are swapped", Sequences, pair =>
        {
            var values = pair.First;
            var place = Enumerable.Range(0, values.Length - 1).FirstOrDefault(i => values[i] < values[i + 1], -1);
            if (place < 0)
            {
                return null;
            }

            double[] exchanged = [.. values];
            (exchanged[place], exchanged[place + 1]) = (values[place + 1], values[place]);
            var order = Increasing(values.Length);
            var pairs = values.Length * (values.Length - 1) / 2;
            return new Deviation(Math.Abs(Tau.Run(values, order) - Tau.Run(exchanged, order) - (2.0 / pairs)), 4 * Unit);
        }, "4u: two quotients below 1, their difference and 2/C(n, 2)");

    /// <summary>(2, 1, 3) against (1, 2, 3): signs −, +, +, so τ = 1/3; (1, 1, 2): 0, +, +, so 2/3; (1, 1, 1): 0.</summary>
    [ClaimRows("smoothness.kendall")]
    [InlineData(new double[] { 2, 1, 3 }, 1 / 3.0)]
    [InlineData(new double[] { 1, 1, 2 }, 2 / 3.0)]
    [InlineData(new double[] { 1, 1, 1 }, 0)]
    [InlineData(new double[] { 1, 2, 3 }, 1)]
    [InlineData(new double[] { 3, 2, 1 }, -1)]
    public void ThreeValues_ByHand_GiveThirds(double[] values, double expected) => Tau.Run(values, [1, 2, 3]).Should().Be(expected);

    /// <summary>“Increasing” means strictly: a weakly increasing sequence with a tie has τ_inc below 1.</summary>
    [Claim("smoothness.kendall", Role.Control)]
    public void WeaklyIncreasingSequences_StrictnessDropped_AreCaught() =>
        Instances.Violate(
            "τ_inc = 1 for sorted sequences, ties included",
            Sequences,
            pair => new Deviation(Math.Abs(Tau.Run([.. pair.First.Order()], Increasing(pair.First.Length)) - 1), 0));

    /// <summary>A single value has no pairs: the quotient is 0/0.</summary>
    [Claim("smoothness.kendall", Role.Control)]
    public void SingleValue_HasNoTau() => Kendall.Tau([1], [1]).Should().Be(double.NaN);

    [Claim("smoothness.kendall-ties")]
    public void RandomSequences_TauB_IsTheSumOfSignsOverTheUntiedPairs() =>
        Instances.Satisfy("|τ_b − Σ sign·sign / √((n_p − n_x)(n_p − n_y))|", Sequences, pair =>
        {
            var (balance, pairs, tiedFirst, tiedSecond) = ByAllPairs(pair.First, pair.Second);
            var expected = balance / Math.Sqrt((pairs - tiedFirst) * (double)(pairs - tiedSecond));
            return tiedFirst == pairs || tiedSecond == pairs
                ? null
                : new Deviation(Math.Abs(TauB.Run(pair.First, pair.Second) - expected), 4 * Unit);
        }, "4u: a root and a quotient below 1");

    /// <summary>With ties τ stays below 1; τ_b is 1 exactly when the same pairs are tied in both and the others agree.</summary>
    [Claim("smoothness.kendall-ties")]
    public void RandomSequences_WithTies_ReachOneOnlyWithTheSameTies() =>
        Instances.Satisfy("τ = 1 with ties, or τ_b = 1 unless all signs agree", Sequences, pair =>
        {
            var signs = SignPairs(pair.First, pair.Second).ToList();
            if (signs.All(sign => sign.First == 0) || signs.All(sign => sign.Second == 0))
            {
                return null;
            }

            var tied = signs.Any(sign => sign.First == 0 || sign.Second == 0);
            var tauB = TauB.Run(pair.First, pair.Second);
            return Deviation.Exact(
                (!tied || Kendall.Tau(pair.First, pair.Second) < 1)
                    && tauB is >= -1 and <= 1
                    && tauB == 1 == signs.All(sign => sign.First == sign.Second));
        }, "none: the product of two counts has a root of at least each |Σ|, and rounding keeps order");

    /// <summary>(1, 1, 2) against itself: 2 pairs agree and one is tied in both, τ = 2/3 and τ_b = 2/√(2·2) = 1.</summary>
    [ClaimRows("smoothness.kendall-ties")]
    [InlineData(new double[] { 1, 1, 2 }, new double[] { 1, 1, 2 }, 2 / 3.0, 1)]
    [InlineData(new double[] { 1, 1, 2, 3 }, new double[] { 1, 2, 2, 3 }, 4 / 6.0, 4 / 5.0)]
    [InlineData(new double[] { 1, 1, 2 }, new double[] { 3, 3, 1 }, -2 / 3.0, -1)]
    public void SameTies_ByHand_ReachOne(double[] first, double[] second, double tau, double tauB)
    {
        Kendall.Tau(first, second).Should().Be(tau);
        TauB.Run(first, second).Should().Be(tauB);
    }

    /// <summary>Ties in (1, 1, 2) alone: of the six orders of three distinct values the best has τ_b = 2/√(3·2) = 0.816.</summary>
    [Claim("smoothness.kendall-ties", Role.Counterexample)]
    public void TiesInOneSequence_InAnyOrderOfTheOther_StayBelowOne()
    {
        double[][] orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
        var largest = orders.Max(order =>
        {
            var (balance, pairs, tiedFirst, tiedSecond) = ByAllPairs(order, [1, 1, 2]);
            return new Rational(balance * balance, (pairs - tiedFirst) * (pairs - tiedSecond));
        });
        largest.Should().Be(new Rational(2, 3));
        Evidence.Record(new Measurement(
            "largest τ_b² of three distinct values against (1, 1, 2)", largest.ToDouble(), "1 if τ_b “rectifies” ties as printed")
            { Dtype = "exact (rationals)" });
    }

    /// <summary>Without the hypothesis that the ties coincide the check fails.</summary>
    [Claim("smoothness.kendall-ties", Role.Control)]
    public void OtherTies_HypothesisDropped_AreCaught() =>
        Instances.Violate("τ_b = 1 whenever no pair is discordant", Sequences, pair =>
        {
            var signs = SignPairs(pair.First, pair.Second).ToList();
            return signs.All(sign => sign.First * sign.Second >= 0)
                && signs.Any(sign => sign.First != 0)
                && signs.Any(sign => sign.Second != 0)
                ? Deviation.Exact(TauB.Run(pair.First, pair.Second) == 1)
                : null;
        });

    /// <summary>
    /// Eight sizes with three networks each: 276 pairs, of which 8·3 = 24 are tied in size. With the other 252 in order and no two measures
    /// equal, τ_b = 252/√(276·252) = √(21/23) = 0.95553.
    /// </summary>
    [Claim("smoothness.kendall-cap")]
    public void ThreeNetworksOfEightSizes_InOrder_ReachTheCap()
    {
        (252 * 23).Should().Be(276 * 21);
        var best = TauB.Run(Increasing(24), Sizes());
        best.Should().BeApproximately(Math.Sqrt(21 / 23.0), 4 * Unit);
        Math.Round(best, 2).Should().Be(0.96);
        Evidence.Record(new Measurement(
            "largest τ_b of 24 distinct measures, three for each of 8 sizes",
            best,
            "√(21/23); published as 0.96 in Table 4.2, “the highest we can expect”")
            { Paper = "0.96", Dtype = "float64" });
    }

    /// <summary>No order of distinct measures does better, nor do ties across sizes; only a tie within a size does.</summary>
    [Claim("smoothness.kendall-cap")]
    public void RandomMeasures_WithoutATieInsideASize_StayBelowTheCap() =>
        Instances.Satisfy("excess of τ_b over √(21/23)", Arb.From(Gen.Frequency((2, Values(24)), (1, AlmostInOrder))), measures =>
        {
            var insideASize = Enumerable.Range(0, 24)
                .Any(i => Enumerable.Range(i + 1, 23 - i).Any(j => i / 3 == j / 3 && measures[i] == measures[j]));
            return insideASize ? null : new Deviation(Math.Max(0, TauB.Run(measures, Sizes()) - Math.Sqrt(21 / 23.0)), 4 * Unit);
        }, "4u: a root and a quotient below 1");

    /// <summary>All 720 orders of two networks for each of three sizes: 15 pairs, 3 tied; 2³ orders reach 12/√(15·12) = √(4/5).</summary>
    [Claim("smoothness.kendall-cap")]
    public void TwoNetworksOfThreeSizes_InAllOrders_HaveTheirCapAtTheSortedOnes()
    {
        double[] sizes = [1, 1, 2, 2, 3, 3];
        var values = Permutations([1, 2, 3, 4, 5, 6]).Select(order => TauB.Run(order, sizes)).ToList();
        values.Max().Should().BeApproximately(Math.Sqrt(0.8), 4 * Unit);
        values.Count(value => value > Math.Sqrt(0.8) - 0.01).Should().Be(8);
    }

    /// <summary>Two networks of one size with equal measures: 252/√(275·252) = √(252/275) = 0.957, above the cap.</summary>
    [Claim("smoothness.kendall-cap", Role.Control)]
    public void TieInsideASize_HypothesisDropped_ExceedsTheCap()
    {
        double[] measures = [.. Enumerable.Range(0, 24).Select(i => i == 1 ? 0.0 : i)];
        TauB.Run(measures, Sizes())
            .Should().BeApproximately(Math.Sqrt(252 / 275.0), 4 * Unit).And.BeGreaterThan(Math.Sqrt(21 / 23.0) + 0.001);
    }

    private static double[] Sizes() => [.. Enumerable.Range(0, 24).Select(i => (double)(64 << (i / 3)))];

    private static double[] Increasing(int count) => [.. Enumerable.Range(0, count).Select(i => (double)i)];

    // The measures 0 … 23 with some neighbours of different sizes swapped or made equal.
    private static Gen<double[]> AlmostInOrder => Gen.Choose(1, 5).Select(changes =>
    {
        var measures = Increasing(24);
        for (var i = 1; i <= changes; i++)
        {
            var place = (3 * i) - 1;
            (measures[place], measures[place + 1]) = (measures[i % 2 == 0 ? place + 1 : place], measures[place]);
        }

        return measures;
    });

    private static Gen<double[]> Values(int count) => Gen.OneOf(
        Gen.ArrayOf(Gen.Choose(0, 3).Select(value => (double)value), count),
        Gen.ArrayOf(Gen.Choose(-1_000_000, 1_000_000).Select(value => value / 7.0), count),
        Gen.ArrayOf(Gen.Elements(double.NegativeInfinity, -1e300, -0.0, 0.0, 1e-300, double.PositiveInfinity), count),
        Gen.ArrayOf(Gen.Choose(0, 2), count).Select(steps =>
            steps.Aggregate(new List<double>(), (values, step) => [.. values, values.LastOrDefault() + step]).ToArray()));

    private static double Over(double[] first, double[] second, Func<PairCounts, long> pairs, Func<PairCounts, long>? balance = null)
    {
        var counts = Kendall.Count(first, second);
        return (balance?.Invoke(counts) ?? counts.Concordant - counts.Discordant) / (double)pairs(counts);
    }

    private static IEnumerable<(int First, int Second)> SignPairs(double[] first, double[] second) =>
        from j in Enumerable.Range(0, first.Length)
        from i in Enumerable.Range(0, j)
        select (first[j].CompareTo(first[i]), second[j].CompareTo(second[i]));

    private static (long Balance, long Pairs, long TiedFirst, long TiedSecond) ByAllPairs(double[] first, double[] second)
    {
        var signs = SignPairs(first, second).ToList();
        return (
            signs.Sum(sign => (long)(sign.First * sign.Second)),
            signs.Count,
            signs.Count(sign => sign.First == 0),
            signs.Count(sign => sign.Second == 0));
    }

    private static IEnumerable<double[]> Permutations(double[] values) =>
        values.Length == 0
            ? [[]]
            : values.SelectMany(first => Permutations([.. values.Where(one => one != first)]).Select(rest => (double[])[first, .. rest]));
}
