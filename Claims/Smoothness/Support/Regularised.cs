using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>
/// The effect of regularisation with the table's λ: for each measure a ratio per pair of digits, with over without (rule of
/// smoothness.table-4.4).
/// </summary>
/// <param name="Ratios">By measure, with the pair; data sets that the rule excludes are missing.</param>
/// <param name="Points">The size of the training sets.</param>
/// <param name="Pairs">The number of data sets that were trained on.</param>
internal sealed record Regularised(
    IReadOnlyDictionary<string, IReadOnlyList<(string Pair, double Ratio)>> Ratios, int Points, int Pairs)
{
    /// <summary>Halfway between the published means of the two families.</summary>
    internal const double Halfway = 0.61;

    private const double Significance = 0.01;

    // PL0 is at least 1; closer to 1 than this the ratio is one of small differences.
    private const double LeastPathLength = 1.02;

    /// <summary>The smallest number of data sets of a measure.</summary>
    internal int Fewest => FourMeasures.Names.Min(measure => Ratios[measure].Count);

    /// <summary>All data sets of the thesis, about as large as there.</summary>
    internal bool IsAtPaperSize => Points >= 8192 && Pairs == DigitOrders.PaperPairs;

    /// <summary>All four are significantly on the side that the thesis says; Holm over the four.</summary>
    internal bool AreSurelyOnTheirSides => AreSurely(isFirstOrderBelow: true);

    /// <summary>All four are significantly on the opposite side.</summary>
    internal bool AreSurelyOnTheWrongSides => AreSurely(isFirstOrderBelow: false);

    internal IReadOnlyList<double> Of(string measure) => [.. Ratios[measure].Select(one => one.Ratio)];

    /// <summary>GN and PL0 are lowered, PL1 and WP resist: the mean ratio is on the side that the thesis says.</summary>
    internal bool IsOnItsSide(string measure) => Ratios[measure].Count > 0
        && (FourMeasures.FirstOrder.Contains(measure) ? Of(measure).Average() < Halfway : Of(measure).Average() > Halfway);

    internal static Regularised Of(IReadOnlyList<RegularisedNetwork> networks)
    {
        var points = networks.Select(one => one.Points).DefaultIfEmpty(0).Min();
        return new(
            FourMeasures.Names.ToDictionary(measure => measure, RatiosOf), points, networks.Select(one => one.Pair).Distinct().Count());

        IReadOnlyList<(string, double)> RatiosOf(string measure)
        {
            var all = networks.Where(one => one.Kind.Measure == measure).ToList();
            return
            [
                .. from one in all
                   where one.Kind.Coefficient == all.Max(other => other.Kind.Coefficient)
                   let ratio = Ratio(measure, one, Without(networks, one))
                   where ratio is not null
                   select (one.Pair, ratio.Value),
            ];
        }
    }

    /// <summary>The ratios of networks in one list for each measure, which has those without a regulariser, too.</summary>
    internal static Regularised Of(IReadOnlyDictionary<string, IReadOnlyList<RegularisedNetwork>> byMeasure)
    {
        var all = byMeasure.ToDictionary(one => one.Key, one => Of(one.Value));
        return new(
            all.ToDictionary(one => one.Key, one => one.Value.Ratios[one.Key]),
            all.Values.Min(one => one.Points),
            all.Values.Min(one => one.Pairs));
    }

    /// <summary>The network without a regulariser that belongs to one with.</summary>
    internal static RegularisedNetwork? Without(IReadOnlyList<RegularisedNetwork> networks, RegularisedNetwork with) =>
        networks.SingleOrDefault(one =>
            one.Kind.Measure == RegularisedDigits.None && one.Pair == with.Pair && one.Kind.LearningRate == with.Kind.LearningRate);

    /// <summary>The networks with a regulariser and those without that belong to them, where both converged.</summary>
    internal static IReadOnlyList<(RegularisedNetwork With, RegularisedNetwork Without)> Converged(
        IReadOnlyList<RegularisedNetwork> networks, string measure) =>
    [
        .. from one in networks
           where one.Kind.Measure == measure && one.Result.Converged
           let without = Without(networks, one)
           where without?.Result.Converged == true
           select (one, without),
    ];

    /// <summary>The measure with over without, for PL0 both less 1; null where the rule excludes it.</summary>
    internal static double? Ratio(string measure, RegularisedNetwork with, RegularisedNetwork? without)
    {
        if (without is null || !with.Result.Converged || !without.Result.Converged)
        {
            return null;
        }

        var bound = measure == "PL0" ? 1 : 0;
        var before = without.Result.Test.Of(measure);
        return measure == "PL0" && before < LeastPathLength ? null : (with.Result.Test.Of(measure) - bound) / (before - bound);
    }

    private bool AreSurely(bool isFirstOrderBelow)
    {
        double PValue(string measure)
        {
            var mean = Estimate.OfMean(Of(measure));
            var isBelow = FourMeasures.FirstOrder.Contains(measure) == isFirstOrderBelow;
            return isBelow ? mean.PValueOfBelow(Halfway) : mean.PValueOfAbove(Halfway);
        }

        return Holm.Adjust([.. FourMeasures.Names.Select(PValue)]).All(p => p <= Significance);
    }
}
