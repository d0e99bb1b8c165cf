using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What is refuted or contradicted, in a line each; what holds amended, folded.</summary>
internal static class PageRefuted
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers)
    {
        var refuted = claims.Count(claim => claim.Verdict == Verdict.Refuted);
        var contradicted = claims.Count(claim => claim.Verdict == Verdict.NotReproduced);
        var amended = claims.Count(claim => claim.Verdict == Verdict.HoldsAmended);
        Html ByPaper(params Verdict?[] verdicts) => Html.Join(papers.Select(paper =>
            OfPaper(paper, [.. claims.Where(claim => claim.Claim.Paper == paper.Id && verdicts.Contains(claim.Verdict))])));
        return Html.Of(
            $"""
            <p>{Sentences.Counted(refuted, "statement")} {(refuted == 1 ? "is" : "are")} false as printed,
            and {Sentences.Counted(contradicted, "experimental finding")} {(contradicted == 1 ? "is" : "are")} contradicted.
            After each: why.</p>
            {ByPaper(Verdict.Refuted, Verdict.NotReproduced)}
            <details><summary>{amended} more {(amended == 1 ? "holds" : "hold")} amended</summary>
            {ByPaper(Verdict.HoldsAmended)}
            </details>
            """);
    }

    private static Html OfPaper(Paper paper, IReadOnlyList<ClaimStatus> claims) => Html.If(
        claims.Count > 0,
        $"""
        <h3>{paper.Title}</h3>
        <ul class="refuted">{claims.Select(Of)}</ul>
        """);

    private static Html Of(ClaimStatus claim) => Html.Of(
        $"""
        <li><a href="#{claim.Claim.Id}">{Prose.Line(claim.Claim.Title)}</a> {VerdictMark.Of(claim).Chip()}
        <span class="why">{Why(claim)}</span></li>

        """);

    private static Html Why(ClaimStatus claim) =>
        claim.Claim.Sections.TryGetValue("Counterexample", out var counterexample)
            ? Prose.Beginning(counterexample)
            : Prose.Line(Failed(claim.Summary));

    // The statements that failed; the whole reason where it has none.
    private static string Failed(string reason)
    {
        var failed = JudgedStatements.Of(reason).All.Where(one => one.Outcome == "failed").Select(one => one.Text).ToList();
        return failed.Count > 0 ? $"Failed: {string.Join("; ", failed)}" : reason;
    }
}
