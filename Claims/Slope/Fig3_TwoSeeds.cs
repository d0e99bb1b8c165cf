using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Randomness;

namespace Reproduce.Claims.Slope;

/// <summary>Figure 3: two seeds give nearly the same distribution of the slope.</summary>
public sealed class Fig3_TwoSeeds
{
    private const string Claim = "slope.fig-3";

    [Claim(Claim, Category = Category.Empirical)]
    public void Distributions_OfTwoSeeds_NearlyAgree() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Distributions_OfTwoSeedsOfMoreNetworks_NearlyAgree() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    /// <summary>Mean distances of two seeds in standard deviations.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("small", 5, Verdict.Reproduced)]
    [InlineData("small", 4, Verdict.Partly)]
    [InlineData("large", 5, Verdict.NotReproduced)]
    [InlineData("large on mnist", 5, Verdict.Partly)]
    [InlineData("at the margin", 5, Verdict.Inconclusive)]
    [InlineData("small", 2, Verdict.Inconclusive)]
    public void SyntheticSeeds_AreJudgedByTheRule(string distances, int seeds, Verdict verdict)
    {
        double Distance(string data) => distances switch
        {
            "large" => 10,
            "large on mnist" when data == "mnist" => 10,
            "at the margin" => 0.5,
            _ => 0.1,
        };

        // For each architecture the five seeds are 0 to 4 in another order, on average 2 apart.
        double Place(string name, int seed) => seed * (1 + (TrainedRun.FullyConnected.ToList().IndexOf(name) % 4)) % 5;
        Decide(Synthetic.Connected(TrainedRun.AllData, seeds, (data, name, seed) =>
            Synthetic.Run(data, name, false, seed, 100 + (Distance(data) / 2 * Place(name, seed))))).Verdict.Should().Be(verdict);
    }

    /// <summary>
    /// The rates stated in claims.md: seeds shift the distributions of 12 architectures by a normal amount, a share of whose variance all
    /// architectures have in common; one data set.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.5, 0, 5, 0, 0.05)]
    [InlineData(0.5, 0.3, 5, 0, 0.05)]
    [InlineData(0.5, 1, 5, 0, 0.1)]
    [InlineData(0.5, 1, 3, 0, 0.1)]
    [InlineData(0.15, 0.3, 5, 0.8, 1)]
    [InlineData(0.15, 0.3, 3, 0.6, 0.9)]
    [InlineData(0.3, 0.3, 5, 0.4, 0.9)]
    [InlineData(0.5, 0.3, 10, 0, 0.03)]
    [InlineData(0.3, 0.3, 10, 0.8, 1)]
    public void NormalShifts_AreMet_AsOftenAsStated(double distance, double common, int seeds, double least, double most)
    {
        const int Count = 300;
        var generator = Seed.Of(
            ("claim", Claim), ("control", "normal shifts"), ("distance", distance), ("common", common), ("seeds", seeds)).Generator();

        bool IsMet(int draw)
        {
            var shift = Shifts(generator, distance, common, seeds);
            var runs = Synthetic.Connected("mnist", seeds, (name, seed) => Synthetic.Run("mnist", name, false, seed, 100 + shift(seed)));
            return new SlopeParts(runs, snapshot => snapshot.Two).OfFigure3()[0] == Outcome.Met;
        }

        var what = $"share that is met: mean distance {distance}, "
            + $"share {common} of the variance common to the architectures, {seeds} seeds";
        DrawnRate.Of(what, Count, IsMet, $"between {least} and {most}").Should().BeInRange(least, most);
    }

    /// <summary>The rates of both looks stated in claims.md: five seeds, and again all ten; one data set at the margin.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0, 0.04)]
    [InlineData(0.3, 0.08)]
    [InlineData(1, 0.12)]
    public void NormalShiftsAtTheMargin_AreDecidedByEitherLook_AsSeldomAsStated(double common, double mostMet)
    {
        var generator = Seed.Of(("claim", Claim), ("control", "two looks"), ("common", common)).Generator();
        List<Outcome[]> draws = [.. Enumerable.Range(0, 300).Select(_ =>
        {
            var shift = Shifts(generator, 0.5, common, 10);
            var ten = Synthetic.Connected("mnist", 10, (name, seed) => Synthetic.Run("mnist", name, false, seed, 100 + shift(seed)));
            List<TrainedRun> five = [.. ten.Where(run => !run.IsBeyondThePapersSeeds)];
            return (Outcome[])[.. new[] { five, ten }.Select(runs => new SlopeParts(runs, snapshot => snapshot.Two).OfFigure3()[0])];
        })];
        double Share(Outcome wanted) => DrawnRate.Of(
            $"share {wanted.InWords()} by either look: share {common} of the variance common to the architectures",
            draws.Count,
            draw => draws[draw].Contains(wanted),
            "that of claims.md");
        Share(Outcome.Met).Should().BeLessThanOrEqualTo(mostMet);
        Share(Outcome.Failed).Should().BeLessThanOrEqualTo(0.02);
    }

