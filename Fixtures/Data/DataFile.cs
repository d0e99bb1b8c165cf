namespace Reproduce.Fixtures.Data;

/// <summary>One file of a data set, as it must be: its name, its format and its checksum.</summary>
/// <param name="Role">What the file holds.</param>
/// <param name="Name">The official name of the decompressed file, such as <c>train-images-idx3-ubyte</c>.</param>
/// <param name="Md5">MD5 of the decompressed bytes, lower-case hexadecimal; null where none is published for the single file.</param>
public abstract record DataFile(DataRole Role, string Name, string? Md5)
{
    /// <summary>The names the file may have on disk, in the order they are looked for.</summary>
    public virtual IReadOnlyList<string> Names => [Name, $"{Name}.gz"];

    /// <summary>The greatest length of the decompressed file in bytes.</summary>
    public abstract long LongestContent { get; }

    /// <summary>A bound on the length of the file in any form: gzip of data that do not compress grows by less than this.</summary>
    internal long LongestForm => LongestContent + (LongestContent / 1000) + 4096;

    /// <summary>Reads the plain file. Memory and work are bounded by <see cref="LongestContent"/>, whatever the file claims.</summary>
    /// <param name="stream">The decompressed bytes; reading past the end of gzip also checks its CRC, so that is always done.</param>
    /// <param name="name">What to call the file in messages.</param>
    /// <exception cref="DataException">It is not such a file.</exception>
    internal abstract FileContent Read(Stream stream, string name);
}

/// <summary>What was read from a data file.</summary>
/// <param name="Elements">What the format makes of the bytes.</param>
/// <param name="Md5">MD5 of the decompressed file, lower-case hexadecimal.</param>
/// <param name="Sha256">SHA-256 of the decompressed file, lower-case hexadecimal.</param>
/// <param name="Remark">What evidence has to say of this copy; null if it is what was published.</param>
internal sealed record FileContent(byte[] Elements, string Md5, string Sha256, string? Remark);
