using System.Text;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The report as Markdown: the table, what is not right as printed, every claim.</summary>
public static class ReportMarkdown
{
    /// <summary>The whole story of a claim, in Markdown.</summary>
    /// <param name="status">The claim.</param>
    public static string Section(ClaimStatus status)
    {
        var claim = status.Claim;
        var text = new StringBuilder();
        text.AppendLine($"### {claim.Id} · {claim.Title}\n");
        text.AppendLine($"**{status.Caption}** ({claim.Place}). {Numbers.InText(status.Summary)}.\n");
        if (status.RefutedBases.Count > 0)
        {
            text.AppendLine($"Conditional: the paper's proof relies on {string.Join(", ", status.RefutedBases)}, refuted. What was checked here stands.\n");
        }

        if (StandardSize.Sentence(status) is { } standard)
        {
            text.AppendLine($"{standard}\n");
        }

        foreach (var (label, content) in claim.Sections)
        {
            text.AppendLine(label.Length > 0 ? $"**{label}.** {content}\n" : $"{content}\n");
        }

        var measurements = status.Evidence.SelectMany(file => file.Measurements.Select(measurement => (file, measurement))).ToList();
        if (measurements.Count > 0)
        {
            text.AppendLine("| test | role | measured | value | held against | n | seed, data |");
            text.AppendLine("|---|---|---|---|---|---|---|");
            foreach (var (file, measurement) in measurements)
            {
                text.AppendLine(
                    $"| {file.Test} | {Camel(file.Role)} | {Words(measurement.Quantity)}{(measurement.Setting is { } setting ? $" ({Words(setting)})" : "")} | {Number(measurement)} | {Words(measurement.Rule)} | {measurement.Samples} | {Cell(string.Join("; ", new[] { measurement.Seed, measurement.Data }.Where(part => part is not null)))} |");
            }

            text.AppendLine();
        }

        var silent = status.Evidence.Where(file => file.Measurements.Count == 0).Select(file => $"{file.Test} ({Camel(file.Role)}, {file.Outcome})").ToList();
        if (silent.Count > 0)
        {
            text.AppendLine($"Solved by hand in the test, without a figure to report: {string.Join(", ", silent)}.\n");
        }

        if (claim.Kills.Count > 0)
        {
            text.AppendLine($"{KillScore.Sentence(claim, name => name)}\n");
        }

        if (status.Evidence is [var first, ..])
        {
            text.AppendLine($"{first.Stamp.Device}, {first.Stamp.Library}, {first.Stamp.Runtime}, {first.Stamp.Cores} cores; commit {first.Stamp.Commit}, build {first.Stamp.Build}; {Numbers.Seconds(status.Evidence.Sum(file => file.Seconds))}. Replay: `{ReportJson.Replay(status)}`");
        }

        return text.ToString();
    }

    internal static string Of(IReadOnlyList<ClaimStatus> claims)
    {
        var text = new StringBuilder();
        text.AppendLine("# Claims and evidence\n");
        text.AppendLine($"{string.Join(", ", claims.GroupBy(claim => claim.Words).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}"))}; {claims.Count(claim => claim.RefutedBases.Count > 0)} of them conditional.");
        text.AppendLine($"Made {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC from the claims' entries and the evidence of build {Stamp.Here.Build} (commit {Stamp.Here.Commit}).\n");
        var kills = claims.Select(claim => KillScore.Of(claim.Claim)).OfType<KillScore>().ToList();
        if (kills.Count > 0)
        {
            text.AppendLine($"Mutants caught: {KillScore.Counts(kills)}.\n");
        }

        text.AppendLine($"The column *standard* is the verdict at the standard size, {StandardSize.Source}.\n");
        text.AppendLine("| claim | what it says | kind | verdict | standard | evidence |");
        text.AppendLine("|---|---|---|---|---|---|");
        foreach (var claim in claims)
        {
            text.AppendLine($"| {claim.Claim.Id} | {Cell(claim.Claim.Title)} | {Camel(claim.Claim.Kind)} | {claim.Caption} | {StandardSize.Words(claim)} | {Words(claim.Summary)} |");
        }

        text.AppendLine();
        text.AppendLine(Errata(claims));
        foreach (var claim in claims)
        {
            text.AppendLine(Section(claim));
        }

        return text.ToString();
    }

    // The places where the printed words are false, each with what shows it and what is true instead.
    private static string Errata(IReadOnlyList<ClaimStatus> claims)
    {
        var wrong = claims.Where(claim => claim.Verdict is Verdict.Refuted or Verdict.HoldsAmended).ToList();
        var text = new StringBuilder();
        text.AppendLine($"## Not right as printed\n");
        text.AppendLine($"{wrong.Count} places: {wrong.Count(claim => claim.Verdict == Verdict.Refuted)} refuted, {wrong.Count(claim => claim.Verdict == Verdict.HoldsAmended)} in need of one more hypothesis.\n");
        text.AppendLine("| claim | place | counterexample | repaired |");
        text.AppendLine("|---|---|---|---|");
        foreach (var claim in wrong.Select(status => status.Claim))
        {
            text.AppendLine($"| {claim.Id} | {Cell(claim.Place)} | {Cell(claim.Sections.GetValueOrDefault("Counterexample", ""))} | {Cell(claim.Sections.GetValueOrDefault("Repaired", ""))} |");
        }

        return text.ToString();
    }

    private static string Number(Measurement measurement) =>
        $"{Numbers.Value(measurement)} {Numbers.Series(measurement)}".TrimEnd();

    // Of the evidence, in a cell.
    private static string Words(string text) => Cell(Numbers.InText(text));

    // What a cell of a table can hold.
    internal static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static string Camel<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
