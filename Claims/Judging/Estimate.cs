using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Reproduce.Claims.Judging;

/// <summary>A value that is known up to a standard error, and Student's tests of what it estimates.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Freedom">Degrees of freedom of the error; below 1 nothing is known of it, and every p-value is 1.</param>
internal readonly record struct Estimate(double Value, double Error, double Freedom)
{
    /// <summary>The mean of independent values; NaN of none.</summary>
    internal static Estimate OfMean(IReadOnlyList<double> values) =>
        new(values.DefaultIfEmpty(double.NaN).Average(), values.StandardDeviation() / Math.Sqrt(values.Count), values.Count - 1);

    /// <summary>
    /// A linear combination of the means of independent samples, whose variances may differ: Welch's.
    /// </summary>
    internal static Estimate OfContrast(params IReadOnlyList<(IReadOnlyList<double> Values, double Coefficient)> samples) => Welch(
        samples.Sum(one => one.Coefficient * one.Values.Mean()),
        [.. samples.Select(one => (one.Coefficient * one.Coefficient * one.Values.Variance() / one.Values.Count, one.Values.Count - 1.0))]);

    /// <summary>
    /// A value whose error has several independent sources: their variances add up, and Satterthwaite's formula combines their degrees of
    /// freedom.
    /// </summary>
    internal static Estimate Welch(double value, params IReadOnlyList<(double Variance, double Freedom)> sources)
    {
        var variance = sources.Sum(one => one.Variance);
        var freedom = sources.Any(one => one.Freedom < 1) ? 0
            : sources.Count == 1 || !(variance > 0) ? sources.Sum(one => one.Freedom)
            : variance * variance / sources.Sum(one => one.Variance * one.Variance / one.Freedom);
        return new(value, Math.Sqrt(variance), freedom);
    }

    /// <summary>The one-sided p-value of "it is not below the bound".</summary>
    internal double PValueOfBelow(double bound) => Freedom > 0 ? LowerTail(bound) : 1;

    /// <summary>The one-sided p-value of "it is not above the bound".</summary>
    internal double PValueOfAbove(double bound) => Freedom > 0 ? 1 - LowerTail(bound) : 1;

    /// <summary>The two-sided p-value of "it is this value".</summary>
    internal double PValueOfDifference(double from) => Freedom > 0 ? 2 * Math.Min(LowerTail(from), 1 - LowerTail(from)) : 1;

    /// <summary>The p-value of "it lies outside": the larger one of two one-sided tests (TOST).</summary>
    internal double PValueOfEquivalence(double low, double high) => Math.Max(PValueOfAbove(low), PValueOfBelow(high));

    /// <summary>
    /// The interval that covers what is estimated with a given probability; everything where nothing is known of the error.
    /// </summary>
    internal ConfidenceInterval Interval(double level)
    {
        if (!(Freedom > 0) || !double.IsFinite(Error))
        {
            return new(Value, double.NegativeInfinity, double.PositiveInfinity);
        }

        var half = Error > 0 ? Error * StudentT.InvCDF(0, 1, Freedom, 1 - ((1 - level) / 2)) : 0;
        return new(Value, Value - half, Value + half);
    }

    // The chance of a t-statistic as low; without any spread it is 0, ½ or 1.
    private double LowerTail(double bound) =>
        Error > 0 ? StudentT.CDF(0, 1, Freedom, (Value - bound) / Error) : (1 + Math.Sign(Value - bound)) / 2.0;
}

/// <summary>An estimate and the interval around it.</summary>
/// <param name="Mean">The estimate.</param>
/// <param name="Low">The lower end; −∞ where there are too few values.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct ConfidenceInterval(double Mean, double Low, double High)
{
    /// <summary>Student's interval of a mean.</summary>
    internal static ConfidenceInterval Of(IReadOnlyList<double> values, double level) =>
        Estimate.OfContrast((values, 1)).Interval(level);

    /// <summary>Welch's interval of the first mean minus the second.</summary>
    internal static ConfidenceInterval OfDifference(IReadOnlyList<double> first, IReadOnlyList<double> second, double level) =>
        Estimate.OfContrast((first, 1), (second, -1)).Interval(level);
}
