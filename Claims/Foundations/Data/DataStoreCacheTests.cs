using System.Diagnostics;
using Reproduce.Fixtures.Data;
using static Reproduce.Claims.Foundations.Data.TinyDataSet;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>The cache under several writers, and on a disk that cannot be written.</summary>
[Trait("Category", "Foundation")]
public sealed class DataStoreCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Load_ManyAtOnceIntoOneCache_AllSucceedAndNothingElseStays()
    {
        // The loads share only the folder, so threads stand for processes.
        IReadOnlyList<string> npm = Npm(folder, Deliver, Archive());
        DataStoreOptions machine = Machine(folder) with { NpmCommand = npm, NpmTimeout = TimeSpan.FromSeconds(30) };

        ImageDataSet[] loaded = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => new DataStore(machine).Load(Description))));

        loaded.Select(data => data.Checksum).Distinct().Should().ContainSingle();
        Directory.GetFiles(folder["cache", "tiny"]).Select(Path.GetFileName)
            .Should().BeEquivalentTo(Description.Files.Select(file => file.Name));
        new DataStore(machine).Verify(Description).Should().OnlyContain(file => file.State == DataState.Verified);
    }

    /// <summary>One store reads a set once, however many ask for it at a time, and again if it was not there.</summary>
    [Fact]
    public async Task Load_ManyAtOnceFromOneStore_ReadsOnce()
    {
        var store = new DataStore(Machine(folder) with { Downloads = false });
        FluentActions.Invoking(() => store.Load(Description)).Should().Throw<DataUnavailableException>();
        WriteTo(folder, "debian", "tiny");
        ImageDataSet[] loaded = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => store.Load(Description))));
        loaded.Should().OnlyContain(one => ReferenceEquals(one, loaded[0]));
    }

    [Fact]
    public void Load_CacheBelowAFile_FailsBeforeAnythingIsFetched()
    {
        string file = folder.Write([], "file");
        string trace = folder["npm-was-called"];
        DataStoreOptions machine = Machine(folder) with
        {
            CacheFolder = Path.Combine(file, "cache"),
            NpmCommand = Npm(folder, $"touch '{trace}'"),
        };

        ShouldNotBeWritable(machine);
        File.Exists(trace).Should().BeFalse();
    }

    [Fact]
    public void Load_CacheThatCannotBeWritten_DoesNotMatterWhenNothingIsFetched()
    {
        WriteTo(folder, "debian", "tiny");
        Load(Machine(folder) with { CacheFolder = folder.Write([], "file") }).Provenance
            .Should().OnlyContain(file => file.Source == SourceKind.Debian);
    }

    [Fact]
    public void Load_FullDisk_FailsAndLeavesNothingHalfWritten()
    {
        // A file system of one page: the first small file fits, the second does not.
        Directory.CreateDirectory(folder["cache"]);
        if (!Run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", folder["cache"]))
        {
            Assert.Skip("simulating a full disk requires permission to mount a small file system");
        }

        try
        {
            ShouldNotBeWritable(Machine(folder) with { NpmCommand = Npm(folder, Deliver, Archive()) });
            Directory.GetFiles(folder["cache", "tiny"]).Should().ContainSingle();
        }
        finally
        {
            Run("umount", folder["cache"]);
        }
    }

    [Fact]
    public void Load_ReadOnlyCache_Fails()
    {
        Directory.CreateDirectory(folder["cache", "tiny"]);
        if (!Run("mount", "-t", "tmpfs", "-o", "ro,size=4k", "tmpfs", folder["cache"]))
        {
            Assert.Skip("simulating a read-only disk requires permission to mount a small file system");
        }

        try
        {
            ShouldNotBeWritable(Machine(folder) with { NpmCommand = Npm(folder, Deliver, Archive()) });
        }
        finally
        {
            Run("umount", folder["cache"]);
        }
    }

    [Fact]
    public void Load_RemainsOfInterruptedDownloads_AreRemovedWhenOld()
    {
        string old = folder.Write([1], "cache", "tiny", "train-images-idx3-ubyte.partial-1-a");
        string recent = folder.Write([1], "cache", "tiny", "train-images-idx3-ubyte.partial-2-b");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));

        Load(Machine(folder) with { NpmCommand = Npm(folder, Deliver, Archive()) });

        File.Exists(old).Should().BeFalse();
        File.Exists(recent).Should().BeTrue("another process may be writing it");
    }

    private static ImageDataSet Load(DataStoreOptions machine) => new DataStore(machine).Load(Description);

    private static void ShouldNotBeWritable(DataStoreOptions machine) => FluentActions.Invoking(() => Load(machine))
        .Should().Throw<DataException>().WithMessage("*the cache cannot be written*REPRODUCE_CACHE*")
        .And.Should().NotBeOfType<DataUnavailableException>();

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
