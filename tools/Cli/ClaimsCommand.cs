using Reproduce.Claims.Harness;
using Reproduce.Report;

namespace Reproduce.Cli;

/// <summary><c>reproduce claims</c>.</summary>
internal static class ClaimsCommand
{
    internal static int Run(string[] ids, bool json)
    {
        var all = ClaimStatus.Load();
        ClaimTable.Require(ids, all.Select(status => status.Claim));
        var chosen = ids.Length == 0 ? all : [.. all.Where(status => ids.Contains(status.Claim.Id))];
        if (json)
        {
            ClaimTable.WriteJson(chosen);
        }
        else if (ids.Length == 0)
        {
            ClaimTable.Write(chosen);
        }
        else
        {
            foreach (var claim in chosen)
            {
                Console.WriteLine(ReportMarkdown.Section(claim));
            }
        }

        return chosen.Any(claim => claim.IsWrong) ? ExitCode.CheckFailed : ExitCode.Fine;
    }
}
