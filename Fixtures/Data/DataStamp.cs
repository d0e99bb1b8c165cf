namespace Reproduce.Fixtures.Data;

/// <summary>What evidence says of the data it was measured on.</summary>
/// <param name="Id">The short name of the data set.</param>
/// <param name="Checksum">
/// 16 hexadecimal digits: the start of the SHA-256 of the files' SHA-256 (hexadecimal, in the order of <see cref="DataRole"/>). It
/// depends on the content only, not on the source.
/// </param>
/// <param name="Remark">In what these data differ from the published ones; null if in nothing.</param>
public sealed record DataStamp(string Id, string Checksum, string? Remark)
{
    /// <summary>The stamp of files.</summary>
    internal static DataStamp Of(string id, IReadOnlyList<Provenance> files) => new(
        id, Checksums.Of(files), files.Any(file => file.Remark is not null) ? string.Join("; ", files.Select(file => file.Remark ?? "some files as published").Distinct()) : null);

    /// <summary>As evidence shows it: <c>cifar10 0123456789abcdef (reconstruction, …)</c>.</summary>
    public override string ToString() => Remark is null ? $"{Id} {Checksum}" : $"{Id} {Checksum} ({Remark})";
}
