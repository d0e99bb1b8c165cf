using Reproduce.Claims.Harness;

namespace Reproduce.Cli;

/// <summary><c>reproduce report</c>.</summary>
internal static class ReportCommand
{
    internal static int Run()
    {
        foreach (var file in Report.Write(ClaimStatus.Load()))
        {
            Console.WriteLine(file);
        }

        return ExitCode.Fine;
    }
}
