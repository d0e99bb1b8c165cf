using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Functions;

namespace Reproduce.Claims.Design;

/// <summary>Figures 4 and 7: what networks with long skips, and with generalization layers, make of noisy polynomials.</summary>
public sealed class Fig4_LongSkipConnections
{
    private const string Figure4 = "design.fig-4";
    private const string Figure7 = "design.fig-7";
    private const int LongEnough = 10000;
    private const int EpochsOfFigure7 = 1000;
    private const int Needed = 3;
    private const double SomeNoise = 0.2;
    private static readonly int[] BatchSizes = [10, 1];
    private static readonly bool[] NoAndYes = [false, true];

    [Claim(Figure4, Category = Category.Empirical)]
    public void LongSkips_WithDescentAndAdam_FitPiecesAndCurves() =>
        Experiment.JudgeQuick(Figure4, NoisyFits.LongSkips, (_, results) => JudgeSkips(results));

    [Claim(Figure4, Category = Category.Nightly)]
    public void LongSkips_WithDescentAndAdamForLonger_FitPiecesAndCurves() =>
        Experiment.JudgeNightly(Figure4, NoisyFits.LongSkips, (_, results) => JudgeSkips(results));

    [Claim(Figure7, Category = Category.Empirical)]
    public void GeneralizationLayers_Alone_RecoverTheCubic() =>
        Experiment.JudgeQuick(Figure7, NoisyFits.GeneralizationLayers, (_, results) => JudgeLayers(results));

    [Claim(Figure7, Category = Category.Nightly)]
    public void GeneralizationLayers_AloneInMoreRuns_RecoverTheCubic() =>
        Experiment.JudgeNightly(Figure7, NoisyFits.GeneralizationLayers, (_, results) => JudgeLayers(results));

    /// <summary>Fits by Adam and by SGD that follow the curve, never find it, or stay linear, judged by the rule.</summary>
    [ClaimRows(Figure4, Role.Control)]
    [InlineData("curve", "pieces", 20000, 3, Verdict.Reproduced, "Adam finds the curve and overfits, SGD stays linear")]
    [InlineData("curve", "pieces", 20000, 2, Verdict.Partly, "two seeds are too few")]
    [InlineData("curve", "curve", 20000, 3, Verdict.Partly, "SGD finds the curve as well")]
    [InlineData("neither", "curve", 20000, 3, Verdict.NotReproduced, "Adam never finds it, so no overfitting follows")]
    [InlineData("neither", "pieces", 100, 3, Verdict.Inconclusive, "too short to say that Adam never finds it")]
    public void SyntheticFits_AreJudgedByTheRule(string adam, string descent, int epochs, int seeds, Verdict verdict, string because)
    {
        NoisyFitResult Fit(bool cubic, bool usesAdam) => (usesAdam ? adam : descent) switch
        {
            // Recovered at the second look, overfitted at the third.
            "curve" => Synthetic(cubic, usesAdam, epochs, [0, 0.05, 0.4], [500, 2, 4], [0, 0.99, 0.98], [0, 0.06, 0.06]),
            "neither" => Synthetic(cubic, usesAdam, epochs, [0, 0.05, 0.4], [500, 2, 4], [0, 0.9, 0.9], [0, 0.06, 0.06]),
            _ => Synthetic(cubic, usesAdam, epochs, [0, 0.03, 0.05], [500, 40, 40], [0, 0.9, 0.93], [0, 0.001, 0.001]),
        };
        NoisyFitResult[] fits =
        [
            .. from cubic in NoAndYes
               from usesAdam in NoAndYes
               from seed in Enumerable.Range(0, seeds)
               select Fit(cubic, usesAdam),
        ];
        DecideSkips(fits).Verdict.Should().Be(verdict, because);
    }

