using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Intervals;

/// <summary>What was found of a statement of a rule.</summary>
internal enum Finding
{
    /// <summary>The interval lies inside the region that is named.</summary>
    Met,

    /// <summary>The interval lies outside.</summary>
    Failed,

    /// <summary>It lies across an edge, or there is none.</summary>
    Open,
}

/// <summary>One of the statements by which an experiment is decided (see intervals.setup in claims.md).</summary>
/// <param name="Text">What is said, and what was found.</param>
/// <param name="Finding">What was found.</param>
/// <param name="IsMain">Whether its failing alone decides.</param>
internal sealed record Statement(string Text, Finding Finding, bool IsMain = false)
{
    /// <summary>The verdict: reproduced where all are met, at most partly where the profile does not cover what is needed.</summary>
    internal static (Verdict Verdict, string Reason) Judge(IReadOnlyList<Statement> statements, bool isFull)
    {
        int Count(Finding finding) => statements.Count(one => one.Finding == finding);
        var verdict = statements.Any(one => one is { IsMain: true, Finding: Finding.Failed }) ? Verdict.NotReproduced
            : Count(Finding.Met) == 0 ? Count(Finding.Failed) > 0 ? Verdict.NotReproduced : Verdict.Inconclusive
            : Count(Finding.Met) == statements.Count && isFull ? Verdict.Reproduced
            : Verdict.Partly;
        return (verdict, string.Join("; ", statements.Select(one => $"{one.Text}: {one.Finding.ToString().ToLowerInvariant()}")) + (isFull ? "" : "; fewer networks or smaller than the rule wants for reproduced"));
    }

    /// <summary>A statement that a mean lies in a region.</summary>
    internal static Statement Within(string what, MeanInterval interval, double low, double high, bool isMain = false) => new(
        $"{what} {interval.Mean:G4} ({(double.IsFinite(interval.Low) ? $"{interval.Low:G4} to {interval.High:G4}" : "too few networks for an interval")})",
        interval.Low >= low && interval.High <= high ? Finding.Met : interval.High < low || interval.Low > high ? Finding.Failed : Finding.Open,
        isMain);

    /// <summary>The same, which stays open where something that it rests on is missing.</summary>
    internal Statement If(bool isDecidable) => isDecidable ? this : this with { Finding = Finding.Open };
}

/// <summary>A mean over networks and the interval around it.</summary>
/// <param name="Mean">The estimate.</param>
/// <param name="Low">The lower end; −∞ where there are too few networks.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct MeanInterval(double Mean, double Low, double High)
{
    /// <summary>Student's interval.</summary>
    internal static MeanInterval Of(IReadOnlyList<double> values, double level)
    {
        var error = Math.Sqrt(values.Variance() / values.Count);
        return Around(values.Mean(), error, values.Count - 1, level);
    }

    /// <summary>Welch's interval of the first mean less the second.</summary>
    internal static MeanInterval OfDifference(IReadOnlyList<double> first, IReadOnlyList<double> second, double level) => OfContrast([(first, 1), (second, -1)], level);

    /// <summary>Welch's interval of a sum of the means of independent samples with coefficients.</summary>
    internal static MeanInterval OfContrast(IReadOnlyList<(IReadOnlyList<double> Values, double Coefficient)> samples, double level)
    {
        var parts = samples.Select(one => (Variance: one.Coefficient * one.Coefficient * one.Values.Variance() / one.Values.Count, Freedom: one.Values.Count - 1.0)).ToList();
        var variance = parts.Sum(part => part.Variance);
        var freedom = parts.Any(part => part.Freedom < 1) ? 0
            : variance > 0 ? variance * variance / parts.Sum(part => part.Variance * part.Variance / part.Freedom)
            : parts.Sum(part => part.Freedom);
        return Around(samples.Sum(one => one.Coefficient * one.Values.Mean()), Math.Sqrt(variance), freedom, level);
    }

    private static MeanInterval Around(double mean, double error, double freedom, double level)
    {
        if (!(freedom > 0) || !double.IsFinite(error))
        {
            return new(mean, double.NegativeInfinity, double.PositiveInfinity);
        }

        var half = error > 0 ? error * StudentT.InvCDF(0, 1, freedom, 1 - ((1 - level) / 2)) : 0;
        return new(mean, mean - half, mean + half);
    }
}
