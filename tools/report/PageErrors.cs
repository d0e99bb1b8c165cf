using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What is false as printed: what is printed, what shows that it is false, what is true instead.</summary>
internal static class PageErrors
{
    private static readonly string[] Labels = ["As printed", "Counterexample", "Repaired", "Slip"];

    internal static Html Of(IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers)
    {
        var wrong = claims.Where(claim => claim.Status.Verdict is Verdict.Refuted or Verdict.HoldsAmended).ToList();
        return Html.Of(
            $"""
            <p>{Sentences.Counted(wrong.Count, "claim")} with the printed form, a counterexample that a test computes, and a repair that is
            checked as well. Open one to read it. Claims that show one and the same error stand together; it counts once.</p>
            {papers.Select(paper => OfPaper(paper, [.. wrong.Where(claim => claim.Claim.Paper == paper.Id)]))}
            """);
    }

    /// <summary>How many errors, missing hypotheses and slips claims show.</summary>
    internal static string Counts(IEnumerable<ClaimView> claims) => Counts(claims.Select(claim => claim.Status));

    /// <inheritdoc cref="Counts(IEnumerable{ClaimView})"/>
    internal static string Counts(IEnumerable<ClaimStatus> claims)
    {
        var count = ErrorCount.Of(claims.Select(claim => (claim.Claim, claim.Verdict)));
        return string.Join(
            ", ",
            Sentences.Counted(count.Errors, "error"),
            Sentences.Counted(count.MissingHypotheses, "missing hypothesis", "missing hypotheses"),
            Sentences.Counted(count.Slips, "slip"));
    }

    /// <summary>A section of an entry is among the columns.</summary>
    internal static bool Shows(string label) => Labels.Contains(label);

    /// <summary>What is printed, the counterexample and the repair, side by side.</summary>
    internal static Html Columns(ClaimEntry claim)
    {
        Html Section(string label) => claim.Sections.TryGetValue(label, out var text) ? Prose.Section(text) : Html.None;
        var repaired = claim.Sections.TryGetValue("Repaired", out var repair)
            ? RepairMarks.Of(claim.Sections.GetValueOrDefault("As printed", ""), repair)
            : Html.None;
        return Html.Of(
            $"""
            <div class="three">
            <div><h4>Printed</h4>{Section("As printed")}</div>
            <div><h4>Counterexample</h4>{Section("Counterexample")}</div>
            <div><h4>Repaired</h4>{repaired}{Section("Slip")}</div>
            </div>
            """);
    }

    // By error, in the order of the paper.
    private static Html OfPaper(Paper paper, IReadOnlyList<ClaimView> claims) => Html.If(
        claims.Count > 0,
        $"""
        <h3>{paper.Title}</h3>
        {Html.If(paper.IsPaper, $"""<p class="note">{Counts(claims)}</p>""")}
        {claims.GroupBy(claim => claim.Claim.Error).SelectMany(same => same).Select(Of)}
        """);

    private static Html Of(ClaimView view)
    {
        var claim = view.Claim;
        return Html.Of(
            $"""
            <details class="row error"><summary><span class="verdicts">{view.Mark.Chip(claim.IsSlip ? ", slip" : "")}</span>
            <span class="place">{Places.Brief(claim)}</span> <span class="line">{view.Line}</span></summary>
            {Columns(claim)}
            <p>{ClaimLink.To(claim.Id)}{Html.If(claim.Error != claim.Id, $"; error <code>{claim.Error}</code>")}</p>
            </details>
            """);
    }
}
