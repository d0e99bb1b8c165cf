namespace Reproduce.Claims.Foundations.Data;

/// <summary>An empty folder, deleted with its content at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("reproduce-test-").FullName;

    public string this[params string[] names] => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Writes a file, with the folders it needs, and returns its full path.</summary>
    public string Write(byte[] content, params string[] names)
    {
        string path = this[names];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
