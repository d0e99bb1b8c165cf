using Reproduce.Claims.Harness;
using Reproduce.Report;
using Spectre.Console;

namespace Reproduce.Cli;

/// <summary>The whole story of a claim: what it says, what came out and why, from which tests, and how to see it again.</summary>
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

        if (Sentences.Conditional(status) is { } conditional)
        {
            Screen.Paragraph(conditional);
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

        if (Sentences.Provenance(status) is { } provenance)
        {
            Screen.Paragraph(provenance, Indent);
        }

        Screen.Paragraph($"Again: ./reproduce test {claim.Id}", Indent, Strong);
        if (ClaimTests.All.Any(test => test.Claim.Id == claim.Id && test.Claim.Category == Category.Nightly))
        {
            Screen.Paragraph($"Larger: ./reproduce nightly {claim.Id}", Indent, Strong);
        }
    }

    private static void Tests(ClaimStatus status)
    {
        var tests = TestEvidence.Of(status);
        Section(tests.Count == 0 ? "No tests" : "Tests");
        foreach (var test in tests)
        {
            var style = test.Outcome switch { "passed" => new Style(Color.Green), "failed" => new Style(Color.Red), _ => Quiet };
            var time = test.Files.Count == 0 ? "" : $" ({Numbers.Seconds(test.Seconds)})";
            Screen.Paragraph($"{test.Outcome}, {test.Role.ToString().ToLowerInvariant()}: {test.Caption}{time}", Indent, style);
            foreach (var message in test.Messages)
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
            var series = one.Series is { Count: <= Numbers.Few } && Numbers.Series(one) is { Length: > 0 } few ? $" {few}" : "";
            var samples = one.Samples is { } count ? $" (n = {count})" : "";
            Screen.Paragraph($"{one.Quantity}: {Numbers.Value(one)}{series}{samples}", Indent, Strong);
            var difference = one.PaperDifference is null ? "" : $", {Numbers.Difference(one)} standard errors from it";
            (string Label, string? Text)[] details =
            [
                ("paper", $"{Numbers.Printed(one)}{difference}"),
                ("held against", Numbers.InText(one.Rule)),
                ("setting", Numbers.InText(one.Setting ?? "")),
                ("type", one.Dtype),
                ("seed", one.Seed),
                ("data", one.Data),
            ];
            foreach (var (label, text) in details.Where(detail => !string.IsNullOrEmpty(detail.Text)))
            {
                Screen.Paragraph($"{label}: {text}", 2 * Indent, Quiet);
            }
        }
    }

    private static void Section(string title)
    {
        Screen.Paragraph("");
        Screen.Paragraph(title, style: Strong);
    }
}
