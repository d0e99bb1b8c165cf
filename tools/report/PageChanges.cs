using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What is not as it was in the last report.</summary>
internal static class PageChanges
{
    internal static Html Of(IReadOnlyList<ClaimStatus> claims, PreviousReport? previous)
    {
        if (previous is null)
        {
            return Html.Of($"<p>There is no earlier report to compare this one with.</p>");
        }

        var changed = previous.Changed(claims);
        var run = previous.RunOrNot(claims);
        var notThen = run.Count(change => change.Before == "not run");
        var notNow = run.Count(change => change.Claim.Standing == Standing.NotRun);
        var pending = run.Where(change => change.Before != "not run" && change.Claim.Standing != Standing.NotRun).ToList();
        var added = previous.Added(claims);
        var removed = previous.Removed(claims);
        var verdicts = Sentences.Counted(changed.Count, "verdict");
        return Html.Of(
            $"""
            <p>Compared with the report of {previous.Generated.ToString("yyyy-MM-dd HH:mm")} UTC, commit <code>{previous.Commit}</code>.</p>
            {Html.If(changed.Count == 0 && notThen < claims.Count, $"<p>No verdict changed.</p>")}
            {Html.If(
                changed.Count > 0,
                $"""<p class="alarm"><b>{verdicts} changed.</b> Find out why before anything else.</p>{List(changed)}""")}
            {Html.If(notThen > 0, $"<p>{Sentences.Counted(notThen, "claim")} had not been run then: nothing to compare.</p>")}
            {Html.If(notNow > 0, $"<p>{Sentences.Counted(notNow, "claim")} run then: no full evidence now.</p>")}
            {Html.If(pending.Count > 0, $"<p>Decided in one of the two and pending in the other:</p>{List(pending)}")}
            {Html.If(added.Count > 0, $"<p>New: {Html.Join(added.Select(claim => ClaimLink.To(claim.Claim.Id)), ", ")}</p>")}
            {Html.If(removed.Count > 0, $"<p>Gone: {string.Join(", ", removed)}</p>")}
            """);
    }

    private static Html List(IReadOnlyList<(ClaimStatus Claim, string Before)> changes)
    {
        Html Item(ClaimStatus claim, string before) =>
            Html.Of($"<li>{ClaimLink.To(claim.Claim.Id)}: was <i>{before}</i>, is {VerdictMark.Of(claim).Chip()}</li>");
        return Html.Of($"<ul>{changes.Select(change => Item(change.Claim, change.Before))}</ul>");
    }
}
