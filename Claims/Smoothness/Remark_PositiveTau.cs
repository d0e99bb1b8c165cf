using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 4.3.3: all four measures increase with the training set, absolutely and by comparison to polynomials. Judged from the published
/// means and deviations alone.
/// </summary>
public sealed class Remark_PositiveTau
{
    private const string Claim = "smoothness.tau-positive";
    private const double Significance = 0.01;
    private const int Functions = 20;
    private static readonly PublishedTable OnSamples = PublishedTable.Load("smoothness-table-4.1");

    [Claim(Claim, Category = Category.Empirical)]
    public void PublishedMeans_ArePositiveAndAbovePolynomials()
    {
        List<(string Cell, PublishedMean Mean)> means =
        [
            .. from measure in FourMeasures.Names select ($"{measure}, Table 4.1", Of(OnSamples, measure, "network", Functions)),
            .. from number in (string[])["4.2", "4.3"]
               let table = PublishedTable.Load($"smoothness-table-{number}")
               from measure in FourMeasures.Names
               select ($"{measure}, Table {number}", Of(table, measure, "tau", DigitOrders.PaperPairs)),
        ];
        (PublishedMean Network, PublishedMean Polynomial)[] pairs =
        [
            .. from measure in FourMeasures.Names
               select (Of(OnSamples, measure, "network", Functions), Of(OnSamples, measure, "polynomial", Functions)),
        ];
        foreach (var (cell, mean) in means)
        {
            Evidence.Record(new Measurement(
                $"published mean τ of {cell}, in standard errors", mean.Mean / mean.OwnError, "above 0 (t-test, Holm)")
                { Samples = mean.Count, Paper = mean.ToString() });
        }

        foreach (var (measure, pair) in FourMeasures.Names.Zip(pairs))
        {
            var lead = Lead(pair);
            Evidence.Record(new Measurement(
                $"published mean τ of {measure}, networks less polynomials", lead.Value, "above 0 (Welch's t-test, Holm)")
                { Uncertainty = lead.Error, Samples = Functions });
        }

        Experiment.Decide(Claim, Decide([.. means.Select(one => one.Mean)], pairs));

        static PublishedMean Of(PublishedTable table, string measure, string column, int count) => new(table[measure, column], count);
    }

    /// <summary>All well above; one not significant; one significantly negative; polynomials ahead; most not significant.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.6, 0.6, 0.3, Verdict.Reproduced)]
    [InlineData(0.6, 0.05, 0.3, Verdict.Partly)]
    [InlineData(0.6, -0.4, 0.3, Verdict.NotReproduced)]
    [InlineData(0.6, 0.6, 0.9, Verdict.NotReproduced)]
    [InlineData(0.05, 0.05, 0.04, Verdict.NotReproduced)]
    public void SyntheticMeans_AreJudgedByTheRule(double mean, double last, double polynomial, Verdict expected)
    {
        static PublishedMean Of(double value) => new(value, 0.3, 45, 0.005);
        Decide([.. Enumerable.Repeat(Of(mean), 11), Of(last)], [.. Enumerable.Repeat((Of(mean), Of(polynomial)), 4)])
            .Verdict.Should().Be(expected);
    }

    private static Estimate Lead((PublishedMean Network, PublishedMean Polynomial) pair) => Estimate.Welch(
        pair.Network.Mean - pair.Polynomial.Mean,
        (pair.Network.StandardError * pair.Network.StandardError, pair.Network.Count - 1),
        (pair.Polynomial.StandardError * pair.Polynomial.StandardError, pair.Polynomial.Count - 1));

    private static (Verdict Verdict, string Reason) Decide(
        PublishedMean[] means, (PublishedMean Network, PublishedMean Polynomial)[] pairs)
    {
        int Sure(IEnumerable<Estimate> estimates, Func<Estimate, double> pValue) =>
            Holm.Adjust([.. estimates.Select(pValue)]).Count(p => p <= Significance);
        Estimate[] absolute = [.. means.Select(mean => new Estimate(mean.Mean, mean.StandardError, mean.Count - 1))];
        Estimate[] relative = [.. pairs.Select(Lead)];
        var (positive, ahead) = (Sure(absolute, one => one.PValueOfAbove(0)), Sure(relative, one => one.PValueOfAbove(0)));
        var opposite = Sure(absolute, one => one.PValueOfBelow(0)) + Sure(relative, one => one.PValueOfBelow(0));
        var verdict = opposite > 0 || positive + ahead < 8 ? Verdict.NotReproduced
            : positive == means.Length && ahead == pairs.Length ? Verdict.Reproduced
            : Verdict.Partly;
        var reason = $"{positive} of {means.Length} published means are positive, "
            + $"networks lie above polynomials for {ahead} of {pairs.Length} measures, {opposite} the other way; each significantly";
        return (verdict, reason);
    }
}
