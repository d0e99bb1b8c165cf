using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Report;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Cli;

/// <summary><c>reproduce nightly</c>.</summary>
internal static class NightlyCommand
{
    /// <summary>Runs the missing cells; without a shard, judges the claims as well.</summary>
    /// <param name="ids">Of claims; none: all experiments.</param>
    /// <param name="profile">The size.</param>
    /// <param name="device">Where networks are trained.</param>
    /// <param name="shard">Only its cells; null: all.</param>
    /// <param name="limit">After this time no cell goes on, and what is finished is judged; null: all cells are finished.</param>
    /// <param name="cancellation">Stops without judging.</param>
    internal static async Task<int> Run(
        string[] ids, Profile profile, Device device, Shard? shard, TimeSpan? limit, CancellationToken cancellation)
    {
        var plans = Plans(ids);
        var store = new CellStore(Repository.Runs);
        var cells = CellRunner.Cells(plans, profile, device).SelectMany(one => one.Cells).ToList();
        var mine = shard is null ? cells : [.. cells.Where(shard.Has)];
        var share = shard is null ? "" : $", {mine.Count} of them in shard {shard.Number} of {shard.Count}";
        Screen.Remark($"{profile.Word()} profile: {plans.Count} experiments, {cells.Count} cells{share}.");
        var onCpu = plans.Where(plan => !plan.IsForAnyDevice).Select(plan => plan.Name).ToList();
        if (device.type != DeviceType.CPU && onCpu.Count > 0)
        {
            Screen.Remark($"On the CPU all the same: {string.Join(", ", onCpu)}.");
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (limit is { } time)
        {
            limited.CancelAfter(time);
        }

        try
        {
            CellRunner.Run(store, mine, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var missing = mine.Count(cell => store.Find(cell) is null);
            Screen.Remark($"The time is up: {missing} of {mine.Count} cells are left for the next run.");
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or IOException)
            && mine.Any(cell => store.Failure(cell)?.Contains(exception.Message, StringComparison.Ordinal) == true))
        {
            Write(Failures(store, mine.Where(cell => store.Find(cell) is null)));
            return ExitCode.CheckFailed;
        }

        return shard is null ? await Judge(plans, ids, profile, device, cancellation) : ExitCode.Fine;
    }

    /// <summary>Prints the cells that would be run, one a line.</summary>
    internal static int Plan(string[] ids, Profile profile, Device device, Shard? shard)
    {
        var store = new CellStore(Repository.Runs);
        var missing =
            from one in CellRunner.Cells(Plans(ids), profile, device, downloads: false)
            from cell in one.Cells
            where shard?.Has(cell) != false && store.Find(cell) is null
            select cell;
        foreach (var cell in missing)
        {
            Console.WriteLine($"{cell.Experiment}  {cell.Name}  {cell.Hash}");
        }

        return ExitCode.Fine;
    }

    /// <summary>What is done, missing and failed.</summary>
    internal static int Status(string[] ids, Profile profile, Device device)
    {
        var store = new CellStore(Repository.Runs);
        var plans = Plans(ids);
        var rows = new List<IReadOnlyList<string>>();
        var (refusals, failures) = (new List<string>(), new List<(Cell Cell, string Why)>());
        foreach (var (plan, cells) in CellRunner.Cells(plans, profile, device, downloads: false))
        {
            var read = cells.Select(cell => (Cell: cell, Stored: store.Read(cell))).ToList();
            var done = read.Select(one => one.Stored.Result).OfType<CellResult>().ToList();
            var failed = Failures(store, read.Where(one => one.Stored.Result is null).Select(one => one.Cell)).ToList();
            var (left, seconds) = (cells.Count - done.Count, done.Sum(result => result.Seconds));
            rows.Add(
            [
                plan.Name,
                $"{cells.Count}",
                $"{done.Count}",
                $"{failed.Count}",
                $"{left - failed.Count}",
                Hours(seconds),
                left == 0 ? "" : done.Count == 0 ? "?" : $"about {Hours(seconds / done.Count * left / Environment.ProcessorCount)}",
                string.Join(" ", plan.Claims),
            ]);
            refusals.AddRange(read.Select(one => one.Stored.Refusal).OfType<string>());
            failures.AddRange(failed);
        }

        Screen.Paragraph(
            $"{profile.Word()} profile, {Environment.ProcessorCount} cores; time left if what is missing takes as long as what is done.");
        Screen.Table(["experiment", "cells", "done", "failed", "missing", "core time", "left", "claims"], rows);
        refusals.ForEach(refusal => Console.WriteLine($"MISSING  {refusal}"));
        Write(failures);
        var claims = plans.SelectMany(plan => plan.Claims).ToHashSet();
        var undecided = ClaimRegistry.Load().Where(claim => claims.Contains(claim.Id)
            && (claim.DeclaredAt(profile) ?? claim.Declared) == Verdict.Inconclusive && claim.WouldDecide is not null).ToList();
        if (undecided.Count > 0)
        {
            Console.WriteLine();
            Screen.Table(["undecided", "what would decide it"], [.. undecided.Select(claim => new[] { claim.Id, claim.WouldDecide! })]);
        }

        return ExitCode.Fine;
    }

    /// <summary>
    /// Judges what has been run and prints it, as a document for <c>docs/results</c> or for programs. Runs no cell, and leaves the evidence
    /// of other runs as it is.
    /// </summary>
    /// <param name="ids">Of claims; none: all experiments.</param>
    /// <param name="profile">The size.</param>
    /// <param name="device">Where networks were trained.</param>
    /// <param name="json">For programs.</param>
    /// <param name="write">Instead writes a file for each claim that was judged to <c>docs/results</c>, for the report.</param>
    /// <param name="cancellation">Stops without a summary.</param>
    internal static async Task<int> Summary(
        string[] ids, Profile profile, Device device, bool json, bool write, CancellationToken cancellation)
    {
        var store = new CellStore(Repository.Runs);
        var experiments = CellRunner.Cells(Plans(ids), profile, device, downloads: false)
            .Select(one => (one.Plan, one.Cells.Count, Done: Done(one.Cells)))
            .ToList();
        IReadOnlyList<CellResult> Done(IReadOnlyList<Cell> cells) => [.. cells.Select(store.Find).OfType<CellResult>()];
        var claims = Asked(experiments.Select(one => one.Plan), ids);
        var counts = experiments.ToDictionary(one => one.Plan, one => (one.Count, one.Done.Count));
        bool HasCells(string claim) => experiments.Any(one => one.Plan.Claims.Contains(claim) && one.Done.Count > 0);
        var scratch = Directory.CreateTempSubdirectory("reproduce-");
        try
        {
            // The test program inherits it.
            Environment.SetEnvironmentVariable("REPRODUCE_EVIDENCE", scratch.FullName);
            var (failures, evidence) = await Tested(claims, profile, device, cancellation);
            if (write)
            {
                var folder = Path.Combine(CommittedResults.Folder, profile.Word());
                var written = ResultFiles.Write(folder, evidence.Where(file => HasCells(file.Claim)));
                Console.WriteLine($"{folder}: {(written.Count == 0 ? "nothing to write" : string.Join(", ", written))}");
                return failures.Count == 0 ? ExitCode.Fine : ExitCode.CheckFailed;
            }

            Console.Write(json
                ? NightlyResult.Of(profile.Word(), counts, evidence).ToJson()
                : ResultsDocument.Of(profile.Word(), experiments, evidence));
            return failures.Count == 0 ? ExitCode.Fine : ExitCode.CheckFailed;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>What changed between two results that <see cref="Summary"/> wrote. Ends with 1 on a regression.</summary>
    internal static int Compare(string before, string after)
    {
        var (old, current) = (NightlyResult.Read(before), NightlyResult.Read(after));
        var changes = current.ChangesSince(old).ToList();
        foreach (var change in changes)
        {
            Console.WriteLine(change.Text);
        }

        var regressions = changes.Count(change => change.IsRegression);
        Console.WriteLine($"{Sentences.Counted(changes.Count, "change")}, {Sentences.Counted(regressions, "regression")}.");
        return regressions == 0 ? ExitCode.Fine : ExitCode.CheckFailed;
    }

    private static IReadOnlyList<ExperimentPlan> Plans(string[] ids)
    {
        if (ids.Length == 0)
        {
            return ExperimentPlans.All;
        }

        ClaimTable.Require(ids, ClaimRegistry.Load());
        if (ids.FirstOrDefault(id => !ExperimentPlans.All.Any(plan => plan.Claims.Contains(id))) is { } none)
        {
            throw new UsageException($"{none} has no experiment: ./reproduce nightly status lists those that have");
        }

        return [.. ExperimentPlans.All.Where(plan => plan.Claims.Any(ids.Contains))];
    }

    // The claims of experiments, or those of them that are named.
    private static HashSet<string> Asked(IEnumerable<ExperimentPlan> plans, string[] ids) =>
        [.. plans.SelectMany(plan => plan.Claims).Where(claim => ids.Length == 0 || ids.Contains(claim))];

    // Of cells without a result.
    private static IEnumerable<(Cell Cell, string Why)> Failures(CellStore store, IEnumerable<Cell> missing) =>
        missing.Select(cell => (cell, Why: store.Failure(cell))).Where(one => one.Why is not null).Select(one => (one.cell, one.Why!));

    private static void Write(IEnumerable<(Cell Cell, string Why)> failures)
    {
        foreach (var (cell, why) in failures)
        {
            Console.WriteLine($"FAILED  {cell.Experiment}, {cell.Name}: {why.TrimEnd()}");
        }
    }

    private static async Task<int> Judge(
        IReadOnlyList<ExperimentPlan> plans, string[] ids, Profile profile, Device device, CancellationToken cancellation)
    {
        var claims = Asked(plans, ids);
        var (failures, evidence) = await Tested(claims, profile, device, cancellation);
        Screen.Table(
            ["claim", "verdict", "why"],
            [.. evidence.Select(file => new[]
            {
                file.Claim,
                file.Outcome == "passed" ? file.Verdict?.Words() ?? "" : file.Outcome,
                file.Reason ?? file.Message ?? "",
            })]);
        foreach (var failure in failures)
        {
            Console.WriteLine($"FAILED  {failure.Test}\n        {failure.Message.ReplaceLineEndings("\n        ")}");
        }

        return failures.Count == 0 ? ExitCode.Fine : ExitCode.CheckFailed;
    }

    // The nightly tests of the claims, which run no cell, and what they left behind.
    private static async Task<(IReadOnlyList<TestRemark> Failures, IReadOnlyList<EvidenceFile> Evidence)> Tested(
        HashSet<string> claims, Profile profile, Device device, CancellationToken cancellation)
    {
        var tests = ClaimTests.All.Where(test => test.Claim.Category == Category.Nightly && claims.Contains(test.Claim.Id)).ToList();
        if (tests.Count == 0)
        {
            return ([], []);
        }

        // The test program inherits it.
        Environment.SetEnvironmentVariable("REPRODUCE_PROFILE", profile.Word());
        var methods = tests.Select(test => $"{test.Method.DeclaringType!.FullName}.{test.Method.Name}").Distinct();
        var outcome = await Screen.WithProgress("judging", update => TestRunner.Run(
            methods.SelectMany(name => new[] { "-method", name }),
            (done, total, test) => update((double)done / Math.Max(1, total), test),
            cancellation));
        var names = tests.Select(test => test.Name).ToHashSet();
        var evidence = EvidenceFile.ReadAll().Where(file => names.Contains(file.Test) && file.Stamp.Build == Stamp.ThisBuild);
        return (outcome.Failures, [.. evidence]);
    }

    private static string Hours(double seconds) => $"{TimeSpan.FromSeconds(Math.Round(seconds)):g}";
}
