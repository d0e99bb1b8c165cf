using Reproduce.Fixtures.Data;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>Data that this machine may be unable to get.</summary>
internal static class RealData
{
    /// <summary>What <paramref name="load"/> gives; where no source has the data, the test is skipped with the reason.</summary>
    internal static T OrSkip<T>(Func<T> load)
    {
        try
        {
            return load();
        }
        catch (DataUnavailableException unavailable)
        {
            Assert.Skip(unavailable.Message);
            throw;
        }
    }
}
