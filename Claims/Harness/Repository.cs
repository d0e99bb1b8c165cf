using System.Diagnostics;

namespace Reproduce.Claims.Harness;

/// <summary>The folders of the working tree, or of an unpacked archive (<c>reproduce pack</c>), which is laid out as it is.</summary>
public static class Repository
{
    /// <summary>Where an archive has its programs.</summary>
    public const string PackedPrograms = "program";

    /// <summary>The folder that holds Reproduce.sln, found upwards from the program and then from the current folder.</summary>
    /// <exception cref="DirectoryNotFoundException">Neither lies inside a working tree.</exception>
    public static string Root => Found.Value;

    /// <summary>Everything that is generated.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>The finished cells of experiments: <c>REPRODUCE_RUNS</c>, or <c>artifacts/runs</c>.</summary>
    public static string Runs => FolderNamedBy("REPRODUCE_RUNS") ?? Path.Combine(Artifacts, "runs");

    /// <summary>The ledger, made from the claims' entries.</summary>
    public static string ClaimsFile => Path.Combine(Root, "CLAIMS.md");

    // Lazy, so that every caller gets this exception and not that of a type that failed to load.
    private static readonly Lazy<string> Found = new(() =>
        Upwards(AppContext.BaseDirectory) ?? Upwards(Environment.CurrentDirectory)
        ?? throw new DirectoryNotFoundException(
            "no folder above the program or the current one holds Reproduce.sln: run in the working tree"));

    /// <summary>The folder that an environment variable names, or null.</summary>
    /// <param name="variable">Its name.</param>
    public static string? FolderNamedBy(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>
    /// How a program of the project is started: that of the archive, which needs no .NET, or that which the working tree has built.
    /// </summary>
    /// <param name="project">The project's folder under <c>artifacts/bin</c>.</param>
    /// <param name="assembly">The program's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="FileNotFoundException">It is not built.</exception>
    public static ProcessStartInfo Program(string project, string assembly, IEnumerable<string> arguments)
    {
        var packed = Path.Combine(Root, PackedPrograms, assembly);
        if (File.Exists(packed))
        {
            return new ProcessStartInfo(packed, arguments);
        }

        var built = Path.Combine(Artifacts, "bin", project, "release", $"{assembly}.dll");
        return File.Exists(built)
            ? new ProcessStartInfo("dotnet", [built, .. arguments])
            : throw new FileNotFoundException($"{built} is missing: run ./setup");
    }

    private static string? Upwards(string folder)
    {
        for (var here = new DirectoryInfo(folder); here is not null; here = here.Parent)
        {
            if (File.Exists(Path.Combine(here.FullName, "Reproduce.sln")))
            {
                return here.FullName;
            }
        }

        return null;
    }
}
