using MathNet.Numerics.Distributions;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design.Zeta;
using Reproduce.Randomness;

namespace Reproduce.Claims.Design;

/// <summary>
/// Sections 3.1 and 3.2: the pulled-back metric and its bound on networks trained with and without generalization layers, and whether
/// these keep random labels from being fitted.
/// </summary>
public sealed class Remark_GeneralizationLayers
{
    private const string Skip = "design.gl-zeta";
    private const string Dropout = "design.gld-zeta";
    private const string Labels = "design.random-labels.layers";
    private const double Level = 1 - (0.05 / 4);
    private const double LargestError = 0.01;
    private const int Needed = 5;

    [Claim(Skip, Category = Category.Empirical)]
    public void SkipLayer_InTraining_KeepsTheMetricSmall() =>
        Experiment.JudgeQuick(Skip, ZetaByLayer.Plan, (_, results) => JudgeSkip(results));

    [Claim(Skip, Category = Category.Nightly)]
    public void SkipLayer_InTrainingOnMoreImages_KeepsTheMetricSmall() =>
        Experiment.JudgeNightly(Skip, ZetaByLayer.Plan, (_, results) => JudgeSkip(results));

    [Claim(Dropout, Category = Category.Empirical)]
    public void DropoutLayer_InTraining_KeepsTheMetricSmall() =>
        Experiment.JudgeQuick(Dropout, ZetaByLayer.Plan, (_, results) => Judge(results, ends => DecideMetric(ends, Inserted.GLD)));

    [Claim(Dropout, Category = Category.Nightly)]
    public void DropoutLayer_InTrainingOnMoreImages_KeepsTheMetricSmall() =>
        Experiment.JudgeNightly(Dropout, ZetaByLayer.Plan, (_, results) => Judge(results, ends => DecideMetric(ends, Inserted.GLD)));

    [Claim(Labels, Category = Category.Empirical)]
    public void RandomLabels_WithEitherLayer_AreNotFitted() =>
        Experiment.JudgeQuick(Labels, ZetaByLayer.Plan, (_, results) => Judge(results, DecideReach));

    [Claim(Labels, Category = Category.Nightly)]
    public void RandomLabelsOfMoreImages_WithEitherLayer_AreNotFitted() =>
        Experiment.JudgeNightly(Labels, ZetaByLayer.Plan, (_, results) => Judge(results, DecideReach));

    /// <summary>Given are λ_max(ζ) and the bound with the layer; those of both other networks are 1, but for a spread.</summary>
    [ClaimRows(Skip, Role.Control)]
    [InlineData(0.5, 0.5, 5, true, Verdict.Reproduced, "all four are smaller")]
    [InlineData(0.5, 0.5, 3, true, Verdict.Partly, "three networks are too few")]
    [InlineData(0.5, 2, 5, true, Verdict.Partly, "the bound is larger")]
    [InlineData(2, 0.5, 5, true, Verdict.NotReproduced, "the metric is larger")]
    [InlineData(1, 1, 5, true, Verdict.Inconclusive, "the layer changes nothing")]
    [InlineData(0.5, 0.5, 5, false, Verdict.Inconclusive, "a network diverged")]
    public void SyntheticMetricsOfGL_AreJudgedByTheRule(
        double curvature, double bound, int networks, bool isFinished, Verdict verdict, string because) =>
        CheckSynthetic(Inserted.GL, curvature, bound, networks, _ => isFinished, verdict, because);

    /// <summary>Networks that are not compared, those with GLD, may diverge.</summary>
    [Claim(Skip, Role.Control)]
    public void DivergenceOfAnotherKind_LeavesNothingOpen() =>
        CheckSynthetic(
            Inserted.GL, 0.5, 0.5, Needed, end => end.Inserted != Inserted.GLD, Verdict.Reproduced, "GL is compared with neither");

    /// <inheritdoc cref="SyntheticMetricsOfGL_AreJudgedByTheRule"/>
    [ClaimRows(Dropout, Role.Control)]
    [InlineData(0.5, 0.5, 5, true, Verdict.Reproduced, "all four are smaller")]
    [InlineData(0.5, 2, 5, true, Verdict.Partly, "the bound is larger")]
    [InlineData(2, 0.5, 5, true, Verdict.NotReproduced, "the metric is larger")]
    [InlineData(1, 1, 5, true, Verdict.Inconclusive, "the layer changes nothing")]
    public void SyntheticMetricsOfGLD_AreJudgedByTheRule(
        double curvature, double bound, int networks, bool isFinished, Verdict verdict, string because) =>
        CheckSynthetic(Inserted.GLD, curvature, bound, networks, _ => isFinished, verdict, because);

