using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The report as one page that needs nothing but itself.</summary>
internal static class ReportPage
{
    internal static string Of(IReadOnlyList<ClaimView> claims, PreviousReport? previous, DateTime generated)
    {
        var papers = Paper.All;
        var figures = new PageFigures(claims);
        var tables = PaperTable.All(claims);
        View[] views =
        [
            .. papers.Select(paper => new View(
                paper.IsPaper ? paper.Folder : "Beyond",
                new Section($"paper-{paper.Id}", paper.Title, PagePaper.Of(paper, claims, tables, figures)))),
            new(
                "Errors",
                new Section("refuted", "Refuted and contradicted", PageRefuted.Of(claims, papers)),
                new Section("errors", "Errors found in the papers", PageErrors.Of(claims, papers))),
            new("Tables", new Section("tables", "Printed numbers beside ours", PageTables.Of(claims, papers, tables, figures))),
            new("Undecided", new Section("undecided", "What is undecided, and what would decide it", PageUndecided.Of(claims, papers))),
            new("All claims", new Section("claims", "All claims", PageClaimTable.Of(claims, papers))),
            new("Graph", new Section("graph", "What rests on what", PageGraph.Of(claims, papers))),
            new(
                "Replay",
                new Section("replay", "How to replay a number", PageReplay.Of(claims, papers)),
                new Section("changes", "Since the last report", PageChanges.Of([.. claims.Select(claim => claim.Status)], previous))),
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
            <nav aria-label="Parts of this page"><div class="bar"><h1><a href="#front">Reproduce</a></h1>{views.Select(Link)}
            <button id="theme" type="button" hidden>Colours: system</button></div></nav>
            <main id="main" tabindex="-1">
            <header class="view" id="front">
            <h2 class="title-line">Which claims about ReLU networks hold, and which do not</h2>
            {PageOverview.Of(claims, papers, previous)}
            </header>
            {views.Select(Part)}
            </main>
            <footer>
            <p>{Made(generated)}</p>
            </footer>
            <noscript><p class="note">Without scripts there are no plots, no graph and no filter, and all parts stand below each other;
            everything else is here.</p></noscript>
            {figures.Data}
            {PageGraph.Data(claims)}
            {PlotLibraries.Scripts}{PlotLibraries.Script("page.js")}{PlotLibraries.Script("graph.js")}{PlotLibraries.Script("plots.js")}
            </body>
            </html>
            """).Text;
    }

    private static Html Link(View view) => Html.Of($"""<a href="#{view.Sections[0].Id}">{view.Link}</a>""");

    private static Html Part(View view) => Html.Of(
        $"""
        <div class="view">{view.Sections.Select(Part)}</div>

        """);

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
            commit <code>{stamp.Commit}</code>. {stamp.Library}; {stamp.Runtime}; {stamp.Cores} cores. Written by hand: the claims,
            Claims/*/claims.md, with what larger runs gave, which a test holds against their results; and the questions with their answers,
            Claims/*/questions.md, each shown only with the verdict it was written for.
            """);
    }

    // What is seen at a time, with its link in the bar.
    private sealed record View(string Link, params IReadOnlyList<Section> Sections);

    private sealed record Section(string Id, string Title, Html Content);
}
