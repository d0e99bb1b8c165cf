using System.Text.Json;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The report for programs.</summary>
internal static class ReportJson
{
    internal static string Of(IReadOnlyList<ClaimStatus> claims, DateTime generated) => JsonSerializer.Serialize(
        new
        {
            generated,
            stamp = Stamp.WithoutLibtorch,
            claims = claims.Select(claim => new
            {
                claim.Claim.Id,
                claim.Claim.Title,
                claim.Claim.Place,
                claim.Claim.Kind,
                verdict = claim.Words,
                declared = claim.Claim.Declared.Words(),
                standard = StandardSize.Words(claim),
                claim.Summary,
                claim.Claim.Uses,
                conditionalOn = claim.RefutedBases,
                claim.Claim.Kills,
                caught = KillScore.Of(claim.Claim)?.Caught,
                claim.Claim.Sections,
                replay = Replay(claim),
                claim.Evidence,
            }),
        },
        EvidenceFile.Format);

    /// <summary>The command that runs a claim's tests again.</summary>
    internal static string Replay(ClaimStatus claim) => $"./reproduce test {claim.Claim.Id}";
}
