using Reproduce.Claims.Foundations.Data;
using static Reproduce.Claims.Foundations.Cli.ReproduceProgram;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary><c>reproduce report</c> without a browser.</summary>
[Trait("Category", "Foundation")]
public sealed class ReportCommandTests
{
    [Fact]
    public void Open_WhereThereIsNoXdgOpen_SaysSo_AndTheReportIsThere()
    {
        using var folder = new TemporaryFolder();
        (string, string)[] environment = [("PATH", folder.Path), ("REPRODUCE_EVIDENCE", folder["evidence"])];
        var (code, output, error) = Run(["report", "--output", folder["report"], "--open"], environment);
        code.Should().Be(3);
        error.Should().Contain("xdg-open").And.Contain(folder["report", "index.html"]).And.NotContain("   at ");
        output.Split('\n').Where(File.Exists).Select(Path.GetFileName)
            .Should().Equal("index.html", "report.md", "report.json", "junit.xml", "ro-crate-metadata.json");
    }
}
