using System.Globalization;
using System.Text;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Report;

/// <summary>What a profile gave, as Markdown: verdicts, the papers' tables beside ours, what has not been run.</summary>
public static class ResultsDocument
{
    /// <summary>The document.</summary>
    /// <param name="profile">Its name.</param>
    /// <param name="experiments">Each with the number of its cells and those that are done.</param>
    /// <param name="evidence">Of the nightly tests.</param>
    public static string Of(string profile, IReadOnlyList<(ExperimentPlan Plan, int Cells, IReadOnlyList<CellResult> Done)> experiments, IReadOnlyList<EvidenceFile> evidence)
    {
        var text = new StringBuilder();
        var done = experiments.SelectMany(one => one.Done).ToList();
        text.AppendLine($"# The {profile} profile, {DateTime.UtcNow.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}\n");
        text.AppendLine($"Written by `./reproduce nightly summary --profile {profile}` at commit {Stamp.Here.Commit} (build {Stamp.Here.Build}): {Stamp.Here.Library}, {Stamp.Here.Runtime}, {Stamp.Here.Cores} cores, {string.Join(" and ", done.Select(cell => cell.Key["device"]).Distinct().DefaultIfEmpty("cpu"))}.");
        text.AppendLine(done.Count == 0 ? "No cell has been run.\n" : $"{done.Count} cells, finished between {done.Min(cell => cell.Finished):yyyy-MM-dd HH:mm} and {done.Max(cell => cell.Finished):yyyy-MM-dd HH:mm} UTC.\n");

        text.AppendLine($"Data: {string.Join("; ", done.Select(cell => cell.Key["data"]).Where(data => data != "generated").Distinct().Order(StringComparer.Ordinal).DefaultIfEmpty("generated"))}.\n");
        text.AppendLine("## Verdicts\n");
        text.AppendLine("| claim | verdict | why |");
        text.AppendLine("|---|---|---|");
        foreach (var file in evidence.Where(file => file.Verdict is not null))
        {
            text.AppendLine($"| {file.Claim} | {file.Verdict!.Value.Words()}{(file.Outcome == "failed" ? ", **not what CLAIMS.md declares**" : "")} | {ReportMarkdown.Cell(file.Reason ?? "")} |");
        }

        text.AppendLine("\n## Printed figures beside ours\n");
        text.AppendLine("Differences are in units of the combined standard error. None is given where our training was shorter or smaller than the paper's, or an error is unknown.\n");
        foreach (var file in evidence.Where(file => file.Verdict is not null && file.Measurements.Any(one => one.Paper is not null)))
        {
            text.AppendLine($"### {file.Claim}\n");
            text.AppendLine("| quantity | setting | printed | ours | difference in standard errors |");
            text.AppendLine("|---|---|---|---|---|");
            foreach (var one in file.Measurements.Where(one => one.Paper is not null))
            {
                text.AppendLine($"| {ReportMarkdown.Cell(one.Quantity)} | {ReportMarkdown.Cell(one.Setting ?? "")} | {ReportMarkdown.Cell(one.Paper!)} | {Numbers.Value(one)} | {Numbers.Difference(one)} |");
            }

            text.AppendLine();
        }

        text.AppendLine("## What was run\n");
        text.AppendLine("| experiment | cells | done | hours of a core | claims |");
        text.AppendLine("|---|---|---|---|---|");
        foreach (var (plan, cells, finished) in experiments)
        {
            text.AppendLine($"| {plan.Name} | {cells} | {finished.Count} | {Numbers.Hours(finished.Sum(cell => cell.Seconds))} | {string.Join(", ", plan.Claims)} |");
        }

        return text.ToString();
    }
}
