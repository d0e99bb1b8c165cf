using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>All claims in a table that can be searched and filtered.</summary>
internal static class PageClaimTable
{
    internal static Html Of(IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers)
    {
        var words = VerdictMark.All.Select(mark => mark.Words).Where(verdict => claims.Any(claim => claim.Words == verdict));
        return Html.Of(
            $"""
            <form class="filter" id="filter" role="search" aria-label="Claims" hidden>
            <label>Search <input type="search" name="search" placeholder="Prop. 1, Table 4.2, CIFAR" autocomplete="off"></label>
            {Choice("Paper", "paper", papers.Select(paper => Html.Of($"""<option value="{paper.Id}">{paper.Title}</option>""")))}
            {Choice("Verdict", "verdict", [
                .. PageOverview.Groups.Where(group => claims.Any(claim => claim.Mark.Tone == group.Tone))
                    .Select(group => Html.Of($"""<option value="{group.Tone}">{group.Heading}</option>""")),
                .. words.Select(verdict => Html.Of($"<option>{verdict}</option>")),
            ])}
            {Choice("Kind", "kind", [Html.Of($"<option>theorem</option><option>experiment</option>")])}
            <button type="reset">Clear</button>
            <output id="shown" aria-live="polite"></output>
            </form>
            <table class="claims" id="claim-table">
            <thead><tr><th scope="col">claim</th><th scope="col">kind</th><th scope="col">verdict</th>
            <th scope="col">what was found</th></tr></thead>
            <tbody>{claims.Select(Row)}</tbody>
            </table>
            <button type="button" id="more" hidden></button>
            """);
    }

    private static Html Choice(string label, string name, IEnumerable<Html> options) =>
        Html.Of($"""<label>{label} <select name="{name}"><option value="">all</option>{options}</select></label>""");

    private static Html Row(ClaimView view)
    {
        var claim = view.Claim;
        var kind = claim.Kind == ClaimKind.Theorem ? "theorem" : "experiment";
        var smaller = view.Runs.Skip(1).Select(run =>
            Html.Of($"""<span class="smaller">{run.SizeWord} size: {VerdictMark.Of(run.Words).Chip()}</span>"""));
        return Html.Of(
            $"""
            <tr data-paper="{claim.Paper}" data-verdict="{view.Words}" data-group="{view.Mark.Tone}" data-kind="{kind}"
            data-text="{claim.Place} {claim.Title} {claim.Sections.GetValueOrDefault("Statement", "")}">
            <td><a href="#{claim.Id}"><code>{claim.Id}</code> {Prose.Line(view.Asked)}</a></td><td>{kind}</td>
            <td><span class="verdicts">{view.Chip}</span>{smaller}</td>
            <td>{view.Why}</td></tr>

            """);
    }
}
