using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope;

/// <summary>Section 6: what is found for p = 2 carries over to p = 1 and p = ∞.</summary>
public sealed class Remark_OtherNorms
{
    private const string Claim = "slope.p-other";

    private static readonly IReadOnlyList<string> Parts =
    [
        "Fig. 2 (a)", "Fig. 2 (b)", "Fig. 2 (c)",
        .. TrainedRun.AllData.Select(data => $"Fig. 3, {data}"),
        .. TrainedRun.AllData.Select(data => $"Fig. 4 (a), fully connected, {data}"),
        .. TrainedRun.Images.Select(data => $"Fig. 4 (a), convolutional, {data}"),
        "Fig. 4 (b)", "Fig. 4 (c)",
    ];

    [Claim(Claim, Category = Category.Empirical)]
    public void FindingsOfThe2Slope_HoldForOtherNorms() => Experiment.JudgeQuick(Claim, TrainedNetworks.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void FindingsOfThe2SlopeOfMoreNetworks_HoldForOtherNorms() => Experiment.JudgeNightly(Claim, TrainedNetworks.Plan, Judge);

    /// <summary>
    /// What fails for p = 2 and for the others carries over. Three parts that carry over are not all 16; with none decided for p = 2, or
    /// one of the others undecided throughout, nothing does.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData("met", "met", "met", Verdict.Reproduced)]
    [InlineData("failed", "failed", "failed", Verdict.Reproduced)]
    [InlineData("met", "met", "failed", Verdict.NotReproduced)]
    [InlineData("met", "met", "5 failed, others met", Verdict.Partly)]
    [InlineData("3 met, others undecided", "met", "met", Verdict.Partly)]
    [InlineData("undecided", "met", "met", Verdict.Inconclusive)]
    [InlineData("met", "undecided", "met", Verdict.Inconclusive)]
    public void SyntheticOutcomes_AreJudgedByTheRule(string two, string one, string infinity, Verdict verdict)
    {
        static Outcome[] Of(string outcomes) => [.. Parts.Select((_, i) => outcomes switch
        {
            "met" => Outcome.Met,
            "failed" => Outcome.Failed,
            "5 failed, others met" => i < 5 ? Outcome.Failed : Outcome.Met,
            "3 met, others undecided" => i < 3 ? Outcome.Met : Outcome.Undecided,
            _ => Outcome.Undecided,
        })];
        Decide(Of(two), Of(one), Of(infinity)).Verdict.Should().Be(verdict);
    }

    /// <summary>Each p is taken from its own distribution: runs whose ∞-slopes alone depend on the width break.</summary>
    [Claim(Claim, Role.Control)]
    public void RunsThatDifferInOneNorm_BreakThere()
    {
        var runs = Synthetic.Connected("covertype", 3, (name, seed) =>
        {
            var run = Synthetic.Run("covertype", name, false, seed, Synthetic.Seeded(seed));
            var wide = Synthetic.Normal((name.EndsWith("200", StringComparison.Ordinal) ? 30 : 8) + (0.1 * (seed % 3)), 1);
            return run with { Network = run.Network with { Best = run.Best with { Infinity = wide } } };
        });
        var outcomes = OutcomesOf(runs);
        outcomes[0][1].Should().Be(Outcome.Met);
        outcomes[1][1].Should().Be(Outcome.Met);
        outcomes[2][1].Should().Be(Outcome.Failed);
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var runs = TrainedRun.Of(profile, results, "covertype");
        foreach (var run in runs.Where(run => run.HasPapersTraining))
        {
            var (initial, best) = (run.Network.Initial, run.Best);
            Evidence.Record(run.Figure(
                "mean 1-slope of the optimal model; the series has the means for p = 1, 2, ∞ before training and at the optimal model",
                best.One.Mean,
                "enters the parts of Figures 2 to 4") with
            {
                Series = [initial.One.Mean, initial.Two.Mean, initial.Infinity.Mean, best.One.Mean, best.Two.Mean, best.Infinity.Mean],
            });
        }

        var outcomes = OutcomesOf(runs);
        for (var i = 0; i < Parts.Count; i++)
        {
            if (outcomes[0][i] != Outcome.Undecided)
            {
                Evidence.Record(new Measurement(
                    $"{Parts[i]}: outcome for p = 2 (1 met, −1 failed, 0 undecided); the series has p = 1 and ∞",
                    Number(outcomes[0][i]),
                    "carries over when both others are the same")
                {
                    Series = [Number(outcomes[1][i]), Number(outcomes[2][i])],
                });
            }
        }

        return Decide(outcomes[0], outcomes[1], outcomes[2]);
    }

    // For p = 2, 1, ∞.
    private static Outcome[][] OutcomesOf(IReadOnlyList<TrainedRun> runs) =>
        [.. new Func<Snapshot, SlopeDistribution>[] { one => one.Two, one => one.One, one => one.Infinity }.Select(norm =>
        {
            var parts = new SlopeParts(runs, norm);
            return (Outcome[])[.. parts.OfFigure2(), .. parts.OfFigure3(), .. parts.OfSpreads(), .. parts.OfKinds()];
        })];

    private static double Number(Outcome outcome) => outcome switch { Outcome.Met => 1, Outcome.Failed => -1, _ => 0 };

    private static (Verdict Verdict, string Reason) Decide(Outcome[] two, Outcome[] one, Outcome[] infinity)
    {
        static bool Opposite(Outcome a, Outcome b) => Number(a) * Number(b) < 0;
        int[] counted = [.. Enumerable.Range(0, two.Length).Where(i => two[i] != Outcome.Undecided)];
        int[] carries = [.. counted.Where(i => one[i] == two[i] && infinity[i] == two[i])];
        int[] breaks = [.. counted.Where(i => Opposite(one[i], two[i]) || Opposite(infinity[i], two[i]))];
        var verdict = breaks.Length > carries.Length ? Verdict.NotReproduced
            : carries.Length == two.Length ? Verdict.Reproduced
            : carries.Length > 0 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (
            verdict,
            $"{counted.Length} of {two.Length} parts are decided for p = 2; carried over: {Names(carries)}; broken: {Names(breaks)}");
    }

    private static string Names(int[] parts) => parts.Length == 0 ? "none" : string.Join(", ", parts.Select(i => Parts[i]));
}
