using Reproduce.Claims.Foundations.Data;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using static Reproduce.Claims.Foundations.Files.StoredBytes;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>
/// The safetensors reader accepts exactly such files and refuses every other one with the reason. The intact file holds a tensor of two
/// float32: 1 and 2.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class SafetensorsFileTests
{
    private const string Header = """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
    private static readonly byte[] Data = [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40];

    [Fact]
    public void Open_IntactFile_GivesItsNumbers() => Numbers(Safetensors(Header, Data)).Should().Equal(1, 2);

    [Fact]
    public void Open_PaddedHeaderWithMetadata_GivesBoth()
    {
        var content = Safetensors(
            """{"__metadata__":{"format":"pt","order":"a,b"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}     """, Data);
        Numbers(content).Should().Equal(1, 2);
        With(content, file => file.Metadata.Select(one => $"{one.Key}={one.Value}")).Should().Equal("format=pt", "order=a,b");
        With(Safetensors(Header, Data), file => file.Metadata).Should().BeEmpty();
    }

    [Theory]
    [InlineData("F16", new byte[] { 0x00, 0x3c, 0x01, 0x00 }, 1, 5.9604644775390625e-8)]
    [InlineData("BF16", new byte[] { 0x80, 0x3f, 0x80, 0xc0 }, 1, -4)]
    public void Numbers_HalfPrecision_AreExact(string type, byte[] data, double first, double second) =>
        Numbers(Safetensors($$$"""{"w":{"dtype":"{{{type}}}","shape":[2],"data_offsets":[0,4]}}""", data)).Should().Equal(first, second);

    [Fact]
    public void Open_ScalarAndEmptyTensors_AreAccepted() =>
        With(
            Safetensors(
                """{"a":{"dtype":"F64","shape":[0,3],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""",
                7),
            file => file.Tensors.Select(tensor => tensor.Name).Should().Equal("a", "b"));

    [Theory]
    [InlineData(0UL)]
    [InlineData(1000UL)]
    [InlineData(1UL << 40)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public void Open_LyingHeaderLength_IsRefused(ulong length) =>
        Refused(Safetensors(length, Header, Data), $"its header has {length} bytes");

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(69)]
    public void Open_CutShort_IsRefused(int length) => Refused(Safetensors(Header, Data)[..length], "");

    [Theory]
    [InlineData("[1, 2]", "not a JSON object")]
    [InlineData("{\"w\":", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("{\"w\":1}", "'w' is not an object")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2]}}""", "'w' is not an object with")]
    [InlineData(
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "not valid JSON")]
    [InlineData("""{"w":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}""", "unknown type 'Q4'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "'-2', which is no count")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "'2.5', which is no count")]
    [InlineData("""{"w":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", "which is no count")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "larger than any file")]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "needs 12 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "not a begin and an end")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "'-8', which is no count")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}""", "not a begin and an end")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", "ends at byte 16")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "leave a gap")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes after the last tensor")]
    [InlineData(
        """{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        "overlap")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2,1,1,1,1,1,1,1,1],"data_offsets":[0,8]}}""", "'w' has 9 sizes; up to 8")]
    [InlineData("""{"__metadata__":[],"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__ is not an object")]
    [InlineData("""{"__metadata__":{"a":1},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__ is not an object")]
    [InlineData("{}", "8 bytes after the last tensor")]
    public void Open_WrongHeader_IsRefused(string header, string reason) => Refused(Safetensors(header, Data), reason);

    [Fact]
    public void Open_NamesThatLookAlike_StayApart() =>
        With(
            Safetensors(
                """{"\u0001":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0002":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
                Data),
            file => file.Tensors.Select(tensor => tensor.Name).Should().Equal("\u0001", "\u0002"));

    [Fact]
    public void Open_DeeplyNestedHeader_IsRefused() => Refused(Safetensors($"{{\"w\":{new string('[', 100_000)}", Data), "not valid JSON");

    [Fact]
    public void Numbers_Integers_AreRefused()
    {
        var read = () => Numbers(Safetensors("""{"w":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", Data));
        read.Should().Throw<DataException>().WithMessage("*'w'*I64*F64, F32, F16 and BF16 are read*");
    }

    [Fact]
    public void Open_Folder_IsRefused() =>
        FluentActions.Invoking(() => SafetensorsFile.Open(Path.GetTempPath())).Should().Throw<DataException>().WithMessage("*a folder*");

    private static double[] Numbers(byte[] content) => With(content, file => file.Numbers(file.Tensors.Single()));

    private static T With<T>(byte[] content, Func<SafetensorsFile, T> use)
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(folder.Write(content, "network.safetensors"));
        return use(file);
    }

    private static void Refused(byte[] content, string reason) =>
        FluentActions.Invoking(() => With(content, file => file.Tensors.Count))
            .Should().Throw<DataException>().WithMessage($"*network.safetensors: *{reason}*");
}
