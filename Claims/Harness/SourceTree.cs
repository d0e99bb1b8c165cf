using System.ComponentModel;
using System.Diagnostics;

namespace Reproduce.Claims.Harness;

/// <summary>Where the code came from, and which files git has of it.</summary>
public static class SourceTree
{
    /// <summary>The file of an archive that holds the commit from which it was packed.</summary>
    public const string CommitFile = "commit";

    /// <summary>
    /// The commit of the working tree, or of that from which the archive was packed, with + where it had changes; "unknown" outside git.
    /// </summary>
    /// <param name="root">The root of either.</param>
    public static string Commit(string root)
    {
        var packed = Path.Combine(root, CommitFile);
        if (File.Exists(packed))
        {
            return File.ReadAllText(packed).Trim();
        }

        var head = Git(root, "rev-parse", "--short=12", "HEAD");
        return head is null ? "unknown" : head + (Git(root, "status", "--porcelain") is "" ? "" : "+");
    }

    /// <summary>The files that git does not ignore, relative to the root, in ordinal order.</summary>
    /// <param name="root">The root of the working tree.</param>
    /// <exception cref="IOException">This is no clone of the repository: an archive, say.</exception>
    public static IReadOnlyList<string> Files(string root)
    {
        var isTree = File.Exists(Path.Combine(root, "tools", "Cli", "Cli.csproj"));
        var names = isTree ? Git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z") : null;
        return names is null
            ? throw new IOException($"{root} is no clone of the repository, or git is not installed: an archive is packed from a clone")
            : [.. names.Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Where(name => File.Exists(Path.Combine(root, name)))
                .Order(StringComparer.Ordinal)];
    }

    private static string? Git(string root, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("git", arguments)
            {
                WorkingDirectory = root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
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
