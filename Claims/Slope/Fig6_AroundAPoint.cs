using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope;

/// <summary>Figure 6: around a training point the slope changes little, and the more the farther away.</summary>
public sealed class Fig6_AroundAPoint
{
    private const string Claim = "slope.fig-6";
    private const double AlphaOfCentre = 0.01;
    private const double Alpha = 0.05;
    private const double Small = 0.1;
    private const int PaperCentres = 250;

    [Claim(Claim, Category = Category.Empirical)]
    public void Slope_AroundAPoint_ChangesLittle() => Experiment.JudgeQuick(Claim, AroundAPoint.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Slope_AroundMorePoints_ChangesLittle() => Experiment.JudgeNightly(Claim, AroundAPoint.Plan, Judge);

    /// <summary>
    /// 20 growing centres do not show that nine tenths of all grow. Where two thirds grow, that is undecided.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("growing", 0.05, PaperCentres, true, Verdict.Reproduced)]
    [InlineData("growing", 0.05, 20, true, Verdict.Partly)]
    [InlineData("growing", 0.5, PaperCentres, true, Verdict.Partly)]
    [InlineData("falling", 0.05, PaperCentres, true, Verdict.NotReproduced)]
    [InlineData("two thirds growing", 0.5, PaperCentres, true, Verdict.NotReproduced)]
    [InlineData("growing", 0.05, PaperCentres, false, Verdict.Inconclusive)]
    public void SyntheticChanges_AreJudgedByTheRule(string shape, double largest, int count, bool papersTraining, Verdict verdict) =>
        Decide(Centres(shape, largest, count), papersTraining).Verdict.Should().Be(verdict);

    [Claim(Claim, Role.Control)]
    public void HalfOfThePoints_WithAnotherOutcome_IsReported() =>
        Decide([.. Centres("growing", 0.05).Select(one => one with { OfHalf = [.. one.OfHalf.Reverse()] })], true)
            .Reason.Should().Contain("another outcome");

    private static List<Surroundings> Centres(string shape, double largest, int count = PaperCentres)
    {
        double Change(int centre, int radius) => shape switch
        {
            "falling" => (11 - radius) / 10.0,
            "two thirds growing" when centre % 3 == 0 => 1 - (0.01 * radius),
            _ => radius / 10.0,
        };
        double Scatter(int centre) => 1 + (0.01 * (centre % 5));
        return [.. Enumerable.Range(0, count)
            .Select(centre => Around([.. Enumerable.Range(1, 10).Select(radius => largest * Change(centre, radius) * Scatter(centre))]))];
    }

    private static Surroundings Around(double[] changes) => new(8, changes, changes);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var cells = results.Select(result => result.As<SurroundingsResult>()).ToList();
        Drawings.Figure6(cells[0]);
        foreach (var (cell, result) in cells.Zip(results))
        {
            var means = Enumerable.Range(0, cell.Radii.Count).Select(k => cell.Centres.Average(centre => centre.Changes[k])).ToList();
            Evidence.Record(result.Figure(
                $"mean relative change of the 2-slope at the largest radius, {cell.Radii[^1]:G4} of a mean distance of "
                    + $"{cell.Training.MeanDistance:G4}; the series has all radii",
                means[^1],
                $"small: below {Small}") with
            {
                Series = means,
                Samples = cell.Centres.Count,
            });
            foreach (var centre in cell.Centres.Take(20))
            {
                Evidence.Record(result.Figure(
                    "Kendall's τ of radius and change at one centre; the series has the changes",
                    Tau(centre.Changes),
                    $"grows: p ≤ {AlphaOfCentre}") with
                {
                    Series = centre.Changes,
                    Samples = cell.Samples,
                });
            }
        }

        var papers = cells.Select(cell => cell.Training)
            .All(training => training is { IsWhole: true, Epochs: TrainedRun.PaperEpochs } && training.Networks[0].Best is not null);
        return Decide([.. cells.SelectMany(cell => cell.Centres)], papers);
    }

    private static (Verdict Verdict, string Reason) Decide(List<Surroundings> centres, bool papersTraining)
    {
        var (grows, small) = Outcomes(centres, centre => centre.Changes);
        var ofHalf = Outcomes(centres, centre => centre.OfHalf);
        var verdict = !papersTraining ? Verdict.Inconclusive
            : grows == Outcome.Failed || (grows != Outcome.Met && small == Outcome.Failed) ? Verdict.NotReproduced
            : grows == Outcome.Met && small == Outcome.Met && centres.Count >= PaperCentres ? Verdict.Reproduced
            : grows == Outcome.Met || small == Outcome.Met ? Verdict.Partly
            : Verdict.Inconclusive;
        var growing = centres.Count(centre => Grows(centre.Changes));
        return (
            verdict,
            $"the change grows with the radius at {growing} of {centres.Count} centres, and is "
                + $"{centres.Average(centre => centre.Changes[^1]):F3} at the largest radius on average"
                + (papersTraining ? "" : "; the network does not have the paper's training")
                + (ofHalf == (grows, small) ? "" : "; half of the points a sphere give another outcome"));
    }

    private static (Outcome Grows, Outcome Small) Outcomes(List<Surroundings> centres, Func<Surroundings, IReadOnlyList<double>> changes)
    {
        var (growing, count) = (centres.Count(centre => Grows(changes(centre))), centres.Count);
        var lower = growing == 0 ? 0 : Beta.InvCDF(growing, count - growing + 1, Alpha);
        var upper = growing == count ? 1 : Beta.InvCDF(growing + 1, count - growing, 1 - Alpha);
        var grows = lower >= 0.9 ? Outcome.Met : upper <= 0.5 ? Outcome.Failed : Outcome.Undecided;
        return (grows, Part.Judge([Part.Below("change", [.. centres.Select(centre => changes(centre)[^1])], Small, 2)], Alpha)[0]);
    }

    private static bool Grows(IReadOnlyList<double> changes) =>
        Tau(changes) is var tau && !double.IsNaN(tau) && Kendall.UpperTail(tau, changes.Count) <= AlphaOfCentre;

    private static double Tau(IReadOnlyList<double> changes) =>
        Kendall.TauB([.. Enumerable.Range(0, changes.Count).Select(k => (double)k)], [.. changes]);
}
