namespace Reproduce.Claims.Harness;

/// <summary>The parser of CLAIMS.md, on small files that are right or wrong in one way.</summary>
[Trait("Category", "Harness")]
public sealed class ClaimRegistryTests
{
    private const string Good = """
        ### slope.prop-1 · A title with f(x) = `x`

        - **Place**: S, Proposition 1
        - **Kind**: theorem
        - **Verdict**: holds amended
        - **Kills**: first-mutant, second-mutant

        **Statement.** Something is so.

        And it goes on.

        **As printed.** Otherwise.
        """;

    [Fact]
    public void Parse_WellFormedClaim_ReadsEveryPart()
    {
        var entry = ClaimRegistry.Parse(Good).Single();
        entry.Id.Should().Be("slope.prop-1");
        entry.Paper.Should().Be("slope");
        entry.Kind.Should().Be(ClaimKind.Theorem);
        entry.Declared.Should().Be(Verdict.HoldsAmended);
        entry.Place.Should().Be("S, Proposition 1");
        entry.Line.Should().Be(1);
        entry.Kills.Should().Equal("first-mutant", "second-mutant");
        entry.Sections["Statement"].Should().Be("Something is so.\n\nAnd it goes on.");
        entry.Sections["As printed"].Should().Be("Otherwise.");
    }

    [Theory]
    [InlineData("holds amended", "true", "'true' is no verdict")]
    [InlineData("theorem", "lemma", "neither theorem nor experiment")]
    [InlineData("- **Place**: S, Proposition 1\n", "", "has no field Place")]
    [InlineData("**Statement.** Something is so.", "Something is so.", "no paragraph that begins **Statement.**")]
    [InlineData("slope.prop-1 ·", "prop-1:", "a claim's heading reads")]
    [InlineData("- **Kind**: theorem", "- Kind theorem", "a field reads")]
    [InlineData("- **Kind**: theorem", "- **Kind**: theorem\n- **Uses**: slope.prop-9", "uses slope.prop-9, which is no claim")]
    [InlineData("- **Kind**: theorem", "- **Kind**: theorem\n- **Uses**: slope.prop-1", "slope.prop-1 uses itself")]
    [InlineData("- **Kind**: theorem", "- **Kind**: experiment", "no paragraph that begins **Rule.**")]
    public void Parse_OneFault_IsNamedWithItsLine(string part, string replacement, string message)
    {
        var parse = () => ClaimRegistry.Parse(Good.Replace(part, replacement, StringComparison.Ordinal));
        parse.Should().Throw<FormatException>().WithMessage($"*line*{message}*");
    }

    [Fact]
    public void Parse_RepeatedId_NamesBothLines()
    {
        var parse = () => ClaimRegistry.Parse($"{Good}\n\n{Good}");
        parse.Should().Throw<FormatException>().WithMessage("*slope.prop-1 stands at lines 1 and *");
    }
}
