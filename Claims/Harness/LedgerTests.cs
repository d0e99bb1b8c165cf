using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>CLAIMS.md and README.md say what the entries of claims say; and how that is found out, on three synthetic claims.</summary>
[Trait("Category", "Harness")]
public sealed class LedgerTests
{
    private const string Document = """
        Before.

        <!-- claims: ./reproduce claims --write -->
        <!-- end of claims -->

        <!-- status: ./reproduce claims --write -->
        <!-- end of status -->

        After.
        """;

    private static readonly IReadOnlyList<ClaimEntry> Claims =
    [
        Entry("slope.one", ClaimKind.Theorem, Verdict.Holds) with
        {
            Title = "Of |x|",
            Place = "S, Figure 1 in section 2 (appendix A.1), twice",
            Uses = ["slope.two.proof"],
        },
        Entry("slope.two.proof", ClaimKind.Theorem, Verdict.Refuted),
        Entry("design.three", ClaimKind.Experiment, Verdict.Partly) with
        {
            Nightly = new Dictionary<Profile, Verdict> { [Profile.Standard] = Verdict.Reproduced },
        },
    ];

    private static readonly string Ledger = Harness.Ledger.InClaims(Document, Claims);
    private static readonly string Readme = Harness.Ledger.InReadme(Document, Claims);

    /// <summary>Where this fails, <c>./reproduce claims --write</c> puts the documents right.</summary>
    [Fact]
    public void TheDocuments_SayWhatTheEntriesSay()
    {
        var (ledger, readme) = (File.ReadAllText(Repository.ClaimsFile), File.ReadAllText(Harness.Ledger.ReadmeFile));
        string.Join(Environment.NewLine, Harness.Ledger.Faults(ledger, readme, ClaimRegistry.Load()))
            .Should().BeEmpty("./reproduce claims --write writes them from the entries");
    }

    [Fact]
    public void Written_HasEveryClaimUnderItsPaper_AndIsWithoutFaults()
    {
        Ledger.Should().StartWith("Before.").And.EndWith("After.").And.Contain(
            """
            ## S: Slope and generalization properties of neural networks

            Anton Johansson, Niklas Engsner, Claes Strannegård, Petter Mostad;
            preprint, 2021, [arXiv:2107.01473](https://arxiv.org/abs/2107.01473). Ids begin with `slope`.

            |claim|what it says|place|verdict|standard|paper|
            |---|---|---|---|---|---|
            |[slope.one](Claims/Slope/claims.md#slopeone)|Of \|x\||Figure 1 in § 2|holds, conditional|||
            |[slope.two.proof](Claims/Slope/claims.md#slopetwoproof)|A title|a place|refuted|||

            ## D:
            """);
        Ledger.Should().Contain(
            """
            |[design.three](Claims/Design/claims.md#designthree)|A title|a place|partly|reproduced||

            <!-- end of claims -->
            """);
        Harness.Ledger.Faults(Ledger, Readme, Claims).Should().BeEmpty();
    }

    [Theory]
    [InlineData("|paper|claims|holds|refuted|partly|\n")]
    [InlineData("|slope|2|1|1|0|\n")]
    [InlineData("|all|3|1|1|1|\n")]
    [InlineData("|paper|errors|missing hypotheses|slips|\n")]
    [InlineData("|slope|1|0|0|\n|design|0|0|0|\n|all|1|0|0|\n")]
    [InlineData("\nOf 1 experiments 1 were judged at the standard size, as declared from its results: 1 reproduced.\n")]
    public void Written_CountsVerdictsAndErrors(string line) => Readme.Should().Contain(line);

    [Fact]
    public void EditedByHand_IsAFault()
    {
        Faults(In(Ledger, "|partly|reproduced|", "|reproduced|reproduced|"), Readme)
            .Should().HaveCount(2, "a line is missing, and there is a wrong one")
            .And.Contain(fault => fault.StartsWith("CLAIMS.md lacks '|[design.three]", StringComparison.Ordinal));
        Faults(In(Ledger, "<!-- end of claims -->", "|one more|\n<!-- end of claims -->"), Readme)
            .Should().Equal("CLAIMS.md says '|one more|'");
        Faults(In(Ledger, "<!-- end of claims -->", "|---|---|---|---|---|---|\n<!-- end of claims -->"), Readme)
            .Should().ContainSingle().Which.Should().Contain("too often");
        Faults(Ledger, In(Readme, "|all|3|", "|all|4|"))
            .Should().HaveCount(2).And.OnlyContain(fault => fault.StartsWith("README.md", StringComparison.Ordinal));
        FluentActions.Invoking(() => Faults("nothing", Readme)).Should().Throw<FormatException>().WithMessage("CLAIMS.md*end of claims*");

        static string In(string text, string part, string other) => text.Replace(part, other, StringComparison.Ordinal);
        static IReadOnlyList<string> Faults(string ledger, string readme) => Harness.Ledger.Faults(ledger, readme, Claims);
    }

    /// <summary>A machine without data decides no experiment; a theorem that was not tested does not hold.</summary>
    [Fact]
    public void WhatTheTestsDoNotGive_IsAFault()
    {
        var (theorem, experiment) = (Status(Claims[0], Standing.Decided), Status(Claims[2], Standing.Decided));
        Harness.Ledger.Faults([theorem, experiment]).Should().BeEmpty();
        Harness.Ledger.Faults([theorem with { Standing = Standing.Failing }, experiment with { Standing = Standing.Differing }])
            .Should().Equal("a.md:1: slope.one declares 'holds', its tests give 'FAILED'");
        Harness.Ledger.Faults([theorem, experiment with { Standing = Standing.Disagreeing, Verdict = Verdict.NotReproduced }])
            .Should().ContainSingle().Which.Should().Contain("its tests give 'not reproduced'");
        var notRun = theorem with { Standing = Standing.NotRun, Verdict = null };
        var pending = experiment with { Standing = Standing.Pending, Verdict = null };
        Harness.Ledger.Faults([notRun, pending]).Should().Equal("slope.one: a summary");
    }

    private static ClaimEntry Entry(string id, ClaimKind kind, Verdict verdict) =>
        new(id, "A title", "a place", kind, verdict, [], [], new Dictionary<string, string>()) { Where = "a.md:1" };

    private static ClaimStatus Status(ClaimEntry claim, Standing standing) => new(claim, standing, claim.Declared, "a summary", []);
}
