using System.IO.Compression;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using static Reproduce.Claims.Foundations.Files.StoredBytes;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>The npy reader accepts float32 and float64, alone or in an npz archive, and refuses everything else with the reason.</summary>
[Trait("Category", "Foundation")]
public sealed class NpyFileTests
{
    private static readonly byte[] Data = [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40];

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }   \n")]
    [InlineData("{'shape':(2,1),'fortran_order':False,'descr':'<f4'}")]
    [InlineData("{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2, 1)}\n")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 1L), }\n")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }\n")]
    public void Open_HeaderInAnyOrderAndSpacing_IsRead(string header) => With(Npy(header, Data), file =>
    {
        file.Shape.Should().Equal(2, 1);
        return file.Rows(0, 2).Should().Equal(1, 2);
    });

    [Fact]
    public void Rows_Some_AreThoseOfTheFile() => With(Array([3, 2], 1, 2, 3, 4, 5, 6), file => file.Rows(1, 1).Should().Equal(3, 4));

    [Theory]
    [InlineData(">f4", new byte[] { 0x3f, 0x80, 0, 0, 0x40, 0, 0, 0 })]
    [InlineData(">f8", new byte[] { 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0 })]
    public void Rows_BigEndian_AreTheNumbers(string type, byte[] data) =>
        With(Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (2,), }}\n", data), file => file.Rows(0, 2).Should().Equal(1, 2));

    /// <summary>The number at [i, j, k] is 100i + 10j + k; in the file the first index runs fastest.</summary>
    [Fact]
    public void Rows_ColumnMajor_AreTheRows()
    {
        double[] inTheFile = [0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121];
        var header = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3, 2), }\n";
        var content = Npy(header, [.. inTheFile.SelectMany(BitConverter.GetBytes)]);
        With(content, file => file.Rows(0, 2)).Should().Equal(0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121);
        With(content, file => file.Rows(1, 1)).Should().Equal(100, 101, 110, 111, 120, 121);
    }

    [Theory]
    [InlineData("any.npy", null, "any", CompressionLevel.NoCompression)]
    [InlineData("any.npy", null, "any", CompressionLevel.Optimal)]
    [InlineData("points.npy any.npy readme.txt", null, "points", CompressionLevel.Optimal)]
    [InlineData("any.npy pairs.npy", null, "pairs", CompressionLevel.Optimal)]
    [InlineData("arr_0.npy any.npy", null, "arr_0", CompressionLevel.Optimal)]
    [InlineData("arr_0.npy points.npy any.npy", "any", "any", CompressionLevel.Optimal)]
    public void Open_Archive_GivesTheArrayThatIsMeant(string names, string? wanted, string meant, CompressionLevel level)
    {
        var content = Npz(level, [.. names.Split(' ').Select(name => (name, Array([1], name == $"{meant}.npy" ? 1 : 7)))]);
        With(content, file => file.Rows(0, 1), wanted).Should().Equal(1);
    }

    [Theory]
    [InlineData("a.npy b.npy", null, "holds 2 arrays (a, b)*Save the one that is meant alone, or call it points or pairs or arr_0")]
    [InlineData("points.npy pairs.npy", null, "holds 2 arrays (points, pairs)")]
    [InlineData("points.npy pairs.npy", "other", "holds 2 arrays (points, pairs)*call it other")]
    [InlineData("readme.txt", null, "a zip archive*unzip points.npy")]
    public void Open_ArchiveWithoutTheArray_IsRefused(string names, string? wanted, string reason)
    {
        var content = Npz(CompressionLevel.Optimal, [.. names.Split(' ').Select(name => (name, Array([1], 1)))]);
        FluentActions.Invoking(() => With(content, file => file.Shape, wanted))
            .Should().Throw<DataException>().WithMessage($"*points.npy: *{reason}*");
    }

    /// <summary>Of the numbers in an archive every bit is under its checksum.</summary>
    [Fact]
    public void Open_ArchiveWithAnotherBit_IsRefused()
    {
        var content = Npz(CompressionLevel.NoCompression, ("points.npy", Array([2], 1, 2)));
        content[content.AsSpan().IndexOf(BitConverter.GetBytes(2.0))] ^= 1;
        Refused(content, "another length or checksum");
    }

    [Fact]
    public void Open_ArchiveOfZeros_IsRefusedAboveTheLimit()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("points.npy", CompressionLevel.Fastest).Open();
            var zeros = new byte[1 << 22];
            for (var written = 0L; written <= NpyFile.MostInMemory; written += zeros.Length)
            {
                entry.Write(zeros);
            }
        }

        Refused(zip.ToArray(), $"up to {NpyFile.MostInMemory} are read");
    }

    [Fact]
    public void Open_LaterVersion_IsRead()
    {
        var first = Array([1], 5);
        byte[] second = [.. first[..6], 2, 0, first[8], first[9], 0, 0, .. first[10..]];
        With(second, file => file.Rows(0, 1).Should().Equal(5));
    }

    [Theory]
    [InlineData("<i8", "'<i8'; float32 and float64 are read*astype")]
    [InlineData("<f2", "'<f2'; float32 and float64 are read*astype")]
    [InlineData(">c8", "'>c8'; float32 and float64 are read")]
    [InlineData("|O", "pickled")]
    [InlineData("<c8", "'<c8'")]
    public void Open_OtherElements_AreRefusedWithARemedy(string type, string reason) =>
        Refused(Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (2,), }}\n", Data), reason);

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 1, 1, 1, 1, 1, 1, 1)}", "more than 8 sizes")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "structures")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "unexpected entry 'more'")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "unexpected entry 'descr'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "not one dictionary with")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + 1", "not one dictionary with")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "neither True nor False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "no count")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (L,)}", "no count")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2LL,)}", "no count")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1+1,)}", "')' is missing")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': 2}", "'(' is missing")]
    [InlineData("__import__('os').abort()", "'{' is missing")]
    [InlineData("{'descr", "a quote has no end")]
    [InlineData("", "'{' is missing")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "larger than any file")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)}", "larger than any file")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "needs 12 bytes, and 8 follow*cut short")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "needs 4 bytes, and 8 follow*trailing bytes")]
    public void Open_WrongHeader_IsRefused(string header, string reason) => Refused(Npy(header, Data), reason);

    [Fact]
    public void Open_AnotherFormat_IsRefused()
    {
        Refused([], "an empty file");
        Refused([0, 1, 2], "not an npy file");
        Refused([.. "PK"u8, 3, 4, 0, 0, 0, 0, 0, 0], "the archive is damaged");
        Refused([0x93, .. "NUMPY"u8, 9, 0, 0, 0], "version 9.0");
        Refused([0x93, .. "NUMPY"u8, 1, 0, 0xff, 0xff], "its header has 65535 bytes, and 0 follow");
        Refused([0x93, .. "NUMPY"u8, 2, 0, 0xff, 0xff, 0xff, 0xff], "its header has 4294967295 bytes, and 0 follow");
    }

    /// <summary>The file is sparse: it takes no room on the disk.</summary>
    [Fact]
    public void Open_EntryLargerThanAnArray_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var header = Npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 268435456)}");
        var path = folder.Write(header, "points.npy");
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(header.Length + (8L << 28));
        }

        FluentActions.Invoking(() => NpyFile.Open(path).Dispose())
            .Should().Throw<DataException>().WithMessage("*points.npy: *268435456 numbers an entry*");
    }

    [Fact]
    public void Open_CutShortAnywhere_IsRefused()
    {
        var whole = Array([2], 1, 2);
        foreach (var length in Enumerable.Range(0, whole.Length))
        {
            Refused(whole[..length], "");
        }
    }

    private static T With<T>(byte[] content, Func<NpyFile, T> use, string? array = null)
    {
        using var folder = new TemporaryFolder();
        using var file = NpyFile.Open(folder.Write(content, "points.npy"), array);
        return use(file);
    }

    private static void Refused(byte[] content, string reason) =>
        FluentActions.Invoking(() => With(content, file => file.Shape.Count))
            .Should().Throw<DataException>().WithMessage($"*points.npy: *{reason}*");
}
