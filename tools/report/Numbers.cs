using System.Globalization;
using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>
/// Numbers as the report, the tables of results and the terminal write what was measured. Words of the evidence have the digits that the
/// test gave them; the report changes only their notation. Programs get numbers in full.
/// </summary>
public static partial class Numbers
{
    // Of a value to a double, as a share of it.
    private const double Rounding = 1.0 / (1L << 53);

    /// <summary>What was measured, and its uncertainty where there is one.</summary>
    public static string Value(Measurement measurement) => Value(measurement.Value, measurement.Uncertainty);

    /// <inheritdoc cref="Value(Measurement)"/>
    /// <remarks>An uncertainty that is smaller than the rounding of the value itself, as of equal numbers, is left out.</remarks>
    public static string Value(double value, double? uncertainty) =>
        Digits(value, 5) + (uncertainty is { } error && !(error < Math.Abs(value) * Rounding) ? $" ± {Digits(error, 2)}" : "");

    /// <summary>One of many that stand side by side, in a series or in the columns of a terminal: a digit less.</summary>
    public static string Brief(double value) => Digits(value, 4);

    /// <summary>What the paper prints, its deviation on the same line; empty where it prints nothing.</summary>
    public static string Printed(Measurement measurement) =>
        InText(measurement.Paper ?? "").Replace(" ± ", "\u00a0±\u00a0", StringComparison.Ordinal);

    /// <summary>So many numbers of a series can be read beside the value; more are folded, or left to the report.</summary>
    public const int Few = 6;

    /// <summary>The numbers behind what was measured, in brackets; empty where there are none but the value itself.</summary>
    public static string Series(Measurement measurement) =>
        measurement.Series is { Count: > 0 } series && !(series.Count == 1 && series[0].Equals(measurement.Value))
            ? $"[{string.Join(", ", series.Select(Brief))}]"
            : "";

    /// <summary>
    /// Text whose numbers are written as here: 4.97E-05 as 4.97·10⁻⁵, and −1 with its sign. Ids such as fig-1 stay as they are.
    /// </summary>
    public static string InText(string text) =>
        Minus().Replace(Exponent().Replace(text, match => Power(match.Groups["factor"].Value, match.Groups["power"].Value)), "−");

    /// <summary>In units of the combined standard error, with its sign; empty where nothing is printed.</summary>
    public static string Difference(Measurement measurement) =>
        measurement.PaperDifference?.ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A duration.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 0.1 => "< 0.1 s",
        < 100 => $"{seconds.ToString("F1", CultureInfo.InvariantCulture)} s",
        _ => $"{(seconds / 60).ToString("F0", CultureInfo.InvariantCulture)} min",
    };

    /// <summary>A duration in hours, for a column that says so.</summary>
    internal static string Hours(double seconds) => (seconds / 3600).ToString("F2", CultureInfo.InvariantCulture);

    // Counts in full, 269 722; powers of ten as 1.5·10⁻⁷.
    private static string Digits(double value, int digits)
    {
        var isCount = double.IsInteger(value) && Math.Abs(value) is >= 1e4 and < 1e9;
        var text = isCount
            ? value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u00a0')
            : value.ToString($"G{digits}", CultureInfo.InvariantCulture);
        if (text.Split('E') is [var factor, var exponent])
        {
            text = Power(factor, exponent);
        }

        return text.Replace("-", "−", StringComparison.Ordinal).Replace("Infinity", "∞", StringComparison.Ordinal);
    }

    private static string Power(string factor, string exponent)
    {
        var power = int.Parse(exponent, CultureInfo.InvariantCulture);
        return $"{factor}·10{(power < 0 ? "⁻" : "")}{string.Concat($"{Math.Abs(power)}".Select(digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']))}";
    }

    // With a sign: checksums have digits, an e and digits.
    [GeneratedRegex(@"(?<![\w.])(?<factor>\d+(\.\d+)?)[eE](?<power>[-+]\d{1,3})(?!\w)", RegexOptions.ExplicitCapture)]
    private static partial Regex Exponent();

    // Before a number, and not within a word, a date, a range or an option of a command.
    [GeneratedRegex(@"(?<![\w.)\]/-])-(?=\d)")]
    private static partial Regex Minus();
}
