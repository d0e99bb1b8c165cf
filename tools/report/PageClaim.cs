using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The whole story of a claim: a line with question and answer that unfolds.</summary>
internal static class PageClaim
{
    internal static Html Of(ClaimView view, IReadOnlyList<ClaimView> all, PaperTable? table, PageFigures figures)
    {
        var claim = view.Claim;
        var users = all.Where(other => other.Claim.Uses.Contains(claim.Id)).Select(other => other.Id).ToList();
        var isWrong = claim.Sections.ContainsKey("Counterexample");
        var rest = claim.Sections
            .Where(section => section.Key is not ("Statement" or "As printed") && !(isWrong && PageErrors.Shows(section.Key)));
        return Html.Of(
            $"""
            <details class="row claim" id="{claim.Id}"><summary><span class="verdicts">{view.Chip}</span>
            <span class="place">{Places.Brief(claim)}</span> <span class="line">{view.Line}</span></summary>
            <p class="place"><code>{claim.Id}</code> {Html.If(view.Question is not null, $"{Prose.Line(claim.Title)}; ")}{claim.Place}</p>
            {Html.If(view.Largest is null, $"{Why(view)}")}
            {view.Runs.Select((run, i) => Run(view, run, i > 0, table, figures))}
            <div class="statement">{Prose.Section(claim.Sections["Statement"])}</div>
            {Html.If(isWrong, $"{PageErrors.Columns(claim)}")}
            {claim.Sections.Where(section => section.Key == "As printed" && !isWrong).Select(Labelled)}
            {rest.Select(Labelled)}
            {Links("Rests on", claim.Uses)}{Links("Used by", users)}
            {PageEvidence.Of(view.Status)}
            {Replay(view)}
            </details>
            """);
    }

    private static Html Labelled(KeyValuePair<string, string> section) => Html.Of(
        $"""
        <div class="labelled">{Html.If(section.Key.Length > 0, $"<h4>{section.Key}</h4>")}{Prose.Section(section.Value)}</div>

        """);

    private static Html Why(ClaimView view) =>
        Html.Of($"<p><b>{Capital(view.Words)}:</b> {Prose.Line(view.Status.Summary)}.{Conditional(view.Status)}</p>");

    // The verdict at one size with its reasons, tables and figures; that of a smaller size than the largest is folded.
    private static Html Run(ClaimView view, SizedRun run, bool isSmaller, PaperTable? table, PageFigures figures)
    {
        var content = Html.Of(
            $"""
            {Reason(view, run)}
            <p class="note standard">{Capital(run.SizeWord)} size: {VerdictMark.Of(run.Words).Chip()}, {run.Origin}.</p>
            {(isSmaller ? Html.None : table?.Show(isLinked: false) ?? Html.None)}
            {figures.Of(view, run)}
            """);
        // Open where only this size has numbers here.
        var isOpen = view.Runs.First(one => one.Evidence.Count > 0 || one == view.Runs[^1]) == run;
        return !isSmaller ? content : Html.Of(
            $"""
            <details class="smaller"{Html.If(isOpen, $" open")}><summary>{run.Badge} {VerdictMark.Of(run.Words).Chip()}</summary>
            {content}</details>
            """);
    }

    // Several statements are easier to read below each other.
    private static Html Reason(ClaimView view, SizedRun run)
    {
        var words = run.Difference.Length > 0 ? Capital(run.Difference) : Capital(run.Words);
        var judged = run.Statements;
        if (judged.All.Count < 2)
        {
            var reason = judged.All.Count == 0 ? judged.Remark : run.Reason;
            return Html.Of($"<p><b>{words}:</b> {Prose.Line(reason)}.{Conditional(view.Status)}</p>");
        }

        var counts = string.Join(", ", judged.All.GroupBy(one => one.Outcome).Select(group => $"{group.Count()} {group.Key}"));
        var remark = judged.Remark.Length > 0 ? $"; {judged.Remark}" : "";
        Html Item(string text, string outcome) =>
            Html.Of($"""<li><span class="{outcome}">{outcome}</span> <span>{Prose.Line(text)}</span></li>""");
        return Html.Of(
            $"""
            <p><b>{words}:</b> of {judged.All.Count} statements {counts}{Prose.Line(remark)}.{Conditional(view.Status)}</p>
            <ul class="tests statements">{judged.All.Select(one => Item(one.Text, one.Outcome))}</ul>
            """);
    }

    private static Html Conditional(ClaimStatus status)
    {
        var bases = Html.Join(status.RefutedBases.Select(ClaimLink.To), ", ");
        return Html.If(
            status.RefutedBases.Count > 0,
            $" Conditional: the paper's proof relies on {bases}, refuted. What was checked here stands.");
    }

    private static Html Links(string label, IReadOnlyList<string> ids) =>
        Html.If(ids.Count > 0, $"<p>{label}: {Html.Join(ids.Select(ClaimLink.To), ", ")}</p>");

    // The command of the run whose numbers are shown first, and that of the quick size.
    private static Html Replay(ClaimView view)
    {
        var larger = view.Largest is { IsCommitted: true } run ? $"./reproduce nightly {view.Id} --profile {run.SizeWord}" : null;
        return Html.Of(
            $"""
            {Html.If(larger is not null, $"{Command($"Run the {view.Largest?.SizeWord} size again:", larger ?? "")}")}
            {Command(larger is null ? "Run it again:" : "The quick size:", ReportJson.Replay(view.Status))}
            """);
    }

    private static Html Command(string label, string command) => Html.Of(
        $"""
        <p class="replay"><span>{label}</span> <code>{command}</code>
        <button type="button" class="copy" data-copy="{command}" hidden>Copy</button></p>
        """);

    private static string Capital(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}";
}
