using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Spreads runs over the cores. A run is computed by one core at a time with single-threaded operators, so its numbers do not depend on the others.</summary>
public static class Cores
{
    /// <summary>Completes all runs, an epoch at a time: a free core takes the run with the fewest epochs behind it.</summary>
    /// <param name="runs">Their observers are called on the cores' threads, those of one run never at once.</param>
    /// <param name="cores">How many runs are computed at once.</param>
    /// <param name="afterEpoch">Called on the core's thread after each epoch of a run: the place to save it.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="OperationCanceledException">Cancelled; every run stands at the end of its last whole epoch.</exception>
    /// <exception cref="Exception">The first that a run threw, such as one out of memory, when the others are over; it stands at the end of its last whole epoch. What
    /// <paramref name="afterEpoch"/> throws ends all.</exception>
    public static void Complete(IReadOnlyList<TrainingRun> runs, int cores, Action<TrainingRun>? afterEpoch = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        var waiting = new PriorityQueue<TrainingRun, int>(runs.Where(run => !run.IsOver).Select(run => (run, run.Epochs)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var failure = default(Exception);

        // Threads of their own: libtorch's thread count belongs to the thread.
        var threads = Enumerable.Range(0, Math.Min(cores, waiting.Count)).Select(i => new Thread(Work) { IsBackground = true, Name = $"training {i}" }).ToArray();
        var before = get_num_threads();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        // The BLAS keeps one count for the process.
        set_num_threads(before);
        cancellation.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        void Work()
        {
            set_num_threads(1);
            try
            {
                while (Next() is { } run)
                {
                    try
                    {
                        run.Epoch(stop.Token);
                    }
                    catch (Exception exception) when (exception is not OperationCanceledException)
                    {
                        Interlocked.CompareExchange(ref failure, exception, null);
                        continue;
                    }

                    afterEpoch?.Invoke(run);
                    lock (waiting)
                    {
                        if (!run.IsOver)
                        {
                            waiting.Enqueue(run, run.Epochs);
                        }
                    }
                }
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
                stop.Cancel();
            }
        }

        TrainingRun? Next()
        {
            lock (waiting)
            {
                return !stop.IsCancellationRequested && waiting.TryDequeue(out var run, out _) ? run : null;
            }
        }
    }
}
