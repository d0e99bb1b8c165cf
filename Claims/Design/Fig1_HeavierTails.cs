using MathNet.Numerics.Distributions;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Published;
using Reproduce.Randomness;

namespace Reproduce.Claims.Design;

/// <summary>Figure 1: the tails of a convolutional classifier's weights before and after training on real and on random labels.</summary>
public sealed class Fig1_HeavierTails
{
    private const string Claim = "design.fig-1";
    private const double Level = 1 - (0.05 / 4);
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

    /// <summary>
    /// T is 0.5 at initialisation; given are T after training on real and on random labels, and how T in deviations differs between these.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.6, 0.9, 1.1, AllImages, 0.986, true, Verdict.Reproduced, "all four statements are met")]
    [InlineData(0.6, 0.9, 1.1, 500, 0.986, true, Verdict.Partly, "fewer images")]
    [InlineData(0.6, 0.9, 1.1, AllImages, 0.95, true, Verdict.Partly, "another accuracy")]
    [InlineData(0.9, 0.6, 1.1, 500, 0.9, true, Verdict.NotReproduced, "random labels have the lighter tails")]
    [InlineData(0.6, 0.9, 0.9, AllImages, 0.986, true, Verdict.NotReproduced, "random labels have a wider histogram with lighter tails")]
    [InlineData(0.6, 0.9, 1, AllImages, 0.986, true, Verdict.Inconclusive, "a common factor of all weights")]
    [InlineData(0.6, 0.9, 1.1, 500, 0.986, false, Verdict.Inconclusive, "training errors are left")]
    public void SyntheticTails_AreJudgedByTheRule(
        double real, double random, double shape, int images, double accuracy, bool fits, Verdict verdict, string because)
    {
        Pair Of(int i) => new(images, 0.5 + (0.001 * i), real, random, shape + (0.01 * (i - 2)), fits, fits, accuracy, 0.1);
        Decide([.. Enumerable.Range(0, 5).Select(Of)]).Verdict.Should().Be(verdict, because);
    }

    /// <summary>
    /// Pairs drawn from means and deviations of the quick profile's: as they are; with labels that do not matter, though training widens
    /// the histogram; and with weights that random labels multiply by a common factor. Given are the verdict that counts and bounds of its
    /// rate.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(1, 1, 5, AllImages, Verdict.Reproduced, 0.9, 1)]
    [InlineData(1, 1, 3, 500, Verdict.Partly, 0.5, 0.9)]
    [InlineData(0, 0, 5, AllImages, Verdict.Inconclusive, 0.96, 1)]
    [InlineData(0, 0, 3, 500, Verdict.Inconclusive, 0.96, 1)]
    [InlineData(1, 0, 5, AllImages, Verdict.Inconclusive, 0.97, 1)]
    [InlineData(1, 0, 3, 500, Verdict.Inconclusive, 0.97, 1)]
    public void PairsOfOnePopulation_GetTheVerdictAtTheStatedRate(
        double width, double shape, int pairs, int images, Verdict verdict, double low, double high)
    {
        const int Count = 1000;
        var generator = Seed.Of(("claim", Claim), ("control", "power")).Generator();
        double Draw(double mean, double deviation) => Math.Exp(Normal.Sample(generator, mean, deviation));
        Pair Of()
        {
            var real = Draw(0.22, 0.053);
            return new(images, 1, real, real * Draw(0.63 * width, 0.023), Draw(0.076 * shape, 0.012), true, true, 0.986, 0.1);
        }

        bool HasTheVerdict(int draw) => Decide([.. Enumerable.Range(0, pairs).Select(_ => Of())]).Verdict == verdict;
        var what = $"share {verdict.Words()}, {pairs} pairs, {images} images, width × {width}, shape × {shape}";
        DrawnRate.Of(what, Count, HasTheVerdict, $"{low} to {high}").Should().BeInRange(low, high);
    }

    /// <summary>Tails T, and by how much that of random labels is larger in deviations.</summary>
    private sealed record Pair(
        int Images,
        double Initial,
        double Real,
        double Random,
        double Shape,
        bool FitsReal,
        bool FitsRandom,
        double RealAccuracy,
        double RandomAccuracy)
    {
        internal static Pair Of(TailsOfPair pair) => new(
            pair.Images,
            pair.Initial.Tail,
            pair.Real.Weights.Tail,
            pair.Random.Weights.Tail,
            pair.Random.Weights.RelativeTail / pair.Real.Weights.RelativeTail,
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
        var fitsBoth = fitsReal && fitsRandom;
        var wider = Above("ln T(random)/T(real)", pair => Math.Log(pair.Random / pair.Real), fitsBoth, isMain: true);
        var heavier = Above("the same in deviations of the weights", pair => Math.Log(pair.Shape), fitsBoth, isMain: true);
        var (verdict, reason) = Statement.Judge(
            [
                Above("ln T(real)/T(initial)", pair => Math.Log(pair.Real / pair.Initial), fitsReal, isMain: false),
                wider,
                heavier,
                both.If(isFull),
            ],
            isFull && pairs.Count >= Needed);
        var isShown = wider.Outcome == Outcome.Met && heavier.Outcome == Outcome.Met;
        return (verdict == Verdict.Partly && !isShown ? Verdict.Inconclusive : verdict, reason);
    }
}
