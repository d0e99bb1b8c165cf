using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Reproduce.Fixtures.Data;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>A data set of three training and two test images of 2×2 pixels in two classes, and its bytes.</summary>
internal static class TinyDataSet
{
    /// <summary>The script of an npm that delivers the archive.</summary>
    public const string Deliver = "cp \"$ARCHIVE\" ./tiny-1.0.0.tgz";

    public static IReadOnlyDictionary<DataRole, byte[]> Bytes { get; } = new Dictionary<DataRole, byte[]>
    {
        [DataRole.TrainImages] = Idx([3, 2, 2], [0, 51, 102, 153, 204, 255, 0, 0, 1, 2, 3, 4]),
        [DataRole.TrainLabels] = Idx([3], [1, 0, 1]),
        [DataRole.TestImages] = Idx([2, 2, 2], [9, 8, 7, 6, 5, 4, 3, 2]),
        [DataRole.TestLabels] = Idx([2], [0, 1]),
    };

    public static DataSetDescription Description { get; } = new()
    {
        Id = "tiny",
        Title = "Tiny",
        Licence = "none",
        Rows = 2,
        Columns = 2,
        Classes = 2,
        Means = [0.2f],
        StandardDeviations = [0.5f],
        Files =
        [
            Describe(DataRole.TrainImages, "train-images-idx3-ubyte", 3, 2, 2),
            Describe(DataRole.TrainLabels, "train-labels-idx1-ubyte", 3),
            Describe(DataRole.TestImages, "t10k-images-idx3-ubyte", 2, 2, 2),
            Describe(DataRole.TestLabels, "t10k-labels-idx1-ubyte", 2),
        ],
        DebianPackage = "dataset-tiny",
        NpmPackage = "tiny@1.0.0",
    };

    /// <summary>A machine without the data: empty folders, no npm, no network address.</summary>
    public static DataStoreOptions Machine(TemporaryFolder folder) => new()
    {
        CacheFolder = folder["cache"],
        DebianRoot = folder["debian"],
        NpmCommand = [folder["no-such-npm"]],
        NpmTimeout = TimeSpan.FromSeconds(10),
        StallTimeout = TimeSpan.FromSeconds(5),
        DownloadTimeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>The bytes of an IDX file of unsigned bytes.</summary>
    public static byte[] Idx(uint[] dimensions, byte[] elements)
    {
        byte[] bytes = new byte[4 + (4 * dimensions.Length) + elements.Length];
        bytes[2] = 0x08;
        bytes[3] = (byte)dimensions.Length;
        for (int i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 + (4 * i)), dimensions[i]);
        }

        elements.CopyTo(bytes, bytes.Length - elements.Length);
        return bytes;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    /// <summary>The same bytes with one bit of the last byte flipped.</summary>
    public static byte[] Corrupt(byte[] bytes) => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)];

    /// <summary>Writes all four files, plain, into a folder.</summary>
    public static void WriteTo(TemporaryFolder folder, params string[] names)
    {
        foreach (DataFile file in Description.Files)
        {
            folder.Write(Bytes[file.Role], [.. names, file.Name]);
        }
    }

    /// <summary>An npm package's archive with all four files.</summary>
    public static byte[] Archive(params IEnumerable<TarEntry> first)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        using (var archive = new TarWriter(gzip))
        {
            foreach (TarEntry entry in first.Concat(Description.Files.Select(file => Entry($"package/data/{file.Name}", Bytes[file.Role]))))
            {
                archive.WriteEntry(entry);
            }
        }

        return compressed.ToArray();
    }

    public static PaxTarEntry Entry(string name, byte[] content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) };

    /// <summary>A shell script in place of npm; <c>$2</c> is the package, the archive lies at <c>$ARCHIVE</c>.</summary>
    public static IReadOnlyList<string> Npm(TemporaryFolder folder, string script, byte[]? archive = null)
    {
        string path = folder.Write(archive ?? [], "prepared", "package.tgz");
        return ["/bin/sh", "-c", $"ARCHIVE='{path}'; {script}", "npm"];
    }

    private static IdxDataFile Describe(DataRole role, string name, params int[] dimensions)
    {
#pragma warning disable CA5351 // The published checksums are MD5.
        string md5 = Convert.ToHexStringLower(MD5.HashData(Bytes[role]));
        return new IdxDataFile(role, name, dimensions, md5, dimensions.Length == 1 ? 2 : null);
#pragma warning restore CA5351
    }
}
