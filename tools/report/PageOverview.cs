using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The front page: of each paper what it claims, what stands, what falls, what is open.</summary>
internal static class PageOverview
{
    private const int Shown = 3;

    internal static readonly (string Heading, string Tone)[] Groups =
    [
        ("Stands", "stands"), ("Stands amended, or in part", "partly"), ("Falls", "falls"), ("Open", "open"), ("Failed", "failed"),
    ];

    internal static Html Of(IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers, PreviousReport? previous) => Html.Of(
        $"""
        <p class="lead">Four papers make claims about ReLU networks. Each claim was restated, turned into tests over a small separate
        implementation, and got a verdict from what the tests found: {claims.Count} claims,
        {Sentences.Counted(claims.Sum(CountRun), "test")} with evidence. An experiment has the verdict of the largest profile that was
        run.</p>
        <form class="find" role="search" aria-label="Find a claim" id="find" hidden>
        <label>Find a claim <input type="search" name="search" placeholder="Prop. 1, Table 4.2, CIFAR" autocomplete="off"></label>
        <button type="submit">Search</button></form>
        {Alarm(claims, previous)}
        {Further(claims)}
        {papers.Select(paper => Of(paper, [.. claims.Where(claim => claim.Claim.Paper == paper.Id)]))}
        <details class="key"><summary>What the verdicts mean</summary>
        <dl>
        <dt>{Chip("holds")}</dt><dd>A theorem: the tests found no exception to what is printed.</dd>
        <dt>{Chip("holds amended")}</dt><dd>True once a hypothesis that the paper leaves out is added, or a slip that its own text corrects
        is mended; the counterexample to the printed form is a test.</dd>
        <dt>{Chip("refuted")}</dt><dd>False as printed; a repaired form is checked beside it.</dd>
        <dt>{Chip("reproduced")} {Chip("partly")} {Chip("not reproduced")} {Chip("inconclusive")}</dt>
        <dd>An experiment: met in full, on part of what the paper ran, contradicted, or too small here to decide, by a rule that was written
        down. {Rules(claims)}</dd>
        <dt>quick, standard, paper size</dt><dd>How much of an experiment was run: minutes on two cores, some hours on two cores, what the
        paper ran.</dd>
        <dt>{Chip("pending")} {Chip("not run")} {Chip("FAILED")}</dt><dd>Data or a device is missing; there is no evidence from the present
        code; or a test failed, so that code and claim disagree.</dd>
        <dt>conditional</dt><dd>What was checked stands, but the paper's proof relies on a refuted claim.</dd>
        <dt>errors, missing hypotheses, slips</dt><dd>What the refuted and amended claims show, each error of a paper counted once: what is
        printed is false; it is true once a hypothesis is added; it is a misprint that the paper's own text corrects.</dd>
        </dl></details>
        """);

    /// <summary>Authors, year and where the paper is found.</summary>
    internal static Html By(Paper paper) => paper.IsPaper
        ? Html.Of($"""{string.Join(", ", paper.Authors)}, {paper.Kind}, {paper.Year}, <a href="{paper.Address}">{paper.Number}</a>""")
        : Html.Of($"claims in none of the papers");

    /// <summary>How many claims have which verdict, as a bar and as links to them.</summary>
    internal static Html Counts(Paper paper, IReadOnlyList<ClaimView> claims)
    {
        var counts =
            from mark in VerdictMark.All
            let count = claims.Count(claim => claim.Words == mark.Words)
            where count > 0
            select (mark, count);
        Html Part(VerdictMark mark, int count) => Html.Of($"""<span class="{mark.Tone}" style="flex-grow:{count}"></span>""");
        Html Item(VerdictMark mark, int count)
        {
            var filter = $"#claims?paper={paper.Id}&verdict={mark.Words.Replace(' ', '+')}";
            return Html.Of($"""<li><a href="{filter}"><b>{count}</b> {mark.Chip()}</a></li>""");
        }

        return Html.Of(
            $"""
            <div class="bar" aria-hidden="true">{counts.Select(one => Part(one.mark, one.count))}</div>
            <ul class="counts">{counts.Select(one => Item(one.mark, one.count))}</ul>
            """);
    }

    // Rules that were replaced after a run; their entries say why, and keep what the old one gave.
    private static Html Rules(IReadOnlyList<ClaimView> claims)
    {
        var links = claims.Where(claim => claim.Claim.IsRuleReplaced).Select(claim => ClaimLink.To(claim.Claim.Id)).ToList();
        return Html.Of(
            $"""
            Most rules were written before the run that they judge. {links.Count} were replaced after a run had shown that they judged
            something else, and their entries say why and what the old one gave: {Html.Join(links, ", ")}. Where numbers were known when a
            rule was written, its entry says so.
            """);
    }

    private static int CountRun(ClaimView claim) => TestEvidence.Of(claim.Status).Count(test => test.Files.Count > 0);

    private static Html Chip(string words) => VerdictMark.Of(words).Chip();

