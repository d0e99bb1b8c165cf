using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Table 4.4 and Figures 4.2 to 4.5: a regulariser lowers GN and PL0 to a third at the same training error, PL1 and WP hardly.
/// </summary>
public sealed class Table44_Regularisers
{
    private const string Claim = "smoothness.table-4.4";
    private static readonly PublishedTable Published = PublishedTable.Load("smoothness-table-4.4");

    [Claim(Claim, Category = Category.Empirical)]
    public void Regularisers_OfTheFirstOrder_LowerTheirMeasure() => Experiment.JudgeQuick(Claim, RegularisedDigits.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Regularisers_OnMoreDigitsAndPoints_LowerTheirMeasure() => Experiment.JudgeNightly(Claim, RegularisedDigits.Plan, Judge);

    /// <summary>
    /// Mean ratios of GN, PL0, PL1, WP. Small: as published; PL0 not lowered; first order above second; nothing lowered and nothing
    /// reversed; all surely on the wrong side; a single data set. At the paper's size: as published, two cells off, three cells off.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(64, 2, 0.3, 0.4, 0.9, 0.95, Verdict.Partly)]
    [InlineData(64, 2, 0.3, 0.7, 0.9, 0.95, Verdict.Inconclusive)]
    [InlineData(64, 2, 0.95, 0.98, 0.9, 0.3, Verdict.NotReproduced)]
    [InlineData(64, 2, 0.9, 0.9, 0.9, 0.9, Verdict.Inconclusive)]
    [InlineData(256, 6, 0.9, 0.7, 0.5, 0.5, Verdict.NotReproduced)]
    [InlineData(64, 1, 0.3, 0.4, 0.9, 0.95, Verdict.Inconclusive)]
    [InlineData(10_000, 45, 0.31, 0.33, 0.89, 0.90, Verdict.Reproduced)]
    [InlineData(10_000, 45, 0.31, 0.33, 0.7, 0.7, Verdict.Partly)]
    [InlineData(10_000, 45, 0.7, 0.33, 0.7, 0.7, Verdict.NotReproduced)]
    public void SyntheticRatios_AreJudgedByTheRule(int points, int count, double gn, double pl0, double pl1, double wp, Verdict expected) =>
        Decide(Synthetic(points, count, gn, pl0, pl1, wp)).Verdict.Should().Be(expected);

    [Claim(Claim, Role.Control)]
    public void Ratios_OfSyntheticNetworks_AreWithOverWithoutOfTheSamePairAndRate()
    {
        static RegularisedNetwork Of(string measure, double coefficient, double rate, FourMeasures values, bool converged = true) => new(
            "0-1",
            64,
            new RegularisedBy(measure, coefficient, rate, 1),
            new DigitNetwork(converged, false, 1, 0, values, values, 0, 0, 0, 0));
        var pl0 = Of("PL0", 1e-4, 0.1, new FourMeasures(0, 1.05, 0, 0));
        var ratios = Regularised.Of(
        [
            Of("none", 0, 0.01, new FourMeasures(2, 9, 9, 8)),
            Of("none", 0, 0.1, new FourMeasures(9, 1.2, 4, 9)),
            Of("GN", 1e-5, 0.01, new FourMeasures(1.9, 0, 0, 0)),
            Of("GN", 1e-3, 0.01, new FourMeasures(0.5, 0, 0, 0)),
            pl0,
            Of("PL1", 1e-5, 0.1, new FourMeasures(0, 0, 3, 0)),
            Of("WP", 3e-5, 0.01, new FourMeasures(0, 0, 0, 6), converged: false),
        ]);
        ratios.Of("GN").Should().Equal(0.25);
        ratios.Of("PL0").Single().Should().BeApproximately(0.25, 1e-12, "0.05 over 0.2");
        ratios.Of("PL1").Should().Equal(0.75);
        ratios.Of("WP").Should().BeEmpty("it did not converge");
        ratios.Fewest.Should().Be(0);
        Regularised.Of([Of("none", 0, 0.1, new FourMeasures(1, 1.01, 1, 1)), pl0]).Of("PL0")
            .Should().BeEmpty("1.01 is too close to the bound");
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = results.Select(cell => cell.As<RegularisedNetwork>()).ToList();
        var ratios = Regularised.Of(networks);
        Drawings.Regularisation(networks, Published);
        foreach (var measure in FourMeasures.Names)
        {
            RecordMean(measure, results, networks, ratios);
            RecordRatio(measure, results, ratios);
        }

        foreach (var (result, network) in results.Zip(networks))
        {
            RecordNetwork(result, network, Regularised.Without(networks, network));
        }

        return Decide(ratios);
    }

    internal static (Verdict Verdict, string Reason) Decide(Regularised ratios)
    {
        string Mean(string measure) => ratios.Of(measure) is { Count: > 0 } values
            ? $"{measure} {values.Average():F3} ({values.Count})"
            : $"{measure} none";
        var means = string.Join(", ", FourMeasures.Names.Select(Mean));
        var reason = $"{ratios.Points} training points, mean ratios and data sets: {means}";
        if (ratios.Fewest < 2)
        {
            return (Verdict.Inconclusive, $"{reason}; fewer than two data sets for a measure");
        }

        if (ratios.AreSurelyOnTheWrongSides || IsReversed(ratios))
        {
            var wrong = ratios.AreSurelyOnTheWrongSides;
            var why = wrong ? "all four on the wrong side" : "the first-order ratios are the larger ones everywhere";
            return (Verdict.NotReproduced, $"{reason}; {why}");
        }

        if (!ratios.IsAtPaperSize)
        {
            var sides = FourMeasures.Names.Count(ratios.IsOnItsSide);
            return (
                sides == 4 ? Verdict.Partly : Verdict.Inconclusive,
                $"{reason}; {sides} of 4 on their side of {Regularised.Halfway}; smaller than the paper's 45 data sets of 10 000 points");
        }

        var outcomes = PublishedMean.Judge([.. FourMeasures.Names.Select(measure => (Normalised(measure), ratios.Of(measure)))]);
        var (agree, differ) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        var verdict = differ >= 3 ? Verdict.NotReproduced
            : agree == 4 ? Verdict.Reproduced
            : agree >= 2 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"{reason}; {agree} of 4 cells agree, {differ} differ");
    }

