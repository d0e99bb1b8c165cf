namespace Reproduce.Claims.Judging;

/// <summary>An estimate and the interval around it.</summary>
/// <param name="Mean">The estimate.</param>
/// <param name="Low">The lower end; −∞ where there are too few values.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct ConfidenceInterval(double Mean, double Low, double High)
{
    /// <summary>Student's interval of a mean.</summary>
    internal static ConfidenceInterval Of(IReadOnlyList<double> values, double level) => Estimate.OfContrast((values, 1)).Interval(level);

    /// <summary>Welch's interval of the first mean less the second.</summary>
    internal static ConfidenceInterval OfDifference(IReadOnlyList<double> first, IReadOnlyList<double> second, double level) =>
        Estimate.OfContrast((first, 1), (second, -1)).Interval(level);
}
