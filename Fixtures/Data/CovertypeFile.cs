namespace Reproduce.Fixtures.Data;

/// <summary>
/// Covertype as a table of comma-separated integers: the publishers' file without a header, or any sample of its rows, with or without a
/// header. The number of rows and the classes identify the copy; its checksum is recorded, not prescribed.
/// </summary>
/// <param name="Name">The official name.</param>
public sealed record CovertypeFile(string Name) : DataFile(DataRole.Table, Name, null)
{
    /// <summary>The official name and the names of known samples.</summary>
    public override IReadOnlyList<string> Names { get; } =
        [.. new[] { Name, "covtype.csv", "covtype_sample92962.csv" }.SelectMany(name => new[] { name, $"{name}.gz" })];

    /// <summary>The published file has 75 169 317 bytes; a header in quotation marks and other line endings need a few more.</summary>
    public override long LongestContent => 80_000_000;

    internal override FileContent Read(Stream stream, string name)
    {
        byte[] bytes = ReadWhole(stream, name);
        CovertypeTable table = CovertypeTable.Parse(bytes, name);
        var (md5, sha256) = Checksums.Both(default, bytes);
        return new FileContent(bytes, md5, sha256, table.Remark);
    }
}