    // The means with and without a regulariser, over the data sets where both converged. The table has no deviations for them.
    private static void RecordMean(string measure, IReadOnlyList<CellResult> results, List<RegularisedNetwork> networks, Regularised ratios)
    {
        var all = Regularised.Converged(networks, measure);
        var pairs = all.Where(one => one.With.Kind.Coefficient == all.Max(other => other.With.Kind.Coefficient)).ToList();
        if (pairs.Count > 0)
        {
            Column("unregularised", pairs.Select(one => one.Without));
            Column("regularised", pairs.Select(one => one.With));
        }

        void Column(string column, IEnumerable<RegularisedNetwork> some)
        {
            double[] values = [.. some.Select(one => one.Result.Test.Of(measure))];
            var rule = "no rule. No deviation is published, so the published figure's error is its rounding"
                + (values.Length == 1 ? "; ours, of one data set, is unknown" : "") + Shorter(ratios);
            var mean = First(measure, results).Figure($"{measure} on test points, {column}, mean", values.Mean(), rule);
            var published = new PublishedMean(Published[measure, column], values.Length);
            Evidence.Record(published.Compare(mean, values, ratios.IsAtPaperSize && values.Length > 1) with
            {
                Setting = $"{measure} {column}: digits {string.Join(", ", pairs.Select(one => one.With.Pair))}",
                Paper = Published[measure, column].ToString(),
            });
        }
    }

