namespace Reproduce.Fixtures.Data;

/// <summary>The state of a local copy of a data file.</summary>
public enum DataState
{
    /// <summary>No local source has the file.</summary>
    Missing,

    /// <summary>A file of that name exists; its content was not read.</summary>
    Present,

    /// <summary>The content was read: its form is right, and no checksum is known to hold it against.</summary>
    Unverified,

    /// <summary>The content was read and has a known checksum.</summary>
    Verified,

    /// <summary>The content was read and is wrong.</summary>
    Refused,
}

/// <summary>One line of a report on local data files.</summary>
/// <param name="File">The specification of the file.</param>
/// <param name="State">Its state.</param>
/// <param name="Source">The kind of local source, or null if the file is missing.</param>
/// <param name="Path">The full path of the copy, or null if the file is missing.</param>
/// <param name="Detail">The checksum of a file that was read, the reason for refusing one, or where a missing one was searched for.</param>
public sealed record DataStatus(DataFile File, DataState State, SourceKind? Source, string? Path, string Detail);
