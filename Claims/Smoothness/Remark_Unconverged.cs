using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness;

/// <summary>Section 4.3.1: including the networks that did not converge changes the mean τ of Table 4.1 by at most 0.05.</summary>
public sealed class Remark_Unconverged
{
    private const string Claim = "smoothness.unconverged";
    private const double Equivalence = 0.05;
    private const double Significance = 0.01;

    // The published change and half its last digit.
    private static readonly double Limit =
        PublishedTable.Load("smoothness-text")["4.3.1 change of mean tau by networks that did not converge at most", "tau"].Value + 0.005;

    [Claim(Claim, Category = Category.Empirical)]
    public void NetworksThatDidNotConverge_ChangeTauByLittle() => Experiment.JudgeQuick(Claim, SampledFunctions.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void NetworksThatDidNotConverge_OnMoreFunctions_ChangeTauByLittle() =>
        Experiment.JudgeNightly(Claim, SampledFunctions.Plan, Judge);

    /// <summary>
    /// Mean changes of the four measures with a deviation over functions: small ones, one open, three open, one too large.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.02, 0.03, -0.04, 0.01, 0.02, true, Verdict.Reproduced)]
    [InlineData(0.02, 0.03, -0.052, 0.01, 0.02, true, Verdict.Partly)]
    [InlineData(0.06, 0.055, -0.052, 0.01, 0.02, true, Verdict.Inconclusive)]
    [InlineData(0.02, 0.03, -0.09, 0.01, 0.02, true, Verdict.NotReproduced)]
    [InlineData(0.02, 0.03, -0.04, 0.01, 0.02, false, Verdict.Inconclusive)]
    public void SyntheticChanges_AreJudgedByTheRule(
        double gn, double pl0, double pl1, double wp, double deviation, bool atPaperSizes, Verdict expected)
    {
        double[] means = [gn, pl0, pl1, wp];
        Decide([.. means.Select(mean => PublishedMean.Spread(mean, deviation, 20))], atPaperSizes).Verdict.Should().Be(expected);
    }

    /// <summary>A network that did not converge, with a smaller measure than those of smaller sizes, lowers τ_b from 1 to 1/3.</summary>
    [Claim(Claim, Role.Control)]
    public void Changes_OfThreeNetworks_AreRight()
    {
        static NetworkOnSamples Of(int samples, double value, bool converged) =>
            new(samples, 0, 1, 0, converged, new FourMeasures(value, value, value, value));
        var function = new FunctionNetworks(0, [Of(2, 1, true), Of(3, 3, true), Of(4, 2, false), Of(5, 9, false) with { Values = null }]);
        Changes([function], "WP").Single().Should().BeApproximately((1 / 3.0) - 1, 1e-15);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var cells = results.Where(one => one.Name != "polynomials").ToList();
        var functions = cells.Select(one => one.As<FunctionNetworks>()).ToList();
        IReadOnlyList<double>[] changes = [.. FourMeasures.Names.Select(measure => Changes(functions, measure))];
        foreach (var (measure, values) in FourMeasures.Names.Zip(changes))
        {
            Evidence.Record(cells[0].Figure(
                $"mean change of τ_b of {measure} by including networks that did not converge",
                values.DefaultIfEmpty(double.NaN).Average(),
                $"the 90 % interval inside ±{Limit}") with
            {
                Setting = $"{measure}, {values.Count} functions",
                Paper = "at most 0.05",
                Samples = values.Count,
                Uncertainty = PublishedMean.ErrorOf(values),
                Series = values,
            });
        }

        return Decide(changes, Table41_SampledFunctions.AreAtPaperSizes(functions));
    }

    // By function, of those that have an order with and without the networks in question.
    internal static IReadOnlyList<double> Changes(IReadOnlyList<FunctionNetworks> functions, string measure)
    {
        SortedDictionary<int, double> Taus(Func<NetworkOnSamples, bool> counts) =>
            Table41_SampledFunctions.Taus(functions.Select(function => (
                function.Function, function.Networks.Where(counts).Select(one => (one.Samples, one.Values!.Of(measure))))));
        var (all, converged) = (Taus(one => one.Values is not null), Taus(one => one.Converged));
        return [.. from one in all where converged.ContainsKey(one.Key) select one.Value - converged[one.Key]];
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<double>[] changes, bool atPaperSizes)
    {
        var means = changes.Select(Estimate.OfMean).ToList();
        var agree = means.Count(mean => mean.PValueOfEquivalence(-Limit, Limit) <= Equivalence);
        var differ = Holm.Adjust([.. means.Select(mean => mean.Value > 0 ? mean.PValueOfAbove(Limit) : mean.PValueOfBelow(-Limit))])
            .Count(p => p <= Significance);
        var changed = string.Join(", ", FourMeasures.Names.Zip(means, (measure, mean) => $"{measure} {mean.Value:F3}"));
        var verdict = !atPaperSizes ? Verdict.Inconclusive
            : differ > 0 ? Verdict.NotReproduced
            : agree == means.Count ? Verdict.Reproduced
            : agree >= 2 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, $"mean changes {changed}; {agree} of {means.Count} agree, {differ} differ; {changes[0].Count} functions");
    }
}
