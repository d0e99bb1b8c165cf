namespace Reproduce.Claims.Harness;

/// <summary>The questions about the papers: their form, and that they are about claims and their verdicts.</summary>
[Trait("Category", "Harness")]
public sealed class QuestionTests
{
    private static readonly string[] Good =
    [
        "# A heading", "", "What the paper claims,", "in two lines.", "", "| claim | verdict | question | answer |", "|---|---|---|---|",
        "| slope.prop-1 | holds | Is it so? | Yes. |",
    ];

    public static TheoryData<string> Papers => [.. Paper.All.Select(paper => paper.Id)];

    [Fact]
    public void Parse_WellFormedFile_ReadsEveryPart()
    {
        var questions = Questions.Parse("a.md", Good);
        questions.Claims.Should().Be("What the paper claims, in two lines.");
        questions.All.Should().Equal(new Question("slope.prop-1", Verdict.Holds, "Is it so?", "Yes."));
    }

    [Theory]
    [InlineData("holds", "true", "a.md:8 has the verdict 'true'")]
    [InlineData("so?", "so.", "a.md:8 asks nothing")]
    [InlineData("| Yes. |", "| |", "a.md:8 answers nothing")]
    [InlineData("| Yes. |", "|", "a.md:8 has not four cells")]
    public void Parse_OneFault_IsNamedWithItsLine(string part, string replacement, string message)
    {
        var parse = () => Questions.Parse("a.md", [.. Good.Select(line => line.Replace(part, replacement, StringComparison.Ordinal))]);
        parse.Should().Throw<FormatException>().WithMessage($"*{message}*");
    }

    [Fact]
    public void Parse_SecondQuestionAboutAClaim_IsAFault()
    {
        var parse = () => Questions.Parse("a.md", [.. Good, Good[^1]]);
        parse.Should().Throw<FormatException>().WithMessage("a.md:9 is the second about slope.prop-1");
    }

    /// <summary>
    /// Every question is about a claim of its paper. An answer about a theorem belongs to the verdict that is declared; one about an
    /// experiment is shown only with its own, and may wait for it.
    /// </summary>
    [Theory]
    [MemberData(nameof(Papers))]
    public void Questions_AreAboutClaimsOfTheirPaper_AndTheirVerdicts(string paper)
    {
        var entries = ClaimRegistry.Load().ToDictionary(claim => claim.Id);
        var questions = Questions.Of(Paper.All.Single(one => one.Id == paper));
        questions.Claims.Should().NotBeEmpty();
        foreach (var question in questions.All)
        {
            entries.Should().ContainKey(question.Claim);
            var claim = entries[question.Claim];
            claim.Paper.Should().Be(paper, question.Claim);
            if (claim.Kind == ClaimKind.Theorem)
            {
                question.Verdict.Should().Be(claim.Declared, $"{question.Claim} is answered so in Claims/{paper}/questions.md");
            }
        }
    }

    /// <summary>A reader asks about experiments and about what is refuted first.</summary>
    [Fact]
    public void ExperimentsAndRefutedClaims_NearlyAllHaveAQuestion()
    {
        var asked = Paper.All.SelectMany(paper => Questions.Of(paper).All).Select(question => question.Claim).ToHashSet();
        var important = ClaimRegistry.Load()
            .Where(claim => claim.Kind == ClaimKind.Experiment || claim.Declared == Verdict.Refuted)
            .Select(claim => claim.Id)
            .ToList();
        var silent = important.Where(id => !asked.Contains(id)).ToList();
        silent.Count.Should().BeLessThan(important.Count / 10, $"{string.Join(", ", silent)} have none in questions.md");
    }
}
