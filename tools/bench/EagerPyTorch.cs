using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Reproduce.Bench;

/// <summary>A Python that runs <c>train.py</c> and answers one line of seconds for each line that asks.</summary>
internal sealed class EagerPyTorch : IDisposable
{
    private readonly Process process;

    private EagerPyTorch(Process process, string name, string version) => (this.process, Name, Version) = (process, name, version);

    /// <summary>Its threads, in words.</summary>
    internal string Name { get; }

    internal string Version { get; }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    internal static bool Works(string python)
    {
        using var process = Start(python, (1, 1));
        return process is not null;
    }

    /// <summary>With as many threads in PyTorch and in its BLAS as given; with its defaults where nothing is given. Null where there is no PyTorch.</summary>
    internal static EagerPyTorch? Start(string python, (int Torch, int Blas)? threads)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "train.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("OPENBLAS_NUM_THREADS");
        start.Environment.Remove("OMP_NUM_THREADS");
        if (threads is { } given)
        {
            start.ArgumentList.Add(given.Torch.ToString(CultureInfo.InvariantCulture));
            start.Environment["OPENBLAS_NUM_THREADS"] = given.Blas.ToString(CultureInfo.InvariantCulture);
        }

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.AutoFlush = true;
            if (process.StandardOutput.ReadLine() is { } version)
            {
                return new EagerPyTorch(process, threads is { } at ? $"{at.Torch}+{at.Blas}" : "defaults", version);
            }

            process.WaitForExit();
        }
        catch (Win32Exception)
        {
        }

        return null;
    }

    internal double Seconds(string question)
    {
        process.StandardInput.WriteLine(question);
        return process.StandardOutput.ReadLine() is { } answer
            ? double.Parse(answer, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"PyTorch did not answer '{question}': {process.StandardError.ReadToEnd()}");
    }
}
