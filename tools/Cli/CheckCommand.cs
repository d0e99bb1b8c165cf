using System.Diagnostics;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using Reproduce.Libtorch;
using Reproduce.Report;
using TorchSharp;

namespace Reproduce.Cli;

/// <summary>The main job: data, quick experiments, checks, mutants, table, report.</summary>
internal static class CheckCommand
{
    internal static async Task<int> Run(bool json, torch.Device device, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        if (json)
        {
            Screen.Remark("Trains the quick experiments and checks every claim. What the last run left: ./reproduce claims --json");
        }

        OutputFolder.RequireWritable("the report's folder", ReportFiles.Folder);
        Train(device, cancellation);
        var outcome = await Check(cancellation);
        var claims = ClaimStatus.Load();
        if (json)
        {
            ClaimTable.WriteJson(claims);
        }
        else
        {
            RunSummary.Write(claims, outcome);
        }

        var files = ReportCommand.Write(claims, ReportFiles.Folder);
        var page = Path.GetRelativePath(Environment.CurrentDirectory, files[0]);
        Screen.Remark(
            $"{outcome.Passed} checks passed, {outcome.Failures.Count} failed, {outcome.Skips.Count} skipped " +
            $"in {clock.Elapsed.TotalSeconds:F0} s. Report: {page}. Every claim: ./reproduce claims");
        return outcome.Failures.Count == 0 && !claims.Any(claim => claim.IsWrong) ? ExitCode.Fine : ExitCode.CheckFailed;
    }

    // Without data the experiments stay pending, and the theorems are checked all the same.
    private static void Train(torch.Device device, CancellationToken cancellation)
    {
        IReadOnlyList<Cell> cells = [.. CellRunner.Cells(ExperimentPlans.All, Profile.Quick, device).SelectMany(one => one.Cells)];
        try
        {
            CellRunner.Run(new CellStore(Repository.Runs), cells, cancellation);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or IOException or TorchUnusableException))
        {
            // The tests of the claims that need the cell run it again, fail, and say why.
            Screen.Remark($"A cell failed: {failure.Message}");
        }
    }

    private static Task<TestOutcome> Check(CancellationToken cancellation) =>
        Screen.WithProgress("checking", update => TestRunner.Run(
            ["-trait", "Category=Theorem", "-trait", "Category=Empirical", "-trait", "Category=Kills"],
            (done, total, test) => update((double)done / Math.Max(1, total), test),
            cancellation));
}
