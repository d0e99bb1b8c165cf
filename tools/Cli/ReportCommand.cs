using System.ComponentModel;
using System.Diagnostics;
using Reproduce.Claims.Harness;
using Reproduce.Report;

namespace Reproduce.Cli;

/// <summary><c>reproduce report</c>.</summary>
internal static class ReportCommand
{
    internal static int Run(string? folder, bool open)
    {
        var place = Path.GetFullPath(folder ?? ReportFiles.Folder);
        OutputFolder.RequireWritable(folder is null ? place : $"--output {folder}", place);
        var files = Write(ClaimStatus.Load(), place);
        foreach (var file in files)
        {
            Console.WriteLine(file);
        }

        return open ? Open(files[0]) : ExitCode.Fine;
    }

    /// <summary>Writes the report, and says what it lacks.</summary>
    internal static IReadOnlyList<string> Write(IReadOnlyList<ClaimStatus> claims, string folder)
    {
        var files = ReportFiles.Write(claims, folder);
        if (PlotLibraries.Missing is { } missing)
        {
            Screen.Remark($"reproduce: {missing}.");
        }

        return files;
    }

    private static int Open(string page)
    {
        try
        {
            // What it tried in vain is of no use to anyone.
            using var opener = Process.Start(new ProcessStartInfo("xdg-open", [page]) { RedirectStandardError = true })!;
            opener.ErrorDataReceived += (_, _) => { };
            opener.BeginErrorReadLine();
            opener.WaitForExit();
            if (opener.ExitCode == 0)
            {
                return ExitCode.Fine;
            }

            Screen.Remark($"reproduce: xdg-open found no browser (exit code {opener.ExitCode}). Open {page} in one yourself.");
        }
        catch (Win32Exception)
        {
            Screen.Remark($"reproduce: --open needs xdg-open, which is not here. Open {page} in a browser yourself.");
        }

        return ExitCode.Unusable;
    }
}
