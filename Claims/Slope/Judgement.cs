using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Statistics;

namespace Reproduce.Claims.Slope;

/// <summary>What a rule says of one part of a claim.</summary>
internal enum Outcome
{
    Undecided,
    Met,
    Failed,
}

/// <summary>A part of a claim with two tests: one that must reject for <em>met</em>, one for <em>failed</em>.</summary>
/// <param name="Name">What is held against what.</param>
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
    /// <param name="name">The part's.</param>
    /// <param name="values">One a seed.</param>
    /// <param name="margin">Where met meets failed.</param>
    /// <param name="fewest">Values that the rule asks for, at least 2.</param>
    internal static Part Below(string name, IReadOnlyList<double> values, double margin, int fewest)
    {
        if (values.Count < fewest)
        {
            return Unknown(name) with { Value = values.Count == 0 ? double.NaN : values.Average(), Series = values };
        }

        var error = values.StandardDeviation() / Math.Sqrt(values.Count);
        var below = Lower(values.Average() - margin, error, values.Count - 1);
        return new(name, values.Average(), error, below, 1 - below) { Series = values };
    }

    /// <summary>The chance of a t-statistic as low; without any spread it is 0, ½ or 1.</summary>
    internal static double Lower(double difference, double error, double freedom) =>
        error > 0 ? StudentT.CDF(0, 1, freedom, difference / error) : (1 + Math.Sign(difference)) / 2.0;
}

/// <summary>Outcomes of parts that are judged together.</summary>
internal static class Judgement
{
    /// <summary>Each part's outcome, with Holm's correction over the parts, for either test.</summary>
    internal static Outcome[] Of(IReadOnlyList<Part> parts, double alpha)
    {
        var (met, failed) = (Holm.Adjust([.. parts.Select(part => part.Met)]), Holm.Adjust([.. parts.Select(part => part.Failed)]));
        return [.. parts.Select((_, i) => met[i] <= alpha ? Outcome.Met : failed[i] <= alpha ? Outcome.Failed : Outcome.Undecided)];
    }

    /// <summary>Of parts that must all hold: met when all are, failed when one is.</summary>
    internal static Outcome All(IReadOnlyCollection<Outcome> outcomes) =>
        outcomes.Contains(Outcome.Failed) ? Outcome.Failed : outcomes.Count > 0 && outcomes.All(one => one == Outcome.Met) ? Outcome.Met : Outcome.Undecided;

    internal static int Count(this IEnumerable<Outcome> outcomes, Outcome wanted) => outcomes.Count(one => one == wanted);

    internal static void Record(Part part, Outcome outcome, string rule) =>
        Evidence.Record(new Measurement(part.Name, part.Value, $"{rule}; here {outcome.ToString().ToLowerInvariant()} (p = {part.Met:G3} for met, {part.Failed:G3} for failed, before Holm)") { Uncertainty = part.Error, Series = part.Series, Samples = part.Series?.Count });
}
