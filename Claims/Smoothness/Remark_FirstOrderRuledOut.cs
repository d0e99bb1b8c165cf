using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness;

/// <summary>The thesis's conclusion from Tables 4.2 and 4.4, as six findings: what is regularised implicitly grows with the data and cannot be lowered.</summary>
public sealed class Remark_FirstOrderRuledOut
{
    private const string Claim = "smoothness.first-order-ruled-out";
    private const double Significance = 0.01;

    // Cells of the tables' experiments; they are run once for all claims.
    private static readonly ExperimentPlan Plan = new(Claim, [Claim], (profile, store) => [.. IncreasingDigits.Plan.Cells(profile, store), .. RegularisedDigits.Plan.Cells(profile, store)]);

    [Claim(Claim, Category = Category.Empirical)]
    public void TheTwoExperiments_RuleOutTheFirstOrderOnly() => Experiment.JudgeQuick(Claim, Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void TheTwoExperiments_OnMoreDigits_RuleOutTheFirstOrderOnly() => Experiment.JudgeNightly(Claim, Plan, Judge);

    [Claim(Claim, Role.Control)]
    public void MadeUpFindings_AreJudgedByTheRule()
    {
        var all = new Findings([true, true], [true, true], [false, false], true, true, true, true);
        Decide(all, false).Verdict.Should().Be(Verdict.Partly);
        Decide(all, true).Verdict.Should().Be(Verdict.Reproduced);
        Decide(all with { AreSure = false }, true).Verdict.Should().Be(Verdict.Inconclusive);
        Decide(all with { Lowered = [true, false] }, true).Verdict.Should().Be(Verdict.Partly);
        Decide(all with { Lowered = [true, false] }, false).Verdict.Should().Be(Verdict.Inconclusive);
        Decide(all with { Lowered = [false, false] }, true).Verdict.Should().Be(Verdict.NotReproduced);
        Decide(all with { Lowered = [false, false] }, false).Verdict.Should().Be(Verdict.Inconclusive, "small training sets may leave nothing to lower");
        Decide(all with { Lowered = [false, false], Resists = [false, false], IsLowered = [true, true] }, false).Verdict.Should().Be(Verdict.NotReproduced, "the families have changed places");
        Decide(all with { Resists = [false, false], IsLowered = [true, true] }, true).Verdict.Should().Be(Verdict.NotReproduced);
        Decide(all with { InOrder = false }, false).Verdict.Should().Be(Verdict.Inconclusive);
        Decide(all with { OutOfOrder = false }, false).Verdict.Should().Be(Verdict.Inconclusive);
        Decide(all with { AreEnough = false }, false).Verdict.Should().Be(Verdict.Inconclusive);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var increasing = results.Where(one => one.Experiment == IncreasingDigits.Plan.Name).ToList();
        var orders = DigitOrders.Of(increasing, Table42_SmallInitialisation.Scale);
        var ratios = Regularised.Of([.. results.Where(one => one.Experiment == RegularisedDigits.Plan.Name).Select(cell => cell.As<RegularisedNetwork>())]);
        var atPaperSizes = DigitOrders.AtPaperSizes(increasing) && ratios.IsAtPaperSize;
        bool[] lowered = [.. FourMeasures.FirstOrder.Select(ratios.IsOnItsSide)];
        bool[] resists = [.. FourMeasures.SecondOrder.Select(ratios.IsOnItsSide)];
        var sides = Holm.Adjust([.. FourMeasures.Names.Select(measure => FourMeasures.FirstOrder.Contains(measure) ? Estimate.OfMean(ratios.Of(measure)).PValueOfBelow(Regularised.Halfway) : Estimate.OfMean(ratios.Of(measure)).PValueOfAbove(Regularised.Halfway))]);
        var inOrder = atPaperSizes ? DigitOrders.Failing(orders).Count == 0 : orders.All(one => !FourMeasures.SecondOrder.Any(measure => one.ByMeasure[measure].IsShort));
        var findings = new Findings(
            lowered,
            resists,
            [.. FourMeasures.SecondOrder.Select(measure => ratios.Ratios[measure].Count > 0 && !ratios.IsOnItsSide(measure))],
            inOrder,
            IsOutOfOrder(orders),
            sides.All(p => p <= Significance),
            orders.Count >= 2 && ratios.Fewest >= 2);
        void Say(string finding, bool holds) => Evidence.Record(results[0].Figure(finding, holds ? 1 : 0, "1 where it is found") with { Setting = $"{orders.Count} data sets of table 4.2, at least {ratios.Fewest} of table 4.4" });
        Say("GN is lowered", lowered[0]);
        Say("PL0 is lowered", lowered[1]);
        Say("PL1 resists", resists[0]);
        Say("WP resists", resists[1]);
        Say("PL1 and WP are in order", inOrder);
        Say("GN and PL0 are out of order", findings.OutOfOrder);
        return Decide(findings, atPaperSizes);
    }

    // τ_b below the cap, for GN and for PL0: on average where there are enough data sets for a test, else in each.
    private static bool IsOutOfOrder(IReadOnlyList<DigitOrders> orders)
    {
        if (orders.Count < 10)
        {
            return orders.All(one => FourMeasures.FirstOrder.All(measure => one.ByMeasure[measure].IsShort));
        }

        double PValue(string measure) => Estimate.OfMean([.. orders.Select(one => one.Tau(measure) - one.ByMeasure[measure].Cap)]).PValueOfBelow(0);
        return Holm.Adjust([.. FourMeasures.FirstOrder.Select(PValue)]).All(p => p <= Significance);
    }

    private sealed record Findings(IReadOnlyList<bool> Lowered, IReadOnlyList<bool> Resists, IReadOnlyList<bool> IsLowered, bool InOrder, bool OutOfOrder, bool AreSure, bool AreEnough)
    {
        internal bool All => Lowered.Concat(Resists).All(one => one) && InOrder && OutOfOrder;
    }

    private static (Verdict Verdict, string Reason) Decide(Findings findings, bool atPaperSizes)
    {
        var (lowered, resisting, fallen) = (findings.Lowered.Count(one => one), findings.Resists.Count(one => one), findings.IsLowered.Count(one => one));
        var reason = $"{lowered} of GN and PL0 are lowered, {resisting} of PL1 and WP resist; PL1 and WP are {(findings.InOrder ? "" : "not ")}in order, GN and PL0 are {(findings.OutOfOrder ? "" : "not ")}out of order{(atPaperSizes ? "" : "; smaller than the paper's sizes")}";
        var verdict = !findings.AreEnough ? Verdict.Inconclusive
            : (lowered == 0 && fallen == 2) || (atPaperSizes && (lowered == 0 || fallen == 2)) ? Verdict.NotReproduced
            : findings.All && (!atPaperSizes || findings.AreSure) ? (atPaperSizes ? Verdict.Reproduced : Verdict.Partly)
            : atPaperSizes && findings.AreSure && lowered > 0 && findings.InOrder ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, reason);
    }
}
