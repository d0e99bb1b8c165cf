using System.Globalization;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>Numbers as all that people read writes them: the page, the documents, the terminal. Programs get them in full.</summary>
public static class Numbers
{
    /// <summary>What was measured, and its uncertainty where there is one.</summary>
    public static string Value(Measurement measurement) => Value(measurement.Value, measurement.Uncertainty);

    /// <inheritdoc cref="Value(Measurement)"/>
    public static string Value(double value, double? uncertainty) => Digits(value, 5) + (uncertainty is { } error ? $" ± {Digits(error, 2)}" : "");

    /// <summary>One of many that stand side by side, in a series or in the columns of a terminal: a digit less.</summary>
    public static string Brief(double value) => Digits(value, 4);

    /// <summary>What the paper prints, its deviation on the same line; empty where it prints nothing.</summary>
    internal static string Printed(Measurement measurement) => (measurement.Paper ?? "").Replace(" ± ", "\u00a0±\u00a0", StringComparison.Ordinal);

    /// <summary>In units of the combined standard error, with its sign; empty where nothing is printed.</summary>
    public static string Difference(Measurement measurement) => measurement.PaperDifference is { } difference ? difference.ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture) : "";

    /// <summary>A duration.</summary>
    public static string Seconds(double seconds) => seconds < 0.1 ? "< 0.1 s" : seconds < 100 ? $"{seconds.ToString("F1", CultureInfo.InvariantCulture)} s" : $"{(seconds / 60).ToString("F0", CultureInfo.InvariantCulture)} min";

    /// <summary>A duration in hours, for a column that says so.</summary>
    internal static string Hours(double seconds) => (seconds / 3600).ToString("F2", CultureInfo.InvariantCulture);

    // Counts in full, 269 722; powers of ten as 1.5·10⁻⁷.
    private static string Digits(double value, int digits)
    {
        var isCount = double.IsInteger(value) && Math.Abs(value) is >= 1e4 and < 1e9;
        var text = isCount ? value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u00a0') : value.ToString($"G{digits}", CultureInfo.InvariantCulture);
        if (text.Split('E') is [var factor, var exponent])
        {
            var power = int.Parse(exponent, CultureInfo.InvariantCulture);
            text = $"{factor}·10{(power < 0 ? "⁻" : "")}{string.Concat($"{Math.Abs(power)}".Select(digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']))}";
        }

        return text.Replace("-", "−", StringComparison.Ordinal).Replace("Infinity", "∞", StringComparison.Ordinal);
    }
}