    private static Html Of(Paper paper, IReadOnlyList<ClaimView> claims)
    {
        var sentence = Questions.Of(paper).Claims;
        var groups = Groups.Select(group => Group(group.Heading, [.. claims.Where(claim => claim.Mark.Tone == group.Tone)]));
        var errors = paper.IsPaper ? $"{PageErrors.Counts(claims)}. " : "";
        return Html.Of(
            $"""
            <article class="paper">
            <h2><a href="#paper-{paper.Id}">{paper.Title}</a></h2>
            <p class="by">{By(paper)}</p>
            {Html.If(sentence.Length > 0, $"""<p class="says">{Prose.Line(sentence)}</p>""")}
            {Counts(paper, claims)}
            <div class="groups">{groups}</div>
            <p class="note">{errors}<a href="#paper-{paper.Id}">All {claims.Count} claims, in order</a></p>
            </article>
            """);
    }

    // What matters most, and how many more there are. A proof that falls leaves its statement standing or not, so statements come first.
    private static Html Group(string heading, IReadOnlyList<ClaimView> claims)
    {
        var shown = claims.Count > Shown ? $"{Shown} of " : "";
        var proofs = claims.Count(claim => claim.IsProof && claim.Mark.Tone == "falls") switch
        {
            0 => "",
            1 => ", one of them a proof only",
            var several => $", {several} of them proofs only",
        };
        return Html.If(
            claims.Count > 0,
            $"""
            <div><h3><a href="#claims?paper={claims[0].Claim.Paper}&amp;verdict={claims[0].Mark.Tone}">{heading}</a>
            <span class="note">{shown}{claims.Count}{proofs}</span></h3>
            <ul>{claims.OrderBy(claim => claim.IsProof).ThenBy(claim => claim.Rank).Take(Shown).Select(Item)}</ul></div>
            """);
    }

    private static Html Item(ClaimView claim) => Html.Of(
        $"""
        <li class="{claim.Mark.Tone}"><a href="#{claim.Id}">{Prose.Line(claim.Asked)}</a>
        {Html.If(claim.Answer is not null, $"""<span class="answer">{Prose.Line(claim.Answer ?? "")}</span>""")}</li>

        """);

    private static Html Further(IReadOnlyList<ClaimView> claims)
    {
        var undecided = Sentences.Counted(claims.Count(claim => claim.IsUndecided), "experiment");
        var wrong = Sentences.Counted(claims.Count(claim => claim.Words is "refuted" or "holds amended"), "claim");
        return Html.Of(
            $"""
            <ul class="further">
            <li><a href="#undecided"><b>What is undecided</b></a> {undecided}, with what would decide each</li>
            <li><a href="#errors"><b>What is wrong as printed</b></a> {wrong} with counterexample and repair</li>
            <li><a href="#tables"><b>Printed tables, cell by cell</b></a> printed, ours, difference in standard errors</li>
            <li><a href="#replay"><b>Replaying a number</b></a> every claim ends with the command that computes it again</li>
            </ul>
            """);
    }

    private static Html Alarm(IReadOnlyList<ClaimView> claims, PreviousReport? previous)
    {
        List<ClaimStatus> all = [.. claims.Select(claim => claim.Status)];
        var changed = previous?.Changed(all).Count ?? 0;
        var wrong = all.Where(claim => claim.IsWrong).ToList();
        var differing = claims.Where(claim => !claim.Status.IsWrong && claim.Runs.Any(run => run.Difference.Length > 0)).ToList();
        var notRun = all.Count(claim => claim.Standing == Standing.NotRun);
        var contradicts = wrong.Count == 1 ? "claim fails or contradicts" : "claims fail or contradict";
        Html Differing(ClaimView claim)
        {
            var differences = claim.Runs.Where(run => run.Difference.Length > 0).Select(run => $"{run.SizeWord} size: {run.Difference}");
            return Html.Of($"{ClaimLink.To(claim.Id)} ({string.Join("; ", differences)})");
        }

        return Html.Join(
        [
            Html.If(
                wrong.Count > 0,
                $"""
                <p class="alarm" role="alert"><b>{wrong.Count} {contradicts} what CLAIMS.md declares:</b>
                {Html.Join(wrong.Select(claim => ClaimLink.To(claim.Claim.Id)), ", ")}</p>
                """),
            Html.If(
                changed > 0,
                $"""
                <p class="alarm" role="alert"><b>{changed} {(changed == 1 ? "verdict has" : "verdicts have")} changed since the last
                report.</b> <a href="#changes">Which</a></p>
                """),
            Html.If(
                differing.Count > 0,
                $"""
                <details class="note"><summary>{Sentences.Counted(differing.Count, "experiment")} came out otherwise here than CLAIMS.md
                declares</summary>
                <p>{Html.Join(differing.Select(Differing), ", ")}.</p></details>
                """),
            Html.If(
                notRun > 0,
                $"""
                <p class="note">{notRun} {(notRun == 1 ? "claim has" : "claims have")} no full evidence from the present code: run
                <code>./reproduce</code>.</p>
                """),
        ]);
    }
}