    /// <summary>
    /// Logarithms drawn with a deviation of 0.15: the layer divides λ_max(ζ) and the bound by e, halves them, changes nothing, or
    /// multiplies them. Given are the logarithms of the factors, the verdict that counts, and bounds of its rate.
    /// </summary>
    [ClaimRows(Skip, Role.Control)]
    [InlineData(-1, -1, 5, Verdict.Reproduced, 0.97, 1)]
    [InlineData(-0.7, -0.7, 5, Verdict.Reproduced, 0.8, 0.95)]
    [InlineData(-0.7, -0.7, 10, Verdict.Reproduced, 0.97, 1)]
    [InlineData(-1, 1, 5, Verdict.Partly, 0.97, 1)]
    [InlineData(0, 0, 5, Verdict.Inconclusive, 0.92, 0.99)]
    [InlineData(0, 0, 5, Verdict.Reproduced, 0, 0.005)]
    [InlineData(1, -1, 5, Verdict.NotReproduced, 0.97, 1)]
    public void NetworksOfOnePopulation_GetTheVerdictAtTheStatedRate(
        double curvature, double bound, int networks, Verdict verdict, double low, double high)
    {
        const int Count = 1000;
        var generator = Seed.Of(("claim", Skip), ("control", "power")).Generator();
        double Draw(double mean) => Math.Exp(Normal.Sample(generator, mean, 0.15));
        bool HasTheVerdict(int draw)
        {
            double Shift(Inserted one, double factor) => one == Inserted.GL ? factor : 0;
            var ends = Ends(networks, one => (Draw(Shift(one, curvature)), Draw(Shift(one, bound))));
            return DecideMetric(ends, Inserted.GL).Verdict == verdict;
        }

        var what = $"share {verdict.Words()}, {networks} networks, factors e^{curvature} and e^{bound}";
        DrawnRate.Of(what, Count, HasTheVerdict, $"{low} to {high}").Should().BeInRange(low, high);
    }

    /// <summary>Given are the shares of random labels that are wrong with nothing inserted, with GL and with GLD.</summary>
    [ClaimRows(Labels, Role.Control)]
    [InlineData(0, 0.3, 0.3, 5, Verdict.Reproduced, "neither fits")]
    [InlineData(0, 0.3, 0.3, 3, Verdict.Partly, "three networks are too few")]
    [InlineData(0, 0.3, 0, 5, Verdict.Partly, "GLD fits")]
    [InlineData(0, 0, 0, 5, Verdict.NotReproduced, "both fit")]
    [InlineData(0.3, 0.3, 0.3, 5, Verdict.Inconclusive, "nothing fits, the training is too short")]
    public void SyntheticErrors_AreJudgedByTheRule(
        double nothing, double skip, double dropout, int networks, Verdict verdict, string because) =>
        DecideReach(
            [
                .. Ends(networks, _ => (1, 1)).Select(end => end with
                {
                    RandomErrors = end.Inserted switch { Inserted.GL => skip, Inserted.GLD => dropout, _ => nothing },
                }),
            ]).Verdict.Should().Be(verdict, because);

    /// <summary>
    /// Networks that fit random labels with a probability, those without a layer always. Given are the probability with GL and GLD, the
    /// verdict that counts, and bounds of its rate.
    /// </summary>
    [ClaimRows(Labels, Role.Control)]
    [InlineData(0.01, Verdict.Reproduced, 0.85, 0.95)]
    [InlineData(0.5, Verdict.Reproduced, 0, 0.01)]
    [InlineData(0.95, Verdict.NotReproduced, 0.98, 1)]
    [InlineData(0.95, Verdict.Partly, 0, 0.005)]
    public void NetworksThatFitAtARate_GetTheVerdictAtTheStatedRate(double probability, Verdict verdict, double low, double high)
    {
        const int Count = 1000;
        var generator = Seed.Of(("claim", Labels), ("control", "power")).Generator();
        bool HasTheVerdict(int draw)
        {
            double Error(Inserted one) =>
                one is Inserted.GL or Inserted.GLD && generator.NextDouble() >= probability ? 0.3 : 0;
            var ends = Ends(Needed, _ => (1, 1)).Select(end => end with { RandomErrors = Error(end.Inserted) });
            return DecideReach([.. ends]).Verdict == verdict;
        }

        var what = $"share {verdict.Words()}, {Needed} networks that fit with probability {probability}";
        DrawnRate.Of(what, Count, HasTheVerdict, $"{low} to {high}").Should().BeInRange(low, high);
    }

