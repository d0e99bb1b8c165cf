using Reproduce.Fixtures.Data;
using static Reproduce.Claims.Foundations.Data.TinyRecords;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>
/// Records of a label and an image, from single files and from the publishers' archive; every kind of damage is refused by name.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class CifarFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("tiny", false)]
    [InlineData("tiny", true)]
    [InlineData("tiny-batches-bin", false)]
    public void Load_SingleFiles_AreSplitIntoLabelsAndImages(string name, bool compressed)
    {
        Write(name, compressed);

        ImageDataSet data = Load();

        data.TrainLabels.Should().Equal(1, 0, 0, 1);
        data.TrainImages.Should().Equal(0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6);
        data.TestLabels.Should().Equal(1, 1);
        data.TestImages.Should().Equal(7, 8, 9, 10, 11, 12);
        data.Provenance.Select(file => file.IsVerified).Should().Equal(true, false, false);
        data.Stamp.ToString().Should().Be($"tiny {data.Checksum} (a copy made by hand; unverified, form right)");
        new DataStore(Machine()).Verify(Description).Select(file => file.State)
            .Should().Equal(DataState.Verified, DataState.Unverified, DataState.Unverified);
        new DataStore(Machine()).Status(Description).Select(file => file.Detail)
            .Should().Equal("not verified", "unverified: no checksum is known", "unverified: no checksum is known");
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData(".")]
    public void Load_ArchiveOfThePublishers_IsReadInPlaceAndVerified(string name)
    {
        Write("single", compressed: false);
        string path = folder.Write(Archive, "data", name, "tiny-binary.tar.gz");

        ImageDataSet data = Load();

        data.TrainImages.Should().Equal(0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6);
        data.Provenance.Should().OnlyContain(
            file => file.Location.StartsWith(Path.GetFullPath(path), StringComparison.Ordinal) && file.Remark == null);
        data.Stamp.ToString().Should().Be($"tiny {data.Checksum}");
        new DataStore(Machine()).Status(Description).Should().OnlyContain(file => file.State == DataState.Present);
        new DataStore(Machine()).Verify(Description).Should().HaveCount(3).And.OnlyContain(file => file.State == DataState.Verified);
    }

    [Fact]
    public void Load_OneFileMissing_TakesAllFromTheArchive()
    {
        Write("tiny", compressed: false);
        File.Delete(folder["data", "tiny", "test.bin"]);
        folder.Write(Archive, "data", "tiny", "tiny-binary.tar.gz");
        Load().Provenance.Should().OnlyContain(file => file.Remark == null, "a mixture would hide which copy was used");
    }

    [Fact]
    public void Load_OfficialAddress_KeepsTheArchiveInTheCache()
    {
        using var server = new LoopbackServer(async context =>
        {
            context.Response.ContentLength64 = Archive.Length;
            await context.Response.OutputStream.WriteAsync(Archive);
        });
        DataSetDescription description = Describe(Archive, server.Address);

        ImageDataSet first = new DataStore(Machine()).Load(description);
        ImageDataSet second = new DataStore(Machine()).Load(Description);

        server.Requests.Should().Be(1);
        string location = $"{server.Address}tiny-binary.tar.gz, ";
        first.Provenance.Should().OnlyContain(
            file => file.Source == SourceKind.Official && file.Location.StartsWith(location, StringComparison.Ordinal));
        second.Provenance.Should().OnlyContain(file => file.Source == SourceKind.Cache);
        second.Checksum.Should().Be(first.Checksum);
    }

    [Fact]
    public void Load_ServerWithAnotherArchive_IsReportedAndNothingStays()
    {
        byte[] other = Packed(Bytes, "other/");
        using var server = new LoopbackServer(context => context.Response.OutputStream.WriteAsync(other).AsTask());

        DataSetDescription described = Describe(Archive, server.Address);
        DataSetDescription longer = described with { Archive = described.Archive! with { Length = 100_000 } };
        FluentActions.Invoking(() => new DataStore(Machine()).Load(longer))
            .Should().Throw<DataUnavailableException>().WithMessage("*tiny-binary.tar.gz: the MD5 is *");
        Directory.GetFiles(folder["cache", "tiny"]).Should().BeEmpty();
    }

    [Fact]
    public void Load_DamagedArchiveOfTheUser_FailsWithItsName()
    {
        string path = folder.Write(Archive[..^20], "data", "tiny", "tiny-binary.tar.gz");

        FluentActions.Invoking(Load)
            .Should().Throw<DataException>().WithMessage($"{path}: the MD5 is *, expected {Description.Archive!.Md5}*Replace*");
        new DataStore(Machine()).Verify(Description).Should().OnlyContain(file => file.State == DataState.Refused);
    }

    [Fact]
    public void Load_ArchiveThatLacksAFile_IsRefused()
    {
        byte[] archive = Packed(Bytes.Where(file => file.Key != "test.bin"));
        ShouldRefuse(archive, "the archive has no test.bin");
    }

    [Fact]
    public void Load_ArchiveWithAHostileName_IsRefused() => ShouldRefuse(Packed(Bytes, "../"), "leads out of the archive");

    [Fact]
    public void Load_ArchiveThatIsNoTar_IsRefused() =>
        ShouldRefuse(TinyDataSet.Gzip([.. Enumerable.Repeat((byte)7, 2000)]), "the archive cannot be read");

    [Fact]
    public void Load_ArchiveWithADamagedFile_IsRefused() =>
        ShouldRefuse(Packed(Bytes.Select(file => KeyValuePair.Create(file.Key, file.Value[..^1]))), "batch_1.bin: truncated: 7 of 8 bytes");

    [Fact]
    public void Load_EveryTruncation_IsRefused()
    {
        for (int length = 0; length < 8; length++)
        {
            ShouldRefuse("batch_1.bin", Bytes["batch_1.bin"][..length], $"truncated: {length} of 8 bytes (2 records of 4)");
        }
    }

    [Fact]
    public void Load_TrailingByte_IsRefused() =>
        ShouldRefuse("test.bin", [.. Bytes["test.bin"], 0], "trailing bytes after the 2 records of 4 bytes");

    [Fact]
    public void Load_LabelOutOfRange_IsRefused() =>
        ShouldRefuse("batch_2.bin", [0, 1, 2, 3, 2, 4, 5, 6], "label 2 of record 1 is out of range for 2 classes");

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 9, 8, 7, 1, 9, 8, 7 })]
    public void Load_ImagesAllTheSame_AreRefused(byte[] records) => ShouldRefuse("batch_2.bin", records, "its 2 images are all the same");

    /// <summary>What is known of the first training file tells it under another name.</summary>
    [Theory]
    [InlineData("batch_2.bin")]
    [InlineData("test.bin")]
    public void Load_KnownFileUnderAnotherName_IsRefused(string name)
    {
        byte[][] swapped = [Bytes[name], Bytes["batch_1.bin"]];
        Write("tiny", compressed: false);
        folder.Write(swapped[0], "data", "tiny", "batch_1.bin");
        string path = folder.Write(swapped[1], "data", "tiny", name);

        FluentActions.Invoking(Load).Should().Throw<DataException>()
            .WithMessage($"{path}: by its checksum this is batch_1.bin, not {name}. *");
        new DataStore(Machine()).Verify(Description).Single(file => file.State == DataState.Refused).File.Name.Should().Be(name);
    }

    [Theory]
    [InlineData("batch_1.bin", "batch_2.bin")]
    [InlineData("batch_2.bin", "test.bin")]
    public void Load_SameBytesTwice_AreRefused(string name, string other)
    {
        Write("tiny", compressed: false);
        byte[] same = [1, 50, 60, 70, 0, 80, 90, 100];
        string[] paths = [folder.Write(same, "data", "tiny", name), folder.Write(same, "data", "tiny", other)];

        FluentActions.Invoking(Load).Should().Throw<DataException>()
            .WithMessage($"{paths[0]}: it has the same bytes as {paths[1]}. *");
        new DataStore(Machine()).Verify(Description).Where(file => file.State == DataState.Refused).Select(file => file.File.Name)
            .Should().Equal(name, other);
    }

    /// <summary>CIFAR-10's test file has 1000 images of each class, and none of the training files has.</summary>
    [Fact]
    public void Load_TrainingFileUnderTheNameOfTheTestFile_IsRefused()
    {
        Write("tiny", compressed: false);
        byte[] training = [1, 50, 60, 70, 1, 80, 90, 100];
        string path = folder.Write(training, "data", "tiny", "test.bin");
        DataSetDescription balanced = Description with
        {
            Files = [.. Description.Files.Select(file => file.Name == "test.bin" ? (CifarFile)file with { OfEachClass = 1 } : file)],
        };

        FluentActions.Invoking(() => new DataStore(Machine()).Load(balanced)).Should().Throw<DataException>()
            .WithMessage($"{path}: class 0 has 0 images, and in test.bin each class has 1. Is it another file*");
    }

    [Fact]
    public void Load_CorruptGzip_IsRefused() =>
        ShouldRefuse("test.bin", [.. TinyDataSet.Gzip(Bytes["test.bin"])[..10], 0xff, 0xff, 0xff, 0xff], "gzip data are corrupt");

    [Fact]
    public void Normalised_ThreeChannels_UsesTheStatisticsOfEach()
    {
        Write("tiny", compressed: false);
        Load().Normalised([51, 102, 255, 102, 0, 0]).Should().Equal(
            [0f, 0f, 1f, 0.4f, -1.6f, 0f],
            (actual, expected) => Math.Abs(actual - expected) <= 2.4e-7f, "two roundings of float32 near 1");
        FluentActions.Invoking(() => Load().Normalised([1, 2]))
            .Should().Throw<ArgumentException>().WithMessage("2 pixels are not whole images of 3*");
    }

    private DataStoreOptions Machine() => TinyDataSet.Machine(folder) with { DataFolders = [folder["data"]] };

    private ImageDataSet Load() => new DataStore(Machine()).Load(Description);

    private void Write(string name, bool compressed)
    {
        foreach (var (file, bytes) in Bytes)
        {
            folder.Write(compressed ? TinyDataSet.Gzip(bytes) : bytes, "data", name, compressed ? $"{file}.gz" : file);
        }
    }

    private void ShouldRefuse(string name, byte[] damaged, string reason)
    {
        Write("tiny", compressed: false);
        string path = folder.Write(damaged, "data", "tiny", name);
        FluentActions.Invoking(Load).Should().Throw<DataException>().WithMessage($"{path}: *{reason}*Replace the file*");
    }

    private void ShouldRefuse(byte[] archive, string reason)
    {
        folder.Write(archive, "data", "tiny", "tiny-binary.tar.gz");
        FluentActions.Invoking(() => new DataStore(Machine()).Load(Describe(archive)))
            .Should().Throw<DataException>().WithMessage($"*{reason}*");
    }
}
