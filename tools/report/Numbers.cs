using System.Globalization;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>Numbers as the page writes them.</summary>
public static class Numbers
{
    internal static string Value(Measurement measurement) => Short(measurement.Value, 5) + (measurement.Uncertainty is { } error ? $" ± {Short(error, 2)}" : "");

    /// <summary>In units of the combined standard error, with its sign; empty where nothing is printed.</summary>
    public static string Difference(Measurement measurement) => measurement.PaperDifference is { } difference ? difference.ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture) : "";

    internal static string Seconds(double seconds) => seconds < 0.1 ? "< 0.1 s" : seconds < 100 ? $"{seconds.ToString("F1", CultureInfo.InvariantCulture)} s" : $"{(seconds / 60).ToString("F0", CultureInfo.InvariantCulture)} min";

    private static string Short(double value, int digits)
    {
        var text = value.ToString($"G{digits}", CultureInfo.InvariantCulture);
        return text.Replace("-", "−", StringComparison.Ordinal).Replace("Infinity", "∞", StringComparison.Ordinal);
    }
}
