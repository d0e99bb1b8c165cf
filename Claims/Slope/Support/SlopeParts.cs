using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope.Support;

/// <summary>
/// The parts of Figures 2, 3 and 4, for the p-slope that a function takes from a snapshot. Only runs with the paper's training count.
/// </summary>
internal sealed class SlopeParts(IEnumerable<TrainedRun> all, Func<Snapshot, SlopeDistribution> slope)
{
    internal const double Alpha = 0.05;
    internal const double AlphaOfKinds = 0.01;
    internal const double WidthMargin = 0.2;
    internal const double SpreadMargin = 0.25;
    internal const double SeedMargin = 0.5;
    internal const double VariationMargin = 0.25;
    internal const int Seeds = 3;

    private readonly List<TrainedRun> _runs = [.. all.Where(run => run.HasPapersTraining)];

    /// <summary>
    /// The largest error probability of Fig. 3, which is judged a second time, at half of it, once there are more seeds than the paper's.
    /// </summary>
    internal double AlphaOfSeeds => HalfBeyondThePapersSeeds(0.01, TrainedRun.AllData);

    /// <summary>The same of slope.width.</summary>
    internal double AlphaOfWidths => HalfBeyondThePapersSeeds(Alpha, TrainedRun.Images);

    /// <summary>Fig. 2 (a): the share of Forest Cover's networks whose mean slope is higher at the optimal model than initially.</summary>
    internal Part Higher()
    {
        const string Name = "share of Forest Cover's networks whose optimal model has a larger mean slope than the initial one";
        var runs = Of("covertype", false).ToList();
        var higher = runs.Count(run => slope(run.Best).Mean > slope(run.Network.Initial).Mean);
        if (runs.Count == 0)
        {
            return Part.Unknown(Name);
        }

        double UpperTail(int count) => BinomialTest.UpperTail(count, runs.Count, 0.5);
        return new(Name, (double)higher / runs.Count, null, UpperTail(higher), UpperTail(runs.Count - higher))
        {
            Series = [.. runs.Select(run => slope(run.Best).Mean / slope(run.Network.Initial).Mean)],
        };
    }

    /// <summary>Fig. 2 (b) and slope.width: by depth, the largest distance between the distributions of two widths.</summary>
    internal IReadOnlyList<Part> AcrossWidths(string data) =>
        [.. from depth in Of(data, false).GroupBy(run => run.Network.Architecture.Layers).OrderBy(one => one.Key)
            let values = (from seed in depth.GroupBy(run => run.Cell.Repetition)
                          let slopes = seed.Select(run => slope(run.Best)).ToList()
                          where slopes.Count > 1
                          let largest = (from one in slopes from other in slopes select one.DistanceTo(other)).Max()
                          select largest / slopes.Average(one => one.Mean)).ToList()
            let name = $"largest distance between the distributions of two widths over their mean, {depth.Key} hidden layers on {data}"
            select Part.Below(name, values, WidthMargin, Seeds)];

    /// <summary>Fig. 2 (c) and Fig. 4 (a): the largest less the smallest mean slope of an architecture, over the average.</summary>
    internal Part Spread(string data, bool convolutional)
    {
        var values = from seed in Of(data, convolutional).GroupBy(run => run.Cell.Repetition)
                     let means = seed.Select(run => slope(run.Best).Mean).ToList()
                     where means.Count > 1
                     select (means.Max() - means.Min()) / means.Average();
        var kind = convolutional ? "convolutional" : "fully connected";
        return Part.Below($"spread of the mean slope over the {kind} architectures on {data}", [.. values], SpreadMargin, Seeds);
    }

    /// <summary>slope.little-variation: by seed, the mean over the architectures of the slopes' deviation over their mean.</summary>
    internal Part Variation(string data, bool convolutional)
    {
        var values = from seed in Of(data, convolutional).GroupBy(run => run.Cell.Repetition)
                     select seed.Average(run => slope(run.Best).Deviation / slope(run.Best).Mean);
        var kind = convolutional ? "convolutional" : "fully connected";
        return Part.Below($"deviation of the slope over its mean, {kind} on {data}", [.. values], VariationMargin, Seeds);
    }