    private static void RecordRatio(string measure, IReadOnlyList<CellResult> results, Regularised ratios)
    {
        if (ratios.Ratios[measure].Count == 0)
        {
            return;
        }

        var values = ratios.Of(measure);
        var rule = $"{(FourMeasures.FirstOrder.Contains(measure) ? "below" : "above")} {Regularised.Halfway}; "
            + $"at the paper's size within its margin{Shorter(ratios)}"
            + (values.Count == 1 ? "; of one data set, so the published deviation stands in for ours" : "");
        var mean = First(measure, results).Figure(
            $"{measure} with the table's λ over {measure} without{(measure == "PL0" ? ", both less 1" : "")}, mean", values.Mean(), rule);
        Evidence.Record(Normalised(measure).Compare(mean, values, ratios.IsAtPaperSize) with
        {
            Setting = $"{measure} normalised: digits {string.Join(", ", ratios.Ratios[measure].Select(one => one.Pair))}",
            Paper = Published[measure, "normalised"].ToString(),
        });
    }

    private static void RecordNetwork(CellResult result, RegularisedNetwork network, RegularisedNetwork? without)
    {
        var (kind, trained) = (network.Kind, network.Result);
        foreach (var measure in kind.Measure == RegularisedDigits.None ? FourMeasures.Names : [kind.Measure])
        {
            var how = kind.Measure == RegularisedDigits.None ? "without a regulariser" : $"λ = {kind.Coefficient}";
            Evidence.Record(result.Figure(
                $"{measure} on test points, {how}; the series has the ratio, the measure on training points, λ·η·steps, epochs, "
                + "training and test loss",
                trained.Test.Of(measure),
                "no rule") with
            {
                Setting = $"{result.Name}, cell {result.Hash}: {(trained.Converged ? "converged" : "not converged")}",
                Series =
                [
                    Regularised.Ratio(measure, network, without) ?? double.NaN,
                    trained.Training.Of(measure),
                    Dose(network),
                    trained.Epochs,
                    trained.TrainingLoss,
                    trained.TestLoss,
                ],
            });
        }
    }

    private static CellResult First(string measure, IReadOnlyList<CellResult> results) =>
        results.First(one => one.As<RegularisedNetwork>().Kind.Measure == measure);

    private static PublishedMean Normalised(string measure) => new(Published[measure, "normalised"], DataSets(measure));

    // The number of data sets behind the table's ratios, counted in the author's files (smoothness.authors-results).
    private static int DataSets(string measure) => measure switch { "GN" => 44, "PL0" => 38, "PL1" => 40, _ => 42 };

    private static string Shorter(Regularised ratios) => ratios.IsAtPaperSize
        ? ""
        : $"; not judged against the published mean: {ratios.Points} training points, the paper has 10 000";

    // For how long descent has followed the regulariser; if this is small, no λ can lower anything.
    private static double Dose(RegularisedNetwork network) =>
        network.Kind.Coefficient * network.Kind.LearningRate * network.Result.Epochs * Math.Ceiling(network.Points / 64.0);

    // There are at least two data sets with all four ratios, and in each every first-order ratio exceeds every second-order one.
    private static bool IsReversed(Regularised ratios)
    {
        var complete = FourMeasures.Names.Select(measure => ratios.Ratios[measure].Select(one => one.Pair))
            .Aggregate((some, others) => some.Intersect(others)).ToList();
        double Of(string measure, string pair) => ratios.Ratios[measure].Single(one => one.Pair == pair).Ratio;
        return complete.Count >= 2 && complete.All(pair =>
            FourMeasures.FirstOrder.Min(measure => Of(measure, pair)) > FourMeasures.SecondOrder.Max(measure => Of(measure, pair)));
    }

    // The published deviations; for few data sets a tenth of them, which does not move the means to another side.
    private static Regularised Synthetic(int points, int count, params double[] means) => new(
        FourMeasures.Names.Zip(means).ToDictionary(one => one.First, one =>
        {
            var deviation = Published[one.First, "normalised"].StandardDeviation!.Value * (points < 8192 ? 0.1 : 1);
            var values = PublishedMean.Spread(one.Second, deviation, count);
            return (IReadOnlyList<(string, double)>)[.. values.Select((value, i) => ($"{i}", value))];
        }),
        points,
        count);
}
