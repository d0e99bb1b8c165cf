using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Randomness;

namespace Reproduce.Claims.Slope;

/// <summary>Figure 6: around a training point the slope changes little, and the more the farther away.</summary>
public sealed class Fig6_AroundAPoint
{
    /// <summary>Training points of the figure.</summary>
    internal const int PaperCentres = 250;

    private const string Claim = "slope.fig-6";
    private const double AlphaOfCentre = 0.01;
    private const double Alpha = 0.05;

    // Of synthetic changes.
    private const int Radii = 16;

    [Claim(Claim, Category = Category.Empirical)]
    public void Slope_AroundAPoint_ChangesLittle() => Experiment.JudgeQuick(Claim, AroundAPoint.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Slope_AroundMorePoints_ChangesLittle() => Experiment.JudgeNightly(Claim, AroundAPoint.Plan, Judge);

    /// <summary>
    /// The slopes at the centres differ by 0.08 on average. One centre of 250 that falls back keeps the figure from being reproduced.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("growing", 0.04, PaperCentres, true, Verdict.Reproduced)]
    [InlineData("growing", 0.04, 20, true, Verdict.Partly)]
    [InlineData("growing but once", 0.04, PaperCentres, true, Verdict.Partly)]
    [InlineData("growing", 0.5, PaperCentres, true, Verdict.NotReproduced)]
    [InlineData("growing", 0.08, PaperCentres, true, Verdict.Inconclusive)]
    [InlineData("falling", 0.04, PaperCentres, true, Verdict.NotReproduced)]
    [InlineData("half growing", 0.04, PaperCentres, true, Verdict.Inconclusive)]
    [InlineData("growing", 0.04, PaperCentres, false, Verdict.Inconclusive)]
    public void SyntheticChanges_AreJudgedByTheRule(string shape, double largest, int count, bool papersTraining, Verdict verdict) =>
        Decide(Centres(shape, largest, count), papersTraining).Verdict.Should().Be(verdict);

    [Claim(Claim, Role.Control)]
    public void HalfOfThePoints_WithAnotherOutcome_IsReported() =>
        Decide([.. Centres("growing", 0.04).Select(one => one with { OfHalf = [.. one.OfHalf.Reverse()] })], true)
            .Reason.Should().Contain("another outcome");

    /// <summary>
    /// The rates stated in claims.md. Every mean over a sphere has a normal error. As published: changes grow in proportion to the radius
    /// to 0.025, where two centres differ by 0.17. False: they do not depend on the radius, or at the largest radius they are as large as
    /// between two centres.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("as published", 0.9, 1)]
    [InlineData("constant", 0, 0)]
    [InlineData("as large as between centres", 0, 0.1)]
    public void ScatteredChanges_AreReproduced_AsOftenAsStated(string changes, double least, double most)
    {
        const int Count = 100;
        var generator = Seed.Of(("claim", Claim), ("control", "scatter"), ("changes", changes)).Generator();
        var largest = changes == "as large as between centres" ? 0.17 : 0.025;
        bool IsReproduced(int draw)
        {
            var centres = Enumerable.Range(0, PaperCentres).Select(_ =>
            {
                // Deviations of the slopes at the centres and of a change over points: 0.15 and 0.6 of the mean; 500 points.
                var height = largest * Math.Exp(0.3 * StandardNormal.Next(generator));
                double Share(int k) => changes == "constant" ? 1 : (k + 0.01) / (Radii - 1);
                double[] means = [.. Enumerable.Range(0, Radii).Select(k => height * Share(k))];
                double[] errors = [.. means.Select(mean => 0.6 * mean / Math.Sqrt(500))];
                double[] found = [.. means.Zip(errors, (mean, error) => mean + (error * StandardNormal.Next(generator)))];
                return new Surroundings(8 * (1 + (0.15 * StandardNormal.Next(generator))), found, errors, found);
            }).ToList();
            return Decide(centres, true).Verdict == Verdict.Reproduced;
        }

        var what = $"share of synthetic figures that are reproduced, changes {changes}";
        DrawnRate.Of(what, Count, IsReproduced, $"between {least} and {most}").Should().BeInRange(least, most);
    }

    private static List<Surroundings> Centres(string shape, double largest, int count = PaperCentres)
    {
        double Change(int centre, int radius) => shape switch
        {
            "falling" => Radii + 1 - radius,
            "half growing" when centre % 2 == 0 => Radii + 1 - radius,
            "growing but once" when centre == 0 && radius == Radii => Radii - 2,
            _ => radius,
        } / (double)Radii;
        return [.. Enumerable.Range(0, count).Select(centre =>
        {
            // Neighbouring radii are several errors apart; the slopes at the centres are 8, 8.8 and 9.6.
            var height = largest * (1 + (0.01 * (centre % 5)));
            double[] changes = [.. Enumerable.Range(1, Radii).Select(radius => height * Change(centre, radius))];
            return new Surroundings(8 + (0.8 * (centre % 3)), changes, [.. changes.Select(_ => height / (10 * Radii))], changes);
        })];
    }

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
                "small: below the mean relative difference to the slope at another centre, α = 0.05") with
            {
                Series = means,
                Samples = cell.Centres.Count,
            });
            Evidence.Record(result.Figure(
                "mean relative difference to the slope at another centre",
                cell.Centres.Average(centre => BetweenCentres(centre, cell.Centres)),
                "what the change at the largest radius is held against") with
            {
                Samples = cell.Centres.Count,
            });
            foreach (var centre in cell.Centres.Take(20))
            {
                Evidence.Record(result.Figure(
                    "Kendall's τ of radius and change at one centre; the series has the changes",
                    Tau(centre.Changes),
                    $"grows: p ≤ {AlphaOfCentre}, and no step falls beyond its sampling error") with
                {
                    Series = centre.Changes,
                    Samples = cell.Samples,
                });
            }
        }

        var papers = cells.All(cell => TrainedRun.IsPapersTraining(cell.Training));
        return Decide([.. cells.SelectMany(cell => cell.Centres)], papers);
    }

    private static (Verdict Verdict, string Reason) Decide(List<Surroundings> centres, bool papersTraining)
    {
        var (grows, small) = (Growing(centres, centre => centre.Changes, 1), Small(centres, centre => centre.Changes));
        var ofHalf = (Growing(centres, centre => centre.OfHalf, 2).Outcome, Small(centres, centre => centre.OfHalf));
        var verdict = !papersTraining ? Verdict.Inconclusive
            : grows.Outcome == Outcome.Failed || small == Outcome.Failed ? Verdict.NotReproduced
            : grows.Outcome == Outcome.Met && small == Outcome.Met && centres.Count >= PaperCentres ? Verdict.Reproduced
            : grows.Most && small == Outcome.Met ? Verdict.Partly
            : Verdict.Inconclusive;
        return (
            verdict,
            $"the change grows with the radius at {grows.Count} of {centres.Count} centres, and at the largest is "
                + $"{centres.Average(centre => centre.Changes[^1]):F3} on average, where another centre's slope differs by "
                + $"{centres.Average(centre => BetweenCentres(centre, centres)):F3}"
                + (papersTraining ? "" : "; the network does not have the paper's training")
                + (ofHalf == (grows.Outcome, small) ? "" : "; half of the points a sphere give another outcome"));
    }

    // A centre counts when the trend rises and no step between neighbouring radii falls beyond the sampling error, whose square is a
    // multiple of that of the changes over all points.
    private static (Outcome Outcome, int Count, bool Most) Growing(
        List<Surroundings> centres, Func<Surroundings, IReadOnlyList<double>> changes, int multiple)
    {
        var steps = (from i in Enumerable.Range(0, centres.Count)
                     let values = changes(centres[i])
                     from k in Enumerable.Range(1, values.Count - 1)
                     let variance = multiple * (Math.Pow(centres[i].Errors[k - 1], 2) + Math.Pow(centres[i].Errors[k], 2))
                     let fall = values[k - 1] - values[k]
                     select (Centre: i, PValue: fall <= 0 ? 1 : Normal.CDF(0, 1, -fall / Math.Sqrt(variance)))).ToList();
        var back = Holm.Adjust([.. steps.Select(step => step.PValue)]).Zip(steps)
            .Where(one => one.First <= Alpha).Select(one => one.Second.Centre).ToHashSet();
        var count = Enumerable.Range(0, centres.Count).Count(i => !back.Contains(i) && Rises(changes(centres[i])));
        bool Sure(int successes) => BinomialTest.UpperTail(successes, centres.Count, 0.5) <= Alpha;
        var outcome = count == centres.Count ? Outcome.Met : Sure(centres.Count - count) ? Outcome.Failed : Outcome.Undecided;
        return (outcome, count, Sure(count));
    }

    // The change at the largest radius beside the difference to another centre, over centres.
    private static Outcome Small(List<Surroundings> centres, Func<Surroundings, IReadOnlyList<double>> changes)
    {
        double[] excess = [.. centres.Select(centre => changes(centre)[^1] - BetweenCentres(centre, centres))];
        return Part.Judge([Part.Below("change less the difference to another centre", excess, 0, 2)], Alpha)[0];
    }

    private static double BetweenCentres(Surroundings centre, IReadOnlyList<Surroundings> all) =>
        all.Where(other => !ReferenceEquals(other, centre)).Average(other => Math.Abs(other.Slope - centre.Slope)) / centre.Slope;

    private static bool Rises(IReadOnlyList<double> changes) =>
        Tau(changes) is var tau && !double.IsNaN(tau) && Kendall.UpperTail(tau, changes.Count) <= AlphaOfCentre;

    private static double Tau(IReadOnlyList<double> changes) =>
        Kendall.TauB([.. Enumerable.Range(0, changes.Count).Select(k => (double)k)], [.. changes]);
}
