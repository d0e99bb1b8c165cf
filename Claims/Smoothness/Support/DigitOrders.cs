using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>The orders of all four measures on one pair of digits.</summary>
/// <param name="Pair">The digits.</param>
/// <param name="Sizes">The number of sizes with a converged network.</param>
/// <param name="ByMeasure">A measure's order.</param>
internal sealed record DigitOrders(string Pair, int Sizes, IReadOnlyDictionary<string, DigitOrder> ByMeasure)
{
    /// <summary>Data sets of the thesis.</summary>
    internal const int PaperPairs = 45;

    /// <summary>Data sets that a test over means needs at sizes below the thesis's.</summary>
    internal const int Enough = 10;

    /// <summary>Sizes of the training sets in the thesis.</summary>
    internal static readonly int[] PaperSizes = [64, 128, 256, 512, 1024, 2048, 4096, 8192];

    /// <summary>The mean τ_b of the second-order measures less that of the first-order ones.</summary>
    internal double Gap => FourMeasures.SecondOrder.Average(Tau) - FourMeasures.FirstOrder.Average(Tau);

    /// <summary>PL1 and WP separate all sizes.</summary>
    internal bool SecondOrderIsInOrder => !FourMeasures.SecondOrder.Any(measure => ByMeasure[measure].IsShort);

    internal double Tau(string measure) => ByMeasure[measure].Tau;

    /// <summary>
    /// Orders of the converged networks of a scale, one pair of digits each; pairs with fewer than two sizes are left out.
    /// </summary>
    internal static IReadOnlyList<DigitOrders> Of(IReadOnlyList<CellResult> results, double scale) =>
        Of([.. results.Select(cell => cell.As<DigitNetworks>())], scale);

    internal static IReadOnlyList<DigitOrders> Of(IReadOnlyList<DigitNetworks> cells, double scale) =>
    [
        .. from pair in cells.GroupBy(one => one.Pair)
           let networks = Converged(pair, scale)
           let sizes = networks.Select(one => one.Points).Distinct().Count()
           where sizes > 1
           select Of(pair.Key, sizes, measure => DigitOrder.Of(networks, measure)),
    ];

    /// <summary>Synthetic orders: a number of data sets, each with an order by measure and number.</summary>
    internal static List<DigitOrders> Synthetic(int count, int sizes, Func<string, int, DigitOrder> order) =>
        [.. Enumerable.Range(0, count).Select(i => Of($"{i}", sizes, measure => order(measure, i)))];

    /// <summary>The converged networks of a scale with the sizes of their training sets.</summary>
    internal static List<(int Points, FourMeasures Values)> Converged(IEnumerable<DigitNetworks> cells, double scale) =>
    [
        .. from cell in cells
           from network in cell.Networks
           where network.Scale == scale && network.Result.Converged
           select (cell.Points, network.Result.Test),
    ];

    /// <summary>The thesis's pairs, sizes and number of networks are complete.</summary>
    internal static bool AtPaperSizes(IReadOnlyList<CellResult> results) =>
        AtPaperSizes([.. results.Select(cell => cell.As<DigitNetworks>())]);

    /// <inheritdoc cref="AtPaperSizes(IReadOnlyList{CellResult})"/>
    internal static bool AtPaperSizes(IReadOnlyList<DigitNetworks> cells) =>
        cells.GroupBy(one => one.Pair).Count() == PaperPairs
        && cells.Select(one => one.Points).Distinct().Order().SequenceEqual(PaperSizes)
        && cells.All(one => one.Networks.GroupBy(network => network.Scale).All(group => group.Count() == 3));

    /// <summary>
    /// The second-order measures that fail: so many data sets are short as have a probability of at most 0.01 if the share of short ones is
    /// the most that 45 of 45 at the cap allow, 1 − 0.05^(1/45); Holm over the two.
    /// </summary>
    internal static IReadOnlyList<string> Failing(IReadOnlyList<DigitOrders> orders)
    {
        var share = 1 - Math.Pow(0.05, 1.0 / PaperPairs);
        double PValue(string measure) => BinomialTest.UpperTail(orders.Count(one => one.ByMeasure[measure].IsShort), orders.Count, share);
        var adjusted = Holm.Adjust([.. FourMeasures.SecondOrder.Select(PValue)]);
        return [.. FourMeasures.SecondOrder.Where((_, i) => adjusted[i] <= 0.01)];
    }

    private static DigitOrders Of(string pair, int sizes, Func<string, DigitOrder> order) =>
        new(pair, sizes, FourMeasures.Names.ToDictionary(measure => measure, order));
}
