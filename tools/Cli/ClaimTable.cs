using System.Text.Encodings.Web;
using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures;
using Reproduce.Report;
using Spectre.Console;

namespace Reproduce.Cli;

/// <summary>Claims as a table or as JSON.</summary>
internal static class ClaimTable
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static void Write(IReadOnlyList<ClaimStatus> claims)
    {
        if (claims.Count == 0)
        {
            Screen.Paragraph("No claim has that verdict. What was not run since the code changed has none: ./reproduce runs it.");
            return;
        }

        Screen.Table(
            ["claim", "what it says", "kind", "verdict", "evidence"],
            [.. claims.Select(claim => new[] { claim.Claim.Id, claim.Claim.Title, KindOf(claim), claim.Caption, claim.Summary })],
            (row, column) => column == 3 ? Colour(claims[row]) : Style.Plain);
        Screen.Paragraph($"{claims.Count} claims: {Sentences.Verdicts(claims)}");
    }

    internal static void WriteJson(IReadOnlyList<ClaimStatus> claims) =>
        Console.WriteLine(JsonSerializer.Serialize(
            claims.Select(claim => new
            {
                id = claim.Claim.Id,
                title = claim.Claim.Title,
                kind = KindOf(claim),
                verdict = claim.Words,
                conditionalOn = claim.RefutedBases,
                declared = claim.Claim.Declared.Words(),
                standard = StandardSize.Words(claim),
                evidence = claim.Summary,
            }),
            Format));

    /// <exception cref="UsageException">An id is not a claim's.</exception>
    internal static void Require(IEnumerable<string> ids, IEnumerable<ClaimEntry> known)
    {
        var names = known.Select(claim => claim.Id).ToList();
        foreach (var id in ids.Where(id => !names.Contains(id)))
        {
            var near = string.Join(", ", NearestNames.Of(id, names).Take(3));
            throw new UsageException($"there is no claim '{id}'. Did you mean {near}? All: ./reproduce claims");
        }
    }

    private static string KindOf(ClaimStatus claim) => claim.Claim.Kind == ClaimKind.Theorem ? "theorem" : "experiment";

    /// <summary>The colour of the verdict on a terminal.</summary>
    internal static Style Colour(ClaimStatus claim) => new((claim.Standing, claim.Verdict) switch
    {
        (Standing.Failing or Standing.Disagreeing, _) => Color.Red,
        (Standing.Differing, _) => Color.Yellow,
        (Standing.NotRun or Standing.Pending, _) or (_, Verdict.Pending) => Color.Grey,
        (_, Verdict.Holds or Verdict.Reproduced) => Color.Green,
        (_, Verdict.Refuted or Verdict.NotReproduced) => Color.Magenta1,
        _ => Color.Yellow,
    });
}
