using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Bench;

/// <summary>Times two sides in alternating rounds, so that a busy machine slows down both.</summary>
internal static class Timing
{
    /// <summary>Times ours and then each of theirs once in every round.</summary>
    /// <param name="rounds">The number of rounds.</param>
    /// <param name="eager">The other side, one for each setting.</param>
    /// <param name="ours">Our work; it is run for a second first, since the JIT compiles in tiers.</param>
    /// <param name="question">The other side's work.</param>
    /// <param name="beside">Called with the number of every round, to measure something else.</param>
    /// <returns>Our seconds by round; their answers by setting and round.</returns>
    internal static (double[] Ours, double[][] Theirs) Alternate(
        int rounds, IReadOnlyList<EagerPyTorch> eager, Action ours, string question, Action<int>? beside = null)
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

    /// <summary>Runs the work on as many threads as there are cores, each with single-threaded operators.</summary>
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

    /// <summary>The load average of the last minute, as Linux reports it.</summary>
    internal static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    internal static double Seconds(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }
}
