using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.Versioning;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;
using static Reproduce.Claims.Foundations.Cli.ReproduceProgram;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>What <c>reproduce pack</c> takes, how the archive is written, and the errors that need no publishing.</summary>
[Trait("Category", "Foundation")]
[SupportedOSPlatform("linux")]
public sealed class ArchiveTests : IDisposable
{
    private static readonly string[] Tree = ["data.txt", "run.cs"];

    private static ArchiveWriter WriteArchive => Method<ArchiveWriter>("Archive", "Write");

    private static Func<IEnumerable<string>, IEnumerable<string>> Carried =>
        Method<Func<IEnumerable<string>, IEnumerable<string>>>("Archive", "Carried");

    private readonly TemporaryFolder folder = new();

    private delegate void ArchiveWriter(
        string path, string root, IEnumerable<string> tree, string commit, Func<string> program, CancellationToken cancellation);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Carried_OfThisTree_IsWhatTheTestsRead()
    {
        var tree = TreeOrSkip();
        var carried = Carried(tree).ToList();
        carried.Should().Contain(
            [
                "Reproduce.sln", "CLAIMS.md", "README.md", "LICENSE", "docs/measure.schema.json", "Fixtures/interchange/deep.safetensors",
                "Claims/Slope/claims.md", "Claims/Slope/numbered-items.txt",
            ])
            .And.Contain(tree.Where(path => path.StartsWith("golden/", StringComparison.Ordinal)))
            .And.NotContain(["setup", "reproduce", "tools/pack/run", ".gitignore"])
            .And.NotContain(path => path.EndsWith(".cs", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_OfThisTree_AreThoseThatGitDoesNotIgnore() =>
        TreeOrSkip().Should().Contain("Claims/Foundations/Cli/CommandLineTests.cs")
            .And.BeInAscendingOrder(StringComparer.Ordinal)
            .And.NotContain(path => path.StartsWith("artifacts/", StringComparison.Ordinal));

    [Fact]
    public void Write_ThenRead_GivesEveryFileWithItsBytesAndWhetherItRuns()
    {
        Write(Sources(), Tree, () => folder["program"]);
        using var tar = new TarReader(new GZipStream(File.OpenRead(Written), CompressionMode.Decompress));
        var entries = new Dictionary<string, (string Text, bool Runs)>();
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            entries.Add(entry.Name, (new StreamReader(entry.DataStream!).ReadToEnd(), entry.Mode.HasFlag(UnixFileMode.OtherExecute)));
        }

        entries.Should().BeEquivalentTo(new Dictionary<string, (string, bool)>
        {
            ["reproduce-linux-x64/run"] = ("a script", true),
            ["reproduce-linux-x64/commit"] = ("abc+\n", false),
            ["reproduce-linux-x64/data.txt"] = ("data", false),
            ["reproduce-linux-x64/program/reproduce"] = ("a program", true),
            ["reproduce-linux-x64/program/sub/library.dll"] = ("a library", false),
        });
    }

    [Fact]
    public void Write_FileVanishes_LeavesTheArchiveThatWasThereAndNothingElse()
    {
        folder.Write("before"u8.ToArray(), "out", "a.tar.gz");
        var root = Sources();
        var write = () => Write(root, [.. Tree, "vanished.txt"], () => folder["program"]);
        write.Should().Throw<FileNotFoundException>();
        Directory.EnumerateFileSystemEntries(folder["out"]).Should().Equal(Written);
        File.ReadAllText(Written).Should().Be("before");
    }

    [Fact]
    public void Write_Stopped_LeavesNothing()
    {
        using var stop = new CancellationTokenSource();
        var root = Sources();
        string Stopped()
        {
            stop.Cancel();
            return folder["program"];
        }

        var write = () => WriteArchive(Written, root, Tree, "abc", Stopped, stop.Token);
        write.Should().Throw<OperationCanceledException>();
        Directory.EnumerateFileSystemEntries(folder["out"]).Should().BeEmpty();
    }

    [Fact]
    public void Write_PublishingFails_LeavesNothing()
    {
        var root = Sources();
        var write = () => Write(root, Tree, () => throw new IOException("no space left"));
        write.Should().Throw<IOException>().WithMessage("no space left");
        Directory.EnumerateFileSystemEntries(folder["out"]).Should().BeEmpty();
    }

    [Fact]
    public void Pack_OutputIsAFolder_EndsWithUsageAndAFileName()
    {
        var (code, _, error) = Run("pack", "--output", folder.Path);
        code.Should().Be(2);
        error.Should().Contain("is a folder").And.Contain($"{folder.Path}/reproduce-linux-x64.tar.gz").And.NotContain("   at ");
    }

    [Fact]
    public void Pack_OutputCannotBeWritten_EndsBeforePublishing()
    {
        TreeOrSkip();
        var file = folder.Write([], "file");
        var (code, _, error) = Run("pack", "--output", $"{file}/archive.tar.gz");
        code.Should().Be(3);
        error.Should().Contain(file).And.NotContain("publishing").And.NotContain("   at ");
    }

    [Fact]
    public void Files_OutsideAClone_SaysThatOneIsNeeded()
    {
        var files = () => SourceTree.Files(folder.Path);
        files.Should().Throw<IOException>().WithMessage($"{folder.Path} is no clone of the repository*");
        folder.Write([], "tools", "Cli", "Cli.csproj");
        files.Should().Throw<IOException>("git knows nothing of it");
    }

    [Fact]
    public void Commit_OfAnArchive_IsTheOneItWasPackedFrom()
    {
        SourceTree.Commit(folder.Path).Should().Be("unknown");
        folder.Write("abc+\n"u8.ToArray(), SourceTree.CommitFile);
        SourceTree.Commit(folder.Path).Should().Be("abc+");
    }

    private static bool IsArchive => File.Exists(Path.Combine(Repository.Root, SourceTree.CommitFile));

    private string Written => folder["out", "a.tar.gz"];

    private static IReadOnlyList<string> TreeOrSkip()
    {
        Assert.SkipWhen(IsArchive, "this is an archive: it is packed from a clone");
        return SourceTree.Files(Repository.Root);
    }

    // A working tree of two files, and two published ones.
    private string Sources()
    {
        folder.Write("a script"u8.ToArray(), "tree", "tools", "pack", "run");
        folder.Write("data"u8.ToArray(), "tree", "data.txt");
        folder.Write("a program"u8.ToArray(), "program", "reproduce");
        folder.Write("a library"u8.ToArray(), "program", "sub", "library.dll");
        foreach (var script in new[] { folder["tree", "tools", "pack", "run"], folder["program", "reproduce"] })
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return folder["tree"];
    }

    private void Write(string root, string[] tree, Func<string> program) =>
        WriteArchive(Written, root, tree, "abc+", program, TestContext.Current.CancellationToken);
}
