using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness;

/// <summary>Table 4.2: with α = 0.01 and growing training sets of two digits PL1 and WP grow without exception, GN and PL0 hardly.</summary>
public sealed class Table42_SmallInitialisation
{
    /// <summary>α of the table.</summary>
    internal const double Scale = 0.01;

    private const string Claim = "smoothness.table-4.2";
    private static readonly PublishedTable Printed = PublishedTable.Load("smoothness-table-4.2");

    // 24 of the 276 pairs of 24 networks are of one size; one exchanged pair of networks lowers τ_b by 2/√(276·252).
    private static readonly double Cap = Math.Sqrt(252.0 / 276);
    private static readonly double OneExchange = 2 / Math.Sqrt(276.0 * 252);

    [Claim(Claim, Category = Category.Empirical)]
    public void SecondOrderMeasures_OnGrowingTrainingSets_GrowWithoutException() => Experiment.JudgeQuick(Claim, IncreasingDigits.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void SecondOrderMeasures_OnMoreDigitsAndSizes_GrowWithoutException() => Experiment.JudgeNightly(Claim, IncreasingDigits.Plan, Judge);

    [Claim(Claim, Role.Control)]
    public void MadeUpOrders_AreJudgedByTheRule()
    {
        Decide(MadeUp(2, 3, 0, 0.3, 1), atPaperSizes: false).Verdict.Should().Be(Verdict.Partly);
        Decide(MadeUp(2, 3, 1, 0.3, 1), atPaperSizes: false).Verdict.Should().Be(Verdict.Inconclusive, "one short data set of two has a chance of 0.12 under the paper's own count");
        Decide(MadeUp(2, 3, 2, 0.3, 1), atPaperSizes: false).Verdict.Should().Be(Verdict.NotReproduced);
        Decide(MadeUp(2, 3, 0, 1, 1), atPaperSizes: false).Verdict.Should().Be(Verdict.Inconclusive, "the first-order measures are not behind");
        Decide(MadeUp(1, 3, 0, 0.3, 1), atPaperSizes: false).Verdict.Should().Be(Verdict.Inconclusive);
        Decide(MadeUp(2, 2, 0, 0.3, 1), atPaperSizes: false).Verdict.Should().Be(Verdict.Inconclusive);

        var paper = MadeUp(45, 8, 0, 0, Cap);
        Decide(Spread(paper, 0.15, 0.06), atPaperSizes: true).Verdict.Should().Be(Verdict.Reproduced);
        Decide(Spread(paper, 0.9, 0.06), atPaperSizes: true).Verdict.Should().Be(Verdict.Partly);
        Decide(Spread(paper, 0.9, 0.9), atPaperSizes: true).Verdict.Should().Be(Verdict.NotReproduced);
        Decide(Spread(MadeUp(45, 8, 20, 0, Cap), 0.15, 0.06), atPaperSizes: true).Verdict.Should().Be(Verdict.NotReproduced);
    }

    /// <summary>Networks whose measures have nothing to do with the size are told from those that grow, and ties count as short.</summary>
    [Claim(Claim, Role.Control)]
    public void Orders_OfGrowingAndOfTiedMeasures_AreRight()
    {
        static DigitNetworks Cell(int points, params double[] values) => new("0-1", points, [.. values.Select((value, i) => new ScaledNetwork(Scale, i, Network(value, value < 100)))]);
        var growing = DigitOrders.Of([Cell(64, 1, 2), Cell(128, 3, 4), Cell(256, 5, 1000)], Scale).Single();
        growing.ByMeasure["WP"].IsShort.Should().BeFalse("the network that did not converge does not count");
        growing.Sizes.Should().Be(3);

        // Five networks, 10 pairs, 2 of them tied in size: √(8/10).
        growing.Tau("WP").Should().BeApproximately(Math.Sqrt(0.8), 1e-15);
        DigitOrders.Of([Cell(64, 1, 3), Cell(128, 3, 4)], Scale).Single().ByMeasure["WP"].IsShort.Should().BeTrue("3 is not below 3");
        DigitOrders.Of([Cell(64, 1, 5), Cell(128, 3, 4)], Scale).Single().ByMeasure["WP"].IsShort.Should().BeTrue();
        DigitOrders.Of([Cell(64, 1, 2)], Scale).Should().BeEmpty("one size has no order");

        // 3!³ of the 9! orders of nine networks put three sizes in order.
        var chance = Math.Pow(6, 3) / 362_880;
        Evidence.Record(new Measurement("chance that nine networks in random order are at the cap", chance, "claims.md states 0.0006"));
        chance.Should().BeApproximately(0.0006, 0.00005);
    }

    internal static DigitNetwork Network(double value, bool converged)
    {
        var values = new FourMeasures(value, value, value, value);
        return new DigitNetwork(converged, false, 1, 0, values, values, 0, 0, 0, 0);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var orders = DigitOrders.Of(results, Scale);
        DigitOrders.Record(results, Scale, orders, Printed);
        return Decide(orders, DigitOrders.AtPaperSizes(results));
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<DigitOrders> orders, bool atPaperSizes)
    {
        var failing = DigitOrders.Failing(orders);
        var behind = orders.Count(one => FourMeasures.FirstOrder.Max(one.Tau) < FourMeasures.SecondOrder.Min(one.Tau));
        var inOrder = orders.Count(one => !FourMeasures.SecondOrder.Any(measure => one.ByMeasure[measure].IsShort));
        var reason = $"{orders.Count} data sets of {(orders.Count > 0 ? orders.Min(one => one.Sizes) : 0)} sizes: PL1 and WP without exception in {inOrder}, GN and PL0 behind both in {behind}{(failing.Count > 0 ? $"; {string.Join(" and ", failing)} fail" : "")}";
        if (!atPaperSizes)
        {
            return (failing.Count > 0 ? Verdict.NotReproduced
                : orders.Count >= 2 && orders.All(one => one.Sizes >= 3) && inOrder == orders.Count && behind == orders.Count ? Verdict.Partly
                : Verdict.Inconclusive, $"{reason}; smaller than the paper's 45 data sets of 8 sizes");
        }

        var firstOrder = PrintedMean.Judge([.. FourMeasures.FirstOrder.Select(measure => (new PrintedMean(Printed[measure, "tau"], DigitOrders.PaperPairs), Taus(measure)))]);
        var agreeing = firstOrder.Count(one => one == Outcome.Met) + FourMeasures.SecondOrder.Count(measure => IsAtCap(Taus(measure)));
        var verdict = failing.Count > 0 || firstOrder.All(one => one == Outcome.Failed) ? Verdict.NotReproduced
            : agreeing == 4 ? Verdict.Reproduced
            : agreeing >= 2 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"{reason}; {agreeing} of 4 cells agree");

        IReadOnlyList<double> Taus(string measure) => [.. orders.Select(one => one.Tau(measure))];
    }

