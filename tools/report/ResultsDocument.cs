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
    public static string Of(
        string profile,
        IReadOnlyList<(ExperimentPlan Plan, int Cells, IReadOnlyList<CellResult> Done)> experiments,
        IReadOnlyList<EvidenceFile> evidence)
    {
        var text = new StringBuilder();
        var done = experiments.SelectMany(one => one.Done).ToList();
        var judged = evidence.Where(file => file.Verdict is not null).ToList();
        var stamp = Stamp.Here;
        text.AppendLine($"# The {profile} profile, {DateTime.UtcNow.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}\n");
        text.Append($"Written by `./reproduce nightly summary --profile {profile}` at commit {stamp.Commit} (build {stamp.Build}): ");
        text.AppendLine($"{stamp.Library}, {stamp.Runtime}, {stamp.Cores} cores, {Devices(done)}.");
        text.AppendLine(done.Count == 0 ? "No cell has been run.\n" : $"{done.Count} cells, finished between {Times(done)} UTC.\n");
        text.AppendLine($"Data: {Data(done)}.\n");

        text.AppendLine("## Verdicts\n");
        ReportMarkdown.Table(
            text,
            ["claim", "verdict", "why"],
            judged.Select(file => new[] { file.Claim, $"{file.Verdict!.Value.Words()}{Mark(file)}", file.Reason }));

        text.AppendLine("## Printed figures beside ours\n");
        text.Append("Differences are in units of the combined standard error. None is given where our training was shorter or smaller ");
        text.AppendLine("than the paper's, or an error is unknown.\n");
        foreach (var file in judged.Where(file => file.Measurements.Any(one => one.Paper is not null)))
        {
            text.AppendLine($"### {file.Claim}\n");
            ReportMarkdown.Table(
                text,
                ["quantity", "setting", "printed", "ours", "difference in standard errors"],
                file.Measurements.Where(one => one.Paper is not null).Select(one => new[]
                {
                    one.Quantity, one.Setting, one.Paper, Numbers.Value(one), Numbers.Difference(one),
                }));
        }

        text.AppendLine("## What was run\n");
        ReportMarkdown.Table(
            text,
            ["experiment", "cells", "done", "hours of a core", "claims"],
            experiments.Select(one => new[]
            {
                one.Plan.Name, $"{one.Cells}", $"{one.Done.Count}", Numbers.Hours(one.Done.Sum(cell => cell.Seconds)),
                string.Join(", ", one.Plan.Claims),
            }));
        return text.ToString();
    }

    private static string Mark(EvidenceFile file) => file.Outcome == "failed" ? ", **not what CLAIMS.md declares**" : "";

    private static string Devices(IEnumerable<CellResult> done) =>
        string.Join(" and ", done.Select(cell => cell.Key["device"]).Distinct().DefaultIfEmpty("cpu"));

    private static string Data(IEnumerable<CellResult> done)
    {
        var sets = done.Select(cell => cell.Key["data"]).Where(data => data != "generated").Distinct().Order(StringComparer.Ordinal);
        return string.Join("; ", sets.DefaultIfEmpty("generated"));
    }

    private static string Times(IReadOnlyCollection<CellResult> done) =>
        $"{done.Min(cell => cell.Finished):yyyy-MM-dd HH:mm} and {done.Max(cell => cell.Finished):yyyy-MM-dd HH:mm}";
}
