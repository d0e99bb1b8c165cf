using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The graph of what rests on what: a frame that graph.js draws into, and its data.</summary>
internal static class PageGraph
{
    // One of each sign.
    private static readonly string[] Signs = ["holds", "holds amended", "refuted", "inconclusive", "pending", "not run"];

    internal static Html Of(IReadOnlyList<ClaimStatus> claims) => Html.Of(
        $"""
        <p>An arrow leads from a claim to one that rests on it; {claims.Sum(claim => claim.Claim.Uses.Count)} arrows. Choose a claim to see
        only what it rests on and what rests on it. With the keyboard: arrow keys, Enter, Escape.</p>
        <div class="graph"><p class="graph-bar"><button type="button" id="graph-all" hidden>Show all claims</button>
        <span id="graph-about" aria-live="polite"></span></p>
        <div class="wide" id="graph-frame"></div>
        <p class="legend">{Signs.Select(words => Html.Of($"<span>{Sign(words)} {Alike(words)}</span>"))}</p></div>
        """);

    internal static Html Data(IReadOnlyList<ClaimStatus> claims) => PageFigures.Json("graph-data", claims.Select(claim => new
    {
        id = claim.Claim.Id,
        title = claim.Claim.Title,
        verdict = claim.Caption,
        sign = VerdictMark.Of(claim).Sign,
        tone = VerdictMark.Of(claim).Tone,
        uses = claim.Claim.Uses,
    }));

    private static Html Sign(string words)
    {
        var mark = VerdictMark.Of(words);
        return Html.Of($"""<span class="verdict {mark.Tone}"><span class="sign" aria-hidden="true">{mark.Sign}</span></span>""");
    }

    // Words that share a sign.
    private static string Alike(string words) =>
        string.Join(", ", VerdictMark.All.Where(mark => mark.Sign == VerdictMark.Of(words).Sign).Select(mark => mark.Words));
}
