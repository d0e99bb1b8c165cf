using Reproduce.Claims.Harness;
using Reproduce.Fixtures;
using Reproduce.Report;

namespace Reproduce.Cli;

/// <summary><c>reproduce claims</c>.</summary>
internal static class ClaimsCommand
{
    /// <param name="named">Ids, papers, or words of a title or a place; none: all claims.</param>
    /// <param name="verdict">The words of a verdict, or null.</param>
    /// <param name="json">For programs.</param>
    internal static int Run(string[] named, string? verdict, bool json)
    {
        var all = ClaimStatus.Load();
        var chosen = ClaimSearch.Choose(all, named, verdict);
        var areIds = named.Length > 0 && named.All(name => all.Any(status => status.Claim.Id == name));
        if (json)
        {
            ClaimTable.WriteJson(chosen);
        }
        else if (!areIds)
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

    /// <summary>Writes the tables of CLAIMS.md and the counts of README.md from the claims' entries.</summary>
    internal static int WriteLedger()
    {
        var claims = ClaimRegistry.Load();
        var ledger = Ledger.InClaims(File.ReadAllText(Repository.ClaimsFile), claims);
        var readme = Ledger.InReadme(File.ReadAllText(Ledger.ReadmeFile), claims);
        AtomicFile.Write(Repository.ClaimsFile, ledger);
        AtomicFile.Write(Ledger.ReadmeFile, readme);
        Screen.Paragraph($"CLAIMS.md and README.md say what the entries of {claims.Count} claims say.");
        return ExitCode.Fine;
    }

    /// <summary>Whether CLAIMS.md and README.md say what the entries say, and the entries declare what the tests give.</summary>
    internal static int CheckLedger()
    {
        var documents = Ledger.Faults(File.ReadAllText(Repository.ClaimsFile), File.ReadAllText(Ledger.ReadmeFile), ClaimRegistry.Load());
        var verdicts = Ledger.Faults(ClaimStatus.Load());
        foreach (var fault in documents.Concat(verdicts))
        {
            Console.Error.WriteLine(fault);
        }

        Console.WriteLine((documents.Count, verdicts.Count) switch
        {
            (0, 0) => "CLAIMS.md and README.md say what the claims' entries say, and the tests give the declared verdicts.",
            (_, 0) => $"CLAIMS.md and README.md: {Sentences.Counted(documents.Count, "line")} to correct with ./reproduce claims --write",
            _ => $"{Sentences.Counted(verdicts.Count, "claim")} without the declared verdict",
        });
        return documents.Count + verdicts.Count == 0 ? ExitCode.Fine : ExitCode.CheckFailed;
    }
}
