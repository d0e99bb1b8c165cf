using System.IO.Compression;
using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Files;

/// <summary>NumPy's npz: a zip archive of npy files, each stored or deflated, with a checksum that is checked.</summary>
internal static class NpzArchive
{
    /// <summary>The largest array that is held in memory, in bytes.</summary>
    internal const int MostInMemory = 1 << 30;

    // Deflate's best ratio is 1032.
    private const long BestRatio = 1100;

    private static readonly string[] Known = ["points", "pairs", "arr_0"];
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(one => Entry((uint)one))];

    /// <summary>The bytes of the array that is meant, or null where the stream holds no archive of arrays.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="stream">The file; it stays open.</param>
    /// <param name="array">The array wanted of several, without .npy; null for the one called points, pairs or arr_0.</param>
    /// <exception cref="DataException">It is damaged, too large, or it cannot be told which array is meant.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static MemoryStream? Find(string path, Stream stream, string? array)
    {
        Span<byte> magic = stackalloc byte[4];
        if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.SequenceEqual("PK\u0003\u0004"u8))
        {
            return null;
        }

        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            ZipArchiveEntry[] arrays = [.. archive.Entries.Where(entry => entry.FullName.EndsWith(".npy", StringComparison.Ordinal))];
            return arrays.Length == 0 ? null : Content(path, Meant(path, arrays, array));
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw Refused(path, $"the archive is damaged ({Printable.Of(damage.Message)})", damage);
        }
    }

    private static ZipArchiveEntry Meant(string path, ZipArchiveEntry[] arrays, string? name)
    {
        ZipArchiveEntry[] named = [.. arrays.Where(entry => name is null ? Known.Contains(Name(entry)) : Name(entry) == name)];
        return arrays is [var only] ? only
            : named is [var one] ? one
            : throw new DataException(
                path,
                $"holds {arrays.Length} arrays ({Printable.Of(string.Join(", ", arrays.Take(9).Select(Name)))})",
                $"Save the one that is meant alone, or call it {name ?? string.Join(" or ", Known)}: numpy.savez(FILE, points=array).");
    }

    private static MemoryStream Content(string path, ZipArchiveEntry entry)
    {
        var name = Printable.Of(entry.FullName);
        if (entry.IsEncrypted)
        {
            throw Refused(path, $"'{name}' in it is encrypted");
        }

        if (entry.Length > MostInMemory)
        {
            throw Refused(path, $"'{name}' in it has {entry.Length} bytes; from an archive up to {MostInMemory} are read");
        }

        if (entry.Length / BestRatio > entry.CompressedLength)
        {
            throw Refused(path, $"the archive is damaged: '{name}' cannot have {entry.Length} bytes");
        }

        var content = new byte[entry.Length];
        using var stream = entry.Open();
        return stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length
            && stream.ReadByte() < 0
            && Checksum(content) == entry.Crc32
                ? new MemoryStream(content)
                : throw Refused(path, $"the archive is damaged: '{name}' has another length or checksum than is said");
    }

    private static string Name(ZipArchiveEntry entry) => entry.FullName[..^".npy".Length];

    private static DataException Refused(string path, string problem, Exception? cause = null) =>
        new(path, problem, "Save the array by itself: numpy.save(\"points.npy\", array.astype(\"float32\")).", cause);

    // CRC-32 of ISO 3309, as in zip; .NET has it in no public class.
    private static uint Checksum(ReadOnlySpan<byte> content)
    {
        var sum = uint.MaxValue;
        foreach (var one in content)
        {
            sum = Table[(byte)(sum ^ one)] ^ (sum >> 8);
        }

        return ~sum;
    }

    private static uint Entry(uint sum)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            sum = (sum >> 1) ^ ((sum & 1) * 0xedb8_8320);
        }

        return sum;
    }
}
