using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reproduce.Libtorch;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments;

/// <summary>
/// Stores the result of each cell in a file of its own, written atomically, so that a run that is killed loses only the cells in progress,
/// and several processes can share the folder. A result is used only if the hash of its key still matches.
/// </summary>
/// <param name="folder">Usually <c>artifacts/runs</c>.</param>
public sealed class CellStore(string folder)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The stored result, or null if there is none for this key, or it is damaged or was changed.</summary>
    public CellResult? Find(Cell cell) => Read(cell).Result;

    /// <summary>Why the stored file of a cell is not used, with its path; null where it is used, or there is none.</summary>
    public string? Refusal(Cell cell) => Read(cell).Refusal;

    /// <summary>Why the last attempt at a cell failed, or null.</summary>
    public string? Failure(Cell cell)
    {
        try
        {
            return File.Exists(FailureOf(cell)) ? File.ReadAllText(FailureOf(cell)) : null;
        }
        catch (FileNotFoundException)
        {
            return null; // Another process has just started the cell again.
        }
    }

    /// <summary>
    /// Runs the cells without a stored result, as many at once as there are workers, each with single-threaded operators. If a cell fails,
    /// the others continue; the first failure is thrown at the end. A result that contains NaN is a failure.
    /// </summary>
    /// <returns>The results in the order of the cells.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; finished cells are kept.</exception>
    /// <exception cref="IOException">A result could not be written; finished cells are kept.</exception>
    /// <exception cref="TorchUnusableException">The arithmetic of a cell's device is wrong; nothing was computed.</exception>
    public IReadOnlyList<CellResult> Run(
        IReadOnlyList<Cell> cells, int workers, Action<CellProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        var missing = new Queue<Cell>(cells.Where(cell => Find(cell) is null));
        var devices = missing.Select(cell => cell.Key["device"]).Distinct();
        var arithmetic = devices.ToDictionary(name => name, name => ArithmeticCheck.Require(new Device(name)));
        var failure = default(Exception);
        var threads = new List<Thread>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        // Dedicated threads, since libtorch's number of threads is set per thread.
        var count = Math.Min(workers, missing.Count);
        for (var i = 0; i < count; i++)
        {
            var thread = new Thread(Work) { IsBackground = true, Name = $"cells {i}" };
            threads.Add(thread);
            thread.Start();
        }

        threads.ForEach(thread => thread.Join());
        cancellation.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return [.. cells.Select(cell => Find(cell) ?? throw new IOException($"the result of {cell.Name} vanished from {PathOf(cell)}"))];

        void Work()
        {
            set_num_threads(1);
            try
            {
                while (true)
                {
                    Cell cell;
                    lock (missing)
                    {
                        if (stop.IsCancellationRequested || !missing.TryDequeue(out cell!))
                        {
                            return;
                        }
                    }

                    var clock = Stopwatch.StartNew();
                    if (Failure(cell) is not null)
                    {
                        File.Delete(FailureOf(cell));
                    }

                    progress?.Invoke(new CellProgress(cell.Experiment, cell.Name, 0, "starting"));
                    JsonElement result;
                    try
                    {
                        var computed = cell.Run(
                            (done, status) => progress?.Invoke(new CellProgress(cell.Experiment, cell.Name, done, status)), stop.Token);
                        result = JsonSerializer.SerializeToElement(computed, computed.GetType(), Cell.Format);
                        if (JsonLeaves.Of(result).Any(value => value.ValueKind == JsonValueKind.String && value.ValueEquals("NaN")))
                        {
                            throw new ArithmeticException($"{cell.Experiment}, {cell.Name}: the result holds NaN");
                        }
                    }
                    catch (Exception exception) when (exception is not OperationCanceledException && !stop.IsCancellationRequested)
                    {
                        Interlocked.CompareExchange(ref failure, exception, null);
                        var message = exception is ExternalException torch ? TorchLibrary.Sentence(torch) : exception.Message;
                        AtomicFile.Write(FailureOf(cell), $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC: {message}\n");
                        progress?.Invoke(new CellProgress(cell.Experiment, cell.Name, 1, "failed"));
                        continue;
                    }

                    var finished = new CellResult(
                        cell.Experiment,
                        cell.Name,
                        cell.Hash,
                        cell.Key,
                        DateTime.UtcNow,
                        clock.Elapsed.TotalSeconds,
                        arithmetic[cell.Key["device"]],
                        result);
                    AtomicFile.Write(PathOf(cell), JsonSerializer.Serialize(finished.Signed(), Format));
                    progress?.Invoke(new CellProgress(cell.Experiment, cell.Name, 1, "done"));
                }
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
                stop.Cancel();
            }
        }
    }

    /// <summary>
    /// The stored result, or why the file is not used, with its path; both null where there is none. Reading checks the digest, so a caller
    /// that wants both reads once. A file that is refused is replaced when its cell is run again.
    /// </summary>
    public (CellResult? Result, string? Refusal) Read(Cell cell)
    {
        var path = PathOf(cell);
        if (!File.Exists(path))
        {
            return (null, null);
        }

        try
        {
            var result = JsonSerializer.Deserialize<CellResult>(File.ReadAllBytes(path), Format);
            return result is null || !IsOf(cell, result) || result.Result.ValueKind == JsonValueKind.Undefined
                ? (null, $"{path} holds no result of this cell")
                : result.IsAsStored ? (result, null) : (null, $"{path} was changed after it was written");
        }
        catch (JsonException)
        {
            return (null, $"{path} is damaged");
        }
    }

    private static bool IsOf(Cell cell, CellResult result) =>
        (result.Experiment, result.Name, result.Hash) == (cell.Experiment, cell.Name, cell.Hash)
        && result.Key?.Count == cell.Key.Count && result.Key.All(cell.Key.Contains);

    private string FailureOf(Cell cell) => Path.ChangeExtension(PathOf(cell), ".failed");

    // With the hash, so that two versions of the code never overwrite each other's results.
    private string PathOf(Cell cell) => Path.Combine(folder, cell.Experiment, $"{cell.Name}.{cell.Hash}.json");
}
