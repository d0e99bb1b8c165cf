using System.Diagnostics;

namespace Reproduce.Claims.Harness;

/// <summary>What the running test records.</summary>
public static class Evidence
{
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
    /// <exception cref="ArgumentException">A curve's lists are empty or differ in length, an x is not finite, or there is no curve.</exception>
    public static void Draw(Figure figure)
    {
        if (figure.Curves.Count == 0 || figure.Curves.Any(curve => curve.X.Count == 0 || curve.X.Count != curve.Y.Count || curve.Error?.Count is { } errors && errors != curve.X.Count || !curve.X.All(double.IsFinite)))
        {
            throw new ArgumentException($"{figure.Place}: a figure has a curve at least, a curve a point at least, and as many y, and errors if any, as finite x");
        }

        var recording = Current;
        lock (recording.Figures)
        {
            recording.Figures.Add(figure with { Curves = [.. figure.Curves.Select(curve => curve with { X = Short(curve.X), Y = Short(curve.Y), Error = curve.Error is { } errors ? Short(errors) : null })] });
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

    private static IReadOnlyList<double> Short(IReadOnlyList<double> numbers) => [.. numbers.Select(number => double.Parse(number.ToString("G5")))];

    private static Recording Current =>
        Running.Value ?? throw new InvalidOperationException("evidence is recorded inside a test that carries [Claim]");

    internal static void Begin() => Running.Value = new Recording();

    internal static void Discard() => Running.Value = null;

    internal static void End(IClaimTest claim, string test)
    {
        var recording = Current;
        Running.Value = null;
        var state = TestContext.Current.TestState;
        var outcome = state?.Result switch
        {
            TestResult.Passed => "passed",
            TestResult.Skipped => "skipped",
            _ => "failed",
        };
        new EvidenceFile(
            claim.Id,
            test,
            claim.Role,
            claim.Category,
            outcome,
            outcome == "skipped" ? recording.Reason : state?.ExceptionMessages is { Length: > 0 } messages ? string.Join('\n', messages) : null,
            DateTime.UtcNow,
            recording.Clock.Elapsed.TotalSeconds,
            recording.Verdict,
            recording.Verdict is null ? null : recording.Reason,
            Stamp.Here,
            recording.Measurements)
        {
            Figures = recording.Figures,
        }.Write();
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
