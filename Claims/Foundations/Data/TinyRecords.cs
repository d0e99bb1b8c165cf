using System.Formats.Tar;
using System.Security.Cryptography;
using Reproduce.Fixtures.Data;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>
/// A data set in the form of CIFAR-10: two training files and a test file of two records each, images of 1×1 pixel in three colours,
/// two classes.
/// </summary>
internal static class TinyRecords
{
    public static IReadOnlyDictionary<string, byte[]> Bytes { get; } = new Dictionary<string, byte[]>
    {
        ["batch_1.bin"] = [1, 0, 51, 102, 0, 153, 204, 255],
        ["batch_2.bin"] = [0, 1, 2, 3, 1, 4, 5, 6],
        ["test.bin"] = [1, 7, 8, 9, 1, 10, 11, 12],
    };

    /// <summary>The publishers' archive.</summary>
    public static byte[] Archive { get; } = Packed(Bytes);

    public static DataSetDescription Description { get; } = Describe(Archive);

    /// <summary>The data set whose publishers offer a given archive.</summary>
    public static DataSetDescription Describe(byte[] archive, params Uri[] addresses) => new()
    {
        Id = "tiny",
        Title = "Tiny",
        Licence = "none",
        Rows = 1,
        Columns = 1,
        Classes = 2,
        Means = [0.2f, 0.4f, 0f],
        StandardDeviations = [0.5f, 0.25f, 1f],
        Files =
        [
            new CifarFile(DataRole.TrainRecords, "batch_1.bin", 2, 3, 2, new KnownCopy(Md5(Bytes["batch_1.bin"]), "a copy made by hand")),
            new CifarFile(DataRole.TrainRecords, "batch_2.bin", 2, 3, 2),
            new CifarFile(DataRole.TestRecords, "test.bin", 2, 3, 2),
        ],
        Archive = new DataArchive("tiny-binary.tar.gz", "tiny-batches-bin", Md5(archive), archive.Length, addresses),
    };

    /// <summary>A gzip-compressed tar archive of files in a folder.</summary>
    public static byte[] Packed(IEnumerable<KeyValuePair<string, byte[]>> files, string folder = "tiny-batches-bin/") =>
        TinyDataSet.Gzip(Tar([.. files.Select(file => TinyDataSet.Entry(folder + file.Key, file.Value))]));

    private static byte[] Tar(IReadOnlyList<TarEntry> entries)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }

    internal static string Md5(byte[] bytes)
    {
#pragma warning disable CA5351 // The published checksums are MD5.
        return Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351
    }
}
