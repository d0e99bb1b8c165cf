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
    private static readonly PublishedTable Published = PublishedTable.Load("smoothness-table-4.3");

    [Claim(Claim, Category = Category.Empirical)]
    public void Families_WithTheUsualInitialisation_DifferLess() => Experiment.JudgeQuick(Claim, IncreasingDigits.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Families_WithTheUsualInitialisationOnMoreDigits_DifferLess() =>
        Experiment.JudgeNightly(Claim, IncreasingDigits.Plan, Judge);

    /// <summary>
    /// τ_b of both orders here and with α = 0.01: a smaller gap, a larger one, one of the wrong sign, a negative τ_b, too few data sets.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(15, 0.6, 0.9, 0.2, 1, Verdict.Partly)]
    [InlineData(15, 0.2, 1, 0.6, 0.9, Verdict.Inconclusive)]
    [InlineData(15, 0.95, 0.9, 0.2, 1, Verdict.Inconclusive)]
    [InlineData(15, 0.6, -0.1, 0.2, 1, Verdict.NotReproduced)]
    [InlineData(9, 0.6, 0.9, 0.2, 1, Verdict.Inconclusive)]
    public void SyntheticOrders_OfSmallSizes_AreJudgedByTheRule(
        int count, double first, double second, double firstThere, double secondThere, Verdict expected) =>
        Decide(Synthetic(count, first, second), Synthetic(count, firstThere, secondThere), false).Verdict.Should().Be(expected);

    /// <summary>The published means; all cells off; and a gap that is not smaller than with the small initialisation.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0, 0.1, 0.95, Verdict.Reproduced)]
    [InlineData(0.4, 0.1, 0.95, Verdict.NotReproduced)]
    [InlineData(0, 0.9, 0.95, Verdict.Partly)]
    public void SyntheticOrders_AtThePapersSizes_AreJudgedByTheRule(double off, double firstThere, double secondThere, Verdict expected) =>
        Decide(Around(off), Synthetic(45, firstThere, secondThere), true).Verdict.Should().Be(expected);

    [Claim(Claim, Role.Control)]
    public void NegativeGap_AtThePapersSizes_IsNotReproduced() =>
        Decide(Synthetic(45, 0.9, 0.8), Synthetic(45, 0.1, 0.95), true).Verdict.Should().Be(Verdict.NotReproduced);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var orders = DigitOrders.Of(results, Scale);
        DigitEvidence.Record(results, Scale, orders, Published);
        return Decide(orders, DigitOrders.Of(results, Table42_SmallInitialisation.Scale), DigitOrders.AtPaperSizes(results));
    }

    /// <summary>The rule.</summary>
    internal static (Verdict Verdict, string Reason) Decide(
        IReadOnlyList<DigitOrders> orders, IReadOnlyList<DigitOrders> withSmallScale, bool atPaperSizes)
    {
        List<(double Here, double There)> gaps =
        [
            .. from one in orders
               join small in withSmallScale on one.Pair equals small.Pair
               select (one.Gap, small.Gap),
        ];
        if (gaps.Count == 0)
        {
            return (Verdict.Inconclusive, "no data set has converged networks of two sizes at both scales");
        }

        double Mean(string measure) => orders.Average(one => one.Tau(measure));
        var means = string.Join(", ", FourMeasures.Names.Select(measure => $"{measure} {Mean(measure):F3}"));
        var reason = $"{gaps.Count} data sets: mean τ_b {means}; "
            + $"the gap is {gaps.Average(one => one.Here):F3}, at α = 0.01 {gaps.Average(one => one.There):F3}";
        var backwards = FourMeasures.SecondOrder.Any(measure => Mean(measure) <= 0);
        var here = Estimate.OfMean([.. gaps.Select(one => one.Here)]);
        var closed = Estimate.OfMean([.. gaps.Select(one => one.There - one.Here)]);
        var isOrdered = gaps.Count >= DigitOrders.Enough
            && Holm.Adjust([here.PValueOfAbove(0), closed.PValueOfAbove(0)]).All(p => p <= Significance);
        if (!atPaperSizes)
        {
            var verdictOfSmall = backwards ? Verdict.NotReproduced
                : isOrdered && orders.All(one => one.Sizes >= 3) ? Verdict.Partly
                : Verdict.Inconclusive;
            return (verdictOfSmall, $"{reason}; smaller than the paper's 45 data sets of 8 sizes");
        }

        IReadOnlyList<double> Taus(string measure) => [.. orders.Select(one => one.Tau(measure))];
        PublishedMean PublishedOf(string measure) => new(Published[measure, "tau"], DigitOrders.PaperPairs);
        var outcomes = PublishedMean.Judge([.. FourMeasures.Names.Select(measure => (PublishedOf(measure), Taus(measure)))]);
        var (agree, differ) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        var isBelow = here.PValueOfBelow(0) <= Significance;
        var verdict = backwards || isBelow || differ >= 3 ? Verdict.NotReproduced
            : agree == 4 && isOrdered ? Verdict.Reproduced
            : agree >= 2 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"{reason}; {agree} of 4 cells agree, {differ} differ");
    }

    private static List<DigitOrders> Synthetic(int count, double first, double second) =>
        DigitOrders.Synthetic(count, 3, (measure, i) =>
            new DigitOrder((FourMeasures.FirstOrder.Contains(measure) ? first : second) + (0.001 * i), true));

    // 45 data sets with the published means, off by so much, and the published deviations.
    private static List<DigitOrders> Around(double off) => DigitOrders.Synthetic(DigitOrders.PaperPairs, 8, (measure, i) =>
    {
        var published = Published[measure, "tau"];
        return new DigitOrder(
            PublishedMean.Spread(published.Value - off, published.StandardDeviation!.Value, DigitOrders.PaperPairs)[i], true);
    });
}
