using Reproduce.Claims.Harness;
using Reproduce.Fixtures;

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
            foreach (var (i, claim) in chosen.Index())
            {
                if (i > 0)
                {
                    Screen.Paragraph("\n");
                }

                ClaimStory.Write(claim);
            }
        }

        return chosen.Any(claim => claim.IsWrong) ? ExitCode.CheckFailed : ExitCode.Fine;
    }

    /// <summary>Writes the verdicts into CLAIMS.md and README.md.</summary>
    internal static int WriteStatus()
    {
        var all = ClaimStatus.Load();
        if (StatusTable.Undecided(all) is [var first, ..] undecided)
        {
            Console.Error.WriteLine($"reproduce: nothing is written: {undecided.Count} of {all.Count} claims have no verdict from the present code, such as {first.Claim.Id} ({first.Summary}). Run ./reproduce first");
            return ExitCode.CheckFailed;
        }

        var claims = StatusTable.InClaims(File.ReadAllText(Repository.ClaimsFile), all);
        var readme = StatusTable.InReadme(File.ReadAllText(StatusTable.ReadmeFile), claims);
        AtomicFile.Write(Repository.ClaimsFile, claims);
        AtomicFile.Write(StatusTable.ReadmeFile, readme);
        Screen.Paragraph(ClaimTable.Counts(all));
        return ExitCode.Fine;
    }

    /// <summary>Whether the verdicts in CLAIMS.md and README.md are what the tests give.</summary>
    internal static int CheckStatus()
    {
        var faults = StatusTable.Faults(File.ReadAllText(Repository.ClaimsFile), File.ReadAllText(StatusTable.ReadmeFile), ClaimStatus.Load());
        foreach (var fault in faults)
        {
            Console.Error.WriteLine(fault);
        }

        Console.WriteLine(faults.Count == 0 ? "The verdicts in CLAIMS.md and README.md are what the tests give." : $"{faults.Count} faults: after ./reproduce, ./reproduce claims --write puts them right");
        return faults.Count == 0 ? ExitCode.Fine : ExitCode.CheckFailed;
    }
}
