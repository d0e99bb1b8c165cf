using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>How the networks on one pair of digits, of one initialisation scale, are ordered by a measure against the size of the training set.</summary>
/// <param name="Tau">τ_b.</param>
/// <param name="IsShort">Some network measures no more than one of a smaller size, so τ_b is below its cap.</param>
internal readonly record struct DigitOrder(double Tau, bool IsShort)
{
    /// <summary>τ_b where the measure separates all sizes.</summary>
    internal double Cap { get; init; }
}

/// <summary>The orders of all four measures on one pair of digits.</summary>
/// <param name="Pair">The digits.</param>
/// <param name="Sizes">The number of sizes with a converged network.</param>
/// <param name="ByMeasure">A measure's order.</param>
internal sealed record DigitOrders(string Pair, int Sizes, IReadOnlyDictionary<string, DigitOrder> ByMeasure)
{
    /// <summary>Data sets of the thesis.</summary>
    internal const int PaperPairs = 45;

    private static readonly int[] PaperSizes = [64, 128, 256, 512, 1024, 2048, 4096, 8192];

    /// <summary>The mean τ_b of the second-order measures less that of the first-order ones.</summary>
    internal double Gap => FourMeasures.SecondOrder.Average(Tau) - FourMeasures.FirstOrder.Average(Tau);

    internal double Tau(string measure) => ByMeasure[measure].Tau;

    /// <summary>Orders of the converged networks of a scale, a pair of digits each; pairs with fewer than two sizes are left out.</summary>
    internal static IReadOnlyList<DigitOrders> Of(IReadOnlyList<CellResult> results, double scale) => Of([.. results.Select(cell => cell.As<DigitNetworks>())], scale);

    internal static IReadOnlyList<DigitOrders> Of(IReadOnlyList<DigitNetworks> cells, double scale) =>
    [
        .. from pair in cells.GroupBy(one => one.Pair)
           let networks = Converged(pair, scale)
           let sizes = networks.Select(one => one.Points).Distinct().Count()
           where sizes > 1
           select new DigitOrders(pair.Key, sizes, FourMeasures.Names.ToDictionary(measure => measure, measure => Order(networks, measure))),
    ];

    /// <summary>The converged networks of a scale with the sizes of their training sets.</summary>
    internal static List<(int Points, FourMeasures Values)> Converged(IEnumerable<DigitNetworks> cells, double scale) =>
        [.. from cell in cells from network in cell.Networks where network.Scale == scale && network.Result.Converged select (cell.Points, network.Result.Test)];

    /// <summary>The thesis's pairs, sizes and number of networks are all there.</summary>
    internal static bool AtPaperSizes(IReadOnlyList<CellResult> results)
    {
        var cells = results.Select(cell => cell.As<DigitNetworks>()).ToList();
        return cells.GroupBy(one => one.Pair).Count() == PaperPairs && cells.Select(one => one.Points).Distinct().Order().SequenceEqual(PaperSizes) && cells.All(one => one.Networks.GroupBy(network => network.Scale).All(group => group.Count() == 3));
    }