    /// <summary>
    /// slope.depth: by seed, the distance between the distributions with one and with three hidden layers over the mean of both, averaged
    /// over the widths.
    /// </summary>
    internal Part AcrossDepths()
    {
        var values = from seed in Of("covertype", false).GroupBy(run => run.Cell.Repetition)
                     let byDepth = seed.ToLookup(run => run.Network.Architecture.Layers)
                     let distances = (from one in byDepth[1]
                                      join three in byDepth[3] on one.Network.Architecture.Width equals three.Network.Architecture.Width
                                      let first = slope(one.Best)
                                      let second = slope(three.Best)
                                      select 2 * first.DistanceTo(second) / (first.Mean + second.Mean)).ToList()
                     where distances.Count > 0
                     select distances.Average();
        const string Name = "distance between the distributions with one and three hidden layers over their mean, on covertype";
        return Above(Name, [.. values], WidthMargin, Seeds);
    }

    /// <summary>The mean of independent values is above a margin: the part <see cref="Part.Below"/> the other way round.</summary>
    internal static Part Above(string name, IReadOnlyList<double> values, double margin, int fewest)
    {
        var below = Part.Below(name, values, margin, fewest);
        return below with { Met = below.Failed, Failed = below.Met };
    }

    /// <summary>
    /// Fig. 3: the distance between the distributions of two seeds over their pooled deviation, averaged over the architectures, which
    /// share the seeds' points, and over all pairs of seeds; its error is the jackknife's over seeds. The series has the pairs.
    /// </summary>
    internal Part BetweenSeeds(string data)
    {
        var name = $"distance between the distributions of two seeds over their deviation, fully connected on {data}";
        var seeds = Of(data, false).GroupBy(run => run.Cell.Repetition).OrderBy(seed => seed.Key)
            .Select(seed => seed.ToDictionary(run => run.Name, run => slope(run.Best))).ToList();
        var pairs = (from first in Enumerable.Range(0, seeds.Count)
                     from second in Enumerable.Range(first + 1, seeds.Count - first - 1)
                     let common = seeds[first].Keys.Intersect(seeds[second].Keys).ToList()
                     where common.Count > 0
                     let distance = common.Average(one => InDeviations(seeds[first][one], seeds[second][one]))
                     select (First: first, Second: second, Distance: distance)).ToList();
        double[] distances = [.. pairs.Select(pair => pair.Distance)];
        if (seeds.Count < Seeds || pairs.Count < seeds.Count * (seeds.Count - 1) / 2)
        {
            return Part.Unknown(name) with { Value = distances.DefaultIfEmpty(double.NaN).Average(), Series = distances };
        }

        double Without(int seed) => pairs.Where(pair => pair.First != seed && pair.Second != seed).Average(pair => pair.Distance);
        double[] pseudovalues = [.. Enumerable.Range(0, seeds.Count)
            .Select(seed => (seeds.Count * distances.Average()) - ((seeds.Count - 1) * Without(seed)))];
        return Part.Below(name, pseudovalues, SeedMargin, Seeds) with { Series = distances };
    }

    /// <summary>
    /// Fig. 4 (b) and (c): by seed, the mean logarithm of the mean slope, convolutional less fully connected; the two-sided p-value.
    /// </summary>
    internal (double[] Values, double PValue) Kinds(string data)
    {
        double[] values = [.. from seed in _runs.Where(run => run.Data == data).GroupBy(run => run.Cell.Repetition)
                              let kinds = seed.ToLookup(run => run.IsConvolutional, run => Math.Log(slope(run.Best).Mean))
                              where kinds[true].Any() && kinds[false].Any()
                              select kinds[true].Average() - kinds[false].Average()];
        return (values, values.Length < Seeds ? 1 : Estimate.OfMean(values).PValueOfDifference(0));
    }

    /// <summary>The outcomes of Fig. 2 (a), (b), (c).</summary>
    internal Outcome[] OfFigure2()
    {
        var (widths, spread) = (AcrossWidths("covertype"), Spread("covertype", false));
        return
        [
            Part.Judge([Higher()], Alpha)[0],
            widths.Count == 0 ? Outcome.Undecided : Outcomes.All(Part.Judge(widths, Alpha)),
            Part.Judge([spread], Alpha)[0],
        ];
    }

