using System.Text.Json.Nodes;
using Reproduce.Claims.Foundations.Cli;

namespace Reproduce.Claims.Foundations.Data;

/// <summary><c>reproduce data</c> from outside: what it says of files with and without a known checksum, and where it looks.</summary>
[Trait("Category", "Foundation")]
public sealed class DataCommandTests : IDisposable
{
    private static readonly byte[] Row =
        [.. "2000,1,2,3,4,5,6,7,8,9,1,0,0,0,1"u8, .. Enumerable.Repeat(",0"u8.ToArray(), 39).SelectMany(one => one), .. ",7\n"u8];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The program itself refuses what is cut, whatever the tests' own settings are.</summary>
    [Theory]
    [InlineData(0, 0, "unverified", "sample of 1 of 581 012 rows, unverified, form right")]
    [InlineData(1, 3, "refused", "the gzip data are corrupt or cut short")]
    [InlineData(8, 3, "refused", "the gzip data are corrupt or cut short")]
    public void Verify_FileWithoutAKnownChecksum_IsUnverifiedOrRefused(int missing, int expected, string state, string detail)
    {
        _folder.Write(TinyDataSet.Gzip(Row)[..^missing], "covertype", "covtype.data.gz");
        var (code, output, error) = Run(["data", "verify", "covertype", "--json"], ("REPRODUCE_DATA", _folder.Path));
        code.Should().Be(expected, error);
        var file = JsonNode.Parse(output)!.AsArray().Single()!;
        ((string)file["state"]!).Should().Be(state);
        ((string)file["detail"]!).Should().Contain(detail);
        file["md5"].Should().BeNull();
    }

    [Fact]
    public void List_FileWithoutAKnownChecksum_SaysThatItIsUnverified()
    {
        _folder.Write(Row, "covertype", "covtype.data");
        Run(["data", "list"], ("REPRODUCE_DATA", _folder.Path)).Output
            .Should().MatchRegex("covertype +covtype.data +present +.*unverified: no checksum is known");
    }

    /// <summary>The cache lies where HOME says, though there is no such folder, and never in the current one.</summary>
    [Fact]
    public void List_HomeThatIsNoFolder_LooksThere()
    {
        var home = _folder["no", "home"];
        Run(["data", "list"], ("HOME", home), ("REPRODUCE_CACHE", "")).Output
            .Should().Contain(Path.Combine(home, ".cache", "reproduce", "covertype"));
    }

    [Fact]
    public void Get_HomeThatCannotBeWritten_SaysWhatToSet()
    {
        var home = _folder.Write([], "home");
        var (code, _, error) = Run(["data", "get", "covertype"], ("HOME", home), ("REPRODUCE_CACHE", ""));
        code.Should().Be(3);
        error.Should().Contain($"{home}/.cache/reproduce/covertype: the cache cannot be written").And.Contain("REPRODUCE_CACHE")
            .And.NotContain("   at ");
    }

    private (int Code, string Output, string Error) Run(string[] arguments, params (string Name, string Value)[] environment) =>
        ReproduceProgram.Run(arguments, [("REPRODUCE_DATA", ""), ("REPRODUCE_CACHE", _folder["cache"]), .. environment]);
}