    /// <summary>A parabola, the best V and a constant, held against the generating parabola.</summary>
    [Claim(Figure4, Role.Control)]
    public void KnownCurves_AreToldApart()
    {
        var x = Sample.Grid(-8, 8, NoisyPolynomial.Points);
        double[] parabola = [.. x.Select(NoisyPolynomial.Quadratic)];
        var half = x.Where(at => at > 0).ToList();
        var (middle, level) = (half.Average(), half.Average(NoisyPolynomial.Quadratic));
        var rise = half.Sum(at => (at - middle) * (NoisyPolynomial.Quadratic(at) - level)) / half.Sum(at => (at - middle) * (at - middle));
        double[] best = [.. x.Select(at => level + (rise * (Math.Abs(at) - middle)))];
        static double Share(double[] fit, double[] generator)
        {
            var error = fit.Zip(generator, (f, g) => (f - g) * (f - g)).Sum();
            return 1 - (error / generator.Sum(g => (g - generator.Average()) * (g - generator.Average())));
        }

        NoisyFitResult Fit(double[] values) =>
            Synthetic(false, false, 20000, [0.03], [1], [Share(values, parabola)], [StraightPieces.LeftBy(values, 2)]);

        Share(best, parabola).Should().BeApproximately(0.938, 0.001);
        StraightPieces.LeftBy(parabola, 2).Should().BeApproximately(1.0 / 16, 0.001, "a parabola cut in k leaves 1/k⁴");
        StraightPieces.LeftBy(best, 2).Should().BeLessThan(1e-12);
        (Recovers(Fit(parabola)), StaysLinear(Fit(parabola))).Should().Be((true, false));
        (Recovers(Fit(best)), StaysLinear(Fit(best))).Should().Be((false, true));
        double[] constant = [.. x.Select(_ => parabola.Average())];
        (Recovers(Fit(constant)), StaysLinear(Fit(constant))).Should().Be((false, false));
    }

    /// <summary>The explained share at the end with batches of 10 and of 1; null where there is no such run.</summary>
    [ClaimRows(Figure7, Role.Control)]
    [InlineData(0.97, null, 3, 0.05, Verdict.Reproduced, "h is recovered")]
    [InlineData(0.97, 0.1, 3, 0.05, Verdict.Reproduced, "one reading of the batch is enough")]
    [InlineData(0.97, null, 2, 0.05, Verdict.Partly, "two seeds are too few")]
    [InlineData(0.1, null, 3, 0.05, Verdict.Inconclusive, "the other reading of the batch is missing")]
    [InlineData(0.1, 0.1, 3, 0.05, Verdict.NotReproduced, "neither reading recovers h")]
    [InlineData(0.85, 0.85, 3, 0.05, Verdict.Partly, "near, but not recovered")]
    [InlineData(0.97, null, 3, 0.5, Verdict.Inconclusive, "the fits follow the noise")]
    public void SyntheticLayers_AreJudgedByTheRule(
        double? ofTen, double? ofOne, int seeds, double followed, Verdict verdict, string because)
    {
        NoisyFitResult[] fits =
        [
            .. from one in new[] { (BatchSize: 10, Explained: ofTen), (BatchSize: 1, Explained: ofOne) }
               where one.Explained is not null
               from seed in Enumerable.Range(0, seeds)
               let fit = Synthetic(true, false, 1000, [0, followed], [1, 1], [0, one.Explained!.Value], [0, 0])
               select fit with { BatchSize = one.BatchSize },
        ];
        DecideLayers(fits).Verdict.Should().Be(verdict, because);
    }

    private static NoisyFitResult Synthetic(
        bool cubic, bool adam, int epochs, double[] followed, double[] gridError, double[] explained, double[] leftByPieces) =>
        new("LongSkips", cubic, 10, adam, 10, epochs, false, followed, gridError, gridError, explained, leftByPieces);

    private static (Verdict Verdict, string Reason) JudgeSkips(IReadOnlyList<CellResult> results)
    {
        var fits = NoisyFitResult.RecordAll(results);
        Drawings.Figure4(fits);
        return DecideSkips(fits);
    }

    private static (Verdict Verdict, string Reason) JudgeLayers(IReadOnlyList<CellResult> results)
    {
        var fits = NoisyFitResult.RecordAll(results);
        Drawings.Figure7(fits);
        return DecideLayers(fits);
    }

