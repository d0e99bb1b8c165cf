namespace Reproduce.Claims.Harness;

/// <summary>What follows from the evidence, on synthetic claims with two tests.</summary>
[Trait("Category", "Harness")]
public sealed class ClaimStatusTests
{
    private static readonly string[] Tests = ["Class.Check", "Class.Control"];
    private static readonly Stamp Stamp = new("build", "commit", "cpu", "library", "runtime", 2, "checked");
    private static readonly EvidenceFile Check = Passed("Class.Check", Role.Check);
    private static readonly EvidenceFile Control = Passed("Class.Control", Role.Control);

    [Fact]
    public void Of_AllTestsPassed_IsDecidedByTheirRoles()
    {
        var status = ClaimStatus.Of(Theorem(), Tests, [Check, Control]);
        status.Standing.Should().Be(Standing.Decided);
        status.Words.Should().Be("holds");
    }

    [Fact]
    public void Of_AnotherVerdictThanDeclaredOfATheorem_IsDisagreeing()
    {
        var status = ClaimStatus.Of(Theorem() with { Declared = Verdict.Refuted }, Tests, [Check, Control]);
        status.IsWrong.Should().BeTrue();
        status.Words.Should().Be("holds");
        status.Summary.Should().Contain("declares 'refuted'");
    }

    [Fact]
    public void Of_OneTestFailed_IsFailingWithItsMessage()
    {
        var failed = Control with { Outcome = "failed", Message = "the control passed\nmore" };
        var status = ClaimStatus.Of(Theorem(), Tests, [Check, failed]);
        status.Words.Should().Be("FAILED");
        status.Summary.Should().Be("Class.Control: the control passed");
    }

    [Fact]
    public void Of_OneTestWithoutEvidence_IsNotRun() =>
        ClaimStatus.Of(Theorem(), Tests, [Check]).Words.Should().Be("not run");

    [Fact]
    public void Of_SkippedTest_IsNotRunWithTheReason()
    {
        var status = ClaimStatus.Of(Theorem(), Tests, [Check, Control with { Outcome = "skipped", Message = "no data" }]);
        status.Standing.Should().Be(Standing.NotRun);
        status.Summary.Should().Be("skipped: no data");
    }

    [Fact]
    public void Of_Experiment_TakesTheVerdictOfItsRule()
    {
        var claim = Theorem() with { Kind = ClaimKind.Experiment, Declared = Verdict.NotReproduced };
        var decided = Check with { Verdict = Verdict.NotReproduced, Reason = "it falls" };
        var status = ClaimStatus.Of(claim, Tests, [decided, Control]);
        status.Words.Should().Be("not reproduced");
        status.Summary.Should().Be("it falls");
    }

    [Theory]
    [InlineData(Verdict.Partly, Verdict.Inconclusive, "partly here, declared inconclusive", false)]
    [InlineData(Verdict.Inconclusive, Verdict.Reproduced, "inconclusive here, declared reproduced", false)]
    [InlineData(Verdict.NotReproduced, Verdict.Reproduced, "not reproduced", true)]
    [InlineData(Verdict.Reproduced, Verdict.NotReproduced, "reproduced", true)]
    public void Of_ExperimentDecidedOtherwise_IsWrongOnlyWhereItContradicts(Verdict found, Verdict declared, string caption, bool isWrong)
    {
        var claim = Theorem() with { Kind = ClaimKind.Experiment, Declared = declared };
        var status = ClaimStatus.Of(claim, ["Class.Check"], [Check with { Verdict = found, Reason = "as counted" }]);
        (status.Caption, status.IsWrong).Should().Be((caption, isWrong));
        status.Summary.Should().Contain($"declares '{declared.Words()}'");
    }

    [Fact]
    public void Of_SkippedExperiment_IsPendingWithTheReason()
    {
        var claim = Theorem() with { Kind = ClaimKind.Experiment };
        var status = ClaimStatus.Of(claim, Tests, [Check with { Outcome = "skipped", Message = "no data" }]);
        status.Words.Should().Be("pending");
        status.IsWrong.Should().BeFalse();
        status.Summary.Should().Be("skipped: no data");
    }

    [Fact]
    public void Of_TestWithRows_CountsOnce()
    {
        string[] tests = ["Class.Check(1)", "Class.Check(2)", "Class.Control"];
        EvidenceFile[] rows = [Check with { Test = tests[0] }, Check with { Test = tests[1] }];
        ClaimStatus.Of(Theorem(), tests, [.. rows, Control]).Summary.Should().Be("1 check, 1 control");
        ClaimStatus.Of(Theorem(), tests, [rows[0], Control]).Summary.Should().Be("1 of 2 tests have no evidence from the present code");
    }

    [Fact]
    public void Of_ClaimWithoutTests_IsPending() => ClaimStatus.Of(Theorem(), [], []).Words.Should().Be("pending");

    [Fact]
    public void Of_TheoremThatKillsNoMutant_IsUndecided()
    {
        var status = ClaimStatus.Of(Theorem() with { Kills = [] }, Tests, [Check, Control]);
        status.Words.Should().Be("not run");
        status.Summary.Should().Be("its tests kill no mutant");
    }

    [Fact]
    public void WithRefutedBases_RefutedClaim_MakesAllThatRestOnItConditional()
    {
        ClaimStatus Of(string id, Verdict verdict, params string[] uses) =>
            new(Theorem() with { Id = id, Declared = verdict, Uses = uses }, Standing.Decided, verdict, "", []);
        var all = ClaimStatus.WithRefutedBases(
        [
            Of("slope.a", Verdict.Refuted),
            Of("slope.b", Verdict.Holds, "slope.a"),
            Of("slope.c", Verdict.HoldsAmended, "slope.b"),
            Of("slope.d", Verdict.Holds),
            Of("slope.e", Verdict.Refuted, "slope.a"),
        ]);
        all.Select(status => status.Caption)
            .Should().Equal("refuted", "holds, conditional", "holds amended, conditional", "holds", "refuted");
        all[2].RefutedBases.Should().Equal("slope.a");
    }

    private static ClaimEntry Theorem() =>
        new("slope.prop-1", "Title", "S", ClaimKind.Theorem, Verdict.Holds, [], ["some-mutant"], new Dictionary<string, string>());

    private static EvidenceFile Passed(string test, Role role) =>
        new("slope.prop-1", test, role, Category.Theorem, "passed", null, DateTime.UnixEpoch, 1, null, null, Stamp, []);
}
