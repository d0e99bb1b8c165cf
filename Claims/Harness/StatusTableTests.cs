using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>The verdicts in the documents, on two made-up claims.</summary>
[Trait("Category", "Harness")]
public sealed class StatusTableTests
{
    private const string Empty = "Before.\n\n<!-- status: ./reproduce claims --write -->\n<!-- end of status -->\n\nAfter.\n";

    private static readonly ClaimStatus Theorem = Status("slope.one", ClaimKind.Theorem, Standing.Decided, Verdict.Holds);
    private static readonly ClaimStatus Experiment = Status("design.two", ClaimKind.Experiment, Standing.Decided, Verdict.Partly, Verdict.Reproduced);

    private static readonly IReadOnlyList<ClaimStatus> Claims = [Theorem with { RefutedBases = ["slope.three"] }, Experiment];

    [Fact]
    public void Written_IsWithoutFaults_AndAgainTheSame()
    {
        var (claims, readme) = Written();
        claims.Should().StartWith("Before.\n").And.EndWith("\n\nAfter.\n").And.Contain("| slope.one | theorem | holds, conditional | holds |  |\n").And.Contain("| design.two | experiment | partly | partly | reproduced |\n");
        readme.Should().Contain("| paper | claims | holds | partly |\n").And.Contain("| slope | 1 | 1 | 0 |\n").And.Contain("| all | 2 | 1 | 1 |\n").And.Contain("\nAt the standard size, as declared from its results: 1 reproduced, of the 1 of 1 experiments that were judged at it.\n");
        StatusTable.Faults(claims, readme, Claims).Should().BeEmpty();
        StatusTable.InClaims(claims, Claims).Should().Be(claims);
    }

    [Fact]
    public void AnotherVerdict_IsAFault()
    {
        var (claims, readme) = Written();
        StatusTable.Faults(claims, readme, [Claims[0] with { Verdict = Verdict.Refuted, RefutedBases = [] }, Experiment]).Should().Equal("slope.one: the table says 'holds, conditional', the tests give 'refuted'");
        StatusTable.Faults(claims, readme, [Claims[0] with { Standing = Standing.Failing }, Experiment]).Should().ContainSingle().Which.Should().Contain("the tests give 'FAILED, conditional'");
    }

    /// <summary>A machine without data decides no experiment; a theorem that nobody tested is no theorem that holds.</summary>
    [Fact]
    public void NoEvidence_IsAFaultOfATheoremOnly()
    {
        var (claims, readme) = Written();
        StatusTable.Faults(claims, readme, [Claims[0], Experiment with { Standing = Standing.Pending, Verdict = null }]).Should().BeEmpty();
        StatusTable.Faults(claims, readme, [Claims[0] with { Standing = Standing.NotRun, Verdict = null }, Experiment]).Should().Equal("slope.one: made up");
        StatusTable.Undecided([Theorem, Experiment with { Standing = Standing.Pending }]).Should().ContainSingle();
    }

    [Fact]
    public void EditedByHand_IsAFault()
    {
        var (claims, readme) = Written();
        StatusTable.Faults(claims.Replace("| design.two | experiment | partly |", "| design.two | experiment | reproduced |", StringComparison.Ordinal), readme, Claims).Should().HaveCount(2, "the row differs, and the counts with it");
        StatusTable.Faults(claims, readme.Replace("| all | 2 |", "| all | 3 |", StringComparison.Ordinal), Claims).Should().ContainSingle().Which.Should().Contain("README.md");
        StatusTable.Faults(claims, readme, [Experiment]).Should().ContainMatch("*does not list its claims*");
        FluentActions.Invoking(() => StatusTable.Faults("nothing", readme, Claims)).Should().Throw<FormatException>().WithMessage("CLAIMS.md*");
    }

    /// <summary>What is declared is held against the fields, whether or not a test has run.</summary>
    [Fact]
    public void AnotherFieldThanInTheTable_IsAFault()
    {
        var (claims, readme) = Written();
        var pending = Experiment with { Standing = Standing.Pending, Verdict = null };
        StatusTable.Faults(claims, readme, [Claims[0], pending with { Claim = Status("design.two", ClaimKind.Experiment, Standing.Decided, Verdict.Partly).Claim }]).Should().ContainSingle().Which.Should().Contain("'reproduced' at the standard size");
        StatusTable.Faults(claims.Replace("| partly | partly | reproduced |", "| partly | partly | partly |", StringComparison.Ordinal), readme, [Claims[0], pending]).Should().HaveCount(2, "the row differs from the field, and the counts from the row");
        StatusTable.Faults(claims.Replace("| holds, conditional | holds |", "| holds, conditional | refuted |", StringComparison.Ordinal), readme, Claims).Should().ContainSingle().Which.Should().Contain("'refuted' is declared");
    }

    /// <summary>The parser of CLAIMS.md does not take the table for a part of the last claim.</summary>
    [Fact]
    public void Table_UnderAHeadingOfItsOwn_IsNoPartOfAClaim()
    {
        const string Claim = "### slope.one · A title\n\n- **Place**: S\n- **Kind**: theorem\n- **Verdict**: holds\n\n**Statement.** So.\n\n";
        var text = StatusTable.InClaims($"{Claim}## Status\n\n{Empty}", Claims);
        ClaimRegistry.Parse(text).Single().Sections.Should().BeEquivalentTo(ClaimRegistry.Parse(Claim).Single().Sections);
    }

    private static (string Claims, string Readme) Written()
    {
        var claims = StatusTable.InClaims(Empty, Claims);
        return (claims, StatusTable.InReadme(Empty, claims));
    }

    private static ClaimStatus Status(string id, ClaimKind kind, Standing standing, Verdict verdict, Verdict? standard = null) =>
        new(new ClaimEntry(id, "A title", "S", kind, verdict, [], [], new Dictionary<string, string>(), 1) { Nightly = standard is { } at ? new Dictionary<Profile, Verdict> { [Profile.Standard] = at } : [] }, standing, verdict, "made up", []);
}
