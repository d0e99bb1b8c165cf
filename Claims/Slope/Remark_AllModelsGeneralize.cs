using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Slope;

/// <summary>Appendix A.3: all optimal models generalize. Judged from the published accuracies on validation points.</summary>
public sealed class Remark_AllModelsGeneralize
{
    private const string Claim = "slope.all-generalize";
    private const double Alpha = 0.01;

    // The most frequent class: one in ten images, and 283 301 of Forest Cover's 581 012 points.
    private const double OfImages = 0.1;
    private const double OfForestCover = 283_301 / 581_012.0;

    [Claim(Claim, Category = Category.Empirical)]
    public void PublishedAccuracies_ExceedTheShareOfTheMostFrequentClass()
    {
        List<(string Cell, Estimate Accuracy, double Share)> cells =
        [
            .. from number in (int[])[1, 3]
               let table = PublishedTable.Load($"slope-table-{number}")
               from cell in table.Values
               let error = cell.Value.StandardDeviation!.Value / Math.Sqrt(TrainedRun.PaperRuns)
               select ($"{cell.Row} on {cell.Column}", new Estimate(cell.Value.Value, error, TrainedRun.PaperRuns - 1),
                   cell.Column == "covertype" ? OfForestCover : OfImages),
        ];
        var (least, accuracy, share) = cells.MinBy(cell => (cell.Accuracy.Value - cell.Share) / cell.Accuracy.Error);
        Evidence.Record(new Measurement(
            $"published accuracy of {least} less the share of the most frequent class, the least in standard errors",
            accuracy.Value - share,
            $"above 0 (t-test, α = {Alpha}, Holm over {cells.Count})")
        {
            Uncertainty = accuracy.Error,
            Samples = TrainedRun.PaperRuns,
            Paper = FormattableString.Invariant($"{accuracy.Value}"),
        });
        Experiment.Decide(Claim, Decide([.. cells.Select(cell => (cell.Accuracy, cell.Share))]));
    }

    /// <summary>72 accuracies well above a tenth, of which some lie at a tenth or below it.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0, 0.1, Verdict.Reproduced)]
    [InlineData(1, 0.1, Verdict.Partly)]
    [InlineData(40, 0.1, Verdict.NotReproduced)]
    [InlineData(1, 0.01, Verdict.NotReproduced)]
    public void SyntheticAccuracies_AreJudgedByTheRule(int others, double accuracy, Verdict expected) =>
        Decide([.. Enumerable.Range(0, 72).Select(i => (new Estimate(i < others ? accuracy : 0.9, 0.002, 4), OfImages))])
            .Verdict.Should().Be(expected);

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<(Estimate Accuracy, double Share)> cells)
    {
        int Sure(Func<(Estimate Accuracy, double Share), double> pValue) => Holm.Adjust([.. cells.Select(pValue)]).Count(p => p <= Alpha);
        var above = Sure(cell => cell.Accuracy.PValueOfAbove(cell.Share));
        var below = Sure(cell => cell.Accuracy.PValueOfBelow(cell.Share));
        var verdict = below > 0 || 2 * above < cells.Count ? Verdict.NotReproduced
            : above == cells.Count ? Verdict.Reproduced
            : Verdict.Partly;
        return (verdict, $"{above} of {cells.Count} published accuracies exceed the share of the most frequent class, {below} lie below");
    }
}
