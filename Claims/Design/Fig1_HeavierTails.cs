using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Design;

/// <summary>Figure 1: the tails of a convolutional classifier's weights before and after training on real and on random labels.</summary>
public sealed class Fig1_HeavierTails
{
    private const string Claim = "design.fig-1";
    private const double Level = 1 - (0.05 / 3);
    private const double MarginOfReal = 0.5;
    private const double MarginOfRandom = 1;
    private const int AllImages = 60000;
    private const int Needed = 3;
    private static readonly PublishedTable Printed = PublishedTable.Load("design-text");
    private static readonly PublishedValue PrintedOfReal = Printed["Figure 1 test accuracy with real labels", "number"];
    private static readonly PublishedValue PrintedOfRandom = Printed["Figure 1 test accuracy with random labels", "number"];

    [Claim(Claim, Category = Category.Empirical)]
    public void Tails_OfTrainedWeights_AreHeavier() => Experiment.JudgeQuick(Claim, WeightTails.Plan, (_, results) => Judge(results));

    [Claim(Claim, Category = Category.Nightly)]
    public void Tails_OfWeightsTrainedOnMoreImages_AreHeavier() =>
        Experiment.JudgeNightly(Claim, WeightTails.Plan, (_, results) => Judge(results));

    /// <summary>T is 0.5 at initialisation; the tails after training on real and on random labels are given.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.6, 0.9, AllImages, 0.986, true, Verdict.Reproduced, "all three statements are met")]
    [InlineData(0.6, 0.9, 500, 0.986, true, Verdict.Partly, "fewer images")]
    [InlineData(0.6, 0.9, AllImages, 0.95, true, Verdict.Partly, "another accuracy")]
    [InlineData(0.9, 0.6, 500, 0.9, true, Verdict.NotReproduced, "random labels have the lighter tails")]
    [InlineData(0.6, 0.9, 500, 0.986, false, Verdict.Inconclusive, "training errors are left")]
    public void SyntheticTails_AreJudgedByTheRule(
        double real, double random, int images, double accuracy, bool fits, Verdict verdict, string because) =>
        Decide([.. Enumerable.Range(0, 5).Select(i => new Pair(images, 0.5 + (0.001 * i), real, random, fits, fits, accuracy, 0.1))])
            .Verdict.Should().Be(verdict, because);

    private sealed record Pair(
        int Images, double Initial, double Real, double Random, bool FitsReal, bool FitsRandom, double RealAccuracy, double RandomAccuracy)
    {
        internal static Pair Of(TailsOfPair pair) => new(
            pair.Images,
            pair.Initial.Tail,
            pair.Real.Weights.Tail,
            pair.Random.Weights.Tail,
            pair.Real.TrainingErrors == 0,
            pair.Random.TrainingErrors == 0,
            pair.Real.TestAccuracy,
            pair.Random.TestAccuracy);
    }

    private static (Verdict Verdict, string Reason) Judge(IReadOnlyList<CellResult> results)
    {
        Drawings.Figure1(results);
        foreach (var result in results)
        {
            var pair = result.As<TailsOfPair>();
            Record(result, "at initialisation", pair.Initial, "");
            RecordTrained(result, "real", pair.Real, PrintedOfReal);
            RecordTrained(result, "random", pair.Random, PrintedOfRandom);
        }

        return Decide([.. results.Select(result => Pair.Of(result.As<TailsOfPair>()))]);
    }

    private static void RecordTrained(CellResult result, string labels, TrainedWeights trained, PublishedValue printed)
    {
        var training = $": {trained.Epochs} epochs, {trained.TrainingErrors} training errors";
        Record(result, $"trained on {labels} labels", trained.Weights, training);
        var quantity = $"test accuracy with {labels} labels, per cent";
        Evidence.Record(result.Figure(quantity, 100 * trained.TestAccuracy, "judged at 60 000 images only") with { Paper = $"{printed}" });
    }

    private static void Record(CellResult result, string when, WeightDistribution weights, string training)
    {
        var quantity = $"0.999 quantile of |w| {when}{training}; the series is the kurtosis, the standard deviation "
            + "and the histogram on [−1, 1] in forty parts";
        Evidence.Record(result.Figure(quantity, weights.Tail, "random above real above initial") with
        {
            Series = [weights.Kurtosis, weights.Deviation, .. weights.Histogram],
        });
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Pair> pairs)
    {
        var isFull = pairs.All(pair => pair.Images == AllImages);
        ConfidenceInterval Interval(Func<Pair, double> of) => ConfidenceInterval.Of([.. pairs.Select(of)], Level);
        Statement Above(string what, Func<Pair, double> logarithm, bool fits, bool isMain) =>
            Statement.Within(what, Interval(logarithm), double.Epsilon, double.PositiveInfinity, isMain).If(fits);
        Statement Accuracy(string labels, Func<Pair, double> accuracy, PublishedValue printed, double margin) => Statement.Within(
            $"test accuracy with {labels} labels",
            Interval(pair => 100 * accuracy(pair)),
            printed.Value - margin,
            printed.Value + margin);
        var real = Accuracy("real", pair => pair.RealAccuracy, PrintedOfReal, MarginOfReal);
        var random = Accuracy("random", pair => pair.RandomAccuracy, PrintedOfRandom, MarginOfRandom);
        var both = new Statement($"{real.Text}, {random.Text}", Outcomes.All([real.Outcome, random.Outcome]));
        var (fitsReal, fitsRandom) = (pairs.All(pair => pair.FitsReal), pairs.All(pair => pair.FitsRandom));
        return Statement.Judge(
            [
                Above("ln T(real)/T(initial)", pair => Math.Log(pair.Real / pair.Initial), fitsReal, isMain: false),
                Above("ln T(random)/T(real)", pair => Math.Log(pair.Random / pair.Real), fitsReal && fitsRandom, isMain: true),
                both.If(isFull),
            ],
            isFull && pairs.Count >= Needed);
    }
}
