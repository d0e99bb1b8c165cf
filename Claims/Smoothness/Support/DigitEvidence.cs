using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>The evidence of Tables 4.2 and 4.3.</summary>
internal static class DigitEvidence
{
    /// <summary>
    /// Records τ_b of every measure, mean and by data set, beside the published mean, and the measures and epochs of the networks.
    /// </summary>
    internal static void Record(
        IReadOnlyList<CellResult> results, double scale, IReadOnlyList<DigitOrders> orders, PublishedTable published)
    {
        if (orders.Count > 0)
        {
            RecordTaus(results, scale, orders, published);
        }

        foreach (var result in results)
        {
            var networks = result.As<DigitNetworks>().Networks.Where(one => one.Scale == scale).Select(one => one.Result).ToList();
            var converged = networks.Where(one => one.Converged).ToList();
            foreach (var measure in FourMeasures.Names)
            {
                Note(
                    $"{measure} on test points, α = {scale}, mean of {converged.Count} converged networks of {networks.Count}",
                    converged.Select(one => one.Test.Of(measure)).DefaultIfEmpty(double.NaN).Average(),
                    networks.Select(one => one.Test.Of(measure)));
            }

            var epochs = networks.Select(one => (double)one.Epochs);
            Note($"epochs to a training loss of 10⁻⁵, α = {scale}, mean", epochs.Average(), epochs);

            void Note(string quantity, double mean, IEnumerable<double> series) => Evidence.Record(
                result.Figure(quantity, mean, "no rule: by network in the series") with { Series = [.. series], Samples = networks.Count });
        }
    }

    private static void RecordTaus(
        IReadOnlyList<CellResult> results, double scale, IReadOnlyList<DigitOrders> orders, PublishedTable published)
    {
        var (comparable, sizes) = (DigitOrders.AtPaperSizes(results), orders.Min(one => one.Sizes));
        var drawn = new List<ComparedCell>();
        foreach (var measure in FourMeasures.Names)
        {
            double[] taus = [.. orders.Select(one => one.Tau(measure))];
            var paper = new PublishedMean(published[measure, "tau"], DigitOrders.PaperPairs);
            var shorts = orders.Count(one => one.ByMeasure[measure].IsShort);
            var mean = results[0].Figure(
                $"mean τ_b of {measure} against the size of the training set, α = {scale}; short in {shorts} of {orders.Count} data sets",
                taus.Mean(),
                RuleOf(measure, orders, sizes));
            var measured = paper.Compare(mean, taus, comparable) with
            {
                Setting = $"{measure}, α = {scale}: digits {string.Join(", ", orders.Select(one => one.Pair))}, {orders[0].Sizes} sizes",
                Paper = published[measure, "tau"].ToString(),
            };
            Evidence.Record(measured);
            drawn.Add(new("", measure, measured.Value, measured.Uncertainty, paper.Mean, paper.OwnError, measured.PaperDifference));
        }

        TableFigure.Draw(
            $"B, {published.Table.Split(',')[0]}",
            $"Mean Kendall's τ_b of measure and size of the training set, α = {scale}",
            "measure",
            "mean τ_b",
            $"{orders.Count} of {DigitOrders.PaperPairs} data sets and {sizes} of {DigitOrders.PaperSizes.Length} sizes.",
            drawn);
    }

    private static string RuleOf(string measure, IReadOnlyList<DigitOrders> orders, int sizes)
    {
        const string ByDataSet = "by data set in the series";
        var paperSizes = DigitOrders.PaperSizes.Length;
        if (orders.Count == DigitOrders.PaperPairs && sizes == paperSizes)
        {
            return ByDataSet;
        }

        var cap = orders.Average(one => one.ByMeasure[measure].Cap);
        return $"not judged against the published mean: {orders.Count} data sets of {sizes} sizes, "
            + $"the paper has {DigitOrders.PaperPairs} of {paperSizes}; here τ_b is at most {cap:F3}, with the paper's sizes 0.956"
            + $"{(orders.Count == 1 ? "; of one data set, so the published deviation stands in for ours" : "")}; {ByDataSet}";
    }
}
