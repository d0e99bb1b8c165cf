using System.ComponentModel;
using System.Diagnostics;
using Reproduce.Claims.Harness;
using Reproduce.Libtorch;

namespace Reproduce.Cli;

/// <summary><c>reproduce pack</c>.</summary>
internal static class PackCommand
{
    internal static int Run(string? output, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(output ?? Path.Combine(Repository.Artifacts, $"{Archive.Name}.tar.gz"));
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            var example = Path.Combine(output!, $"{Archive.Name}.tar.gz");
            throw new UsageException($"--output {output} is a folder: name a file, such as {example}");
        }

        OutputFolder.RequireWritable(output is null ? path : $"--output {output}", Path.GetDirectoryName(path)!);
        var root = Repository.Root;
        Archive.Write(path, root, SourceTree.Files(root), SourceTree.Commit(root), () => Publish(cancellation), cancellation);
        Console.WriteLine(
            $"""
            {path}: {new FileInfo(path).Length / 1e6:F1} MB
            On a Linux x86-64 host with PyTorch {TorchLibrary.MadeFor}, without .NET:
              tar xzf {Path.GetFileName(path)} && cd {Archive.Name}
              ./run test Category=Theorem
            """);
        return ExitCode.Fine;
    }

    // Both programs in one folder, over one runtime: publishing the CLI publishes the test program that it refers to. All beneath
    // artifacts/pack, so that the working tree's own build stays as it is.
    private static string Publish(CancellationToken cancellation)
    {
        Screen.Remark("publishing the programs with their .NET (minutes the first time)");
        var folder = Path.Combine(Repository.Artifacts, "pack");
        var program = Path.Combine(folder, "program");
        if (Directory.Exists(program))
        {
            Directory.Delete(program, recursive: true);
        }

        var start = new ProcessStartInfo("dotnet",
        [
            "publish", "tools/Cli/Cli.csproj", "--configuration", "Release", "--artifacts-path", folder, "--output", program,
            "-nologo", "-nodeReuse:false", "-p:PackedFor=linux-x64", "-p:RunAnalyzers=false",
            "-p:PublishDocumentationFiles=false", "-p:PublishReferencesDocumentationFiles=false",
        ])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        string text;
        int code;
        try
        {
            using var process = Process.Start(start)!;
            using var ending = cancellation.Register(() => process.Kill(entireProcessTree: true));
            text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            code = process.ExitCode;
        }
        catch (Win32Exception)
        {
            throw new IOException("dotnet does not start: packing needs the .NET 10 SDK");
        }

        cancellation.ThrowIfCancellationRequested();
        if (code != 0)
        {
            var errors = text.Split('\n')
                .Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))
                .Distinct().Take(10).DefaultIfEmpty(text);
            throw new IOException($"dotnet publish failed, and no archive was written:\n{string.Join('\n', errors).Trim()}");
        }

        return program;
    }
}
