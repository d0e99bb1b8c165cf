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
    public void SlopeOfConvolutionalNetworks_GrowsEarlier() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void SlopeOfMoreConvolutionalNetworks_GrowsEarlier() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Role.Control)]
    public void MadeUpRuns_AreJudgedByTheRule()
    {
        // Slopes that rise to 10 along a power of the time: the larger it is, the later half of 10 is passed.
        static TrainedRun Rising(string data, string name, bool convolutional, int seed, double power, double sign = 1, int epochs = TrainedRun.PaperEpochs) =>
            Synthetic.Run(data, name, convolutional, seed, 10, epochs: epochs, history: [.. Enumerable.Range(0, epochs + 1).Select(epoch => 6 + (sign * ((10 * Math.Pow((double)epoch / epochs, power + (0.01 * seed))) - 5)))]);
        Verdict Of(Func<string, bool, double> power, double sign = 1) => Decide([.. Synthetic.Paper((data, name, convolutional, seed) => Rising(data, name, convolutional, seed, power(data, convolutional), convolutional ? sign : 1)).Where(run => run.Cell.Repetition < 3)]).Verdict;
        Of((_, convolutional) => convolutional ? 0.5 : 1).Should().Be(Verdict.Reproduced);
        Of((_, convolutional) => convolutional ? 2 : 1).Should().Be(Verdict.NotReproduced);
        Of((data, convolutional) => convolutional && data == "mnist" ? 0.5 : 1).Should().Be(Verdict.Partly);
        Of((_, convolutional) => convolutional ? 0.5 : 1, sign: -1).Should().Be(Verdict.NotReproduced);
        Of((_, _) => 1).Should().Be(Verdict.Inconclusive, "all grow, none is earlier");

        List<TrainedRun> Short(bool isWhole, int epochs) =>
            [.. from convolutional in Synthetic.Kinds
                from name in convolutional ? TrainedRun.Convolutional : TrainedRun.FullyConnected
                let run = Rising("mnist", name, convolutional, 1, convolutional ? 0.5 : 1, epochs: epochs)
                select run with { Cell = run.Cell with { IsWhole = isWhole } }];
        Decide(Short(true, 10)).Verdict.Should().Be(Verdict.Partly);
        Decide(Short(false, 10)).Verdict.Should().Be(Verdict.Inconclusive, "only part of the points");
        Decide(Short(true, 6)).Verdict.Should().Be(Verdict.Inconclusive, "too few epochs");
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results);
        Drawings.Figure1(OfOneTraining(runs) ?? []);
        return Decide(runs);
    }

    // The largest training that both kinds have.
    private static List<TrainedRun>? OfOneTraining(IReadOnlyList<TrainedRun> all) => all
        .GroupBy(run => (run.Cell.Points, run.Cell.Epochs, run.Cell.IsWhole)).Where(group => group.Any(run => run.IsConvolutional) && group.Any(run => !run.IsConvolutional))
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
        for (var i = 0; i < data.Length && runs[0].Source is not null; i++)
        {
            Evidence.Record(new Measurement($"median epoch at which a convolutional network's slope exceeds half of the largest of a fully connected one, on {data[i]}; the series has the epochs of the convolutional, then of the fully connected networks", earlier[i].Convolutional.Median(), $"earlier: below the median of the fully connected ones (here {earlier[i].Connected.Median()}) with p ≤ {Alpha} after Holm (here {sooner[i]:G3}; for later {later[i]:G3})") { Series = [.. earlier[i].Convolutional, .. earlier[i].Connected] });
        }

        var isEarlier = data.Where((_, i) => sooner[i] <= Alpha && earlier[i].Convolutional.Median() < earlier[i].Connected.Median()).Count();
        var isLater = data.Where((_, i) => later[i] <= Alpha).Count();
        var (cell, grows) = (runs[0].Cell, growing == convolutional.Count);
        var papers = runs.All(run => run.HasPapersTraining);
        var covers = data.Length == TrainedRun.Images.Count && data.All(name => TrainedRun.Convolutional.All(one => convolutional.Any(run => run.Data == name && run.Name == one)));
        var verdict = cell.Epochs < FewestEpochs ? Verdict.Inconclusive
            : falling > 0 || (papers && (2 * growing < convolutional.Count || isLater >= 2)) ? Verdict.NotReproduced
            : !cell.IsWhole ? Verdict.Inconclusive
            : papers && covers && grows && isEarlier == data.Length ? Verdict.Reproduced
            : (grows && isEarlier == data.Length) || (papers && isEarlier > 0) ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"{growing} of {convolutional.Count} convolutional runs grow, {falling} fall; earlier than fully connected networks on {isEarlier} of {data.Length} data sets, later on {isLater}; {cell.Points} training points, {cell.Epochs} epochs{(cell.IsWhole ? "" : ", which cannot decide which is earlier")}");
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
