using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>All claims in a table that can be searched and filtered.</summary>
internal static class PageClaimTable
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers) => Html.Of(
        $"""
        <form class="filter" id="filter" role="search" aria-label="Claims" hidden>
        <label>Search <input type="search" name="search" placeholder="words or an id" autocomplete="off"></label>
        <label>Paper <select name="paper"><option value="">all</option>{papers.Select(paper => Html.Of($"""<option value="{paper.Id}">{paper.Title}</option>"""))}</select></label>
        <label>Verdict <select name="verdict"><option value="">all</option>{VerdictMark.All.Where(mark => claims.Any(claim => claim.Words == mark.Words)).Select(mark => Html.Of($"<option>{mark.Words}</option>"))}</select></label>
        <label>Kind <select name="kind"><option value="">all</option><option>theorem</option><option>experiment</option></select></label>
        <button type="reset">Clear</button>
        <output id="shown" aria-live="polite"></output>
        </form>
        <p class="note">Under some verdicts of experiments: what a larger run gave at the standard size, {StandardSize.Source}.</p>
        <table class="claims" id="claim-table">
        <thead><tr><th scope="col">claim</th><th scope="col">kind</th><th scope="col">verdict</th><th scope="col">evidence</th></tr></thead>
        <tbody>{claims.Select(claim => Row(claim))}</tbody>
        </table>
        """);

    private static Html Row(ClaimStatus claim) => Html.Of(
        $"""
        <tr data-paper="{claim.Claim.Paper}" data-verdict="{claim.Words}" data-kind="{Kind(claim)}"><td><a href="#{claim.Claim.Id}"><code>{claim.Claim.Id}</code> {Prose.Line(claim.Claim.Title)}</a></td><td>{Kind(claim)}</td><td>{VerdictMark.Of(claim).Chip(claim.RefutedBases.Count > 0 ? ", conditional" : "")}{Standard(PageLargerRun.Chip(claim))}</td><td>{Prose.Line(claim.Summary)}</td></tr>

        """);

    private static Html Standard(Html chip) => chip.Text.Length == 0 ? chip : Html.Of($"""<span class="standard">standard: {chip}</span>""");

    private static string Kind(ClaimStatus claim) => claim.Claim.Kind == ClaimKind.Theorem ? "theorem" : "experiment";
}
