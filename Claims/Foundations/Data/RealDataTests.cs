using System.Buffers.Binary;
using Reproduce.Fixtures.Data;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>
/// The data sets themselves, from whatever source this machine reaches, against published facts about them. Skipped only when no
/// source serves; a corrupt file fails.
/// </summary>
[Trait("Category", "Foundation")]
public class RealDataTests
{
    private static readonly Dictionary<string, Lazy<ImageDataSet>> Loaded = DataSets.Images.ToDictionary(
        description => description.Id, description => new Lazy<ImageDataSet>(() => new DataStore().Load(description)));

    public static TheoryData<string> Ids => [.. DataSets.Images.Select(description => description.Id)];

    [Theory]
    [InlineData("mnist", 60000, 784)]
    [InlineData("fashion-mnist", 60000, 784)]
    [InlineData("kmnist", 60000, 784)]
    [InlineData("cifar10", 50000, 3072)]
    public void Load_RealData_HasItsSizes(string id, int train, int pixels)
    {
        ImageDataSet data = LoadOrSkip(id);

        data.Description.Pixels.Should().Be(pixels);
        data.TrainLabels.Should().HaveCount(train);
        data.TestLabels.Should().HaveCount(10000);
        data.TrainImages.Length.Should().Be(train * pixels);
        data.TestImages.Length.Should().Be(10000 * pixels);
        foreach (var (file, provenance) in data.Description.Files.Zip(data.Provenance))
        {
            provenance.Md5.Should().Be(file.Md5 ?? provenance.Md5);
        }
    }

    /// <summary>The MD5 that is looked up by the SHA-256 is that of the bytes.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void Load_RealData_HasTheMd5OfItsBytes(string id)
    {
        var data = LoadOrSkip(id);
        var pixels = data.Description.Pixels;
        byte[] Records(byte[] images, byte[] labels) =>
            [.. labels.SelectMany((label, i) => images.AsSpan(i * pixels, pixels).ToArray().Prepend(label))];
        byte[] Idx(byte[] images, byte[] labels) =>
            [0, 0, 8, 3, .. new[] { labels.Length, data.Description.Rows, data.Description.Columns }.SelectMany(size =>
                BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(size))), .. images];
        byte[][] files = id == DataSets.Cifar10.Id
            ? [
                .. data.TrainImages.Chunk(10000 * pixels).Zip(data.TrainLabels.Chunk(10000), Records),
                Records(data.TestImages, data.TestLabels),
            ]
            : [Idx(data.TrainImages, data.TrainLabels), Idx(data.TestImages, data.TestLabels)];
        data.Provenance.Where(one => one.Role is not (DataRole.TrainLabels or DataRole.TestLabels)).Select(one => one.Md5)
            .Should().Equal(files.Select(TinyRecords.Md5));
    }

    [Theory]
    [InlineData("mnist", new[] { 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949 })]
    [InlineData("fashion-mnist", new[] { 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000 })]
    [InlineData("kmnist", new[] { 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000 })]
    [InlineData("cifar10", new[] { 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000 })]
    public void TrainLabels_RealData_HaveThePublishedCounts(string id, int[] counts) =>
        LoadOrSkip(id).TrainLabels.CountBy(label => label).OrderBy(count => count.Key).Select(count => count.Value).Should().Equal(counts);

    [Theory]
    [InlineData("mnist", new byte[] { 5, 0, 4, 1, 9 })]
    [InlineData("fashion-mnist", new byte[] { 9, 0, 0, 3, 0 })]
    [InlineData("kmnist", new byte[] { 8, 7, 0, 1, 4 })]
    [InlineData("cifar10", new byte[] { 6, 9, 9, 4, 1 })]
    public void TrainLabels_RealData_AreInThePublishedOrder(string id, byte[] first) =>
        LoadOrSkip(id).TrainLabels.Take(5).Should().Equal(first);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Normalised_RealTrainingImages_HaveMeanZeroAndVarianceOne(string id)
    {
        ImageDataSet data = LoadOrSkip(id);

        int plane = data.Description.Rows * data.Description.Columns;
        double[] sums = new double[data.Description.Channels];
        double[] squares = new double[data.Description.Channels];
        foreach (byte[] images in data.TrainImages.Chunk(1000 * data.Description.Pixels))
        {
            float[] values = data.Normalised(images);
            for (int i = 0; i < values.Length; i++)
            {
                int channel = i / plane % sums.Length;
                sums[channel] += values[i];
                squares[channel] += (double)values[i] * values[i];
            }
        }

        // The constants are published to four decimals: half a unit of the last one, in units of the deviation.
        for (int channel = 0; channel < sums.Length; channel++)
        {
            double count = data.TrainImages.Length / (double)sums.Length;
            double mean = sums[channel] / count;
            double rounding = 0.00005 / data.Description.StandardDeviations[channel];
            mean.Should().BeApproximately(0, rounding);
            Math.Sqrt((squares[channel] / count) - (mean * mean)).Should().BeApproximately(1, rounding);
        }
    }

    [Fact]
    public void Stamp_OfCifar10_SaysWhatTheCopyIs()
    {
        ImageDataSet data = LoadOrSkip("cifar10");
        var known = data.Description.Files.Cast<CifarFile>().Select(file => file.Known!.Md5);

        bool reconstruction = data.Provenance.Select(file => file.Md5).SequenceEqual(known);
        bool official = data.Provenance.All(file => file.Location.Contains(data.Description.Archive!.Name, StringComparison.Ordinal));
        data.Stamp.ToString().Should().Be($"cifar10 {data.Checksum}" + (reconstruction
            ? " (reconstruction, 96 of 60 000 images are stand-ins)"
            : official ? string.Empty : " (unverified, form right)"));
    }

    [Fact]
    public void Labels_OfCifar10Test_AreBalanced() =>
        LoadOrSkip("cifar10").TestLabels.CountBy(label => label).Select(count => count.Value).Should().Equal(Enumerable.Repeat(1000, 10));

    /// <summary>
    /// 5923 zeros and 6742 ones to train, 980 and 1135 to test, are published; the first five labels of the pair are read off the file.
    /// </summary>
    [Fact]
    public void DigitPair_ZeroAndOne_AreTheFirstOfTheFile()
    {
        DigitPair pair = DigitPair.Of(LoadOrSkip("mnist"), 0, 1, 5923 + 6742);

        pair.TrainTargets.Take(5).Should().Equal(1, -1, -1, -1, -1);
        pair.TrainTargets.Count(target => target == 1).Should().Be(5923);
        pair.TestTargets.Count(target => target == 1).Should().Be(980);
        pair.TestTargets.Count(target => target == -1).Should().Be(1135);
        pair.TrainPoints.Length.Should().Be(784 * (5923 + 6742));
        pair.TrainPoints.Should().OnlyContain(pixel => pixel >= 0 && pixel <= 1).And.Contain(1);
    }

    private static ImageDataSet LoadOrSkip(string id) => RealData.OrSkip(() => Loaded[id].Value);
}
