using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Reproduce.Bench;

/// <summary>One or several Python processes that run <c>train.py</c> and answer each line with a line of seconds.</summary>
internal sealed class EagerPyTorch : IDisposable
{
    private readonly IReadOnlyList<Process> _processes;

    private EagerPyTorch(IReadOnlyList<Process> processes, string name, string version) =>
        (_processes, Name, Version) = (processes, name, version);

    /// <summary>The setting of its threads, in words.</summary>
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

    /// <summary>Starts Python; null where there is no PyTorch.</summary>
    /// <param name="python">The program.</param>
    /// <param name="threads">The threads of PyTorch and of its BLAS; null for the defaults.</param>
    /// <param name="processes">How many do the same work at once, as a user with many networks would run them.</param>
    internal static EagerPyTorch? Start(string python, (int Torch, int Blas)? threads, int processes = 1)
    {
        var started = Enumerable.Range(0, processes).Select(_ => Process(python, threads)).ToList();
        if (started.Any(one => one is null))
        {
            return null;
        }

        var setting = threads is { } at ? $"{at.Torch}+{at.Blas}" : "defaults";
        var name = processes == 1 ? setting : $"{processes} of {setting}";
        return new EagerPyTorch([.. started.Select(one => one!.Value.Process)], name, started[0]!.Value.Version);
    }

    /// <summary>
    /// The seconds of a piece of work. With several processes their mean is divided by their number: the time that a piece takes from the
    /// machine.
    /// </summary>
    /// <exception cref="IOException">A Python process died.</exception>
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
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "train.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("OPENBLAS_NUM_THREADS");
        start.Environment.Remove("OMP_NUM_THREADS");

        // The settings that this program makes for itself (NativeAllocator).
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
