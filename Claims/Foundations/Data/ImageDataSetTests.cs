using Reproduce.Fixtures.Data;
using static Reproduce.Claims.Foundations.Data.TinyDataSet;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>The data set in memory: its arrays, its checksum and its normalisation, worked out by hand for a tiny one.</summary>
[Trait("Category", "Foundation")]
public sealed class ImageDataSetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_Arrays_AreTheElementsOfTheFiles()
    {
        ImageDataSet data = Load();

        data.Description.Should().BeSameAs(Description);
        data.TrainImages.Should().Equal(0, 51, 102, 153, 204, 255, 0, 0, 1, 2, 3, 4);
        data.TrainLabels.Should().Equal(1, 0, 1);
        data.TestImages.Should().Equal(9, 8, 7, 6, 5, 4, 3, 2);
        data.TestLabels.Should().Equal(0, 1);
    }

    [Fact]
    public void Normalised_Pixels_AreShiftedAndScaled() => Load().Normalised([0, 51, 102, 255]).Should().Equal(
        [-0.4f, 0f, 0.4f, 1.6f],
        (actual, expected) => Math.Abs(actual - expected) <= 2.4e-7f, "two roundings of float32 near 1");

    [Fact]
    public void Checksum_SameContentElsewhere_IsTheSame()
    {
        string plain = Load().Checksum;
        foreach (DataFile file in Description.Files)
        {
            folder.Write(Gzip(Bytes[file.Role]), "other", "tiny", $"{file.Name}.gz");
        }

        plain.Should().MatchRegex("^[0-9a-f]{16}$");
        new DataStore(Machine(folder) with { DataFolders = [folder["other"]] }).Load(Description).Checksum.Should().Be(plain);
    }

    private ImageDataSet Load()
    {
        WriteTo(folder, "cache", "tiny");
        return new DataStore(Machine(folder)).Load(Description);
    }
}
