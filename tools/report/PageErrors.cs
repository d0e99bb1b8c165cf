using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The places where the printed words are false: what is printed, what shows that it is false, what is true instead.</summary>
internal static class PageErrors
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers)
    {
        var wrong = claims.Where(claim => claim.Verdict is Verdict.Refuted or Verdict.HoldsAmended).ToList();
        return Html.Of(
            $"""
            <p>{wrong.Count} places, each with the printed form, a counterexample that a test computes, and a repair that is checked as well. Open one to read it.</p>
            {papers.Select(paper => OfPaper(paper, [.. wrong.Where(claim => claim.Claim.Paper == paper.Id)]))}
            """);
    }

    private static Html OfPaper(Paper paper, IReadOnlyList<ClaimStatus> claims) => claims.Count == 0 ? Html.None : Html.Of(
        $"""
        <h3>{paper.Title}</h3>
        {claims.Select(Of)}
        """);

    private static Html Of(ClaimStatus status)
    {
        var claim = status.Claim;
        Html Section(string label) => claim.Sections.TryGetValue(label, out var text) ? Prose.Section(text) : Html.None;
        return Html.Of(
            $"""
            <details class="row"><summary>{VerdictMark.Of(status).Chip()} <span class="title">{Prose.Line(claim.Title)}</span> <span class="place">{claim.Place}</span></summary>
            <div class="three">
            <div><h4>Printed</h4>{Section("As printed")}</div>
            <div><h4>Counterexample</h4>{Section("Counterexample")}</div>
            <div><h4>Repaired</h4>{Section("Repaired")}</div>
            </div>
            <p>{ClaimLink.To(claim.Id)}</p>
            </details>
            """);
    }
}
