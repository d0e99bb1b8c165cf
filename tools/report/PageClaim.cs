using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The whole story of each claim.</summary>
internal static class PageClaim
{
    internal static Html All(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers, PageFigures figures) => Html.Of(
        $"""
        <p class="unfolding" hidden><button type="button" id="unfold">Unfold all claims</button>
        <span class="note">A claim is printed as it stands here, folded or not.</span></p>
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
        var chip = VerdictMark.Of(status).Chip(status.RefutedBases.Count > 0 ? ", conditional" : "");
        var standard = PageLargerRun.Chip(status);
        var replay = ReportJson.Replay(status);
        var rest = claim.Sections.Where(section => section.Key is not ("Statement" or "As printed"));
        return Html.Of(
            $"""
            <details class="row claim" id="{claim.Id}"><summary>{chip} <code>{claim.Id}</code>
            <span class="title">{Prose.Line(claim.Title)}</span></summary>
            <p class="place">{claim.Place}</p>
            <div class="statement">{Prose.Section(claim.Sections["Statement"])}</div>
            {claim.Sections.Where(section => section.Key is "As printed").Select(Labelled)}
            {Why(status)}
            {Html.If(standard.Text.Length > 0, $"""<p class="standard">{StandardSize.Sentence(standard)}</p>""")}
            {figures.Of(status)}
            {rest.Select(Labelled)}
            {Links("Rests on", claim.Uses)}{Links("Used by", users)}
            {PageEvidence.Of(status)}
            <p class="replay"><span>Run it again:</span> <code>{replay}</code>
            <button type="button" class="copy" data-copy="{replay}" hidden>Copy</button></p>
            </details>
            """);
    }

    private static Html Labelled(KeyValuePair<string, string> section) => Html.Of(
        $"""
        <div class="labelled">{Html.If(section.Key.Length > 0, $"<h4>{section.Key}</h4>")}{Prose.Section(section.Value)}</div>

        """);

    // Several statements are easier to read below each other.
    private static Html Why(ClaimStatus status)
    {
        var words = $"{char.ToUpperInvariant(status.Words[0])}{status.Words[1..]}";
        var judged = JudgedStatements.Of(status.Summary);
        if (judged.All.Count < 2)
        {
            return Html.Of($"<p><b>{words}:</b> {Prose.Line(status.Summary)}.{Conditional(status)}</p>");
        }

        var counts = string.Join(", ", judged.All.GroupBy(one => one.Outcome).Select(group => $"{group.Count()} {group.Key}"));
        var remark = judged.Remark.Length > 0 ? $"; {judged.Remark}" : "";
        Html Item(string text, string outcome) =>
            Html.Of($"""<li><span class="{outcome}">{outcome}</span> <span>{Prose.Line(text)}</span></li>""");
        return Html.Of(
            $"""
            <p><b>{words}:</b> of {judged.All.Count} statements {counts}{Prose.Line(remark)}.{Conditional(status)}</p>
            <ul class="tests statements">{judged.All.Select(one => Item(one.Text, one.Outcome))}</ul>
            """);
    }

    private static Html Conditional(ClaimStatus status)
    {
        var bases = Html.Join(status.RefutedBases.Select(ClaimLink.To), ", ");
        return Html.If(
            status.RefutedBases.Count > 0,
            $" Conditional: the paper's proof relies on {bases}, refuted. What was checked here stands.");
    }

    private static Html Links(string label, IReadOnlyList<string> ids) =>
        Html.If(ids.Count > 0, $"<p>{label}: {Html.Join(ids.Select(ClaimLink.To), ", ")}</p>");
}
