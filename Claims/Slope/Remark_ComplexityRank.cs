using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Randomness;

namespace Reproduce.Claims.Slope;

/// <summary>Section 5: the slope ranks data sets, alike for all architectures.</summary>
public sealed class Remark_ComplexityRank
{
    private const string Claim = "slope.complexity-rank";
    private const double Alpha = 0.01;
    private const int Seeds = 3;

    [Claim(Claim, Category = Category.Empirical)]
    public void Slope_RanksDataSets() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void SlopeOfMoreNetworks_RanksDataSets() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    [ClaimRows(Claim, Role.Control)]
    [InlineData("ranked", 5, TrainedRun.PaperEpochs, Verdict.Reproduced)]
    [InlineData("other order at depth 3", 5, TrainedRun.PaperEpochs, Verdict.NotReproduced)]
    [InlineData("two alike", 5, TrainedRun.PaperEpochs, Verdict.Partly)]
    [InlineData("equal", 5, TrainedRun.PaperEpochs, Verdict.NotReproduced)]
    [InlineData("ranked", 2, TrainedRun.PaperEpochs, Verdict.Inconclusive)]
    [InlineData("ranked", 5, 10, Verdict.Inconclusive)]
    public void SyntheticSlopes_AreJudgedByTheRule(string slopes, int seeds, int epochs, Verdict verdict)
    {
        static double Rank(string data) => data switch { "mnist" => 4, "fashion-mnist" => 6, _ => 8 };
        double Slope(string data, string name) => slopes switch
        {
            "other order at depth 3" when name[0] == '3' => 10 - Rank(data),
            "two alike" => Math.Min(6, Rank(data)),
            "equal" => 5,
            _ => Rank(data),
        };
        TrainedRun Run(string data, string name, int seed)
        {
            var slope = Slope(data, name) * (1 + (0.01 * (seed % 3)));
            return Synthetic.Run(data, name, false, seed, slope, epochs: epochs);
        }

        Decide(Synthetic.Connected(TrainedRun.Images, seeds, Run)).Verdict.Should().Be(verdict);
    }

    /// <summary>
    /// The rates stated in claims.md: slopes of data sets that differ by a factor, with a scatter of 5 % between runs, and of 3 % that the
    /// architectures of a data set and seed share.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(1.3, 5, 0.9, 1)]
    [InlineData(1.3, 3, 0.4, 1)]
    [InlineData(1, 5, 0, 0.05)]
    public void ScatteredSlopes_AreRanked_AsOftenAsStated(double factor, int seeds, double least, double most)
    {
        const int Count = 200;
        var generator = Seed.Of(("claim", Claim), ("control", "scatter"), ("factor", factor), ("seeds", seeds)).Generator();
        double Scatter(double deviation) => Math.Exp(deviation * StandardNormal.Next(generator));
        bool IsRanked(int draw)
        {
            var shared = (from data in TrainedRun.Images from seed in Enumerable.Range(1, seeds) select (data, seed))
                .ToDictionary(one => one, _ => Scatter(0.03));
            return Decide(Synthetic.Connected(TrainedRun.Images, seeds, (data, name, seed) => Synthetic.Run(
                data,
                name,
                false,
                seed,
                5 * Math.Pow(factor, TrainedRun.Images.ToList().IndexOf(data)) * shared[(data, seed)] * Scatter(0.05))))
                .Verdict is Verdict.Partly or Verdict.Reproduced;
        }

        var what = $"share of synthetic runs that rank data sets whose slopes differ by a factor of {factor}, {seeds} seeds";
        DrawnRate.Of(what, Count, IsRanked, $"between {least} and {most}").Should().BeInRange(least, most);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results);
        foreach (var run in runs.Where(run => !run.IsConvolutional && run.Network.Best is not null && run.Cell.IsWhole))
        {
            Evidence.Record(run.Figure(
                "mean 2-slope of the model with the least validation loss; the series has its validation error",
                run.Best.Two.Mean,
                run.HasPapersTraining && run.Data != "covertype" ? "enters the ranking" : "recorded, not judged") with
            {
                Series = [1 - run.Best.Score.Accuracy],
            });
        }

        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        var runs = all.Where(run => run.HasPapersTraining && !run.IsConvolutional && run.Data != "covertype").ToList();
        (string First, string Second)[] names = [("mnist", "fashion-mnist"), ("mnist", "kmnist"), ("fashion-mnist", "kmnist")];
        var compared = names.Select(pair => Compare(runs, pair.First, pair.Second)).ToList();
        var corrected = Holm.Adjust([.. compared.Select(one => one.PValue)]);
        (Outcome Outcome, string Word)[] pairs = [.. compared.Select((one, i) =>
            one.Signs.Length == 0 ? (Outcome.Undecided, "undecided")
            : one.Signs.Count(sign => sign != one.Majority) * 4 >= one.Signs.Length ? (Outcome.Failed, "unranked")
            : corrected[i] > Alpha || one.Signs.Any(sign => sign != one.Majority) ? (Outcome.Undecided, "undecided")
            : (Outcome.Met, "ranked"))];
        var outcomes = pairs.Select(pair => pair.Outcome).ToList();
        var isWhole = TrainedRun.Images.All(data => TrainedRun.Covers(runs, data, false));
        var verdict = outcomes.Count(Outcome.Failed) >= 2 ? Verdict.NotReproduced
            : isWhole && Outcomes.All(outcomes) == Outcome.Met ? Verdict.Reproduced
            : outcomes.Contains(Outcome.Met) ? Verdict.Partly
            : Verdict.Inconclusive;
        var words = names.Zip(pairs, (name, pair) => $"{name.First} and {name.Second}: {pair.Word}");
        return (verdict, $"{string.Join(", ", words)}; only networks with the paper's training are judged");
    }

    // Signs by architecture, second less first; a sign of 0 counts as against the majority. Fewer than three seeds decide nothing.
    private static (double[] Signs, double Majority, double PValue) Compare(
        IReadOnlyList<TrainedRun> runs, string first, string second)
    {
        var (a, b) = (runs.Where(run => run.Data == first).ToList(), runs.Where(run => run.Data == second).ToList());
        string[] common = [.. a.Select(run => run.Name).Intersect(b.Select(run => run.Name))];
        var (ofA, ofB) = (BySeed(a, common), BySeed(b, common));
        if (ofA.Length < Seeds || ofB.Length < Seeds)
        {
            return ([], 0, 1);
        }

        double MeanLogOf(IEnumerable<TrainedRun> some, string name) => MeanLog(some.Where(run => run.Name == name));
        double[] signs = [.. common.Select(name => (double)Math.Sign(MeanLogOf(b, name) - MeanLogOf(a, name)))];
        var majority = signs.Count(sign => sign > 0) * 2 >= signs.Length ? 1 : -1;
        var (ofMeanA, ofMeanB) = ((ofA.Variance() / ofA.Length, ofA.Length - 1), (ofB.Variance() / ofB.Length, ofB.Length - 1));
        var difference = Estimate.Welch(ofB.Average() - ofA.Average(), ofMeanA, ofMeanB);
        return (signs, majority, difference.PValueOfDifference(0));
    }

    private static double[] BySeed(IEnumerable<TrainedRun> runs, string[] names) =>
        [.. from seed in runs.Where(run => names.Contains(run.Name)).GroupBy(run => run.Cell.Repetition)
            where seed.Count() == names.Length
            select MeanLog(seed)];

    private static double MeanLog(IEnumerable<TrainedRun> runs) => runs.Average(run => Math.Log(run.Best.Two.Mean));
}
