using Reproduce.Claims.Foundations.Data;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using static Reproduce.Claims.Foundations.Files.StoredBytes;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>The npy reader accepts float32 and float64 in row-major order and refuses everything else with the reason.</summary>
[Trait("Category", "Foundation")]
public sealed class NpyFileTests
{
    private static readonly byte[] Data = [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40];

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }   \n")]
    [InlineData("{'shape':(2,1),'fortran_order':False,'descr':'<f4'}")]
    [InlineData("{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2, 1)}\n")]
    public void Open_HeaderInAnyOrderAndSpacing_IsRead(string header) => With(Npy(header, Data), file =>
    {
        file.Shape.Should().Equal(2, 1);
        return file.Rows(0, 2).Should().Equal(1, 2);
    });

    [Fact]
    public void Rows_Some_AreThoseOfTheFile() => With(Array([3, 2], 1, 2, 3, 4, 5, 6), file => file.Rows(1, 1).Should().Equal(3, 4));

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
    [InlineData(">f4", "big-endian*astype")]
    [InlineData("|O", "pickled")]
    [InlineData("<c8", "'<c8'")]
    public void Open_OtherElements_AreRefusedWithARemedy(string type, string reason) =>
        Refused(Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (2,), }}\n", Data), reason);

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 1, 1, 1, 1, 1, 1, 1)}", "more than 8 sizes")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", "column-major*ascontiguousarray")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "structures")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "unexpected entry 'more'")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "unexpected entry 'descr'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "not one dictionary with")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + 1", "not one dictionary with")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "neither True nor False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "no count")]
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
        Refused([], "not an npy file");
        Refused([.. "PK"u8, 3, 4, 0, 0, 0, 0, 0, 0], "npz");
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

        FluentActions.Invoking(() => NpyFile.Open(path).Dispose()).Should().Throw<DataException>().WithMessage("*points.npy: *268435456 numbers an entry*");
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

    private static T With<T>(byte[] content, Func<NpyFile, T> use)
    {
        using var folder = new TemporaryFolder();
        using var file = NpyFile.Open(folder.Write(content, "points.npy"));
        return use(file);
    }

    private static void Refused(byte[] content, string reason) =>
        FluentActions.Invoking(() => With(content, file => file.Shape.Count)).Should().Throw<DataException>().WithMessage($"*points.npy: *{reason}*");
}
