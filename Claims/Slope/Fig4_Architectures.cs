using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Randomness;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Figure 4: the mean slope hardly depends on the architecture; convolutional below fully connected on MNIST, above on FashionMNIST.
/// </summary>
public sealed class Fig4_Architectures
{
    private const string Claim = "slope.fig-4";

    [Claim(Claim, Category = Category.Empirical)]
    public void MeanSlopes_OfArchitectures_NearlyAgree() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MeanSlopes_OfMoreArchitectures_NearlyAgree() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    /// <summary>The kinds are fully connected and convolutional; architectures differ by depth.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("as published", Verdict.Reproduced)]
    [InlineData("kinds exchanged", Verdict.NotReproduced)]
    [InlineData("architectures differ", Verdict.NotReproduced)]
    [InlineData("convolutional architectures differ", Verdict.NotReproduced)]
    [InlineData("architectures differ on two data sets", Verdict.Reproduced)]
    [InlineData("kinds agree", Verdict.Partly)]
    public void SyntheticSlopes_AreJudgedByTheRule(string slopes, Verdict verdict)
    {
        static double Kind(string data, bool convolutional) =>
            !convolutional || data == "kmnist" ? 1 : data == "mnist" ? 0.8 : 1.2;
        double Factor(string data, string name, bool convolutional) => slopes switch
        {
            "kinds exchanged" => 1 / Kind(data, convolutional),
            "architectures differ" => Kind(data, convolutional) * ByDepth(name),
            "convolutional architectures differ" => Kind(data, convolutional) * (convolutional ? ByDepth(name) : 1),
            "architectures differ on two data sets" => Kind(data, convolutional) * (data is "mnist" or "covertype" ? ByDepth(name) : 1),
            "kinds agree" => 1,
            _ => Kind(data, convolutional),
        };
        TrainedRun Run(string data, string name, bool convolutional, int seed)
        {
            var seeded = Synthetic.Seeded(slopes == "kinds agree" && convolutional ? seed + 1 : seed);
            return Synthetic.Run(data, name, convolutional, seed, Factor(data, name, convolutional) * seeded);
        }

        Decide(Synthetic.Paper(Run)).Verdict.Should().Be(verdict);
    }

    /// <summary>
    /// The rates stated in claims.md: mean slopes that scatter by 5 % between runs and are alike for all architectures, or differ by half
    /// from depth to depth; kinds differ by a fifth, or not at all.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(true, 5, 0.9, 1)]
    [InlineData(true, 3, 0, 0.1)]
    [InlineData(false, 5, 0, 0)]
    public void ScatteredSlopes_AreReproduced_AsOftenAsStated(bool asPublished, int seeds, double least, double most)
    {
        const int Count = 60;
        var generator = Seed.Of(
            ("claim", Claim), ("control", "scatter"), ("slopes", asPublished ? "as published" : "by depth"), ("seeds", seeds)).Generator();
        double Scattered(double mean) => mean * Math.Exp(0.05 * StandardNormal.Next(generator));
        double Kind(string data, bool convolutional) => !convolutional || data == "kmnist" ? 8 : data == "mnist" ? 6.4 : 9.6;
        TrainedRun Run(string data, string name, bool convolutional, int seed) => Synthetic.Run(
            data, name, convolutional, seed, Scattered(asPublished ? Kind(data, convolutional) : 8 * ByDepth(name)));
        bool IsReproduced(int draw) =>
            Decide([.. Synthetic.Paper(Run).Where(run => run.Cell.Repetition <= seeds)]).Verdict == Verdict.Reproduced;
        var slopes = asPublished ? "as published" : "depths differ, kinds do not";
        var what = $"share of synthetic runs that are reproduced, {seeds} seeds, {slopes}";
        DrawnRate.Of(what, Count, IsReproduced, $"between {least} and {most}").Should().BeInRange(least, most);
    }

    /// <summary>One spread of seven: met, failed, and undecided with one seed.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("covertype", 3, false, Verdict.Partly)]
    [InlineData("covertype", 3, true, Verdict.Inconclusive)]
    [InlineData("mnist", 1, false, Verdict.Inconclusive)]
    public void OneDataSet_IsJudgedByTheRule(string data, int seeds, bool architecturesDiffer, Verdict verdict)
    {
        double Mean(string name, int seed) => (architecturesDiffer ? ByDepth(name) : 1) * Synthetic.Seeded(seed);
        Decide(Synthetic.Connected(data, seeds, (name, seed) => Synthetic.Run(data, name, false, seed, Mean(name, seed))))
            .Verdict.Should().Be(verdict);
    }

    private static double ByDepth(string name) => name[0] == '3' ? 1 : 1.5;

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results, "covertype");
        Drawings.Figure4(runs);
        foreach (var run in runs.Where(run => run.Network.Best is not null))
        {
            Evidence.Record(run.Figure(
                "mean 2-slope of the model with the least validation loss",
                run.Best.Two,
                run.RuleOf("enters the spread and the comparison of the kinds")));
        }

        var parts = new SlopeParts(runs, snapshot => snapshot.Two);
        foreach (var (part, outcome) in parts.Spreads().Zip(parts.OfSpreads()).Where(one => one.First.Series?.Count > 0))
        {
            part.Record(outcome, $"(a) below {SlopeParts.SpreadMargin}, α = 0.05 with Holm over the spreads");
        }

        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        var parts = new SlopeParts(all, snapshot => snapshot.Two);
        var (data, kinds) = (parts.OfSpreadsByData(), parts.OfKinds());
        var (met, failed) = (data.Count(Outcome.Met), data.Count(Outcome.Failed));
        var runs = all.Where(run => run.HasPapersTraining).ToList();
        var verdict = kinds.Count(Outcome.Failed) == 2 || failed >= 3 ? Verdict.NotReproduced
            : TrainedRun.CoversAll(runs) && met >= 2 && kinds.Count(Outcome.Met) == 2 ? Verdict.Reproduced
            : data.Concat(kinds).Contains(Outcome.Met) ? Verdict.Partly
            : Verdict.Inconclusive;
        return (
            verdict,
            $"of four data sets the spread is met on {met} and failed on {failed}; convolutional below fully connected on MNIST "
                + $"{kinds[0].InWords()}, above on FashionMNIST {kinds[1].InWords()}; only networks with the paper's training are judged");
    }
}
