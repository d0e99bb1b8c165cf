namespace Reproduce.Fixtures.Data;

/// <summary>The kinds of places a file can come from, in the order they are asked.</summary>
public enum SourceKind
{
    /// <summary>A folder that the user gave in <c>REPRODUCE_DATA</c>.</summary>
    UserFolder,

    /// <summary>The cache of earlier downloads.</summary>
    Cache,

    /// <summary>The folder that a Debian package installs.</summary>
    Debian,

    /// <summary>An npm package, fetched by the npm client.</summary>
    Npm,

    /// <summary>A download address of the data set's publishers, or a mirror of it.</summary>
    Official,
}
