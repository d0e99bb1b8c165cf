using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>The thesis's own networks, where this machine can get the files.</summary>
internal static class AuthorsResults
{
    private static readonly Lazy<ThesisResults> Read = new(() => ThesisResults.Load(new DataStore()));

    /// <summary>The results; where no source has them the test is skipped with the reason, and the claim stays pending.</summary>
    internal static ThesisResults OrSkip() => Experiment.OrSkip(() => Read.Value);

    /// <summary>The results; null where no source has them.</summary>
    internal static ThesisResults? OrNull()
    {
        try
        {
            return Read.Value;
        }
        catch (DataUnavailableException)
        {
            return null;
        }
    }
}
