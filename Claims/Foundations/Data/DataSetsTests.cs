using Reproduce.Fixtures.Data;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>The descriptions of the known data sets are complete and found by their ids.</summary>
[Trait("Category", "Foundation")]
public class DataSetsTests
{
    public static TheoryData<string> Ids => [.. DataSets.All.Select(description => description.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void ById_EveryDataSet_IsComplete(string id)
    {
        DataSetFiles description = DataSets.ById(id);
        DataSets.All.Should().ContainSingle(one => ReferenceEquals(one, description));
        description.Files.Select(file => file.Role).Should().BeInAscendingOrder();
        description.Files.Select(file => file.Name).Should().OnlyHaveUniqueItems();
        description.Files.SelectMany(file => file.Names).Should().OnlyHaveUniqueItems();
        description.OfficialAddresses.Concat(description.Archive?.Addresses ?? [])
            .Should().NotBeEmpty().And.OnlyContain(address => address.AbsolutePath.EndsWith('/'));
    }

    [Fact]
    public void Checksums_OfAllFiles_Differ()
    {
        string[] checksums =
        [
            .. DataSets.All.SelectMany(description => description.Files)
                .Select(file => file is CifarFile records ? records.Known?.Md5 : file.Md5)
                .OfType<string>(),
        ];
        checksums.Should().HaveCount(26).And.OnlyHaveUniqueItems().And.OnlyContain(md5 => md5.Length == 32);
    }

    [Fact]
    public void Names_OfAFile_AreTheOfficialOneAndItsVariants() => DataSets.Mnist.Files[0].Names.Should().Equal(
        "train-images-idx3-ubyte", "train-images.idx3-ubyte", "train-images-idx3-ubyte.gz", "train-images.idx3-ubyte.gz");

    [Theory]
    [InlineData("mnits", "mnist, *")]
    [InlineData("Fashion_MNIST", "fashion-mnist, *")]
    [InlineData("forest", "*covertype*")]
    public void ById_UnknownId_NamesTheNearestFirst(string id, string nearest) =>
        FluentActions.Invoking(() => DataSets.ById(id)).Should().Throw<DataException>().WithMessage($"*'{id}'*{nearest}.");
}
