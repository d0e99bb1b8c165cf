using System.Globalization;
using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Report;

/// <summary>Every experiment that is undecided at the largest profile that was run, with what would decide it.</summary>
internal static partial class PageUndecided
{
    private static readonly (double Hours, string Heading)[] Costs =
    [
        (1, "Within an hour on two cores"), (24, "Within a day"), (double.MaxValue, "Days, or a larger machine"),
        (double.NaN, "No time is known"),
    ];

    internal static Html Of(IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers)
    {
        var undecided = claims.Where(claim => claim.IsUndecided).OrderBy(Longest).ToList();
        return Html.Of(
            $"""
            <p>{Sentences.Counted(undecided.Count, "experiment")} of {claims.Count(claim => claim.Claim.Kind == ClaimKind.Experiment)} are
            too small here to decide, or wait for data or a device. After each: why it is open, and what would decide it; the cheapest
            first.</p>
            {Costs.Select(cost => OfCost(cost.Heading, [.. undecided.Where(claim => Cost(claim) == cost.Heading)], papers))}
            """);
    }

    /// <summary>What would decide an experiment: as its entry says, or else the next larger size.</summary>
    internal static Html WouldDecide(ClaimView claim)
    {
        if (claim.Claim.WouldDecide is { } text)
        {
            return Prose.Section(text);
        }

        if (!HasLargerSize(claim))
        {
            return Html.Of($"<p>It has no larger size yet.</p>");
        }

        Html Command(string size) => Html.Of($"<code>./reproduce nightly {claim.Id} --profile {size}</code>");
        var standard = Html.If(
            claim.Largest?.Size == Profile.Quick, $"The standard size, some hours on two cores: {Command("standard")}. ");
        return Html.Of($"<p>{standard}The paper's own size, on a GPU: {Command("paper")}.</p>");
    }

    private static bool HasLargerSize(ClaimView claim) =>
        ClaimTests.All.Any(test => test.Claim.Id == claim.Id && test.Claim.Category == Category.Nightly);

    private static string Cost(ClaimView claim)
    {
        // The standard size takes some hours.
        if (claim.Claim.WouldDecide is null && claim.Largest?.Size == Profile.Quick && HasLargerSize(claim))
        {
            return Costs[1].Heading;
        }

        var hours = Longest(claim);
        return double.IsNaN(hours) ? Costs[^1].Heading : Costs.First(cost => hours <= cost.Hours).Heading;
    }

    // The longest time that its entry gives, in hours; NaN where it gives none.
    private static double Longest(ClaimView claim) =>
        Duration().Matches(claim.Claim.WouldDecide ?? "").Select(Hours).DefaultIfEmpty(double.NaN).Max();

    private static double Hours(Match duration)
    {
        var count = duration.Groups["count"].Value switch
        {
            "half an" => 0.5,
            "an" => 1,
            "two" => 2,
            "three" => 3,
            "four" => 4,
            "five" => 5,
            var digits => double.Parse(digits, CultureInfo.InvariantCulture),
        };
        return count * duration.Groups["unit"].Value switch { "minute" => 1.0 / 60, "hour" => 1, _ => 24 };
    }

    [GeneratedRegex(@"(?<count>\d+(\.\d+)?|half an|an|two|three|four|five)\s(?<unit>minute|hour|day)")]
    private static partial Regex Duration();

    private static Html OfCost(string heading, IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers) => Html.If(
        claims.Count > 0,
        $"""
        <h3>{heading}</h3>
        <ul class="undecided">{claims.Select(claim => Of(claim, papers.First(paper => paper.Id == claim.Claim.Paper)))}</ul>
        """);

    private static Html Of(ClaimView claim, Paper paper)
    {
        var run = claim.Largest!;
        return Html.Of(
            $"""
            <li><div><a href="#{claim.Id}">{Prose.Line(claim.Asked)}</a>
            <span class="place">{(paper.IsPaper ? $"{paper.Letter}, " : "")}{Places.Brief(claim.Claim)}</span>
            <span class="verdicts">{claim.Chip}</span></div>
            <div class="why">{Open(run)}</div>
            <div class="decides">{WouldDecide(claim)}</div></li>

            """);
    }

    // What is short, rather than each statement that is open.
    private static Html Open(SizedRun run)
    {
        var (all, remark) = (run.Statements.All, run.Statements.Remark);
        var open = all.Count(one => one.Outcome == "open");
        return all.Count == 0 ? Prose.Line(remark)
            : all.Count == 1 ? Prose.Line(remark.Length > 0 ? $"{all[0].Text}; {remark}" : all[0].Text)
            : Html.Of($"{open} of {all.Count} statements open{Html.If(remark.Length > 0, $": {Prose.Line(remark)}")}");
    }
}
