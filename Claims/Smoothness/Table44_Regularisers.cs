using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness;

/// <summary>Table 4.4 and Figures 4.2 to 4.5: a regulariser lowers GN and PL0 to a third at the same training error, PL1 and WP hardly.</summary>
public sealed class Table44_Regularisers
{
    private const string Claim = "smoothness.table-4.4";
    private const double Significance = 0.01;
    private static readonly PublishedTable Printed = PublishedTable.Load("smoothness-table-4.4");

    [Claim(Claim, Category = Category.Empirical)]
    public void Regularisers_OfTheFirstOrder_LowerTheirMeasure() => Experiment.JudgeQuick(Claim, RegularisedDigits.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Regularisers_OnMoreDigitsAndPoints_LowerTheirMeasure() => Experiment.JudgeNightly(Claim, RegularisedDigits.Plan, Judge);

    [Claim(Claim, Role.Control)]
    public void MadeUpRatios_AreJudgedByTheRule()
    {
        Decide(MadeUp(64, 2, 0.3, 0.4, 0.9, 0.95)).Verdict.Should().Be(Verdict.Partly);
        Decide(MadeUp(64, 2, 0.3, 0.7, 0.9, 0.95)).Verdict.Should().Be(Verdict.Inconclusive, "PL0 is not lowered");
        Decide(MadeUp(64, 2, 0.95, 0.98, 0.9, 0.3)).Verdict.Should().Be(Verdict.NotReproduced, "every first-order ratio is above every second-order one");
        Decide(MadeUp(64, 2, 0.9, 0.9, 0.9, 0.9)).Verdict.Should().Be(Verdict.Inconclusive, "nothing is lowered, and nothing is reversed");
        Decide(MadeUp(256, 6, 0.9, 0.7, 0.5, 0.5)).Verdict.Should().Be(Verdict.NotReproduced);
        Decide(MadeUp(64, 1, 0.3, 0.4, 0.9, 0.95)).Verdict.Should().Be(Verdict.Inconclusive);
        Decide(MadeUp(10_000, 45, 0.31, 0.33, 0.89, 0.90)).Verdict.Should().Be(Verdict.Reproduced);
        Decide(MadeUp(10_000, 45, 0.31, 0.33, 0.7, 0.7)).Verdict.Should().Be(Verdict.Partly);
        Decide(MadeUp(10_000, 45, 0.7, 0.33, 0.7, 0.7)).Verdict.Should().Be(Verdict.NotReproduced);
    }

    [Claim(Claim, Role.Control)]
    public void Ratios_OfMadeUpNetworks_AreWithOverWithoutOfTheSamePairAndRate()
    {
        static RegularisedNetwork Made(string measure, double coefficient, double rate, FourMeasures values, bool converged = true) =>
            new("0-1", 64, new RegularisedBy(measure, coefficient, rate, 1), new DigitNetwork(converged, false, 1, 0, values, values, 0, 0, 0, 0));
        RegularisedNetwork[] networks =
        [
            Made("none", 0, 0.01, new FourMeasures(2, 9, 9, 8)), Made("none", 0, 0.1, new FourMeasures(9, 1.2, 4, 9)),
            Made("GN", 1e-5, 0.01, new FourMeasures(1.9, 0, 0, 0)), Made("GN", 1e-3, 0.01, new FourMeasures(0.5, 0, 0, 0)),
            Made("PL0", 1e-4, 0.1, new FourMeasures(0, 1.05, 0, 0)), Made("PL1", 1e-5, 0.1, new FourMeasures(0, 0, 3, 0)), Made("WP", 3e-5, 0.01, new FourMeasures(0, 0, 0, 6), converged: false),
        ];
        var ratios = Regularised.Of(networks);
        ratios.Of("GN").Should().Equal(0.25);
        ratios.Of("PL0").Single().Should().BeApproximately(0.25, 1e-12, "0.05 over 0.2");
        ratios.Of("PL1").Should().Equal(0.75);
        ratios.Of("WP").Should().BeEmpty("it did not converge");
        ratios.Fewest.Should().Be(0);
        Regularised.Of([Made("none", 0, 0.1, new FourMeasures(1, 1.01, 1, 1)), networks[4]]).Of("PL0").Should().BeEmpty("1.01 is too near to the bound");
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = results.Select(cell => cell.As<RegularisedNetwork>()).ToList();
        var ratios = Regularised.Of(networks);
        Drawings.Regularisation(networks, Printed);
        RecordMeans(results, networks, ratios);
        foreach (var measure in FourMeasures.Names.Where(measure => ratios.Ratios[measure].Count > 0))
        {
            double[] values = [.. ratios.Of(measure)];
            var paper = new PrintedMean(Printed[measure, "normalised"], DataSets(measure));
            Evidence.Record(results.First(one => one.As<RegularisedNetwork>().Kind.Measure == measure).Figure($"{measure} with the table's λ over {measure} without{(measure == "PL0" ? ", both less 1" : "")}, mean", values.Mean(), $"{(FourMeasures.FirstOrder.Contains(measure) ? "below" : "above")} {Regularised.Halfway}; at the paper's size within its margin{Shorter(ratios)}{(values.Length == 1 ? "; of one data set, so the printed deviation stands in for ours" : "")}") with
            {
                Setting = $"{measure} normalised: digits {string.Join(", ", ratios.Ratios[measure].Select(one => one.Pair))}",
                PaperDifference = ratios.IsAtPaperSize ? paper.InErrors(values) : null,
                Paper = Printed[measure, "normalised"].ToString(),
                Samples = values.Length,
                Uncertainty = values.Length > 1 ? values.StandardDeviation() / Math.Sqrt(values.Length) : null,
                Series = values,
            });
        }

        foreach (var (result, network) in results.Zip(networks))
        {
            foreach (var measure in network.Kind.Measure == RegularisedDigits.None ? FourMeasures.Names : [network.Kind.Measure])
            {
                var ratio = Regularised.Ratio(measure, network, Regularised.Without(networks, network));
                Evidence.Record(result.Figure($"{measure} on test points, {(network.Kind.Measure == RegularisedDigits.None ? "without a regulariser" : $"λ = {network.Kind.Coefficient}")}; the series has the ratio, the measure on training points, λ·η·steps, epochs, training and test loss", network.Result.Test.Of(measure), "no rule") with
                {
                    Setting = $"{result.Name}, cell {result.Hash}: {(network.Result.Converged ? "converged" : "not converged")}",
                    Series = [ratio ?? double.NaN, network.Result.Training.Of(measure), Dose(network), network.Result.Epochs, network.Result.TrainingLoss, network.Result.TestLoss],
                });
            }
        }

        return Decide(ratios);
    }

    private static (Verdict Verdict, string Reason) Decide(Regularised ratios)
    {
        string Mean(string measure) => ratios.Ratios[measure].Count > 0 ? $"{measure} {ratios.Of(measure).Average():F3} ({ratios.Ratios[measure].Count})" : $"{measure} none";
        var reason = $"{ratios.Points} training points, mean ratios and data sets: {string.Join(", ", FourMeasures.Names.Select(Mean))}";
        if (ratios.Fewest < 2)
        {
            return (Verdict.Inconclusive, $"{reason}; fewer than two data sets for a measure");
        }

        // The wrong side, surely: GN and PL0 above halfway, PL1 and WP below.
        var wrong = Holm.Adjust([.. FourMeasures.Names.Select(measure => FourMeasures.FirstOrder.Contains(measure) ? Estimate.OfMean(ratios.Of(measure)).PValueOfAbove(Regularised.Halfway) : Estimate.OfMean(ratios.Of(measure)).PValueOfBelow(Regularised.Halfway))]).All(p => p <= Significance);
        if (wrong || IsReversed(ratios))
        {
            return (Verdict.NotReproduced, $"{reason}; {(wrong ? "all four on the wrong side" : "the first-order ratios are the larger ones everywhere")}");
        }

        if (!ratios.IsAtPaperSize)
        {
            var sides = FourMeasures.Names.Count(ratios.IsOnItsSide);
            return (sides == 4 ? Verdict.Partly : Verdict.Inconclusive, $"{reason}; {sides} of 4 on their side of {Regularised.Halfway}; smaller than the paper's 45 data sets of 10 000 points");
        }

        var outcomes = PrintedMean.Judge([.. FourMeasures.Names.Select(measure => (new PrintedMean(Printed[measure, "normalised"], DataSets(measure)), ratios.Of(measure)))]);
        int Count(Outcome outcome) => outcomes.Count(one => one == outcome);
        var verdict = Count(Outcome.Failed) >= 3 ? Verdict.NotReproduced
            : Count(Outcome.Met) == 4 ? Verdict.Reproduced
            : Count(Outcome.Met) >= 2 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"{reason}; {Count(Outcome.Met)} of 4 cells agree, {Count(Outcome.Failed)} differ");
    }