    // At some look.
    private static bool Recovers(NoisyFitResult fit) => FirstRecovered(fit) >= 0;

    private static int FirstRecovered(NoisyFitResult fit) =>
        fit.Diverged ? -1 : Array.FindIndex(fit.Explained, share => share >= (fit.IsCubic ? 0.95 : 0.98));

    private static bool OverfitsAfterwards(NoisyFitResult fit) => Recovers(fit) && fit.OverfitsFrom(FirstRecovered(fit) + 1, fit.GridError);

    private static bool StaysLinear(NoisyFitResult fit) => !fit.Diverged
        && fit.Explained[^1] >= 0.7 && fit.Followed[^1] < 0.1 && fit.LeftByPieces[^1] <= 0.5 * LeftByGenerator(fit.IsCubic);

    private static double LeftByGenerator(bool cubic)
    {
        double Generator(double x) => cubic ? NoisyPolynomial.Cubic(x) : NoisyPolynomial.Quadratic(x);
        return StraightPieces.LeftBy([.. Sample.Grid(-8, 8, NoisyPolynomial.Points).Select(Generator)], cubic ? 4 : 2);
    }

    private static (Verdict Verdict, string Reason) DecideSkips(IReadOnlyList<NoisyFitResult> fits)
    {
        Statement Of(string what, bool cubic, bool adam, Func<NoisyFitResult, bool> holds, bool needsLength)
        {
            var some = fits.Where(fit => fit.IsCubic == cubic && fit.UsesAdam == adam).ToList();
            var (count, isLong) = (some.Count(holds), some.Count > 0 && some.All(fit => fit.Asked >= LongEnough));
            var outcome = needsLength && !isLong ? Outcome.Undecided
                : some.Count > 0 && count == some.Count ? Outcome.Met
                : count == 0 && isLong ? Outcome.Failed
                : Outcome.Undecided;
            return new($"{(cubic ? "h" : "g")}, {(adam ? "Adam" : "SGD")}: {count} of {some.Count} runs {what}", outcome);
        }

        return Statement.Judge(
            [
                .. NoAndYes.SelectMany(cubic => new[]
                {
                    Of("recover it", cubic, true, Recovers, false),
                    Of("overfit afterwards", cubic, true, OverfitsAfterwards, false),
                    Of("stay linear", cubic, false, StaysLinear, true),
                }),
            ],
            fits.GroupBy(fit => (fit.IsCubic, fit.UsesAdam)).All(group => group.Count() >= Needed));
    }

    private static (Verdict Verdict, string Reason) DecideLayers(IReadOnlyList<NoisyFitResult> fits)
    {
        static bool RecoversInTheEnd(NoisyFitResult fit) => !fit.Diverged && fit.Explained[^1] >= 0.95 && fit.Followed[^1] < SomeNoise;
        var byBatch = fits.GroupBy(fit => fit.BatchSize).ToDictionary(group => group.Key, group => group.ToList());
        bool IsComplete(int batch) =>
            byBatch.TryGetValue(batch, out var some) && some.Count >= Needed && some.All(fit => fit.Asked >= EpochsOfFigure7);
        var complete = BatchSizes.All(IsComplete);
        var any = fits.Any(RecoversInTheEnd);
        var verdict = BatchSizes.Any(batch => IsComplete(batch) && byBatch[batch].All(RecoversInTheEnd)) ? Verdict.Reproduced
            : complete && fits.All(fit => fit.Diverged || fit.Explained[^1] < 0.8) ? Verdict.NotReproduced
            : !complete && !any ? Verdict.Inconclusive
            : Verdict.Partly;
        string Found(int batch, List<NoisyFitResult> some)
        {
            var (lowest, highest) = (some.Min(fit => fit.Explained[^1]), some.Max(fit => fit.Explained[^1]));
            var recovered = $"{some.Count(RecoversInTheEnd)} of {some.Count} runs recover h";
            return $"batches of {batch}: {recovered}, explained share {lowest:F3} to {highest:F3}";
        }

        return (verdict, string.Join("; ", byBatch.Select(one => Found(one.Key, one.Value))));
    }
}
