using System.Reflection;
using System.Text.RegularExpressions;
using NetArchTest.Rules;
using Reproduce.Engine;
using Reproduce.Fixtures.Networks;
using Reproduce.Networks;

namespace Reproduce.Claims.Harness;

/// <summary>
/// The arrows of CONTRIBUTING.md. Between assemblies a circle cannot be built, so they are read off; between the folders of the tests it
/// can. And the length of lines.
/// </summary>
[Trait("Category", "Harness")]
public sealed class ArchitectureTests
{
    private const int LongestLine = 140;

    private static readonly string[] Papers = [.. Paper.All.Select(paper => paper.Folder)];
    private static readonly string[] All = ["Harness", "Judging", "Shared", .. Papers, "Foundations"];

    [Fact]
    public void Assemblies_UseThoseBelowThemAlone()
    {
        Used(typeof(FullyConnected)).Should().BeEmpty();
        Used(typeof(DenseEnsemble)).Should().BeSubsetOf(["Core"]);
        Used(typeof(SmallNetwork)).Should().BeSubsetOf(["Core", "Engine"]);
        Used(typeof(ArchitectureTests)).Should().BeEquivalentTo("Core", "Engine", "Fixtures");
    }

    [Fact]
    public void HarnessJudgingAndShared_UseNoPaper()
    {
        Offenders("Harness").Should().BeEmpty();
        Offenders("Judging", "Harness").Should().BeEmpty();
        Offenders("Shared", "Harness").Should().BeEmpty();
    }

    [Fact]
    public void Papers_UseNoOtherPaper() =>
        Papers.SelectMany(paper => Offenders(paper, "Harness", "Judging", "Shared")).Should().BeEmpty();

    /// <summary>The compiler leaves no trace of another class's constants, so these are looked for in the sources.</summary>
    [Fact]
    public void PapersSources_NameNoOtherPaper()
    {
        var folders = Papers.Select(paper => (Paper: paper, Path: Path.Combine(Repository.Root, "Claims", paper))).ToList();
        Assert.SkipUnless(folders.All(one => Directory.Exists(one.Path)), "an archive has no sources");
        var files = folders
            .SelectMany(one => Directory
                .EnumerateFiles(one.Path, "*.cs", SearchOption.AllDirectories)
                .Select(file => (one.Paper, File: file)))
            .ToList();
        files.Should().HaveCountGreaterThan(100);
        files.Where(one => Named(File.ReadAllText(one.File)).Any(name => name != one.Paper)).Select(one => one.File).Should().BeEmpty();
    }

    [Fact]
    public void Sources_HaveNoLineOver140Columns()
    {
        Assert.SkipWhen(File.Exists(Path.Combine(Repository.Root, SourceTree.CommitFile)), "an archive has no sources");
        var offenders =
            from file in SourceTree.Files(Repository.Root)
            where file.EndsWith(".cs", StringComparison.Ordinal)
            from line in File.ReadLines(Path.Combine(Repository.Root, file)).Index()
            where line.Item.Length > LongestLine
            select $"{file}:{line.Index + 1} has {line.Item.Length} columns";
        string.Join(Environment.NewLine, offenders).Should().BeEmpty($"a line has at most {LongestLine} columns");
    }

    [Fact]
    public void Rules_WhereArrowsAre_SeeThem()
    {
        Offenders("Foundations", "Harness", "Judging", "Shared").Should().NotBeEmpty("golden numbers and figures are the papers'");
        Offenders("Slope", "Harness", "Judging").Should().Contain(one => one.EndsWith(".Lemma1_RayInOneRegion", StringComparison.Ordinal));
        Named("using static Reproduce.Claims.Slope.Networks;").Should().Equal("Slope");
        Named("return 8 * Slope.Rounding.Unit + Claims.Design.Family.All;").Should().Equal("Slope", "Design");
        Named("Geometry.Slope.At(network); piece.Slope.Max(); Fixtures.Experiments.Design.Plan").Should().BeEmpty();
    }

    private static IEnumerable<string> Used(Type type) =>
        type.Assembly.GetReferencedAssemblies()
            .Select(one => one.Name!.Split('.'))
            .Where(name => name[0] == "Reproduce")
            .Select(name => name[1]);

    // Types of a folder that use one that is not allowed.
    private static IEnumerable<string> Offenders(string folder, params string[] allowed) =>
        Types.InAssembly(Assembly.GetExecutingAssembly())
            .That().ResideInNamespace($"Reproduce.Claims.{folder}")
            .ShouldNot().HaveDependencyOnAny([.. All.Except([folder, .. allowed]).Select(other => $"Reproduce.Claims.{other}")])
            .GetResult().FailingTypeNames ?? [];

    private static IEnumerable<string> Named(string source) =>
        Regex.Matches(source, $@"(?<![\w.])(?:(?:Reproduce\.)?Claims\.)?(?<paper>{string.Join('|', Papers)})\.[A-Z]\w*[.;]")
            .Select(match => match.Groups["paper"].Value);
}
