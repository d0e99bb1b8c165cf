using System.IO.Compression;

namespace Reproduce.Fixtures.Data;

/// <summary>Reads data files that may be compressed.</summary>
internal static class GzipOrPlain
{
    /// <summary>Passes the decompressed bytes to <paramref name="read"/>.</summary>
    /// <param name="stream">A seekable stream at the start of the file; it stays open.</param>
    /// <param name="name">What to call the file in messages.</param>
    /// <param name="read">Reads the plain file.</param>
    /// <exception cref="DataException">The gzip data are corrupt.</exception>
    public static T Read<T>(Stream stream, string name, Func<Stream, T> read)
    {
        if (!IsGzip(stream))
        {
            return read(stream);
        }

        try
        {
            using var decompressed = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            return read(decompressed);
        }
        catch (InvalidDataException corrupt)
        {
            string problem = $"the gzip data are corrupt or cut short ({corrupt.Message})";
            throw new DataException(name, problem, "Replace the file with an intact copy.", corrupt);
        }
    }

    private static bool IsGzip(Stream stream)
    {
        Span<byte> magic = stackalloc byte[2];
        int read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        stream.Seek(-read, SeekOrigin.Current);
        return read == 2 && magic is [0x1f, 0x8b];
    }
}
