using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Report;

/// <summary>
/// What is declared of an experiment at the standard size, from docs/results. The evidence of the present build does not show it, and
/// everything that says it says so.
/// </summary>
public static class StandardSize
{
    /// <summary>The verdict in words, or null.</summary>
    /// <param name="status">The claim.</param>
    public static string? Words(ClaimStatus status) => status.Claim.DeclaredAt(Profile.Standard)?.Words();

    /// <summary>As a sentence, or null.</summary>
    /// <param name="status">The claim.</param>
    public static string? Sentence(ClaimStatus status) => Words(status) is { } words ? $"At the standard size: {words}, {Source}." : null;

    /// <summary>Where it comes from.</summary>
    internal const string Source = "as CLAIMS.md declares from docs/results, not from evidence of this build";
}
