using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>Appendix A's domain S: inputs within κ/(4‖W‖) of a sample of their class. How much of MNIST it holds.</summary>
public sealed class Remark_DenseDomain
{
    private const string Claim = "intervals.dense-domain";

    [Claim(Claim, Category = Category.Empirical)]
    public void TestImages_AreInsideTheDomain() => Experiment.JudgeQuick(Claim, NormDistribution.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void TestImages_OfMoreNetworks_AreInsideTheDomain() => Experiment.JudgeNightly(Claim, NormDistribution.Plan, Judge);

    /// <summary>The share of the test images inside, so many networks.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.9, 5, Verdict.Reproduced)]
    [InlineData(0.9, 2, Verdict.Partly)] // two networks are too few
    [InlineData(0.1, 2, Verdict.NotReproduced)]
    [InlineData(0.5, 5, Verdict.Inconclusive)]
    public void SyntheticShares_AreJudgedByTheRule(double share, int count, Verdict verdict) =>
        Decide([.. Enumerable.Range(0, count).Select(i => share + (0.001 * (i - ((count - 1) / 2.0))))]).Verdict.Should().Be(verdict);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var shares = new List<double>();
        foreach (var (cell, found) in results.Select(result => (result, result.As<NormsResult>())).Where(one => !one.Item2.RandomLabels))
        {
            shares.Add(found.Nearest.Inside);
            Record(cell, "1000 samples", found.Nearest);
            Record(cell, "all training images as samples", found.NearestOfAll);
        }

        return Decide([.. shares]);
    }

    private static void Record(CellResult cell, string samples, NearestSamples nearest) =>
        Evidence.Record(cell.Figure(
            $"share of test images within κ/(4‖W‖) of a sample of their class, {samples}; "
                + "the series has the median and the smallest distance",
            nearest.Inside,
            "1000 samples: the mean at least 0.5") with
        {
            Series = [nearest.Median, nearest.Smallest],
            Samples = 200,
        });

    private static (Verdict Verdict, string Reason) Decide(double[] shares)
    {
        var share = ConfidenceInterval.Of(shares, 1 - 0.05);
        return Statement.Judge(
            [Statement.Within("share of test images in S", share, 0.5, double.PositiveInfinity, isMain: true)],
            shares.Length >= ClassifierResult.Needed);
    }
}
