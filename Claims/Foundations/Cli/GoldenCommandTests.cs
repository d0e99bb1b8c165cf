using static Reproduce.Claims.Foundations.Cli.ReproduceProgram;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>What <c>reproduce golden</c> refuses; what it does to files is tested with the store.</summary>
[Trait("Category", "Foundation")]
public sealed class GoldenCommandTests
{
    private const string Known = $"{Begun}_AtRandomPoints_AreTheAcceptedNumbers";
    private const string Begun = "MeasureGoldenTests.MeasuresOfOneOutput";

    [Theory]
    [InlineData($"there is no golden file '{Begun}'. Did you mean {Begun}", "diff", Begun)]
    [InlineData($"there is no golden file '{Begun}'. Did you mean {Begun}", "accept", Begun, "--reason", "so")]
    [InlineData("--reason is missing", "accept", Known)]
    [InlineData("--reason is missing", "accept", Known, "--reason", " ")]
    [InlineData("has no received numbers", "accept", Known, "--reason", "so")]
    [InlineData("'Other.Method'", "accept", Known, "Other.Method", "--reason", "both")]
    [InlineData("accept: <name> is missing", "accept", "--reason", "all")]
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