    // The means with and without a regulariser, over the data sets where both converged. The table prints no deviations with them.
    private static void RecordMeans(IReadOnlyList<CellResult> results, List<RegularisedNetwork> networks, Regularised ratios)
    {
        foreach (var measure in FourMeasures.Names)
        {
            var all = Regularised.Converged(networks, measure);
            var pairs = all.Where(one => one.With.Kind.Coefficient == all.Max(other => other.With.Kind.Coefficient)).ToList();
            foreach (var (column, some) in new[] { ("unregularised", pairs.Select(one => one.Without)), ("regularised", pairs.Select(one => one.With)) }.Where(_ => pairs.Count > 0))
            {
                double[] values = [.. some.Select(one => one.Result.Test.Of(measure))];
                var (printed, error) = (Printed[measure, column], values.Length > 1 ? values.StandardDeviation() / Math.Sqrt(values.Length) : (double?)null);
                Evidence.Record(results.First(one => one.As<RegularisedNetwork>().Kind.Measure == measure).Figure($"{measure} on test points, {column}, mean", values.Mean(), $"no rule. No deviation is printed, so that the printed figure's error is its rounding{(error is null ? "; ours, of one data set, is unknown" : "")}{Shorter(ratios)}") with
                {
                    Setting = $"{measure} {column}: digits {string.Join(", ", pairs.Select(one => one.With.Pair))}",
                    Paper = printed.ToString(),
                    Uncertainty = error,
                    Samples = values.Length,
                    Series = values,
                    PaperDifference = ratios.IsAtPaperSize && error is { } known ? Measurement.InErrors(values.Mean(), known, printed.Value, printed.Rounding / Math.Sqrt(3)) : null,
                });
            }
        }
    }

