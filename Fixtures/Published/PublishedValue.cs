namespace Reproduce.Fixtures.Published;

/// <summary>A number printed in a paper.</summary>
/// <param name="Value">The number.</param>
/// <param name="StandardDeviation">The standard deviation printed with it, or null.</param>
/// <param name="Rounding">Half a unit of the last printed digit: the largest rounding error.</param>
public sealed record PublishedValue(double Value, double? StandardDeviation, double Rounding)
{
    /// <summary>As a table shows it: <c>0.965 ± 0.00113</c>.</summary>
    public override string ToString() => StandardDeviation is { } deviation
        ? FormattableString.Invariant($"{Value} ± {deviation}")
        : FormattableString.Invariant($"{Value}");
}
