namespace Reproduce.Claims.Harness;

/// <summary>The folders of the working tree.</summary>
public static class Repository
{
    /// <summary>The folder that holds Reproduce.sln, found upwards from the program and then from the current folder.</summary>
    /// <exception cref="DirectoryNotFoundException">Neither lies inside a working tree.</exception>
    public static string Root { get; } =
        Upwards(AppContext.BaseDirectory) ?? Upwards(Environment.CurrentDirectory)
        ?? throw new DirectoryNotFoundException("Reproduce.sln is in no folder above the program or the current folder: run from the working tree");

    /// <summary>Everything that is generated.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>The finished cells of experiments: <c>REPRODUCE_RUNS</c>, or a folder of the working tree.</summary>
    public static string Runs => Environment.GetEnvironmentVariable("REPRODUCE_RUNS") is { Length: > 0 } folder ? Path.GetFullPath(folder) : Path.Combine(Artifacts, "runs");

    /// <summary>The registry of claims.</summary>
    public static string ClaimsFile => Path.Combine(Root, "CLAIMS.md");

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
