using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>The steps that the tests of experiments share.</summary>
internal static class Experiment
{
    /// <summary>What is asked for; where data cannot be had the test is skipped with the reason, and the claim stays pending.</summary>
    internal static T OrSkip<T>(Func<T> load)
    {
        try
        {
            return load();
        }
        catch (DataUnavailableException missing)
        {
            Evidence.Skip(missing.Message);
            throw;
        }
    }

    /// <summary>The results of all cells; what is missing is run, a cell a core.</summary>
    internal static IReadOnlyList<CellResult> Results(Func<Action<string>?, IReadOnlyList<Cell>> cells) =>
        new CellStore(Repository.Runs).Run(OrSkip(() => cells(null)), Environment.ProcessorCount, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Records what the rule decided, and holds it against what CLAIMS.md declares.</summary>
    internal static void Decide(string claim, (Verdict Verdict, string Reason) decided)
    {
        Evidence.Decide(decided.Verdict, decided.Reason);
        decided.Verdict.Should().Be(ClaimRegistry.Load().Single(entry => entry.Id == claim).Declared, "CLAIMS.md declares it, and {0}", decided.Reason);
    }
}
