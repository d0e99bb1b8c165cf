using static Reproduce.Claims.Foundations.Cli.ReproduceProgram;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>What <c>reproduce golden</c> refuses; what it does to files is tested with the store.</summary>
[Trait("Category", "Foundation")]
public sealed class GoldenCommandTests
{
    private const string Known = "MeasureGoldenTests.MeasuresOfOneOutput_AtRandomPoints_AreTheAcceptedNumbers";

    [Theory]
    [InlineData("there is no golden file 'MeasureGoldenTests.MeasuresOfOneOutput'. Did you mean MeasureGoldenTests.MeasuresOfOneOutput", "diff", "MeasureGoldenTests.MeasuresOfOneOutput")]
    [InlineData("there is no golden file 'MeasureGoldenTests.MeasuresOfOneOutput'. Did you mean MeasureGoldenTests.MeasuresOfOneOutput", "accept", "MeasureGoldenTests.MeasuresOfOneOutput", "--reason", "so")]
    [InlineData("wants --reason", "accept", Known)]
    [InlineData("wants --reason", "accept", Known, "--reason", " ")]
    [InlineData("has no received numbers", "accept", Known, "--reason", "so")]
    [InlineData("'Other.Method'", "accept", Known, "Other.Method", "--reason", "both")]
    [InlineData("accept wants its <name>", "accept", "--reason", "all")]
    public void WrongUse_IsRefusedWithTheReason(string message, params string[] arguments)
    {
        var (code, _, error) = Run(["golden", .. arguments]);
        code.Should().Be(2);
        error.Should().Contain(message).And.NotContain("   at ");
    }

    [Fact]
    public void Diff_OfAFileWhoseTestAgrees_SaysSo()
    {
        var (code, output, _) = Run("golden", "diff", Known);
        code.Should().Be(0);
        output.Should().Contain("no other numbers than were accepted");
    }
}
