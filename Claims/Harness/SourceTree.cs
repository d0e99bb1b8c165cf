using System.ComponentModel;
using System.Diagnostics;

namespace Reproduce.Claims.Harness;

/// <summary>Where the code came from, and which files git has of it.</summary>
public static class SourceTree
{
    /// <summary>The commit of the working tree, or of that from which the archive was packed, with + where it had changes; "unknown" outside git.</summary>
    public static string Commit()
    {
        var packed = Path.Combine(Repository.Root, Archive.CommitFile);
        if (File.Exists(packed))
        {
            return File.ReadAllText(packed).Trim();
        }

        var head = Git("rev-parse", "--short=12", "HEAD");
        return head is null ? "unknown" : head + (Git("status", "--porcelain") is "" ? "" : "+");
    }

    /// <summary>The files that git does not ignore, relative to the root, in ordinal order.</summary>
    /// <exception cref="IOException">This is no clone of the repository: an archive, say.</exception>
    public static IReadOnlyList<string> Files()
    {
        var names = File.Exists(Path.Combine(Repository.Root, "tools", "Cli", "Cli.csproj")) ? Git("ls-files", "--cached", "--others", "--exclude-standard", "-z") : null;
        return names is null
            ? throw new IOException($"{Repository.Root} is no clone of the repository, or git is not installed: an archive is packed from a clone")
            : [.. names.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(name => File.Exists(Path.Combine(Repository.Root, name))).Order(StringComparer.Ordinal)];
    }

    private static string? Git(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null; // git is not installed
        }
    }
}
