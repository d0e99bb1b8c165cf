using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope.Support;

/// <summary>Figures 1 to 6 of the slope paper, drawn from our networks. The paper publishes no numbers with them.</summary>
internal static class Drawings
{
    private const string MeanSlope = "mean 2-slope";
    private const int MostCentres = 40;
    private static readonly bool[] Kinds = [false, true];
    private static readonly string[] ShownInFigure3 = ["1x25", "1x100", "3x50"];

    /// <summary>Figure 1: a panel a data set, a curve an architecture (its first seed), from what was measured during training.</summary>
    internal static void Figure1(IEnumerable<TrainedRun> all)
    {
        var runs = (from run in all
                    where run.Network.MeanSlope.Count > 1
                    group run by (run.Data, run.Name, run.IsConvolutional) into same
                    orderby TrainedRun.AllData.ToList().IndexOf(same.Key.Data), same.Key.IsConvolutional
                    select same.MinBy(run => run.Cell.Repetition)!).ToList();
        if (runs.Count == 0)
        {
            return;
        }

        var kinds = string.Join(" and ", runs.Select(run => Kind(run.IsConvolutional)).Distinct());
        var risen = runs.Count(run => run.Network.MeanSlope[^1] > run.Network.MeanSlope[0]);
        double[] EpochsOf(TrainedRun run) => [.. run.Network.SlopeEpochs.Select(epoch => (double)epoch)];
        Evidence.Draw(new(
            "S, Figure 1",
            $"The mean slope during training, {kinds} networks",
            $"{risen} of {runs.Count} curves end above their start. Each is one network; its slope is the mean over "
                + $"{runs.Min(run => run.Cell.SlopePoints)} training points. {Trainings(runs)}.",
            new("epoch"),
            new(MeanSlope),
            FigureMark.Line,
            [.. runs.Select(run => new Curve(Named(run.Network.Architecture), EpochsOf(run), run.Network.MeanSlope)
            {
                Panel = Named(run.Data),
                Group = Kind(run.IsConvolutional),
            })]));
    }

    /// <summary>
    /// Figure 2: densities over 750 training points of Forest Cover before training and of the optimal model, by depth and width.
    /// </summary>
    internal static void Figure2(IEnumerable<TrainedRun> all)
    {
        var runs = (from run in all
                    where run.HasPapersTraining && run.Data == "covertype"
                    group run by run.Name into same
                    select same.MinBy(run => run.Cell.Repetition)! into run
                    orderby run.Network.Architecture.Layers, run.Network.Architecture.Width
                    select run).ToList();
        Curve? Density(TrainedRun run, string time, SlopeDistribution slopes)
        {
            var density = DensityCurve.Of([.. slopes.Quantiles.Where(slope => slope > 0).Select(Math.Log10)], run.Cell.SlopePoints);
            return density is not { } curve ? null
                : new($"width {run.Network.Architecture.Width}, {time}", [.. curve.X.Select(power => Math.Pow(10, power))], Scaled(curve.Y))
                {
                    Panel = Layers(run.Network.Architecture.Layers),
                };
        }

        double[] Scaled(IReadOnlyList<double> values) => [.. values.Select(value => value / values.Max())];
        List<Curve> curves = [.. runs
            .SelectMany(run => new[]
            {
                Density(run, "before training", run.Network.Initial.Two),
                Density(run, "optimal model", run.Best.Two),
            })
            .OfType<Curve>()];
        if (curves.Count == 0)
        {
            return;
        }

        string Range(Func<TrainedRun, double> mean) => $"{runs.Min(mean):G2} to {runs.Max(mean):G2}";
        Evidence.Draw(new(
            "S, Figure 2",
            "The slope before training and of the optimal model, Forest Cover",
            $"The mean slope is {Range(run => run.Network.Initial.Two.Mean)} before training and {Range(run => run.Best.Two.Mean)} for the "
                + $"optimal models. Each curve is the density of the slope's logarithm over {runs[0].Cell.SlopePoints} training points, "
                + "smoothed from a hundred quantiles and scaled to a peak of 1 as the outlines of violins are.",
            new("2-slope") { IsLogarithmic = true },
            new("density / its peak"),
            FigureMark.Line,
            curves));
    }

