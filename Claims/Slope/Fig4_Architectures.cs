using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope;

/// <summary>Figure 4: the mean slope hardly depends on the architecture; convolutional below fully connected on MNIST, above on FashionMNIST.</summary>
public sealed class Fig4_Architectures
{
    private const string Claim = "slope.fig-4";

    [Claim(Claim, Category = Category.Empirical)]
    public void MeanSlopes_OfArchitectures_NearlyAgree() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void MeanSlopes_OfMoreArchitectures_NearlyAgree() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    /// <summary>As the paper has it; kinds the other way round; architectures apart; some apart; no difference of kinds; Forest Cover alone.</summary>
    [Claim(Claim, Role.Control)]
    public void MadeUpSlopes_AreJudgedByTheRule()
    {
        static double Kind(string data, bool convolutional) => !convolutional || data == "kmnist" ? 1 : data == "mnist" ? 0.8 : 1.2;
        static Verdict Of(Func<string, string, bool, double> mean) => Decide(Synthetic.Paper((data, name, convolutional, seed) => Synthetic.Run(data, name, convolutional, seed, mean(data, name, convolutional) * (8 + (0.1 * (seed % 3)))))).Verdict;
        static double Apart(string name) => name[0] == '3' ? 1 : 1.5;
        Of((data, _, convolutional) => Kind(data, convolutional)).Should().Be(Verdict.Reproduced);
        Of((data, _, convolutional) => 1 / Kind(data, convolutional)).Should().Be(Verdict.NotReproduced);
        Of((data, name, convolutional) => Kind(data, convolutional) * Apart(name)).Should().Be(Verdict.NotReproduced);
        Of((data, name, convolutional) => Kind(data, convolutional) * (convolutional ? Apart(name) : 1)).Should().Be(Verdict.Partly);
        Decide(Synthetic.Paper((data, name, convolutional, seed) => Synthetic.Run(data, name, convolutional, seed, 8 + (0.1 * ((seed + (convolutional ? 1 : 0)) % 3))))).Verdict.Should().Be(Verdict.Partly, "the kinds do not differ");
        Decide([.. from name in TrainedRun.FullyConnected from seed in Enumerable.Range(1, 3) select Synthetic.Run("covertype", name, false, seed, 8 + (0.1 * (seed % 3)))]).Verdict.Should().Be(Verdict.Partly);
        Decide([.. from name in TrainedRun.FullyConnected from seed in Enumerable.Range(1, 3) select Synthetic.Run("covertype", name, false, seed, Apart(name) * (8 + (0.1 * (seed % 3))))]).Verdict.Should().Be(Verdict.Inconclusive, "one spread of seven, which fails");
        Decide([.. from name in TrainedRun.FullyConnected select Synthetic.Run("mnist", name, false, 1, 8)]).Verdict.Should().Be(Verdict.Inconclusive);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results, "covertype");
        Drawings.Figure4(runs);
        foreach (var run in runs.Where(run => run.Network.Best is not null))
        {
            Evidence.Record(run.Figure("mean 2-slope of the model with the least validation loss", run.Best.Two.Mean, run.HasPapersTraining ? "enters the spread and the comparison of the kinds" : "recorded, not judged: not the paper's training") with { Uncertainty = run.Best.Two.Deviation / Math.Sqrt(run.Cell.SlopePoints), Samples = run.Cell.SlopePoints });
        }

        var parts = new SlopeParts(runs, snapshot => snapshot.Two);
        foreach (var (part, outcome) in parts.Spreads().Zip(parts.OfSpreads()).Where(one => one.First.Series?.Count > 0))
        {
            part.Record(outcome, $"(a) below {SlopeParts.SpreadMargin}, α = 0.05 with Holm over the spreads");
        }

        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> runs)
    {
        var parts = new SlopeParts(runs, snapshot => snapshot.Two);
        var (spreads, kinds) = (parts.OfSpreads(), parts.OfKinds());
        var isWhole = TrainedRun.AllData.All(data => Covers(data, false, TrainedRun.FullyConnected)) && TrainedRun.Images.All(data => Covers(data, true, TrainedRun.Convolutional));
        var verdict = kinds.Count(Outcome.Failed) == 2 || spreads.Count(Outcome.Failed) >= 4 ? Verdict.NotReproduced
            : isWhole && spreads.Count(Outcome.Met) >= 4 && spreads.Count(Outcome.Failed) == 0 && kinds.Count(Outcome.Met) == 2 ? Verdict.Reproduced
            : spreads.Concat(kinds).Contains(Outcome.Met) ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"of seven spreads {spreads.Count(Outcome.Met)} met and {spreads.Count(Outcome.Failed)} failed; convolutional below fully connected on MNIST {kinds[0].InWords()}, above on FashionMNIST {kinds[1].InWords()}; only networks with the paper's training are judged");

        bool Covers(string data, bool convolutional, IEnumerable<string> names) =>
            names.All(name => runs.Any(run => run.HasPapersTraining && run.Data == data && run.IsConvolutional == convolutional && run.Name == name));
    }
}
