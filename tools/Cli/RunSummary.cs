using Reproduce.Claims.Harness;
using Reproduce.Report;
using Spectre.Console;

namespace Reproduce.Cli;

/// <summary>What a run found, on one screen of 80 columns: a line a paper, and what is surprising.</summary>
internal static class RunSummary
{
    // More would push the table off the screen.
    private const int MostSurprises = 12;

    private static readonly (string Heading, Verdict Verdict)[] Theory =
        [("holds", Verdict.Holds), ("amended", Verdict.HoldsAmended), ("refuted", Verdict.Refuted)];

    private static readonly (string Heading, Verdict Verdict)[] Experiments =
    [
        ("reproduced", Verdict.Reproduced), ("partly", Verdict.Partly), ("not", Verdict.NotReproduced),
        ("undecided", Verdict.Inconclusive), ("pending", Verdict.Pending),
    ];

    private static readonly int NameWidth = Paper.All.Max(paper => paper.Id.Length);

    internal static void Write(IReadOnlyList<ClaimStatus> claims, TestOutcome outcome)
    {
        Screen.Line(Row("", one => one.Heading));
        foreach (var paper in Paper.All)
        {
            var verdicts = claims
                .Where(claim => claim.Claim.Paper == paper.Id && claim.Standing is not (Standing.Failing or Standing.NotRun))
                .CountBy(claim => claim.Verdict ?? Verdict.Pending)
                .ToDictionary(one => one.Key, one => one.Value);
            Screen.Line(Row(paper.Id, one => verdicts.TryGetValue(one.Verdict, out var count) ? $"{count}" : "·"));
        }

        var surprises = claims.Where(claim => claim.Standing is not (Standing.Decided or Standing.Pending))
            .OrderBy(claim => claim.Standing).ToList();
        foreach (var claim in surprises.Take(MostSurprises))
        {
            Screen.Paragraph($"{claim.Claim.Id} ({claim.Claim.Title}): {claim.Caption}", style: ClaimTable.Colour(claim));
        }

        if (surprises.Count > MostSurprises)
        {
            Screen.Paragraph($"and {surprises.Count - MostSurprises} more: ./reproduce claims");
        }

        foreach (var failure in outcome.Failures)
        {
            Screen.Remark($"FAILED {failure.Test}\n  {failure.Message.ReplaceLineEndings("\n  ")}");
        }

        var kills = claims.Select(claim => KillScore.Of(claim.Claim)).OfType<KillScore>().ToList();
        Screen.Paragraph($"Mutants caught: {KillScore.Counts(kills)}, by the tests of the {kills.Count} claims that list them.");
    }

    private static string Row(string name, Func<(string Heading, Verdict Verdict), string> cell)
    {
        string Cells((string Heading, Verdict Verdict)[] columns) =>
            string.Concat(columns.Select(column => $"  {cell(column).PadLeft(column.Heading.Length)}"));
        return $"{name.PadRight(NameWidth)}{Cells(Theory)}  {Cells(Experiments)}";
    }
}
