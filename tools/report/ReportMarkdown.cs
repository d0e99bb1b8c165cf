using System.Text;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The report as Markdown: the table, what is not right as printed, every claim.</summary>
internal static class ReportMarkdown
{
    internal static string Of(IReadOnlyList<ClaimView> views, DateTime generated)
    {
        List<ClaimStatus> claims = [.. views.Select(view => view.Status)];
        var text = new StringBuilder();
        var conditional = claims.Count(claim => claim.RefutedBases.Count > 0);
        var stamp = Stamp.WithoutLibtorch;
        text.AppendLine("# Claims and evidence\n");
        text.AppendLine($"{Sentences.Verdicts(claims)}; {conditional} of them conditional.");
        text.Append($"Made {generated:yyyy-MM-dd HH:mm} UTC from the claims' entries ");
        text.AppendLine($"and the evidence of build {stamp.Build} (commit {stamp.Commit}).\n");
        var kills = claims.Select(claim => KillScore.Of(claim.Claim)).OfType<KillScore>().ToList();
        if (kills.Count > 0)
        {
            text.AppendLine($"Mutants caught: {KillScore.Counts(kills)}.\n");
        }

        text.AppendLine($"The column *standard* is the verdict at the standard size, {StandardSize.Source}.\n");
        Table(
            text,
            ["claim", "what it says", "kind", "verdict", "standard", "evidence"],
            claims.Select(claim => new[]
            {
                claim.Claim.Id, claim.Claim.Title, Word(claim.Claim.Kind), claim.Caption, StandardSize.Words(claim),
                Numbers.InText(claim.Summary),
            }));
        Errata(text, claims);
        foreach (var view in views)
        {
            Section(text, view);
        }

        return text.ToString();
    }

    /// <summary>What a cell of a table can hold.</summary>
    internal static string Cell(string? text) => (text ?? "").ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>A table and a blank line.</summary>
    internal static void Table(StringBuilder text, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string?>> rows)
    {
        text.AppendLine($"| {string.Join(" | ", headings)} |");
        text.AppendLine($"|{string.Concat(headings.Select(_ => "---|"))}");
        foreach (var row in rows)
        {
            text.AppendLine($"| {string.Join(" | ", row.Select(Cell))} |");
        }

        text.AppendLine();
    }

    // What is false as printed, with what shows it and what is true instead.
    private static void Errata(StringBuilder text, IReadOnlyList<ClaimStatus> claims)
    {
        var wrong = claims.Where(claim => claim.Verdict is Verdict.Refuted or Verdict.HoldsAmended).ToList();
        var refuted = wrong.Count(claim => claim.Verdict == Verdict.Refuted);
        text.AppendLine("## Not right as printed\n");
        text.Append($"{Sentences.Counted(wrong.Count, "claim")}: {refuted} refuted, {wrong.Count - refuted} amended. ");
        text.AppendLine($"Each error of a paper counted once: {PageErrors.Counts(claims)}.\n");
        Table(
            text,
            ["claim", "place", "counterexample", "repaired"],
            wrong.Select(status => status.Claim).Select(claim => new[]
            {
                claim.Id, claim.Place, claim.Sections.GetValueOrDefault("Counterexample"), claim.Sections.GetValueOrDefault("Repaired"),
            }));
    }

    // The whole story of a claim.
    private static void Section(StringBuilder text, ClaimView view)
    {
        var (status, claim) = (view.Status, view.Claim);
        text.AppendLine($"### {claim.Id} · {claim.Title}\n");
        if (view.Question is { } question)
        {
            text.AppendLine($"*{question.Text}* {view.Answer}".TrimEnd() + "\n");
        }

        text.AppendLine($"**{status.Caption}** ({claim.Place}). {Numbers.InText(status.Summary)}.\n");
        foreach (var sentence in new[] { Sentences.Conditional(status), StandardSize.Sentence(status) }.OfType<string>())
        {
            text.AppendLine($"{sentence}\n");
        }

        foreach (var run in view.Runs.Where(run => run.IsCommitted && run.Reason.Length > 0))
        {
            text.AppendLine($"**{run.SizeWord} size: {run.Words}.** {Numbers.InText(run.Reason)} ({run.Origin}).\n");
        }

        if (view.IsUndecided && claim.WouldDecide is { } decides)
        {
            text.AppendLine($"**Would decide.** {decides}\n");
        }

        foreach (var (label, content) in claim.Sections)
        {
            text.AppendLine(label.Length > 0 ? $"**{label}.** {content}\n" : $"{content}\n");
        }

        var tests = TestEvidence.Of(status).Where(test => test.Files.Count > 0).ToList();
        List<(TestEvidence Test, Measurement One)> measurements =
            [.. from test in tests from file in test.Files from one in file.Measurements select (test, one)];
        if (measurements.Count > 0)
        {
            Table(
                text,
                ["test", "role", "measured", "value", "held against", "n", "seed, data"],
                measurements.Select(row => Measured(row.Test, row.One)));
        }

        var silent = tests.Where(test => test.Files.All(file => file.Measurements.Count == 0)).ToList();
        if (silent.Count > 0)
        {
            var names = silent.Select(test => $"{test.Caption} ({Word(test.Role)}, {test.Outcome})");
            text.AppendLine($"Solved by hand in the test, without a figure to report: {string.Join(", ", names)}.\n");
        }

        var failed = status.Evidence.Where(file => file.Outcome == "failed").Select(file => file.Test).ToList();
        if (failed.Count > 0)
        {
            text.AppendLine($"Failed: {string.Join(", ", failed)}.\n");
        }

        if (claim.Kills.Count > 0)
        {
            text.AppendLine($"{KillScore.Sentence(claim, name => name)}\n");
        }

        if (Sentences.Provenance(status) is { } provenance)
        {
            text.AppendLine($"{provenance} Replay: `{ReportJson.Replay(status)}`");
        }

        text.AppendLine();
    }

    private static string?[] Measured(TestEvidence test, Measurement one)
    {
        var setting = one.Setting is null ? "" : $" ({one.Setting})";
        return
        [
            test.Caption,
            Word(test.Role),
            Numbers.InText($"{one.Quantity}{setting}"),
            $"{Numbers.Value(one)} {Numbers.Series(one)}".TrimEnd(),
            Numbers.InText(one.Rule),
            one.Samples?.ToString(),
            string.Join("; ", new[] { one.Seed, one.Data }.Where(part => part is not null)),
        ];
    }

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
