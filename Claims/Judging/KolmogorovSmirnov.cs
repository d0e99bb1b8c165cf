namespace Reproduce.Claims.Judging;

/// <summary>The Kolmogorov–Smirnov distance: the largest difference of two distribution functions.</summary>
internal static class KolmogorovSmirnov
{
    /// <summary>Between those of two samples.</summary>
    internal static double Distance(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var (a, b) = (first.Order().ToArray(), second.Order().ToArray());
        return a.Concat(b).Max(at => Math.Abs(ShareUpTo(a, at) - ShareUpTo(b, at)));
    }

    /// <summary>Between that of a sample and a continuous one.</summary>
    internal static double Distance(IReadOnlyList<double> sample, Func<double, double> distribution) => sample.Order().Select((value, i) =>
    {
        var exact = distribution(value);
        return Math.Max(exact - ((double)i / sample.Count), ((i + 1.0) / sample.Count) - exact);
    }).Max();

    private static double ShareUpTo(double[] sorted, double value)
    {
        var place = Array.BinarySearch(sorted, value);
        while (place >= 0 && place + 1 < sorted.Length && sorted[place + 1] == value)
        {
            place++;
        }

        return (place >= 0 ? place + 1 : ~place) / (double)sorted.Length;
    }
}
