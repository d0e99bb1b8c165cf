using System.ComponentModel;
using System.Diagnostics;
using Reproduce.Claims.Harness;
using static Reproduce.Claims.Foundations.Cli.ReproduceProgram;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>What a shell is told, and that bash, asked as it asks itself, completes it.</summary>
[Trait("Category", "Foundation")]
public sealed class CompletionTests
{
    [Theory]
    [InlineData("reproduce claims slope.prop-", "slope.prop-6")]
    [InlineData("reproduce test Category=Th", "Category=Theorem")]
    [InlineData("reproduce nightly --device ", "cuda")]
    [InlineData("reproduce data get ", "mnist")]
    [InlineData("reproduce ni", "nightly")]
    public void Suggest_KnowsWhatCanFollow(string line, string expected)
    {
        var (code, output, _) = Run($"[suggest:{line.Length}]", line);
        code.Should().Be(0);
        output.Split('\n').Should().Contain(expected);
    }

    [Theory]
    [InlineData("./reproduce claims slope.table-4", "slope.table-4")]
    [InlineData("reproduce claims slope.table-4", "slope.table-4")]
    [InlineData("./reproduce test Category=Theo", "Theorem")]
    [InlineData("./reproduce nightly --profile st", "standard")]
    [InlineData("./reproduce nothing", "")]
    public void Bash_CompletesTheWordAtTheCursor(string line, string expected)
    {
        var (_, script, _) = Run("completion", "bash");

        // As bash does: the words of the line, broken at = as well.
        string[] words = [.. line.Replace("=", " = ", StringComparison.Ordinal).Split(' ')];
        var ask =
            $$"""
            {{script}}
            COMP_LINE='{{line}}'; COMP_POINT={{line.Length}}; COMP_WORDS=({{string.Join(' ', words)}}); COMP_CWORD={{words.Length - 1}}
            _reproduce; printf '%s\n' "${COMPREPLY[@]}"
            """;
        Bash(ask).Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal(expected.Length == 0 ? [] : new[] { expected });
    }

    [Theory]
    [InlineData("zsh", "compdef _reproduce")]
    [InlineData("fish", "complete -c reproduce")]
    public void OtherShells_GetAScriptThatAsksTheProgram(string shell, string line)
    {
        var (code, script, _) = Run("completion", shell);
        code.Should().Be(0);
        script.Should().Contain(line).And.Contain("[suggest:").And.NotContain("PROGRAM");
    }

    private static string Bash(string script)
    {
        try
        {
            var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, WorkingDirectory = Repository.Root };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output;
        }
        catch (Win32Exception)
        {
            Assert.Skip("there is no bash here");
            throw;
        }
    }
}
