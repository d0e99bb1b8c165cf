using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What is false, in a line each; what needs a hypothesis more, folded.</summary>
internal static class PageFalls
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers)
    {
        IReadOnlyList<ClaimStatus> With(params Verdict[] verdicts) => [.. claims.Where(claim => claim.Verdict is { } verdict && verdicts.Contains(verdict))];
        var fallen = With(Verdict.Refuted, Verdict.NotReproduced);
        var amended = With(Verdict.HoldsAmended);
        return Html.Of(
            $"""
            <p>{fallen.Count(claim => claim.Verdict == Verdict.Refuted)} statements are false as printed, and {fallen.Count(claim => claim.Verdict == Verdict.NotReproduced)} experimental findings are contradicted. After each: why.</p>
            {papers.Select(paper => OfPaper(paper, [.. fallen.Where(claim => claim.Claim.Paper == paper.Id)]))}
            <details><summary>{amended.Count} more hold with one more hypothesis than is printed</summary>
            {papers.Select(paper => OfPaper(paper, [.. amended.Where(claim => claim.Claim.Paper == paper.Id)]))}
            </details>
            """);
    }

    private static Html OfPaper(Paper paper, IReadOnlyList<ClaimStatus> claims) => claims.Count == 0 ? Html.None : Html.Of(
        $"""
        <h3>{paper.Title}</h3>
        <ul class="falls">{claims.Select(claim => Html.Of($"""<li><a href="#{claim.Claim.Id}">{Prose.Line(claim.Claim.Title)}</a> {VerdictMark.Of(claim).Chip()}<span class="why">{Why(claim)}</span></li>"""))}</ul>
        """);

    private static Html Why(ClaimStatus claim) => claim.Claim.Sections.TryGetValue("Counterexample", out var counterexample) ? Prose.Beginning(counterexample) : Prose.Line(Failed(claim.Summary));

    // Of statements those that failed; of another reason the whole.
    private static string Failed(string reason) =>
        JudgedStatements.Of(reason).All.Where(one => one.Outcome == "failed").Select(one => one.Text).ToList() is { Count: > 0 } failed ? $"Failed: {string.Join("; ", failed)}" : reason;
}