    /// <summary>The outcomes of Fig. 3, in the order of <see cref="TrainedRun.AllData"/>.</summary>
    internal Outcome[] OfFigure3() => Judged([.. TrainedRun.AllData.Select(BetweenSeeds)], AlphaOfSeeds);

    /// <summary>The seven spreads of Fig. 4 (a).</summary>
    internal IReadOnlyList<Part> Spreads() => OfKindsAndData(Spread);

    /// <summary>The seven parts of slope.little-variation.</summary>
    internal IReadOnlyList<Part> Variations() => OfKindsAndData(Variation);

    /// <summary>The outcomes of the spreads of Fig. 4 (a), seven of them.</summary>
    internal Outcome[] OfSpreads() => Judged(Spreads());

    /// <summary>
    /// Fig. 4 (a) of each data set, in the order of <see cref="TrainedRun.AllData"/>: met when the spreads of all its kinds are.
    /// </summary>
    internal Outcome[] OfSpreadsByData()
    {
        var spreads = OfSpreads();
        return [.. TrainedRun.AllData.Select((_, i) =>
            Outcomes.All(i < TrainedRun.Images.Count ? [spreads[i], spreads[TrainedRun.AllData.Count + i]] : [spreads[i]]))];
    }

    /// <summary>The outcomes of slope.width by data set, in the order of <see cref="TrainedRun.Images"/>.</summary>
    internal Outcome[] OfWidths()
    {
        var depths = TrainedRun.Images.SelectMany(data => AcrossWidths(data).Select(part => (Data: data, Part: part))).ToList();
        var outcomes = Judged([.. depths.Select(one => one.Part)], AlphaOfWidths);
        var byData = depths.Zip(outcomes).ToLookup(one => one.First.Data, one => one.Second);
        return [.. TrainedRun.Images.Select(data => Outcomes.All([.. byData[data]]))];
    }

    /// <summary>The outcome of slope.depth.</summary>
    internal Outcome OfDepths() => Part.Judge([AcrossDepths()], Alpha)[0];

    /// <summary>The outcomes of slope.little-variation, seven of them.</summary>
    internal Outcome[] OfVariations() => Judged(Variations());

    /// <summary>The outcomes of Fig. 4 (b) and (c).</summary>
    internal Outcome[] OfKinds()
    {
        var (mnist, fashion) = (Kinds("mnist"), Kinds("fashion-mnist"));
        var corrected = Holm.Adjust([mnist.PValue, fashion.PValue]);
        return [Sign(corrected[0], -Mean(mnist.Values)), Sign(corrected[1], Mean(fashion.Values))];
    }

    private static Outcome Sign(double p, double wanted) =>
        p > AlphaOfKinds ? Outcome.Undecided : wanted > 0 ? Outcome.Met : Outcome.Failed;

    private static IReadOnlyList<Part> OfKindsAndData(Func<string, bool, Part> part) =>
        [.. TrainedRun.AllData.Select(data => part(data, false)), .. TrainedRun.Images.Select(data => part(data, true))];

    private static double InDeviations(SlopeDistribution one, SlopeDistribution other) =>
        one.DistanceTo(other) / Math.Sqrt(((one.Deviation * one.Deviation) + (other.Deviation * other.Deviation)) / 2);

    private static double Mean(double[] values) => values.Length == 0 ? 0 : values.Average();

    // Holm over those with a standard error: a data set without runs is no test.
    private static Outcome[] Judged(IReadOnlyList<Part> parts, double alpha = Alpha)
    {
        var outcomes = new Outcome[parts.Count];
        int[] known = [.. Enumerable.Range(0, parts.Count).Where(i => parts[i].Error is not null)];
        foreach (var (outcome, i) in Part.Judge([.. known.Select(i => parts[i])], alpha).Zip(known))
        {
            outcomes[i] = outcome;
        }

        return outcomes;
    }

    private double HalfBeyondThePapersSeeds(double alpha, IEnumerable<string> data) =>
        _runs.Any(run => run.IsBeyondThePapersSeeds && data.Contains(run.Data)) ? alpha / 2 : alpha;

    private IEnumerable<TrainedRun> Of(string data, bool convolutional) =>
        _runs.Where(run => run.Data == data && run.IsConvolutional == convolutional);
}
