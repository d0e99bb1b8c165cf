using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;
using static TorchSharp.torch;

namespace Reproduce.Cli;

/// <summary>Runs cells of experiments with progress and the remaining time.</summary>
internal static class CellRunner
{
    /// <summary>The cells of each experiment; one whose data is not available is left out with a remark.</summary>
    /// <param name="plans">The experiments.</param>
    /// <param name="profile">The size.</param>
    /// <param name="device">Where networks are trained.</param>
    /// <param name="downloads">Whether missing data is downloaded.</param>
    internal static IReadOnlyList<(ExperimentPlan Plan, IReadOnlyList<Cell> Cells)> Cells(
        IEnumerable<ExperimentPlan> plans, Profile profile, Device device, bool downloads = true)
    {
        var store = new DataStore(DataStoreOptions.FromEnvironment() with { Downloads = downloads }, Screen.Remark);
        var all = new List<(ExperimentPlan, IReadOnlyList<Cell>)>();

        // Data sets are read here, side by side, on threads that may wait for each other.
        Task<IReadOnlyList<Cell>> CellsOf(ExperimentPlan plan) => Task.Factory.StartNew(
            () => plan.CellsOn(profile, store, device), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var planned = plans.Select(plan => (Plan: plan, Cells: CellsOf(plan))).ToList();
        foreach (var (plan, cells) in planned)
        {
            try
            {
                all.Add((plan, cells.GetAwaiter().GetResult()));
            }
            catch (DataUnavailableException missing)
            {
                Screen.Remark($"{plan.Name} stays pending: {missing.Message}");
            }
        }

        return all;
    }

    /// <summary>Runs what is missing, a cell a core.</summary>
    /// <exception cref="DataException">Results cannot be written.</exception>
    /// <exception cref="Exception">The first failure of a cell, when the others are done.</exception>
    internal static void Run(CellStore store, IReadOnlyList<Cell> cells, CancellationToken cancellation)
    {
        var shares = new Dictionary<(string, string), double>();
        foreach (var cell in cells)
        {
            var (result, refusal) = store.Read(cell);
            if (refusal is not null)
            {
                Screen.Remark($"{refusal}: it is computed again.");
            }

            if (result is null)
            {
                shares.Add((cell.Experiment, cell.Name), 0);
            }
        }

        if (shares.Count == 0)
        {
            Screen.Remark($"All {cells.Count} cells are there already.");
            return;
        }

        OutputFolder.RequireWritable($"REPRODUCE_RUNS {Repository.Runs}", Repository.Runs);
        var finished = cells.Count - shares.Count;
        Screen.Remark($"Running {shares.Count} cells{(finished > 0 ? $" ({finished} are there already)" : "")}.");
        Screen.WithProgress("running", update => store.Run(
            cells,
            Environment.ProcessorCount,
            progress =>
            {
                lock (shares)
                {
                    shares[(progress.Experiment, progress.Cell)] = progress.Done;
                    var done = shares.Values.Count(share => share >= 1);
                    update(shares.Values.Average(), $"{done} of {shares.Count} done; {progress.Cell}, {progress.Status}");
                }
            },
            cancellation));
    }
}