    /// <summary>Figure 3: densities for two seeds, a panel a data set and architecture.</summary>
    internal static void Figure3(IEnumerable<TrainedRun> all)
    {
        var pairs = (from data in TrainedRun.AllData
                     from same in Longest(all.Where(run => run.Data == data && !run.IsConvolutional)).GroupBy(run => run.Name)
                     where ShownInFigure3.Contains(same.Key) && same.Count() > 1
                     select same.OrderBy(run => run.Cell.Repetition).Take(2).ToList()).ToList();
        List<Curve> curves = [.. from run in pairs.SelectMany(pair => pair)
                                 let density = DensityCurve.Of(run.Best.Two.Quantiles, run.Cell.SlopePoints)
                                 where density is not null
                                 select new Curve($"seed {run.Cell.Repetition}", density.Value.X, density.Value.Y)
                                 {
                                     Panel = $"{Named(run.Data)}, {run.Name}",
                                 }];
        if (curves.Count == 0)
        {
            return;
        }

        var farthest = pairs.Max(pair => pair[0].Best.Two.DistanceTo(pair[1].Best.Two) / pair[0].Best.Two.Deviation);
        Evidence.Draw(new(
            "S, Figure 3",
            "The slope of optimal models for two seeds",
            $"The two distributions of a panel are at most {farthest:F2} of their deviation apart (Wasserstein). Densities over "
                + $"{pairs[0][0].Cell.SlopePoints} training points, smoothed from a hundred quantiles. "
                + $"{Trainings(pairs.SelectMany(pair => pair))}.",
            new("2-slope"),
            new("density"),
            FigureMark.Line,
            curves));
    }

    /// <summary>Figure 4: the optimal models' mean slopes by architecture, a curve a data set.</summary>
    internal static void Figure4(IEnumerable<TrainedRun> all)
    {
        // Beside networks with the paper's training those of a toy size say nothing.
        var comparable = all.Any(run => run.HasPapersTraining) ? all.Where(run => run.HasPapersTraining) : all;
        var runs = (from data in TrainedRun.AllData
                    from kind in Kinds
                    from run in Longest(comparable.Where(run => run.Data == data && run.IsConvolutional == kind))
                    select run).ToList();
        if (runs.Count == 0)
        {
            return;
        }

        string[] names = [.. TrainedRun.FullyConnected.Concat(TrainedRun.Convolutional).Where(name => runs.Any(run => run.Name == name))];
        string Range(IReadOnlyList<double> means) => means.Count > 1 ? $"{means.Min():G3} to {means.Max():G3}" : $"{means[0]:G3}";
        List<Curve> curves =
        [
            .. from kind in runs.GroupBy(run => (run.Data, run.IsConvolutional))
               let places = kind.GroupBy(run => Array.IndexOf(names, run.Name)).OrderBy(same => same.Key).ToList()
               let means = places.Select(same => same.Average(run => run.Best.Two.Mean))
               select new Curve(Named(kind.Key.Data), [.. places.Select(same => (double)same.Key)], [.. means])
               {
                   Panel = Kind(kind.Key.IsConvolutional),
                   Error = [.. places.Select(Deviation)],
               },
        ];
        Evidence.Draw(new(
            "S, Figure 4",
            "The mean slope of optimal models by architecture",
            $"{string.Join("; ", curves.Select(curve => $"{curve.Name}, {curve.Panel}: {Range(curve.Y)}"))}. Bars are deviations over the "
                + $"seeds; without a bar there is one. {Trainings(runs)}.",
            new("architecture") { Categories = names },
            new(MeanSlope),
            FigureMark.Line,
            curves));
    }

