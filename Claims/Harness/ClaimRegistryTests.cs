namespace Reproduce.Claims.Harness;

/// <summary>The parser of entries, on small files that are right or wrong in one way.</summary>
[Trait("Category", "Harness")]
public sealed class ClaimRegistryTests
{
    private const string Good = """
        ## slope.prop-1

        **A title with f(x) = `x`**

        - **Place**: S, Proposition 1
        - **Kind**: theorem
        - **Verdict**: holds amended
        - **Error**: sign-of-x
        - **Kills**: first-mutant, second-mutant

        **Statement.** Something is so.

        And it goes on.

        **As printed.** Otherwise.

        **Slip.** The text before says “something”.
        """;

    [Fact]
    public void Parse_WellFormedClaim_ReadsEveryPart()
    {
        var entry = ClaimRegistry.Parse(("Claims/Slope/claims.md", Good)).Single();
        entry.Id.Should().Be("slope.prop-1");
        entry.Paper.Should().Be("slope");
        entry.Kind.Should().Be(ClaimKind.Theorem);
        entry.Declared.Should().Be(Verdict.HoldsAmended);
        entry.Place.Should().Be("S, Proposition 1");
        entry.Title.Should().Be("A title with f(x) = `x`");
        entry.Where.Should().Be("Claims/Slope/claims.md:1");
        entry.Kills.Should().Equal("first-mutant", "second-mutant");
        entry.Sections["Statement"].Should().Be("Something is so.\n\nAnd it goes on.");
        entry.Sections["As printed"].Should().Be("Otherwise.");
        entry.Error.Should().Be("sign-of-x");
        entry.IsSlip.Should().BeTrue();
    }

    [Fact]
    public void Parse_WithoutErrorAndSlip_IsAnErrorOfItsOwn()
    {
        var markdown = Good
            .Replace("- **Error**: sign-of-x\n", "", StringComparison.Ordinal)
            .Replace("**Slip.**", "**Remarks.**", StringComparison.Ordinal);
        var entry = ClaimRegistry.Parse(("a.md", markdown)).Single();
        entry.Error.Should().Be("slope.prop-1");
        entry.IsSlip.Should().BeFalse();
    }

    [Fact]
    public void Parse_WouldDecide_OfAnExperiment_IsOneLine()
    {
        var markdown = Good
            .Replace("theorem", "experiment", StringComparison.Ordinal)
            .Replace("- **Kills**", "- **Would decide**: five networks,\n  3 hours\n- **Kills**", StringComparison.Ordinal)
            .Replace("**As printed.**", "**Rule.** It is so.\n\n**As printed.**", StringComparison.Ordinal);
        ClaimRegistry.Parse(("a.md", markdown)).Single().WouldDecide.Should().Be("five networks, 3 hours");
        ClaimRegistry.Parse(("a.md", Good)).Single().WouldDecide.Should().BeNull();
    }

    [Theory]
    [InlineData("holds amended", "true", "'true' is no verdict")]
    [InlineData("theorem", "lemma", "neither theorem nor experiment")]
    [InlineData("- **Place**: S, Proposition 1\n", "", "the field Place is missing")]
    [InlineData("**Statement.** Something is so.", "Something is so.", "the paragraph that begins **Statement.** is missing")]
    [InlineData("## slope.prop-1", "## prop-1", "an entry's heading is its id")]
    [InlineData("**A title with f(x) = `x`**\n\n", "", "the title follows the heading")]
    [InlineData("- **Kind**: theorem", "- Kind theorem", "a field reads")]
    [InlineData("- **Kind**: theorem", "- **Kind**: theorem\n- **Uses**: slope.prop-9", "uses slope.prop-9, which is no claim")]
    [InlineData("- **Kind**: theorem", "- **Kind**: theorem\n- **Uses**: slope.prop-1", "slope.prop-1 uses itself")]
    [InlineData("- **Kind**: theorem", "- **Kind**: experiment", "the paragraph that begins **Rule.** is missing")]
    [InlineData("sign-of-x", "The sign", "error 'The sign' is no slug")]
    [InlineData("holds amended", "holds", "only a refuted or amended claim has the field Error")]
    [InlineData("holds amended", "refuted", "only an amended claim has a paragraph **Slip.**")]
    [InlineData("- **Kills**", "- **Would decide**: a\n- **Kills**", "only an experiment has the field Would decide")]
    [InlineData("**Kills**", "**Kilks**", "'Kilks' is no field; choose from Place, Kind")]
    [InlineData("- **Kind**: theorem", "- **Kind**: theorem\n- **Kind**: theorem", "the field Kind appears twice")]
    [InlineData("first-mutant, second-mutant", "", "the field Kills is empty")]
    [InlineData("**Slip.**", "**Statement.**", "the paragraph that begins **Statement.** appears twice")]
    [InlineData("**Statement.** Something", "Unlabelled.\n\n**Statement.** Something", "the text after the fields begins with a label")]
    [InlineData("**As printed.**", "# **As printed.**", "only '## paper.name' may be a heading here")]
    [InlineData("## slope.prop-1", "##slope.prop-1", "only a title and paragraphs may precede the first entry")]
    [InlineData("And it goes on.", "[a]: b", "'[…]:' begins no line")]
    public void Parse_OneFault_IsNamedWithItsFile(string part, string replacement, string message)
    {
        var parse = () => ClaimRegistry.Parse(("a.md", Good.Replace(part, replacement, StringComparison.Ordinal)));
        parse.Should().Throw<FormatException>().WithMessage($"*a.md:*{message}*");
    }

    [Theory]
    [InlineData("", "there is no entry in it")]
    [InlineData(">", "too deeply nested")]
    public void Parse_FileWithoutEntries_IsAFault(string repeated, string message)
    {
        var parse = () => ClaimRegistry.Parse(("a.md", string.Concat(Enumerable.Repeat(repeated, 3000))));
        parse.Should().Throw<FormatException>().WithMessage($"*a.md: *{message}*");
    }

    [Fact]
    public void Text_BytesThatAreNotUtf8_AreRefused()
    {
        var read = () => ClaimRegistry.Text("a.md", [0x23, 0xff]);
        read.Should().Throw<FormatException>().WithMessage("a.md is not UTF-8*");
    }

    [Fact]
    public void Parse_RepeatedId_NamesBothPlaces()
    {
        var parse = () => ClaimRegistry.Parse(("a.md", Good), ("b.md", $"# A heading\n\n{Good}"));
        parse.Should().Throw<FormatException>().WithMessage("*slope.prop-1 stands at a.md:1 and b.md:3*");
    }
}
