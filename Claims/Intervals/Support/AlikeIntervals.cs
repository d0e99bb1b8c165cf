using Reproduce.Claims.Judging;

namespace Reproduce.Claims.Intervals.Support;

/// <summary>What intervals.fig-4 calls alike: close means, and close shares of intervals below each tenth of the range.</summary>
internal static class AlikeIntervals
{
    /// <summary>A tenth of the range from −1 to 2.</summary>
    internal const double Margin = 0.3;

    private const double Range = 3;
    private const int Places = 10;
    private const double LargestDistance = 0.2;

    /// <summary>Whether intervals with real and with random labels are alike; open where a network is not trained.</summary>
    internal static Statement Judge(string where, IReadOnlyList<IntervalRun> runs, double level)
    {
        var (real, random) = (runs.Where(run => !run.IsRandom).ToList(), runs.Where(run => run.IsRandom).ToList());
        var means = Statement.Within($"{where}: real − random", Difference(real, random, level), -Margin, Margin, isMain: true);

        // Alike is what is alike at all places, unlike what is so at one: only that is looked for among ten.
        var tail = (1 - level) / 2;
        bool IsAlike(double place) => SharesBelow(place).PValueOfEquivalence(-LargestDistance, LargestDistance) <= tail;
        bool IsUnlike(double place)
        {
            var shares = SharesBelow(place);
            return Math.Min(shares.PValueOfAbove(LargestDistance), shares.PValueOfBelow(-LargestDistance)) <= tail / Places;
        }

        Estimate SharesBelow(double place) => Estimate.OfContrast((Below(real, place), 1), (Below(random, place), -1));
        double[] places = [.. Enumerable.Range(1, Places).Select(i => Range * i / Places)];
        var outcome = means.Outcome == Outcome.Failed || places.Any(IsUnlike) ? Outcome.Failed
            : means.Outcome == Outcome.Met && places.All(IsAlike) ? Outcome.Met
            : Outcome.Undecided;
        var distance = KolmogorovSmirnov.Distance(
            [.. real.SelectMany(run => run.Intervals)], [.. random.SelectMany(run => run.Intervals)]);
        var alike = means with { Text = $"{means.Text}, distribution functions at most {distance:F2} apart", Outcome = outcome };
        return alike.If(runs.All(run => run.IsTrained));
    }

    /// <summary>Whether two kinds of networks have close mean intervals; open where a network is not trained.</summary>
    internal static Statement AreClose(string what, IReadOnlyList<IntervalRun> first, IReadOnlyList<IntervalRun> second, double level) =>
        Statement.Within(what, Difference(first, second, level), -Margin, Margin).If(first.Concat(second).All(run => run.IsTrained));

    /// <summary>Welch's interval for the difference of the networks' mean intervals.</summary>
    internal static ConfidenceInterval Difference(IEnumerable<IntervalRun> first, IEnumerable<IntervalRun> second, double level) =>
        ConfidenceInterval.OfDifference(Means(first), Means(second), level);

    /// <summary>Each network's mean interval.</summary>
    internal static double[] Means(IEnumerable<IntervalRun> runs) => [.. runs.Select(run => run.Intervals.Average())];

    // Of each network the share of its intervals that are shorter; those that reach the end of the range are not below it.
    private static double[] Below(IReadOnlyList<IntervalRun> runs, double place) =>
        [.. runs.Select(run => run.Intervals.Count(interval => interval < place) / (double)run.Intervals.Length)];
}
