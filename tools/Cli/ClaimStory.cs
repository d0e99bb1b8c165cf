using System.Reflection;
using Reproduce.Claims.Harness;
using Reproduce.Report;
using Spectre.Console;

namespace Reproduce.Cli;

/// <summary>The whole story of a claim, for people: what it says, what came out and why, from which tests, and how to see it again.</summary>
internal static class ClaimStory
{
    private const int Indent = 2;
    private static readonly Style Strong = new(decoration: Decoration.Bold);
    private static readonly Style Quiet = new(Color.Grey);

    internal static void Write(ClaimStatus status)
    {
        var claim = status.Claim;
        Screen.Paragraph($"{claim.Id} · {claim.Title}", style: Strong);
        Screen.Paragraph(claim.Place, style: Quiet);
        Screen.Paragraph("");
        Screen.Paragraph($"{status.Caption}: {Numbers.InText(status.Summary)}", style: ClaimTable.Colour(status));
        if (StandardSize.Sentence(status) is { } standard)
        {
            Screen.Paragraph(standard, style: Quiet);
        }

        if (status.RefutedBases.Count > 0)
        {
            Screen.Paragraph($"Conditional: the paper's proof relies on {string.Join(", ", status.RefutedBases)}, refuted. What was checked here stands.");
        }

        foreach (var (label, content) in claim.Sections)
        {
            Section(label.Length > 0 ? label : "Remark");
            Screen.Paragraph(content, Indent);
        }

        Tests(status);
        Measurements(status);
        Section("Where from");
        if (claim.Uses.Count > 0)
        {
            Screen.Paragraph($"Rests on {string.Join(", ", claim.Uses)}.", Indent);
        }

        if (claim.Kills.Count > 0)
        {
            Screen.Paragraph(KillScore.Sentence(claim, name => name), Indent);
        }

        if (status.Evidence is [var first, ..])
        {
            Screen.Paragraph($"{first.Stamp.Device}, {first.Stamp.Library}, {first.Stamp.Runtime}, {first.Stamp.Cores} cores; commit {first.Stamp.Commit}, build {first.Stamp.Build}; {Numbers.Seconds(status.Evidence.Sum(file => file.Seconds))}.", Indent);
        }

        Screen.Paragraph($"Again: ./reproduce test {claim.Id}", Indent, Strong);
        if (TestsOf(claim).Any(test => test.Claim.Category == Category.Nightly))
        {
            Screen.Paragraph($"Larger: ./reproduce nightly {claim.Id}", Indent, Strong);
        }
    }

    private static void Tests(ClaimStatus status)
    {
        var tests = TestsOf(status.Claim).Where(test => test.Claim.Category != Category.Nightly).ToList();
        Section(tests.Count == 0 ? "No tests" : "Tests");
        foreach (var test in tests)
        {
            var evidence = status.Evidence.FirstOrDefault(file => file.Test == test.Name);
            var outcome = evidence?.Outcome ?? "not run";
            var style = outcome switch { "passed" => new Style(Color.Green), "failed" => new Style(Color.Red), _ => Quiet };
            Screen.Paragraph($"{outcome}, {test.Claim.Role.ToString().ToLowerInvariant()}: {test.Name}{(evidence is null ? "" : $" ({Numbers.Seconds(evidence.Seconds)})")}", Indent, style);
            if (evidence is { Message: { } message })
            {
                Screen.Paragraph(message, 2 * Indent);
            }
        }
    }

    private static void Measurements(ClaimStatus status)
    {
        var measurements = status.Evidence.SelectMany(file => file.Measurements).ToList();
        if (measurements.Count == 0)
        {
            return;
        }

        Section("Evidence");
        foreach (var one in measurements)
        {
            Screen.Paragraph($"{one.Quantity}: {Numbers.Value(one)}{(one.Series is { Count: <= Numbers.Few } && Numbers.Series(one) is { Length: > 0 } series ? $" {series}" : "")}{(one.Samples is { } samples ? $" (n = {samples})" : "")}", Indent, Strong);
            foreach (var (label, text) in new[] { ("paper", one.PaperDifference is not null ? $"{Numbers.Printed(one)}, {Numbers.Difference(one)} standard errors from it" : Numbers.Printed(one)), ("held against", Numbers.InText(one.Rule)), ("setting", Numbers.InText(one.Setting ?? "")), ("type", one.Dtype), ("seed", one.Seed), ("data", one.Data) })
            {
                if (!string.IsNullOrEmpty(text))
                {
                    Screen.Paragraph($"{label}: {text}", 2 * Indent, Quiet);
                }
            }
        }
    }

    private static IEnumerable<ClaimTest> TestsOf(ClaimEntry claim) => ClaimTests.All.Where(test => test.Claim.Id == claim.Id);

    private static void Section(string title)
    {
        Screen.Paragraph("");
        Screen.Paragraph(title, style: Strong);
    }
}
