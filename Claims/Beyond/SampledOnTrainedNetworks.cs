using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Beyond;

namespace Reproduce.Claims.Beyond;

/// <summary>How much of PL0, PL1 and of intervals the papers' estimates see on trained MNIST networks of three widths and depths.</summary>
public sealed class SampledOnTrainedNetworks
{
    private const string Claim = "beyond.exact-tv.trained";
    private const double LowestAccuracy = 0.8;
    private static readonly int[] Depths = [1, 2, 3];
    private static readonly int[] Widths = [25, 64, 256];

    [Claim(Claim, Category = Category.Empirical)]
    public void Estimates_OnTrainedNetworks_AgainstTheExactValues() => Experiment.JudgeQuick(Claim, SampledOnTrained.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void Estimates_OnMoreTrainedNetworks_AgainstTheExactValues() => Experiment.JudgeNightly(Claim, SampledOnTrained.Plan, Judge);

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        var cells = results.Select(result => (Cell: result, Found: result.As<SampledResult>())).ToList();
        foreach (var (cell, found) in cells)
        {
            void Record(string quantity, double value, string rule, params double[] series) =>
                Evidence.Record(cell.Figure(quantity, value, rule) with
                {
                    Setting =
                        $"{cell.Name}, cell {cell.Hash} of {cell.Finished:yyyy-MM-dd HH:mm} UTC: test accuracy {found.TestAccuracy:F3}",
                    Series = series,
                });
            foreach (var (name, part) in new[] { ("PL0", found.PL0), ("PL1 (logit of the first image's digit)", found.PL1) })
            {
                Record(
                    $"share of {name} that 100 points see; "
                        + "the series has that of 10 points, the exact mean and the pieces a segment",
                    part.SeenBy100,
                    "at most 1",
                    part.SeenBy10,
                    part.Exact,
                    found.Pieces);
            }

            Record(
                "share of GI that a grid of 100 steps a ray makes longer by more than a step; "
                    + "the series has the mean absolute error, the exact mean and the share of capped ones",
                found.GI.Overestimated,
                "no rule",
                found.GI.Error,
                found.GI.Exact,
                found.GI.Capped);
        }

        return Decide([.. cells.Select(cell => Of(cell.Found))]);
    }

    /// <summary>The rule on synthetic shares.</summary>
    [Claim(Claim, Role.Control)]
    public void SyntheticShares_AreJudgedByTheRule()
    {
        static Verdict Decided(Func<Run, Run> change) => Decide(
        [
            .. from depth in Depths
               from width in Widths
               select change(new Run(depth, width, 0.9, 0, 0, 0.995, 1 - (0.001 * depth * width))),
        ]).Verdict;
        Decided(run => run).Should().Be(Verdict.Reproduced);
        Decided(run => run with { Function = 0.98 }).Should().Be(Verdict.Partly);
        Decided(run => run.Depth == 3 ? run with { Gradient = 0.9 } : run).Should().Be(Verdict.Partly, "it does not fall there");
        Decided(run => run.Width == 64 ? run with { Accuracy = 0.5 } : run).Should().Be(Verdict.Inconclusive);
        Decided(run => run with { Excess = 1e-6 }).Should().Be(Verdict.NotReproduced);
        Decided(run => run with { Short = 1e-3 }).Should().Be(Verdict.NotReproduced);
        Decided(run => run with { Function = 0.5, Gradient = 1 }).Should().Be(Verdict.Inconclusive, "nothing of what is stated holds");
    }

    private sealed record Run(int Depth, int Width, double Accuracy, double Excess, double Short, double Function, double Gradient);

    private static Run Of(SampledResult found) => new(
        found.Depth,
        found.Width,
        found.TestAccuracy,
        Math.Max(found.PL0.Excess, found.PL1.Excess),
        found.GI.Shortfall,
        found.PL0.SeenBy100,
        found.PL1.SeenBy100);

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Run> runs)
    {
        bool Falls(IEnumerable<Run> inOrder) => inOrder.Zip(inOrder.Skip(1)).All(pair => pair.Second.Gradient < pair.First.Gradient);
        bool[] met =
        [
            runs.All(run => run.Function >= 0.99),
            runs.Where(run => run.Width == Widths[^1]).All(run => run.Gradient < 0.95),
            runs.GroupBy(run => run.Depth).All(group => Falls(group.OrderBy(run => run.Width))),
            runs.GroupBy(run => run.Width).All(group => Falls(group.OrderBy(run => run.Depth))),
        ];
        var reason =
            $"100 points see {runs.Min(run => run.Function):F4} to {runs.Max(run => run.Function):F4} of PL0 and "
            + $"{runs.Min(run => run.Gradient):F3} to {runs.Max(run => run.Gradient):F3} of PL1 on {runs.Count} networks, one seed each; "
            + $"{met.Count(one => one)} of the {met.Length} statements hold";
        var verdict = runs.Any(run => run.Excess > 1e-9 || run.Short > 1e-7) ? Verdict.NotReproduced
            : runs.Any(run => run.Accuracy < LowestAccuracy) || !met.Any(one => one) ? Verdict.Inconclusive
            : met.All(one => one) ? Verdict.Reproduced
            : Verdict.Partly;
        return (verdict, reason);
    }
}
