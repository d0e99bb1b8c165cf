using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Reproduce.Bench;

/// <summary>One Python or several at once that run <c>train.py</c> and answer a line of seconds for each line that asks.</summary>
internal sealed class EagerPyTorch : IDisposable
{
    private readonly IReadOnlyList<Process> _processes;

    private EagerPyTorch(IReadOnlyList<Process> processes, string name, string version) => (_processes, Name, Version) = (processes, name, version);

    /// <summary>Its threads, in words.</summary>
    internal string Name { get; }

    internal string Version { get; }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }

    internal static bool Works(string python)
    {
        using var one = Start(python, (1, 1));
        return one is not null;
    }

    /// <summary>With as many threads in PyTorch and in its BLAS as given; with its defaults where nothing is given. Null where there is no PyTorch.</summary>
    /// <param name="python">The program.</param>
    /// <param name="threads">PyTorch's and its BLAS's.</param>
    /// <param name="processes">How many do the same work at once, as a user with many networks would start them.</param>
    internal static EagerPyTorch? Start(string python, (int Torch, int Blas)? threads, int processes = 1)
    {
        var started = Enumerable.Range(0, processes).Select(_ => Process(python, threads)).ToList();
        if (started.Any(one => one is null))
        {
            return null;
        }

        var name = threads is { } at ? $"{at.Torch}+{at.Blas}" : "defaults";
        return new EagerPyTorch([.. started.Select(one => one!.Value.Process)], processes == 1 ? name : $"{processes} of {name}", started[0]!.Value.Version);
    }

    /// <summary>The seconds of a piece of work; of several at once the mean over their number, that is the seconds a piece takes from the machine.</summary>
    /// <exception cref="IOException">A Python died.</exception>
    internal double Seconds(string question)
    {
        foreach (var process in _processes)
        {
            process.StandardInput.WriteLine(question);
        }

        return _processes.Average(process => process.StandardOutput.ReadLine() is { } answer
            ? double.Parse(answer, CultureInfo.InvariantCulture)
            : throw new IOException($"PyTorch did not answer '{question}': {process.StandardError.ReadToEnd()}")) / _processes.Count;
    }

    private static (Process Process, string Version)? Process(string python, (int Torch, int Blas)? threads)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "train.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("OPENBLAS_NUM_THREADS");
        start.Environment.Remove("OMP_NUM_THREADS");

        // As this program does for itself (NativeAllocator).
        (start.Environment["MALLOC_ARENA_MAX"], start.Environment["MALLOC_MMAP_THRESHOLD_"]) = ("1", "33554432");
        (start.Environment["MALLOC_TRIM_THRESHOLD_"], start.Environment["MALLOC_TOP_PAD_"]) = ("536870912", "67108864");
        if (threads is { } given)
        {
            start.ArgumentList.Add(given.Torch.ToString(CultureInfo.InvariantCulture));
            start.Environment["OPENBLAS_NUM_THREADS"] = given.Blas.ToString(CultureInfo.InvariantCulture);
        }

        try
        {
            var process = System.Diagnostics.Process.Start(start)!;
            process.StandardInput.AutoFlush = true;
            if (process.StandardOutput.ReadLine() is { } version)
            {
                return (process, version);
            }

            process.WaitForExit();
        }
        catch (Win32Exception)
        {
        }

        return null;
    }
}
