using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What is false as printed: what is printed, what shows that it is false, what is true instead.</summary>
internal static class PageErrors
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers)
    {
        var wrong = claims.Where(claim => claim.Verdict is Verdict.Refuted or Verdict.HoldsAmended).ToList();
        return Html.Of(
            $"""
            <p>{Sentences.Counted(wrong.Count, "claim")} with the printed form, a counterexample that a test computes, and a repair that is
            checked as well. Open one to read it. Claims that show one and the same error stand together; it counts once.</p>
            {papers.Select(paper => OfPaper(paper, [.. wrong.Where(claim => claim.Claim.Paper == paper.Id)]))}
            """);
    }

    // By error, in the order of the paper.
    private static Html OfPaper(Paper paper, IReadOnlyList<ClaimStatus> claims) => Html.If(
        claims.Count > 0,
        $"""
        <h3>{paper.Title}</h3>
        {Html.If(paper.IsPaper, $"""<p class="note">{Counts(claims)}</p>""")}
        {claims.GroupBy(claim => claim.Claim.Error).SelectMany(same => same).Select(Of)}
        """);

    /// <summary>How many errors, missing hypotheses and slips claims show.</summary>
    internal static string Counts(IEnumerable<ClaimStatus> claims)
    {
        var count = ErrorCount.Of(claims.Select(claim => (claim.Claim, claim.Verdict)));
        return string.Join(
            ", ",
            Sentences.Counted(count.Errors, "error"),
            Sentences.Counted(count.MissingHypotheses, "missing hypothesis", "missing hypotheses"),
            Sentences.Counted(count.Slips, "slip"));
    }

    private static Html Of(ClaimStatus status)
    {
        var claim = status.Claim;
        Html Section(string label) => claim.Sections.TryGetValue(label, out var text) ? Prose.Section(text) : Html.None;
        var title = Html.Of($"""<span class="title">{Prose.Line(claim.Title)}</span> <span class="place">{claim.Place}</span>""");
        return Html.Of(
            $"""
            <details class="row"><summary>{VerdictMark.Of(status).Chip(claim.IsSlip ? ", slip" : "")} {title}</summary>
            <div class="three">
            <div><h4>Printed</h4>{Section("As printed")}</div>
            <div><h4>Counterexample</h4>{Section("Counterexample")}</div>
            <div><h4>Repaired</h4>{Section("Repaired")}{Section("Slip")}</div>
            </div>
            <p>{ClaimLink.To(claim.Id)}{Html.If(claim.Error != claim.Id, $"; error <code>{claim.Error}</code>")}</p>
            </details>
            """);
    }
}
