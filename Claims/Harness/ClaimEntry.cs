using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>How a claim is decided.</summary>
public enum ClaimKind
{
    /// <summary>By proof in the paper, here by tests in exact or float64 arithmetic.</summary>
    Theorem,

    /// <summary>By training networks and measuring.</summary>
    Experiment,
}

/// <summary>A claim, as its entry in <c>Claims/&lt;Paper&gt;/claims.md</c> states it.</summary>
/// <param name="Id">Stable, such as <c>slope.prop-1</c>.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Place">Where the paper makes it.</param>
/// <param name="Kind">How it is decided.</param>
/// <param name="Declared">The verdict that the entry declares.</param>
/// <param name="Uses">Ids of claims that its proof rests on.</param>
/// <param name="Kills">Names of the mutants that its tests must tell from the right implementation.</param>
/// <param name="Sections">The rest by label: Statement, Rule, Counterexample, …</param>
public sealed record ClaimEntry(
    string Id,
    string Title,
    string Place,
    ClaimKind Kind,
    Verdict Declared,
    IReadOnlyList<string> Uses,
    IReadOnlyList<string> Kills,
    IReadOnlyDictionary<string, string> Sections)
{
    /// <summary>The paper's part of the id, such as <c>slope</c>.</summary>
    public string Paper => Id.Split('.')[0];

    /// <summary>The file and line of its heading.</summary>
    public string Where { get; init; } = "";

    /// <summary>
    /// Of a refuted or amended claim: the paper's error that it shows. Claims that show one and the same error share it; by default the id.
    /// </summary>
    public string Error { get => field ?? Id; init; }

    /// <summary>
    /// Of an amended claim: what is wrong is a misprint that the paper's own text corrects. The paragraph Slip quotes that text.
    /// </summary>
    public bool IsSlip => Sections.ContainsKey("Slip");

    /// <summary>Whether its rule was replaced after a run.</summary>
    public bool IsRuleReplaced => Sections.Keys.Any(label => label.StartsWith("Replaced", StringComparison.Ordinal));

    /// <summary>Of an undecided experiment: what would decide it (networks, hours, command); null where nothing is said.</summary>
    public string? WouldDecide { get; init; }

    /// <summary>Of an experiment: what larger profiles gave, where one was run in full (fields Standard and Paper).</summary>
    public IReadOnlyDictionary<Profile, Verdict> Nightly { get; init; } = new Dictionary<Profile, Verdict>();

    /// <summary>What is declared of an experiment at some size; null where nothing.</summary>
    public Verdict? DeclaredAt(Profile profile) =>
        profile == Profile.Quick ? Declared : Nightly.TryGetValue(profile, out var verdict) ? verdict : null;
}
