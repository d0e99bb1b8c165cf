using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>What the terminal and the report say of claims in the same words.</summary>
public static class Sentences
{
    /// <summary>How many claims have which verdict, most frequent first.</summary>
    /// <param name="claims">Any.</param>
    public static string Verdicts(IEnumerable<ClaimStatus> claims) => string.Join(
        ", ",
        claims.GroupBy(claim => claim.Words)
            .OrderByDescending(same => same.Count()).ThenBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => $"{same.Count()} {same.Key}"));

    /// <summary>That the paper's proof relies on refuted claims; null where it does not.</summary>
    /// <param name="status">The claim.</param>
    public static string? Conditional(ClaimStatus status) => status.RefutedBases.Count == 0 ? null
        : $"Conditional: the paper's proof relies on {string.Join(", ", status.RefutedBases)}, refuted. What was checked here stands.";

    /// <summary>Where its evidence comes from, and how long that took; null where there is none.</summary>
    /// <param name="status">The claim.</param>
    public static string? Provenance(ClaimStatus status)
    {
        if (status.Evidence is not [{ Stamp: var stamp }, ..])
        {
            return null;
        }

        var seconds = Numbers.Seconds(status.Evidence.Sum(file => file.Seconds));
        return $"{stamp.Device}, {stamp.Library}, {stamp.Runtime}, {stamp.Cores} cores; "
            + $"commit {stamp.Commit}, build {stamp.Build}; {seconds}.";
    }

    /// <summary>A count with its noun.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">The noun.</param>
    /// <param name="many">Its plural, where that does not end in s.</param>
    public static string Counted(int count, string one, string? many = null) => $"{count} {(count == 1 ? one : many ?? $"{one}s")}";
}
