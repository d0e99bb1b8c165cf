using MathNet.Numerics.Distributions;
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

    // Epochs between measurements that count, and the first of those that the sensitivity to early ones leaves.
    private const int Every = 5;
    private const int Late = 20;

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
        List<Curves> Runs(Func<double[], double[]> interval) =>
            [.. Enumerable.Range(0, 5).Select(_ => Rising()).Select(accuracy => new Curves(interval(accuracy), accuracy))];
        double[] Tied(double[] accuracy) => [.. accuracy.Select(one => 2 * one)];
        Decide(Runs(Tied)).Verdict.Should().Be(Verdict.Reproduced);
        Decide(Runs(Tied)[..2]).Verdict.Should().Be(Verdict.Partly, "two networks are too few");
        Decide(Runs(_ => Noise())).Verdict.Should().Be(Verdict.NotReproduced, "the epochs are shuffled");
        Decide(Runs(accuracy => [.. accuracy.Select(one => -one)])).Verdict.Should().Be(Verdict.NotReproduced);
    }

    /// <summary>
    /// How often independent curves that rise and level off, each with its own noise, pass: a common trend alone is at most partly. There
    /// are as many points as in a training, whose accuracy has nearly reached its end after 40 epochs.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void IndependentRisingCurves_PassTheFirstStatementAndHardlyTheSecond()
    {
        // With a chance of 0.0125 more than 16 of 400 pass about once in 30 000 times.
        const int Trials = 400;
        const int Most = 16;
        var generator = new Random(2);
        Verdict Decided() => Decide([.. Enumerable.Range(0, 3).Select(_ => new Curves(Rising(generator), Rising(generator)))]).Verdict;
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

    /// <summary>
    /// So many networks get the verdict so many times in 100: the interval is twice the accuracy, up to noise of this deviation, or it is
    /// constant up to that noise, whatever the accuracy.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(10, 2, 0.01, Verdict.Reproduced, 90, 100)]
    [InlineData(10, 2, 0.02, Verdict.Reproduced, 60, 95)]
    [InlineData(3, 2, 0.01, Verdict.Reproduced, 35, 75)]
    [InlineData(10, 0, 0.02, Verdict.NotReproduced, 95, 100)]
    [InlineData(3, 0, 0.02, Verdict.Reproduced, 0, 0)]
    public void DrawnCurves_GetTheVerdictAsOftenAsStated(
        int count, double factor, double deviation, Verdict verdict, int least, int most)
    {
        var generator = new Random(9);
        Curves Drawn()
        {
            var accuracy = Rising(generator);
            return new([.. accuracy.Select(one => (factor * one) + Normal.Sample(generator, 0, deviation))], accuracy);
        }

        DrawnNetworks.Times(
                verdict,
                $"{count} networks with intervals of {factor} times the accuracy and noise of {deviation}",
                () => Decide([.. Enumerable.Range(0, count).Select(_ => Drawn())]).Verdict)
            .Should().BeInRange(least, most);
    }

    /// <summary>
    /// A constant interval with 0 where the first point is misclassified is constant times the training accuracy, which follows the
    /// validation accuracy whatever intervals do: no rule looks at that reading.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void ConstantInterval_OfPointsThatAreRight_FollowsTheAccuracyAllTheSame()
    {
        var generator = new Random(10);
        double[] validation = Rising(generator);
        double[] training = [.. validation.Select(one => one + (0.15 * one * one))];
        Correlation.Pearson([.. training.Select(one => 2 * one)], validation).Should().BeGreaterThan(VeryWell);
        double[] constant = [.. validation.Select((_, i) => 2 + (0.01 * (i % 2)))];
        Decide([.. Enumerable.Repeat(new Curves(constant, validation), 5)]).Verdict.Should().Be(Verdict.NotReproduced);
    }

    // The mean interval and the validation accuracy after every fifth epoch.
    private sealed record Curves(double[] Interval, double[] Accuracy);

    private static double[] Rising(Random generator) =>
        [.. Enumerable.Range(1, 17).Select(i => 1 - Math.Exp(-0.42 * i) + (0.02 * (generator.NextDouble() - 0.5)))];

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.HasDetails && !one.IsRandom).ToList();
        Drawings.Figure9(networks);
        var curves = new List<Curves>();
        foreach (var network in networks)
        {
            var during = network.Network.During!;
            double[] Where(Func<double, bool> isTaken, double[] series) => [.. series.Where((_, i) => isTaken(during.Epochs[i]))];
            double[] Even(double[] series) => Where(epoch => epoch % Every == 0, series);
            var one = new Curves(Even(during.Interval), Even(during.ValidationAccuracy));
            curves.Add(one);
            Measurement Figure(string quantity, Func<double, bool> isTaken, double[] first, double[] second, string rule)
            {
                var series = Where(isTaken, first);
                var epochs = $"after epochs {string.Join(", ", Where(isTaken, during.Epochs))}; the series is the first of both";
                return network.Figure($"{quantity} {epochs}", Correlation.Pearson(series, Where(isTaken, second)), rule) with
                {
                    Series = series,
                };
            }

            const string Both = "correlation of the mean interval and the validation accuracy";
            Evidence.Record(Figure(
                Both, epoch => epoch % Every == 0, during.Interval, during.ValidationAccuracy, $"the mean at least {VeryWell}") with
            {
                Paper = "very well",
            });
            Evidence.Record(Figure(Both, _ => true, during.Interval, during.ValidationAccuracy, "no rule"));
            Evidence.Record(Figure(Both, epoch => epoch >= Late, during.Interval, during.ValidationAccuracy, "no rule"));
            Evidence.Record(Figure(
                "correlation of the validation accuracy and the mean interval with 0 for misclassified points",
                _ => true,
                during.ValidationAccuracy,
                during.IntervalOfRight,
                "no rule: it follows from the training accuracy"));
            Evidence.Record(Figure(
                "correlation of the training accuracy and the mean interval",
                _ => true,
                during.TrainingAccuracy,
                during.Interval,
                "no rule"));
            Evidence.Record(network.Figure(
                "correlation of the deviations of both from the mean of their neighbours, later half of the measurements; "
                    + "the series is the validation accuracy after every fifth epoch",
                Correlation.Pearson(Wiggles(one.Interval), Wiggles(one.Accuracy)),
                "the mean above 0") with
            {
                Series = one.Accuracy,
            });
        }

        return Decide(curves);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Curves> networks)
    {
        ConfidenceInterval Of(Func<Curves, double> correlation) => ConfidenceInterval.Of([.. networks.Select(correlation)], Level);
        return Statement.Judge(
            [
                Statement.Within(
                    "r of interval and validation accuracy",
                    Of(one => Correlation.Pearson(one.Interval, one.Accuracy)),
                    VeryWell,
                    double.PositiveInfinity,
                    isMain: true),
                Statement.Within(
                    "r of their deviations from their neighbours",
                    Of(one => Correlation.Pearson(Wiggles(one.Interval), Wiggles(one.Accuracy))),
                    double.Epsilon,
                    double.PositiveInfinity),
            ],
            networks.Count >= ClassifierResult.Needed);
    }

    // What is left of the later half without the trend: each value less the mean of its neighbours.
    private static double[] Wiggles(double[] series)
    {
        var later = series[(series.Length / 2)..];
        return [.. Enumerable.Range(1, later.Length - 2).Select(i => later[i] - ((later[i - 1] + later[i + 1]) / 2))];
    }
}
