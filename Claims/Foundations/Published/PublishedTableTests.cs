using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Foundations.Published;

/// <summary>
/// The figures that the papers print: every file is read and complete, some numbers match the text, and damaged files are refused.
/// </summary>
[Trait("Category", "Foundation")]
public class PublishedTableTests
{
    private const string Intact =
        "# paper: P\n# table: T\n# page: 1\n# unit: u\n# rows: r\n# columns: c\n# repair: none\n"
        + "row,column,value,sd\na,b,0.5,1.0e-02\na,c,2,\n";

    public static TheoryData<string> Names => [.. PublishedTable.Names];

    [Fact]
    public void Names_AreTheFilesOfTheFolder() => PublishedTable.Names.Should().BeEquivalentTo(
        Directory.GetFiles(Path.Combine(Repository.Root, "Fixtures", "Published"), "*.csv").Select(Path.GetFileNameWithoutExtension));

    [Theory]
    [MemberData(nameof(Names))]
    public void Load_EveryTable_NamesItsPaper(string name)
    {
        PublishedTable table = PublishedTable.Load(name);
        string paper = table.Name.Split('-')[0];
        ((string[])["slope", "smoothness", "intervals", "design"]).Should().Contain(paper);
        string inItsTitle = paper switch { "slope" => "slope", "smoothness" => "smoothness", "intervals" => "intrinsic", _ => "by design" };
        table.Paper.ToLowerInvariant().Should().Contain(inItsTitle);
    }

    /// <summary>Rows and numbers, counted in the papers.</summary>
    [Theory]
    [InlineData("slope-table-1", 12, 48)]
    [InlineData("slope-table-2", 12, 48)]
    [InlineData("slope-table-3", 8, 24)]
    [InlineData("slope-table-4", 8, 24)]
    [InlineData("smoothness-table-4.1", 4, 8)]
    [InlineData("smoothness-table-4.2", 4, 4)]
    [InlineData("smoothness-table-4.3", 4, 4)]
    [InlineData("smoothness-table-4.4", 4, 12)]
    [InlineData("design-table-1", 9, 33)]
    public void Load_Table_HasAllRowsAndNumbers(string name, int rows, int numbers)
    {
        PublishedTable table = PublishedTable.Load(name);
        table.RowNames.Should().HaveCount(rows);
        table.Count.Should().Be(numbers);
        table.Values.Should().HaveCount(numbers);
    }

    [Theory]
    [InlineData("slope-table-1", "1x25", "mnist", 0.965, 1.13e-3, 0.0005)]
    [InlineData("slope-table-1", "3x200", "covertype", 0.739, 3.98e-3, 0.0005)]
    [InlineData("slope-table-1", "2x100", "kmnist", 0.875, 2.80e-3, 0.0005)]
    [InlineData("slope-table-2", "1x200", "fashion-mnist", 0.0051, 2.57e-5, 0.00005)]
    [InlineData("slope-table-3", "6x12", "fashion-mnist", 0.900, 2.45e-3, 0.0005)]
    [InlineData("slope-table-4", "3x24", "kmnist", 0.0056, 1.77e-4, 0.00005)]
    [InlineData("slope-table-4", "6x24", "mnist", 0.0007, 2.98e-5, 0.00005)]
    [InlineData("smoothness-table-4.1", "PL0", "polynomial", 0.44, 0.22, 0.005)]
    [InlineData("smoothness-table-4.2", "WP", "tau", 0.96, null, 0.005)]
    [InlineData("smoothness-table-4.4", "WP", "unregularised", 12.84, null, 0.005)]
    [InlineData("smoothness-table-4.4", "PL0", "normalised", 0.33, 0.27, 0.005)]
    [InlineData("intervals-text", "4.1 validation accuracy with real labels", "per cent", 90.0, null, 5.0)]
    [InlineData("design-table-1", "ResNet56 GLD 0.6", "error", 5.74, null, 0.005)]
    [InlineData("design-table-1", "ResNet1202", "parameters", 19.4, null, 0.05)]
    [InlineData("design-text", "Figure 2 parameters with 1 hidden layer", "number", 35989.0, null, 0.5)]
    public void Load_SomeNumbers_AreThoseOfTheText(
        string name, string row, string column, double value, double? deviation, double rounding) =>
        PublishedTable.Load(name)[row, column].Should().Be(new PublishedValue(value, deviation, rounding));

