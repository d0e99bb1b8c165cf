using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The whole story of a claim.</summary>
internal static class PageClaim
{
    internal static Html All(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers, PageFigures figures) => Html.Of(
        $"""
        <p class="unfolding" hidden><button type="button" id="unfold">Unfold all claims</button> <span class="note">A claim is printed as it stands here, folded or not.</span></p>
        {papers.Select(paper => Html.Of(
            $"""
            <h3>{paper.Title}</h3>
            {claims.Where(claim => claim.Claim.Paper == paper.Id).Select(claim => Of(claim, claims, figures))}
            """))}
        """);

    private static Html Of(ClaimStatus status, IReadOnlyList<ClaimStatus> all, PageFigures figures)
    {
        var claim = status.Claim;
        var users = all.Where(other => other.Claim.Uses.Contains(claim.Id)).Select(other => other.Claim.Id).ToList();
        return Html.Of(
            $"""
            <details class="row claim" id="{claim.Id}"><summary>{VerdictMark.Of(status).Chip(status.RefutedBases.Count > 0 ? ", conditional" : "")} <code>{claim.Id}</code> <span class="title">{Prose.Line(claim.Title)}</span></summary>
            <p class="place">{claim.Place}</p>
            {claim.Sections.Where(section => section.Key is "Statement").Select(section => Html.Of($"""<div class="statement">{Prose.Section(section.Value)}</div>"""))}
            {claim.Sections.Where(section => section.Key is "As printed").Select(Labelled)}
            {Why(status)}
            {(PageLargerRun.Chip(status) is { Text.Length: > 0 } chip ? Html.Of($"""<p class="standard">{StandardSize.Sentence(chip)}</p>""") : Html.None)}
            {figures.Of(status)}
            {claim.Sections.Where(section => section.Key is not ("Statement" or "As printed")).Select(Labelled)}
            {Links("Rests on", claim.Uses)}{Links("Used by", users)}
            {PageEvidence.Of(status)}
            <p class="replay"><span>Run it again:</span> <code>{ReportJson.Replay(status)}</code> <button type="button" class="copy" data-copy="{ReportJson.Replay(status)}" hidden>Copy</button></p>
            </details>
            """);
    }

    private static Html Labelled(KeyValuePair<string, string> section) => Html.Of($"""<div class="labelled">{(section.Key.Length > 0 ? Html.Of($"<h4>{section.Key}</h4>") : Html.None)}{Prose.Section(section.Value)}</div>""");

    // Several statements are easier to read below each other.
    private static Html Why(ClaimStatus status)
    {
        var judged = JudgedStatements.Of(status.Summary);
        if (judged.All.Count < 2)
        {
            return Html.Of($"<p><b>{Capital(status.Words)}:</b> {Prose.Line(status.Summary)}.{Conditional(status)}</p>");
        }

        var counts = judged.All.GroupBy(one => one.Outcome).Select(group => $"{group.Count()} {group.Key}");
        return Html.Of(
            $"""
            <p><b>{Capital(status.Words)}:</b> of {judged.All.Count} statements {string.Join(", ", counts)}{(judged.Remark.Length > 0 ? Html.Of($"; {Prose.Line(judged.Remark)}") : Html.None)}.{Conditional(status)}</p>
            <ul class="tests statements">{judged.All.Select(one => Html.Of($"""<li><span class="{one.Outcome}">{one.Outcome}</span> <span>{Prose.Line(one.Text)}</span></li>"""))}</ul>
            """);
    }

    private static Html Conditional(ClaimStatus status) => status.RefutedBases.Count == 0 ? Html.None
        : Html.Of($""" Conditional: the paper's proof relies on {Html.Join(status.RefutedBases.Select(ClaimLink.To), ", ")}, refuted. What was checked here stands.""");

    private static Html Links(string label, IReadOnlyList<string> ids) => ids.Count == 0 ? Html.None : Html.Of($"<p>{label}: {Html.Join(ids.Select(ClaimLink.To), ", ")}</p>");

    private static string Capital(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}";
}
