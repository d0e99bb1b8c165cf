using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>Fig. 9: the mean interval and the validation accuracy while networks train on real labels.</summary>
public sealed class Fig9_IntervalsDuringTraining
{
    private const string Claim = "intervals.fig-9";
    private const double Level = 1 - (0.05 / 2);
    private const double VeryWell = 0.9;

    [Claim(Claim, Category = Category.Empirical)]
    public void MeanInterval_DuringTraining_FollowsTheValidationAccuracy() =>
        Experiment.JudgeQuick(Claim, IntervalClassifiers.Images, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MeanIntervalOfMoreNetworks_DuringTraining_FollowsTheValidationAccuracy() =>
        Experiment.JudgeNightly(Claim, IntervalClassifiers.Images, Judge);

    [Claim(Claim, Role.Control)]
    public void SyntheticCurves_AreJudgedByTheRule()
    {
        var generator = new Random(1);
        double[] Rising() => [.. Enumerable.Range(1, 30).Select(i => 1 - Math.Exp(-0.3 * i) + (0.01 * generator.NextDouble()))];
        double[] Noise() => [.. Enumerable.Range(1, 30).Select(_ => generator.NextDouble())];
        List<Curves> Runs(Func<double[], double[]> interval, Func<double[], double[]>? right = null) =>
        [
            .. from accuracy in Enumerable.Range(0, 5).Select(_ => Rising())
               select new Curves(interval(accuracy), (right ?? interval)(accuracy), accuracy),
        ];
        double[] Tied(double[] accuracy) => [.. accuracy.Select(one => 2 * one)];
        Decide(Runs(Tied)).Verdict.Should().Be(Verdict.Reproduced);
        Decide(Runs(Tied)[..2]).Verdict.Should().Be(Verdict.Partly, "two networks are too few");
        Decide(Runs(_ => Noise())).Verdict.Should().Be(Verdict.NotReproduced, "the epochs are shuffled");
        Decide(Runs(_ => Noise(), Tied)).Verdict.Should().Be(Verdict.Partly, "only where misclassified points have intervals of 0");
        Decide(Runs(accuracy => [.. accuracy.Select(one => -one)])).Verdict.Should().Be(Verdict.NotReproduced);
    }

    /// <summary>
    /// How often independent curves that rise and level off, each with its own noise, pass: a common trend alone is at most partly.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void IndependentRisingCurves_PassTheFirstStatementAndHardlyTheSecond()
    {
        // With a chance of 0.0125 more than 16 of 400 pass about once in 30 000 times.
        const int Trials = 400;
        const int Most = 16;
        var generator = new Random(2);
        double[] Rising() => [.. Enumerable.Range(1, 34).Select(i => 1 - Math.Exp(-0.1 * i) + (0.02 * (generator.NextDouble() - 0.5)))];
        Verdict Decided() => Decide([.. Enumerable.Range(0, 3).Select(_ => new Curves(Rising(), Rising(), Rising()))]).Verdict;
        var decided = Enumerable.Range(0, Trials).Select(_ => Decided()).ToList();
        var (full, part) = (decided.Count(one => one == Verdict.Reproduced), decided.Count(one => one == Verdict.Partly));
        Evidence.Record(new Measurement(
            "share of triples of independent rising curves that are called reproduced; the series has the share called partly",
            full / (double)Trials,
            "at most 0.04, for a chance of 0.0125")
        {
            Series = [part / (double)Trials],
            Samples = Trials,
            Seed = "System.Random 2",
        });
        full.Should().BeLessThanOrEqualTo(Most);
        part.Should().BeGreaterThan(Trials / 2);
    }

    private sealed record Curves(double[] Interval, double[] IntervalOfRight, double[] Accuracy);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.HasDetails && !one.IsRandom).ToList();
        Drawings.Figure9(networks);
        var curves = new List<Curves>();
        foreach (var network in networks)
        {
            var during = network.Network.During!;
            var one = new Curves(during.Interval, during.IntervalOfRight, during.ValidationAccuracy);
            curves.Add(one);
            var epochs = $"after epochs {string.Join(", ", during.Epochs)}";
            Measurement Figure(string quantity, double[] first, double[] second, string rule, double[] series) =>
                network.Figure($"{quantity} {epochs}", Correlation.Pearson(first, second), rule) with { Series = series };
            Evidence.Record(Figure(
                "correlation of the mean interval with the validation accuracy; the series is the mean interval",
                one.Interval,
                one.Accuracy,
                $"the mean at least {VeryWell}",
                one.Interval) with
            {
                Paper = "very well",
            });
            Evidence.Record(Figure(
                "the same with 0 for misclassified points; the series is that mean interval",
                one.IntervalOfRight,
                one.Accuracy,
                $"looked at if the first reading fails: the mean at least {VeryWell}",
                one.IntervalOfRight));
            Evidence.Record(Figure(
                "correlation of the deviations of both from the mean of their neighbours, later half of the epochs; "
                    + "the series is the validation accuracy",
                Wiggles(one.Interval),
                Wiggles(one.Accuracy),
                "the mean above 0",
                one.Accuracy));
            Evidence.Record(Figure(
                "correlation of the mean interval with the training accuracy; the series is the training accuracy",
                one.Interval,
                during.TrainingAccuracy,
                "no rule",
                during.TrainingAccuracy));
        }

        return Decide(curves);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Curves> networks)
    {
        ConfidenceInterval Of(Func<Curves, double> correlation) => ConfidenceInterval.Of([.. networks.Select(correlation)], Level);
        Statement Follows(string what, Func<Curves, double[]> interval, bool isMain) => Statement.Within(
            what, Of(one => Correlation.Pearson(interval(one), one.Accuracy)), VeryWell, double.PositiveInfinity, isMain);
        var follows = Follows("r of interval and validation accuracy", one => one.Interval, isMain: true);
        var beyond = Statement.Within(
            "r of their deviations from their neighbours",
            Of(one => Correlation.Pearson(Wiggles(one.Interval), Wiggles(one.Accuracy))),
            double.Epsilon,
            double.PositiveInfinity);
        var (verdict, reason) = Statement.Judge([follows, beyond], networks.Count >= ClassifierResult.Needed);
        if (follows.Outcome != Outcome.Failed)
        {
            return (verdict, reason);
        }

        var right = Follows("r with intervals of 0 at misclassified points", one => one.IntervalOfRight, isMain: false);
        return (right.Outcome == Outcome.Met ? Verdict.Partly : verdict, $"{reason}; {right.Text}: {right.Found}");
    }

    // What is left of the later half without the trend: each value less the mean of its neighbours.
    private static double[] Wiggles(double[] series)
    {
        var later = series[(series.Length / 2)..];
        return [.. Enumerable.Range(1, later.Length - 2).Select(i => later[i] - ((later[i - 1] + later[i + 1]) / 2))];
    }
}
