using System.Diagnostics;

namespace Reproduce.Claims.Harness;

/// <summary>The folders of the working tree, or of an archive that <c>reproduce pack</c> wrote.</summary>
public static class Repository
{
    /// <summary>The folder that holds Reproduce.sln, found upwards from the program and then from the current folder.</summary>
    /// <exception cref="DirectoryNotFoundException">Neither lies inside a working tree.</exception>
    public static string Root => Found.Value;

    /// <summary>Everything that is generated.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>The finished cells of experiments: <c>REPRODUCE_RUNS</c>, or a folder of the working tree.</summary>
    public static string Runs => Environment.GetEnvironmentVariable("REPRODUCE_RUNS") is { Length: > 0 } folder ? Path.GetFullPath(folder) : Path.Combine(Artifacts, "runs");

    /// <summary>The list of all claims, made from their entries.</summary>
    public static string ClaimsFile => Path.Combine(Root, "CLAIMS.md");

    // Lazy, so that every caller gets this exception and not that of a type that failed to load.
    private static readonly Lazy<string> Found = new(() =>
        Upwards(AppContext.BaseDirectory) ?? Upwards(Environment.CurrentDirectory)
        ?? throw new DirectoryNotFoundException("Reproduce.sln is in no folder above the program or the current folder: run from the working tree"));

    /// <summary>
    /// Starts a program of the project: that of the archive, which needs no .NET, or that which the working tree has built.
    /// </summary>
    /// <param name="project">The project's folder under <c>artifacts/bin</c>.</param>
    /// <param name="assembly">The program's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="FileNotFoundException">It is not built.</exception>
    public static ProcessStartInfo Program(string project, string assembly, IEnumerable<string> arguments)
    {
        var packed = Path.Combine(Root, Archive.ProgramFolder, assembly);
        if (File.Exists(packed))
        {
            return new ProcessStartInfo(packed, arguments);
        }

        var built = Path.Combine(Artifacts, "bin", project, "release", $"{assembly}.dll");
        return File.Exists(built) ? new ProcessStartInfo("dotnet", [built, .. arguments]) : throw new FileNotFoundException($"{built} is missing: run ./setup");
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
