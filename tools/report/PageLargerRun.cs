using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The newest page of docs/results: experiments at a larger size than this report's.</summary>
internal static class PageLargerRun
{
    internal static Html Of()
    {
        var folder = Path.Combine(Repository.Root, "docs", "results");
        var newest = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.md").Order(StringComparer.Ordinal).LastOrDefault() : null;
        return newest is null ? Html.Of($"<p>None is kept yet: see <code>./reproduce nightly --help</code>.</p>") : Html.Of(
            $"""
            <p>The experiments above are those of the quick size. Larger ones take hours; what they gave is kept in <code>docs/results/{Path.GetFileName(newest)}</code>.</p>
            <details class="row document"><summary><span class="title">{File.ReadLines(newest).First().TrimStart('#', ' ')}</span></summary>{Prose.Document(File.ReadAllText(newest))}</details>
            """);
    }
}
