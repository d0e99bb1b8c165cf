using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 3 on random labels and section 5 on early stopping: the pulled-back metric and its bound ∏σ_l² from the first epoch to the last,
/// on networks trained with real and with random labels.
/// </summary>
public sealed class Remark_RandomLabels
{
    private const string RandomLabels = "design.random-labels";
    private const string EarlyStopping = "design.early-stopping";
    private const double Level = 1 - (0.05 / 2);
    private const int Needed = 5;
    private const double Fall = 0.01;

    [Claim(RandomLabels, Category = Category.Empirical)]
    public void RandomLabels_Fitted_HaveTheLargerCurvature() =>
        Experiment.JudgeQuick(RandomLabels, FlatnessByLabels.Plan, (_, results) => Judge(results, DecideCurvature));

    [Claim(RandomLabels, Category = Category.Nightly)]
    public void RandomLabelsOfMoreImages_Fitted_HaveTheLargerCurvature() =>
        Experiment.JudgeNightly(RandomLabels, FlatnessByLabels.Plan, (_, results) => Judge(results, DecideCurvature));

    [Claim(EarlyStopping, Category = Category.Empirical)]
    public void SpectralProduct_InTraining_Grows() =>
        Experiment.JudgeQuick(EarlyStopping, FlatnessByLabels.Plan, (_, results) => Judge(results, DecideGrowth));

    [Claim(EarlyStopping, Category = Category.Nightly)]
    public void SpectralProduct_InTrainingOnMoreImages_Grows() =>
        Experiment.JudgeNightly(EarlyStopping, FlatnessByLabels.Plan, (_, results) => Judge(results, DecideGrowth));

    /// <summary>Curvature and product of random labels over those of real ones, for as many pairs as given.</summary>
    [ClaimRows(RandomLabels, Role.Control)]
    [InlineData(3, 2, 5, 0, Verdict.Reproduced, "both are larger")]
    [InlineData(3, 2, 3, 0, Verdict.Partly, "three pairs are too few")]
    [InlineData(3, 0.5, 5, 0, Verdict.Partly, "the bound is smaller")]
    [InlineData(0.5, 2, 5, 0, Verdict.NotReproduced, "the curvature is smaller")]
    [InlineData(3, 2, 5, 1, Verdict.Inconclusive, "a training error is left")]
    public void SyntheticPairs_AreJudgedByTheRule(
        double curvature, double product, int pairs, int errors, Verdict verdict, string because)
    {
        FlatnessInTraining Of(double factor, double size, int i) =>
            new("", null, errors, 0.9, [new(0, 1, 1, 1), new(20, size * (5 + (0.1 * i)), factor * (1 + (0.01 * i)), 1)]);
        DecideCurvature([.. Enumerable.Range(0, pairs).Select(i => new FlatnessOfPair(500, Of(1, 1, i), Of(curvature, product, i + 1)))])
            .Verdict.Should().Be(verdict, because);
    }

    /// <summary>The product is about 1 after one epoch; given are those after two epochs (the last network apart) and at the end.</summary>
    [ClaimRows(EarlyStopping, Role.Control)]
    [InlineData(2, 2, 4, 5, Verdict.Reproduced, "it grows")]
    [InlineData(2, 2, 4, 3, Verdict.Partly, "three pairs are too few")]
    [InlineData(2, 0.5, 4, 5, Verdict.Partly, "it grows, and falls once in between in one of the networks")]
    [InlineData(0.5, 0.5, 4, 5, Verdict.Partly, "it grows, and falls in between in all of them")]
    [InlineData(0.5, 0.5, 0.25, 5, Verdict.NotReproduced, "it falls")]
    public void SyntheticCourses_AreJudgedByTheRule(
        double afterTwo, double lastAfterTwo, double atTheEnd, int pairs, Verdict verdict, string because)
    {
        FlatnessInTraining Of(int i, double two) => new(
            "", null, 0, 0.9, [new(0, 1, 1, 1), new(1, 1 + (0.001 * i), 1, 1), new(2, two, 1, 1), new(4, atTheEnd, 1, 1)]);
        FlatnessOfPair Pair(int i) => new(500, Of(i, afterTwo), Of(i, i == pairs ? lastAfterTwo : afterTwo));
        DecideGrowth([.. Enumerable.Range(1, pairs).Select(Pair)]).Verdict.Should().Be(verdict, because);
    }

