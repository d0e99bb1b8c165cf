using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>The archive's <c>run</c>, with programs that only say how they were called.</summary>
[Trait("Category", "Foundation")]
[SupportedOSPlatform("linux")]
public sealed class RunScriptTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public RunScriptTests()
    {
        // In an archive the script lies at the root.
        var source = File.Exists(Path.Combine(Repository.Root, SourceTree.CommitFile)) ? "run" : "tools/pack/run";
        Script(File.ReadAllText(Path.Combine(Repository.Root, source)), "run");
        Script("#!/bin/bash\necho \"reproduce $* over $LD_LIBRARY_PATH\"; exit 7", "program", "reproduce");
        Script($"#!/bin/bash\necho 2.11.0+cu130 {folder["of python", "lib"]}", "bin", "python3");
        folder.Write([], "of python", "lib", "libtorch.so");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Run_WithThePyTorchOfPython_SaysItsVersionAndPassesArgumentsAndExitCodeOn()
    {
        var (code, output, error) = Run(null, "test", "Category=Theorem");
        output.Should().StartWith($"reproduce test Category=Theorem over {folder["of python", "lib"]}");
        error.Should().Be("run: PyTorch 2.11.0+cu130; made for 2.10\n");
        code.Should().Be(7);
    }

    [Fact]
    public void Run_WithANamedLibtorch_UsesThatOne()
    {
        folder.Write([], "other", "libtorch.so");
        Run(folder["other"]).Output.Should().StartWith($"reproduce  over {folder["other"]}");
    }

    [Fact]
    public void Run_NoPyTorch_IsRefused()
    {
        Script("#!/bin/bash\nexit 1", "bin", "python3");
        ShouldBeRefused("python3 has no PyTorch: install PyTorch 2.10");
    }

    [Fact]
    public void Run_FolderWithoutLibtorch_IsRefused() => ShouldBeRefused($"{folder["bin"]} holds no libtorch.so", folder["bin"]);

    [Fact]
    public void Run_OtherArchitecture_IsRefused()
    {
        Script("#!/bin/bash\n[ \"$1\" = -m ] && echo aarch64 || echo Linux", "bin", "uname");
        ShouldBeRefused("this archive is for Linux x86_64, this machine is Linux aarch64");
    }

    private void ShouldBeRefused(string message, string? libtorch = null)
    {
        var (code, output, error) = Run(libtorch);
        code.Should().Be(3);
        output.Should().BeEmpty();
        error.Should().Contain(message);
    }

    private void Script(string text, params string[] names) =>
        File.SetUnixFileMode(
            folder.Write(Encoding.UTF8.GetBytes(text), names), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private (int Code, string Output, string Error) Run(string? libtorch, params string[] arguments)
    {
        var start = new ProcessStartInfo(folder["run"], arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["LIBTORCH"] = libtorch;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
