using System.Diagnostics;

namespace Reproduce.Claims.Harness;

/// <summary>What the running test records.</summary>
public static class Evidence
{
    /// <summary>How the message of a test begins whose evidence could not be kept: the disk is full or the like.</summary>
    public const string NotWritten = "evidence cannot be written: ";

    private static readonly AsyncLocal<Recording?> Running = new();

    /// <summary>Records a figure for the claim of the running test.</summary>
    public static void Record(Measurement measurement)
    {
        var recording = Current;
        lock (recording.Measurements)
        {
            recording.Measurements.Add(measurement);
        }
    }

    /// <summary>Records a figure to be drawn for the claim of the running test, its numbers to five digits: more cannot be seen.</summary>
    /// <exception cref="ArgumentException">
    /// A curve's lists are empty or differ in length, an x is not finite, or there is no curve.
    /// </exception>
    public static void Draw(Figure figure)
    {
        if (figure.Curves.Count == 0 || !figure.Curves.All(CanBeDrawn))
        {
            throw new ArgumentException(
                $"{figure.Place}: a figure needs a curve, and a curve a point; x must be finite, and y and errors, if any, as many as x");
        }

        var recording = Current;
        lock (recording.Figures)
        {
            recording.Figures.Add(figure with { Curves = [.. figure.Curves.Select(Shortened)] });
        }
    }

    /// <summary>What was drawn so far.</summary>
    internal static IReadOnlyList<Figure> Drawn => Current.Figures;

    /// <summary>Records what an experiment's rule decided, and why.</summary>
    public static void Decide(Verdict verdict, string reason) => (Current.Verdict, Current.Reason) = (verdict, reason);

    /// <summary>Skips the test, and keeps the reason as evidence.</summary>
    public static void Skip(string reason)
    {
        Current.Reason = reason;
        Assert.Skip(reason);
    }

    private static bool CanBeDrawn(Curve curve) =>
        curve.X.Count > 0 && curve.X.All(double.IsFinite) && curve.Y.Count == curve.X.Count
        && (curve.Error is null || curve.Error.Count == curve.X.Count);

    private static Curve Shortened(Curve curve) => curve with
    {
        X = Shortened(curve.X),
        Y = Shortened(curve.Y),
        Error = curve.Error is null ? null : Shortened(curve.Error),
    };

    private static IReadOnlyList<double> Shortened(IReadOnlyList<double> numbers) =>
        [.. numbers.Select(number => double.Parse(number.ToString("G5")))];

    private static Recording Current =>
        Running.Value ?? throw new InvalidOperationException("evidence is recorded inside a test that carries [Claim] or [ClaimRows]");

    internal static void Begin() => Running.Value = new Recording();

    internal static void Discard() => Running.Value = null;

    internal static void End(IClaimTest claim, string test)
    {
        var recording = Current;
        Running.Value = null;
        var state = TestContext.Current.TestState;
        var outcome = state?.Result switch { TestResult.Passed => "passed", TestResult.Skipped => "skipped", _ => "failed" };
        var message = outcome == "skipped" ? recording.Reason
            : state?.ExceptionMessages is { Length: > 0 } messages ? string.Join('\n', messages)
            : null;
        var file = new EvidenceFile(
            claim.Id,
            test,
            claim.Role,
            claim.Category,
            outcome,
            message,
            DateTime.UtcNow,
            recording.Clock.Elapsed.TotalSeconds,
            recording.Verdict,
            recording.Verdict is null ? null : recording.Reason,
            Stamp.Here,
            recording.Measurements)
        {
            Figures = recording.Figures,
        };
        try
        {
            file.Write();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException(NotWritten + fault.Message, fault);
        }
    }

    private sealed class Recording
    {
        internal Stopwatch Clock { get; } = Stopwatch.StartNew();

        internal List<Measurement> Measurements { get; } = [];

        internal List<Figure> Figures { get; } = [];

        internal Verdict? Verdict { get; set; }

        internal string? Reason { get; set; }
    }
}
