using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Randomness;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// The introduction of chapter 3: measures of one order are strongly correlated, of different orders less. τ_b between two measures over the
/// networks of a data set; a family's lead is the τ_b inside it less the mean of the four across.
/// </summary>
public sealed class Remark_MeasureFamilies
{
    private const string Claim = "smoothness.measure-families";
    private const double Strong = 0.5;
    private const double Significance = 0.01;
    private const int Enough = 10;

    // Cells of the tables' experiments; they are run once for all claims.
    private static readonly ExperimentPlan Plan = new(Claim, [Claim], (profile, store) => [.. SampledFunctions.Plan.Cells(profile, store), .. IncreasingDigits.Plan.Cells(profile, store)]);

    [Claim(Claim, Category = Category.Empirical)]
    public void MeasuresOfOneOrder_GoTogetherMoreThanAcross() => Experiment.JudgeQuick(Claim, Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MeasuresOfOneOrder_OnMoreNetworks_GoTogetherMoreThanAcross() => Experiment.JudgeNightly(Claim, Plan, Judge);

    [Claim(Claim, Role.Control)]
    public void MadeUpCorrelations_AreJudgedByTheRule()
    {
        Decide([MadeUp(20, 0.9, 0.3), MadeUp(45, 0.9, 0.3), MadeUp(45, 0.9, 0.8)], true).Verdict.Should().Be(Verdict.Reproduced);
        Decide([MadeUp(20, 0.9, 0.3), MadeUp(2, 0.9, 0.3), MadeUp(2, 0.9, 0.8)], false).Verdict.Should().Be(Verdict.Partly, "small");
        Decide([MadeUp(20, 0.9, 0.3), MadeUp(2, 0.2, 0.3), MadeUp(2, 0.9, 0.8)], false).Verdict.Should().Be(Verdict.Partly, "denied by one group only");
        Decide([MadeUp(20, 0.2, 0.3), MadeUp(10, 0.2, 0.3), MadeUp(2, 0.9, 0.8)], false).Verdict.Should().Be(Verdict.NotReproduced);
        Decide([MadeUp(20, 0.2, 0.3), MadeUp(2, 0.2, 0.3), MadeUp(2, 0.2, 0.3)], false).Verdict.Should().Be(Verdict.Inconclusive, "two data sets deny nothing");
        Decide([MadeUp(20, 0.4, 0.3), MadeUp(10, 0.4, 0.3), MadeUp(10, 0.4, 0.3)], false).Verdict.Should().Be(Verdict.Inconclusive, "ahead, but not strong");
        Decide([MadeUp(20, 0.9, 0.3), [], []], false).Verdict.Should().Be(Verdict.Partly, "one group alone");
    }

    /// <summary>Measures that are drawn independently have no family, and equal ones have nothing ahead.</summary>
    [Claim(Claim, Role.Control)]
    public void IndependentMeasures_AreNotReproducedOrInconclusive()
    {
        var generator = Seed.Of(("claim", Claim), ("control", "independent")).Generator();
        double Draw() => generator.NextDouble();
        List<Correlations> Group(int count) => [.. Enumerable.Range(0, count).Select(_ => Correlations.Of([.. Enumerable.Range(0, 24).Select(_ => new FourMeasures(Draw(), Draw(), Draw(), Draw()))])!)];
        var verdict = Decide([Group(20), Group(45), Group(45)], true);
        Evidence.Record(new Measurement("mean τ_b inside a family of independent measures", Group(200).Average(one => one.Inside[0]), "0 within 4 standard errors, 4·0.146/√200") { Samples = 200 });
        verdict.Verdict.Should().BeOneOf(Verdict.NotReproduced, Verdict.Inconclusive);
    }

    /// <summary>Three networks by hand: GN and PL0 in the same order, PL1 and WP in the opposite one.</summary>
    [Claim(Claim, Role.Control)]
    public void Correlations_OfThreeNetworks_AreRight()
    {
        var found = Correlations.Of([new FourMeasures(1, 2, 9, 8), new FourMeasures(2, 3, 8, 7), new FourMeasures(3, 4, 7, 6)])!;
        found.Inside.Should().Equal(1, 1);
        found.Across.Should().Be(-1);
        Correlations.Of([new FourMeasures(1, 1, 1, 1), new FourMeasures(1, 2, 2, 2)]).Should().BeNull("a constant measure has no order");
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var functions = results.Where(one => one.Name.StartsWith("function-", StringComparison.Ordinal)).ToList();
        var digits = results.Where(one => one.Name[0] is >= '0' and <= '9').ToList();
        var cells = digits.Select(cell => cell.As<DigitNetworks>()).ToList();
        var inOneDimension = functions.Select(cell => cell.As<FunctionNetworks>()).Select(one => one.Networks.Where(network => network.Converged).Select(network => (Points: network.Samples, Values: network.Values!)).ToList()).ToList();
        List<List<(int Points, FourMeasures Values)>> OnDigits(double scale) => [.. cells.GroupBy(one => one.Pair).Select(pair => DigitOrders.Converged(pair, scale))];
        (string Name, List<List<(int Points, FourMeasures Values)>> Networks)[] groups = [("one dimension", inOneDimension), ("α = 0.01", OnDigits(Table42_SmallInitialisation.Scale)), ("α = 1", OnDigits(Table43_UsualInitialisation.Scale))];
        var correlations = groups.Select(group => group.Networks.Select(one => Correlations.Of([.. one.Select(network => network.Values)])).OfType<Correlations>().ToList()).ToList();
        foreach (var ((name, networks), found) in groups.Zip(correlations).Where(one => one.Second.Count > 0))
        {
            var source = name == "one dimension" ? functions[0] : digits[0];
            for (var family = 0; family < 2; family++)
            {
                Evidence.Record(source.Figure($"mean τ_b {(family == 0 ? "of GN and PL0" : "of PL1 and WP")}, {name}; the series has each data set's lead over the pairs across", found.Average(one => one.Inside[family]), $"at least {Strong}, and a mean lead above 0") with { Setting = $"{found.Count} data sets", Samples = found.Count, Series = [.. found.Select(one => one.Lead(family))] });
            }

            Evidence.Record(source.Figure($"mean τ_b across the orders, {name}", found.Average(one => one.Across), "no rule") with { Setting = $"{found.Count} data sets", Samples = found.Count });
            var ofOneSize = networks.SelectMany(one => one.GroupBy(network => network.Points).Select(group => Correlations.Of([.. group.Select(network => network.Values)]))).OfType<Correlations>().ToList();
            if (ofOneSize.Count > 0)
            {
                Evidence.Record(source.Figure($"mean τ_b of GN and PL0 among networks of one size, {name}; the series has that of PL1 and WP, and across", ofOneSize.Average(one => one.Inside[0]), "no rule: without what the size does to all") with { Setting = $"{ofOneSize.Count} sets of networks", Samples = ofOneSize.Count, Series = [ofOneSize.Average(one => one.Inside[1]), ofOneSize.Average(one => one.Across)] });
            }
        }

        return Decide(correlations, digits.Count > 0 && DigitOrders.AtPaperSizes(digits) && functions.Count >= 20);
    }

    /// <summary>τ_b between measures over the networks of one data set.</summary>
    /// <param name="Inside">GN with PL0, PL1 with WP.</param>
    /// <param name="Across">The mean of the four pairs of different orders.</param>
    private sealed record Correlations(IReadOnlyList<double> Inside, double Across)
    {
        internal double Lead(int family) => Inside[family] - Across;

        // Null where there are too few networks, or a measure is constant.
        internal static Correlations? Of(IReadOnlyList<FourMeasures> networks)
        {
            double Tau(string one, string other) => networks.Count < 2 ? double.NaN : Kendall.TauB([.. networks.Select(network => network.Of(one))], [.. networks.Select(network => network.Of(other))]);
            var found = new Correlations(
                [Tau(FourMeasures.FirstOrder[0], FourMeasures.FirstOrder[1]), Tau(FourMeasures.SecondOrder[0], FourMeasures.SecondOrder[1])],
                (from first in FourMeasures.FirstOrder from second in FourMeasures.SecondOrder select Tau(first, second)).Average());
            return found.Inside.Append(found.Across).Any(double.IsNaN) ? null : found;
        }
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<IReadOnlyList<Correlations>> groups, bool atPaperSizes)
    {
        // +1 where a group shows a family, −1 where it denies it, 0 where it is undecided.
        var signs = groups.Select(Signs).ToList();
        int Groups(int family, int sign) => signs.Count(one => one[family] == sign);
        var shown = signs.Count(one => one.All(sign => sign > 0));
        var reason = $"{shown} of {groups.Count} groups show both families; GN and PL0 shown by {Groups(0, 1)} and denied by {Groups(0, -1)}, PL1 and WP by {Groups(1, 1)} and {Groups(1, -1)}; data sets {string.Join(", ", groups.Select(group => group.Count))}";
        var verdict = Groups(0, -1) >= 2 || Groups(1, -1) >= 2 ? Verdict.NotReproduced
            : atPaperSizes && shown == groups.Count ? Verdict.Reproduced
            : shown >= 1 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, reason);
    }

    private static int[] Signs(IReadOnlyList<Correlations> group)
    {
        if (group.Count == 0)
        {
            return [0, 0];
        }

        var leads = Enumerable.Range(0, 2).Select(family => (IReadOnlyList<double>)[.. group.Select(one => one.Lead(family))]).ToList();
        var sure = group.Count < Enough
            ? [false, false]
            : Holm.Adjust([.. leads.Select(lead => Estimate.OfMean(lead).PValueOfDifference(0))]).Select(p => p <= Significance).ToArray();
        return
        [
            .. leads.Select((lead, family) => !sure[family] ? 0
                : lead.Average() <= 0 ? -1
                : group.Average(one => one.Inside[family]) >= Strong ? 1
                : 0),
        ];
    }

    private static IReadOnlyList<Correlations> MadeUp(int count, double inside, double across) =>
        [.. Enumerable.Range(0, count).Select(i => new Correlations([inside, inside], across + (0.001 * i)))];
}
