using System.Buffers.Binary;

namespace Reproduce.Fixtures.Data;

/// <summary>
/// The content of a file in the IDX format with unsigned bytes: a magic number (two zero bytes, the element type, the number of
/// dimensions), the dimensions as big-endian 32-bit integers, and the elements in row-major order.
/// </summary>
public sealed class IdxFile
{
    private const byte UnsignedByte = 0x08;
    private const string Remedy = "Replace the file with an intact copy.";

    private IdxFile(IReadOnlyList<int> dimensions, byte[] elements, string md5, string sha256)
    {
        Dimensions = dimensions;
        Elements = elements;
        Md5 = md5;
        Sha256 = sha256;
    }

    /// <summary>(images, rows, columns), or (labels).</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>The elements in row-major order; as many as the product of the dimensions.</summary>
    public byte[] Elements { get; }

    /// <summary>MD5 of the decompressed file, lower-case hexadecimal.</summary>
    public string Md5 { get; }

    /// <summary>SHA-256 of the decompressed file, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>
    /// Reads a plain or gzip-compressed IDX file whose shape is known beforehand. Memory and work are bounded by that shape, whatever the
    /// file claims: at most one byte more than expected is decompressed.
    /// </summary>
    /// <param name="stream">A seekable stream at the start of the file; it stays open.</param>
    /// <param name="name">The name of the file, for messages.</param>
    /// <param name="dimensions">The expected dimensions.</param>
    /// <param name="classes">For labels, the number of classes, 1 … 256: every element must be less. For images, null.</param>
    /// <exception cref="DataException">The file is not exactly such a file.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static IdxFile Read(Stream stream, string name, IReadOnlyList<int> dimensions, int? classes = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(dimensions);
        return GzipOrPlain.Read(stream, name, plain => ReadPlain(plain, name, dimensions, classes));
    }

    /// <summary>Reads a decompressed file.</summary>
    internal static IdxFile ReadPlain(
        Stream stream, string name, IReadOnlyList<int> dimensions, int? classes, (string? Sha256, string? Md5) known = default)
    {
        byte[] header = new byte[4 + (4 * dimensions.Count)];
        int headerRead = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        CheckHeader(header.AsSpan(0, headerRead), name, dimensions);

        byte[] elements = new byte[dimensions.Aggregate(1, (product, size) => checked(product * size))];
        int elementsRead = stream.ReadAtLeast(elements, elements.Length, throwOnEndOfStream: false);
        if (elementsRead < elements.Length)
        {
            throw new DataException(name, $"truncated: {elementsRead} of {elements.Length} elements are there", Remedy);
        }

        // For gzip, reading past the end also checks the CRC.
        if (stream.ReadByte() >= 0)
        {
            throw new DataException(name, $"trailing bytes after the {elements.Length} elements", Remedy);
        }

        if (classes is { } count && elements.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(count - 1)) is >= 0 and int index)
        {
            string problem = $"label {elements[index]} at position {index} is out of range for {count} classes";
            throw new DataException(name, problem, Remedy);
        }

        var (md5, sha256) = Checksums.Both(known, header, elements);
        return new IdxFile([.. dimensions], elements, md5, sha256);
    }

    private static void CheckHeader(ReadOnlySpan<byte> header, string name, IReadOnlyList<int> dimensions)
    {
        if (header.Length < 4)
        {
            throw new DataException(name, $"truncated: {header.Length} bytes are not even a magic number", Remedy);
        }

        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        uint expected = (uint)((UnsignedByte << 8) | dimensions.Count);
        if (magic >> 16 != 0)
        {
            throw new DataException(name, $"not an IDX file: the magic number is 0x{magic:x8}, expected 0x{expected:x8}", Remedy);
        }

        if (header[2] != UnsignedByte)
        {
            throw new DataException(name, $"the element type is 0x{header[2]:x2}, expected 0x08 (unsigned byte)", Remedy);
        }

        if (magic != expected)
        {
            string problem = $"{header[3]} dimensions (magic number 0x{magic:x8}), expected {dimensions.Count} (0x{expected:x8})";
            throw new DataException(name, problem, Remedy);
        }

        if (header.Length < 4 + (4 * dimensions.Count))
        {
            throw new DataException(name, $"truncated: the header ends after {header.Length} bytes", Remedy);
        }

        uint[] found = new uint[dimensions.Count];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + (4 * i))..]);
        }

        // Compared as unsigned numbers and never multiplied, so no claim can overflow.
        if (!found.SequenceEqual(dimensions.Select(size => (uint)size)))
        {
            throw new DataException(name, $"the dimensions are {string.Join('×', found)}, expected {string.Join('×', dimensions)}", Remedy);
        }
    }
}
