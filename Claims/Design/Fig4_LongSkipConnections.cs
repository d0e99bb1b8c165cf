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
    private static readonly bool[] Functions = [false, true];

    [Claim(Figure4, Category = Category.Empirical)]
    public void LongSkips_WithDescentAndAdam_FitPiecesAndCurves() => Experiment.JudgeQuick(Figure4, NoisyFits.LongSkips, (_, results) => JudgeSkips(results));

    [Claim(Figure4, Category = Category.Nightly)]
    public void LongSkips_WithDescentAndAdamForLonger_FitPiecesAndCurves() => Experiment.JudgeNightly(Figure4, NoisyFits.LongSkips, (_, results) => JudgeSkips(results));

    [Claim(Figure7, Category = Category.Empirical)]
    public void GeneralizationLayers_Alone_RecoverTheCubic() => Experiment.JudgeQuick(Figure7, NoisyFits.GeneralizationLayers, (_, results) => JudgeLayers(results));

    [Claim(Figure7, Category = Category.Nightly)]
    public void GeneralizationLayers_AloneInMoreRuns_RecoverTheCubic() => Experiment.JudgeNightly(Figure7, NoisyFits.GeneralizationLayers, (_, results) => JudgeLayers(results));

    [Claim(Figure4, Role.Control)]
    public void MadeUpFits_AreJudgedByTheRule()
    {
        // Recovered at the second look, overfitted at the third; or linear throughout.
        static NoisyFitResult Curve(bool cubic, bool adam, int epochs, bool recovers = true, bool overfits = true) =>
            new("LongSkips", cubic, 10, adam, 10, epochs, false, [0, 0.05, overfits ? 0.4 : 0.05], [500, 2, overfits ? 4 : 2], [500, 2, 4], [0, recovers ? 0.99 : 0.9, recovers ? 0.98 : 0.9], [0, 0.06, 0.06]);
        static NoisyFitResult Pieces(bool cubic, int epochs, double left = 0.001) =>
            new("LongSkips", cubic, 10, false, 10, epochs, false, [0, 0.03, 0.05], [500, 40, 40], [500, 40, 40], [0, 0.9, 0.93], [0, left, left]);
        static List<NoisyFitResult> Of(Func<bool, NoisyFitResult> adam, Func<bool, NoisyFitResult> descent, int seeds = 3) =>
            [.. from cubic in Functions from seed in Enumerable.Range(0, seeds) from fit in new[] { adam(cubic), descent(cubic) } select fit];
        DecideSkips(Of(cubic => Curve(cubic, true, 20000), cubic => Pieces(cubic, 20000))).Verdict.Should().Be(Verdict.Reproduced);
        DecideSkips(Of(cubic => Curve(cubic, true, 20000), cubic => Pieces(cubic, 20000), seeds: 2)).Verdict.Should().Be(Verdict.Partly, "two seeds are too few");
        DecideSkips(Of(cubic => Curve(cubic, true, 20000), cubic => Curve(cubic, false, 20000))).Verdict.Should().Be(Verdict.Partly, "descent finds the curve as well");
        DecideSkips(Of(cubic => Curve(cubic, true, 20000, recovers: false), cubic => Curve(cubic, false, 20000))).Verdict.Should().Be(Verdict.NotReproduced, "Adam never finds it, so it overfits after nothing");
        DecideSkips(Of(cubic => Curve(cubic, true, 100, recovers: false), cubic => Pieces(cubic, 100))).Verdict.Should().Be(Verdict.Inconclusive, "too short for what is missing to count");
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
        static double Share(double[] fit, double[] generator) => 1 - (fit.Zip(generator, (f, g) => (f - g) * (f - g)).Sum() / generator.Sum(g => (g - generator.Average()) * (g - generator.Average())));
        NoisyFitResult Fit(double[] values) => new("LongSkips", false, 10, false, 10, 20000, false, [0.03], [1], [1], [Share(values, parabola)], [StraightPieces.LeftBy(values, 2)]);

        Share(best, parabola).Should().BeApproximately(0.938, 0.001);
        StraightPieces.LeftBy(parabola, 2).Should().BeApproximately(1.0 / 16, 0.001, "a parabola cut in k leaves 1/k⁴");
        StraightPieces.LeftBy(best, 2).Should().BeLessThan(1e-12);
        (Recovers(Fit(parabola)), StaysLinear(Fit(parabola))).Should().Be((true, false));
        (Recovers(Fit(best)), StaysLinear(Fit(best))).Should().Be((false, true));
        double[] constant = [.. x.Select(_ => parabola.Average())];
        (Recovers(Fit(constant)), StaysLinear(Fit(constant))).Should().Be((false, false));
    }

    [Claim(Figure7, Role.Control)]
    public void MadeUpLayers_AreJudgedByTheRule()
    {
        static List<NoisyFitResult> Of(double explained, params int[] batches) =>
            [.. from batch in batches from seed in Enumerable.Range(0, 3) select new NoisyFitResult("GeneralizationLayers", true, 10, false, batch, 1000, false, [0, 0.05], [1, 1], [1, 1], [0, explained], [0, 0])];
        DecideLayers(Of(0.97, 10)).Verdict.Should().Be(Verdict.Reproduced);
        DecideLayers([.. Of(0.97, 10), .. Of(0.1, 1)]).Verdict.Should().Be(Verdict.Reproduced, "one reading of the batch is enough");
        DecideLayers(Of(0.97, 10)[..2]).Verdict.Should().Be(Verdict.Partly, "two seeds are too few");
        DecideLayers(Of(0.1, 10)).Verdict.Should().Be(Verdict.Inconclusive, "the other reading of the batch is missing");
        DecideLayers(Of(0.1, 10, 1)).Verdict.Should().Be(Verdict.NotReproduced);
        DecideLayers(Of(0.85, 10, 1)).Verdict.Should().Be(Verdict.Partly, "near, and not recovered");
        DecideLayers([.. Of(0.97, 10).Select(fit => fit with { Followed = [0.5] })]).Verdict.Should().NotBe(Verdict.Reproduced, "it follows the noise");
    }

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

    private static int FirstRecovered(NoisyFitResult fit) => fit.Diverged ? -1 : Array.FindIndex(fit.Explained, share => share >= (fit.IsCubic ? 0.95 : 0.98));

    private static bool OverfitsAfterwards(NoisyFitResult fit) => Recovers(fit) && fit.OverfitsFrom(FirstRecovered(fit) + 1, fit.GridError);

    private static bool StaysLinear(NoisyFitResult fit) => !fit.Diverged
        && fit.Explained[^1] >= 0.7 && fit.Followed[^1] < 0.1 && fit.LeftByPieces[^1] <= 0.5 * LeftByGenerator(fit.IsCubic);

    private static double LeftByGenerator(bool cubic) =>
        StraightPieces.LeftBy([.. Sample.Grid(-8, 8, NoisyPolynomial.Points).Select(x => cubic ? NoisyPolynomial.Cubic(x) : NoisyPolynomial.Quadratic(x))], cubic ? 4 : 2);

    private static (Verdict Verdict, string Reason) DecideSkips(IReadOnlyList<NoisyFitResult> fits)
    {
        Statement Of(string what, bool cubic, bool adam, Func<NoisyFitResult, bool> holds, bool needsLength)
        {
            var some = fits.Where(fit => fit.IsCubic == cubic && fit.UsesAdam == adam).ToList();
            var (count, isLong) = (some.Count(holds), some.Count > 0 && some.All(fit => fit.Asked >= LongEnough));
            return new(
                $"{(cubic ? "h" : "g")}, {(adam ? "Adam" : "SGD")}: {count} of {some.Count} runs {what}",
                needsLength && !isLong ? Outcome.Undecided : some.Count > 0 && count == some.Count ? Outcome.Met : count == 0 && isLong ? Outcome.Failed : Outcome.Undecided);
        }

        return Statement.Judge(
            [
                .. Functions.SelectMany(cubic => new[]
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
        bool IsComplete(int batch) => byBatch.TryGetValue(batch, out var some) && some.Count >= Needed && some.All(fit => fit.Asked >= EpochsOfFigure7);
        var complete = BatchSizes.All(IsComplete);
        var any = fits.Any(RecoversInTheEnd);
        var verdict = BatchSizes.Any(batch => IsComplete(batch) && byBatch[batch].All(RecoversInTheEnd)) ? Verdict.Reproduced
            : complete && fits.All(fit => fit.Diverged || fit.Explained[^1] < 0.8) ? Verdict.NotReproduced
            : !complete && !any ? Verdict.Inconclusive
            : Verdict.Partly;
        return (verdict, string.Join("; ", byBatch.Select(one => $"batches of {one.Key}: {one.Value.Count(RecoversInTheEnd)} of {one.Value.Count} runs recover h, explained share {one.Value.Min(fit => fit.Explained[^1]):F3} to {one.Value.Max(fit => fit.Explained[^1]):F3}")));
    }
}
