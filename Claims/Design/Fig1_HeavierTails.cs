using System.Text.Json;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Design;

/// <summary>Figure 1: the tails of the weights of a convolutional classifier before and after it was trained on real and on random labels.</summary>
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
    public void Tails_OfTrainedWeights_AreHeavier() => Experiment.JudgeQuick(Claim, WeightTails.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Tails_OfWeightsTrainedOnMoreImages_AreHeavier() => Experiment.JudgeNightly(Claim, WeightTails.Plan, Judge);

    [Claim(Claim, Role.Control)]
    public void MadeUpTails_AreJudgedByTheRule()
    {
        static List<Pair> Of(double real, double random, int images, double accuracy = 0.986, bool fits = true) =>
            [.. Enumerable.Range(0, 5).Select(i => new Pair(images, 0.5 + (0.001 * i), real, random, fits, fits, accuracy, 0.1))];
        Decide(Of(0.6, 0.9, AllImages)).Verdict.Should().Be(Verdict.Reproduced);
        Decide(Of(0.6, 0.9, 500)).Verdict.Should().Be(Verdict.Partly, "fewer images");
        Decide(Of(0.6, 0.9, AllImages, accuracy: 0.95)).Verdict.Should().Be(Verdict.Partly);
        Decide([.. Enumerable.Range(0, 5).Select(i => new Pair(500, 0.5, 0.9, 0.6 + (0.001 * i), true, true, 0.9, 0.1))]).Verdict.Should().Be(Verdict.NotReproduced, "random labels have the lighter tails");
        Decide(Of(0.6, 0.9, 500, fits: false)).Verdict.Should().Be(Verdict.Inconclusive, "training errors are left");
    }

    private sealed record Pair(int Images, double Initial, double Real, double Random, bool FitsReal, bool FitsRandom, double RealAccuracy, double RandomAccuracy);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        Drawings.Figure1(results);
        var pairs = new List<Pair>();
        foreach (var result in results)
        {
            var (real, random) = (result.Result.GetProperty("real"), result.Result.GetProperty("random"));
            Record(result, "at initialisation", result.Result.GetProperty("initial"), "");
            foreach (var (labels, trained, printed) in new[] { ("real", real, PrintedOfReal), ("random", random, PrintedOfRandom) })
            {
                Record(result, $"trained on {labels} labels", trained.GetProperty("weights"), $": {trained.GetProperty("epochs")} epochs, {trained.GetProperty("trainingErrors")} training errors");
                Evidence.Record(result.Figure($"test accuracy with {labels} labels, per cent", 100 * Of(trained, "testAccuracy"), "judged at 60 000 images only") with { Paper = $"{printed}" });
            }

            pairs.Add(new Pair(
                result.Result.GetProperty("images").GetInt32(), Of(result.Result.GetProperty("initial"), "tail"), Of(real.GetProperty("weights"), "tail"), Of(random.GetProperty("weights"), "tail"),
                Of(real, "trainingErrors") == 0, Of(random, "trainingErrors") == 0, Of(real, "testAccuracy"), Of(random, "testAccuracy")));
        }

        return Decide(pairs);
    }

    private static void Record(CellResult result, string when, JsonElement weights, string training) =>
        Evidence.Record(result.Figure($"0.999 quantile of |w| {when}{training}; the series is the kurtosis, the standard deviation and the histogram on [−1, 1] in forty parts", Of(weights, "tail"), "random above real above initial") with
        {
            Series = [Of(weights, "kurtosis"), Of(weights, "deviation"), .. weights.GetProperty("histogram").EnumerateArray().Select(one => one.GetDouble())],
        });

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Pair> pairs)
    {
        var isFull = pairs.All(pair => pair.Images == AllImages);
        Statement Above(string what, Func<Pair, double> logarithm, bool fits, bool isMain) =>
            Statement.Within(what, ConfidenceInterval.Of([.. pairs.Select(logarithm)], Level), double.Epsilon, double.PositiveInfinity, isMain).If(fits);
        Statement Accuracy(string labels, Func<Pair, double> accuracy, PublishedValue printed, double margin) =>
            Statement.Within($"test accuracy with {labels} labels", ConfidenceInterval.Of([.. pairs.Select(pair => 100 * accuracy(pair))], Level), printed.Value - margin, printed.Value + margin);
        var real = Accuracy("real", pair => pair.RealAccuracy, PrintedOfReal, MarginOfReal);
        var random = Accuracy("random", pair => pair.RandomAccuracy, PrintedOfRandom, MarginOfRandom);
        var both = new Statement($"{real.Text}, {random.Text}", real.Outcome == random.Outcome ? real.Outcome : real.Outcome == Outcome.Failed || random.Outcome == Outcome.Failed ? Outcome.Failed : Outcome.Undecided);
        return Statement.Judge(
            [
                Above("ln T(real)/T(initial)", pair => Math.Log(pair.Real / pair.Initial), pairs.All(pair => pair.FitsReal), isMain: false),
                Above("ln T(random)/T(real)", pair => Math.Log(pair.Random / pair.Real), pairs.All(pair => pair.FitsReal && pair.FitsRandom), isMain: true),
                both.If(isFull),
            ],
            isFull && pairs.Count >= Needed);
    }

    private static double Of(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
