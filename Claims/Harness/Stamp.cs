using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Reproduce.Fixtures.Networks;
using Reproduce.Libtorch;
using Reproduce.Networks;
using TorchSharp;

namespace Reproduce.Claims.Harness;

/// <summary>Where evidence came from.</summary>
/// <param name="Build">Changes with every change to the code: see <see cref="ThisBuild"/>.</param>
/// <param name="Commit">Of the working tree, or of that from which the archive was packed, with + where it had changes.</param>
/// <param name="Device">cpu, or cuda:N.</param>
/// <param name="Library">TorchSharp's version, and that of libtorch where it was loaded.</param>
/// <param name="Runtime">.NET and the operating system.</param>
/// <param name="Cores">Logical processors.</param>
/// <param name="Arithmetic">How the check of float32 arithmetic ended.</param>
public sealed record Stamp(string Build, string Commit, string Device, string Library, string Runtime, int Cores, string Arithmetic)
{
    /// <summary>A hash of the assemblies and of which libtorch they use.</summary>
    public static string ThisBuild { get; } =
        Hash(typeof(Stamp).Assembly, typeof(SmallNetwork).Assembly, typeof(FullyConnected).Assembly, typeof(torch).Assembly);

    // Lazy, so that each costs only those who ask, and that what goes wrong is thrown as it is.
    private static readonly Lazy<Stamp> Reader = new(() => new(
        ThisBuild,
        SourceTree.Commit(Repository.Root),
        RunDevice.Named.ToString(),
        $"TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)}",
        $".NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}",
        Environment.ProcessorCount,
        "not checked: nothing was computed"));

    private static readonly Lazy<Stamp> Whole = new(() => WithoutLibtorch with
    {
        Library = TorchLibrary.Version,
        Arithmetic = ArithmeticCheck.Require(RunDevice.Named),
    });

    /// <summary>This process, its arithmetic checked.</summary>
    /// <exception cref="TorchUnusableException">The library cannot be loaded, or its arithmetic is wrong.</exception>
    public static Stamp Here => Whole.Value;

    /// <summary>This process where it only reads what tests have left; libtorch is not loaded for it.</summary>
    public static Stamp WithoutLibtorch => Reader.Value;

    private static string Hash(params Assembly[] assemblies)
    {
        var versions = string.Join(' ', assemblies.Select(one => one.ManifestModule.ModuleVersionId));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{versions} {SizeOfLibtorch()}")))[..12];
    }

    // Beside the programs, or on the loader's path, where an archive finds the host's. Its size tells one version from another.
    private static long SizeOfLibtorch()
    {
        const string File = "libtorch_cpu.so";
        var onPath = (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => new FileInfo(Path.Combine(folder, File))).FirstOrDefault(file => file.Exists);
        return TorchLibrary.PathOf(File) is { } beside ? new FileInfo(beside).Length : onPath?.Length ?? 0;
    }
}
