using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What is not as it was in the last report.</summary>
internal static class PageChanges
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, PreviousReport? previous)
    {
        if (previous is null)
        {
            return Html.Of($"<p>There is no earlier report to hold this one against.</p>");
        }

        var changed = previous.Changed(claims);
        var run = previous.RunOrNot(claims);
        var (notThen, notNow) = (run.Count(change => change.Before == "not run"), run.Count(change => change.Claim.Standing == Standing.NotRun));
        List<(ClaimStatus Claim, string Before)> pending = [.. run.Where(change => change.Before != "not run" && change.Claim.Standing != Standing.NotRun)];
        var added = previous.Added(claims);
        var removed = previous.Removed(claims);
        return Html.Of(
            $"""
            <p>Held against the report of {previous.Generated.ToString("yyyy-MM-dd HH:mm")} UTC, commit <code>{previous.Commit}</code>.</p>
            {(changed.Count == 0 ? Html.Of($"<p>No verdict changed.</p>") : Html.Of($"""<p class="alarm"><b>{changed.Count} {(changed.Count == 1 ? "verdict" : "verdicts")} changed.</b> Find out why before anything else.</p>{List(changed)}"""))}
            {(notThen == 0 ? Html.None : Html.Of($"<p>{notThen} {(notThen == 1 ? "claim" : "claims")} had not been run then and can be compared with nothing.</p>"))}
            {(notNow == 0 ? Html.None : Html.Of($"<p>{notNow} {(notNow == 1 ? "claim that was run then has" : "claims that were run then have")} no full evidence now.</p>"))}
            {(pending.Count == 0 ? Html.None : Html.Of($"<p>Decided in one of the two and pending in the other:</p>{List(pending)}"))}
            {(added.Count == 0 ? Html.None : Html.Of($"<p>New: {Html.Join(added.Select(claim => ClaimLink.To(claim.Claim.Id)), ", ")}</p>"))}
            {(removed.Count == 0 ? Html.None : Html.Of($"<p>Gone: {string.Join(", ", removed)}</p>"))}
            """);
    }

    private static Html List(IReadOnlyList<(ClaimStatus Claim, string Before)> changes) => Html.Of(
        $"<ul>{changes.Select(change => Html.Of($"<li>{ClaimLink.To(change.Claim.Claim.Id)}: was <i>{change.Before}</i>, is {VerdictMark.Of(change.Claim).Chip()}</li>"))}</ul>");
}