    /// <summary>Records τ_b of every measure, mean and by data set, beside the printed mean, and what the networks were.</summary>
    internal static void Record(IReadOnlyList<CellResult> results, double scale, IReadOnlyList<DigitOrders> orders, PublishedTable printed)
    {
        var drawn = new List<ComparedCell>();
        foreach (var measure in orders.Count > 0 ? FourMeasures.Names : [])
        {
            double[] taus = [.. orders.Select(one => one.Tau(measure))];
            var paper = new PrintedMean(printed[measure, "tau"], PaperPairs);
            var error = taus.Length > 1 ? taus.StandardDeviation() / Math.Sqrt(taus.Length) : (double?)null;
            var difference = AtPaperSizes(results) ? paper.InErrors(taus) : null;
            drawn.Add(new("", measure, taus.Mean(), error, paper.Mean, paper.OwnError, difference));
            Evidence.Record(results[0].Figure($"mean τ_b of {measure} against the size of the training set, α = {scale}; short in {orders.Count(one => one.ByMeasure[measure].IsShort)} of {orders.Count} data sets", taus.Mean(), RuleOf(measure, orders)) with
            {
                Setting = $"{measure}, α = {scale}: digits {string.Join(", ", orders.Select(one => one.Pair))}, {orders[0].Sizes} sizes",
                Paper = printed[measure, "tau"].ToString(),
                PaperDifference = difference,
                Samples = taus.Length,
                Uncertainty = error,
                Series = taus,
            });
        }

        TableFigure.Draw($"B, {printed.Table.Split(',')[0]}", $"Mean Kendall's τ_b of measure and size of the training set, α = {scale}", "measure", "mean τ_b", orders.Count > 0 ? $"{orders.Count} of {PaperPairs} data sets and {orders.Min(one => one.Sizes)} of {PaperSizes.Length} sizes." : "", drawn);

        foreach (var result in results)
        {
            var networks = result.As<DigitNetworks>().Networks.Where(one => one.Scale == scale).ToList();
            foreach (var measure in FourMeasures.Names)
            {
                Evidence.Record(result.Figure($"{measure} on test points, α = {scale}, mean of {networks.Count(one => one.Result.Converged)} converged networks of {networks.Count}", networks.Where(one => one.Result.Converged).Select(one => one.Result.Test.Of(measure)).DefaultIfEmpty(double.NaN).Average(), "no rule: by network in the series") with { Series = [.. networks.Select(one => one.Result.Test.Of(measure))], Samples = networks.Count });
            }

            Evidence.Record(result.Figure($"epochs to a training loss of 10⁻⁵, α = {scale}, mean", networks.Average(one => one.Result.Epochs), "no rule: by network in the series") with { Series = [.. networks.Select(one => (double)one.Result.Epochs)], Samples = networks.Count });
        }
    }

    private static string RuleOf(string measure, IReadOnlyList<DigitOrders> orders)
    {
        var sizes = orders.Min(one => one.Sizes);
        return orders.Count == PaperPairs && sizes == PaperSizes.Length ? "by data set in the series"
            : $"not judged against the printed mean: {orders.Count} data sets of {sizes} sizes where the paper has {PaperPairs} of {PaperSizes.Length}, and with as many τ_b is at most {orders.Average(one => one.ByMeasure[measure].Cap):F3}, with the paper's 0.956{(orders.Count == 1 ? "; of one data set, so the printed deviation stands in for ours" : "")}; by data set in the series";
    }

    /// <summary>
    /// PL1 or WP fails where so many data sets are short as have a chance of at most 0.01 when the share of short ones is at most what 45 of 45 at
    /// the cap leave open, 1 − 0.05^(1/45); Holm over the two.
    /// </summary>
    internal static IReadOnlyList<string> Failing(IReadOnlyList<DigitOrders> orders)
    {
        var share = 1 - Math.Pow(0.05, 1.0 / PaperPairs);
        double PValue(string measure) => BinomialTest.UpperTail(orders.Count(one => one.ByMeasure[measure].IsShort), orders.Count, share);
        var adjusted = Holm.Adjust([.. FourMeasures.SecondOrder.Select(PValue)]);
        return [.. FourMeasures.SecondOrder.Where((_, i) => adjusted[i] <= 0.01)];
    }

    private static DigitOrder Order(List<(int Points, FourMeasures Values)> networks, string measure)
    {
        double[] sizes = [.. networks.Select(one => (double)one.Points)];
        double[] values = [.. networks.Select(one => one.Values.Of(measure))];
        var counts = Kendall.Count(sizes, values);
        var tau = Kendall.TauB(sizes, values);
        return new DigitOrder(double.IsNaN(tau) ? 0 : tau, counts.Concordant < counts.Pairs - counts.TiedFirst) { Cap = Math.Sqrt((counts.Pairs - counts.TiedFirst) / (double)counts.Pairs) };
    }
}
