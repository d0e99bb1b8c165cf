using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Randomness;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// The introduction of chapter 3: measures of one order are strongly correlated, measures of different orders less. The correlation is τ_b
/// between two measures over the networks of a data set; a family's lead is the τ_b within it less the mean of the four across.
/// </summary>
public sealed class Remark_MeasureFamilies
{
    private const string Claim = "smoothness.measure-families";
    private const double Strong = 0.5;
    private const double Significance = 0.01;
    private const int Enough = 10;

    // Cells of the tables' experiments; they are run once for all claims.
    private static readonly ExperimentPlan Plan = new(Claim, [Claim], (profile, store) =>
        [.. SampledFunctions.Plan.Cells(profile, store), .. IncreasingDigits.Plan.Cells(profile, store)]);

    [Claim(Claim, Category = Category.Empirical)]
    public void MeasuresOfOneOrder_GoTogetherMoreThanAcross() => Experiment.JudgeQuick(Claim, Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MeasuresOfOneOrder_OnMoreNetworks_GoTogetherMoreThanAcross() => Experiment.JudgeNightly(Claim, Plan, Judge);

    /// <summary>
    /// In each group the number of data sets, τ_b within the families and across: shown by all; shown by the only large one; denied by one;
    /// denied by two; two data sets deny nothing; ahead, but not strong; one group alone.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(new[] { 20, 45, 45 }, new[] { 0.9, 0.9, 0.9 }, new[] { 0.3, 0.3, 0.8 }, true, Verdict.Reproduced)]
    [InlineData(new[] { 20, 2, 2 }, new[] { 0.9, 0.9, 0.9 }, new[] { 0.3, 0.3, 0.8 }, false, Verdict.Partly)]
    [InlineData(new[] { 20, 2, 2 }, new[] { 0.9, 0.2, 0.9 }, new[] { 0.3, 0.3, 0.8 }, false, Verdict.Partly)]
    [InlineData(new[] { 20, 10, 2 }, new[] { 0.2, 0.2, 0.9 }, new[] { 0.3, 0.3, 0.8 }, false, Verdict.NotReproduced)]
    [InlineData(new[] { 20, 2, 2 }, new[] { 0.2, 0.2, 0.2 }, new[] { 0.3, 0.3, 0.3 }, false, Verdict.Inconclusive)]
    [InlineData(new[] { 20, 10, 10 }, new[] { 0.4, 0.4, 0.4 }, new[] { 0.3, 0.3, 0.3 }, false, Verdict.Inconclusive)]
    [InlineData(new[] { 20, 0, 0 }, new[] { 0.9, 0, 0 }, new[] { 0.3, 0, 0 }, false, Verdict.Partly)]
    public void SyntheticCorrelations_AreJudgedByTheRule(
        int[] dataSets, double[] within, double[] across, bool atPaperSizes, Verdict expected) =>
        Decide([.. dataSets.Select((count, i) => Synthetic(count, within[i], across[i]))], atPaperSizes).Verdict.Should().Be(expected);

    /// <summary>Independent measures form no family.</summary>
    [Claim(Claim, Role.Control)]
    public void IndependentMeasures_AreNotReproducedOrInconclusive()
    {
        var generator = Seed.Of(("claim", Claim), ("control", "independent")).Generator();
        double Draw() => generator.NextDouble();
        Correlations DataSet() =>
            Correlations.Of([.. Enumerable.Range(0, 24).Select(_ => new FourMeasures(Draw(), Draw(), Draw(), Draw()))])!;
        List<Correlations> Group(int count) => [.. Enumerable.Range(0, count).Select(_ => DataSet())];
        var verdict = Decide([Group(20), Group(45), Group(45)], true);
        Evidence.Record(new Measurement(
            "mean τ_b within a family of independent measures",
            Group(200).Average(one => one.Within[0]),
            "0 within 4 standard errors, 4·0.146/√200")
            { Samples = 200 });
        verdict.Verdict.Should().BeOneOf(Verdict.NotReproduced, Verdict.Inconclusive);
    }

    /// <summary>Three networks by hand: GN and PL0 in the same order, PL1 and WP in the opposite one.</summary>
    [Claim(Claim, Role.Control)]
    public void Correlations_OfThreeNetworks_AreRight()
    {
        var found = Correlations.Of([new FourMeasures(1, 2, 9, 8), new FourMeasures(2, 3, 8, 7), new FourMeasures(3, 4, 7, 6)])!;
        found.Within.Should().Equal(1, 1);
        found.Across.Should().Be(-1);
        Correlations.Of([new FourMeasures(1, 1, 1, 1), new FourMeasures(1, 2, 2, 2)]).Should().BeNull("a constant measure has no order");
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var functions = results.Where(one => one.Name.StartsWith("function-", StringComparison.Ordinal)).ToList();
        var digits = results.Where(one => one.Name[0] is >= '0' and <= '9').ToList();
        var ours = Groups([.. functions.Select(one => one.As<FunctionNetworks>())], [.. digits.Select(one => one.As<DigitNetworks>())]);
        foreach (var group in ours.Where(one => one.Found.Count > 0))
        {
            Record(group, (group == ours[0] ? functions[0] : digits[0]).Figure);
        }

        if (AuthorsResults.OrNull() is not { } authors)
        {
            var atPaperSizes = digits.Count > 0 && DigitOrders.AtPaperSizes(digits) && functions.Count >= 20;
            var (verdict, reason) = Decide([.. ours.Select(one => one.Found)], atPaperSizes);
            return (verdict, $"our networks, as the author's files are not here: {reason}");
        }

        var theirs = Groups(authors.Functions, authors.Digits);
        foreach (var group in theirs)
        {
            Record(group, (quantity, value, rule) =>
                new Measurement($"{quantity}; the author's networks", value, rule) { Data = authors.Stamp.ToString() });
        }

        var decided = Decide([.. theirs.Select(one => one.Found)], atPaperSizes: true);
        return (decided.Verdict, $"the author's networks: {decided.Reason}");
    }

    private static IReadOnlyList<Group> Groups(IReadOnlyList<FunctionNetworks> functions, IReadOnlyList<DigitNetworks> digits)
    {
        var byPair = digits.GroupBy(one => one.Pair).ToList();
        Group OnDigits(string name, double scale) => new(name, [.. byPair.Select(pair => DigitOrders.Converged(pair, scale))]);
        return
        [
            new("one dimension", [.. functions.Select(Converged)]),
            OnDigits("α = 0.01", Table42_SmallInitialisation.Scale),
            OnDigits("α = 1", Table43_UsualInitialisation.Scale),
        ];
    }

    private static List<(int Points, FourMeasures Values)> Converged(FunctionNetworks function) =>
        [.. function.Networks.Where(network => network.Converged).Select(network => (network.Samples, network.Values!))];

    private static void Record(Group group, Func<string, double, string, Measurement> figure)
    {
        var (name, found) = (group.Name, group.Found);
        for (var family = 0; family < 2; family++)
        {
            var measures = family == 0 ? "of GN and PL0" : "of PL1 and WP";
            Evidence.Record(figure(
                $"mean τ_b {measures}, {name}; the series has each data set's lead over the pairs across",
                found.Average(one => one.Within[family]),
                $"at least {Strong}, and a mean lead above 0") with
            {
                Setting = $"{found.Count} data sets",
                Samples = found.Count,
                Series = [.. found.Select(one => one.Lead(family))],
            });
        }

        Evidence.Record(figure($"mean τ_b across the orders, {name}", found.Average(one => one.Across), "no rule") with
        {
            Setting = $"{found.Count} data sets",
            Samples = found.Count,
        });
        var sizes = group.Networks.SelectMany(one => one.GroupBy(network => network.Points));
        var ofOneSize = sizes.Select(size => Correlations.Of([.. size.Select(network => network.Values)])).OfType<Correlations>().ToList();
        if (ofOneSize.Count > 0)
        {
            Evidence.Record(figure(
                $"mean τ_b of GN and PL0 among networks of one size, {name}; the series has that of PL1 and WP, and across",
                ofOneSize.Average(one => one.Within[0]),
                "no rule: without the effect of the size on all measures") with
            {
                Setting = $"{ofOneSize.Count} sets of networks",
                Samples = ofOneSize.Count,
                Series = [ofOneSize.Average(one => one.Within[1]), ofOneSize.Average(one => one.Across)],
            });
        }
    }

    // The converged networks of each data set, and the correlations over those that have any.
    private sealed record Group(string Name, IReadOnlyList<List<(int Points, FourMeasures Values)>> Networks)
    {
        internal IReadOnlyList<Correlations> Found { get; } =
            [.. Networks.Select(one => Correlations.Of([.. one.Select(network => network.Values)])).OfType<Correlations>()];
    }

    /// <summary>τ_b between measures over the networks of one data set.</summary>
    /// <param name="Within">GN with PL0, PL1 with WP.</param>
    /// <param name="Across">The mean of the four pairs of different orders.</param>
    private sealed record Correlations(IReadOnlyList<double> Within, double Across)
    {
        internal double Lead(int family) => Within[family] - Across;

        // Null where there are too few networks, or a measure is constant.
        internal static Correlations? Of(IReadOnlyList<FourMeasures> networks)
        {
            double[] Values(string measure) => [.. networks.Select(network => network.Of(measure))];
            double Tau(string one, string other) => networks.Count < 2 ? double.NaN : Kendall.TauB(Values(one), Values(other));
            var found = new Correlations(
                [Tau("GN", "PL0"), Tau("PL1", "WP")],
                (from first in FourMeasures.FirstOrder from second in FourMeasures.SecondOrder select Tau(first, second)).Average());
            return found.Within.Append(found.Across).Any(double.IsNaN) ? null : found;
        }
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<IReadOnlyList<Correlations>> groups, bool atPaperSizes)
    {
        // +1 where a group shows a family, −1 where it denies it, 0 where it is undecided.
        var signs = groups.Select(Signs).ToList();
        int Groups(int family, int sign) => signs.Count(one => one[family] == sign);
        var shown = signs.Count(one => one.All(sign => sign > 0));
        var reason = $"{shown} of {groups.Count} groups show both families; "
            + $"GN and PL0 shown by {Groups(0, 1)} and denied by {Groups(0, -1)}, PL1 and WP by {Groups(1, 1)} and {Groups(1, -1)}; "
            + $"data sets {string.Join(", ", groups.Select(group => group.Count))}";
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

        IReadOnlyList<double> Leads(int family) => [.. group.Select(one => one.Lead(family))];
        IReadOnlyList<double>[] leads = [Leads(0), Leads(1)];
        var sure = group.Count < Enough
            ? [false, false]
            : Holm.Adjust([.. leads.Select(lead => Estimate.OfMean(lead).PValueOfDifference(0))]).Select(p => p <= Significance).ToArray();
        return
        [
            .. leads.Select((lead, family) => !sure[family] ? 0
                : lead.Average() <= 0 ? -1
                : group.Average(one => one.Within[family]) >= Strong ? 1
                : 0),
        ];
    }

    private static IReadOnlyList<Correlations> Synthetic(int count, double within, double across) =>
        [.. Enumerable.Range(0, count).Select(i => new Correlations([within, within], across + (0.001 * i)))];
}
