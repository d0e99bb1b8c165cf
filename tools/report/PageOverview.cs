using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What this is, and the papers with their counts by verdict.</summary>
internal static class PageOverview
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<Paper> papers, PreviousReport? previous) => Html.Of(
        $"""
        <p class="lead">Four papers make claims about ReLU networks: their slope, their smoothness, their generalization intervals, the metrics they pull back. Each claim was restated, turned into tests over a small separate implementation, and got a verdict from what the tests found: {claims.Count} claims, {claims.Sum(claim => claim.Evidence.Count)} tests with evidence. Experiments are judged at their quick size; larger runs decide more, and some differently: <a href="#larger">those at the standard size</a>.</p>
        {Kills(claims)}
        {Alarm(claims, previous)}
        <div class="papers">{papers.Select(paper => Of(paper, [.. claims.Where(claim => claim.Claim.Paper == paper.Id)]))}</div>
        <details class="key"><summary>What the verdicts mean</summary>
        <dl>
        <dt>{Chip("holds")}</dt><dd>A theorem: the tests found no exception to what is printed.</dd>
        <dt>{Chip("holds amended")}</dt><dd>True once a hypothesis that the paper leaves out is added, or a slip that its own text corrects is mended; the counterexample to the printed form is a test.</dd>
        <dt>{Chip("refuted")}</dt><dd>False as printed; a repaired form is checked beside it.</dd>
        <dt>{Chip("reproduced")} {Chip("partly")} {Chip("not reproduced")} {Chip("inconclusive")}</dt><dd>An experiment: met in full, on part of what the paper ran, contradicted, or too small here to decide, by a rule written down before the first run, but for {ClaimLink.To("intervals.setup")} and {ClaimLink.To("smoothness.measure-families")}, which say so.</dd>
        <dt>{Chip("pending")} {Chip("not run")} {Chip("FAILED")}</dt><dd>Data or a device is missing; there is no evidence from the present code; or a test failed, so that code and claim disagree.</dd>
        <dt>conditional</dt><dd>What was checked stands, but the paper's proof relies on a refuted claim.</dd>
        </dl></details>
        """);

    private static Html Kills(IReadOnlyList<ClaimStatus> claims)
    {
        var scores = claims.Select(claim => KillScore.Of(claim.Claim)).OfType<KillScore>().ToList();
        return scores.Count == 0 ? Html.None : Html.Of(
            $"""<p class="note">Mutants, wrong implementations that the tests must catch: caught {KillScore.Counts(scores)}.</p>""");
    }

    private static Html Chip(string words) => VerdictMark.Of(words).Chip();

    private static Html Of(Paper paper, IReadOnlyList<ClaimStatus> claims)
    {
        var wrong = ErrorCount.Of(claims.Select(claim => (claim.Claim, claim.Verdict)));
        var counts = VerdictMark.All.Select(mark => (mark, count: claims.Count(claim => claim.Words == mark.Words))).Where(pair => pair.count > 0).ToList();
        return Html.Of(
            $"""
            <article class="paper">
            <h2>{(paper.Letter.Length > 0 ? Html.Of($"""<span class="letter">{paper.Letter}</span> """) : Html.None)}{paper.Title}</h2>
            <p class="by">{By(paper)}</p>
            <div class="bar" aria-hidden="true">{counts.Select(pair => Html.Of($"""<span class="{pair.mark.Tone}" style="flex-grow:{pair.count}"></span>"""))}</div>
            <ul class="counts">{counts.Select(pair => Html.Of($"""<li><a href="#claims?paper={paper.Id}&amp;verdict={pair.mark.Words.Replace(' ', '+')}"><b>{pair.count}</b> {pair.mark.Chip()}</a></li>"""))}</ul>
            {(paper.Letter.Length == 0 ? Html.None : Html.Of($"""<p class="note">{Counted(wrong.Errors, "error")}, {Counted(wrong.MissingHypotheses, "missing hypothesis", "missing hypotheses")}, {Counted(wrong.Slips, "slip")}</p>"""))}
            </article>
            """);
    }

    private static string Counted(int count, string one, string? many = null) => $"{count} {(count == 1 ? one : many ?? $"{one}s")}";

    private static Html By(Paper paper) => paper.Letter.Length == 0 ? Html.Of($"claims in none of the papers") : Html.Of($"""{paper.Authors}, {paper.Note}, <a href="{paper.Address}">{paper.Number}</a>""");

    private static Html Alarm(IReadOnlyList<ClaimStatus> claims, PreviousReport? previous)
    {
        var changed = previous?.Changed(claims).Count ?? 0;
        var wrong = claims.Where(claim => claim.IsWrong).ToList();
        var differing = claims.Where(claim => claim.Standing == Standing.Differing).ToList();
        var notRun = claims.Count(claim => claim.Standing == Standing.NotRun);
        return Html.Join([
            wrong.Count == 0 ? Html.None : Html.Of($"""<p class="alarm" role="alert"><b>{wrong.Count} {(wrong.Count == 1 ? "claim fails or contradicts" : "claims fail or contradict")} what CLAIMS.md declares:</b> {Html.Join(wrong.Select(claim => ClaimLink.To(claim.Claim.Id)), ", ")}</p>"""),
            changed == 0 ? Html.None : Html.Of($"""<p class="alarm" role="alert"><b>{changed} {(changed == 1 ? "verdict has" : "verdicts have")} changed since the last report.</b> <a href="#changes">Which</a></p>"""),
            differing.Count == 0 ? Html.None : Html.Of($"""<p class="note">Decided otherwise here than CLAIMS.md declares, without contradicting it: {Html.Join(differing.Select(claim => Html.Of($"{ClaimLink.To(claim.Claim.Id)} ({claim.Caption})")), ", ")}.</p>"""),
            notRun == 0 ? Html.None : Html.Of($"""<p class="note">{notRun} {(notRun == 1 ? "claim has" : "claims have")} no full evidence from the present code: run <code>./reproduce</code>.</p>"""),
        ]);
    }
}
