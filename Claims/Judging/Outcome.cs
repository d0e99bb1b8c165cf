using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Judging;

/// <summary>What a rule says of one of the statements that it rests on.</summary>
internal enum Outcome
{
    /// <summary>Neither, or too little is known.</summary>
    Undecided,

    /// <summary>It holds.</summary>
    Met,

    /// <summary>It does not.</summary>
    Failed,
}

/// <summary>Outcomes in words, and several together.</summary>
internal static class Outcomes
{
    /// <summary>The word that claims.md has for an outcome.</summary>
    internal static string InWords(this Outcome outcome, string met = "met", string failed = "failed", string undecided = "undecided") =>
        outcome switch { Outcome.Met => met, Outcome.Failed => failed, _ => undecided };

    /// <summary>The outcome of a cell of a printed table: met is that it matches.</summary>
    internal static CellMatch AsMatch(this Outcome outcome) =>
        outcome switch { Outcome.Met => CellMatch.Matches, Outcome.Failed => CellMatch.Differs, _ => CellMatch.Undecided };

    /// <summary>How many are this outcome.</summary>
    internal static int Count(this IEnumerable<Outcome> outcomes, Outcome wanted) => outcomes.Count(one => one == wanted);

    /// <summary>Of statements that must all hold: met when all are, failed when one is.</summary>
    internal static Outcome All(IReadOnlyCollection<Outcome> outcomes) =>
        outcomes.Contains(Outcome.Failed) ? Outcome.Failed
        : outcomes.Count > 0 && outcomes.Count(Outcome.Met) == outcomes.Count ? Outcome.Met
        : Outcome.Undecided;

    /// <summary>The verdict of a rule by majority: more fail than are met, all are met on everything, or some are met.</summary>
    /// <param name="outcomes">Of the statements.</param>
    /// <param name="isWhole">Whether they are about all that the claim is about.</param>
    internal static Verdict Majority(IReadOnlyCollection<Outcome> outcomes, bool isWhole = true)
    {
        var (met, failed) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        return failed > met ? Verdict.NotReproduced
            : met == outcomes.Count && isWhole ? Verdict.Reproduced
            : met > 0 ? Verdict.Partly
            : Verdict.Inconclusive;
    }
}