    /// <summary>More seeds than the paper's are judged at half of α, by Figure 3 on any data and by slope.width on images.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("mnist", 5, 0.01, 0.05)]
    [InlineData("mnist", 6, 0.005, 0.025)]
    [InlineData("covertype", 6, 0.005, 0.05)]
    public void MoreSeedsThanThePapers_HalveAlpha(string data, int seeds, double ofSeeds, double ofWidths)
    {
        var runs = Synthetic.Connected(data, seeds, (name, seed) => Synthetic.Run(data, name, false, seed, Synthetic.Seeded(seed)));
        var parts = new SlopeParts(runs, snapshot => snapshot.Two);
        (parts.AlphaOfSeeds, parts.AlphaOfWidths).Should().Be((ofSeeds, ofWidths));
    }

    /// <summary>The rate in claims.md: ten seeds as far apart as the first five, which shift each architecture by itself.</summary>
    [Claim(Claim, Role.Control)]
    public void TenSeeds_AsFarApartAsFive_AreNotReproduced_AsOftenAsStated()
    {
        double[] distances = [0.58, 0.67, 0.65, 0.37];
        var generator = Seed.Of(("claim", Claim), ("control", "ten seeds")).Generator();
        bool IsNotReproduced(int draw)
        {
            var shifts = TrainedRun.AllData.Zip(distances, (data, distance) => (data, Shift: Shifts(generator, distance, 0, 10)))
                .ToDictionary(one => one.data, one => one.Shift);
            return Decide(Synthetic.Connected(TrainedRun.AllData, 10, (data, name, seed) =>
                Synthetic.Run(data, name, false, seed, 100 + shifts[data](seed)))).Verdict == Verdict.NotReproduced;
        }

        DrawnRate.Of("share that is not reproduced: ten seeds as far apart as the first five", 200, IsNotReproduced, "between 0.1 and 0.35")
            .Should().BeInRange(0.1, 0.35);
    }

    /// <summary>Two samples of 750 from one normal distribution have the distance 0.07 that claims.md states.</summary>
    [Claim(Claim, Role.Control)]
    public void TwoSamplesOfOneLaw_HaveASmallDistance()
    {
        const int Count = 200;
        var generator = Seed.Of(("claim", Claim), ("control", "two samples")).Generator();
        SlopeDistribution Sample() =>
            SlopeDistribution.Of([.. Enumerable.Range(0, 750).Select(_ => MathNet.Numerics.Distributions.Normal.Sample(generator, 8, 1))]);
        var mean = Enumerable.Range(0, Count).Average(_ => Sample().DistanceTo(Sample()));
        Evidence.Record(new Measurement(
            "mean Wasserstein-1 distance of two samples of 750 from one normal distribution, over its deviation",
            mean,
            "claims.md states about 0.07")
        {
            Samples = Count,
        });
        mean.Should().BeInRange(0.06, 0.075);
    }

    // How an architecture's slopes shift from seed to seed, drawn anew at each call. Two normal numbers of deviation d are 2d/√π apart on
    // average.
    private static Func<int, double> Shifts(Random generator, double distance, double common, int seeds)
    {
        var deviation = distance * Math.Sqrt(Math.PI) / 2;
        double[] shared = [.. Enumerable.Range(0, seeds).Select(_ => StandardNormal.Next(generator))];
        return seed => deviation * ((Math.Sqrt(common) * shared[seed - 1]) + (Math.Sqrt(1 - common) * StandardNormal.Next(generator)));
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.OfAllSeeds(profile, results, "covertype");
        Drawings.Figure3(runs);
        var parts = new SlopeParts(runs, snapshot => snapshot.Two);
        foreach (var (data, outcome) in TrainedRun.AllData.Zip(parts.OfFigure3()))
        {
            parts.BetweenSeeds(data).Record(
                outcome,
                $"below {SlopeParts.SeedMargin}, α = {parts.AlphaOfSeeds} with Holm over the data sets; the error is over seeds");
        }

        return Decide(runs);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<TrainedRun> all)
    {
        var outcomes = new SlopeParts(all, snapshot => snapshot.Two).OfFigure3();
        var runs = all.Where(run => run.HasPapersTraining).ToList();
        var words = TrainedRun.AllData.Zip(outcomes, (data, outcome) => $"{data} {outcome.InWords()}");
        return (
            Outcomes.Majority(outcomes, TrainedRun.AllData.All(data => TrainedRun.Covers(runs, data, false, TrainedRun.PaperRuns))),
            $"{string.Join(", ", words)}; only networks with the paper's training are judged");
    }
}
