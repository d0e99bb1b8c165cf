using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Judging;

/// <summary>A part of a claim with two tests: one that must reject for <em>met</em>, one for <em>failed</em>.</summary>
/// <param name="Name">What is compared with what.</param>
/// <param name="Value">The statistic.</param>
/// <param name="Error">Its standard error, where it has one.</param>
/// <param name="Met">The p-value of the hypothesis that the part does not hold.</param>
/// <param name="Failed">The p-value of the hypothesis that it does.</param>
internal sealed record Part(string Name, double Value, double? Error, double Met, double Failed)
{
    /// <summary>The numbers behind the statistic.</summary>
    internal IReadOnlyList<double>? Series { get; init; }

    /// <summary>A part of which too little is known.</summary>
    internal static Part Unknown(string name) => new(name, double.NaN, null, 1, 1);

    /// <summary>The mean of independent values is below a margin: one-sided t-tests from either side.</summary>
    /// <param name="name">The part's name.</param>
    /// <param name="values">One a seed.</param>
    /// <param name="margin">Where met meets failed.</param>
    /// <param name="fewest">How many values the rule requires, at least 2.</param>
    internal static Part Below(string name, IReadOnlyList<double> values, double margin, int fewest)
    {
        var mean = Estimate.OfMean(values);
        return values.Count < fewest
            ? Unknown(name) with { Value = mean.Value, Series = values }
            : new(name, mean.Value, mean.Error, mean.PValueOfBelow(margin), mean.PValueOfAbove(margin)) { Series = values };
    }

    /// <summary>Each part's outcome, with Holm's correction over the parts, for either test.</summary>
    internal static Outcome[] Judge(IReadOnlyList<Part> parts, double alpha)
    {
        var (met, failed) = (Holm.Adjust([.. parts.Select(part => part.Met)]), Holm.Adjust([.. parts.Select(part => part.Failed)]));
        return [.. met.Zip(failed, (one, other) => one <= alpha ? Outcome.Met : other <= alpha ? Outcome.Failed : Outcome.Undecided)];
    }

    /// <summary>Leaves the statistic as evidence, with what the rule said of it.</summary>
    internal void Record(Outcome outcome, string rule) =>
        Evidence.Record(new Measurement(
            Name, Value, $"{rule}; here {outcome.InWords()} (p = {Met:G3} for met, {Failed:G3} for failed, before Holm)")
        {
            Uncertainty = Error,
            Series = Series,
            Samples = Series?.Count,
        });
}
