using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Playwright;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Report;

/// <summary>The report's page in a real browser, from disk. Without chromium the tests are skipped and say so.</summary>
[Trait("Category", "Foundation")]
public sealed class BrowserTests(BrowsedReport report) : IClassFixture<BrowsedReport>
{
    private static readonly int Claims = ClaimRegistry.Load().Count;

    [Fact]
    public async Task Page_Opened_AndScrolledThrough_LogsNothingAndAsksForNothing()
    {
        await using var opened = await report.Open();
        await Unfold(opened.Page);
        foreach (var view in await Views(opened.Page))
        {
            await Show(opened.Page, view);
            foreach (var plot in await opened.Page.Locator(".view:not([hidden]) .plot").AllAsync())
            {
                await plot.ScrollIntoViewIfNeededAsync();
            }
        }

        opened.Faults.Should().BeEmpty();
    }

    [Fact]
    public async Task Overview_CountsEveryClaimOnce()
    {
        await using var opened = await report.Open();
        var counts = await opened.Page.Locator("#front .counts b").AllInnerTextsAsync();
        counts.Sum(int.Parse).Should().Be(Claims);
    }

    /// <summary>What is seen first is short, and the rest is one step away.</summary>
    [Theory]
    [InlineData(1400, 6000)]
    [InlineData(400, 12_000)]
    public async Task FrontPage_IsShort_AndTheBarLeadsToEveryView(int width, int height)
    {
        await using var opened = await report.Open(width);
        (await opened.Page.EvaluateAsync<int>("document.documentElement.scrollHeight")).Should().BeLessThan(height);
        var views = await Views(opened.Page);
        views.Should().HaveCount(1 + Paper.All.Count + 6);
        foreach (var view in views)
        {
            await Show(opened.Page, view);
            (await opened.Page.Locator(".view:not([hidden])").CountAsync()).Should().Be(1);
            (await opened.Page.Locator($"[id='{view}']").IsVisibleAsync()).Should().BeTrue(view);
            (await opened.Page.Locator("nav [aria-current]").GetAttributeAsync("href")).Should().Be($"#{view}");
        }
    }

    [Fact]
    public async Task Filter_ByPaperAndVerdict_ShowsThoseRows_AndStaysInTheAddress()
    {
        await using var opened = await report.Open(address: "#claims");
        var expected = ClaimRegistry.Load().Count(claim => claim.Paper == "slope" && claim.Declared == Verdict.Refuted);
        await opened.Page.Locator("#filter [name=paper]").SelectOptionAsync("slope");
        await opened.Page.Locator("#filter [name=verdict]").SelectOptionAsync("refuted");
        (await Rows(opened.Page)).Should().Be(expected);
        (await opened.Page.Locator("#shown").InnerTextAsync()).Should().Be($"{expected} of {Claims} claims");

        await opened.Page.ReloadAsync();
        (await Rows(opened.Page)).Should().Be(expected);
        await opened.Page.Locator("#filter [type=reset]").ClickAsync();
        await opened.Page.WaitForFunctionAsync($"document.querySelectorAll('#claim-table tbody tr:not([hidden])').length === {Claims}");
    }

    [Fact]
    public async Task Filter_ByWords_FindsAClaimByItsId()
    {
        await using var opened = await report.Open(address: "#claims");
        await opened.Page.Locator("#filter [name=search]").FillAsync("slope.prop-6.proof");
        (await Rows(opened.Page)).Should().Be(1);
    }

    [Fact]
    public async Task AllClaims_OnAPhone_AreFiftyUntilAllAreAskedFor()
    {
        await using var opened = await report.Open(width: 400, address: "#claims");
        (await Rows(opened.Page)).Should().Be(50);
        await opened.Page.Locator("#more").ClickAsync();
        (await Rows(opened.Page)).Should().Be(Claims);
        (await opened.Page.Locator("#more").IsVisibleAsync()).Should().BeFalse();
    }

    [Fact]
    public async Task Search_OnTheFrontPage_LeadsToTheClaimsThatHaveTheWords()
    {
        await using var opened = await report.Open();
        await opened.Page.Locator("#find [name=search]").FillAsync("slope.prop-6.proof");
        await opened.Page.Keyboard.PressAsync("Enter");
        await opened.Page.Locator("#claim-table").WaitForAsync();
        (await Rows(opened.Page)).Should().Be(1);
    }

