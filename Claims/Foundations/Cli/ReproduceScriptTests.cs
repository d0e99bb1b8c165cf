using System.Diagnostics;
using System.Runtime.Versioning;
using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>The script <c>reproduce</c>, before it starts .NET.</summary>
[Trait("Category", "Foundation")]
[SupportedOSPlatform("linux")]
public sealed class ReproduceScriptTests
{
    [Fact]
    public void LittleVirtualMemory_IsASentence()
    {
        var script = Path.Combine(Repository.Root, "reproduce");
        Assert.SkipUnless(File.Exists(script), "an archive has no script of this name");
        var start = new ProcessStartInfo("bash", ["-c", "ulimit -v 1500000; exec \"$0\" claims", script]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        error.Should().StartWith("reproduce: virtual memory is limited to 1500000 KiB here").And.EndWith("\n");
        error.Split('\n').Should().HaveCount(2);
        process.ExitCode.Should().Be(3);
    }
}
