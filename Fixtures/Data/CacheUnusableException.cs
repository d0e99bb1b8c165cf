namespace Reproduce.Fixtures.Data;

/// <summary>The cache folder cannot be written: no other download can succeed either, so the search ends here.</summary>
internal sealed class CacheUnusableException(string folder, Exception cause)
    : DataException(
        folder,
        $"the cache cannot be written ({cause.Message})",
        "Free space there, or set REPRODUCE_CACHE to a folder that can be written.",
        cause);
