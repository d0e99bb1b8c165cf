using MathNet.Numerics;
using MathNet.Numerics.LinearRegression;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Randomness;

namespace Reproduce.Claims.Slope;

/// <summary>Figure 5: the slope falls with the resolution of the images, nearly linearly, not as 1/scale.</summary>
public sealed class Fig5_Resolution
{
    private const string Claim = "slope.fig-5";
    private const double Alpha = 0.01;
    private const double AlphaOfFactor = 0.05;
    private const double Linear = 0.95;
    private const int Permutations = 2000;
    private static readonly int[] Sides = [28, 42, 56, 70, 84];

    [Claim(Claim, Category = Category.Empirical)]
    public void Slope_ByResolution_Falls() => Experiment.JudgeQuick(Claim, Resolution.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Slope_ByMoreResolutions_Falls() => Experiment.JudgeNightly(Claim, Resolution.Plan, Judge);

    /// <summary>Linear decrease, 1/side, increase, nothing, and a training that is not the paper's.</summary>
    [Claim(Claim, Role.Control)]
    public void MadeUpSlopes_AreJudgedByTheRule()
    {
        static Verdict Of(Func<int, double> slope, int epochs = TrainedRun.PaperEpochs, int seeds = 5) => Decide([.. from data in TrainedRun.Images
                                                                                                                  from side in Sides
                                                                                                                  from seed in Enumerable.Range(1, seeds)
                                                                                                                  let run = Synthetic.Run(data, "1x100", false, seed, slope(side) * (1 + (0.01 * ((seed + (side / 14)) % 3))), epochs: epochs)
                                                                                                                  select run with { Cell = run.Cell with { Side = side } }]).Verdict;
        Of(side => 10 - (0.06 * side)).Should().Be(Verdict.Reproduced);
        Of(side => 280.0 / side).Should().Be(Verdict.NotReproduced, "it falls, but by a factor of 2 and not on a line: six parts of nine fail");
        Of(side => 4 + (0.06 * side)).Should().Be(Verdict.NotReproduced);
        Of(_ => 5).Should().Be(Verdict.Inconclusive, "the factor is not 2, there is no line, and whether it falls is undecided");
        Of(side => 10 - (0.06 * side), epochs: 10).Should().Be(Verdict.Inconclusive);
    }

    /// <summary>The stated R² of the law 1/side on the five sides.</summary>
    [Claim(Claim, Role.Control)]
    public void RSquared_OfTheLawOneOverSide_IsBelowTheBound()
    {
        var value = OnALine([.. Sides.Select(side => (double)side)], [.. Sides.Select(side => 1.0 / side)]);
        Evidence.Record(new Measurement("R² of the straight line through 1/side at 28, 42, 56, 70, 84", value, "claims.md states 0.90"));
        value.Should().BeInRange(0.895, 0.905);
        OnALine([1, 2, 3], [6, 5, 4]).Should().BeApproximately(1, 1e-12);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(results);
        Drawings.Figure5(runs);
        foreach (var data in runs.GroupBy(run => (run.Data, run.Cell.Repetition)))
        {
            foreach (var run in data.Where(run => run.Network.Best is not null))
            {
                var smallest = data.MinBy(one => one.Cell.Side)!;
                Evidence.Record(run.Figure($"mean 2-slope of the model with the least validation loss at {run.Cell.Side} × {run.Cell.Side}; the series has its share of that at {smallest.Cell.Side}, and the growth of the mean distance between images", run.Best.Two.Mean, run.HasPapersTraining ? "enters the three parts" : "recorded, not judged: not the paper's training") with { Series = [run.Best.Two.Mean / smallest.Best.Two.Mean, run.Cell.MeanDistance / smallest.Cell.MeanDistance], Samples = run.Cell.SlopePoints });
            }
        }

        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        string[] data = [.. TrainedRun.Images.Where(name => all.Any(run => run.Data == name && run.HasPapersTraining))];
        if (data.Length == 0)
        {
            return (Verdict.Inconclusive, $"no network has the paper's training; {all.Count} are recorded, of {all.Min(run => run.Cell.Points)} points and {all.Min(run => run.Cell.Epochs)} epochs");
        }

        Part[] falls = [.. data.Select(name => Falls(name, Of(name)))];
        Outcome[] linear = [.. data.Select(name => IsLinear(Of(name)))];
        Part[] factors = [.. data.Select(name => Factor(name, Of(name)))];
        Outcome[] outcomes = [.. Part.Judge(falls, Alpha), .. linear, .. Part.Judge(factors, AlphaOfFactor)];
        foreach (var (part, outcome) in all[0].Source is null ? [] : falls.Concat(factors).Zip(outcomes.Take(data.Length).Concat(outcomes.Skip(2 * data.Length))))
        {
            part.Record(outcome, "met and failed as claims.md says");
        }

        var (met, failed) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        var fallen = outcomes.Take(data.Length).ToList();
        var verdict = fallen.Contains(Outcome.Failed) || failed > met ? Verdict.NotReproduced
            : met == 3 * TrainedRun.Images.Count ? Verdict.Reproduced
            : fallen.Contains(Outcome.Met) ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"on {string.Join(", ", data)}: falls {fallen.Count(Outcome.Met)}, linear {linear.Count(Outcome.Met)}, factor other than 2 {outcomes.Skip(2 * data.Length).Count(Outcome.Met)} met; {failed} of {outcomes.Length} parts failed");

        List<TrainedRun> Of(string name) => [.. all.Where(run => run.Data == name && run.HasPapersTraining)];
    }

