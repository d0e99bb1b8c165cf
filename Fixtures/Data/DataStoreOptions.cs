namespace Reproduce.Fixtures.Data;

/// <summary>The sources of a <see cref="DataStore"/> on this machine, and its time limits.</summary>
public sealed record DataStoreOptions
{
    /// <summary>
    /// The user's folders. Files are searched for in <c>&lt;folder&gt;/&lt;id&gt;/</c>, and in the folder itself if its name is the id.
    /// </summary>
    public IReadOnlyList<string> DataFolders { get; init; } = [];

    /// <summary>The folder of downloads; the files of a data set lie in <c>&lt;cache&gt;/&lt;id&gt;/</c>.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The folder under which Debian's data set packages install <c>&lt;id&gt;/</c>.</summary>
    public string DebianRoot { get; init; } = "/usr/share/datasets";

    /// <summary>Whether npm and the official addresses are asked for what no local source has.</summary>
    public bool Downloads { get; init; } = true;

    /// <summary>The command that runs the npm client: the program and the arguments before npm's own.</summary>
    public IReadOnlyList<string> NpmCommand { get; init; } = ["npm"];

    /// <summary>The time limit of the npm client.</summary>
    public TimeSpan NpmTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest wait of a download for the next bytes.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time limit of the download of one file.</summary>
    public TimeSpan DownloadTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The options of this process: <c>REPRODUCE_DATA</c> (folders separated by colons) and <c>REPRODUCE_CACHE</c>
    /// (otherwise <c>~/.cache/reproduce</c>).
    /// </summary>
    public static DataStoreOptions FromEnvironment() =>
        FromVariables(Environment.GetEnvironmentVariable("REPRODUCE_DATA"), Environment.GetEnvironmentVariable("REPRODUCE_CACHE"));

    /// <summary>The options for given values of the two environment variables, which are null or empty if not set.</summary>
    public static DataStoreOptions FromVariables(string? data, string? cache)
    {
        // Unless told not to verify, it is empty where HOME names no folder, and the cache would lie in the current one.
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return new DataStoreOptions
        {
            DataFolders = data?.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            CacheFolder = string.IsNullOrWhiteSpace(cache) ? Path.Combine(home, ".cache", "reproduce") : cache,
        };
    }
}
