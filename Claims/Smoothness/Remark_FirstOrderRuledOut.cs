using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// The thesis's conclusion from Tables 4.2 and 4.4, as six findings: what is regularised implicitly grows with the data and cannot be
/// lowered.
/// </summary>
public sealed class Remark_FirstOrderRuledOut
{
    private const string Claim = "smoothness.first-order-ruled-out";
    private const double Significance = 0.01;

    // Cells of the tables' experiments; they are run once for all claims.
    private static readonly ExperimentPlan Plan = new(Claim, [Claim], (profile, store) =>
        [.. IncreasingDigits.Plan.Cells(profile, store), .. RegularisedDigits.Plan.Cells(profile, store)]);

    [Claim(Claim, Category = Category.Empirical)]
    public void TheTwoExperiments_RuleOutTheFirstOrderOnly() => Experiment.JudgeQuick(Claim, Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void TheTwoExperiments_OnMoreDigits_RuleOutTheFirstOrderOnly() => Experiment.JudgeNightly(Claim, Plan, Judge);

    /// <summary>Small training sets may leave nothing to lower; PL1 and WP lowered in place of GN and PL0 is the opposite.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("none", false, Verdict.Partly)]
    [InlineData("none", true, Verdict.Reproduced)]
    [InlineData("not sure", true, Verdict.Inconclusive)]
    [InlineData("PL0 is not lowered", true, Verdict.Partly)]
    [InlineData("PL0 is not lowered", false, Verdict.Inconclusive)]
    [InlineData("neither is lowered", true, Verdict.NotReproduced)]
    [InlineData("neither is lowered", false, Verdict.Inconclusive)]
    [InlineData("the families have changed places", false, Verdict.NotReproduced)]
    [InlineData("all four are lowered", true, Verdict.NotReproduced)]
    [InlineData("PL1 and WP are not in order", false, Verdict.Inconclusive)]
    [InlineData("GN and PL0 are not out of order", false, Verdict.Inconclusive)]
    [InlineData("too few data sets", false, Verdict.Inconclusive)]
    public void SyntheticFindings_AreJudgedByTheRule(string changed, bool atPaperSizes, Verdict expected)
    {
        var all = new Findings([true, true], [true, true], [false, false], true, true, true, true);
        var findings = changed switch
        {
            "none" => all,
            "not sure" => all with { AreSure = false },
            "PL0 is not lowered" => all with { Lowered = [true, false] },
            "neither is lowered" => all with { Lowered = [false, false] },
            "the families have changed places" => all with
            {
                Lowered = [false, false],
                Resists = [false, false],
                IsLowered = [true, true],
            },
            "all four are lowered" => all with { Resists = [false, false], IsLowered = [true, true] },
            "PL1 and WP are not in order" => all with { InOrder = false },
            "GN and PL0 are not out of order" => all with { OutOfOrder = false },
            "too few data sets" => all with { AreEnough = false },
            _ => throw new ArgumentException(changed, nameof(changed)),
        };
        Decide(findings, atPaperSizes).Verdict.Should().Be(expected);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var increasing = results.Where(one => one.Experiment == IncreasingDigits.Plan.Name).Select(one => one.As<DigitNetworks>()).ToList();
        var regularised = results.Where(one => one.Experiment == RegularisedDigits.Plan.Name);
        var ratios = Regularised.Of([.. regularised.Select(cell => cell.As<RegularisedNetwork>())]);
        var (findings, atPaperSizes) = Find(increasing, ratios);
        Say("GN is lowered", findings.Lowered[0]);
        Say("PL0 is lowered", findings.Lowered[1]);
        Say("PL1 resists", findings.Resists[0]);
        Say("WP resists", findings.Resists[1]);
        Say("PL1 and WP are in order", findings.InOrder);
        Say("GN and PL0 are out of order", findings.OutOfOrder);
        return Decide(findings, atPaperSizes);

        void Say(string finding, bool holds) => Evidence.Record(results[0].Figure(finding, holds ? 1 : 0, "1 where it is found") with
        {
            Setting = $"{increasing.DistinctBy(one => one.Pair).Count()} data sets of table 4.2, at least {ratios.Fewest} of table 4.4",
        });
    }

    /// <summary>The rule on any networks.</summary>
    internal static (Verdict Verdict, string Reason) Decide(IReadOnlyList<DigitNetworks> increasing, Regularised ratios)
    {
        var (findings, atPaperSizes) = Find(increasing, ratios);
        return Decide(findings, atPaperSizes);
    }

    private static (Findings Findings, bool AtPaperSizes) Find(IReadOnlyList<DigitNetworks> increasing, Regularised ratios)
    {
        var orders = DigitOrders.Of(increasing, Table42_SmallInitialisation.Scale);
        var atPaperSizes = DigitOrders.AtPaperSizes(increasing) && ratios.IsAtPaperSize;
        var findings = new Findings(
            [.. FourMeasures.FirstOrder.Select(ratios.IsOnItsSide)],
            [.. FourMeasures.SecondOrder.Select(ratios.IsOnItsSide)],
            [.. FourMeasures.SecondOrder.Select(measure => ratios.Ratios[measure].Count > 0 && !ratios.IsOnItsSide(measure))],
            atPaperSizes ? DigitOrders.Failing(orders).Count == 0 : orders.All(one => one.SecondOrderIsInOrder),
            IsOutOfOrder(orders),
            ratios.AreSurelyOnTheirSides,
            orders.Count >= 2 && ratios.Fewest >= 2);
        return (findings, atPaperSizes);
    }

    // τ_b below the cap, for GN and for PL0: on average where there are enough data sets for a test, else in each.
    private static bool IsOutOfOrder(IReadOnlyList<DigitOrders> orders)
    {
        if (orders.Count < DigitOrders.Enough)
        {
            return orders.All(one => FourMeasures.FirstOrder.All(measure => one.ByMeasure[measure].IsShort));
        }

        double PValue(string measure) =>
            Estimate.OfMean([.. orders.Select(one => one.Tau(measure) - one.ByMeasure[measure].Cap)]).PValueOfBelow(0);
        return Holm.Adjust([.. FourMeasures.FirstOrder.Select(PValue)]).All(p => p <= Significance);
    }

    // Of GN and PL0; of PL1 and WP; of PL1 and WP, with data.
    private sealed record Findings(
        IReadOnlyList<bool> Lowered,
        IReadOnlyList<bool> Resists,
        IReadOnlyList<bool> IsLowered,
        bool InOrder,
        bool OutOfOrder,
        bool AreSure,
        bool AreEnough)
    {
        internal bool All => Lowered.Concat(Resists).All(one => one) && InOrder && OutOfOrder;
    }

    private static (Verdict Verdict, string Reason) Decide(Findings findings, bool atPaperSizes)
    {
        static int Count(IReadOnlyList<bool> some) => some.Count(one => one);
        static string Not(bool holds) => holds ? "" : "not ";
        var (lowered, fallen) = (Count(findings.Lowered), Count(findings.IsLowered));
        var reason = $"{lowered} of GN and PL0 are lowered, {Count(findings.Resists)} of PL1 and WP resist; "
            + $"PL1 and WP are {Not(findings.InOrder)}in order, GN and PL0 are {Not(findings.OutOfOrder)}out of order"
            + (atPaperSizes ? "" : "; smaller than the paper's sizes");
        var verdict = !findings.AreEnough ? Verdict.Inconclusive
            : (lowered == 0 && fallen == 2) || (atPaperSizes && (lowered == 0 || fallen == 2)) ? Verdict.NotReproduced
            : findings.All && (!atPaperSizes || findings.AreSure) ? (atPaperSizes ? Verdict.Reproduced : Verdict.Partly)
            : atPaperSizes && findings.AreSure && lowered > 0 && findings.InOrder ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, reason);
    }
}
