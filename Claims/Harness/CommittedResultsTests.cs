namespace Reproduce.Claims.Harness;

/// <summary>The committed results: the documents' tables of verdicts, and what is there now.</summary>
[Trait("Category", "Harness")]
public sealed class CommittedResultsTests
{
    [Fact]
    public void Verdicts_OfADocument_AreThoseOfItsTable()
    {
        string[] document =
        [
            "# The standard profile", "## Verdicts", "", "| claim | verdict | why |", "|---|---|---|",
            "| slope.fig-1 | partly | standard profile: all \\| of 3 | 4 runs |",
            "| slope.fig-2 | reproduced, **not what CLAIMS.md declares** | so |", "", "## Printed figures", "| slope.fig-9 | a | b |",
        ];
        CommittedResults.Verdicts(document).Should().Equal(
            ("slope.fig-1", "partly", "standard profile: all | of 3 | 4 runs"), ("slope.fig-2", "reproduced", "so"));
    }

    /// <summary>Every committed file can be read, and every verdict that is declared at the standard size has its reason.</summary>
    [Fact]
    public void CommittedFiles_CanBeRead_AndGiveReasons()
    {
        var results = CommittedResults.Load();
        ClaimRegistry.Load()
            .Where(claim => claim.DeclaredAt(Fixtures.Experiments.Profile.Standard) is not null)
            .Where(claim => results.Reason(claim.Id) is null)
            .Select(claim => claim.Id)
            .Should().BeEmpty();
    }
}
