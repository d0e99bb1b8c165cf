namespace Reproduce.Fixtures.Published;

/// <summary>A number that a paper prints.</summary>
/// <param name="Value">The number.</param>
/// <param name="StandardDeviation">The standard deviation that is printed with it; null if none is.</param>
/// <param name="Rounding">Half a unit of the last printed place of the number: how far what was rounded may be off.</param>
public sealed record PublishedValue(double Value, double? StandardDeviation, double Rounding)
{
    /// <summary>As a table shows it: <c>0.965 ± 0.00113</c>.</summary>
    public override string ToString() =>
        StandardDeviation is { } deviation ? FormattableString.Invariant($"{Value} ± {deviation}") : FormattableString.Invariant($"{Value}");
}
