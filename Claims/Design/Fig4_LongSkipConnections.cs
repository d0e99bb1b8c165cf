using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Functions;
using Reproduce.Randomness;

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

    // What the paper leaves open: the batch, and whether "decayed by 0.1" multiplies the rate by 0.1 or by 0.9.
    private static readonly (int BatchSize, double Decay)[] Readings = [(10, 0.1), (10, 0.9), (1, 0.1), (1, 0.9)];
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

    /// <summary>
    /// The explained share at the end with the rate times 0.1 and times 0.9, in batches of 10, and in batches of 1, whatever the rate; null
    /// where there is no such run.
    /// </summary>
    [ClaimRows(Figure7, Role.Control)]
    [InlineData(0.97, null, null, 3, 0.05, Verdict.Reproduced, "h is recovered")]
    [InlineData(0.1, 0.97, 0.1, 3, 0.05, Verdict.Reproduced, "one reading is enough")]
    [InlineData(0.97, null, null, 2, 0.05, Verdict.Partly, "two seeds are too few")]
    [InlineData(0.1, 0.1, null, 3, 0.05, Verdict.Inconclusive, "the other reading of the batch is missing")]
    [InlineData(0.1, null, 0.1, 3, 0.05, Verdict.Inconclusive, "the other reading of the decay is missing")]
    [InlineData(0.1, 0.1, 0.1, 3, 0.05, Verdict.NotReproduced, "no reading recovers h")]
    [InlineData(0.0, 0.0, 0.0, 3, 0.05, Verdict.NotReproduced, "a constant")]
    [InlineData(0.1, 0.85, 0.1, 3, 0.05, Verdict.Partly, "near, but not recovered")]
    [InlineData(0.97, null, null, 3, 0.5, Verdict.Inconclusive, "the fits follow the noise")]
    public void SyntheticLayers_AreJudgedByTheRule(
        double? ofTen, double? ofTenSlowly, double? ofOne, int seeds, double followed, Verdict verdict, string because)
    {
        double? Explained(int batch, double decay) => batch == 1 ? ofOne : decay == 0.1 ? ofTen : ofTenSlowly;
        NoisyFitResult[] fits =
        [
            .. from reading in Readings
               where Explained(reading.BatchSize, reading.Decay) is not null && (reading.Decay == 0.1 || ofTenSlowly is not null)
               from seed in Enumerable.Range(0, seeds)
               let explained = Explained(reading.BatchSize, reading.Decay)!.Value
               let fit = Synthetic(true, false, 1000, [0, followed], [1, 1], [0, explained], [0, 0])
               select fit with { BatchSize = reading.BatchSize, Decay = reading.Decay },
        ];
        DecideLayers(fits).Verdict.Should().Be(verdict, because);
    }

    /// <summary>The sum of the rates over 1000 epochs of ten steps, in units of the first rate: what either reading can reach.</summary>
    [ClaimRows(Figure7, Role.Control)]
    [InlineData(0.1, 222.22)]
    [InlineData(0.9, 819.02)]
    [InlineData(1, 1000)]
    public void SumOfTheRates_IsSmallForBothReadings(double decay, double sum) =>
        Enumerable.Range(0, EpochsOfFigure7).Sum(epoch => Math.Pow(decay, epoch / 200)).Should().BeApproximately(sum, 1e-6);

    /// <summary>
    /// Least squares by a quartic on each side of the jump, which recovers h, and by one straight line, which does not.
    /// </summary>
    [ClaimRows(Figure7, Role.Control)]
    [InlineData(4, 0.95, 1)]
    [InlineData(1, 0, 0)]
    public void KnownFitsOfNoisyCubics_AreToldApart(int degree, double low, double high)
    {
        const int Count = 200;
        var random = Seed.Of(("claim", Figure7), ("control", "power")).Generator();
        var halves = degree == 1 ? [NoisySample.Grid] : NoisySample.Grid.Chunk(NoisyPolynomial.Points / 2).ToArray();
        LeastSquares[] fits = [.. halves.Select(half => new LeastSquares(degree, half))];
        double[] Fit(double[] y) =>
            [.. y.Chunk(y.Length / fits.Length).Zip(fits).SelectMany(half => half.Second.Fit(half.First).OnTheGrid)];
        double[] h = [.. NoisySample.Grid.Select(NoisyPolynomial.Cubic)];
        bool Recovers(int draw)
        {
            var noise = NoisySample.Draw(10, random).Noise;
            double[] off = [.. Fit([.. h.Zip(noise, (at, e) => at + e)]).Zip(h, (f, at) => f - at)];
            var followed = off.Zip(noise, (o, e) => o * e).Sum() / noise.Sum(e => e * e);
            var explained = 1 - (off.Sum(o => o * o) / h.Sum(at => (at - h.Average()) * (at - h.Average())));
            return RecoversInTheEnd(Synthetic(true, false, 1000, [followed], [1], [explained], [0]));
        }

        var what = $"share that recovers h, {(degree == 1 ? "a straight line" : "a quartic on each side")}";
        DrawnRate.Of(what, Count, Recovers, $"{low} to {high}").Should().BeInRange(low, high);
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
        var byReading = fits.GroupBy(fit => (fit.BatchSize, fit.Decay)).ToDictionary(group => group.Key, group => group.ToList());
        bool IsComplete((int BatchSize, double Decay) reading) =>
            byReading.TryGetValue(reading, out var some) && some.Count >= Needed && some.All(fit => fit.Asked >= EpochsOfFigure7);
        var complete = Readings.All(IsComplete);
        var any = fits.Any(RecoversInTheEnd);
        var verdict = Readings.Any(reading => IsComplete(reading) && byReading[reading].All(RecoversInTheEnd)) ? Verdict.Reproduced
            : complete && fits.All(fit => fit.Diverged || fit.Explained[^1] < 0.8) ? Verdict.NotReproduced
            : !complete && !any ? Verdict.Inconclusive
            : Verdict.Partly;
        static string Found(List<NoisyFitResult> some)
        {
            var (lowest, highest) = (some.Min(fit => fit.Explained[^1]), some.Max(fit => fit.Explained[^1]));
            var recovered = $"{some.Count(RecoversInTheEnd)} of {some.Count} runs recover h";
            return $"{some[0].Reading}: {recovered}, explained share {lowest:F3} to {highest:F3}";
        }

        return (verdict, string.Join("; ", byReading.Values.Select(Found)));
    }

    private static bool RecoversInTheEnd(NoisyFitResult fit) =>
        !fit.Diverged && fit.Explained[^1] >= 0.95 && fit.Followed[^1] < SomeNoise;
}
