using System.Text.RegularExpressions;

namespace Reproduce.Claims.Harness;

/// <summary>
/// Read from the sources, since a GPU is rarely at hand: Core and experiments name the device of every tensor that they make.
/// </summary>
[Trait("Category", "Harness")]
public sealed partial class DeviceTests
{
    [Fact]
    public void CoreAndExperiments_WhereTheyMakeATensor_NameTheDevice()
    {
        string[] folders =
            [Path.Combine(Repository.Root, "Implementation", "Core"), Path.Combine(Repository.Root, "Fixtures", "Experiments")];
        Assert.SkipUnless(folders.All(Directory.Exists), "an archive has no sources");
        var made =
            (from folder in folders
             from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
             let text = File.ReadAllText(path)
             from call in Factory().Matches(text)
             let line = text[..call.Index].Split('\n')
             where !line[^1].TrimStart().StartsWith("//", StringComparison.Ordinal)
             select (Place: $"{Path.GetFileName(path)}:{line.Length}", Arguments: Arguments(text, call.Index + call.Length))).ToList();
        made.Should().HaveCountGreaterThan(20);
        made.Where(one => !NamesADevice(one.Arguments)).Select(one => $"{one.Place}: {one.Arguments}").Should().BeEmpty();
    }

    [Theory]
    [InlineData("zeros([2, f(3)], float64, points.device)", true)]
    [InlineData("zeros([2], float64, CPU) + one.device", true)]
    [InlineData("zeros([2], float64) + one.device", false)]
    public void Rule_OnWrittenExamples_SeesTheArgumentsOfTheCallAlone(string line, bool names) =>
        NamesADevice(Arguments(line, Factory().Match(line).Length)).Should().Be(names);

    [GeneratedRegex(@"(?<![.\w])(?:torch\.)?(?:zeros|ones|empty|full|tensor|eye|arange|linspace|rand|randn)\(")]
    private static partial Regex Factory();

    private static bool NamesADevice(string arguments) =>
        arguments.Contains("evice", StringComparison.Ordinal) || arguments.Contains("CPU", StringComparison.Ordinal);

    private static string Arguments(string text, int start)
    {
        var depth = 1;
        var end = start;
        for (; end < text.Length && depth > 0; end++)
        {
            depth += text[end] switch { '(' => 1, ')' => -1, _ => 0 };
        }

        return text[start..end];
    }
}
