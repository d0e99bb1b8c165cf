using System.Text.Json;
using Reproduce.Fixtures;

namespace Reproduce.Claims.Harness;

/// <summary>Which mutants the tests of a claim caught, when they were last tried.</summary>
/// <param name="Claim">The claim's id.</param>
/// <param name="Build">Of the code that was tried; see <see cref="Stamp.ThisBuild"/>.</param>
/// <param name="Caught">Mutants that turned a test red.</param>
/// <param name="Missed">Mutants that did not.</param>
/// <param name="Library">
/// Of both those that replace a function of the library; the others replace one written out for the statement.
/// </param>
public sealed record KillScore(
    string Claim, string Build, IReadOnlyList<string> Caught, IReadOnlyList<string> Missed, IReadOnlyList<string> Library)
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
            var score = JsonSerializer.Deserialize<KillScore>(File.ReadAllText(path), EvidenceFile.Format);
            var isCurrent = score?.Build == Stamp.ThisBuild && claim.Kills.ToHashSet().SetEquals(score.Caught.Concat(score.Missed));
            return isCurrent ? score : null;
        }
        catch (JsonException fault)
        {
            throw new FormatException($"{path} is damaged ({fault.Message}): delete it", fault);
        }
    }

    /// <summary>How many were caught, such as <c>3 of 3 of the library, 2 of 2 of the statement</c>.</summary>
    public static string Counts(params IReadOnlyList<KillScore> scores) => string.Join(", ", Groups(scores).Select(group => group.Count));

    /// <summary>A claim's mutants and how many of them were caught.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="marked">How the name of a mutant is written.</param>
    public static string Sentence(ClaimEntry claim, Func<string, string> marked)
    {
        string Names(IEnumerable<string> mutants) => string.Join(", ", mutants.Select(marked));
        if (Of(claim) is not { } score)
        {
            return $"Mutants, not yet tried with the present code: {Names(claim.Kills)}.";
        }

        var caught = string.Join(", ", Groups(score).Select(group => $"{group.Count} ({Names(group.Mutants)})"));
        return $"Mutants caught: {caught}{(score.Missed.Count == 0 ? "" : $"; missed: {Names(score.Missed)}")}.";
    }

    internal void Write() => AtomicFile.Write(PathOf(Claim), JsonSerializer.Serialize(this, EvidenceFile.Format));

    // Those of the library first.
    private static IEnumerable<(string Count, IEnumerable<string> Mutants)> Groups(params IReadOnlyList<KillScore> scores) =>
        from score in scores
        from mutant in score.Caught.Concat(score.Missed)
        group (Name: mutant, IsCaught: score.Caught.Contains(mutant)) by score.Library.Contains(mutant) into mutants
        orderby mutants.Key descending
        let count = $"{mutants.Count(mutant => mutant.IsCaught)} of {mutants.Count()} of the {(mutants.Key ? "library" : "statement")}"
        select (count, mutants.Select(mutant => mutant.Name));

    private static string PathOf(string claim) => Path.Combine(Repository.Artifacts, "kills", $"{claim}.json");
}
