using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Reproduce.Claims.Foundations.Cli;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Report;

/// <summary>
/// What the report holds for programs: report.json fits its published schema, junit.xml counts what it holds, and the RO-Crate's references
/// have targets. From synthetic evidence in which one test failed, one was skipped and one has not run.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ReportForProgramsTests : IDisposable
{
    private const string Claim = "slope.prop-6";
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _tests = [.. ClaimTests.All.Where(test => test.Claim.Id == Claim).Select(test => test.Name)];

    public ReportForProgramsTests()
    {
        SyntheticEvidence.Write(_folder["evidence"], ["a quantity"]);
        Change(_tests[0], evidence => (evidence["outcome"], evidence["message"]) = ("failed", "1 is not 2\u001b[0m\nat <here> & there"));
        Change(_tests[1], evidence => (evidence["outcome"], evidence["message"]) = ("skipped", "no device"));
        Change(_tests[1], evidence => evidence["measurements"] = JsonNode.Parse(
            """
            [{
              "quantity": "q", "value": "NaN", "rule": "none", "isProperty": false, "data": "mnist c65580678af93f1e",
              "series": [1, "Infinity"]
            }]
            """));
        File.Delete(PathOf(_tests[2]));
        var evidence = ("REPRODUCE_EVIDENCE", _folder["evidence"]);
        var (code, _, error) = ReproduceProgram.Run(["report", "--output", _folder["report"]], evidence);
        code.Should().Be(0, error);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReportJson_FitsItsSchema_AndAWrongOneDoesNot()
    {
        var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "report.schema.json"))).RootElement;
        var text = File.ReadAllText(_folder["report", "report.json"]);
        JsonSchema.Faults(JsonDocument.Parse(text).RootElement, schema, schema).Should().BeEmpty();

        var wrong = JsonNode.Parse(text)!;
        wrong["claims"]![0]!["verdict"] = "true";
        wrong["claims"]![1]!.AsObject().Remove("title");
        wrong["claims"]!.AsArray().First(claim => claim!["standard"] is not null)!["standard"] = "holds";
        var measurements =
            from claim in wrong["claims"]!.AsArray()
            from evidence in claim!["evidence"]!.AsArray()
            from measurement in evidence!["measurements"]!.AsArray()
            select measurement;
        measurements.First()["value"] = "many";
        JsonSchema.Faults(JsonDocument.Parse(wrong.ToJsonString()).RootElement, schema, schema).Should().HaveCount(4);
    }

    [Fact]
    public void Standard_IsWhatTheFieldsDeclare_InJsonAndText()
    {
        var declared = ClaimRegistry.Load()
            .Where(claim => claim.DeclaredAt(Profile.Standard) is not null)
            .ToDictionary(claim => claim.Id, claim => claim.DeclaredAt(Profile.Standard)!.Value.Words());
        declared.Should().NotBeEmpty();
        var claims = JsonNode.Parse(File.ReadAllText(_folder["report", "report.json"]))!["claims"]!.AsArray();
        claims.Where(claim => claim!["standard"] is not null)
            .ToDictionary(claim => claim!["id"]!.GetValue<string>(), claim => claim!["standard"]!.GetValue<string>())
            .Should().Equal(declared);

        var text = File.ReadAllLines(_folder["report", "report.md"]);
        text.Where(line => line.StartsWith("At the standard size: ", StringComparison.Ordinal))
            .Should().HaveCount(declared.Count)
            .And.OnlyContain(line => line.EndsWith("not from evidence of this build.", StringComparison.Ordinal));
        text.Select(line => line.Split(" | ")).Where(cells => cells[0] == "| slope.fig-6" && cells.Length == 6).Select(cells => cells[4])
            .Should().Equal(declared["slope.fig-6"]);
    }

    /// <summary>The page and the text write a number alike.</summary>
    [Fact]
    public void Numbers_InPageAndText_AreWrittenAlike()
    {
        foreach (var file in new[] { "index.html", "report.md" })
        {
            File.ReadAllText(_folder["report", file])
                .Should().ContainAll("0.875 ± 0.01", "1.5·10⁻⁷", "269\u00a0722").And.NotContain("1.5E-07");
        }
    }

    /// <summary>Whatever a test wrote: powers of ten and signs as the report's own numbers have them, ids and code as they are.</summary>
    [Theory]
    [InlineData("index.html", "<(script|style|code).*?</\\1>|<[^>]+>")]
    [InlineData("report.md", "`[^`]*`")]
    public void Numbers_InWordsOfTheEvidence_AreWrittenAlikeToo(string file, string notText)
    {
        var text = Regex.Replace(File.ReadAllText(_folder["report", file]), notText, "", RegexOptions.Singleline);
        Regex.Matches(text, @".{0,40}\dE[-+]\d\d").Select(match => match.Value).Should().BeEmpty();
        text.Should().Contain("λ = 1·10⁻⁵ from −1, fig-1").And.Contain("share 1 (−1 to 2)");
    }

    /// <summary>A few numbers are in the cell itself, many are folded; text has no folds.</summary>
    [Fact]
    public void Series_StandBesideWhatWasMeasured()
    {
        File.ReadAllText(_folder["report", "index.html"])
            .Should().Contain("0.875 ± 0.01<span class=\"series\">[0.865, 0.885]</span></td>")
            .And.Contain("1.5·10⁻⁷<details class=\"series\"><summary>40 numbers</summary>[1·10⁻⁸, 2·10⁻⁸,");
        File.ReadAllText(_folder["report", "report.md"])
            .Should().Contain("| 0.875 ± 0.01 [0.865, 0.885] |").And.Contain("| 1.5·10⁻⁷ [1·10⁻⁸, 2·10⁻⁸,");
    }

    [Fact]
    public void Junit_HasASuiteAPaper_ACaseATest_AndCountsThem()
    {
        var root = XDocument.Load(_folder["report", "junit.xml"]).Root!;
        root.Elements().Select(suite => suite.Attribute("name")!.Value)
            .Should().Equal(ClaimRegistry.Load().Select(claim => claim.Paper).Distinct());
        foreach (var suite in root.Elements())
        {
            int Count(string name) => (int)suite.Attribute(name)!;
            suite.Elements("testcase").Should().HaveCount(Count("tests"));
            suite.Descendants("failure").Should().HaveCount(Count("failures"));
            suite.Descendants("skipped").Should().HaveCount(Count("skipped"));
        }

        ((int)root.Attribute("tests")!).Should().Be(ClaimTests.All.Count(test => test.Claim.Category != Category.Nightly));
        var cases = root.Descendants("testcase").Where(one => one.Attribute("classname")!.Value == Claim).ToList();
        XElement Case(string test) => cases.Single(one => one.Attribute("name")!.Value == test);
        Case(_tests[0]).Element("failure")!.Value.Should().Be("1 is not 2[0m\nat <here> & there");
        Case(_tests[1]).Element("skipped")!.Attribute("message")!.Value.Should().Be("no device");
        Case(_tests[2]).Element("skipped")!.Attribute("message")!.Value.Should().Be("no evidence from the present build");
        Case(_tests[3]).Elements().Select(one => one.Name.LocalName).Should().Equal("properties");
        Case(_tests[3]).Descendants("property")
            .Single(property => property.Attribute("name")!.Value == "verdict").Attribute("value")!.Value.Should().StartWith("FAILED");
    }

    [Fact]
    public void RoCrate_DescribesTheFilesThePapersAndTheData_AndEveryReferenceHasATarget()
    {
        var crate = JsonNode.Parse(File.ReadAllText(_folder["report", "ro-crate-metadata.json"]))!;
        crate["@context"]!.GetValue<string>().Should().Be("https://w3id.org/ro/crate/1.1/context");
        var entities = crate["@graph"]!.AsArray().ToDictionary(entity => entity!["@id"]!.GetValue<string>(), entity => entity!.AsObject());
        var references =
            from entity in entities.Values
            from property in entity
            from value in property.Value is JsonArray many ? many.AsEnumerable() : [property.Value]
            where value is JsonObject
            select value["@id"]!.GetValue<string>();
        references.Where(id => !entities.ContainsKey(id)).Should().Equal("https://w3id.org/ro/crate/1.1");
        entities["./"]["hasPart"]!.AsArray().Select(part => part!["@id"]!.GetValue<string>())
            .Should().Equal("index.html", "report.md", "report.json", "junit.xml");
        IEnumerable<JsonObject> OfType(string type) => entities.Values.Where(entity => entity["@type"]!.GetValue<string>() == type);
        OfType("ScholarlyArticle").Select(paper => paper["name"]!.GetValue<string>())
            .Should().HaveCount(4).And.Contain("Slope and generalization properties of neural networks");
        entities["#slope"]["author"]!.AsArray().Should().HaveCount(4);
        entities["#slope"]["url"]!.GetValue<string>().Should().Be("https://arxiv.org/abs/2107.01473");
        entities["#slope"]["datePublished"]!.GetValue<string>().Should().Be("2021");
        OfType("Dataset").Should().Contain(entity =>
            entity["name"]!.GetValue<string>() == "MNIST" && entity["identifier"]!.GetValue<string>() == "c65580678af93f1e");
        entities["#licence"]["name"]!.GetValue<string>().Should().Be("MIT License");
    }

    // A test with rows has files with other names than its own.
    private string PathOf(string test) =>
        Directory.GetFiles(_folder["evidence", Claim]).Single(path => $"{JsonNode.Parse(File.ReadAllText(path))!["test"]}" == test);

    private void Change(string test, Action<JsonNode> change)
    {
        var evidence = JsonNode.Parse(File.ReadAllText(PathOf(test)))!;
        change(evidence);
        File.WriteAllText(PathOf(test), evidence.ToJsonString());
    }
}
