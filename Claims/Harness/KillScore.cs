using System.Text.Json;
using Reproduce.Fixtures;

namespace Reproduce.Claims.Harness;

/// <summary>Which wrong implementations the tests of a claim caught, when they were last tried.</summary>
/// <param name="Claim">The claim's id.</param>
/// <param name="Build">Of the code that was tried; see <see cref="Stamp.Build"/>.</param>
/// <param name="Caught">Mutants that turned a test red.</param>
/// <param name="Missed">Mutants that did not.</param>
public sealed record KillScore(string Claim, string Build, IReadOnlyList<string> Caught, IReadOnlyList<string> Missed)
{
    /// <summary>What the mutant tests of the present code found; null where they have not run, or with other mutants.</summary>
    /// <exception cref="FormatException">The file is damaged.</exception>
    public static KillScore? Of(ClaimEntry claim)
    {
        var path = PathOf(claim.Id);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<KillScore>(File.ReadAllText(path), EvidenceFile.Format) is { } score && score.Build == Stamp.Here.Build && claim.Kills.ToHashSet().SetEquals(score.Caught.Concat(score.Missed)) ? score : null;
        }
        catch (JsonException fault)
        {
            throw new FormatException($"{path} is damaged ({fault.Message}): delete it", fault);
        }
    }

    /// <summary>What is known of a claim's mutants, as the beginning of a sentence that lists them.</summary>
    public static string Sentence(ClaimEntry claim) => Of(claim) switch
    {
        { Missed.Count: 0, Caught.Count: 1 } => "Its tests caught the one wrong implementation that it names",
        { Missed.Count: 0 } score => $"Its tests caught {score.Caught.Count} of {score.Caught.Count} wrong implementations",
        { } score => $"Its tests caught {score.Caught.Count} of {score.Caught.Count + score.Missed.Count} wrong implementations, not {string.Join(", ", score.Missed)}",
        null => $"Its tests must catch {(claim.Kills.Count == 1 ? "this wrong implementation" : $"each of these {claim.Kills.Count} wrong implementations")} (tried by ./reproduce, not yet with the present code)",
    };

    internal void Write() => AtomicFile.Write(PathOf(Claim), JsonSerializer.Serialize(this, EvidenceFile.Format));

    private static string PathOf(string claim) => Path.Combine(Repository.Artifacts, "kills", $"{claim}.json");
}
