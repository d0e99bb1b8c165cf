using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The report as one page that needs nothing but itself.</summary>
internal static class ReportPage
{
    internal static string Of(IReadOnlyList<ClaimStatus> claims, PreviousReport? previous, DateTime generated)
    {
        var papers = Paper.All;
        var figures = new PageFigures(claims);
        Section[] sections =
        [
            new("refuted", "Refuted", "Refuted and contradicted", PageRefuted.Of(claims, papers)),
            new("errors", "Errors", "Errors found in the papers", PageErrors.Of(claims, papers)),
            new("tables", "Numbers", "Printed numbers beside ours", PageTables.Of(claims, papers, figures)),
            new("claims", "Claims", "All claims", PageClaimTable.Of(claims, papers)),
            new("graph", "Graph", "What rests on what", PageGraph.Of(claims)),
            new("details", "Details", "Claim by claim", PageClaim.All(claims, papers, figures)),
            new("changes", "Changes", "Since the last report", PageChanges.Of(claims, previous)),
            new("larger", "Larger run", "Verdicts at the standard size", PageLargerRun.Of(claims)),
        ];
        return Html.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Reproduce: which claims about ReLU networks hold</title>
            <link rel="icon" href="data:,">
            <style>{new Html(PlotLibraries.Read("page.css"))}</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <nav aria-label="Parts of this page"><div class="bar"><a class="name" href="#main">Reproduce</a>{sections.Select(Link)}
            <button id="theme" type="button" hidden>Colours: system</button></div></nav>
            <main id="main" tabindex="-1">
            <header>
            <h1>Which claims about ReLU networks hold, and which do not</h1>
            {PageOverview.Of(claims, papers, previous)}
            </header>
            {sections.Select(Part)}
            </main>
            <footer>
            <p>{Made(generated)}</p>
            </footer>
            <noscript><p class="note">Without scripts there are no plots, no graph and no filter; everything else is here.</p></noscript>
            {figures.Data}
            {PageGraph.Data(claims)}
            {PlotLibraries.Scripts}{PlotLibraries.Script("page.js")}{PlotLibraries.Script("graph.js")}{PlotLibraries.Script("plots.js")}
            </body>
            </html>
            """).Text;
    }

    private static Html Link(Section section) => Html.Of($"""<a href="#{section.Id}">{section.Link}</a>""");

    private static Html Part(Section section) => Html.Of(
        $"""
        <section id="{section.Id}" aria-labelledby="{section.Id}-title"><h2 id="{section.Id}-title">{section.Title}</h2>
        {section.Content}</section>

        """);

    private static Html Made(DateTime generated)
    {
        var stamp = Stamp.WithoutLibtorch;
        return Html.Of(
            $"""
            Made {generated.ToString("yyyy-MM-dd HH:mm")} UTC from the claims' entries and the evidence of build <code>{stamp.Build}</code>,
            commit <code>{stamp.Commit}</code>. {stamp.Library}; {stamp.Runtime}; {stamp.Cores} cores. Typed by hand are the claims
            themselves, Claims/*/claims.md, and in them what the larger run gave, which a test holds against its results.
            """);
    }

    private sealed record Section(string Id, string Link, string Title, Html Content);
}
