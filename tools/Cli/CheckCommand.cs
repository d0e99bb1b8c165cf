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
            ClaimTable.Write(claims);
        }

        foreach (var differing in claims.Where(claim => claim.Standing == Standing.Differing))
        {
            Screen.Remark($"Differs: {differing.Claim.Id} is {differing.Caption}.");
        }

        foreach (var failure in outcome.Failures)
        {
            Screen.Remark($"FAILED {failure.Test}\n  {failure.Message.ReplaceLineEndings("\n  ")}");
        }

        var kills = claims.Select(claim => KillScore.Of(claim.Claim)).OfType<KillScore>().ToList();
        Screen.Remark($"Mutants caught: {KillScore.Counts(kills)}, by the tests of the {kills.Count} claims that list them.");
        var files = ReportCommand.Write(claims, ReportFiles.Folder);
        var names = string.Join(", ", files.Select(file => Path.GetRelativePath(Environment.CurrentDirectory, file)));
        Screen.Remark(
            $"{outcome.Passed} checks passed, {outcome.Failures.Count} failed, {outcome.Skips.Count} skipped " +
            $"in {clock.Elapsed.TotalSeconds:F0} s. Report: {names}");
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
