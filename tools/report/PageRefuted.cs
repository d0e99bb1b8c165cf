using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What is refuted or contradicted, in a line each; what holds amended, folded.</summary>
internal static class PageRefuted
{
    internal static Html Of(IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers)
    {
        int Count(string words) => claims.Count(claim => claim.Words == words);
        var (refuted, contradicted, amended) = (Count("refuted"), Count("not reproduced"), Count("holds amended"));
        Html ByPaper(params string[] words) => Html.Join(papers.Select(paper =>
            OfPaper(paper, [.. claims.Where(claim => claim.Claim.Paper == paper.Id && words.Contains(claim.Words))])));
        return Html.Of(
            $"""
            <p>{Sentences.Counted(refuted, "statement")} {(refuted == 1 ? "is" : "are")} false as printed,
            and {Sentences.Counted(contradicted, "experimental finding")} {(contradicted == 1 ? "is" : "are")} contradicted.
            After each: why.</p>
            {ByPaper("refuted", "not reproduced")}
            <details><summary>{amended} more {(amended == 1 ? "holds" : "hold")} amended</summary>
            {ByPaper("holds amended")}
            </details>
            """);
    }

    private static Html OfPaper(Paper paper, IReadOnlyList<ClaimView> claims) => Html.If(
        claims.Count > 0,
        $"""
        <h3>{paper.Title}</h3>
        <ul class="refuted">{claims.Select(Of)}</ul>
        """);

    private static Html Of(ClaimView claim) => Html.Of(
        $"""
        <li><a href="#{claim.Id}">{Prose.Line(claim.Asked)}</a> <span class="verdicts">{claim.Chip}</span>
        <span class="why">{claim.Why}</span></li>

        """);
}