    private static bool IsAtCap(IReadOnlyList<double> taus) => Cap - ConfidenceInterval.Of(taus, 0.95).Low <= OneExchange;

    // So many data sets, of which the first ones are short for PL1 and WP.
    private static List<DigitOrders> MadeUp(int count, int sizes, int @short, double first, double second) =>
    [
        .. Enumerable.Range(0, count).Select(i => new DigitOrders($"{i}", sizes, FourMeasures.Names.ToDictionary(
            measure => measure,
            measure => FourMeasures.FirstOrder.Contains(measure) ? new DigitOrder(first, true) : i < @short ? new DigitOrder(second - 0.1, true) : new DigitOrder(second, false)))),
    ];

    // First-order orders with the printed deviations around given means.
    private static List<DigitOrders> Spread(List<DigitOrders> orders, double gradientNorm, double pathLength) =>
    [
        .. orders.Select((one, i) => one with
        {
            ByMeasure = one.ByMeasure.ToDictionary(entry => entry.Key, entry => entry.Key switch
            {
                "GN" => new DigitOrder(gradientNorm + (0.3 * Normal.InvCDF(0, 1, (i + 0.5) / orders.Count)), true),
                "PL0" => new DigitOrder(pathLength + (0.4 * Normal.InvCDF(0, 1, (i + 0.5) / orders.Count)), true),
                _ => entry.Value,
            }),
        }),
    ];
}
