using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>What regularisation with the table's λ made of the measures: ratios by measure, a pair of digits each (rule of smoothness.table-4.4).</summary>
/// <param name="Ratios">By measure, with the pair; data sets that the rule leaves out are missing.</param>
/// <param name="Points">The size of the training sets.</param>
internal sealed record Regularised(IReadOnlyDictionary<string, IReadOnlyList<(string Pair, double Ratio)>> Ratios, int Points)
{
    /// <summary>Between the printed means of the two families.</summary>
    internal const double Halfway = 0.61;

    // PL0 cannot be much smaller than 1; nearer to 1 the ratio is one of small differences.
    private const double LeastPathLength = 1.02;

    /// <summary>The smallest number of data sets of a measure.</summary>
    internal int Fewest => FourMeasures.Names.Min(measure => Ratios[measure].Count);

    /// <summary>The training sets are as large as the thesis's, about.</summary>
    internal bool IsAtPaperSize => Points >= 8192;

    internal IReadOnlyList<double> Of(string measure) => [.. Ratios[measure].Select(one => one.Ratio)];

    /// <summary>GN and PL0 are lowered, PL1 and WP resist: the mean ratio is on the side that the thesis says.</summary>
    internal bool IsOnItsSide(string measure) => Ratios[measure].Count > 0 && (FourMeasures.FirstOrder.Contains(measure) ? Of(measure).Average() < Halfway : Of(measure).Average() > Halfway);

    internal static Regularised Of(IReadOnlyList<RegularisedNetwork> networks) => new(
        FourMeasures.Names.ToDictionary(measure => measure, measure => (IReadOnlyList<(string, double)>)[.. networks
            .Where(one => one.Kind.Measure == measure && one.Kind.Coefficient == networks.Where(other => other.Kind.Measure == measure).Max(other => other.Kind.Coefficient))
            .Select(one => (one.Pair, Ratio: Ratio(measure, one, Without(networks, one)))).Where(one => one.Ratio is not null).Select(one => (one.Pair, one.Ratio!.Value))]),
        networks.Count > 0 ? networks.Min(one => one.Points) : 0);

    /// <summary>The network without a regulariser that belongs to one with.</summary>
    internal static RegularisedNetwork? Without(IReadOnlyList<RegularisedNetwork> networks, RegularisedNetwork with) =>
        networks.SingleOrDefault(one => one.Kind.Measure == RegularisedDigits.None && one.Pair == with.Pair && one.Kind.LearningRate == with.Kind.LearningRate);

    /// <summary>The networks with a regulariser and those without that belong to them, where both converged.</summary>
    internal static IReadOnlyList<(RegularisedNetwork With, RegularisedNetwork Without)> Converged(IReadOnlyList<RegularisedNetwork> networks, string measure) =>
        [.. from one in networks
            where one.Kind.Measure == measure && one.Result.Converged
            let without = Without(networks, one)
            where without?.Result.Converged == true
            select (one, without)];

    internal static double? Ratio(string measure, RegularisedNetwork with, RegularisedNetwork? without)
    {
        if (without is null || !with.Result.Converged || !without.Result.Converged || (measure == "PL0" && without.Result.Test.PL0 < LeastPathLength))
        {
            return null;
        }

        var bound = measure == "PL0" ? 1 : 0;
        return (with.Result.Test.Of(measure) - bound) / (without.Result.Test.Of(measure) - bound);
    }
}
