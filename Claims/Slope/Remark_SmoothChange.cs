using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Randomness;

namespace Reproduce.Claims.Slope;

/// <summary>Abstract and section 4.4: away from a training point the slope changes smoothly; no jump is to be seen.</summary>
public sealed class Remark_SmoothChange
{
    private const string Claim = "slope.smooth-change";
    private const double Alpha = 0.05;
    private const double AlphaOfCentre = 0.01;
    private const double Share = 0.5;
    private const int PaperCentres = Fig6_AroundAPoint.PaperCentres;

    [Claim(Claim, Category = Category.Empirical)]
    public void Slope_AroundAPoint_HasNoJump() => Experiment.JudgeQuick(Claim, AroundAPoint.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Slope_AroundMorePoints_HasNoJump() => Experiment.JudgeNightly(Claim, AroundAPoint.Plan, Judge);

    /// <summary>Sixteen radii; one step holds a share of the whole change, at one centre of five and at the others.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.1, 0.1, PaperCentres, true, Verdict.Reproduced)]
    [InlineData(0.1, 0.1, 20, true, Verdict.Partly)]
    [InlineData(0.9, 0.1, PaperCentres, true, Verdict.Partly)]
    [InlineData(0.9, 0.9, PaperCentres, true, Verdict.NotReproduced)]
    [InlineData(0.5, 0.5, PaperCentres, true, Verdict.Inconclusive)]
    [InlineData(0.1, 0.1, PaperCentres, false, Verdict.Inconclusive)]
    public void SyntheticSteps_AreJudgedByTheRule(double ofOne, double ofOthers, int count, bool papersTraining, Verdict verdict) =>
        Decide([.. Enumerable.Range(0, count).Select(centre => Centre(centre % 5 == 0 ? ofOne : ofOthers, centre % 15))], papersTraining)
            .Verdict.Should().Be(verdict);

    /// <summary>
    /// The rates stated in claims.md. As published: changes in proportion to the radius. False: the whole change comes at one radius.
    /// Every mean over 500 points has a normal error, as found for slope.fig-6.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(false, 0.9, 1)]
    [InlineData(true, 0, 0)]
    public void ScatteredChanges_AreReproduced_AsOftenAsStated(bool jumps, double least, double most)
    {
        const int Count = 100;
        var generator = Seed.Of(("claim", Claim), ("control", "scatter"), ("jumps", jumps ? "yes" : "no")).Generator();
        Surroundings Draw()
        {
            var (jump, height) = (generator.Next(1, 16), 0.025 * Math.Exp(0.3 * StandardNormal.Next(generator)));
            double[] means = [.. Enumerable.Range(0, 16).Select(k => height * (!jumps ? (k + 0.01) / 15 : k < jump ? 0.001 : 1))];
            double[] errors = [.. means.Select(mean => 0.6 * mean / Math.Sqrt(500))];
            double[] found = [.. means.Zip(errors, (mean, error) => mean + (error * StandardNormal.Next(generator)))];
            return new Surroundings(8, found, errors, found);
        }

        bool IsReproduced(int draw) =>
            Decide([.. Enumerable.Range(0, PaperCentres).Select(_ => Draw())], true).Verdict == Verdict.Reproduced;
        var what = $"share of synthetic figures that are reproduced, {(jumps ? "with" : "without")} jumps";
        DrawnRate.Of(what, Count, IsReproduced, $"between {least} and {most}").Should().BeInRange(least, most);
    }

    // A curve to 0.025 of which one step holds a share, with errors of 3 % of the change.
    private static Surroundings Centre(double share, int jump)
    {
        double[] changes = [.. Enumerable.Range(0, 16)
            .Select(k => 0.025 * ((k > jump ? share : 0) + ((1 - share) * (k > jump ? k - 1 : k) / 14)))];
        return new(8, changes, [.. changes.Select(change => 0.03 * change)], changes);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var cells = results.Select(result => result.As<SurroundingsResult>()).ToList();
        foreach (var (cell, result) in cells.Zip(results))
        {
            double[] shares = [.. cell.Centres.Select(centre => Largest(centre).Share).Order()];
            Evidence.Record(result.Figure(
                "largest share of a step between neighbouring radii in the whole change, over centres; the series has all centres",
                shares[^1],
                $"below {Share} at every centre, each with p ≤ {AlphaOfCentre}") with
            {
                Series = shares,
                Samples = cell.Centres.Count,
            });
        }

        return Decide([.. cells.SelectMany(cell => cell.Centres)], cells.All(cell => TrainedRun.IsPapersTraining(cell.Training)));
    }

    private static (Verdict Verdict, string Reason) Decide(List<Surroundings> centres, bool papersTraining)
    {
        var found = centres.Select(Largest).ToList();
        var jumps = Holm.Adjust([.. found.Select(one => Normal.CDF(0, 1, -one.Excess))]).Count(p => p <= Alpha);
        var smooth = found.Count(one => Normal.CDF(0, 1, one.Excess) <= AlphaOfCentre);
        bool Sure(int successes) => BinomialTest.UpperTail(successes, centres.Count, 0.5) <= Alpha;
        var verdict = !papersTraining ? Verdict.Inconclusive
            : Sure(jumps) ? Verdict.NotReproduced
            : smooth == centres.Count && centres.Count >= PaperCentres ? Verdict.Reproduced
            : Sure(smooth) ? Verdict.Partly
            : Verdict.Inconclusive;
        return (
            verdict,
            $"{smooth} of {centres.Count} centres without a jump, {jumps} with one; a step holds at most "
                + $"{found.Max(one => one.Share):F2} of the change"
                + (papersTraining ? "" : "; the network does not have the paper's training"));
    }

    // The largest step between neighbouring radii, over the difference of the largest and the smallest change; and by how many errors it
    // exceeds the share that counts as a jump.
    private static (double Share, double Excess) Largest(Surroundings centre)
    {
        var (changes, errors) = (centre.Changes, centre.Errors);
        var (least, most) = (changes.Min(), changes.Max());
        var k = Enumerable.Range(1, changes.Count - 1).MaxBy(i => Math.Abs(changes[i] - changes[i - 1]));
        var step = Math.Abs(changes[k] - changes[k - 1]);
        double Square(int i) => errors[i] * errors[i];
        var error = Math.Sqrt(Square(k) + Square(k - 1)
            + (Share * Share * (Square(changes.ToList().IndexOf(least)) + Square(changes.ToList().IndexOf(most)))));
        return (step / (most - least), (step - (Share * (most - least))) / error);
    }
}
