using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;
using static Reproduce.Claims.Foundations.Cli.ReproduceProgram;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>The <c>reproduce</c> program from outside: what it prints, and what it ends with.</summary>
[Trait("Category", "Foundation")]
public sealed class CommandLineTests
{
    [Fact]
    public void Claims_AsJson_ListsEveryClaimOfTheRegistry()
    {
        var (_, output, _) = Run("claims", "--json");
        using var document = JsonDocument.Parse(output);
        document.RootElement.EnumerateArray().Select(claim => claim.GetProperty("id").GetString())
            .Should().Equal(ClaimRegistry.Load().Select(claim => claim.Id));
    }

    [Fact]
    public void Claims_AnExperimentRunAtTheStandardSize_SayWhatIsDeclaredOfIt()
    {
        var declared = ClaimRegistry.Load().Single(claim => claim.Id == "slope.fig-6").DeclaredAt(Profile.Standard)!.Value.Words();
        var told = Run("claims", "slope.fig-6").Output.ReplaceLineEndings(" ");
        told.Should().Contain($"At the standard size: {declared}, ")
            .And.Contain("as CLAIMS.md declares from docs/results, not from evidence of this build.");
        Run("claims", "slope.prop-6").Output.Should().NotContain("standard size");
        using var document = JsonDocument.Parse(Run("claims", "--json", "slope.fig-6").Output);
        document.RootElement[0].GetProperty("standard").GetString().Should().Be(declared);
    }

