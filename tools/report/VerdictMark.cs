using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>How the page shows a verdict: a sign and words, and a colour that says nothing alone.</summary>
/// <param name="Words">As <see cref="ClaimStatus.Words"/> has them.</param>
/// <param name="Sign">One character, a different shape for each kind of outcome.</param>
/// <param name="Tone">A class of the style sheet.</param>
internal sealed record VerdictMark(string Words, string Sign, string Tone)
{
    /// <summary>In the order in which the page lists them.</summary>
    internal static IReadOnlyList<VerdictMark> All { get; } =
    [
        new("FAILED", "!", "failed"),
        new("holds", "●", "stands"), new("reproduced", "●", "stands"),
        new("holds amended", "◐", "partly"), new("partly", "◐", "partly"),
        new("refuted", "✕", "falls"), new("not reproduced", "✕", "falls"),
        new("inconclusive", "○", "open"), new("pending", "?", "open"), new("not run", "–", "open"),
    ];

    internal static VerdictMark Of(ClaimStatus claim) => Of(claim.Words);

    internal static VerdictMark Of(string words) => All.Single(mark => mark.Words == words);

    /// <summary>Sign and words.</summary>
    internal Html Chip(string after = "") =>
        Html.Of($"""<span class="verdict {Tone}"><span class="sign" aria-hidden="true">{Sign}</span>{Words}{after}</span>""");
}
