using System.Diagnostics;
using System.Runtime.Versioning;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>
/// The archive's <c>run</c> and the scripts that it shares with <c>setup</c>, over a libtorch that consists of two headers and empty files, with
/// a compiler that only says how it was called.
/// </summary>
[Trait("Category", "Foundation")]
[SupportedOSPlatform("linux")]
public sealed class RunScriptTests : IDisposable
{
    // The argument after -o is the file to write.
    private const string Compiler =
        """
        #!/bin/bash
        echo "compiler $*"
        while [ "$1" != -o ]; do shift; done
        touch "$2"
        """;

    private readonly TemporaryFolder folder = new();

    public RunScriptTests()
    {
        Script(File.ReadAllText(Source("run", "tools/pack/run")), "run");
        foreach (var script in new[] { "find-torch", "build" })
        {
            Script(File.ReadAllText(Path.Combine(Repository.Root, "Implementation", "Torch", "native", script)), "Implementation", "Torch", "native", script);
        }

        Script("#!/bin/bash\necho \"reproduce $*\"; exit 7", "program", "reproduce");
        Script(Compiler, "bin", "compiler");
        Script("#!/bin/bash\necho '_ZN3c105Error__cxx11'", "bin", "nm");
        Torch("2", "11");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Run_NewMachine_BuildsOnceAndPassesArgumentsAndExitCodeOn()
    {
        var first = Run("test", "Category=Theorem");
        first.Output.Should().Be("reproduce test Category=Theorem\n");
        first.Error.Should().Contain("compiler").And.Contain("libtorch 2.11");
        first.Code.Should().Be(7);
        Run("--help").Error.Should().BeEmpty("the binding is there");
        Torch("2", "12");
        Run().Error.Should().Contain("libtorch 2.12");
    }

    [Theory]
    [InlineData("1", "13", "-std=c++17")]
    [InlineData("2", "9", "-std=c++17")]
    [InlineData("2", "10", "-std=c++20")]
    [InlineData("3", "0", "-std=c++20")]
    public void Build_Version_ChoosesTheStandardThatItsHeadersWant(string major, string minor, string standard)
    {
        Torch(major, minor);
        Run().Error.Should().Contain($" {standard} ");
    }

    [Fact]
    public void Build_LibraryOfTheFirstAbi_IsBuiltForIt()
    {
        const string FirstAbi = "-D_GLIBCXX_USE_CXX11_ABI=0";
        Run().Error.Should().NotContain(FirstAbi);
        Script("#!/bin/bash\necho '_ZN3c105ErrorSs'", "bin", "nm");
        Torch("2", "6");
        Run().Error.Should().Contain(FirstAbi);
    }

    [Fact]
    public void Build_LibtorchWithCuda_KeepsItsLibrary()
    {
        Run().Error.Should().NotContain("torch_cuda").And.Contain("no CUDA");
        folder.Write([], "torch", "lib", "libtorch_cuda.so");
        Torch("2", "12");
        Run().Error.Should().Contain("-Wl,--no-as-needed -ltorch_cuda").And.Contain($"-Wl,-rpath,{folder["torch"]}/lib");
    }

    [Fact]
    public void Run_OtherArchitecture_IsRefused()
    {
        Script("#!/bin/bash\n[ \"$1\" = -m ] && echo aarch64 || echo Linux", "bin", "uname");
        ShouldBeRefused("this archive is for Linux x86_64, this machine is Linux aarch64");
    }

    [Fact]
    public void Run_TorchRootWithoutLibtorch_IsRefused()
    {
        File.Delete(folder["torch", "lib", "libc10.so"]);
        ShouldBeRefused("holds no include/ATen and lib/libtorch_cpu.so");
    }

    [Fact]
    public void Run_OldLibtorch_IsRefused()
    {
        Torch("1", "12");
        ShouldBeRefused("libtorch 1.12");
    }

    [Fact]
    public void Run_NoCompiler_IsRefused()
    {
        File.Delete(folder["bin", "compiler"]);
        ShouldBeRefused("there is no C++ compiler (compiler): install g++");
    }

    [Fact]
    public void Run_CompilerFails_LeavesNoBinding()
    {
        Script("#!/bin/bash\necho 'door.cpp:1: error' >&2; exit 1", "bin", "compiler");
        ShouldBeRefused("door.cpp:1: error");
        Directory.EnumerateFiles(folder["program"]).Select(Path.GetFileName).Should().Equal("reproduce");
    }

    // In an archive the script lies at the root.
    private static string Source(string packed, string inTree) =>
        Path.Combine(Repository.Root, File.Exists(Path.Combine(Repository.Root, Archive.CommitFile)) ? packed : inTree);

    private void ShouldBeRefused(string message)
    {
        var (code, output, error) = Run();
        code.Should().Be(3);
        output.Should().BeEmpty();
        error.Should().Contain(message);
    }

    private void Script(string text, params string[] names) =>
        File.SetUnixFileMode(folder.Write(System.Text.Encoding.UTF8.GetBytes(text), names), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private void Torch(string major, string minor)
    {
        folder.Write([], "torch", "include", "ATen", "Context.h");
        folder.Write([], "torch", "lib", "libc10.so");
        folder.Write([], "torch", "lib", "libtorch_cpu.so");
        folder.Write(System.Text.Encoding.UTF8.GetBytes($"#define TORCH_VERSION_MAJOR {major}\n#define TORCH_VERSION_MINOR {minor}\n#define TORCH_VERSION_PATCH 0\n"), "torch", "include", "torch", "headeronly", "version.h");
    }

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(folder["run"], arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["TORCH_ROOT"] = folder["torch"];
        start.Environment["CXX"] = "compiler";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
