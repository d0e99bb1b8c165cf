using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Appendix A on Figure 3: with random labels every direction is less stable, and the first principal component is like any other.
/// </summary>
public sealed class Remark_RandomLabelsAreLessStable
{
    private const string Claim = "intervals.stability";
    private const double Level = 1 - (0.05 / 5);

    [Claim(Claim, Category = Category.Empirical)]
    public void RandomLabels_InEveryDirection_AreKeptLessOften() => Experiment.JudgeQuick(Claim, IntervalClassifiers.Images, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void RandomLabelsOfMoreNetworks_InEveryDirection_AreKeptLessOften() =>
        Experiment.JudgeNightly(Claim, IntervalClassifiers.Images, Judge);

    /// <summary>
    /// Everything is kept with real labels; with random ones these shares inside a label, in random directions and along both components.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.4, 0.4, 0.4, 0.4, 5, Verdict.Reproduced)]
    [InlineData(0.4, 0.4, 0.4, 0.4, 2, Verdict.Partly)] // two networks a kind are too few
    [InlineData(0.4, 0.4, 0.9, 0.4, 5, Verdict.Partly)] // the first component is no random direction
    [InlineData(1, 1, 0.5, 1, 5, Verdict.Partly)]
    [InlineData(1.1, 1.1, 1.4, 1.1, 5, Verdict.NotReproduced)]
    [InlineData(0.4, 0.4, 0.4, 0.4, 1, Verdict.Inconclusive)]
    public void SyntheticShares_AreJudgedByTheRule(
        double inside, double anywhere, double principal, double minor, int count, Verdict verdict)
    {
        List<Kept> Networks(Kept kept) =>
        [
            .. from i in Enumerable.Range(0, count)
               let shift = 0.01 * (i - (count / 2))
               select new Kept(kept.Inside + shift, kept.Anywhere + shift, kept.Principal + shift, kept.Minor + shift),
        ];
        Decide(Networks(new(1, 1, 1, 1)), Networks(new(inside, anywhere, principal, minor))).Verdict.Should().Be(verdict);
    }

    private sealed record Kept(double Inside, double Anywhere, double Principal, double Minor);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = ClassifierResult.Of(results).Where(one => one.HasDetails).ToList();
        foreach (var one in networks)
        {
            var kept = Of(one);
            Evidence.Record(one.Figure(
                "share of segments inside a label that keep it; the series has random directions, the first and a minor component",
                kept.Inside,
                "lower with random labels") with
            {
                Series = [kept.Anywhere, kept.Principal, kept.Minor],
            });
        }

        List<Kept> Networks(bool random) => [.. networks.Where(one => one.IsRandom == random).Select(Of)];
        var (verdict, reason) = Decide(Networks(false), Networks(true));
        return networks.All(one => one.IsTrained) ? (verdict, reason) : (Verdict.Inconclusive, $"{reason}; not every network is trained");
    }

    private static Kept Of(ClassifierResult network)
    {
        var (segments, components) = (network.Network.Segments!, network.Network.Components!);
        return new(segments.Inside.Kept, segments.Anywhere.Kept, components.Principal.Kept, components.Minor.Kept);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Kept> real, IReadOnlyList<Kept> random)
    {
        Statement Less(string where, Func<Kept, double> share) => Statement.Within(
            $"{where}: share kept, real − random",
            ConfidenceInterval.OfDifference([.. real.Select(share)], [.. random.Select(share)], Level),
            double.Epsilon,
            double.PositiveInfinity);
        var difference = ConfidenceInterval.Of([.. random.Select(one => one.Principal - one.Anywhere)], Level);
        return Statement.Judge(
            [
                Less("segments inside a label", one => one.Inside),
                Less("random directions", one => one.Anywhere),
                Less("first component", one => one.Principal),
                Less("minor component", one => one.Minor),
                Statement.Within("first component less random directions, random labels", difference, -0.1, 0.1),
            ],
            Math.Min(real.Count, random.Count) >= ClassifierResult.Needed);
    }
}
