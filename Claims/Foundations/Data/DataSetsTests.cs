using Reproduce.Fixtures.Data;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>The descriptions of the known data sets are complete and can be found by their id.</summary>
[Trait("Category", "Foundation")]
public class DataSetsTests
{
    [Fact]
    public void All_EveryDescription_IsComplete()
    {
        foreach (DataSetDescription description in DataSets.All)
        {
            description.Files.Select(file => file.Role).Should().Equal(Enum.GetValues<DataRole>());
            description.Files.Should().OnlyContain(file => file.Md5.Length == 32 && file.Names.Count == 4);
            description.OfficialAddresses.Should().NotBeEmpty().And.OnlyContain(address => address.AbsolutePath.EndsWith('/'));
            DataSets.ById(description.Id).Should().BeSameAs(description);
        }

        DataSets.All.SelectMany(description => description.Files).Select(file => file.Md5).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Names_OfAFile_AreTheOfficialOneAndItsVariants() => DataSets.Mnist.Files[0].Names.Should().Equal(
        "train-images-idx3-ubyte", "train-images.idx3-ubyte", "train-images-idx3-ubyte.gz", "train-images.idx3-ubyte.gz");

    [Theory]
    [InlineData("mnits", "mnist, fashion-mnist")]
    [InlineData("Fashion_MNIST", "fashion-mnist, mnist")]
    [InlineData("", "mnist, fashion-mnist")]
    public void ById_UnknownId_NamesTheNearestFirst(string id, string nearest) =>
        FluentActions.Invoking(() => DataSets.ById(id)).Should().Throw<DataException>().WithMessage($"*'{id}'*{nearest}.");
}
