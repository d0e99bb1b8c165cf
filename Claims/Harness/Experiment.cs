using System.Collections.Concurrent;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Harness;

/// <summary>The steps that the tests of experiments share.</summary>
internal static class Experiment
{
    private static readonly Lock Running = new();

    // Claims share experiments, and loading verifies all data.
    private static readonly ConcurrentDictionary<(ExperimentPlan, Profile, string Device), Lazy<IReadOnlyList<Cell>>> Loaded = new();

    /// <summary>What is asked for; where data is not available the test is skipped with the reason, and the claim stays pending.</summary>
    internal static T OrSkip<T>(Func<T> load)
    {
        try
        {
            return load();
        }
        catch (DataUnavailableException missing)
        {
            Evidence.Skip(missing.Message);
            throw;
        }
    }

    /// <summary>A measurement out of a cell, with where it comes from.</summary>
    internal static Measurement Figure(this CellResult result, string quantity, double value, string rule) => new(quantity, value, rule)
    {
        Setting = $"{result.Name}, cell {result.Hash} of {result.Finished:yyyy-MM-dd HH:mm} UTC",
        Seed = result.Key["seed"],
        Data = $"{result.Key["data"]} {result.Key["checksum"]}",
        Dtype = result.Key["device"] is "cpu" ? result.Key["dtype"] : $"{result.Key["dtype"]} on {result.Key["device"]}",
    };

    /// <summary>Judges the quick profile, running what is missing, and fails where the verdict contradicts the declared one.</summary>
    /// <param name="claim">The claim's id.</param>
    /// <param name="plan">Its experiment.</param>
    /// <param name="decide">The rule.</param>
    internal static void JudgeQuick(
        string claim, ExperimentPlan plan, Func<Profile, IReadOnlyList<CellResult>, (Verdict Verdict, string Reason)> decide) =>
        Decide(claim, decide(Profile.Quick, Results(Cells(plan, Profile.Quick, RunDevice.Named))));

    /// <summary>
    /// Judges a larger profile, the one that <c>REPRODUCE_PROFILE</c> names or else the standard one, from the cells that are there,
    /// computed on the device that <c>REPRODUCE_DEVICE</c> names or else on the CPU. Where one is missing the test is skipped with the
    /// command that runs it.
    /// </summary>
    /// <inheritdoc cref="JudgeQuick"/>
    internal static void JudgeNightly(
        string claim, ExperimentPlan plan, Func<Profile, IReadOnlyList<CellResult>, (Verdict Verdict, string Reason)> decide)
    {
        var profile = NightlyProfile;
        var cells = Cells(plan, profile, RunDevice.Named);
        var store = new CellStore(Repository.Runs);
        var found = cells.Select(store.Find).ToList();
        var name = profile.Word();
        if (found.Count(one => one is null) is > 0 and var missing)
        {
            var device = RunDevice.Named.type == DeviceType.CPU ? "" : $" --device {RunDevice.Named}";
            Evidence.Skip(
                $"{missing} of {cells.Count} cells of {plan.Name} have not been run at the {name} size: " +
                $"./reproduce nightly {claim} --profile {name}{device}");
        }

        var (verdict, reason) = decide(profile, [.. found.OfType<CellResult>()]);
        Evidence.Decide(verdict, $"{name} profile: {reason}");
        Hold(verdict, claim, profile, reason);
    }

    private static IReadOnlyList<Cell> Cells(ExperimentPlan plan, Profile profile, Device device) =>
        OrSkip(() => Loaded.GetOrAdd(
            (plan, profile, device.ToString()), _ => new(() => plan.CellsOn(profile, new DataStore(), device))).Value);

    private static IReadOnlyList<CellResult> Results(IReadOnlyList<Cell> cells)
    {
        // One experiment at a time: claims that are judged by the same cells would compute them twice, and one takes all cores.
        lock (Running)
        {
            var cancellation = TestContext.Current.CancellationToken;
            return new CellStore(Repository.Runs).Run(cells, Environment.ProcessorCount, cancellation: cancellation);
        }
    }

    private static Profile NightlyProfile => Environment.GetEnvironmentVariable("REPRODUCE_PROFILE") switch
    {
        null or "" => Profile.Standard,
        var named when Enum.TryParse<Profile>(named, ignoreCase: true, out var profile) && Enum.IsDefined(profile) => profile,
        var other => throw new FormatException($"REPRODUCE_PROFILE '{other}': choose from quick, standard, paper"),
    };

    /// <summary>Records what the rule decided, and holds it against what is declared.</summary>
    internal static void Decide(string claim, (Verdict Verdict, string Reason) decided)
    {
        Evidence.Decide(decided.Verdict, decided.Reason);
        Hold(decided.Verdict, claim, Profile.Quick, decided.Reason);
    }

    // What differs without contradicting is shown beside what is declared, and fails nothing.
    private static void Hold(Verdict found, string claim, Profile profile, string reason)
    {
        var entry = ClaimRegistry.Load().Single(entry => entry.Id == claim);
        if (entry.DeclaredAt(profile) is { } declared && found.Contradicts(declared))
        {
            throw new ClaimViolatedException(
                $"{found.Words()} at the {profile.Word()} size, " +
                $"where {entry.Where} declares '{declared.Words()}': {reason}");
        }
    }
}
