using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures;

namespace Reproduce.Cli;

/// <summary>
/// What <c>reproduce pack</c> writes: one tar.gz with the programs and their .NET, what they read of the working tree, and the script that
/// starts them over the host's libtorch. Its folder is laid out as the working tree is.
/// </summary>
internal static class Archive
{
    /// <summary>The one folder that it unpacks to, and the name of the file without <c>.tar.gz</c>.</summary>
    internal const string Name = "reproduce-linux-x64";

    private const string RunScript = "tools/pack/run";

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // They need the .NET SDK.
    private static readonly string[] BuildOnly = ["setup", "reproduce", "global.json", RunScript];

    /// <summary>
    /// Of the files of a working tree those that go in: all but C# and what builds it, so that no file that a test reads is forgotten.
    /// </summary>
    /// <param name="tree">Paths relative to the root.</param>
    internal static IEnumerable<string> Carried(IEnumerable<string> tree) =>
        from path in tree
        where !path.StartsWith('.') && !BuildOnly.Contains(path)
        where Path.GetExtension(path) is not (".cs" or ".csproj" or ".props")
        select path;

    /// <summary>Writes an archive: whole, or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="root">The root of the working tree.</param>
    /// <param name="tree">Its files, relative to it.</param>
    /// <param name="commit">Its commit.</param>
    /// <param name="program">Publishes the programs into a folder and returns it; called once the file is known to be writable.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="IOException">The disk is full, a file is missing, or the like; what stood at the path still stands.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written, or a file not read.</exception>
    internal static void Write(
        string path, string root, IEnumerable<string> tree, string commit, Func<string> program, CancellationToken cancellation) =>
        AtomicFile.Write(path, stream =>
        {
            var published = program();
            using var compressed = new GZipStream(stream, CompressionLevel.SmallestSize);
            using var tar = new TarWriter(compressed, TarEntryFormat.Pax);
            void Add(string name, Stream content, UnixFileMode mode, DateTimeOffset time)
            {
                cancellation.ThrowIfCancellationRequested();
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{Name}/{name}")
                {
                    DataStream = content,
                    Mode = mode,
                    ModificationTime = time,
                });
            }

            void AddFile(string name, string file)
            {
                using var content = File.OpenRead(file);
                var isExecutable = !OperatingSystem.IsWindows() && File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute);
                Add(name, content, isExecutable ? Executable : Readable, File.GetLastWriteTimeUtc(file));
            }

            AddFile("run", Path.Combine(root, RunScript));
            Add(SourceTree.CommitFile, new MemoryStream(Encoding.ASCII.GetBytes($"{commit}\n")), Readable, DateTimeOffset.UtcNow);
            foreach (var file in Carried(tree))
            {
                AddFile(file, Path.Combine(root, file));
            }

            foreach (var file in Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                AddFile($"{Repository.PackedPrograms}/{Path.GetRelativePath(published, file)}", file);
            }
        });
}