    /// <summary>
    /// Figure 5: the optimal models' mean slopes by the side of the images, with the factor of 2 that section 4.3 expects at double
    /// resolution.
    /// </summary>
    internal static void Figure5(IReadOnlyList<TrainedRun> all)
    {
        var (measured, halved) = (new List<Curve>(), new List<Curve>());
        foreach (var data in TrainedRun.Images)
        {
            var bySide = Longest(all.Where(run => run.Data == data)).GroupBy(run => run.Cell.Side).OrderBy(same => same.Key).ToList();
            if (bySide.Count == 0)
            {
                continue;
            }

            double[] sides = [.. bySide.Select(same => (double)same.Key)];
            double[] means = [.. bySide.Select(same => same.Average(run => run.Best.Two.Mean))];
            double[] expected = [.. sides.Select(side => means[0] * sides[0] / side)];
            measured.Add(new("measured", sides, means) { Panel = Named(data), Error = [.. bySide.Select(Deviation)] });
            halved.Add(new("half at double resolution, from our first point", sides, expected) { Panel = Named(data), IsPaper = true });
        }

        if (measured.Count == 0)
        {
            return;
        }

        string Change(Curve curve) => $"{curve.Panel}: from {curve.Y[0]:G3} at {curve.X[0]} pixels to {curve.Y[^1]:G3} at {curve.X[^1]}";
        Evidence.Draw(new(
            "S, Figure 5",
            "The mean slope of optimal models by resolution",
            $"{string.Join("; ", measured.Select(Change))}. {Trainings(all)}.",
            new("side of the images / pixels"),
            new(MeanSlope),
            FigureMark.Line,
            [.. measured.Zip(halved, (one, other) => new[] { one, other }).SelectMany(pair => pair)]));
    }

    /// <summary>Figure 6: the relative change by distance, a curve a centre, and their mean.</summary>
    internal static void Figure6(SurroundingsResult cell)
    {
        double[] distances = [.. cell.Radii.Select(radius => radius / cell.Training.MeanDistance)];
        double[] means = [.. Enumerable.Range(0, distances.Length).Select(k => cell.Centres.Average(centre => centre.Changes[k]))];
        Evidence.Draw(new(
            "S, Figure 6",
            $"The change of the slope around training points of {Named(cell.Training.Data)}",
            $"The mean over {cell.Centres.Count} centres grows from {means[0]:P1} to {means[^1]:P1} of the slope at the centre; "
                + $"{Math.Min(MostCentres, cell.Centres.Count)} centres are drawn, each the mean over {cell.Samples} points of every "
                + $"sphere. Trained for {cell.Training.Epochs} of the paper's {TrainedRun.PaperEpochs} epochs.",
            new("radius / mean distance of two training images"),
            new("mean relative change of the 2-slope"),
            FigureMark.Line,
            [
                .. cell.Centres.Take(MostCentres)
                    .Select((centre, i) => new Curve($"centre {i + 1}", distances, centre.Changes) { Group = "a centre" }),
                new Curve("mean over all centres", distances, means) { StandsOut = true },
            ]));
    }

    // Optimal models of the training with the most steps, the nearest to the paper's.
    private static IEnumerable<TrainedRun> Longest(IEnumerable<TrainedRun> runs) =>
        TrainedRun.Longest(runs.Where(run => run.Network.Best is not null));

    // Of the mean slope over the seeds; 0 for one seed.
    private static double Deviation(IEnumerable<TrainedRun> seeds) =>
        seeds.Select(run => run.Best.Two.Mean).ToList() is { Count: > 1 } means ? means.StandardDeviation() : 0;

    private static string Trainings(IEnumerable<TrainedRun> runs)
    {
        string Of(IEnumerable<TrainedRun> same) => string.Join(
            " and ", same.Select(run => $"{run.Cell.Points} points, {run.Cell.Epochs} of {TrainedRun.PaperEpochs} epochs").Distinct());
        return "Training: " + string.Join("; ", runs.GroupBy(run => run.Data).Select(same => $"{Named(same.Key)} {Of(same)}"));
    }

    private static string Named(Architecture architecture) => $"{(architecture.Convolutional ? "convolutional " : "")}{architecture.Name}";

    private static string Kind(bool convolutional) => convolutional ? "convolutional" : "fully connected";

    private static string Layers(int count) => count == 1 ? "1 hidden layer" : $"{count} hidden layers";

    /// <summary>A data set as the paper calls it.</summary>
    internal static string Named(string data) => data switch
    {
        "mnist" => "MNIST",
        "kmnist" => "KMNIST",
        "fashion-mnist" => "FashionMNIST",
        _ => "Forest Cover",
    };
}
