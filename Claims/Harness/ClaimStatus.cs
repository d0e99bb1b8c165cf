namespace Reproduce.Claims.Harness;

/// <summary>What the evidence at hand says of a claim.</summary>
public enum Standing
{
    /// <summary>All its tests ran with the present code and passed.</summary>
    Decided,

    /// <summary>An experiment, decided otherwise here than its entry declares, without contradicting it.</summary>
    Differing,

    /// <summary>The verdict contradicts what its entry declares.</summary>
    Disagreeing,

    /// <summary>A test failed: the code and the entry disagree.</summary>
    Failing,

    /// <summary>Its experiment was skipped: data or a device is missing.</summary>
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
public sealed record ClaimStatus(
    ClaimEntry Claim, Standing Standing, Verdict? Verdict, string Summary, IReadOnlyList<EvidenceFile> Evidence)
{
    /// <summary>
    /// Refuted claims that this one rests on, directly or through others, unless it is refuted itself. It is then *conditional*: what was
    /// checked stands, but the paper's proof relies on a refuted claim.
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

    /// <summary>The verdict for people, with what is declared where that differs.</summary>
    public string Caption => Standing == Standing.Differing ? $"{WholeVerdict} here, declared {Claim.Declared.Words()}" : WholeVerdict;

    /// <summary>A test failed, or the evidence shows the contrary of what is declared.</summary>
    public bool IsWrong => Standing is Standing.Failing or Standing.Disagreeing;

    /// <summary>The status of every claim, from the entries and the evidence on disk, that of nightly tests aside.</summary>
    /// <exception cref="FormatException">An entry or an evidence file is damaged.</exception>
    public static IReadOnlyList<ClaimStatus> Load()
    {
        var evidence = EvidenceFile.ReadAll()
            .Where(file => file.Stamp.Build == Stamp.ThisBuild && file.Category != Category.Nightly)
            .ToLookup(file => file.Claim);
        var tests = ClaimTests.All
            .Where(test => test.Claim.Category != Category.Nightly)
            .ToLookup(test => test.Claim.Id, test => test.Name);
        return WithRefutedBases([.. ClaimRegistry.Load().Select(claim => Of(claim, [.. tests[claim.Id]], [.. evidence[claim.Id]]))]);
    }

    /// <summary>Every status with the refuted claims that it rests on.</summary>
    public static IReadOnlyList<ClaimStatus> WithRefutedBases(IReadOnlyList<ClaimStatus> all)
    {
        ClaimEntry[] entries = [.. all.Select(status => status.Claim)];
        var refuted = all
            .Where(status => (status.Verdict ?? status.Claim.Declared) == Harness.Verdict.Refuted)
            .Select(status => status.Claim.Id).ToHashSet();
        IEnumerable<string> RefutedBasesOf(ClaimEntry claim) =>
            refuted.Contains(claim.Id) ? [] : ClaimRegistry.Bases(claim, entries).Where(refuted.Contains).Order(StringComparer.Ordinal);
        return [.. all.Select(status => status with { RefutedBases = [.. RefutedBasesOf(status.Claim)] })];
    }

    /// <summary>The status of one claim.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="tests">The names of its tests, each row by itself.</param>
    /// <param name="evidence">Of the present build.</param>
    public static ClaimStatus Of(ClaimEntry claim, IReadOnlyList<string> tests, IReadOnlyList<EvidenceFile> evidence)
    {
        if (evidence.FirstOrDefault(file => file.Outcome == "failed") is { } failed)
        {
            return new ClaimStatus(claim, Standing.Failing, null, $"{failed.Test}: {FirstLine(failed.Message)}", evidence);
        }

        if (tests.Count == 0)
        {
            return new ClaimStatus(
                claim, Standing.Decided, Harness.Verdict.Pending, claim.Sections.GetValueOrDefault("Missing", "no test"), evidence);
        }

        if (evidence.FirstOrDefault(file => file.Outcome == "skipped") is { } skipped)
        {
            var standing = claim.Kind == ClaimKind.Experiment ? Standing.Pending : Standing.NotRun;
            return new ClaimStatus(claim, standing, null, $"skipped: {FirstLine(skipped.Message)}", evidence);
        }

        var passed = evidence.Where(file => file.Outcome == "passed").Select(file => file.Test).ToHashSet();
        var absent = CountTests(tests.Where(test => !passed.Contains(test)));
        if (absent > 0)
        {
            return new ClaimStatus(
                claim, Standing.NotRun, null, $"{absent} of {CountTests(tests)} tests have no evidence from the present code", evidence);
        }

        var verdict = claim.Kind == ClaimKind.Theorem
            ? Verdicts.OfTheorem(evidence.Select(file => file.Role), claim.Kills)
            : evidence.Select(file => file.Verdict).SingleOrDefault(decided => decided is not null);
        if (verdict is null)
        {
            var why = claim.Kind == ClaimKind.Theorem && claim.Kills.Count == 0 ? "its tests kill no mutant" : "its tests decide nothing";
            return new ClaimStatus(claim, Standing.NotRun, null, why, evidence);
        }

        if (verdict == claim.Declared)
        {
            return new ClaimStatus(claim, Standing.Decided, verdict, Summarise(evidence), evidence);
        }

        var differs = verdict.Value.Contradicts(claim.Declared) ? Standing.Disagreeing : Standing.Differing;
        return new ClaimStatus(claim, differs, verdict, $"the entry declares '{claim.Declared.Words()}'; {Summarise(evidence)}", evidence);
    }

    // A test counts once, whatever the number of its rows.
    private static int CountTests(IEnumerable<string> rows) => rows.Select(row => row.Split('(')[0]).Distinct().Count();

    private static string Summarise(IReadOnlyList<EvidenceFile> evidence)
    {
        if (evidence.FirstOrDefault(file => file.Reason is not null) is { } decided)
        {
            return decided.Reason!;
        }

        var kinds =
            from kind in new[]
            {
                (Role.Check, "check", "checks"),
                (Role.Repair, "check of the repaired form", "checks of the repaired form"),
                (Role.Counterexample, "counterexample", "counterexamples"),
                (Role.Control, "control", "controls"),
            }
            let count = CountTests(evidence.Where(file => file.Role == kind.Item1).Select(file => file.Test))
            where count > 0
            select $"{count} {(count == 1 ? kind.Item2 : kind.Item3)}";
        var instances = evidence.SelectMany(file => file.Measurements)
            .Where(measurement => measurement.IsProperty)
            .Sum(measurement => measurement.Samples ?? 0);
        return string.Join(", ", kinds) + (instances > 0 ? $"; {instances} random instances" : "");
    }

    private static string FirstLine(string? text) => text?.Split('\n')[0].Trim() ?? "";
}
