using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Report;

/// <summary>Every experiment that is undecided at the largest size that was run, with what would decide it.</summary>
internal static class PageUndecided
{
    internal static Html Of(IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers)
    {
        var undecided = claims.Where(claim => claim.IsUndecided).ToList();
        return Html.Of(
            $"""
            <p>{Sentences.Counted(undecided.Count, "experiment")} of {claims.Count(claim => claim.Claim.Kind == ClaimKind.Experiment)} are
            too small here to decide, or wait for data or a device. After each: why it is open, and what would decide it.</p>
            {papers.Select(paper => OfPaper(paper, [.. undecided.Where(claim => claim.Claim.Paper == paper.Id)]))}
            """);
    }

    /// <summary>What would decide an experiment: as its entry says, or else the next larger size.</summary>
    internal static Html WouldDecide(ClaimView claim)
    {
        if (claim.Claim.WouldDecide is { } text)
        {
            return Prose.Section(text);
        }

        if (!ClaimTests.All.Any(test => test.Claim.Id == claim.Id && test.Claim.Category == Category.Nightly))
        {
            return Html.Of($"<p>It has no larger size yet.</p>");
        }

        Html Command(string size) => Html.Of($"<code>./reproduce nightly {claim.Id} --profile {size}</code>");
        var standard = Html.If(
            claim.Largest?.Size == Profile.Quick, $"The standard size, an evening on two cores: {Command("standard")}. ");
        return Html.Of($"<p>{standard}The paper's own size, on a GPU: {Command("paper")}.</p>");
    }

    private static Html OfPaper(Paper paper, IReadOnlyList<ClaimView> claims) => Html.If(
        claims.Count > 0,
        $"""
        <h3>{paper.Title}</h3>
        <ul class="undecided">{claims.Select(Of)}</ul>
        """);

    private static Html Of(ClaimView claim)
    {
        var run = claim.Largest!;
        return Html.Of(
            $"""
            <li><div><a href="#{claim.Id}">{Prose.Line(claim.Asked)}</a>
            <span class="place">{Places.Brief(claim.Claim)}</span> <span class="verdicts">{claim.Chip}</span></div>
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
