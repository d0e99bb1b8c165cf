using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Published;
using Reproduce.Statistics;

namespace Reproduce.Claims.Smoothness;

/// <summary>What can be said of a cell of a printed table.</summary>
internal enum CellOutcome
{
    /// <summary>The interval of the difference lies inside the margin.</summary>
    Agrees,

    /// <summary>The difference is larger than the margin, and is no accident.</summary>
    Differs,

    /// <summary>Neither.</summary>
    Open,
}

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

    /// <summary>What the rule says of several cells, with Holm's correction over them.</summary>
    internal static IReadOnlyList<CellOutcome> Judge(IReadOnlyList<(PrintedMean Printed, IReadOnlyList<double> Ours)> cells)
    {
        var differences = cells.Select(cell => cell.Printed.Difference(cell.Ours)).ToList();
        var adjusted = Holm.Adjust([.. differences.Select(one => one.Chance)]);
        return
        [
            .. differences.Zip(cells, adjusted).Select(one =>
                Math.Abs(one.First.Value) + one.First.HalfWidth <= one.Second.Printed.Margin ? CellOutcome.Agrees
                : Math.Abs(one.First.Value) > one.Second.Printed.Margin && one.Third <= Significance ? CellOutcome.Differs
                : CellOutcome.Open),
        ];
    }

    /// <summary>Our mean less the printed one, half its 90 % interval by Welch's approximation, and the two-sided p-value of no difference.</summary>
    internal (double Value, double HalfWidth, double Chance) Difference(IReadOnlyList<double> ours)
    {
        if (ours.Count < 2)
        {
            return (ours.Count == 1 ? ours[0] - Mean : double.NaN, double.PositiveInfinity, 1);
        }

        var (difference, mine, theirs) = (ours.Mean() - Mean, ours.Variance() / ours.Count, StandardError * StandardError);
        var error = Math.Sqrt(mine + theirs);
        var freedom = (mine + theirs) * (mine + theirs) / ((mine * mine / (ours.Count - 1)) + (theirs * theirs / (Count - 1)));
        return (difference, StudentT.InvCDF(0, 1, freedom, 1 - Equivalence) * error, 2 * StudentT.CDF(0, 1, freedom, -Math.Abs(difference) / error));
    }

    /// <summary>
    /// Our mean less the printed one in combined standard errors. One value alone has no deviation of its own; the printed one stands in for it. Where no
    /// deviation is printed, the rounding is the printed figure's error.
    /// </summary>
    internal double? InErrors(IReadOnlyList<double> ours)
    {
        var deviation = ours.Count > 1 ? ours.StandardDeviation() : Deviation;
        return Measurement.InErrors(ours.Mean(), deviation / Math.Sqrt(ours.Count), Mean, OwnError);
    }

    /// <summary>The one-sided p-value of values whose mean is not above a bound (t-test); 1 for fewer than two values.</summary>
    internal static double ChanceOfAbove(IReadOnlyList<double> values, double bound)
    {
        if (values.Count < 2)
        {
            return 1;
        }

        var (distance, error) = (values.Mean() - bound, Math.Sqrt(values.Variance() / values.Count));
        return error > 0 ? StudentT.CDF(0, 1, values.Count - 1, -distance / error) : distance > 0 ? 0 : 1;
    }

    /// <summary>The same of values whose mean is not below a bound.</summary>
    internal static double ChanceOfBelow(IReadOnlyList<double> values, double bound) => ChanceOfAbove([.. values.Select(value => -value)], -bound);

    /// <inheritdoc/>
    public override string ToString() => $"{Mean:G3} ± {Deviation:G3}";
}
