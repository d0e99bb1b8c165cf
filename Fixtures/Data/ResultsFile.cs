namespace Reproduce.Fixtures.Data;

/// <summary>A table of results in comma-separated values, as its author published it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Md5">MD5 of the file, lower-case hexadecimal.</param>
public sealed record ResultsFile(string Name, string Md5) : DataFile(DataRole.Results, Name, Md5)
{
    /// <inheritdoc/>
    public override string DownloadName => Name;

    /// <summary>The longest of the thesis has 0.6 MB.</summary>
    public override long LongestContent => 4_000_000;

    internal override FileContent Read(Stream stream, string name)
    {
        byte[] content = ReadWhole(stream, name);
        var (md5, sha256) = Checksums.Both(default, content);
        return new FileContent(content, md5, sha256, Remark: null);
    }
}
