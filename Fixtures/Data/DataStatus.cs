namespace Reproduce.Fixtures.Data;

/// <summary>What is known of a local copy of a data file.</summary>
public enum DataState
{
    /// <summary>No local source has the file.</summary>
    Missing,

    /// <summary>A file of that name is there; its content was not looked at.</summary>
    Present,

    /// <summary>The content was read and is what it must be.</summary>
    Verified,

    /// <summary>The content was read and is not what it must be.</summary>
    Refused,
}

/// <summary>One line of a report on local data files.</summary>
/// <param name="File">The file that is needed.</param>
/// <param name="State">What was found.</param>
/// <param name="Source">The kind of local source, or null if the file is missing.</param>
/// <param name="Path">The full path of the copy, or null if the file is missing.</param>
/// <param name="Detail">The checksum of a verified file, the reason of a refusal, or where a missing file was looked for.</param>
public sealed record DataStatus(DataFile File, DataState State, SourceKind? Source, string? Path, string Detail);
