using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What this is, and the papers with their counts by verdict.</summary>
internal static class PageOverview
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers, PreviousReport? previous) => Html.Of(
        $"""
        <p class="lead">Four papers make claims about ReLU networks: their slope, their smoothness, their generalization intervals, the
        metrics they pull back. Each claim was restated, turned into tests over a small separate implementation, and got a verdict from what
        the tests found: {claims.Count} claims, {Sentences.Counted(claims.Sum(CountRun), "test")} with evidence. Experiments are judged at
        their quick size; larger runs decide more, and some differently: <a href="#larger">those at the standard size</a>.</p>
        {Kills(claims)}
        {Alarm(claims, previous)}
        <div class="papers">{papers.Select(paper => Of(paper, [.. claims.Where(claim => claim.Claim.Paper == paper.Id)]))}</div>
        <details class="key"><summary>What the verdicts mean</summary>
        <dl>
        <dt>{Chip("holds")}</dt><dd>A theorem: the tests found no exception to what is printed.</dd>
        <dt>{Chip("holds amended")}</dt><dd>True once a hypothesis that the paper leaves out is added, or a slip that its own text corrects
        is mended; the counterexample to the printed form is a test.</dd>
        <dt>{Chip("refuted")}</dt><dd>False as printed; a repaired form is checked beside it.</dd>
        <dt>{Chip("reproduced")} {Chip("partly")} {Chip("not reproduced")} {Chip("inconclusive")}</dt>
        <dd>An experiment: met in full, on part of what the paper ran, contradicted, or too small here to decide, by a rule fixed before the
        first run, but for {ClaimLink.To("intervals.setup")} and {ClaimLink.To("smoothness.measure-families")}, which say so.</dd>
        <dt>{Chip("pending")} {Chip("not run")} {Chip("FAILED")}</dt><dd>Data or a device is missing; there is no evidence from the present
        code; or a test failed, so that code and claim disagree.</dd>
        <dt>conditional</dt><dd>What was checked stands, but the paper's proof relies on a refuted claim.</dd>
        <dt>errors, missing hypotheses, slips</dt><dd>What the refuted and amended claims show, each error of a paper counted once: what is
        printed is false; it is true once a hypothesis is added; it is a misprint that the paper's own text corrects.</dd>
        </dl></details>
        """);

    private static int CountRun(ClaimStatus claim) => TestEvidence.Of(claim).Count(test => test.Files.Count > 0);

    private static Html Kills(IReadOnlyList<ClaimStatus> claims)
    {
        var scores = claims.Select(claim => KillScore.Of(claim.Claim)).OfType<KillScore>().ToList();
        return Html.If(
            scores.Count > 0,
            $"""
            <p class="note">Mutants, wrong implementations that the tests must catch: caught {KillScore.Counts(scores)}.</p>
            """);
    }

    private static Html Chip(string words) => VerdictMark.Of(words).Chip();

    private static Html Of(Paper paper, IReadOnlyList<ClaimStatus> claims)
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
            <article class="paper">
            <h2>{Html.If(paper.IsPaper, $"""<span class="letter">{paper.Letter}</span> """)}{paper.Title}</h2>
            <p class="by">{By(paper)}</p>
            <div class="bar" aria-hidden="true">{counts.Select(one => Part(one.mark, one.count))}</div>
            <ul class="counts">{counts.Select(one => Item(one.mark, one.count))}</ul>
            {Html.If(paper.IsPaper, $"""<p class="note">{PageErrors.Counts(claims)}</p>""")}
            </article>
            """);
    }

    private static Html By(Paper paper) => paper.IsPaper
        ? Html.Of($"""{string.Join(", ", paper.Authors)}, {paper.Kind}, {paper.Year}, <a href="{paper.Address}">{paper.Number}</a>""")
        : Html.Of($"claims in none of the papers");

    private static Html Alarm(IReadOnlyList<ClaimStatus> claims, PreviousReport? previous)
    {
        var changed = previous?.Changed(claims).Count ?? 0;
        var wrong = claims.Where(claim => claim.IsWrong).ToList();
        var differing = claims.Where(claim => claim.Standing == Standing.Differing).ToList();
        var notRun = claims.Count(claim => claim.Standing == Standing.NotRun);
        var contradicts = wrong.Count == 1 ? "claim fails or contradicts" : "claims fail or contradict";
        var differences = differing.Select(claim => Html.Of($"{ClaimLink.To(claim.Claim.Id)} ({claim.Caption})"));
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
                <p class="note">Decided otherwise here than CLAIMS.md declares, without contradicting it:
                {Html.Join(differences, ", ")}.</p>
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