    /// <summary>The loader names every library that it looks for; libtorch takes seconds to load and to check.</summary>
    [Theory]
    [InlineData("claims")]
    [InlineData("claims", "slope.prop-6")]
    [InlineData("claims", "--json")]
    [InlineData("data", "list")]
    public void WhatOnlyReads_DoesNotLoadLibtorch(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "LD_DEBUG is Linux's");
        var (_, _, error) = Run(arguments, ("LD_DEBUG", "files"));
        error.Should().Contain("libcoreclr").And.NotContain("libtorch");
    }

    [Fact]
    public void Claims_OneId_TellsItsStatement()
    {
        var (_, output, _) = Run("claims", "slope.prop-6");
        output.Should().ContainAll("slope.prop-6", "Statement", "Tests", "Again: ./reproduce test slope.prop-6");
    }

    /// <summary>A paper, also beside ids, and words as the paper or a reader spells them.</summary>
    [Theory]
    [InlineData("slope.prop-1", "intervals.eq-3", "slope")]
    [InlineData("slope.prop-4", "design.eq-16", "slope", "design.cor-3.0.1", "design.prop-3.1")]
    [InlineData("smoothness.table-4.2", "smoothness.mnist-binary", "Table 4.2")]
    [InlineData("slope.prop-1", "slope.prop-7", "Prop. 1")]
    [InlineData("slope.prop-1", "slope.prop-7", "proposition 1")]
    public void Claims_ByPaperOrWords_AreThose(string one, string other, params string[] named)
    {
        using var document = JsonDocument.Parse(Run([.. named.Prepend("claims"), "--json"]).Output);
        var found = document.RootElement.EnumerateArray().Select(claim => claim.GetProperty("id").GetString()).ToList();
        found.Should().Contain(one).And.NotContain(other);
    }

    [Theory]
    [InlineData("claims", "slope.prop6")]
    [InlineData("test", "slope.prop6")]
    public void UnknownClaim_EndsWithUsageAndASuggestion(params string[] arguments)
    {
        var (code, _, error) = Run(arguments);
        code.Should().Be(2);
        error.Should().Contain("there is no claim 'slope.prop6'").And.Contain("slope.prop-6").And.NotContain("   at ");
    }

    [Theory]
    [InlineData("Category=Theorm", "Did you mean Category=Theorem")]
    [InlineData("Category=foundation", "Category=Foundation")]
    [InlineData("Paper=slop", "Did you mean Paper=slope")]
    [InlineData("Claim=slope.prop6", "Claim=slope.prop-6")]
    [InlineData("Colour=red", "choose from Category, Paper, Claim")]
    public void UnknownTrait_EndsWithUsageAndASuggestion(string trait, string suggestion)
    {
        var (code, _, error) = Run("test", trait);
        code.Should().Be(2);
        error.Should().Contain(suggestion).And.NotContain("   at ");
    }

    [Theory]
    [InlineData("slope.def-1")]
    [InlineData("Claim=slope.def-1")]
    public void Test_OfOneClaim_CountsItsTestsInTheLastLine(string named)
    {
        var (code, output, _) = Run("test", named);
        code.Should().Be(0);
        var count = ClaimTests.All.Count(test => test.Claim.Id == "slope.def-1");
        output.TrimEnd().Split('\n')[^1].Should().Be($"{count} passed, 0 failed, 0 skipped");
    }

    [Theory]
    [InlineData("unknown option '--jsn'. Did you mean --json?", "claims", "slope.eq-2", "--jsn")]
    [InlineData("unknown option '--profil'. Did you mean --profile?", "nightly", "--profil", "quick")]
    [InlineData("'--shard' is an option of nightly itself, not of its commands", "nightly", "slope.fig-5", "summary", "--shard", "1/2")]
    [InlineData("'--hours' is an option of nightly itself, not of its commands", "nightly", "status", "--hours", "3")]
    [InlineData("measure: <network> is missing: An .onnx file", "measure")]
    [InlineData("unknown command 'clams'. Did you mean claims?", "clams")]
    [InlineData("reproduce: --device tpu: choose from cpu, cuda", "nightly", "--device", "tpu")]
    [InlineData("reproduce: --profile hugh: choose from quick, standard, paper", "nightly", "status", "--profile", "hugh")]
    [InlineData("reproduce: --rounds x: must be a whole number, at least 1", "bench", "train", "--rounds", "x")]
    [InlineData("data: a command is missing: choose from list, get, verify", "data")]
    [InlineData("bash, zsh, fish", "completion", "csh")]
    [InlineData("no claim has 'Table 9.9' in its title or place. All: ./reproduce claims", "claims", "Table 9.9")]
    [InlineData("--verdict true: choose from holds, holds amended, refuted", "claims", "--verdict", "true")]
    public void WrongUse_EndsWithOneSentence_NotWithAPageOfHelp(string message, params string[] arguments)
    {
        var (code, output, error) = Run(arguments);
        code.Should().Be(2);
        output.Should().BeEmpty();
        error.Should().Contain(message).And.NotContain("   at ");
        error.TrimEnd().Split('\n').Length.Should().BeLessThanOrEqualTo(2);
    }

    [Theory]
    [InlineData("report")]
    [InlineData("pack")]
    public void Output_WhereNothingCanBeWritten_IsNamed(string command)
    {
        var (code, output, error) = Run(command, "--output", "/proc/none/here");
        code.Should().Be(3);
        output.Should().BeEmpty();
        error.Should().StartWith("reproduce: --output /proc/none/here: nothing can be written there").And.NotContain("   at ");
        error.TrimEnd().Split('\n').Should().ContainSingle();
    }

    [Fact]
    public void UnknownDataSet_EndsWithUsageAndTheKnownOnes()
    {
        var (code, _, error) = Run("data", "get", "mnst");
        code.Should().Be(2);
        error.Should().Contain("mnst").And.Contain("mnist").And.NotContain("   at ");
    }

    [Fact]
    public void DataList_AsJson_NamesEveryFile()
    {
        var (code, output, _) = Run("data", "list", "--json");
        code.Should().Be(0);
        using var document = JsonDocument.Parse(output);
        document.RootElement.GetArrayLength().Should().Be(Fixtures.Data.DataSets.All.Sum(set => set.Files.Count));
    }

    [Fact]
    public void CorruptFileInTheUsersFolder_EndsWithItsNameAndTheReason()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var data = Directory.CreateDirectory(Path.Combine(folder.FullName, "mnist"));
            var file = Path.Combine(data.FullName, "train-images-idx3-ubyte");
            File.WriteAllBytes(file, [0, 0, 8, 3, 0, 0]);
            var (code, _, error) = Run(["data", "get", "mnist"], ("REPRODUCE_DATA", folder.FullName));
            code.Should().Be(3);
            error.Should().Contain(file).And.NotContain("   at ");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Words for the shell's completion are no names for arguments.</summary>
    [Theory]
    [InlineData]
    [InlineData("test")]
    [InlineData("nightly")]
    [InlineData("golden")]
    public void Help_NamesArguments_AndListsNoIds(params string[] command)
    {
        var (_, output, _) = Run([.. command, "--help"]);
        output.Should().NotContain("|slope.").And.NotContain("GoldenTests.Me|");
        output.Split('\n').Length.Should().BeLessThan(90);
    }

    [Theory]
    [InlineData]
    [InlineData("test")]
    [InlineData("claims")]
    [InlineData("report")]
    [InlineData("data")]
    [InlineData("data", "list")]
    [InlineData("data", "get")]
    [InlineData("data", "verify")]
    [InlineData("measure")]
    [InlineData("pack")]
    [InlineData("nightly")]
    [InlineData("nightly", "status")]
    [InlineData("nightly", "summary")]
    [InlineData("golden")]
    [InlineData("golden", "diff")]
    [InlineData("golden", "accept")]
    [InlineData("bench")]
    [InlineData("bench", "geometry")]
    [InlineData("bench", "operators")]
    [InlineData("bench", "train")]
    [InlineData("completion")]
    public void Help_OfEveryCommand_HasAnExample(params string[] command)
    {
        var (code, output, _) = Run([.. command, "--help"]);
        code.Should().Be(0);
        output.Should().MatchRegex("Example: .*\\./reproduce");
    }
}
