using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What larger runs gave, as declared, beside the verdict of the quick size, to which the evidence of this page belongs.</summary>
internal static class PageLargerRun
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims)
    {
        var experiments = claims.Where(claim => claim.Claim.Kind == ClaimKind.Experiment).ToList();
        var judged = experiments.Where(claim => StandardSize.Words(claim) is not null).ToList();
        return judged.Count == 0
            ? Html.Of($"<p>CLAIMS.md declares none yet: see <code>./reproduce nightly --help</code>.</p>")
            : Html.Of(
                $"""
                <p>The experiments above are those of the quick size. At the standard size, which takes hours, {judged.Count} of
                {experiments.Count} were judged; their numbers, reasons and data are in <code>docs/results</code>, and a test holds these
                verdicts against them.</p>
                <table class="cards">
                <thead><tr><th scope="col">claim</th><th scope="col">quick size</th><th scope="col">standard size</th></tr></thead>
                <tbody>{judged.Select(Row)}</tbody>
                </table>
                """);
    }

    /// <summary>What is declared of a claim at the standard size, as a link to its row; empty where nothing is.</summary>
    internal static Html Chip(ClaimStatus claim) => StandardSize.Words(claim) is { } words
        ? Html.Of($"""<a href="#{IdOf(claim)}">{VerdictMark.Of(words).Chip()}</a>""")
        : Html.None;

    private static Html Row(ClaimStatus claim) => Html.Of(
        $"""
        <tr id="{IdOf(claim)}"><td data-label="claim">{ClaimLink.To(claim.Claim.Id)} {Prose.Line(claim.Claim.Title)}</td>
        <td data-label="quick size">{VerdictMark.Of(claim).Chip()}</td>
        <td data-label="standard size">{VerdictMark.Of(StandardSize.Words(claim)!).Chip()}</td></tr>

        """);

    private static string IdOf(ClaimStatus claim) => $"larger-{claim.Claim.Id}";
}