    [Fact]
    public async Task Links_OfThePage_AllLeadSomewhere()
    {
        await using var opened = await report.Open();
        var lost = await opened.Page.EvaluateAsync<string[]>(
            """
            [...document.querySelectorAll('a[href]:not(.by a)')].map(link => link.getAttribute('href'))
              .filter(href => !href.startsWith('#') || !document.getElementById(href.slice(1).split('?')[0]))
            """);
        lost.Should().BeEmpty();
        var papers = await opened.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('.by a')].map(link => link.getAttribute('href'))");
        papers.Should().HaveCount(2 * Paper.All.Count(paper => paper.IsPaper), "on the front page and on that of the paper")
            .And.OnlyContain(address => address.StartsWith("http", StringComparison.Ordinal), "only the papers lie elsewhere");
        var missing = await opened.Page.EvaluateAsync<string[]>(
            "ids => ids.filter(id => !document.querySelector(`#claim-table a[href=\"#${id}\"]`))",
            ClaimRegistry.Load().Select(claim => claim.Id));
        missing.Should().BeEmpty("the table has every claim");
    }

    [Fact]
    public async Task ClaimLink_Followed_UnfoldsItsSection()
    {
        await using var opened = await report.Open(address: "#claims");
        await opened.Page.Locator("#claim-table a[href='#slope.prop-6']").ClickAsync();
        var replay = opened.Page.Locator("[id='slope.prop-6'] .replay code");
        await replay.WaitForAsync();
        (await replay.InnerTextAsync()).Should().Be("./reproduce test slope.prop-6");
        (await opened.Page.Locator("[id='slope.prop-6']").IsVisibleAsync()).Should().BeTrue();
    }

    /// <summary>A paper at a time; a claim that neither rests on another nor carries one is in none.</summary>
    [Fact]
    public async Task Graph_OfAPaper_HasANodeAClaim_AndAnArrowAUse()
    {
        await using var opened = await report.Open(address: "#graph");
        var claims = ClaimRegistry.Load();
        var carrying = claims.SelectMany(claim => claim.Uses).ToHashSet();
        foreach (var paper in claims.GroupBy(claim => claim.Paper))
        {
            await opened.Page.Locator($"#graph-papers [data-paper='{paper.Key}']").ClickAsync();
            var own = paper.Where(claim => claim.Uses.Count > 0 || carrying.Contains(claim.Id)).ToList();
            var drawn = own.Select(claim => claim.Id).Concat(own.SelectMany(claim => claim.Uses)).ToHashSet();
            (await opened.Page.Locator("#graph .node").CountAsync()).Should().Be(drawn.Count);
            (await opened.Page.Locator("#graph .edge").CountAsync())
                .Should().Be(claims.Where(claim => drawn.Contains(claim.Id)).Sum(claim => claim.Uses.Count(drawn.Contains)));
            (await opened.Page.EvaluateAsync<bool>(
                """
                [...document.querySelectorAll('#graph .node')].map(node => node.getAttribute('transform'))
                  .every((place, i, all) => all.indexOf(place) === i)
                """)).Should().BeTrue("no node covers another");
        }
    }

    [Fact]
    public async Task Graph_ByKeyboard_ShowsANeighbourhoodAndAllAgain()
    {
        await using var opened = await report.Open(address: "#graph");
        var all = await opened.Page.Locator("#graph .node").CountAsync();
        await opened.Page.Locator("#graph .node[data-id='slope.prop-1']").FocusAsync();
        await opened.Page.Keyboard.PressAsync("Enter");
        var near = await opened.Page.Locator("#graph .node").CountAsync();
        near.Should().BeInRange(2, Claims - 1);
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        (await opened.Page.EvaluateAsync<string>("document.activeElement.dataset.id")).Should().NotBe("slope.prop-1");
        await opened.Page.Keyboard.PressAsync("Escape");
        (await opened.Page.Locator("#graph .node").CountAsync()).Should().Be(all);
    }

    [Theory]
    [InlineData("slope.fig-1", ".mark-line.role-mark path", 2)]
    [InlineData("intervals.fig-4", ".mark-symbol.role-mark path", 1)]
    [InlineData("design.fig-1", ".mark-rect.role-mark path", 1)]
    public async Task Plots_InView_HaveMarksLabelsAndTheirData(string claim, string mark, int panels)
    {
        await using var opened = await report.Open();
        await opened.Page.EvaluateAsync("id => { location.hash = id; }", claim);
        var plot = opened.Page.Locator($"[id='{claim}'] .plot");
        await SkipWithoutLibraries(opened.Page);
        await plot.ScrollIntoViewIfNeededAsync();
        await plot.Locator(".actions button").First.WaitForAsync();
        (await plot.Locator(mark).CountAsync()).Should().BeGreaterThan(1, claim);
        (await plot.Locator(".mark-group.role-scope.cell, .mark-group.role-frame").CountAsync()).Should().BeGreaterThanOrEqualTo(panels);
        (await plot.Locator("svg").TextContentAsync()).Should().NotContainAny("undefined", "NaN", "null");
        (await plot.Locator(".canvas").GetAttributeAsync("aria-label")).Should().NotBeNullOrWhiteSpace();
        (await Downloaded(opened.Page, plot, "SVG")).Should().StartWith("<svg");
        (await Downloaded(opened.Page, plot, "CSV")).Should().StartWith("\"panel\",\"curve\"");
        opened.Faults.Should().BeEmpty();
    }


    [Fact]
    public async Task Plots_TypesetTheirMathematics_OnThePageAndInFiles_AndDrawWhatStandsOutStronger()
    {
        await using var opened = await report.Open(address: "#slope.fig-1");
        await Drawn(opened.Page);
        var plot = opened.Page.Locator("[id='slope.fig-1'] .plot");
        foreach (var drawing in new[] { await plot.Locator(".canvas").InnerHTMLAsync(), await Downloaded(opened.Page, plot, "SVG") })
        {
            drawing.Should().NotMatchRegex(">[^<]*(τ_b|\\^\\()", "that is how the text is written");
            drawing.Should()
                .MatchRegex("<tspan dy=\"0.3em\" font-size=\"75%\"><tspan font-style=\"italic\">b</tspan>")
                .And.MatchRegex("<tspan dy=\"-0.45em\" font-size=\"75%\"><tspan font-style=\"italic\">k</tspan>−1</tspan>");
        }

        await plot.GetByRole(AriaRole.Button, new() { Name = "Show the data" }).ClickAsync();
        (await plot.Locator(".data th", new() { HasText = "mean" }).InnerHTMLAsync()).Should().Contain("<sub>");
        (await opened.Page.EvaluateAsync<double[]>(
            """
            [...document.querySelectorAll('[id="slope.fig-1"] .mark-line.role-mark path')]
              .map(path => +path.getAttribute('stroke-width')).sort()
            """)).Should().StartWith(2).And.EndWith(3.5);
        opened.Faults.Should().BeEmpty();
    }

    [Fact]
    public async Task Plots_WhereNothingWasMeasured_BreakTheirLine()
    {
        await using var opened = await report.Open(address: "#slope.fig-1");
        await Drawn(opened.Page);
        (await opened.Page.EvaluateAsync<int[]>(
            """
            [...document.querySelectorAll('[id="slope.fig-1"] .mark-line.role-mark path')]
              .map(path => path.getAttribute('d').split('M').length - 1).sort()
            """)).Should().Equal([1, 1, 1, 2], "one of four curves has a gap, and no line leads across it");
    }

    [Fact]
    public async Task Plots_AfterAnotherThemePaperOrWindow_AreAsWideAsTheirPlace()
    {
        await using var opened = await report.Open(address: "#slope.fig-1");
        var before = await Drawn(opened.Page);
        before.Should().BeGreaterThan(700);
        await Fold(true);
        await opened.Page.ClickAsync("#theme");
        (await opened.Page.Locator("[id='slope.fig-1'] .canvas svg").CountAsync()).Should().Be(0, "what is folded is not drawn");
        await opened.Page.PdfAsync();
        await Fold(false);
        (await Drawn(opened.Page)).Should().Be(before, "what was folded is drawn anew");
        await opened.Page.PdfAsync();
        (await Drawn(opened.Page)).Should().Be(before, "what was drawn for paper is drawn anew");
        (await opened.Page.Locator("[id='slope.fig-1'] .actions").CountAsync()).Should().Be(1);
        await opened.Page.SetViewportSizeAsync(700, 900);
        await opened.Page.WaitForFunctionAsync("document.querySelector('[id=\"slope.fig-1\"] .canvas svg').width.baseVal.value < 700");
        opened.Faults.Should().BeEmpty();

        Task Fold(bool isFolded) =>
            opened.Page.EvaluateAsync("isFolded => { document.getElementById('slope.fig-1').open = !isFolded; }", isFolded);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(800)]
    [InlineData(1280)]
    public async Task Comparison_InAnyWindow_WrapsItsRules_AndSaysOnceWhatRowsShare(int width)
    {
        await using var opened = await report.Open(width, 800, "#tables");
        await Unfold(opened.Page);
        var table = opened.Page.Locator("table.compared").First;
        (await table.Locator("tbody tr").CountAsync()).Should().Be(3);
        (await table.Locator("td.printed").AllInnerTextsAsync()).Should().HaveCount(2)
            .And.Contain(text => text.Contains("0.91")).And.Contain(text => text.Contains("0.27 million"));
        (await table.Locator("td.rule").CountAsync()).Should().Be(2);
        (await table.Locator("td.number").AllInnerTextsAsync())
            .Should().Contain(text => text.StartsWith("1.5·10⁻⁷", StringComparison.Ordinal)).And.Contain("269\u00a0722");
        (await opened.Page.EvaluateAsync<int>(
            """
            [...document.querySelectorAll('table.compared, table.claims')]
              .filter(table => table.getBoundingClientRect().right > innerWidth || table.closest('.wide')).length
            """)).Should().Be(0);
    }

    /// <summary>What the browser lays out is looked at when printing ends, before the page folds itself again.</summary>
    [Fact]
    public async Task Print_ShowsAllViews_DrawsTheFigures_LightAndAsWideAsThePaper_AndIsAsBeforeAfterwards()
    {
        await using var opened = await report.Open(colours: ColorScheme.Dark);
        await opened.Page.AddInitScriptAsync(
            """
            addEventListener('afterprint', () => { window.printed = [
              document.querySelectorAll('.view[hidden]').length,
              document.querySelectorAll('details.claim[open]').length,
              document.querySelectorAll('.gallery .plot').length - document.querySelectorAll('.gallery .plot .canvas svg').length,
              Math.max(0, ...[...document.querySelectorAll('.plot .canvas svg')].map(svg => +svg.getAttribute('width'))),
              parseInt(getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0]),
              document.querySelectorAll('.gallery .plot').length,
            ]; })
            """);
        await opened.Page.ReloadAsync();
        var folded = await Print();
        folded[0].Should().Be(0, "all views are printed");
        folded[1].Should().Be(0, "claims are printed as they stand");
        folded[5].Should().BeGreaterThanOrEqualTo(SyntheticEvidence.Drawn.Count, "their figures stand under their lines");
        if (!await LibrariesMissing(opened.Page))
        {
            folded[2].Should().Be(0, "every plot is drawn");
            folded[3].Should().BeInRange(300, 700);
        }

        (await opened.Page.Locator(".gallery").CountAsync()).Should().Be(0, "the figures are back in their claims");
        await Show(opened.Page, "replay");
        await opened.Page.ClickAsync("#unfold");
        var printed = await Print();
        printed[1].Should().Be(await opened.Page.Locator("details.claim").CountAsync(), "all were unfolded by the button");
        printed[4].Should().Be(255);
        await opened.Page.ClickAsync("#unfold");
        (await opened.Page.Locator("details.claim[open]").CountAsync()).Should().Be(0);
        (await opened.Page.Locator(".view:not([hidden])").CountAsync()).Should().Be(1);
        (await opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor")).Should().Be("rgb(22, 24, 27)");

        // On paper nothing scrolls, so that what is wider than it would be cut or shrink the whole page.
        await opened.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await opened.Page.SetViewportSizeAsync(680, 900);
        await Unfold(opened.Page);
        (await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(680);
        opened.Faults.Should().BeEmpty();

        async Task<double[]> Print()
        {
            await opened.Page.PdfAsync(new() { Format = "A4" });
            return await opened.Page.EvaluateAsync<double[]>("window.printed");
        }
    }

    /// <summary>The largest run counts: its verdict, its size, its figures; what is only declared says where that stands.</summary>
    [Fact]
    public async Task LargestRun_IsShownFirst_WithItsSize_AndADifferenceInWords()
    {
        // Declared inconclusive at the size that the synthetic evidence has.
        const string Differing = "slope.fig-1.convolutional";
        await using var opened = await report.Open(address: "#claims");
        var committed = SyntheticEvidence.Results.ToDictionary(one => one.Claim, one => one.Verdict);
        var expected =
            (from claim in ClaimRegistry.Load()
             where claim.Kind == ClaimKind.Experiment
             let found = committed.TryGetValue(claim.Id, out var verdict) ? verdict
                 : claim.DeclaredAt(Profile.Paper) ?? claim.DeclaredAt(Profile.Standard) ?? claim.Declared
             select $"{claim.Id}: {found.Words()}").ToList();
        (await opened.Page.EvaluateAsync<string[]>(
            """
            [...document.querySelectorAll('#claim-table tr')].filter(row => row.querySelector('.verdicts .size'))
              .map(row => `${row.querySelector('code').textContent}: ${row.dataset.verdict}`)
            """)).Should().Equal(expected);
        (await opened.Page.Locator("[id='slope.fig-1'] > p.standard").First.TextContentAsync())
            .Should().Contain("Standard size").And.Contain("not from evidence of this build");
        var declared = ClaimRegistry.Load().Single(claim => claim.Id == "slope.fig-1").DeclaredAt(Profile.Standard)!.Value.Words();
        (await opened.Page.Locator("[id='slope.fig-1'] > p b").First.TextContentAsync())
            .Should().StartWith($"{char.ToUpperInvariant(declared[0])}{declared[1..]}");

        (await opened.Page.Locator($"[id='{Differing}'] > p b").First.TextContentAsync())
            .Should().Be("Partly here, declared inconclusive:");
        (await opened.Page.Locator($"[id='{Differing}'] > .statements li").CountAsync()).Should().Be(2);
        (await opened.Page.Locator($"[id='{Differing}'] > p.standard").TextContentAsync()).Should().Contain("commit abc123");
        (await opened.Page.Locator($"[id='{Differing}'] > .plot figcaption").TextContentAsync())
            .Should().Contain("At the standard size");
        (await opened.Page.Locator($"[id='{Differing}'] > .plot figcaption .size").TextContentAsync()).Should().Be("standard size");
        (await opened.Page.Locator("[id='intervals.fig-7'] > summary .size").TextContentAsync()).Should().Be("paper size");
        (await opened.Page.Locator("[id='intervals.fig-7'] details.smaller").CountAsync()).Should().Be(2, "standard and quick");
        (await opened.Page.Locator("[id='intervals.fig-7'] .replay code").First.TextContentAsync())
            .Should().Be("./reproduce nightly intervals.fig-7 --profile paper");
        (await opened.Page.Locator("#front details.note").TextContentAsync())
            .Should().Contain($"{Differing} (standard size: partly here, declared inconclusive)");
    }

    [Fact]
    public async Task Undecided_ListsEveryOpenExperiment_WithWhatWouldDecideIt()
    {
        await using var opened = await report.Open(address: "#undecided");
        var listed = await opened.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('#undecided li > div:first-child > a')].map(link => link.getAttribute('href').slice(1))");
        var open = await opened.Page.EvaluateAsync<string[]>(
            """
            [...document.querySelectorAll('#claim-table tr[data-kind=experiment]')]
              .filter(row => ['inconclusive', 'pending'].includes(row.dataset.verdict))
              .map(row => row.querySelector('code').textContent)
            """);
        listed.Should().NotBeEmpty().And.BeEquivalentTo(open);
        (await opened.Page.Locator("#undecided .decides").AllInnerTextsAsync())
            .Should().HaveCount(listed.Length).And.OnlyContain(text => text.Length > 0);
    }

    /// <summary>Rows and columns of the print; a cell says in signs and words whether it matches.</summary>
    [Fact]
    public async Task PaperTable_HasThePrintedCells_OursAndTheDifference()
    {
        await using var opened = await report.Open(address: "#tables");
        var table = opened.Page.GetByRole(AriaRole.Table, new() { Name = "Table 1 of slope", Exact = true });
        (await table.Locator("thead th").AllInnerTextsAsync()).Should().HaveCount(4);
        (await table.Locator("tbody th").AllInnerTextsAsync()).Should().HaveCount(12).And.StartWith("1×25");
        (await table.Locator("td.match").InnerTextAsync()).Should().ContainAll("0.965\u00a0±\u00a00.00113", "0.966 ± 0.002", "✓ +0.5");
        (await table.Locator("td.differs").InnerTextAsync()).Should().ContainAll("0.965\u00a0±\u00a00.000884", "✗ −9.0");
        (await table.Locator("td.undecided").InnerTextAsync()).Should().ContainAll("0.963\u00a0±\u00a00.00124", "◇ +2.5");
        (await table.Locator("td.unlike").InnerTextAsync()).Should().ContainAll("0.819\u00a0±\u00a00.003", "0.7 ± 0.002", "~");
        (await table.Locator("td.absent").CountAsync()).Should().Be(44);
        (await opened.Page.Locator("#tables .caption").First.InnerTextAsync())
            .Should().ContainAll("standard size", "48 cells printed, 4 measured: 1 matching, 1 undecided, 1 differing");
    }

    [Fact]
    public async Task Contradicted_SaysWhatFailed_AndTheNumbersSayWhichDataAreNotTheOriginals()
    {
        await using var opened = await report.Open(address: "#refuted");
        var contradicted = ClaimRegistry.Load()
            .Where(claim => claim.Declared == Verdict.NotReproduced && !claim.Sections.ContainsKey("Counterexample"))
            .Where(claim => claim.DeclaredAt(Profile.Standard) is null)
            .Select(claim => claim.Id).ToList();
        contradicted.Should().NotBeEmpty();
        foreach (var id in contradicted)
        {
            (await opened.Page.Locator($"#refuted li:has(a[href='#{id}']) .why").InnerTextAsync()).Should().NotBeEmpty();
            (await opened.Page.Locator($"[id='{id}'] .statements .open").AllTextContentsAsync()).Should().Equal("open");
            (await opened.Page.Locator($"[id='{id}'] .statements li").CountAsync()).Should().Be(3);
            (await opened.Page.Locator($"[id='{id}'] > p b").First.EvaluateAsync<string>("bold => bold.parentElement.textContent"))
                .Should().StartWith("Not reproduced: of 3 statements 1 met, 1 failed, 1 open; fewer networks than the rule requires.");
        }

        (await opened.Page.Locator("#tables > p").First.TextContentAsync())
            .Should().EndWith("Not all data are the originals: covertype (sample of 5 of 10 rows).");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(800)]
    public async Task NarrowWindow_EverythingUnfolded_DoesNotScrollSideways(int width)
    {
        await using var opened = await report.Open(width, 800);
        await Unfold(opened.Page);
        foreach (var view in await Views(opened.Page))
        {
            await Show(opened.Page, view);
            var wide = await opened.Page.EvaluateAsync<string[]>(
                """
                () => document.documentElement.scrollWidth <= innerWidth ? []
                  : [...document.querySelectorAll('.view:not([hidden]) *, nav, footer *')]
                  .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
                  .filter(element => !element.closest('.wide') && !element.closest('nav'))
                  .slice(0, 5).map(element => element.outerHTML.slice(0, 200))
                """);
            wide.Should().BeEmpty(view);
            (await opened.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).Should().BeTrue(view);
        }
    }

    [Fact]
    public async Task Theme_Button_ByKeyboard_TurnsThePageDark()
    {
        await using var opened = await report.Open();
        await opened.Page.Locator("#theme").FocusAsync();
        await opened.Page.Keyboard.PressAsync("Enter");
        await opened.Page.Keyboard.PressAsync("Enter");
        (await opened.Page.Locator("#theme").InnerTextAsync()).Should().Be("Colours: dark");
        (await opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor")).Should().Be("rgb(22, 24, 27)");
    }

    [Fact]
    public async Task Keyboard_FirstStop_SkipsToTheContent_AndTheNextAreTheParts()
    {
        await using var opened = await report.Open();
        var stops = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            await opened.Page.Keyboard.PressAsync("Tab");
            stops.Add(await opened.Page.EvaluateAsync<string>("document.activeElement.getAttribute('href')"));
        }

        stops.Should().Equal("#main", "#front", "#paper-slope", "#paper-smoothness");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1200)]
    [InlineData(ColorScheme.Dark, 1200)]
    [InlineData(ColorScheme.Dark, 400)]
    public async Task Accessibility_ByAxe_FindsNothing(ColorScheme colours, int width)
    {
        var axe = Path.Combine(Repository.Root, "tools", "report", "node_modules", "axe-core", "axe.min.js");
        if (!File.Exists(axe))
        {
            Assert.Skip("axe-core is missing: ./setup fetches it with npm");
        }

        await using var opened = await report.Open(width, 900, colours: colours);
        await Unfold(opened.Page, [.. SyntheticEvidence.Drawn, "slope.prop-6"]);
        await opened.Page.AddScriptTagAsync(new() { Path = axe });
        string[] views = colours == ColorScheme.Light ? await Views(opened.Page) : ["front", "paper-slope", "tables", "graph"];
        foreach (var view in views)
        {
            await Show(opened.Page, view);
            var violations = await opened.Page.EvaluateAsync<string[]>(
                """
                async () => (await axe.run({ exclude: [['.view[hidden]']] }, { resultTypes: ['violations'] })).violations
                  .map(one => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`)
                """);
            violations.Should().BeEmpty(view);
        }
    }

    [Fact]
    public void Mathematics_IsTypeset_AndWhatIsNoneIsNot()
    {
        var page = File.ReadAllText(report.Page);
        foreach (var (_, html) in BrowsedReport.Formulas)
        {
            page.Contains($"<td>{html}<span", StringComparison.Ordinal).Should().BeTrue(html);
        }

        page.Contains("&lt;/script&gt;&lt;<i>b</i>&gt;<i>a</i> &lt; <i>b</i>", StringComparison.Ordinal)
            .Should().BeTrue("what evidence says is text");
        page.Contains("</script><b>", StringComparison.Ordinal).Should().BeFalse();
    }

    /// <summary>Limits, roots and fractions of the entries are MathML that a reader of XML takes, and nothing is lost in it.</summary>
    [Fact]
    public void Formulas_OfTheEntries_AreMathML()
    {
        var page = File.ReadAllText(report.Page);
        var formulas = Regex.Matches(page, "<math>.*?</math>").Select(match => XElement.Parse(match.Value)).ToList();
        foreach (var name in new[] { "munder", "munderover", "msqrt", "mfrac", "msubsup" })
        {
            formulas.SelectMany(formula => formula.Descendants(name)).Should().NotBeEmpty(name);
        }

        page.Should().Contain(
            "<munder><mo movablelimits=\"false\" lspace=\"0\">max</mo><mrow><mi>v</mi><mo>∈</mo><mi>B</mi><mo>∗</mo></mrow></munder>");
        page.Should().Contain("<mark>Pre-activations</mark> in place of <del>", "a repair says what it changes");
        formulas.SelectMany(formula => formula.DescendantNodes().OfType<XText>())
            .Should().OnlyContain(text => !text.Value.Contains('_') && !text.Value.Contains('^'), "scripts are raised and lowered");
    }

    [Fact]
    public async Task Verdict_ChangedSinceTheLastReport_IsTheAlarm()
    {
        var before = JsonNode.Parse(await File.ReadAllTextAsync(report.Json, TestContext.Current.CancellationToken))!;
        foreach (var (id, verdict) in new[] { ("slope.prop-6", "refuted"), ("slope.prop-1", "not run"), ("slope.fig-1", "pending") })
        {
            before["claims"]!.AsArray().Single(claim => claim!["id"]!.GetValue<string>() == id)!["verdict"] = verdict;
        }

        await File.WriteAllTextAsync(report.Json, before.ToJsonString(), TestContext.Current.CancellationToken);
        report.Write();
        await using var opened = await report.Open(address: "#changes");
        (await opened.Page.Locator("header .alarm").TextContentAsync()).Should().Contain("1 verdict has changed");
        (await opened.Page.Locator("#changes").InnerTextAsync())
            .Should().ContainAll("slope.prop-6: was refuted", "1 claim had not been run then").And.NotContain("slope.prop-1");
        (await opened.Page.Locator("#changes li").AllInnerTextsAsync())
            .Should().HaveCount(2).And.Contain(line => line.StartsWith("slope.fig-1: was pending", StringComparison.Ordinal));
    }

    /// <summary>For people to look at.</summary>
    [Theory]
    [InlineData("light", ColorScheme.Light, 1200)]
    [InlineData("dark", ColorScheme.Dark, 1200)]
    [InlineData("narrow", ColorScheme.Light, 400)]
    public async Task Screenshots_AreKept(string name, ColorScheme colours, int width)
    {
        await using var opened = await report.Open(width, 900, colours: colours);
        await Unfold(opened.Page, [.. SyntheticEvidence.Drawn, "slope.prop-6"]);
        // A bar that stays in place would lie across what is taller than the window.
        await opened.Page.AddStyleTagAsync(new() { Content = "nav, .filter { position: static !important; }" });
        var folder = Path.Combine(Repository.Artifacts, "report", "screenshots");
        string[] claims = ["slope.prop-6", .. SyntheticEvidence.Drawn];
        foreach (var part in (string[])["front", "refuted", "tables", "undecided", "claims", "graph", .. claims])
        {
            await Show(opened.Page, part);
            var path = Path.Combine(folder, $"{name}-{string.Concat(part.Where(char.IsLetterOrDigit))}.png");
            await opened.Page.Locator($"[id='{part}']").ScreenshotAsync(new() { Path = path });
            new FileInfo(path).Length.Should().BeGreaterThan(2000);
        }
    }

    // Waits for the plot of slope.fig-1; its width. Skips the test where nothing can draw it.
    private static async Task<double> Drawn(IPage page)
    {
        await SkipWithoutLibraries(page);
        var plot = page.Locator("[id='slope.fig-1'] .plot");
        await plot.ScrollIntoViewIfNeededAsync();
        await plot.Locator(".canvas svg").WaitForAsync();
        await plot.Locator(".actions button").First.WaitForAsync();
        return await plot.Locator(".canvas svg").EvaluateAsync<double>("svg => svg.width.baseVal.value");
    }

    // The ids that the bar leads to.
    private static Task<string[]> Views(IPage page) =>
        page.EvaluateAsync<string[]>("[...document.querySelectorAll('nav .bar a')].map(link => link.hash.slice(1))");

    private static async Task Show(IPage page, string id)
    {
        await page.EvaluateAsync("id => { location.hash = id; }", id);
        await page.WaitForFunctionAsync("id => !document.getElementById(id).closest('.view').hidden", id);
    }

    private static async Task Unfold(IPage page) =>
        await page.EvaluateAsync("document.querySelectorAll('details').forEach(one => { one.open = true; })");

    private static async Task Unfold(IPage page, string[] ids) =>
        await page.EvaluateAsync("ids => ids.forEach(id => { document.getElementById(id).open = true; })", ids);

    private static async Task<string> Downloaded(IPage page, ILocator plot, string button)
    {
        var download = await page.RunAndWaitForDownloadAsync(() =>
            plot.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync());
        return await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
    }

    private static async Task SkipWithoutLibraries(IPage page)
    {
        if (await LibrariesMissing(page))
        {
            Assert.Skip("the report has no Vega-Lite: npm was missing when it was built");
        }
    }

    private static Task<int> Rows(IPage page) => page.Locator("#claim-table tbody tr:not([hidden])").CountAsync();

    private static Task<bool> LibrariesMissing(IPage page) => page.EvaluateAsync<bool>("typeof vegaLite === 'undefined'");
}
