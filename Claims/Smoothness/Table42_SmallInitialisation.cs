using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;
using static Reproduce.Claims.Smoothness.Support.PublishedMean;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Table 4.2: with α = 0.01 and growing training sets of two digits PL1 and WP grow without exception, GN and PL0 hardly.
/// </summary>
public sealed class Table42_SmallInitialisation
{
    /// <summary>α of the table.</summary>
    internal const double Scale = 0.01;

    private const string Claim = "smoothness.table-4.2";
    private const double Significance = 0.01;
    private static readonly PublishedTable Published = PublishedTable.Load("smoothness-table-4.2");

    // 24 of the 276 pairs of 24 networks are of one size; swapping two networks lowers τ_b by 2/√(276·252).
    private static readonly double Cap = Math.Sqrt(252.0 / 276);
    private static readonly double OneSwap = 2 / Math.Sqrt(276.0 * 252);

    [Claim(Claim, Category = Category.Empirical)]
    public void SecondOrderMeasures_OnGrowingTrainingSets_GrowWithoutException() =>
        Experiment.JudgeQuick(Claim, IncreasingDigits.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void SecondOrderMeasures_OnMoreDigitsAndSizes_GrowWithoutException() =>
        Experiment.JudgeNightly(Claim, IncreasingDigits.Plan, Judge);

    /// <summary>
    /// First-order τ_b behind the cap; one of 15 data sets short, which has a probability of 0.64 under the paper's own count; six of them;
    /// first-order τ_b at the cap, and hardly behind it; too few data sets, of which one short decides nothing, and all do.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(15, 5, 0, 0.3, Verdict.Partly)]
    [InlineData(15, 5, 1, 0.3, Verdict.Partly)]
    [InlineData(15, 5, 6, 0.3, Verdict.NotReproduced)]
    [InlineData(15, 5, 0, 1, Verdict.Inconclusive)]
    [InlineData(15, 5, 0, 0.95, Verdict.Inconclusive)]
    [InlineData(15, 2, 0, 0.3, Verdict.Inconclusive)]
    [InlineData(9, 5, 0, 0.3, Verdict.Inconclusive)]
    [InlineData(2, 3, 1, 0.3, Verdict.Inconclusive)]
    [InlineData(2, 3, 2, 0.3, Verdict.NotReproduced)]
    public void SyntheticOrders_OfSmallSizes_AreJudgedByTheRule(int count, int sizes, int shorts, double firstOrder, Verdict expected)
    {
        var spread = Spread(firstOrder, firstOrder < 1 ? 0.3 : 0, count);
        var orders = DigitOrders.Synthetic(count, sizes, (measure, i) =>
            FourMeasures.FirstOrder.Contains(measure) ? new DigitOrder(spread[i], true) : SecondOrder(i, shorts, 1));
        Decide(orders, atPaperSizes: false).Verdict.Should().Be(expected);
    }

    /// <summary>The first-order means as published, one off, both off; and as published with 20 short data sets.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0, 0.15, 0.06, Verdict.Reproduced)]
    [InlineData(0, 0.9, 0.06, Verdict.Partly)]
    [InlineData(0, 0.9, 0.9, Verdict.NotReproduced)]
    [InlineData(20, 0.15, 0.06, Verdict.NotReproduced)]
    public void SyntheticOrders_AtThePapersSizes_AreJudgedByTheRule(int shorts, double gradientNorm, double pathLength, Verdict expected)
    {
        var (gn, pl0) = (Spread(gradientNorm, 0.3, DigitOrders.PaperPairs), Spread(pathLength, 0.4, DigitOrders.PaperPairs));
        var orders = DigitOrders.Synthetic(DigitOrders.PaperPairs, 8, (measure, i) => measure switch
        {
            "GN" => new DigitOrder(gn[i], true),
            "PL0" => new DigitOrder(pl0[i], true),
            _ => SecondOrder(i, shorts, Cap),
        });
        Decide(orders, atPaperSizes: true).Verdict.Should().Be(expected);
    }

    /// <summary>Five converged networks have 10 pairs, 2 of them tied in size: τ_b = √(8/10) if the measure grows.</summary>
    [Claim(Claim, Role.Control)]
    public void Orders_OfGrowingMeasures_ReachTheCapOfTheConvergedNetworks()
    {
        var growing = DigitOrders.Of([Networks(64, 1, 2), Networks(128, 3, 4), Networks(256, 5, 1000)], Scale).Single();
        growing.ByMeasure["WP"].IsShort.Should().BeFalse("the network that did not converge does not count");
        growing.Sizes.Should().Be(3);
        growing.Tau("WP").Should().BeApproximately(Math.Sqrt(0.8), 1e-15);
        DigitOrders.Of([Networks(64, 1, 2)], Scale).Should().BeEmpty("one size has no order");

        // 3!³ of the 9! orders of nine networks put three sizes in order.
        var probability = Math.Pow(6, 3) / 362_880;
        Evidence.Record(new Measurement("probability of nine networks in random order at the cap", probability, "claims.md states 0.0006"));
        probability.Should().BeApproximately(0.0006, 0.00005);
    }

    /// <summary>A network that measures as much as one of a larger size, or more, makes the order short.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(3)]
    [InlineData(5)]
    public void Orders_OfTiedOrFallingMeasures_AreShort(double value) =>
        DigitOrders.Of([Networks(64, 1, value), Networks(128, 3, 4)], Scale).Single().ByMeasure["WP"].IsShort.Should().BeTrue();

    // Values of 100 and more stand for networks that did not converge.
    private static DigitNetworks Networks(int points, params double[] values) => new("0-1", points, [.. values.Select((value, i) =>
    {
        var measures = new FourMeasures(value, value, value, value);
        return new ScaledNetwork(Scale, i, new DigitNetwork(value < 100, false, 1, 0, measures, measures, 0, 0, 0, 0));
    })]);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var orders = DigitOrders.Of(results, Scale);
        DigitEvidence.Record(results, Scale, orders, Published);
        return Decide(orders, DigitOrders.AtPaperSizes(results));
    }

