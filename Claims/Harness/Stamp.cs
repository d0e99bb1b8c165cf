using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Reproduce.Fixtures.Networks;
using Reproduce.Libtorch;
using Reproduce.Networks;
using TorchSharp;

namespace Reproduce.Claims.Harness;

/// <summary>Where evidence came from.</summary>
/// <param name="Build">Changes with every change to the code: a hash of the assemblies.</param>
/// <param name="Commit">Of the working tree, or of that from which the archive was packed, with + where it had changes; "unknown" outside git.</param>
/// <param name="Device">cpu, or cuda:N.</param>
/// <param name="Library">TorchSharp's version and that of libtorch.</param>
/// <param name="Runtime">.NET and the operating system.</param>
/// <param name="Cores">Logical processors.</param>
/// <param name="Arithmetic">How the check of float32 arithmetic ended.</param>
public sealed record Stamp(string Build, string Commit, string Device, string Library, string Runtime, int Cores, string Arithmetic)
{
    /// <summary>This process.</summary>
    public static Stamp Here { get; } = new(
        Hash(typeof(Stamp).Assembly, typeof(SmallNetwork).Assembly, typeof(FullyConnected).Assembly, typeof(torch).Assembly),
        SourceTree.Commit(Repository.Root),
        RunDevice.Named.ToString(),
        TorchLibrary.Version,
        $".NET {Environment.Version}, {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}",
        Environment.ProcessorCount,
        ArithmeticCheck.Require(RunDevice.Named));

    private static string Hash(params Assembly[] assemblies)
    {
        var versions = string.Join(' ', assemblies.Select(one => one.ManifestModule.ModuleVersionId));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{versions} {TorchLibrary.Version}")))[..12];
    }
}