    /// <summary>
    /// The end of training of a pair: λ_max(ζ) and the bound with real labels, and the share of random labels that is wrong.
    /// </summary>
    private sealed record End(
        Inserted Inserted,
        int Repetition,
        bool IsFinished,
        double Curvature,
        double Bound,
        bool IsFinishedWithRandomLabels,
        double RandomErrors)
    {
        internal static End Of(ZetaOfPair pair)
        {
            var (real, random) = (pair.Real.Course[^1], pair.Random.Course[^1]);
            return new(
                Enum.Parse<Inserted>(pair.Network),
                pair.Repetition,
                real.Epoch == pair.Epochs,
                real.Training.Mean,
                real.Bound,
                random.Epoch == pair.Epochs,
                (double)random.TrainingErrors / pair.Images);
        }
    }

    private static void CheckSynthetic(
        Inserted layer, double curvature, double bound, int networks, Predicate<End> isFinished, Verdict verdict, string because)
    {
        // A spread that differs from network to network; with a factor of 1 its mean is 0.
        var generator = Seed.Of(("claim", Skip), ("control", "spread")).Generator();
        double Spread() => Math.Exp(0.1 * (generator.NextDouble() - 0.5));
        (double, double) Of(Inserted one) =>
            ((one == layer ? curvature : 1) * Spread(), (one == layer ? bound : 1) * Spread());
        DecideMetric([.. Ends(networks, Of).Select(end => end with { IsFinished = isFinished(end) })], layer)
            .Verdict.Should().Be(verdict, because);
    }

    private static List<End> Ends(int networks, Func<Inserted, (double Curvature, double Bound)> of) =>
    [
        .. from repetition in Enumerable.Range(1, networks)
           from inserted in Enum.GetValues<Inserted>()
           let drawn = of(inserted)
           select new End(inserted, repetition, true, drawn.Curvature, drawn.Bound, true, 0),
    ];

    // One figure for all three claims.
    private static (Verdict Verdict, string Reason) JudgeSkip(IReadOnlyList<CellResult> results)
    {
        ZetaDrawing.Draw([.. results.Select(result => result.As<ZetaOfPair>())]);
        return Judge(results, ends => DecideMetric(ends, Inserted.GL));
    }

    private static (Verdict Verdict, string Reason) Judge(
        IReadOnlyList<CellResult> results, Func<IReadOnlyList<End>, (Verdict Verdict, string Reason)> decide)
    {
        ZetaOfPair[] pairs = [.. results.Select(result => result.As<ZetaOfPair>())];
        foreach (var same in results.Zip(pairs).GroupBy(one => one.Second.Network))
        {
            var first = same.First().First;
            Record(first, same.Key, "real", [.. same.Select(one => one.Second.Real)], pairs[0].Images);
            Record(first, same.Key, "random", [.. same.Select(one => one.Second.Random)], pairs[0].Images);
        }

        return decide([.. pairs.Select(End.Of)]);
    }

