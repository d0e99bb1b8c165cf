namespace Reproduce.Fixtures.Data;

/// <summary>The cache folder cannot be written to: no other download can succeed either, so the search ends.</summary>
internal sealed class CacheUnusableException(string folder, Exception cause)
    : DataException(
        folder,
        $"the cache cannot be written ({cause.Message})",
        "Free some space, or set REPRODUCE_CACHE to a writable folder.",
        cause);
