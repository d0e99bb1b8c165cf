using System.IO.Compression;
using System.Text;
using Reproduce.Fixtures.Data;
using Reproduce.Randomness;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>
/// The reader of Covertype on small hand-made tables, each damaged in one way; the draw of the slope paper; and the real data.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class CovertypeTests : IDisposable
{
    private static readonly Lazy<Covertype> Loaded = new(() => new DataStore().LoadCovertype());
    private static readonly string[] Rows =
        [.. Enumerable.Range(0, 9).Select(i => Row(2000 + (100 * i), area: i % 4, soil: 5 * (i % 8), type: 1 + (i % 7)))];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("covtype.data", "\n", true, false)]
    [InlineData("covtype.data.gz", "\n", true, true)]
    [InlineData("covtype.csv", "\r\n", false, false)]
    [InlineData("covtype_sample92962.csv.gz", "\n", false, true)]
    public void Load_EveryForm_GivesTheRows(string name, string lineEnd, bool lastEnded, bool compressed)
    {
        string text = string.Join(lineEnd, Rows) + (lastEnded ? lineEnd : string.Empty);
        Covertype data = Load(text, name, compressed);

        data.Labels.Should().Equal(0, 1, 2, 3, 4, 5, 6, 0, 1);
        data.Values.Length.Should().Be(9 * 54);
        data.Values.Where((_, i) => i % 54 == 0).Should().Equal(2000, 2100, 2200, 2300, 2400, 2500, 2600, 2700, 2800);
        data.Values[1..10].Should().Equal(-1, 2, 3, 4, 5, 6, 7, 8, 9);
        data.Stamp.ToString().Should().Be($"covertype {data.Stamp.Checksum} (sample of 9 of 581 012 rows, unverified, form right)");
    }

    [Theory]
    [InlineData("Wilderness_Area1", "Soil_Type40", "Cover_Type")]
    [InlineData("Wilderness_Area_1", "Soil_Type_40", "\"Cover_Type\"")]
    public void Load_Header_IsSkipped(string area, string soil, string last)
    {
        string header = Header().Replace("Wilderness_Area1,", $"{area},").Replace("Soil_Type40", soil).Replace("Cover_Type", last);
        Load(header + "\n" + Rows[0]).Labels.Should().Equal(0);
    }

    [Fact]
    public void Load_HeaderInAnotherOrder_IsRefused() =>
        ShouldRefuse(
            Header().Replace("Elevation,Aspect", "Aspect,Elevation") + "\n" + Rows[0],
            "line 1: column 1 of the header is 'Aspect', expected 'Elevation'");

    [Fact]
    public void Load_ShortHeader_IsRefused() => ShouldRefuse(
        Header().Replace(",Cover_Type", string.Empty) + "\n" + Rows[0],
        "line 1: column 55 of the header is missing, expected 'Cover_Type'");

    [Theory]
    [InlineData("", "there is no row in it")]
    [InlineData("2000,", "line 1: column 2 is not a whole number")]
    [InlineData("2000", "line 1: 1 columns, expected 55; the file may be cut short")]
    [InlineData("12.5", "line 1: column 1 is not a whole number")]
    [InlineData("99999", "line 1: column 1 is not a whole number")]
    [InlineData("\n", "line 1: column 1 is not a whole number")]
    public void Load_WrongText_IsRefused(string text, string reason) => ShouldRefuse(text, reason);

    [Fact]
    public void Load_InvalidRow_IsRefused()
    {
        ShouldRefuse(Rows[0] + ",1", "line 1: more than 55 columns");
        ShouldRefuse(Rows[0] + "\n" + Row(1, 0, 0, type: 8), "line 2: cover type 8 is not one of 1 to 7");
        ShouldRefuse(Rows[0][..^1] + "0", "cover type 0");
        ShouldRefuse(Row(1, area: 4, soil: 0, type: 1), "not exactly one area and one soil");
        ShouldRefuse(Row(1, area: 0, soil: 40, type: 1), "not exactly one area and one soil");
        ShouldRefuse(Rows[0] + "\n" + Rows[1][..60], "line 2: ");
    }

    [Fact]
    public void Load_CorruptGzip_IsRefused()
    {
        byte[] damaged = TinyDataSet.Gzip(Encoding.ASCII.GetBytes(Rows[0]));
        damaged[^8] ^= 1;
        string path = folder.Write(damaged, "covertype", "covtype.data.gz");
        FluentActions.Invoking(Store).Should().Throw<DataException>().WithMessage($"{path}: the gzip data are corrupt*");
    }

    /// <summary>Every row is there, and the end of the compressed data, their checksum or their length are not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void Load_GzipWithoutItsLastBytes_IsRefused(int missing) =>
        ShouldRefuseCompressed(TinyDataSet.Gzip(Encoding.ASCII.GetBytes(string.Join('\n', Rows) + "\n"))[..^missing]);

    /// <summary>Five rows of nine, the last one whole.</summary>
    [Fact]
    public void Load_GzipCutAfterARow_IsRefused()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.ASCII.GetBytes(string.Concat(Rows[..5].Select(row => $"{row}\n"))));
            gzip.Flush();
            var cut = compressed.ToArray();
            gzip.Write(Encoding.ASCII.GetBytes(string.Concat(Rows[5..].Select(row => $"{row}\n"))));
            ShouldRefuseCompressed(cut);
        }

        folder.Write(compressed.ToArray(), "covertype", "covtype.data.gz");
        Store().Labels.Should().HaveCount(9);
    }

    [Fact]
    public void Load_GzipBomb_IsRefusedBeforeItFillsTheMemory()
    {
        string path = folder.Write(TinyDataSet.Gzip(new byte[100_000_000]), "covertype", "covtype.data.gz");
        FluentActions.Invoking(Store).Should().Throw<DataException>().WithMessage($"{path}: longer than the 80000000 bytes*");
    }

    [Fact]
    public void Draw_SmallTable_SplitsWithoutRepetitionAndStandardisesByTheTrainingPoints()
    {
        Covertype data = Load(string.Join('\n', Rows));
        CovertypeSplit split = data.Draw(Seed.Of(("draw", 1)), train: 6, validation: 3);

        // Elevations are 2000, 2100, …; the drawn training points have mean 0 and variance 1, and the steps stay equal.
        Column(split.TrainPoints, 0).Average().Should().BeApproximately(0, 1e-6, "six float32 numbers near 1");
        Column(split.TrainPoints, 0).Average(value => value * value).Should().BeApproximately(1, 1e-6, "six float32 numbers near 1");
        var steps = Column(split.TrainPoints, 0).Concat(Column(split.ValidationPoints, 0)).Order().ToList();
        double even = (steps[^1] - steps[0]) / 8;
        steps.Zip(steps.Skip(1), (low, high) => high - low)
            .Should().OnlyContain(step => Math.Abs(step - even) < 1e-5, "all nine elevations are there once, in equal steps");

        // A column that is the same in all rows is only centred; ones and zeros stay.
        Column(split.TrainPoints, 1).Concat(Column(split.ValidationPoints, 1)).Should().OnlyContain(value => value == 0);
        split.TrainPoints.Chunk(54).Select(point => point[10..]).Should().OnlyContain(
            point => point.Count(value => value == 1) == 2 && point.Count(value => value == 0) == 42);
        split.TrainLabels.Concat(split.ValidationLabels).Order().Should().Equal(0, 0, 1, 1, 2, 3, 4, 5, 6);
    }

    [Fact]
    public void Draw_MorePointsThanRows_IsRefused() =>
        FluentActions.Invoking(() => Load(Rows[0]).Draw(Seed.Of(("draw", 1))))
            .Should().Throw<DataException>().WithMessage("*1 rows, fewer than the 10000 to draw*");

    [Fact]
    public void Draw_SameSeed_GivesTheSamePoints()
    {
        Covertype data = Load(string.Join('\n', Rows));
        CovertypeSplit first = data.Draw(Seed.Of(("draw", 1)), 6, 3);
        data.Draw(Seed.Of(("draw", 1)), 6, 3).Should().BeEquivalentTo(first);
        data.Draw(Seed.Of(("draw", 2)), 6, 3).TrainLabels.Should().NotEqual(first.TrainLabels);
    }

    /// <summary>
    /// The published counts per class, and the smallest and largest elevation, bound every copy; the sample has the same proportions.
    /// </summary>
    [Fact]
    public void RealData_HaveTheClassesOfThePublishedTable()
    {
        Covertype data = LoadOrSkip();
        int[] published = [211840, 283301, 35754, 2747, 9493, 17367, 20510];

        int rows = data.Labels.Length;
        data.Stamp.Remark.Should().Be(rows switch
        {
            581012 => "unverified, form right",
            92962 => "sample of 92 962 of 581 012 rows, unverified, form right",
            _ => data.Stamp.Remark,
        });
        Column([.. data.Values.Select(value => (float)value)], 0)
            .Should().OnlyContain(elevation => elevation >= 1859 && elevation <= 3858, "as covtype.info says");
        for (int type = 0; type < 7; type++)
        {
            // Stratified to a row; a random sample would be within five deviations of that but once in 10⁶ per class.
            double expected = (double)published[type] * rows / 581012;
            double deviation = Math.Sqrt(expected * (1 - (published[type] / 581012.0)) * (1 - (rows / 581012.0)));
            data.Labels.Count(label => label == type)
                .Should().BeInRange((int)(expected - (5 * deviation) - 1), (int)(expected + (5 * deviation) + 1));
        }
    }

    [Fact]
    public void Draw_RealData_HasThePapersSizesAndStatistics()
    {
        Covertype data = LoadOrSkip();
        CovertypeSplit split = data.Draw(Seed.Of(("test", nameof(CovertypeTests))));

        split.TrainLabels.Should().HaveCount(8000);
        split.ValidationLabels.Should().HaveCount(2000);
        split.TrainPoints.Length.Should().Be(8000 * 54);
        split.ValidationPoints.Length.Should().Be(2000 * 54);
        for (int column = 0; column < 10; column++)
        {
            // Rounding to float32 moves a number below 32 by at most 2⁻²⁰.
            double mean = Column(split.TrainPoints, column).Average();
            mean.Should().BeApproximately(0, 1e-6);
            Column(split.TrainPoints, column).Average(value => value * value).Should().BeApproximately(1, 1e-5);

            // The validation points have other statistics: standardised by their own, this would be 0.
            double allowed = 5.5 * Math.Sqrt((1.0 / 2000) + (1.0 / 8000));
            Math.Abs(Column(split.ValidationPoints, column).Average())
                .Should().BeInRange(1e-5, allowed, "within 5.5 standard errors of 0, missed by chance once in 10⁶");
        }

        foreach (float[] point in split.TrainPoints.Chunk(54))
        {
            (point.Skip(10).Take(4).Sum(), point.Skip(14).Sum()).Should().Be((1, 1));
        }
    }

    private static IEnumerable<double> Column(float[] points, int column) =>
        points.Where((_, i) => i % 54 == column).Select(value => (double)value);

    private static string Header() => string.Join(
        ',',
        [
            "Elevation", "Aspect", "Slope",
            "Horizontal_Distance_To_Hydrology", "Vertical_Distance_To_Hydrology", "Horizontal_Distance_To_Roadways",
            "Hillshade_9am", "Hillshade_Noon", "Hillshade_3pm", "Horizontal_Distance_To_Fire_Points",
            .. Enumerable.Range(1, 4).Select(i => $"Wilderness_Area{i}"),
            .. Enumerable.Range(1, 40).Select(i => $"Soil_Type{i}"),
            "Cover_Type",
        ]);

    private static string Row(int elevation, int area, int soil, int type)
    {
        IEnumerable<int> OneOf(int count, int place) => Enumerable.Range(0, count).Select(i => i == place ? 1 : 0);
        return string.Join(',', [elevation, -1, 2, 3, 4, 5, 6, 7, 8, 9, .. OneOf(4, area), .. OneOf(40, soil), type]);
    }

    private static Covertype LoadOrSkip() => RealData.OrSkip(() => Loaded.Value);

    private Covertype Store() => new DataStore(TinyDataSet.Machine(folder) with { DataFolders = [folder.Path] }).LoadCovertype();

    private Covertype Load(string text, string name = "covtype.data", bool compressed = false)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        folder.Write(compressed ? TinyDataSet.Gzip(bytes) : bytes, "covertype", name);
        return Store();
    }

    private void ShouldRefuseCompressed(byte[] damaged)
    {
        string path = folder.Write(damaged, "covertype", "covtype.data.gz");
        FluentActions.Invoking(Store).Should().Throw<DataException>().WithMessage($"{path}: the gzip data are corrupt or cut short*");
    }

    private void ShouldRefuse(string text, string reason) =>
        FluentActions.Invoking(() => Load(text))
            .Should().Throw<DataException>().WithMessage($"{folder["covertype", "covtype.data"]}: *{reason}*Replace the file*");
}
