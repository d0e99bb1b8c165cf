using Reproduce.Fixtures.Data;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>
/// The data sets themselves, from whatever source this machine reaches, against published facts about them. Skipped only when no
/// source serves; a corrupt file fails.
/// </summary>
[Trait("Category", "Foundation")]
public class RealDataTests
{
    private static readonly Dictionary<string, Lazy<ImageDataSet>> Loaded =
        DataSets.All.ToDictionary(description => description.Id, description => new Lazy<ImageDataSet>(() => new DataStore().Load(description)));

    public static TheoryData<string> Ids => [.. DataSets.All.Select(description => description.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Load_RealData_HasItsSizes(string id)
    {
        ImageDataSet data = LoadOrSkip(id);

        data.TrainLabels.Should().HaveCount(60000);
        data.TestLabels.Should().HaveCount(10000);
        data.TrainImages.Length.Should().Be(60000 * 784);
        data.TestImages.Length.Should().Be(10000 * 784);
        data.Provenance.Select(file => file.Md5).Should().Equal(data.Description.Files.Select(file => file.Md5));
    }

    [Theory]
    [InlineData("mnist", new[] { 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949 })]
    [InlineData("fashion-mnist", new[] { 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000 })]
    public void TrainLabels_RealData_HaveThePublishedCounts(string id, int[] counts) =>
        LoadOrSkip(id).TrainLabels.CountBy(label => label).OrderBy(count => count.Key).Select(count => count.Value).Should().Equal(counts);

    [Theory]
    [InlineData("mnist", new byte[] { 5, 0, 4, 1, 9 })]
    [InlineData("fashion-mnist", new byte[] { 9, 0, 0, 3, 0 })]
    public void TrainLabels_RealData_AreInThePublishedOrder(string id, byte[] first) => LoadOrSkip(id).TrainLabels.Take(5).Should().Equal(first);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Normalised_RealTrainingImages_HaveMeanZeroAndVarianceOne(string id)
    {
        ImageDataSet data = LoadOrSkip(id);

        double sum = 0;
        double squares = 0;
        foreach (float value in data.Normalised(data.TrainImages))
        {
            sum += value;
            squares += (double)value * value;
        }

        // The constants are published to four decimals: half a unit of the last one, in units of the deviation.
        double mean = sum / data.TrainImages.Length;
        double rounding = 0.00005 / data.Description.StandardDeviation;
        mean.Should().BeApproximately(0, rounding);
        Math.Sqrt((squares / data.TrainImages.Length) - (mean * mean)).Should().BeApproximately(1, rounding);
    }

    private static ImageDataSet LoadOrSkip(string id)
    {
        try
        {
            return Loaded[id].Value;
        }
        catch (DataUnavailableException unavailable)
        {
            Assert.Skip(unavailable.Message);
            throw;
        }
    }
}