    // Data sets of which the table's means are.
    private static int DataSets(string measure) => DigitOrders.PaperPairs - (measure == "GN" ? 0 : (int)PublishedTable.Load("smoothness-text")[$"{measure switch { "PL0" => "4.4.2", "PL1" => "4.4.3", _ => "4.4.4" }} data sets of 45 that did not converge with {measure}", "count"].Value);

    private static string Shorter(Regularised ratios) => ratios.IsAtPaperSize ? "" : $"; not judged against the printed mean: {ratios.Points} training points, the paper has 10 000";

    // For how long descent has followed the regulariser: with little of it no λ can lower anything.
    private static double Dose(RegularisedNetwork network) => network.Kind.Coefficient * network.Kind.LearningRate * network.Result.Epochs * Math.Ceiling(network.Points / 64.0);

    // In each data set that has all four, and there is one, every first-order ratio is above every second-order one.
    private static bool IsReversed(Regularised ratios)
    {
        var byPair = FourMeasures.Names.SelectMany(measure => ratios.Ratios[measure].Select(one => (Measure: measure, one.Pair, one.Ratio))).GroupBy(one => one.Pair).Where(group => group.Count() == 4).ToList();
        return byPair.Count >= 2 && byPair.All(group => group.Where(one => FourMeasures.FirstOrder.Contains(one.Measure)).Min(one => one.Ratio) > group.Where(one => FourMeasures.SecondOrder.Contains(one.Measure)).Max(one => one.Ratio));
    }

    private static Regularised MadeUp(int points, int count, params double[] means)
    {
        // The printed deviations, at a scale that leaves the made-up sides alone when there are few data sets.
        double Deviation(string measure) => Printed[measure, "normalised"].StandardDeviation!.Value * (points < 8192 ? 0.1 : 1);
        return new Regularised(
            FourMeasures.Names.Zip(means).ToDictionary(one => one.First, one => (IReadOnlyList<(string, double)>)[.. Enumerable.Range(0, count).Select(i => ($"{i}", one.Second + (Deviation(one.First) * Normal.InvCDF(0, 1, (i + 0.5) / count))))]),
            points);
    }
}
