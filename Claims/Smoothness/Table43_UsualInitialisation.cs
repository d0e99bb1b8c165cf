using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness;

/// <summary>Table 4.3: with α = 1 the second-order measures are still ahead of the first-order ones, by less than with α = 0.01.</summary>
public sealed class Table43_UsualInitialisation
{
    /// <summary>α of the table.</summary>
    internal const double Scale = 1;

    private const string Claim = "smoothness.table-4.3";
    private const double Significance = 0.01;
    private static readonly PublishedTable Printed = PublishedTable.Load("smoothness-table-4.3");

    [Claim(Claim, Category = Category.Empirical)]
    public void Families_WithTheUsualInitialisation_DifferLess() => Experiment.JudgeQuick(Claim, IncreasingDigits.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Families_WithTheUsualInitialisationOnMoreDigits_DifferLess() => Experiment.JudgeNightly(Claim, IncreasingDigits.Plan, Judge);

    [Claim(Claim, Role.Control)]
    public void MadeUpOrders_AreJudgedByTheRule()
    {
        Decide(MadeUp(2, 0.6, 0.9), MadeUp(2, 0.2, 1), false).Verdict.Should().Be(Verdict.Partly);
        Decide(MadeUp(2, 0.2, 1), MadeUp(2, 0.6, 0.9), false).Verdict.Should().Be(Verdict.Inconclusive, "the gap is the larger one");
        Decide(MadeUp(2, 0.95, 0.9), MadeUp(2, 0.2, 1), false).Verdict.Should().Be(Verdict.Inconclusive, "the gap has the wrong sign");
        Decide(MadeUp(2, 0.6, -0.1), MadeUp(2, 0.2, 1), false).Verdict.Should().Be(Verdict.NotReproduced);
        Decide(MadeUp(1, 0.6, 0.9), MadeUp(1, 0.2, 1), false).Verdict.Should().Be(Verdict.Inconclusive);

        IReadOnlyList<DigitOrders> small = MadeUp(45, 0.1, 0.95);
        Decide(Around(0), small, true).Verdict.Should().Be(Verdict.Reproduced);
        Decide(Around(0.4), small, true).Verdict.Should().Be(Verdict.NotReproduced, "all cells are off");
        Decide(MadeUp(45, 0.9, 0.8), small, true).Verdict.Should().Be(Verdict.NotReproduced, "the gap is negative");
        Decide(Around(0), MadeUp(45, 0.9, 0.95), true).Verdict.Should().Be(Verdict.Partly, "the gap is not smaller than with the small initialisation");
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var orders = DigitOrders.Of(results, Scale);
        DigitOrders.Record(results, Scale, orders, Printed);
        return Decide(orders, DigitOrders.Of(results, Table42_SmallInitialisation.Scale), DigitOrders.AtPaperSizes(results));
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<DigitOrders> orders, IReadOnlyList<DigitOrders> withSmallScale, bool atPaperSizes)
    {
        var gaps = (from one in orders join small in withSmallScale on one.Pair equals small.Pair select (Here: one.Gap, There: small.Gap)).ToList();
        if (gaps.Count == 0)
        {
            return (Verdict.Inconclusive, "no data set has converged networks of two sizes at both scales");
        }

        double Mean(string measure) => orders.Average(one => one.Tau(measure));
        var reason = $"{gaps.Count} data sets: mean τ_b {string.Join(", ", FourMeasures.Names.Select(measure => $"{measure} {Mean(measure):F3}"))}; the gap is {gaps.Average(one => one.Here):F3}, at α = 0.01 {gaps.Average(one => one.There):F3}";
        var backwards = FourMeasures.SecondOrder.Any(measure => Mean(measure) <= 0);
        if (!atPaperSizes)
        {
            return (backwards ? Verdict.NotReproduced
                : gaps.Count >= 2 && orders.All(one => one.Sizes >= 3) && gaps.All(one => one.Here > 0 && one.Here < one.There) ? Verdict.Partly
                : Verdict.Inconclusive, $"{reason}; smaller than the paper's 45 data sets of 8 sizes");
        }

        var outcomes = PrintedMean.Judge([.. FourMeasures.Names.Select(measure => (new PrintedMean(Printed[measure, "tau"], DigitOrders.PaperPairs), (IReadOnlyList<double>)[.. orders.Select(one => one.Tau(measure))]))]);
        int Count(Outcome outcome) => outcomes.Count(one => one == outcome);
        IReadOnlyList<double> here = [.. gaps.Select(one => one.Here)];
        var isBelow = Estimate.OfMean(here).PValueOfBelow(0) <= Significance;
        var isOrdered = Holm.Adjust([Estimate.OfMean(here).PValueOfAbove(0), Estimate.OfMean([.. gaps.Select(one => one.There - one.Here)]).PValueOfAbove(0)]).All(p => p <= Significance);
        var verdict = backwards || isBelow || Count(Outcome.Failed) >= 3 ? Verdict.NotReproduced
            : Count(Outcome.Met) == 4 && isOrdered ? Verdict.Reproduced
            : Count(Outcome.Met) >= 2 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"{reason}; {Count(Outcome.Met)} of 4 cells agree, {Count(Outcome.Failed)} differ");
    }

    private static List<DigitOrders> MadeUp(int count, double first, double second) =>
    [
        .. Enumerable.Range(0, count).Select(i => new DigitOrders($"{i}", 3, FourMeasures.Names.ToDictionary(measure => measure, measure => new DigitOrder((FourMeasures.FirstOrder.Contains(measure) ? first : second) + (0.001 * i), true)))),
    ];

    // 45 data sets with the printed means, off by so much, and the printed deviations.
    private static List<DigitOrders> Around(double off) =>
    [
        .. Enumerable.Range(0, DigitOrders.PaperPairs).Select(i => new DigitOrders($"{i}", 8, FourMeasures.Names.ToDictionary(measure => measure, measure =>
        {
            var printed = Printed[measure, "tau"];
            return new DigitOrder(printed.Value - off + (printed.StandardDeviation!.Value * Normal.InvCDF(0, 1, (i + 0.5) / DigitOrders.PaperPairs)), true);
        }))),
    ];
}
