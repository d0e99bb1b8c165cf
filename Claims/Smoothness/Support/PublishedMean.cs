using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>
/// A published mean with its deviation over a number of data sets, compared with our values by the rule of smoothness.table-4.1: the margin
/// is four standard errors of the published mean and half its last digit.
/// </summary>
/// <param name="Mean">The published mean.</param>
/// <param name="Deviation">The published deviation over data sets; 0 where none is published because all are alike.</param>
/// <param name="Count">The number of data sets.</param>
/// <param name="Rounding">Half the last published digit.</param>
internal sealed record PublishedMean(double Mean, double Deviation, int Count, double Rounding)
{
    private const double Equivalence = 0.05;
    private const double Significance = 0.01;

    internal PublishedMean(PublishedValue value, int count)
        : this(value.Value, value.StandardDeviation ?? 0, count, value.Rounding)
    {
    }

    internal double StandardError => Deviation / Math.Sqrt(Count);

    /// <summary>The standard error, or where no deviation is published the error of the rounding.</summary>
    internal double OwnError => Deviation > 0 ? StandardError : Rounding / Math.Sqrt(3);

    internal double Margin => (4 * StandardError) + Rounding;

    /// <summary>
    /// The rule for several cells, with Holm's correction over them: met where the interval of the difference lies inside the margin,
    /// failed where the difference exceeds it significantly.
    /// </summary>
    internal static IReadOnlyList<Outcome> Judge(IReadOnlyList<(PublishedMean Published, IReadOnlyList<double> Ours)> cells)
    {
        var differences = cells.Select(cell => cell.Published.Difference(cell.Ours)).ToList();
        var adjusted = Holm.Adjust([.. differences.Select(one => one.PValueOfDifference(0))]);
        return
        [
            .. differences.Zip(cells, adjusted).Select(one =>
                Math.Abs(one.First.Value) + HalfWidth(one.First) <= one.Second.Published.Margin ? Outcome.Met
                : Math.Abs(one.First.Value) > one.Second.Published.Margin && one.Third <= Significance ? Outcome.Failed
                : Outcome.Undecided),
        ];
    }

    /// <summary>Our mean less the published one, by Welch's approximation.</summary>
    internal Estimate Difference(IReadOnlyList<double> ours) => ours.Count == 0
        ? new(double.NaN, double.NaN, 0)
        : Estimate.Welch(ours.Mean() - Mean, (ours.Variance() / ours.Count, ours.Count - 1), (StandardError * StandardError, Count - 1));

    /// <summary>Half the 90 % interval of a difference.</summary>
    internal static double HalfWidth(Estimate difference) => difference.Interval(1 - (2 * Equivalence)).High - difference.Value;

    /// <summary>
    /// Our mean less the published one in combined standard errors. For a single value, which has no deviation, the published one stands
    /// in. Where no deviation is published, the rounding is the published figure's error.
    /// </summary>
    internal double? InErrors(IReadOnlyList<double> ours)
    {
        var deviation = ours.Count > 1 ? ours.StandardDeviation() : Deviation;
        return Measurement.InErrors(ours.Mean(), deviation / Math.Sqrt(ours.Count), Mean, OwnError);
    }

    /// <summary>
    /// Adds our values to the measurement of their mean, and the difference from the published mean where the two are comparable.
    /// </summary>
    internal Measurement Compare(Measurement mean, IReadOnlyList<double> ours, bool comparable) => mean with
    {
        Uncertainty = ErrorOf(ours),
        Samples = ours.Count,
        Series = ours,
        PaperDifference = comparable ? InErrors(ours) : null,
    };

    /// <summary>The standard error of the mean of our values; null for a single one.</summary>
    internal static double? ErrorOf(IReadOnlyList<double> ours) =>
        ours.Count > 1 ? ours.StandardDeviation() / Math.Sqrt(ours.Count) : null;

    /// <summary>Synthetic values at equidistant quantiles of a normal distribution.</summary>
    internal static IReadOnlyList<double> Spread(double mean, double deviation, int count) =>
        [.. Enumerable.Range(0, count).Select(i => mean + (deviation * Normal.InvCDF(0, 1, (i + 0.5) / count)))];

    /// <inheritdoc/>
    public override string ToString() => $"{Mean:G3} ± {Deviation:G3}";
}
