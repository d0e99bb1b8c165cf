using System.Diagnostics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Slope;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Cli;

/// <summary>The main job: data, quick experiments, checks, table, report.</summary>
internal static class CheckCommand
{
    private static readonly Func<Action<string>?, IReadOnlyList<Cell>>[] Experiments =
        [Figure1.QuickCells, .. ExperimentPlans.All.Select(plan => (Func<Action<string>?, IReadOnlyList<Cell>>)(report => plan.Cells(Profile.Quick, new DataStore(report: report))))];

    internal static async Task<int> Run(bool json, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        Train(cancellation);
        var outcome = await Check(cancellation);
        var claims = ClaimStatus.Load();
        if (json)
        {
            ClaimTable.WriteJson(claims);
        }
        else
        {
            ClaimTable.Write(claims);
        }

        foreach (var failure in outcome.Failures)
        {
            Screen.Remark($"FAILED {failure.Test}\n  {failure.Message.ReplaceLineEndings("\n  ")}");
        }

        var files = Report.Write(claims);
        Screen.Remark($"{outcome.Passed} checks passed, {outcome.Failures.Count} failed, {outcome.Skips.Count} skipped in {clock.Elapsed.TotalSeconds:F0} s. Report: {string.Join(", ", files.Select(file => Path.GetRelativePath(Environment.CurrentDirectory, file)))}");
        return outcome.Failures.Count == 0 && !claims.Any(claim => claim.IsWrong) ? ExitCode.Fine : ExitCode.CheckFailed;
    }

    // Without data the experiments stay pending, and the theorems are checked all the same.
    private static void Train(CancellationToken cancellation)
    {
        var cells = new List<Cell>();
        foreach (var experiment in Experiments)
        {
            try
            {
                cells.AddRange(experiment(Screen.Remark));
            }
            catch (DataUnavailableException missing)
            {
                Screen.Remark($"An experiment stays pending: {missing.Message}");
            }
        }

        if (cells.Count == 0)
        {
            return;
        }

        var store = new CellStore(Repository.Runs);
        var shares = cells.Where(cell => store.Find(cell) is null).ToDictionary(cell => cell.Name, _ => 0.0);
        if (shares.Count == 0)
        {
            Screen.Remark($"All {cells.Count} networks of the quick experiments are trained already.");
            return;
        }

        var finished = cells.Count - shares.Count;
        Screen.Remark($"Training {shares.Count} networks of the quick experiments{(finished > 0 ? $" ({finished} are there already)" : "")}.");
        Screen.WithProgress("training", update => store.Run(
            cells,
            Environment.ProcessorCount,
            progress =>
            {
                lock (shares)
                {
                    shares[progress.Cell] = progress.Done;
                    update(shares.Values.Average(), $"{progress.Cell}, {progress.Status}");
                }
            },
            cancellation));
    }

    private static Task<TestOutcome> Check(CancellationToken cancellation) =>
        Screen.WithProgress("checking", update => TestRunner.Run(
            ["-trait", "Category=Theorem", "-trait", "Category=Empirical"],
            (done, total, test) => update((double)done / Math.Max(1, total), test),
            cancellation));
}
