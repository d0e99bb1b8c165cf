using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Files;

/// <summary>Files that a user names.</summary>
internal static class PlainFile
{
    private const int LongestText = 200;

    /// <summary>Opens a file whose length is known.</summary>
    /// <exception cref="DataException">It is a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">It cannot be read, or is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static FileStream Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new DataException(path, "a folder, not a file", "Name a file in it.");
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.CanSeek)
        {
            return stream;
        }

        stream.Dispose();
        throw new DataException(path, "a pipe or a device, not a file", "Write it to a file first.");
    }

    /// <summary>Text from a file as a message may show it: without control characters, and not endless.</summary>
    internal static string Printable(string text)
    {
        var shown = new string([.. text.Take(LongestText).Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character)]);
        return text.Length > LongestText ? $"{shown}…" : shown;
    }
}
