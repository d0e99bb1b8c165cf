using System.Globalization;

namespace Reproduce.Fixtures.Numbers;

/// <summary>Numbers that are kept with fewer digits than they were computed with, so that files stay small.</summary>
public static class SignificantDigits
{
    /// <summary>The nearest number of six significant digits: more than float32 has, and more than a figure shows.</summary>
    public static double Six(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
