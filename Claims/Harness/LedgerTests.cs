using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>CLAIMS.md and README.md say what the entries of claims say; and how that is found out, on three made-up claims.</summary>
[Trait("Category", "Harness")]
public sealed class LedgerTests
{
    private const string Document = """
        Before.

        <!-- slope: ./reproduce claims --write -->
        <!-- end of slope -->

        Between.

        <!-- design: ./reproduce claims --write -->
        <!-- end of design -->

        <!-- status: ./reproduce claims --write -->
        <!-- end of status -->

        After.
        """;

    private static readonly IReadOnlyList<ClaimEntry> Claims =
    [
        Entry("slope.one", ClaimKind.Theorem, Verdict.Holds) with { Title = "Of |x|", Place = "S, Figure 1", Uses = ["slope.two.proof"] },
        Entry("slope.two.proof", ClaimKind.Theorem, Verdict.Refuted),
        Entry("design.three", ClaimKind.Experiment, Verdict.Partly) with { Nightly = new Dictionary<Profile, Verdict> { [Profile.Standard] = Verdict.Reproduced } },
    ];

    private static readonly string Ledger = Harness.Ledger.InClaims(Document, Claims);
    private static readonly string Readme = Harness.Ledger.InReadme(Document, Claims);

    /// <summary>Where this fails, <c>./reproduce claims --write</c> puts the documents right.</summary>
    [Fact]
    public void TheDocuments_SayWhatTheEntriesSay() =>
        string.Join(Environment.NewLine, Harness.Ledger.Faults(File.ReadAllText(Repository.ClaimsFile), File.ReadAllText(Harness.Ledger.ReadmeFile), ClaimRegistry.Load())).Should().BeEmpty("./reproduce claims --write writes them from the entries");

    [Fact]
    public void Written_HasEveryClaimUnderItsPaper_AndIsWithoutFaults()
    {
        Ledger.Should().StartWith("Before.").And.EndWith("After.").And.Contain(
            """
            | claim | what it says | place | verdict | standard | paper |
            |---|---|---|---|---|---|
            | [slope.one](Claims/Slope/claims.md#slopeone) | Of \|x\| | Figure 1 | holds, conditional |  |  |
            | [slope.two.proof](Claims/Slope/claims.md#slopetwoproof) | A title | a place | refuted |  |  |
            <!-- end of slope -->
            """).And.Contain("| [design.three](Claims/Design/claims.md#designthree) | A title | a place | partly | reproduced |  |\n<!-- end of design -->");
        Readme.Should().Contain("| paper | claims | holds | refuted | partly |\n").And.Contain("| slope | 2 | 1 | 1 | 0 |\n").And.Contain("| all | 3 | 1 | 1 | 1 |\n")
            .And.Contain("| paper | errors | missing hypotheses | slips |\n").And.Contain("| slope | 1 | 0 | 0 |\n").And.Contain("| all | 1 | 0 | 0 |\n")
            .And.Contain("\nAt the standard size, as declared from its results: 1 reproduced, of the 1 of 1 experiments that were judged at it.\n");
        Harness.Ledger.Faults(Ledger, Readme, Claims).Should().BeEmpty();
    }

    [Fact]
    public void EditedByHand_IsAFault()
    {
        Faults(Ledger.Replace("| partly | reproduced |", "| reproduced | reproduced |", StringComparison.Ordinal), Readme).Should().HaveCount(2, "a line is missing, and there is a wrong one").And.Contain(fault => fault.StartsWith("CLAIMS.md lacks '| [design.three]", StringComparison.Ordinal));
        Faults(Ledger.Replace("<!-- end of design -->", "| one more |\n<!-- end of design -->", StringComparison.Ordinal), Readme).Should().Equal("CLAIMS.md says '| one more |'");
        Faults(Ledger.Replace("<!-- end of design -->", "|---|---|---|---|---|---|\n<!-- end of design -->", StringComparison.Ordinal), Readme).Should().ContainSingle().Which.Should().Contain("too often");
        Faults(Ledger, Readme.Replace("| all | 3 |", "| all | 4 |", StringComparison.Ordinal)).Should().HaveCount(2).And.OnlyContain(fault => fault.StartsWith("README.md", StringComparison.Ordinal));
        FluentActions.Invoking(() => Faults("nothing", Readme)).Should().Throw<FormatException>().WithMessage("CLAIMS.md*end of slope*");

        static IReadOnlyList<string> Faults(string ledger, string readme) => Harness.Ledger.Faults(ledger, readme, Claims);
    }

    /// <summary>A machine without data decides no experiment; a theorem that nobody tested is no theorem that holds.</summary>
    [Fact]
    public void WhatTheTestsDoNotGive_IsAFault()
    {
        var (theorem, experiment) = (Status(Claims[0], Standing.Decided), Status(Claims[2], Standing.Decided));
        Harness.Ledger.Faults([theorem, experiment]).Should().BeEmpty();
        Harness.Ledger.Faults([theorem with { Standing = Standing.Failing }, experiment with { Standing = Standing.Differing }]).Should().Equal("a.md:1: slope.one declares 'holds', its tests give 'FAILED'");
        Harness.Ledger.Faults([theorem, experiment with { Standing = Standing.Disagreeing, Verdict = Verdict.NotReproduced }]).Should().ContainSingle().Which.Should().Contain("its tests give 'not reproduced'");
        Harness.Ledger.Faults([theorem with { Standing = Standing.NotRun, Verdict = null }, experiment with { Standing = Standing.Pending, Verdict = null }]).Should().Equal("slope.one: made up");
    }

    private static ClaimEntry Entry(string id, ClaimKind kind, Verdict verdict) => new(id, "A title", "a place", kind, verdict, [], [], new Dictionary<string, string>()) { Where = "a.md:1" };

    private static ClaimStatus Status(ClaimEntry claim, Standing standing) => new(claim, standing, claim.Declared, "made up", []);
}
