using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The graph of what rests on what: a frame that graph.js draws into, and its data.</summary>
internal static class PageGraph
{
    // One of each sign.
    private static readonly string[] Signs = ["holds", "holds amended", "refuted", "inconclusive", "pending", "not run"];

    internal static Html Of(IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers)
    {
        var connected = Connected(claims);
        var drawn = papers.Where(paper => connected.Any(claim => claim.Claim.Paper == paper.Id)).ToList();
        Html Choice(Paper paper) =>
            Html.Of($"""<button type="button" data-paper="{paper.Id}" aria-pressed="false">{paper.Folder}</button>""");
        return Html.Of(
            $"""
            <p>An arrow leads from a claim to one that rests on it, a paper at a time; {claims.Count - connected.Count} claims that neither
            rest on another nor carry one are left out. Choose a claim to see only what it rests on and what rests on it. With the keyboard:
            arrow keys, Enter, Escape.</p>
            <div class="graph"><p class="graph-bar" id="graph-papers">{drawn.Select(Choice)}</p>
            <p class="graph-bar"><button type="button" id="graph-all" hidden>Show the whole paper</button>
            <span id="graph-about" aria-live="polite"></span></p>
            <div class="wide" id="graph-frame"></div>
            <p class="legend">{Signs.Select(words => Html.Of($"<span>{Sign(words)} {Alike(words)}</span>"))}</p></div>
            """);
    }

    internal static Html Data(IReadOnlyList<ClaimView> claims) => PageFigures.Json("graph-data", Connected(claims).Select(claim => new
    {
        id = claim.Id,
        paper = claim.Claim.Paper,
        title = claim.Claim.Title,
        verdict = claim.Status.RefutedBases.Count > 0 ? $"{claim.Words}, conditional" : claim.Words,
        sign = claim.Mark.Sign,
        tone = claim.Mark.Tone,
        uses = claim.Claim.Uses,
    }));

    // Those that rest on another or carry one.
    private static List<ClaimView> Connected(IReadOnlyList<ClaimView> claims)
    {
        var carrying = claims.SelectMany(claim => claim.Claim.Uses).ToHashSet();
        return [.. claims.Where(claim => claim.Claim.Uses.Count > 0 || carrying.Contains(claim.Id))];
    }

    private static Html Sign(string words)
    {
        var mark = VerdictMark.Of(words);
        return Html.Of($"""<span class="verdict {mark.Tone}"><span class="sign" aria-hidden="true">{mark.Sign}</span></span>""");
    }

    // Words that share a sign.
    private static string Alike(string words) =>
        string.Join(", ", VerdictMark.All.Where(mark => mark.Sign == VerdictMark.Of(words).Sign).Select(mark => mark.Words));
}