    /// <summary>The rule.</summary>
    internal static (Verdict Verdict, string Reason) Decide(IReadOnlyList<DigitOrders> orders, bool atPaperSizes)
    {
        var failing = DigitOrders.Failing(orders);
        var inOrder = orders.Count(one => one.SecondOrderIsInOrder);
        var sizes = orders.Count > 0 ? orders.Min(one => one.Sizes) : 0;
        var isBehind = orders.Count >= DigitOrders.Enough && FirstOrderIsBehind(orders);
        var reason = $"{orders.Count} data sets of {sizes} sizes: PL1 and WP without exception in {inOrder}, "
            + $"GN and PL0 {(isBehind ? "" : "not surely ")}behind both"
            + (failing.Count > 0 ? $"; {string.Join(" and ", failing)} fail" : "");
        if (!atPaperSizes)
        {
            var verdictOfSmall = failing.Count > 0 ? Verdict.NotReproduced
                : sizes >= 3 && isBehind ? Verdict.Partly
                : Verdict.Inconclusive;
            return (verdictOfSmall, $"{reason}; smaller than the paper's 45 data sets of 8 sizes");
        }

        IReadOnlyList<double> Taus(string measure) => [.. orders.Select(one => one.Tau(measure))];
        PublishedMean Mean(string measure) => new(Published[measure, "tau"], DigitOrders.PaperPairs);
        var firstOrder = PublishedMean.Judge([.. FourMeasures.FirstOrder.Select(measure => (Mean(measure), Taus(measure)))]);
        var agreeing = firstOrder.Count(Outcome.Met) + FourMeasures.SecondOrder.Count(measure => IsAtCap(Taus(measure)));
        var verdict = failing.Count > 0 || firstOrder.All(one => one == Outcome.Failed) ? Verdict.NotReproduced
            : agreeing == 4 ? Verdict.Reproduced
            : agreeing >= 2 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"{reason}; {agreeing} of 4 cells agree");
    }

    // τ_b of each first-order measure is below that of each second-order one on average.
    private static bool FirstOrderIsBehind(IReadOnlyList<DigitOrders> orders)
    {
        var leads =
            from first in FourMeasures.FirstOrder
            from second in FourMeasures.SecondOrder
            select Estimate.OfMean([.. orders.Select(one => one.Tau(second) - one.Tau(first))]);
        return Holm.Adjust([.. leads.Select(lead => lead.PValueOfAbove(0))]).All(p => p <= Significance);
    }

    private static bool IsAtCap(IReadOnlyList<double> taus) => Cap - ConfidenceInterval.Of(taus, 0.95).Low <= OneSwap;

    // The first data sets are short.
    private static DigitOrder SecondOrder(int number, int shorts, double tau) =>
        number < shorts ? new DigitOrder(tau - 0.1, true) : new DigitOrder(tau, false);
}
