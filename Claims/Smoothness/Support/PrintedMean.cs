using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>
/// A printed mean with its deviation over a number of data sets, held against our values by the rule of smoothness.table-4.1: the margin is four
/// standard errors of the printed mean and half its last digit.
/// </summary>
/// <param name="Mean">The printed mean.</param>
/// <param name="Deviation">The printed deviation over data sets; 0 where none is printed because all are alike.</param>
/// <param name="Count">How many data sets.</param>
/// <param name="Rounding">Half the last printed digit.</param>
internal sealed record PrintedMean(double Mean, double Deviation, int Count, double Rounding)
{
    private const double Equivalence = 0.05;
    private const double Significance = 0.01;

    internal PrintedMean(PublishedValue value, int count)
        : this(value.Value, value.StandardDeviation ?? 0, count, value.Rounding)
    {
    }

    internal double StandardError => Deviation / Math.Sqrt(Count);

    /// <summary>The standard error, or where no deviation is printed the error of the rounding.</summary>
    internal double OwnError => Deviation > 0 ? StandardError : Rounding / Math.Sqrt(3);

    internal double Margin => (4 * StandardError) + Rounding;

    /// <summary>
    /// What the rule says of several cells, with Holm's correction over them: met where the interval of the difference lies inside the margin, failed where
    /// the difference is larger than that and no accident.
    /// </summary>
    internal static IReadOnlyList<Outcome> Judge(IReadOnlyList<(PrintedMean Printed, IReadOnlyList<double> Ours)> cells)
    {
        var differences = cells.Select(cell => cell.Printed.Difference(cell.Ours)).ToList();
        var adjusted = Holm.Adjust([.. differences.Select(one => one.PValueOfDifference(0))]);
        return
        [
            .. differences.Zip(cells, adjusted).Select(one =>
                Math.Abs(one.First.Value) + HalfWidth(one.First) <= one.Second.Printed.Margin ? Outcome.Met
                : Math.Abs(one.First.Value) > one.Second.Printed.Margin && one.Third <= Significance ? Outcome.Failed
                : Outcome.Undecided),
        ];
    }

    /// <summary>Our mean less the printed one, by Welch's approximation.</summary>
    internal Estimate Difference(IReadOnlyList<double> ours) => ours.Count == 0
        ? new(double.NaN, double.NaN, 0)
        : Estimate.Welch(ours.Mean() - Mean, (ours.Variance() / ours.Count, ours.Count - 1), (StandardError * StandardError, Count - 1));

    /// <summary>Half the 90 % interval of a difference.</summary>
    internal static double HalfWidth(Estimate difference) => difference.Interval(1 - (2 * Equivalence)).High - difference.Value;

    /// <summary>
    /// Our mean less the printed one in combined standard errors. One value alone has no deviation of its own; the printed one stands in for it. Where no
    /// deviation is printed, the rounding is the printed figure's error.
    /// </summary>
    internal double? InErrors(IReadOnlyList<double> ours)
    {
        var deviation = ours.Count > 1 ? ours.StandardDeviation() : Deviation;
        return Measurement.InErrors(ours.Mean(), deviation / Math.Sqrt(ours.Count), Mean, OwnError);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Mean:G3} ± {Deviation:G3}";
}