    /// <summary>A mean of shares lies in [0, 1], τ in [−1, 1]; the standard deviation is at most half the range.</summary>
    [Theory]
    [InlineData("slope-table-1")]
    [InlineData("slope-table-3")]
    [InlineData("smoothness-table-4.1")]
    [InlineData("smoothness-table-4.2")]
    [InlineData("smoothness-table-4.3")]
    public void Load_SharesAndCorrelations_LieInTheirRange(string name) => PublishedTable.Load(name).Values.Should().OnlyContain(
        one => one.Value.Value >= 0 && one.Value.Value <= 1 && (one.Value.StandardDeviation ?? 0) <= 0.5);

    /// <summary>A loss is positive; ln 10 / 64, the loss of a guess, bounds the printed unit.</summary>
    [Theory]
    [InlineData("slope-table-2")]
    [InlineData("slope-table-4")]
    public void Load_Losses_ArePositiveAndBelowThatOfAGuess(string name) => PublishedTable.Load(name).Values.Should().OnlyContain(
        one => one.Value.Value > 0 && one.Value.Value < Math.Log(10) / 64 && one.Value.StandardDeviation < one.Value.Value);

    [Fact]
    public void Parse_IntactFile_IsRead()
    {
        PublishedTable table = PublishedTable.Parse(Intact, "x");
        table["a", "b"].Should().Be(new PublishedValue(0.5, 0.01, 0.05));
        table["a", "c"].Should().Be(new PublishedValue(2, null, 0.5));
        (table.Paper, table.Table, table.Page, table.Unit).Should().Be(("P", "T", "1", "u"));
        table.Repairs.Should().Equal("none");
        $"{table["a", "b"]}, {table["a", "c"]}".Should().Be("0.5 ± 0.01, 2");
    }

    [Theory]
    [InlineData("# unit: u\n", "", "line 7: the header has no line '# unit: …'")]
    [InlineData("# repair: none\n", "", "line 7: the header has no line '# repair: …'")]
    [InlineData("# unit: u", "# unit:", "line 4: '# unit:' is not '# key: text'")]
    [InlineData("# page: 1", "# paper: 1", "line 3: '# paper: 1' is not")]
    [InlineData("# page: 1", "# pages: 1", "line 3: '# pages: 1' is not")]
    [InlineData("value,sd", "value,error", "line 8: the columns are 'row,column,value,error', expected 'row,column,value,sd'")]
    [InlineData("value,sd", "value,sd,n", "line 8: the columns are")]
    [InlineData("0.5,", "O.5,", "line 9: the value 'O.5' is not a number")]
    [InlineData("0.5,", ",", "line 9: the value '' is not a number")]
    [InlineData("0.5,", "NaN,", "line 9: the value 'NaN' is not a number")]
    [InlineData("0.5,", " 0.5,", "line 9: the value ' 0.5' is not a number")]
    [InlineData("1.0e-02", "1.0e-0.2", "line 9: the sd '1.0e-0.2' is not a number")]
    [InlineData("1.0e-02", "-1", "line 9: the sd -1 is negative")]
    [InlineData("a,c,2,", "a,c,2", "line 10: 'a,c,2' has not a row")]
    [InlineData("a,c,2,", "a,c,2,,", "line 10: 'a,c,2,,' has not a row")]
    [InlineData("a,c,2,", ",c,2,", "line 10: ',c,2,' has not a row")]
    [InlineData("a,c,2,", "a,b,2,", "line 10: row 'a', column 'b' is there twice")]
    [InlineData("a,c,2,\n", "a,c,2,", "line 10: the last line does not end")]
    [InlineData("a,c,2,\n", "\na,c,2,\n", "line 10: '' has not a row")]
    [InlineData("a,b,0.5,1.0e-02\na,c,2,\n", "", "line 9: there is no number in it")]
    public void Parse_DamagedFile_IsRefusedWithFileAndLine(string intact, string damaged, string reason) =>
        FluentActions.Invoking(() => PublishedTable.Parse(Intact.Replace(intact, damaged), "x"))
            .Should().Throw<DataException>().WithMessage($"published/x.csv: {reason}*Compare it*");

    [Fact]
    public void Load_UnknownTable_NamesTheNearest() => FluentActions.Invoking(() => PublishedTable.Load("slope-table-5"))
        .Should().Throw<DataException>().WithMessage("*Nearest known: slope-table-*");

    [Fact]
    public void Indexer_OfAnUnknownCell_ListsTheColumns() => FluentActions.Invoking(() => PublishedTable.Parse(Intact, "x")["a", "d"])
        .Should().Throw<DataException>().WithMessage("*no number at row 'a', column 'd'*Columns: b, c.");
}
