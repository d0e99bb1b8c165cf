namespace Reproduce.Claims.Harness;

/// <summary>What the evidence at hand says of a claim.</summary>
public enum Standing
{
    /// <summary>All its tests ran with the present code and passed.</summary>
    Decided,

    /// <summary>An experiment, decided otherwise here than its entry declares, and not to the contrary.</summary>
    Differing,

    /// <summary>Decided to the contrary of what its entry declares.</summary>
    Disagreeing,

    /// <summary>A test failed: the code and the entry disagree.</summary>
    Failing,

    /// <summary>Its experiment was skipped, for want of data or a device.</summary>
    Pending,

    /// <summary>Some of its tests have not run with the present code.</summary>
    NotRun,
}

/// <summary>A claim with the evidence of the present code, and what follows from it. Nothing here is typed by hand.</summary>
/// <param name="Claim">As its entry states it.</param>
/// <param name="Standing">Whether the evidence decides it.</param>
/// <param name="Verdict">What the evidence shows; null unless it decides.</param>
/// <param name="Summary">The evidence in one line.</param>
/// <param name="Evidence">Of the present build, by test.</param>
public sealed record ClaimStatus(ClaimEntry Claim, Standing Standing, Verdict? Verdict, string Summary, IReadOnlyList<EvidenceFile> Evidence)
{
    /// <summary>
    /// Refuted claims that this one rests on, directly or through others, unless it is refuted itself. It is then *conditional*: what was
    /// checked stands, the paper's proof does not.
    /// </summary>
    public IReadOnlyList<string> RefutedBases { get; init; } = [];

    /// <summary>The verdict in words, or FAILED, or "not run".</summary>
    public string Words => Standing switch
    {
        Standing.Decided or Standing.Differing or Standing.Disagreeing => Verdict!.Value.Words(),
        Standing.Failing => "FAILED",
        Standing.Pending => Harness.Verdict.Pending.Words(),
        _ => "not run",
    };

    /// <summary>The words, and whether the verdict is conditional.</summary>
    public string WholeVerdict => RefutedBases.Count > 0 ? $"{Words}, conditional" : Words;

    /// <summary>The same for people, with what is declared where that differs.</summary>
    public string Caption => Standing == Standing.Differing ? $"{WholeVerdict} here, declared {Claim.Declared.Words()}" : WholeVerdict;

    /// <summary>A test failed, or the evidence shows the contrary of what is declared.</summary>
    public bool IsWrong => Standing is Standing.Failing or Standing.Disagreeing;

    /// <summary>The status of every claim, from the entries and the evidence on disk, that of nightly tests aside.</summary>
    /// <exception cref="FormatException">An entry or an evidence file is damaged.</exception>
    public static IReadOnlyList<ClaimStatus> Load()
    {
        var current = EvidenceFile.ReadAll().Where(file => file.Stamp.Build == Stamp.Here.Build && file.Category != Category.Nightly).ToLookup(file => file.Claim);
        return WithRefutedBases([.. ClaimRegistry.Load().Select(claim =>
            Of(claim, [.. ClaimTests.All.Where(test => test.Claim.Id == claim.Id && test.Claim.Category != Category.Nightly).Select(test => test.Name)], [.. current[claim.Id]]))]);
    }

    /// <summary>Every status with the refuted claims that it rests on.</summary>
    public static IReadOnlyList<ClaimStatus> WithRefutedBases(IReadOnlyList<ClaimStatus> all)
    {
        var refuted = all.Where(status => (status.Verdict ?? status.Claim.Declared) == Harness.Verdict.Refuted).Select(status => status.Claim.Id).ToHashSet();
        ClaimEntry[] entries = [.. all.Select(status => status.Claim)];
        return [.. all.Select(status => status with { RefutedBases = refuted.Contains(status.Claim.Id) ? [] : [.. ClaimRegistry.Bases(status.Claim, entries).Where(refuted.Contains).Order(StringComparer.Ordinal)] })];
    }

    /// <summary>The status of one claim.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="tests">The names of its tests.</param>
    /// <param name="evidence">Of the present build.</param>
    public static ClaimStatus Of(ClaimEntry claim, IReadOnlyList<string> tests, IReadOnlyList<EvidenceFile> evidence)
    {
        if (evidence.FirstOrDefault(file => file.Outcome == "failed") is { } failed)
        {
            return new ClaimStatus(claim, Standing.Failing, null, $"{failed.Test}: {FirstLine(failed.Message)}", evidence);
        }

        if (tests.Count == 0)
        {
            return new ClaimStatus(claim, Standing.Decided, Harness.Verdict.Pending, claim.Sections.TryGetValue("Missing", out var missing) ? missing : "no test", evidence);
        }

        if (evidence.FirstOrDefault(file => file.Outcome == "skipped") is { } skipped)
        {
            var standing = claim.Kind == ClaimKind.Experiment ? Standing.Pending : Standing.NotRun;
            return new ClaimStatus(claim, standing, null, $"skipped: {FirstLine(skipped.Message)}", evidence);
        }

        var passed = evidence.Where(file => file.Outcome == "passed").Select(file => file.Test).ToHashSet();
        var absent = tests.Count(test => !passed.Contains(test));
        if (absent > 0)
        {
            return new ClaimStatus(claim, Standing.NotRun, null, $"{absent} of {tests.Count} tests have no evidence from the present code", evidence);
        }

        var verdict = claim.Kind == ClaimKind.Theorem
            ? Verdicts.OfTheorem(evidence.Select(file => file.Role), claim.Kills)
            : evidence.Select(file => file.Verdict).SingleOrDefault(decided => decided is not null);
        if (verdict is null)
        {
            return new ClaimStatus(claim, Standing.NotRun, null, claim.Kind == ClaimKind.Theorem && claim.Kills.Count == 0 ? "its tests kill no mutant" : "its tests decide nothing", evidence);
        }

        return verdict == claim.Declared
            ? new ClaimStatus(claim, Standing.Decided, verdict, Summarise(evidence), evidence)
            : new ClaimStatus(claim, verdict.Value.Contradicts(claim.Declared) ? Standing.Disagreeing : Standing.Differing, verdict, $"the entry declares '{claim.Declared.Words()}'; {Summarise(evidence)}", evidence);
    }

    private static string Summarise(IReadOnlyList<EvidenceFile> evidence)
    {
        if (evidence.FirstOrDefault(file => file.Reason is not null) is { } decided)
        {
            return decided.Reason!;
        }

        // A test counts once, whatever the number of its rows.
        int Count(Role role) => evidence.Where(file => file.Role == role).DistinctBy(file => file.Test.Split('(')[0]).Count();
        var instances = evidence.SelectMany(file => file.Measurements).Where(measurement => measurement.IsProperty).Sum(measurement => measurement.Samples ?? 0);
        var parts = new[]
        {
            (Count(Role.Check), "check", "checks"), (Count(Role.Repair), "check of the repaired form", "checks of the repaired form"),
            (Count(Role.Counterexample), "counterexample", "counterexamples"), (Count(Role.Control), "control", "controls"),
        };
        return string.Join(", ", parts.Where(part => part.Item1 > 0).Select(part => $"{part.Item1} {(part.Item1 == 1 ? part.Item2 : part.Item3)}")) + (instances > 0 ? $"; {instances} random instances" : "");
    }

    private static string FirstLine(string? text) => text?.Split('\n')[0].Trim() ?? "";
}