    // Geometric means over the networks of one kind, after every epoch that all of them reached.
    private static void Record(CellResult result, string network, string labels, IReadOnlyList<ZetaInTraining> networks, int images)
    {
        var looks = networks.Min(one => one.Course.Count);
        var epochs = networks[0].Course.Take(looks).Select(look => look.Epoch).ToList();
        var when = $"{ZetaDrawing.Title(network)}, {labels} labels, after {epochs[^1]} epochs";
        double Mean(int place, Func<ZetaLook, double> of) => Math.Exp(networks.Average(one => Math.Log(of(one.Course[place]))));
        void Note(string quantity, double value, string rule, params double[] series) => Evidence.Record(
            result.Figure($"{quantity}: {when}", value, rule) with
            {
                Setting = $"over {networks.Count} networks",
                Seed = null,
                Samples = networks.Count,
                Series = series,
            });
        void Series(string quantity, Func<ZetaLook, double> of, string rule)
        {
            double[] means = [.. Enumerable.Range(0, looks).Select(place => Mean(place, of))];
            Note($"{quantity}, geometric mean; the series has epochs {string.Join(", ", epochs)}", means[^1], rule, means);
        }

        Series("mean λ_max(ζ) at training images", look => look.Training.Mean, "smaller with the layer, real labels");
        Series("median λ_max(ζ) at training images", look => look.Training.Median, "no rule");
        Series("largest λ_max(ζ) at training images", look => look.Training.Largest, "no rule");
        Series("median λ_max(ζ) at test images", look => look.Test.Median, "no rule");
        Series("largest λ_max(ζ) at test images", look => look.Test.Largest, "no rule");
        Series("mean ‖J‖² at training images", look => look.SquaredSlope, "no rule");
        Series("∏σ_l² over all matrices, as printed", look => look.SpectralProduct, "no rule");
        Series("∏σ_l² with ν beside the layer, the bound", look => look.Bound, "smaller with the layer, real labels");
        Series("factor of that bound between the first and the last hidden layer", look => look.Between, "no rule");
        double Correlation(ZetaInTraining one)
        {
            var course = one.Course.Where(look => look.Epoch > 0).ToList();
            return Kendall.Tau([.. course.Select(look => look.Bound)], [.. course.Select(look => look.Training.Mean)]);
        }

        Note("Kendall's τ of bound and mean λ_max(ζ) over epochs, mean", networks.Average(Correlation), "no rule");
        Note("test accuracy, mean", networks.Average(one => one.TestAccuracy), "no rule");
        double[] errors = [.. networks.Select(one => (double)one.Course[^1].TrainingErrors / images)];
        Note("share of the training images that is misclassified, mean; the series has the networks", errors.Average(), "0.01", errors);
    }

    private static (Verdict Verdict, string Reason) DecideMetric(IReadOnlyList<End> ends, Inserted layer)
    {
        var mine = ends.Where(end => end.Inserted == layer).ToList();
        Statement Smaller(string what, Inserted other, Func<End, double> of, bool isMain)
        {
            var beside = ends.Where(end => end.Inserted == other).ToDictionary(end => end.Repetition);
            var areFinished = mine.All(end => end.IsFinished && beside[end.Repetition].IsFinished);
            double[] logarithms = [.. mine.Select(end => Math.Log(of(end) / of(beside[end.Repetition])))];
            var interval = ConfidenceInterval.Of(logarithms, Level);
            var text = $"ln {what}, {ZetaDrawing.Title(layer)} over {ZetaDrawing.Title(other)}:";
            return Statement.Within(text, interval, double.NegativeInfinity, -double.Epsilon, isMain).If(areFinished);
        }

        return Statement.Judge(
            [
                Smaller("λ_max(ζ)", Inserted.Nothing, end => end.Curvature, isMain: true),
                Smaller("bound", Inserted.Nothing, end => end.Bound, isMain: false),
                Smaller("λ_max(ζ)", Inserted.Layer, end => end.Curvature, isMain: false),
                Smaller("bound", Inserted.Layer, end => end.Bound, isMain: false),
            ],
            mine.Count >= Needed);
    }

    private static (Verdict Verdict, string Reason) DecideReach(IReadOnlyList<End> ends)
    {
        List<End> Of(Inserted one) => [.. ends.Where(end => end.Inserted == one)];
        int Fitted(Inserted one) => Of(one).Count(end => end.RandomErrors <= LargestError);
        bool AreFinished(Inserted one) => Of(one).All(end => end.IsFinishedWithRandomLabels);
        var isLongEnough = AreFinished(Inserted.Nothing) && Fitted(Inserted.Nothing) == Of(Inserted.Nothing).Count;
        Statement OutOfReach(Inserted layer)
        {
            var (fitted, count) = (Fitted(layer), Of(layer).Count);
            var outcome = fitted == 0 ? Outcome.Met : 2 * fitted >= count ? Outcome.Failed : Outcome.Undecided;
            var text = $"{fitted} of {count} networks with {layer} fit random labels";
            return new Statement(text, outcome).If(isLongEnough && AreFinished(layer));
        }

        return Statement.Judge([OutOfReach(Inserted.GL), OutOfReach(Inserted.GLD)], Of(Inserted.Nothing).Count >= Needed);
    }
}
