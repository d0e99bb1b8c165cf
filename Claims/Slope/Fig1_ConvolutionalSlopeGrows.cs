using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope;

/// <summary>Figure 1: the slope of convolutional networks grows as well, and reaches high values earlier.</summary>
public sealed class Fig1_ConvolutionalSlopeGrows
{
    private const string Claim = "slope.fig-1.convolutional";
    private const double Alpha = 0.01;
    private const int FewestEpochs = 8;

    [Claim(Claim, Category = Category.Empirical)]
    public void SlopeOfConvolutionalNetworks_GrowsEarlier() => Experiment.JudgeQuick(Claim, TrainedNetworks.OfBothKinds, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void SlopeOfMoreConvolutionalNetworks_GrowsEarlier() => Experiment.JudgeNightly(Claim, TrainedNetworks.OfBothKinds, Judge);

    /// <summary>The paper's training with two seeds.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("earlier", Verdict.Reproduced)]
    [InlineData("later", Verdict.NotReproduced)]
    [InlineData("earlier on mnist", Verdict.Partly)]
    [InlineData("falling", Verdict.NotReproduced)]
    [InlineData("at the same time", Verdict.Inconclusive)]
    public void SyntheticRuns_AreJudgedByTheRule(string convolutionalRise, Verdict verdict)
    {
        double Power(string data) => convolutionalRise switch
        {
            "earlier" or "falling" => 0.5,
            "earlier on mnist" => data == "mnist" ? 0.5 : 1,
            "later" => 2,
            _ => 1,
        };
        TrainedRun Run(string data, string name, bool convolutional, int seed) => convolutional
            ? Rising(data, name, true, seed, Power(data), convolutionalRise == "falling" ? -1 : 1)
            : Rising(data, name, false, seed, 1);
        Decide([.. Synthetic.Paper(Run).Where(run => run.Cell.Repetition < 3)]).Verdict.Should().Be(verdict);
    }

    /// <summary>One data set and seed: all points, part of the points, and too few epochs.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(true, 10, Verdict.Partly)]
    [InlineData(false, 10, Verdict.Inconclusive)]
    [InlineData(true, 6, Verdict.Inconclusive)]
    public void SyntheticRuns_OfAShortTraining_AreJudgedByTheRule(bool isWhole, int epochs, Verdict verdict) => Decide(
        [.. from convolutional in Synthetic.Kinds
            from name in convolutional ? TrainedRun.Convolutional : TrainedRun.FullyConnected
            let run = Rising("mnist", name, convolutional, 1, convolutional ? 0.5 : 1, epochs: epochs)
            select run with { Cell = run.Cell with { IsWhole = isWhole } }]).Verdict.Should().Be(verdict);

    // Slopes that rise to 10 along a power of the time: the larger it is, the later half of 10 is passed.
    private static TrainedRun Rising(
        string data, string name, bool convolutional, int seed, double power, double sign = 1, int epochs = TrainedRun.PaperEpochs)
    {
        double Slope(int epoch) => 6 + (sign * ((10 * Math.Pow((double)epoch / epochs, power + (0.01 * seed))) - 5));
        return Synthetic.Run(
            data, name, convolutional, seed, 10, epochs: epochs, history: [.. Enumerable.Range(0, epochs + 1).Select(Slope)]);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results);
        Drawings.Figure1(OfOneTraining(runs) ?? []);
        return Decide(runs);
    }

    // The largest training that both kinds have.
    private static List<TrainedRun>? OfOneTraining(IReadOnlyList<TrainedRun> all) => all
        .GroupBy(run => (run.Cell.Points, run.Cell.Epochs, run.Cell.IsWhole))
        .Where(group => group.Any(run => run.IsConvolutional) && group.Any(run => !run.IsConvolutional))
        .MaxBy(group => (long)group.Key.Points * group.Key.Epochs)?.ToList();

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        if (OfOneTraining(all) is not { } runs)
        {
            return (Verdict.Inconclusive, "there are no convolutional networks beside fully connected ones of the same training");
        }

        var convolutional = runs.Where(run => run.IsConvolutional).ToList();
        var (growing, falling) = Fig1_SlopeGrows.Growth(convolutional);
        string[] data = [.. TrainedRun.Images.Where(name => convolutional.Any(run => run.Data == name))];
        var earlier = data.Select(name => Crossings(runs, name)).ToList();
        var sooner = Holm.Adjust([.. earlier.Select(one => RankSum.LowerTail(one.Convolutional, one.Connected))]);
        var later = Holm.Adjust([.. earlier.Select(one => RankSum.LowerTail(one.Connected, one.Convolutional))]);
        var medians = earlier.Select(one => (Convolutional: one.Convolutional.Median(), Connected: one.Connected.Median())).ToList();
        for (var i = 0; i < data.Length && runs[0].Source is not null; i++)
        {
            Evidence.Record(new Measurement(
                $"median epoch at which a convolutional network's slope exceeds half of the largest of a fully connected one, on {data[i]};"
                    + " the series has the epochs of the convolutional, then of the fully connected networks",
                medians[i].Convolutional,
                $"earlier: below the median of the fully connected ones (here {medians[i].Connected}) with p ≤ {Alpha} after Holm "
                    + $"(here {sooner[i]:G3}; for later {later[i]:G3})")
            {
                Series = [.. earlier[i].Convolutional, .. earlier[i].Connected],
            });
        }

        var isEarlier = data.Where((_, i) => sooner[i] <= Alpha && medians[i].Convolutional < medians[i].Connected).Count();
        var isLater = data.Where((_, i) => later[i] <= Alpha).Count();
        var (cell, grows) = (runs[0].Cell, growing == convolutional.Count);
        var papers = runs.All(run => run.HasPapersTraining);
        var covers = TrainedRun.Images.All(name => TrainedRun.Covers(convolutional, name, true));
        var verdict = cell.Epochs < FewestEpochs ? Verdict.Inconclusive
            : falling > 0 || (papers && (2 * growing < convolutional.Count || isLater >= 2)) ? Verdict.NotReproduced
            : !cell.IsWhole ? Verdict.Inconclusive
            : papers && covers && grows && isEarlier == data.Length ? Verdict.Reproduced
            : (grows && isEarlier == data.Length) || (papers && isEarlier > 0) ? Verdict.Partly
            : Verdict.Inconclusive;
        return (
            verdict,
            $"{growing} of {convolutional.Count} convolutional runs grow, {falling} fall; earlier than fully connected networks on "
                + $"{isEarlier} of {data.Length} data sets, later on {isLater}; {cell.Points} training points, {cell.Epochs} epochs"
                + (cell.IsWhole ? "" : ", which cannot decide which is earlier"));
    }

    private static (double[] Convolutional, double[] Connected) Crossings(IReadOnlyList<TrainedRun> runs, string data)
    {
        var own = runs.Where(run => run.Data == data).ToList();
        var level = own.Where(run => !run.IsConvolutional).Max(run => run.Network.MeanSlope.Max()) / 2;
        double[] Of(bool convolutional) => [.. own.Where(run => run.IsConvolutional == convolutional).Select(run =>
        {
            var place = run.Network.MeanSlope.ToList().FindIndex(slope => slope > level);
            return place < 0 ? run.Cell.Epochs + 1.0 : run.Network.SlopeEpochs[place];
        })];
        return (Of(true), Of(false));
    }
}
