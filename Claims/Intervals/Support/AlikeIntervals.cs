using Reproduce.Claims.Judging;

namespace Reproduce.Claims.Intervals.Support;

/// <summary>What intervals.fig-4 calls alike: close means, and distribution functions that are close everywhere.</summary>
internal static class AlikeIntervals
{
    /// <summary>A tenth of the range from −1 to 2.</summary>
    internal const double Margin = 0.3;

    private const double LargestDistance = 0.2;

    /// <summary>Whether intervals with real and with random labels are alike; one list a network.</summary>
    internal static Statement Judge(string where, IReadOnlyList<double[]> real, IReadOnlyList<double[]> random, double level, bool isMain)
    {
        var distance = KolmogorovSmirnov.Distance([.. real.SelectMany(one => one)], [.. random.SelectMany(one => one)]);
        var means = Statement.Within($"{where}: real − random", Difference(real, random, level), -Margin, Margin, isMain);
        return means with
        {
            Text = $"{means.Text}, distribution functions at most {distance:F2} apart",
            Outcome = distance > LargestDistance ? Outcome.Failed : means.Outcome,
        };
    }

    /// <summary>Welch's interval for the difference of the networks' mean intervals.</summary>
    internal static ConfidenceInterval Difference(IReadOnlyList<double[]> first, IReadOnlyList<double[]> second, double level) =>
        ConfidenceInterval.OfDifference([.. first.Select(one => one.Average())], [.. second.Select(one => one.Average())], level);
}
