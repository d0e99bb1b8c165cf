using Reproduce.Fixtures.Data;
using static Reproduce.Claims.Foundations.Data.TinyDataSet;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>The choice of a local copy, and the treatment of wrong ones.</summary>
[Trait("Category", "Foundation")]
public sealed class DataStoreLocalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<string> reported = [];

    private DataFile TrainImages { get; } = Description.Files[0];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train-images-idx3-ubyte", false)]
    [InlineData("train-images.idx3-ubyte", false)]
    [InlineData("train-images-idx3-ubyte.gz", true)]
    [InlineData("train-images.idx3-ubyte.gz", true)]
    [InlineData("train-images-idx3-ubyte", true)]
    [InlineData("train-images-idx3-ubyte.gz", false)]
    public void Load_AnyNamePlainOrCompressed_IsRead(string name, bool compressed)
    {
        WriteTo(folder, "cache", "tiny");
        File.Delete(folder["cache", "tiny", TrainImages.Name]);
        byte[] bytes = Bytes[DataRole.TrainImages];
        string path = folder.Write(compressed ? Gzip(bytes) : bytes, "cache", "tiny", name);

        ImageDataSet data = Load(Machine(folder));

        data.TrainImages.Should().Equal(bytes[16..]);
        var expected = new Provenance(DataRole.TrainImages, path, SourceKind.Cache, TrainImages.Md5!, data.Provenance[0].Sha256);
        data.Provenance[0].Should().Be(expected);
    }

    [Fact]
    public void Load_SeveralSources_AsksTheUsersFoldersThenTheCacheThenDebian()
    {
        DataStoreOptions machine = Machine(folder) with { DataFolders = [folder["absent"], folder["first"], folder["second", "tiny"]] };
        string[][] places = [["debian", "tiny"], ["cache", "tiny"], ["second", "tiny"], ["first", "tiny"]];
        SourceKind[] kinds = [SourceKind.Debian, SourceKind.Cache, SourceKind.UserFolder, SourceKind.UserFolder];

        // From the last source to the first: each that appears takes precedence.
        foreach ((string[] place, SourceKind kind) in places.Zip(kinds))
        {
            WriteTo(folder, place);
            Load(machine).Provenance.Should().OnlyContain(file => file.Source == kind && file.Location.StartsWith(folder[place]));
        }

        reported.Should().Contain(line => line.Contains(folder["absent"]), "a folder that the user misspelt is worth a line");
    }

    [Fact]
    public void Load_UsersFolderOfAnotherName_IsNotSearchedItself()
    {
        WriteTo(folder, "mine");
        FluentActions.Invoking(() => Load(Machine(folder) with { DataFolders = [folder["mine"]] }))
            .Should().Throw<DataUnavailableException>();
    }

    [Fact]
    public void Load_FilesSpreadOverSources_AreCombined()
    {
        WriteTo(folder, "mine", "tiny");
        WriteTo(folder, "debian", "tiny");
        File.Delete(folder["mine", "tiny", TrainImages.Name]);

        Load(Machine(folder) with { DataFolders = [folder["mine"]] }).Provenance.Select(file => file.Source)
            .Should().Equal(SourceKind.Debian, SourceKind.UserFolder, SourceKind.UserFolder, SourceKind.UserFolder);
    }

    [Fact]
    public void Load_CorruptFileInUsersFolder_FailsThoughTheCacheIsIntact()
    {
        WriteTo(folder, "mine", "tiny");
        WriteTo(folder, "cache", "tiny");
        string path = folder.Write(Corrupt(Bytes[DataRole.TrainImages]), "mine", "tiny", TrainImages.Name);

        FluentActions.Invoking(() => Load(Machine(folder) with { DataFolders = [folder["mine"]] }))
            .Should().Throw<DataException>().WithMessage($"{path}: the MD5 *expected {TrainImages.Md5}*");
        File.Exists(path).Should().BeTrue("what the user gave is left alone");
    }

    [Fact]
    public void Load_CorruptFileInCache_IsSetAsideAndTheNextSourceServes()
    {
        WriteTo(folder, "cache", "tiny");
        WriteTo(folder, "debian", "tiny");
        string path = folder.Write(Corrupt(Bytes[DataRole.TrainImages]), "cache", "tiny", TrainImages.Name);

        Load(Machine(folder)).Provenance.Select(file => file.Source)
            .Should().Equal(SourceKind.Debian, SourceKind.Cache, SourceKind.Cache, SourceKind.Cache);
        File.Exists(path).Should().BeFalse();
        File.ReadAllBytes($"{path}.refused").Should().Equal(Corrupt(Bytes[DataRole.TrainImages]));
        reported.Should().ContainSingle().Which.Should().Contain(path).And.Contain("MD5").And.Contain(".refused");
    }

    [Fact]
    public void Load_CorruptDebianFile_IsSkippedWithAReason()
    {
        WriteTo(folder, "debian", "tiny");
        string path = folder.Write([1, 2, 3, 4, 5], "debian", "tiny", TrainImages.Name);

        FluentActions.Invoking(() => Load(Machine(folder)))
            .Should().Throw<DataUnavailableException>().WithMessage($"*{path}: not an IDX file*");
        File.Exists(path).Should().BeTrue();
    }

    [Fact]
    public void Load_NoSource_ListsEachWithItsReason() =>
        FluentActions.Invoking(() => Load(Machine(folder) with { DataFolders = [folder["mine"]] }))
            .Should().Throw<DataUnavailableException>().WithMessage(
                "tiny: no source has train-images-idx3-ubyte.*REPRODUCE_DATA=<folder>*Tried:"
                + $"*REPRODUCE_DATA {folder["mine", "tiny"]}: no such folder*cache {folder["cache", "tiny"]}: "
                + $"*Debian {folder["debian", "tiny"]}: *npm package tiny@1.0.0: there is no program *");

    [Theory]
    [InlineData(null, new string[0])]
    [InlineData("", new string[0])]
    [InlineData("one", new[] { "one" })]
    [InlineData("one:/two::", new[] { "one", "/two" })]
    public void FromVariables_DataFolders_AreAListSeparatedByColons(string? data, string[] folders) =>
        DataStoreOptions.FromVariables(data, null).DataFolders.Should().Equal(folders);

    [Fact]
    public void FromVariables_Cache_IsTheOneGivenOrInTheHomeFolder()
    {
        DataStoreOptions.FromVariables(null, "/given").CacheFolder.Should().Be("/given");
        var other = DataStoreOptions.FromVariables(null, string.Empty).CacheFolder;
        other.Should().EndWith(Path.Combine(".cache", "reproduce"));
        Path.IsPathRooted(other).Should().BeTrue();
    }

    [Fact]
    public void Status_FilesHereAndThere_SaysWhereEachWouldComeFrom()
    {
        folder.Write([], "cache", "tiny", "train-labels-idx1-ubyte.gz");
        folder.Write([], "debian", "tiny", "train-labels-idx1-ubyte");

        IReadOnlyList<DataStatus> status = new DataStore(Machine(folder)).Status(Description);

        status.Select(file => file.State).Should().Equal(DataState.Missing, DataState.Present, DataState.Missing, DataState.Missing);
        status[1].Path.Should().Be(folder["cache", "tiny", "train-labels-idx1-ubyte.gz"]);
        status[0].Detail.Should().Contain(folder["cache", "tiny"]).And.Contain(folder["debian", "tiny"]);
    }

    [Fact]
    public void Verify_IntactCorruptAndMissing_ReportsEachCopyAndChangesNothing()
    {
        WriteTo(folder, "debian", "tiny");
        File.Delete(folder["debian", "tiny", "t10k-labels-idx1-ubyte"]);
        string corrupt = folder.Write(Corrupt(Bytes[DataRole.TrainImages]), "cache", "tiny", TrainImages.Name);

        IReadOnlyList<DataStatus> status = new DataStore(Machine(folder)).Verify(Description);

        status.Select(file => (file.File.Role, file.State)).Should().Equal(
            (DataRole.TrainImages, DataState.Refused),
            (DataRole.TrainImages, DataState.Verified),
            (DataRole.TrainLabels, DataState.Verified),
            (DataRole.TestImages, DataState.Verified),
            (DataRole.TestLabels, DataState.Missing));
        status[0].Detail.Should().Contain("MD5");
        File.Exists(corrupt).Should().BeTrue();
    }

    private ImageDataSet Load(DataStoreOptions machine) => new DataStore(machine, reported.Add).Load(Description);
}
