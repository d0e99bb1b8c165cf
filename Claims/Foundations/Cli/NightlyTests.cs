using System.Text.Json.Nodes;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;
using Reproduce.Randomness;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary><c>reproduce nightly</c> as a user starts, kills and shares it, on the four networks of intervals.norm-assumption.</summary>
[Trait("Category", "Foundation")]
public sealed class NightlyTests : IDisposable
{
    private const string Claim = "intervals.norm-assumption";
    private const int Kills = 4;

    private readonly TemporaryFolder _killed = new();
    private readonly TemporaryFolder _whole = new();

    public void Dispose()
    {
        _killed.Dispose();
        _whole.Dispose();
    }

    /// <summary>
    /// A single process in one folder; in the other one that is killed without warning, first as soon as one of the four results is there,
    /// then at times drawn between 1 and 9 seconds after it was started again, wherever that is. The numbers of the results are compared as
    /// text, digit by digit.
    /// </summary>
    [Fact]
    public void Nightly_KilledAgainAndAgain_EndsWithTheSameResults()
    {
        RequireData();
        var whole = ReproduceProgram.Run(["nightly", Claim, "--profile", "quick", "--shard", "1/1"], Runs(_whole));
        whole.Code.Should().Be(0, whole.Error);

        var generator = Seed.Of(("test", "nightly"), ("choice", "kills")).Generator();
        KilledWhen(() => Results(_killed).Count > 0);
        Results(_killed).Count.Should().BeInRange(1, 3, "it was killed in the middle");
        for (var kill = 0; kill < Kills; kill++)
        {
            var end = DateTime.UtcNow.AddSeconds(1 + (8 * generator.NextDouble()));
            KilledWhen(() => DateTime.UtcNow > end);
        }

        var last = ReproduceProgram.Run(["nightly", Claim, "--profile", "quick", "--shard", "1/1"], Runs(_killed));
        last.Code.Should().Be(0, last.Error);
        Results(_killed).Should().HaveCount(4).And.Equal(Results(_whole));
        var status = ReproduceProgram.Run(["nightly", "status", Claim, "--profile", "quick"], Runs(_killed));
        status.Output.Should().MatchRegex($@"{Claim}\s+4\s+4\s+0\s+0\s");
        using var results = new TemporaryFolder();
        var written = ReproduceProgram.Run(
            ["nightly", "summary", Claim, "--profile", "quick", "--write"], Runs(_whole), ("REPRODUCE_RESULTS", results.Path));
        written.Code.Should().Be(0, written.Error);
        Directory.GetFiles(results.Path, "*", SearchOption.AllDirectories).Should().Equal(results[$"quick/{Claim}.json"]);
        EvidenceFile.Read(results[$"quick/{Claim}.json"]).Verdict.Should().Be(Verdict.Reproduced);
    }

    /// <summary>Of any number of shards each cell is in exactly one, whatever other cells there are.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Shards_OfAnyCount_HaveEachCellOnce(int count)
    {
        RequireData();
        string[] Planned(int number) =>
            ReproduceProgram.Run(["nightly", Claim, "--profile", "quick", "--shard", $"{number}/{count}", "--plan"], Runs(_whole))
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Enumerable.Range(1, count).SelectMany(Planned).Should().HaveCount(4).And.OnlyHaveUniqueItems();
    }

