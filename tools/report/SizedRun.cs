using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Report;

/// <summary>What an experiment gave at one size.</summary>
/// <param name="Size">The profile.</param>
/// <param name="Words">The verdict, or why there is none.</param>
/// <param name="Declared">What the entry declares at this size; null where nothing.</param>
/// <param name="Reason">Why the rule decided so, as it was recorded.</param>
/// <param name="Evidence">With the numbers and figures; none where only the verdict is known.</param>
/// <param name="IsCommitted">It is among the committed results, not evidence of the present build.</param>
internal sealed record SizedRun(
    Profile Size, string Words, Verdict? Declared, string Reason, IReadOnlyList<EvidenceFile> Evidence, bool IsCommitted)
{
    /// <summary>The runs of an experiment, the largest first; of a theorem none.</summary>
    internal static IReadOnlyList<SizedRun> Of(ClaimStatus status, CommittedResults results)
    {
        if (status.Claim.Kind != ClaimKind.Experiment)
        {
            return [];
        }

        var larger = new[] { Profile.Paper, Profile.Standard }.Select(size => Larger(status.Claim, size, results)).OfType<SizedRun>();
        return [.. larger, Quick(status)];
    }

    /// <summary>The size in a word.</summary>
    internal string SizeWord => Size.Word();

    /// <summary>The size, as a badge.</summary>
    internal Html Badge => Html.Of($"""<span class="size {SizeWord}">{SizeWord} size</span>""");

    /// <summary>What is declared, where that is something else; empty where it is not.</summary>
    internal string Difference => Declared is { } declared && Verdicts.Parse(Words) is { } found && found != declared
        ? $"{Words} here, declared {declared.Words()}"
        : "";

    /// <summary>The rule could not decide at this size, so that a drawing shows how little was run.</summary>
    internal bool IsTooSmall => Size == Profile.Quick && Words == Verdict.Inconclusive.Words();

    /// <summary>The reason by its statements, without the size, of which the badge tells.</summary>
    internal JudgedStatements Statements => JudgedStatements.Of(
        Reason.StartsWith($"{SizeWord} profile: ", StringComparison.Ordinal) ? Reason[$"{SizeWord} profile: ".Length..] : Reason);

    /// <summary>Where it comes from.</summary>
    internal string Origin => !IsCommitted ? "evidence of this build"
        : Evidence is [var file, ..]
            ? $"committed result of {file.Finished:yyyy-MM-dd}, commit {file.Stamp.Commit}, {file.Stamp.Device}, {file.Stamp.Library}"
        : StandardSize.Source;

    private static SizedRun? Larger(ClaimEntry claim, Profile size, CommittedResults results)
    {
        var declared = claim.DeclaredAt(size);
        if (results.Of(claim.Id, size) is { } file)
        {
            return new(size, file.Verdict!.Value.Words(), declared, file.Reason ?? "", [file], IsCommitted: true);
        }

        var reason = size == Profile.Standard ? results.Reason(claim.Id) : null;
        if (reason is not null && claim.IsRuleReplaced)
        {
            reason += "; by an older rule, which was replaced since";
        }

        return declared is null ? null
            : new(size, declared.Value.Words(), declared, reason ?? "as CLAIMS.md declares; the result is not here", [], IsCommitted: true);
    }

    // A verdict that contradicts what is declared makes the test fail, but it is what was found, with its reason.
    private static SizedRun Quick(ClaimStatus status)
    {
        var decided = status.Evidence.FirstOrDefault(file => file.Verdict is not null);
        var (words, reason) = (status.Standing, decided) switch
        {
            (Standing.Failing, { Outcome: "failed" }) => (decided.Verdict!.Value.Words(), decided.Reason ?? ""),
            (Standing.Failing, _) => (status.Words, $"{status.Summary.Split(':')[0]} failed"),
            _ => (status.Words, decided?.Reason ?? status.Summary),
        };
        return new(Profile.Quick, words, status.Claim.Declared, reason, status.Evidence, IsCommitted: false);
    }
}
