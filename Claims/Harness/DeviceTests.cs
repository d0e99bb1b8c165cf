using System.Text.RegularExpressions;

namespace Reproduce.Claims.Harness;

/// <summary>What nobody can try without a GPU: that no tensor of Core, or of an experiment, is made on a device that nobody named.</summary>
[Trait("Category", "Harness")]
public sealed partial class DeviceTests
{
    [Fact]
    public void CoreAndExperiments_WhereTheyMakeATensor_NameTheDevice()
    {
        string[] folders = [Path.Combine(Repository.Root, "Implementation", "Core"), Path.Combine(Repository.Root, "Fixtures", "Experiments")];
        Assert.SkipUnless(folders.All(Directory.Exists), "an archive has no sources");
        var made = folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .SelectMany(path => File.ReadLines(path).Select((line, i) => (Place: $"{Path.GetFileName(path)}:{i + 1}", Line: line.Trim())))
            .Where(one => !one.Line.StartsWith("//", StringComparison.Ordinal) && Factory().IsMatch(one.Line))
            .ToList();
        made.Should().HaveCountGreaterThan(20);
        made.Where(one => Factory().Matches(one.Line).Any(call => !NamesADevice(Arguments(one.Line, call.Index + call.Length)))).Select(one => $"{one.Place}: {one.Line}").Should().BeEmpty();
    }

    [Theory]
    [InlineData("zeros([2, f(3)], float64, points.device)", true)]
    [InlineData("zeros([2], float64, CPU) + one.device", true)]
    [InlineData("zeros([2], float64) + one.device", false)]
    public void Rule_OnWrittenExamples_SeesTheArgumentsOfTheCallAlone(string line, bool names) =>
        NamesADevice(Arguments(line, Factory().Match(line).Length)).Should().Be(names);

    [GeneratedRegex(@"(?<![.\w])(?:torch\.)?(?:zeros|ones|empty|full|tensor|eye|arange|linspace|rand|randn)\(")]
    private static partial Regex Factory();

    private static bool NamesADevice(string arguments) => arguments.Contains("evice", StringComparison.Ordinal) || arguments.Contains("CPU", StringComparison.Ordinal);

    private static string Arguments(string line, int start)
    {
        var depth = 1;
        var end = start;
        for (; end < line.Length && depth > 0; end++)
        {
            depth += line[end] switch { '(' => 1, ')' => -1, _ => 0 };
        }

        return line[start..end];
    }
}