    private static (Verdict Verdict, string Reason) Judge(
        IReadOnlyList<CellResult> results, Func<IReadOnlyList<FlatnessOfPair>, (Verdict Verdict, string Reason)> decide)
    {
        foreach (var result in results)
        {
            var pair = result.As<FlatnessOfPair>();
            Record(result, "real", pair.Real);
            Record(result, "random", pair.Random);
        }

        FlatnessOfPair[] pairs = [.. results.Select(result => result.As<FlatnessOfPair>())];
        Drawings.Flatness(pairs);
        return decide(pairs);
    }

    private static void Record(CellResult result, string labels, FlatnessInTraining network)
    {
        var end = network.Course[^1];
        var epochs = string.Join(", ", network.Course.Select(look => look.Epoch));
        var when = $"{labels} labels, after {end.Epoch} epochs, {network.TrainingErrors} training errors, "
            + $"test accuracy {network.TestAccuracy:F3}; the series has epochs {epochs}";
        void Series(string quantity, Func<Flatness, double> of, string rule) =>
            Evidence.Record(result.Figure($"{quantity}: {when}", of(end), rule) with { Series = [.. network.Course.Select(of)] });
        Series("∏σ_l²", look => look.SpectralProduct, "larger with random labels; never falls by more than 1 %");
        Series("mean λ_max(ζ) at training images, softmax", look => look.Curvature, "larger with random labels");
        Series("mean ‖J‖² at training images", look => look.SquaredSlope, "no rule");
    }

    private static (Verdict Verdict, string Reason) DecideCurvature(IReadOnlyList<FlatnessOfPair> pairs)
    {
        var isFitted = pairs.All(pair => pair.Real.TrainingErrors == 0 && pair.Random.TrainingErrors == 0);
        Statement Larger(string what, Func<Flatness, double> of, bool isMain)
        {
            double Logarithm(FlatnessOfPair pair) => Math.Log(of(pair.Random.Course[^1]) / of(pair.Real.Course[^1]));
            return Above($"ln {what}(random)/{what}(real)", [.. pairs.Select(Logarithm)], isMain).If(isFitted);
        }
        return Statement.Judge(
            [Larger("λ_max(ζ)", look => look.Curvature, isMain: true), Larger("∏σ²", look => look.SpectralProduct, isMain: false)],
            pairs.Count >= Needed);
    }

    private static (Verdict Verdict, string Reason) DecideGrowth(IReadOnlyList<FlatnessOfPair> pairs)
    {
        Statement Grows(string labels, Func<FlatnessOfPair, FlatnessInTraining> of) => Above(
            $"ln ∏σ²(end)/∏σ²(first epoch), {labels} labels", [.. pairs.Select(pair => Growth(of(pair)))], isMain: true);
        var networks = pairs.SelectMany(pair => new[] { pair.Real, pair.Random }).ToList();
        var falling = networks.Count(HasAFall);
        var outcome = falling == 0 ? Outcome.Met : 2 * falling >= networks.Count ? Outcome.Failed : Outcome.Undecided;
        return Statement.Judge(
            [
                Grows("real", pair => pair.Real),
                Grows("random", pair => pair.Random),
                new Statement($"∏σ² falls by more than 1 % in {falling} of {networks.Count} networks", outcome),
            ],
            pairs.Count >= Needed);
    }

    private static double Growth(FlatnessInTraining network) =>
        Math.Log(network.Course[^1].SpectralProduct / network.Course.First(look => look.Epoch >= 1).SpectralProduct);

    // Between two consecutive looks, from before the training on.
    private static bool HasAFall(FlatnessInTraining network) =>
        network.Course.Zip(network.Course.Skip(1)).Any(looks => looks.Second.SpectralProduct < (1 - Fall) * looks.First.SpectralProduct);

    private static Statement Above(string what, double[] logarithms, bool isMain) =>
        Statement.Within(what, ConfidenceInterval.Of(logarithms, Level), double.Epsilon, double.PositiveInfinity, isMain);
}
