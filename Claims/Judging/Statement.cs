using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Judging;

/// <summary>One of the statements by which an experiment is decided (see intervals.setup in claims.md).</summary>
/// <param name="Text">What is said, and what was found.</param>
/// <param name="Outcome">What the rule says of it.</param>
/// <param name="IsMain">Whether it decides by itself where it fails.</param>
internal sealed record Statement(string Text, Outcome Outcome, bool IsMain = false)
{
    /// <summary>The verdict: reproduced where all are met, at most partly where the profile does not cover what is needed.</summary>
    internal static (Verdict Verdict, string Reason) Judge(IReadOnlyList<Statement> statements, bool isFull)
    {
        int Count(Outcome outcome) => statements.Count(one => one.Outcome == outcome);
        var verdict = statements.Any(one => one is { IsMain: true, Outcome: Outcome.Failed }) ? Verdict.NotReproduced
            : Count(Outcome.Met) == 0 ? Count(Outcome.Failed) > 0 ? Verdict.NotReproduced : Verdict.Inconclusive
            : Count(Outcome.Met) == statements.Count && isFull ? Verdict.Reproduced
            : Verdict.Partly;
        var found = string.Join("; ", statements.Select(one => $"{one.Text}: {one.Found}"));
        return (verdict, found + (isFull ? "" : "; fewer or smaller networks than the rule requires for reproduced"));
    }

    /// <summary>The outcome in words.</summary>
    internal string Found => Outcome.InWords(undecided: "open");

    /// <summary>
    /// A statement that a mean lies in a region: met where its interval lies inside, failed where it lies outside; open where the interval
    /// crosses an edge, or there is none.
    /// </summary>
    internal static Statement Within(string what, ConfidenceInterval interval, double low, double high, bool isMain = false)
    {
        var ends = double.IsFinite(interval.Low) ? $"{interval.Low:G4} to {interval.High:G4}" : "too few networks for an interval";
        var outcome = interval.Low >= low && interval.High <= high ? Outcome.Met
            : interval.High < low || interval.Low > high ? Outcome.Failed
            : Outcome.Undecided;
        return new($"{what} {interval.Mean:G4} ({ends})", outcome, isMain);
    }

    /// <summary>This statement, left open where something that it rests on is missing.</summary>
    internal Statement If(bool isDecidable) => isDecidable ? this : this with { Outcome = Outcome.Undecided };
}
