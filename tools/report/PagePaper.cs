using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>A paper from beginning to end: what it claims, how much of that stands, and each claim in the paper's order.</summary>
internal static class PagePaper
{
    internal static Html Of(Paper paper, IReadOnlyList<ClaimView> all, IReadOnlyDictionary<string, PaperTable> tables, PageFigures figures)
    {
        var sentence = Questions.Of(paper).Claims;
        List<ClaimView> claims = [.. all.Where(claim => claim.Claim.Paper == paper.Id)];
        return Html.Of(
            $"""
            <p class="by">{PageOverview.By(paper)}</p>
            {Html.If(sentence.Length > 0, $"""<p class="lead">{Prose.Line(sentence)}</p>""")}
            {PageOverview.Counts(paper, claims)}
            <h3>{Sentences.Counted(claims.Count, "claim")}, in order</h3>
            <p class="note">Open a line for the statement, what is printed, the evidence, and the command that runs it again. An experiment
            has the verdict of the largest profile that was run.</p>
            {claims.Select(claim => PageClaim.Of(claim, all, tables.GetValueOrDefault(claim.Id), figures))}
            """);
    }
}
