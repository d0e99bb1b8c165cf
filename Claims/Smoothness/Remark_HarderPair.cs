using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness;

/// <summary>Section 4.4: 4 and 9 proved more difficult to tell apart than 0 and 1. Judged from the author's own networks.</summary>
public sealed class Remark_HarderPair
{
    private const string Claim = "smoothness.harder-pair";

    // Of a training set's size and an initialisation scale, 4-9 over 0-1.
    private const double Share = 7.0 / 8;

    [Claim(Claim, Category = Category.Empirical)]
    public void FourAndNine_AgainstZeroAndOne_InLossAndEpochs()
    {
        var results = AuthorsResults.OrSkip();
        var losses = Ratios(results.Digits, one => one.TestLoss);
        var epochs = Ratios(results.Digits, one => one.Epochs);
        foreach (var (name, ratios) in new[] { ("mean square on test points", losses), ("epochs to the training loss", epochs) })
        {
            Evidence.Record(new Measurement(
                $"{name}, 4-9 over 0-1: the share of sizes and scales with a ratio above 1", AboveOne(ratios), "harder from 7/8 on")
            {
                Data = results.Stamp.ToString(),
                Series = ratios,
                Samples = ratios.Count,
            });
        }

        Experiment.Decide(Claim, Decide(losses, epochs));
    }

    /// <summary>The ratios of 16 training sets: all above 1, or below, or half of them.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(16, 16, Verdict.Reproduced)]
    [InlineData(14, 2, Verdict.Partly)]
    [InlineData(8, 14, Verdict.Partly)]
    [InlineData(0, 0, Verdict.NotReproduced)]
    [InlineData(13, 2, Verdict.NotReproduced)]
    [InlineData(13, 8, Verdict.Inconclusive)]
    public void SyntheticRatios_AreJudgedByTheRule(int higherLosses, int moreEpochs, Verdict expected)
    {
        static List<double> Of(int above) => [.. Enumerable.Range(0, 16).Select(i => i < above ? 1.5 : 0.5)];
        Decide(Of(higherLosses), Of(moreEpochs)).Verdict.Should().Be(expected);
    }

    /// <summary>Networks that diverged do not count, nor sizes that one of the two pairs lacks.</summary>
    [Claim(Claim, Role.Control)]
    public void Ratios_OfThreeNetworks_AreRight()
    {
        static ScaledNetwork Of(double loss, bool diverged) => new(1, 0, new DigitNetwork(
            true, diverged, 1, 0, new(0, 0, 0, 0), new(0, 0, 0, 0), loss, double.NaN, 0, double.NaN));
        DigitNetworks[] cells =
        [
            new("4-9", 64, [Of(3, false), Of(5, false), Of(100, true)]), new("0-1", 64, [Of(2, false)]), new("4-9", 128, [Of(1, false)]),
        ];
        Ratios(cells, one => one.TestLoss).Should().Equal(2);
    }

    private static List<double> Ratios(IReadOnlyList<DigitNetworks> cells, Func<DigitNetwork, double> yardstick)
    {
        var means = (from cell in cells
                     from network in cell.Networks
                     where !network.Result.Diverged
                     group yardstick(network.Result) by (cell.Pair, cell.Points, network.Scale) into one
                     select (one.Key, Mean: one.Average())).ToDictionary(one => one.Key, one => one.Mean);
        return
        [
            .. from one in means
               where one.Key.Pair == "4-9" && means.ContainsKey(("0-1", one.Key.Points, one.Key.Scale))
               orderby one.Key.Scale, one.Key.Points
               select one.Value / means[("0-1", one.Key.Points, one.Key.Scale)],
        ];
    }

    private static double AboveOne(List<double> ratios) => ratios.Count(ratio => ratio > 1) / (double)ratios.Count;

    private static (Verdict Verdict, string Reason) Decide(List<double> losses, List<double> epochs)
    {
        static Outcome Judged(double share) => share >= Share ? Outcome.Met : share <= 1 - Share ? Outcome.Failed : Outcome.Undecided;
        Outcome[] outcomes = [Judged(AboveOne(losses)), Judged(AboveOne(epochs))];
        var (met, failed) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        var verdict = met == 2 ? Verdict.Reproduced
            : met == 1 ? Verdict.Partly
            : failed > 0 ? Verdict.NotReproduced
            : Verdict.Inconclusive;
        var (higher, longer) = (losses.Count(ratio => ratio > 1), epochs.Count(ratio => ratio > 1));
        return (verdict, $"4-9 has the higher test loss in {higher} of {losses.Count} cases, and takes more epochs in {longer}");
    }
}
