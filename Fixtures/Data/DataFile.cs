namespace Reproduce.Fixtures.Data;

/// <summary>The specification of one file of a data set: its name, its format and its checksum.</summary>
/// <param name="Role">What the file holds.</param>
/// <param name="Name">The official name of the decompressed file, such as <c>train-images-idx3-ubyte</c>.</param>
/// <param name="Md5">MD5 of the decompressed bytes, lower-case hexadecimal; null where none is published for the single file.</param>
public abstract record DataFile(DataRole Role, string Name, string? Md5)
{
    /// <summary>The names that the file may have on disk, in the order in which they are tried.</summary>
    public virtual IReadOnlyList<string> Names => [Name, $"{Name}.gz"];

    /// <summary>The name under which the publishers offer the file.</summary>
    public virtual string DownloadName => $"{Name}.gz";

    /// <summary>The largest length of the decompressed file in bytes.</summary>
    public abstract long LongestContent { get; }

    /// <summary>Whether a checksum is known to hold a single file against.</summary>
    public virtual bool HasKnownChecksum => Md5 is not null;

    /// <summary>A bound on the length of the file in any form: gzip adds less than this to incompressible data.</summary>
    internal long LongestForm => LongestContent + (LongestContent / 1000) + 4096;

    /// <summary>All of the decompressed bytes, of a file whose length is not prescribed.</summary>
    /// <exception cref="DataException">They are more than <see cref="LongestContent"/>.</exception>
    private protected byte[] ReadWhole(Stream stream, string name)
    {
        using var buffer = new MemoryStream();
        byte[] piece = new byte[1 << 16];
        while (stream.Read(piece) is > 0 and int count)
        {
            if (buffer.Length + count > LongestContent)
            {
                string problem = $"longer than the {LongestContent} bytes that the table can have";
                throw new DataException(name, problem, "Replace the file with an intact copy.");
            }

            buffer.Write(piece, 0, count);
        }

        return buffer.ToArray();
    }

    /// <summary>
    /// Reads the decompressed file. Memory and work are bounded by <see cref="LongestContent"/>, whatever the file claims.
    /// </summary>
    /// <param name="stream">The decompressed bytes; it is always read past the end, which makes gzip check its CRC.</param>
    /// <param name="name">What to call the file in messages.</param>
    /// <exception cref="DataException">It is not such a file.</exception>
    internal abstract FileContent Read(Stream stream, string name);
}

/// <summary>The content of a data file.</summary>
/// <param name="Elements">The data without headers.</param>
/// <param name="Md5">MD5 of the decompressed file, lower-case hexadecimal.</param>
/// <param name="Sha256">SHA-256 of the decompressed file, lower-case hexadecimal.</param>
/// <param name="Remark">The remark that evidence must carry; null if the copy is the published file.</param>
/// <param name="IsKnownCopy">Whether the checksum is that of a copy that is known, though not the one prescribed for the file.</param>
internal sealed record FileContent(byte[] Elements, string Md5, string Sha256, string? Remark, bool IsKnownCopy = false);