    private static Part Falls(string data, List<TrainedRun> runs)
    {
        double[] sides = [.. runs.Select(run => (double)run.Cell.Side)];
        double[] slopes = [.. runs.Select(run => run.Best.Two.Mean)];
        var tau = Kendall.TauB(sides, slopes);
        var seeds = Enumerable.Range(0, runs.Count).GroupBy(i => runs[i].Cell.Repetition).Select(group => group.ToArray()).ToList();
        var generator = Seed.Of(("claim", Claim), ("choice", "permutations"), ("data", data)).Generator();
        var (low, high) = (0, 0);
        var permuted = (double[])sides.Clone();
        for (var k = 0; k < Permutations; k++)
        {
            foreach (var places in seeds)
            {
                var own = Array.ConvertAll(places, i => sides[i]);
                generator.Shuffle(own);
                for (var i = 0; i < places.Length; i++)
                {
                    permuted[places[i]] = own[i];
                }
            }

            var other = Kendall.TauB(permuted, slopes);
            low += other <= tau + 1e-12 ? 1 : 0;
            high += other >= tau - 1e-12 ? 1 : 0;
        }

        return new($"Kendall's τ_b of the mean slope and the side, {data}", tau, null, (low + 1.0) / (Permutations + 1), (high + 1.0) / (Permutations + 1));
    }

    private static Outcome IsLinear(List<TrainedRun> runs)
    {
        var means = runs.GroupBy(run => run.Cell.Side).OrderBy(group => group.Key).Select(group => (Side: (double)group.Key, Mean: group.Average(run => run.Best.Two.Mean))).ToList();
        return means.Count < 3 ? Outcome.Undecided : OnALine([.. means.Select(one => one.Side)], [.. means.Select(one => one.Mean)]) >= Linear ? Outcome.Met : Outcome.Failed;
    }

    private static double OnALine(double[] sides, double[] slopes)
    {
        var (intercept, slope) = SimpleRegression.Fit(sides, slopes);
        return GoodnessOfFit.RSquared(sides.Select(side => intercept + (slope * side)), slopes);
    }

    // log₂ of the slope at 28 over that at 56, by seed: different from 1 by a t-test, or inside log₂ 1.9 … log₂ 2.1 by its 95 % interval.
    private static Part Factor(string data, List<TrainedRun> runs)
    {
        double[] values = [.. from seed in runs.GroupBy(run => run.Cell.Repetition)
                              let small = seed.FirstOrDefault(run => run.Cell.Side == 28)
                              let large = seed.FirstOrDefault(run => run.Cell.Side == 56)
                              where small is not null && large is not null
                              select Math.Log2(small.Best.Two.Mean / large.Best.Two.Mean)];
        var name = $"log₂ of the slope at 28 over that at 56, {data}";
        if (values.Length < 2)
        {
            return Part.Unknown(name);
        }

        var mean = Estimate.OfMean(values);
        var inside = mean.PValueOfEquivalence(Math.Log2(1.9), Math.Log2(2.1));
        return new(name, mean.Value, mean.Error, mean.PValueOfDifference(1), Math.Min(1, 2 * inside)) { Series = values };
    }
}