    /// <summary>Unchanged; more decided, and less; turned round; failed.</summary>
    [Theory]
    [InlineData("reproduced", false, 0, "0 changes, 0 regressions")]
    [InlineData("inconclusive", false, 0, "1 change, 0 regressions")]
    [InlineData("partly", false, 0, "1 change, 0 regressions")]
    [InlineData("not reproduced", false, 1, "1 change, 1 regression.")]
    [InlineData("reproduced", true, 1, "1 change, 1 regression.")]
    public void Compare_OfTwoNights_FailsOnlyOnARegression(string verdict, bool failed, int expected, string last)
    {
        string Night(string name, string words, bool hasFailed)
        {
            var path = Path.Combine(_whole.Path, name);
            var failing = hasFailed ? "true" : "false";
            var claim = $$"""{ "id": "{{Claim}}", "verdict": "{{words}}", "failed": {{failing}}, "done": 4, "cells": 4 }""";
            File.WriteAllText(
                path, $$"""{ "profile": "quick", "date": "2026-11-29T01:00:00Z", "commit": "c", "claims": [{{claim}}] }""");
            return path;
        }

        var (code, output, _) =
            ReproduceProgram.Run("nightly", "compare", Night("a.json", "reproduced", false), Night("b.json", verdict, failed));
        code.Should().Be(expected, output);
        output.Should().Contain(last);
    }

    [Theory]
    [InlineData("4/3")]
    [InlineData("0/3")]
    [InlineData("3")]
    [InlineData("a/b")]
    public void Shard_ThatIsNone_EndsInAMessage(string shard)
    {
        var (code, _, error) = ReproduceProgram.Run("nightly", Claim, "--profile", "quick", "--shard", shard);
        code.Should().Be(2);
        error.Should().Contain(shard).And.Contain("3/16").And.NotContain("   at ");
    }

    [Fact]
    public void Claim_WithoutAnExperiment_EndsInAMessage()
    {
        var (code, _, error) = ReproduceProgram.Run("nightly", "slope.prop-1");
        code.Should().Be(2);
        error.Should().Contain("slope.prop-1 has no experiment").And.NotContain("   at ");
    }

    [Fact]
    public void FolderOfResults_ThatCannotBeWritten_EndsBeforeTheWork()
    {
        RequireData();
        var file = _whole.Write([], "file");
        var (code, _, error) = ReproduceProgram.Run(
            ["nightly", Claim, "--profile", "quick", "--shard", "1/1"], ("REPRODUCE_RUNS", file));
        code.Should().Be(3);
        error.Should().Contain($"REPRODUCE_RUNS {file}: nothing can be written there").And.NotContain("running").And.NotContain("   at ");
    }

    [Fact]
    public void Summary_WritesNothingButTheSummary()
    {
        using var evidence = new TemporaryFolder();
        evidence.Write("kept"u8.ToArray(), "kept");
        var (code, output, error) = ReproduceProgram.Run(
            ["nightly", "summary", Claim, "--profile", "quick"], Runs(_whole), ("REPRODUCE_EVIDENCE", evidence.Path));
        code.Should().Be(0, error);
        output.Should().StartWith("# The quick profile").And.Contain("## What was run").And.NotContain("judging");
        Directory.GetFileSystemEntries(evidence.Path).Should().Equal(evidence["kept"]);
        Directory.GetFileSystemEntries(_whole.Path).Should().BeEmpty();
    }

    private static (string Name, string Value) Runs(TemporaryFolder folder) => ("REPRODUCE_RUNS", folder.Path);

    private void KilledWhen(Func<bool> due)
    {
        using var process = ReproduceProgram.Start(["nightly", Claim, "--profile", "quick", "--shard", "1/1"], Runs(_killed));
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)))
        {
            if (due())
            {
                process.Kill();
            }
        }
    }

    private static void RequireData()
    {
        try
        {
            NormDistribution.Plan.Cells(Profile.Quick, new DataStore());
        }
        catch (DataUnavailableException missing)
        {
            Assert.Skip(missing.Message);
        }
    }

    private static Dictionary<string, string> Results(TemporaryFolder folder) =>
        Directory.GetFiles(folder.Path, "*.json", SearchOption.AllDirectories).ToDictionary(
            path => Path.GetFileName(path),
            path =>
            {
                var cell = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
                cell.Remove("finished").Should().BeTrue();
                cell.Remove("seconds").Should().BeTrue();
                return cell.ToJsonString();
            });
}
