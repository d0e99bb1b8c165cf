using System.Security.Cryptography;

namespace Reproduce.Claims.Harness;

/// <summary>Every numbered item of the papers is a claim, a part of one, or excused with a reason.</summary>
[Trait("Category", "Harness")]
public sealed class NumberedItemsTests
{
    private const string Good = """
        # a remark
        paper: A title: and more
        text: a.txt
        sha256: 00
        equation 1: slope.prop-1, slope.eq-2
        figure 1: no claim, it shows the data
        """;

    private static readonly string Papers = Path.Combine(Repository.Root, "..", "shared", "papers");

    private static readonly IReadOnlyDictionary<string, NumberedItems> Lists = NumberedItems.Load();

    [Fact]
    public void EveryPaper_HasAList() =>
        Lists.Values.Select(list => list.Text)
            .Should().BeEquivalentTo(Paper.All.Where(paper => paper.IsPaper).Select(paper => $"{paper.Id}.txt"));

    [Fact]
    public void EveryItem_IsAClaimOrIsExcusedWithAReason()
    {
        var ids = ClaimRegistry.Load().Select(entry => entry.Id).ToHashSet();
        var offenders = from list in Lists
                        from item in list.Value.Items
                        let unknown = item.Claims.Where(id => !ids.Contains(id)).ToList()
                        where unknown.Count > 0 || string.IsNullOrWhiteSpace(item.Excuse ?? string.Join(",", item.Claims))
                        let target = unknown.Count > 0 ? $"{string.Join(", ", unknown)}, not among the claims" : "nothing"
                        select $"{list.Key}: {item.Name} goes to {target}";
        string.Join(Environment.NewLine, offenders).Should().BeEmpty();
    }

    [Fact]
    public void EveryList_WasMadeFromThePaperAtHand_AndMissesNoNumberInIt()
    {
        Assert.SkipUnless(
            Directory.Exists(Papers),
            "the papers' texts are not beside this repository (../shared/papers): the lists cannot be compared with them");
        var offenders = new List<string>();
        foreach (var (file, list) in Lists)
        {
            var bytes = File.ReadAllBytes(Path.Combine(Papers, list.Text));
            if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != list.Sha256)
            {
                offenders.Add($"{file}: {list.Text} has another checksum than {list.Sha256}");
            }

            offenders.AddRange(list.MissedIn(System.Text.Encoding.UTF8.GetString(bytes)).Select(item => $"{file} lacks {item}"));
        }

        string.Join(Environment.NewLine, offenders).Should().BeEmpty();
    }

    [Fact]
    public void Parse_WellFormedList_ReadsEveryPart()
    {
        var list = NumberedItems.Parse(Good);
        (list.Title, list.Text, list.Sha256).Should().Be(("A title: and more", "a.txt", "00"));
        list.Items.Select(item => item.Name).Should().Equal("equation 1", "figure 1");
        list.Items[0].Claims.Should().Equal("slope.prop-1", "slope.eq-2");
        list.Items[1].Excuse.Should().Be("it shows the data");
    }

    [Theory]
    [InlineData("figure 1: no claim, it shows the data", "figure 1", "line 6*does not read")]
    [InlineData("figure 1: no claim, it shows the data", "equation 1: slope.prop-1", "line 6*a second time")]
    [InlineData("sha256: 00", "# none", "'sha256*missing")]
    public void Parse_OneFault_IsNamed(string part, string replacement, string message)
    {
        var parse = () => NumberedItems.Parse(Good.Replace(part, replacement, StringComparison.Ordinal));
        parse.Should().Throw<FormatException>().WithMessage($"*{message}*");
    }

    [Fact]
    public void MissedIn_FindsCaptionsAndNumberedDisplays() =>
        NumberedItems.Parse(Good)
            .MissedIn("see Fig. 1 and Figure 2\nx = y \\tag{3.1}\n  z (4)\n$$ w \\quad (5)$$\n by Lemma 2 and Proposition A.1")
            .Should().Equal("figure 2", "lemma 2", "proposition A.1", "equation 3.1", "equation 4", "equation 5");
}
