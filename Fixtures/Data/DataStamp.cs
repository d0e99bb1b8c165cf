namespace Reproduce.Fixtures.Data;

/// <summary>How evidence identifies the data on which it was measured.</summary>
/// <param name="Id">The short name of the data set.</param>
/// <param name="Checksum">
/// 16 hexadecimal digits: the start of the SHA-256 of the files' SHA-256 (hexadecimal, in the order of <see cref="DataRole"/>). They depend
/// on the content alone, not on the source.
/// </param>
/// <param name="Remark">How these data differ from the published ones, or that they are unverified; null if neither.</param>
public sealed record DataStamp(string Id, string Checksum, string? Remark)
{
    /// <summary>The stamp of files.</summary>
    internal static DataStamp Of(string id, IReadOnlyList<Provenance> files)
    {
        var notes = files.Select(file => file.Note ?? "some files as published").Distinct();
        return new(id, Checksums.Of(files), files.Any(file => file.Note is not null) ? string.Join("; ", notes) : null);
    }

    /// <summary>As evidence shows it: <c>cifar10 0123456789abcdef (reconstruction, …)</c>.</summary>
    public override string ToString() => Remark is null ? $"{Id} {Checksum}" : $"{Id} {Checksum} ({Remark})";
}
