using System.Security.Cryptography;
using Reproduce.Fixtures.Data;
using static Reproduce.Claims.Foundations.Data.TinyDataSet;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>
/// The IDX reader accepts the files it expects, plain or compressed, and refuses every other by name. The fixture is a hand-made file of
/// three images of 2×2 pixels, damaged in one way per test.
/// </summary>
[Trait("Category", "Foundation")]
public class IdxFileTests
{
    private static readonly byte[] Pixels = [0, 51, 102, 153, 204, 255, 0, 0, 1, 2, 3, 4];
    private static readonly byte[] Intact = Idx([3, 2, 2], Pixels);

    [Fact]
    public void Read_PlainFile_GivesElementsAndHashes()
    {
        IdxFile file = Read(Intact);

        file.Dimensions.Should().Equal(3, 2, 2);
        file.Elements.Should().Equal(Pixels);
        file.Sha256.Should().Be(Convert.ToHexStringLower(SHA256.HashData(Intact)));
    }

    [Fact]
    public void Read_GzipFile_GivesTheSameAsPlain() => Read(Gzip(Intact)).Should().BeEquivalentTo(Read(Intact));

    [Fact]
    public void Read_GzipInTwoMembers_GivesTheSameAsPlain() =>
        Read([.. Gzip(Intact[..7]), .. Gzip(Intact[7..])]).Should().BeEquivalentTo(Read(Intact));

    [Fact]
    public void Read_Stream_StaysOpen()
    {
        using var stream = new MemoryStream(Gzip(Intact));
        IdxFile.Read(stream, "images", [3, 2, 2]);
        stream.CanRead.Should().BeTrue();
    }

    [Theory]
    [InlineData("not an IDX file", 0, 0x3c)]
    [InlineData("element type is 0x0d", 2, 0x0d)]
    [InlineData("1 dimensions", 3, 1)]
    [InlineData("dimensions are 3×2×3, expected 3×2×2", 15, 3)]
    [InlineData("dimensions are 2147483651×2×2", 4, 0x80)]
    public void Read_WrongHeader_IsRefused(string reason, int position, byte value)
    {
        byte[] damaged = [.. Intact];
        damaged[position] = value;
        ShouldRefuse(damaged, reason);
    }

    [Fact]
    public void Read_DimensionsWhoseProductOverflows_AreRefused() =>
        ShouldRefuse(Idx([uint.MaxValue, uint.MaxValue, uint.MaxValue], Pixels), "4294967295×4294967295×4294967295");

    [Fact]
    public void Read_MoreImagesThanBytes_IsRefused() => ShouldRefuse(Idx([3, 2, 2], Pixels[..8]), "truncated: 8 of 12");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(27)]
    public void Read_TruncatedFile_IsRefused(int length) => ShouldRefuse(Intact[..length], "truncated");

    [Fact]
    public void Read_TrailingByte_IsRefused() => ShouldRefuse([.. Intact, 0], "trailing bytes");

    [Fact]
    public void Read_TrailingByteInGzip_IsRefused() => ShouldRefuse(Gzip([.. Intact, 0]), "trailing bytes");

    [Fact]
    public void Read_TruncatedGzip_IsRefused()
    {
        // Though the end of the compressed data, their CRC and their length (8 bytes) hold no element.
        byte[] compressed = Gzip(Intact);
        Enumerable.Range(0, compressed.Length).Where(length => CanRead(compressed[..length])).Should().BeEmpty();
        CanRead(compressed).Should().BeTrue();
    }

    [Fact]
    public void Read_GzipWithWrongCrc_IsRefused()
    {
        byte[] compressed = Gzip(Intact);
        compressed[^8] ^= 1;
        ShouldRefuse(compressed, "gzip data are corrupt");
    }

    [Fact]
    public void Read_GzipWithCorruptBlocks_IsRefused() =>
        ShouldRefuse([.. Gzip(Intact)[..10], 0xff, 0xff, 0xff, 0xff], "gzip data are corrupt");

    [Fact]
    public void Read_GzipBomb_IsRefusedAfterAFewBytes()
    {
        // 256 MiB of zeros after an intact file: reading on would be seen in the position of the compressed stream.
        byte[] bomb = [.. Gzip(Intact), .. Gzip(new byte[256 << 20])];
        using var stream = new MemoryStream(bomb);

        FluentActions.Invoking(() => IdxFile.Read(stream, "images", [3, 2, 2])).Should().Throw<DataException>().WithMessage("*trailing*");
        stream.Position.Should().BeLessThan(bomb.Length / 2);
    }

    [Fact]
    public void Read_LabelOutOfRange_IsRefused()
    {
        using var stream = new MemoryStream(Idx([3], [1, 2, 0]));
        FluentActions.Invoking(() => IdxFile.Read(stream, "labels", [3], classes: 2))
            .Should().Throw<DataException>().WithMessage("labels: label 2 at position 1 is out of range for 2 classes. *");
    }

    [Fact]
    public void Read_LabelsOfAllClasses_AreAccepted()
    {
        using var stream = new MemoryStream(Idx([3], [1, 9, 0]));
        IdxFile.Read(stream, "labels", [3], classes: 10).Elements.Should().Equal(1, 9, 0);
    }

    private static bool CanRead(byte[] bytes)
    {
        try
        {
            return Read(bytes).Elements.SequenceEqual(Pixels) ? true : throw new InvalidOperationException("wrong elements");
        }
        catch (DataException)
        {
            return false;
        }
    }

    private static IdxFile Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return IdxFile.Read(stream, "images", [3, 2, 2], classes: null);
    }

    private static void ShouldRefuse(byte[] bytes, string reason) =>
        FluentActions.Invoking(() => Read(bytes)).Should().Throw<DataException>().WithMessage($"images: *{reason}*Replace the file*");
}
