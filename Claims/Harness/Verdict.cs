namespace Reproduce.Claims.Harness;

/// <summary>The outcome of a claim.</summary>
public enum Verdict
{
    /// <summary>A theorem that is true as printed.</summary>
    Holds,

    /// <summary>
    /// A theorem that is true once a hypothesis that the paper leaves out is added, or a slip that its own text corrects is mended.
    /// </summary>
    HoldsAmended,

    /// <summary>A theorem that is false as printed.</summary>
    Refuted,

    /// <summary>An experiment whose rule was met in full.</summary>
    Reproduced,

    /// <summary>An experiment whose rule was met in part, or on part of what the paper ran.</summary>
    Partly,

    /// <summary>An experiment that contradicts the paper.</summary>
    NotReproduced,

    /// <summary>An experiment that at this size decides nothing.</summary>
    Inconclusive,

    /// <summary>An experiment that was not run; the claim says what is missing.</summary>
    Pending,
}

/// <summary>Verdicts as words, and how a theorem's verdict follows from its tests.</summary>
public static class Verdicts
{
    private static readonly (Verdict Verdict, string Words)[] Names =
    [
        (Verdict.Holds, "holds"), (Verdict.HoldsAmended, "holds amended"), (Verdict.Refuted, "refuted"),
        (Verdict.Reproduced, "reproduced"), (Verdict.Partly, "partly"), (Verdict.NotReproduced, "not reproduced"),
        (Verdict.Inconclusive, "inconclusive"), (Verdict.Pending, "pending"),
    ];

    /// <summary>The words that the entries and the report use.</summary>
    public static string Words(this Verdict verdict) => Names.Single(name => name.Verdict == verdict).Words;

    /// <summary>The verdict of these words, or null.</summary>
    public static Verdict? Parse(string words) =>
        Names.Where(name => name.Words == words).Select(name => (Verdict?)name.Verdict).FirstOrDefault();

    /// <summary>
    /// A found verdict contradicts the declared one: for a theorem, any other does; for an experiment, one that turns *reproduced* into
    /// *not reproduced* or back. An experiment that decides more, or less, elsewhere is no contradiction: its numbers are those of one
    /// machine.
    /// </summary>
    public static bool Contradicts(this Verdict found, Verdict declared) => found != declared && (found, declared) switch
    {
        (Verdict.Reproduced, Verdict.NotReproduced) or (Verdict.NotReproduced, Verdict.Reproduced) => true,
        _ => !IsOfExperiment(found) || !IsOfExperiment(declared),
    };

    /// <summary>All words, for messages.</summary>
    public static string All => string.Join(", ", Names.Select(name => name.Words));

    /// <summary>
    /// The verdict of a theorem whose tests have these roles and all pass; null where the roles decide nothing, or where no mutant
    /// is killed: tests that catch no wrong implementation prove nothing.
    /// </summary>
    public static Verdict? OfTheorem(IEnumerable<Role> roles, IReadOnlyList<string> kills)
    {
        var found = kills.Count > 0 ? roles.ToHashSet() : [];
        return (found.Contains(Role.Check), found.Contains(Role.Counterexample)) switch
        {
            (true, false) => Verdict.Holds,
            (true, true) => Verdict.HoldsAmended,
            (false, true) => Verdict.Refuted,
            _ => null,
        };
    }

    private static bool IsOfExperiment(Verdict verdict) => verdict is not (Verdict.Holds or Verdict.HoldsAmended or Verdict.Refuted);
}
