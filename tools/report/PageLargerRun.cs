using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The newest page of docs/results at the standard size: experiments at a larger size than this report's.</summary>
internal sealed class PageLargerRun
{
    private readonly HashSet<string> _judged = [];

    internal PageLargerRun(IReadOnlyList<ClaimStatus> claims)
    {
        var folder = Path.Combine(Repository.Root, "docs", "results");
        var newest = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*-standard.md").Order(StringComparer.Ordinal).LastOrDefault() : null;
        Content = newest is null ? Html.Of($"<p>None is kept yet: see <code>./reproduce nightly --help</code>.</p>") : Html.Of(
            $"""
            <p>The experiments above are those of the quick size. Larger ones take hours; what they gave is kept in <code>docs/results/{Path.GetFileName(newest)}</code>.</p>
            <details class="row document"><summary><span class="title">{File.ReadLines(newest).First().TrimStart('#', ' ')}</span></summary>{Linked(Prose.Document(File.ReadAllText(newest)), claims)}</details>
            """);
    }

    internal Html Content { get; }

    /// <summary>What CLAIMS.md declares of a claim at the standard size, as a link to what the run gave; empty where nothing.</summary>
    internal Html Chip(ClaimStatus claim) => StandardSize.Words(claim) is { } words
        ? Html.Of($"""<a href="#{(_judged.Contains(claim.Claim.Id) ? IdOf(claim) : "larger")}">{VerdictMark.Of(words).Chip()}</a>""") : Html.None;

    private static string IdOf(ClaimStatus claim) => $"larger-{claim.Claim.Id}";

    // The row of a claim's verdict, the first table's, leads to the claim, and can be led to.
    private Html Linked(Html document, IReadOnlyList<ClaimStatus> claims)
    {
        var text = document.Text;
        var table = Math.Max(0, text.IndexOf("</table>", StringComparison.Ordinal));
        var (verdicts, rest) = (text[..table], text[table..]);
        foreach (var claim in claims)
        {
            var cell = $"<td>{claim.Claim.Id}</td>";
            if (verdicts.IndexOf(cell, StringComparison.Ordinal) is >= 0 and var at)
            {
                _judged.Add(claim.Claim.Id);
                verdicts = $"""{verdicts[..at]}<td id="{IdOf(claim)}">{ClaimLink.To(claim.Claim.Id)}</td>{verdicts[(at + cell.Length)..]}""";
            }
        }

        return new Html(verdicts + rest);
    }
}
