using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Bench;

/// <summary>Times two sides in rounds that alternate, so that a busy machine slows both.</summary>
internal static class Timing
{
    /// <summary>A round times ours, then each of theirs once.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="eager">The other side, one a setting.</param>
    /// <param name="ours">Our work; run for a second before to warm up, as the compiler at run time has several tries.</param>
    /// <param name="question">The other side's work.</param>
    /// <param name="beside">Something else to time in every round.</param>
    /// <returns>Our seconds, one a round; theirs, as they answer, by setting and round.</returns>
    internal static (double[] Ours, double[][] Theirs) Alternate(int rounds, IReadOnlyList<EagerPyTorch> eager, Action ours, string question, Action<int>? beside = null)
    {
        var (mine, theirs) = (new double[rounds], eager.Select(_ => new double[rounds]).ToArray());
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 1000;)
        {
            ours();
        }

        foreach (var one in eager)
        {
            one.Seconds(question);
        }

        for (var round = 0; round < rounds; round++)
        {
            beside?.Invoke(round);
            mine[round] = Seconds(ours);
            for (var setting = 0; setting < theirs.Length; setting++)
            {
                theirs[setting][round] = eager[setting].Seconds(question);
            }
        }

        return (mine, theirs);
    }

    /// <summary>Runs the work on as many threads at once, each with single-threaded operators.</summary>
    internal static void OnEachCore(int cores, Action<int> work)
    {
        var threads = Enumerable.Range(0, cores).Select(core => new Thread(() =>
        {
            set_num_threads(1);
            using var unrecorded = no_grad();
            using var scope = NewDisposeScope();
            work(core);
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }

    internal static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Processes that want a core, averaged over a minute, as Linux tells it.</summary>
    internal static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    internal static double Seconds(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }
}
